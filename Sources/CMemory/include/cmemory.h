#ifndef CMEMORY_H
#define CMEMORY_H

/// Has malloc give freed blocks of a MiB and more back to the system at once.
///
/// By itself glibc keeps blocks of up to 32 MiB once it has seen some. Does nothing with other libraries.
void oddport_return_large_blocks(void);

/// Gives all pages back to the system that hold nothing.
///
/// Takes milliseconds. Does nothing with other libraries.
void oddport_return_free_memory(void);

#endif
