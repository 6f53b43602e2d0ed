#ifndef CEXCHANGE_H
#define CEXCHANGE_H

/// Exchanges what two paths of one file system name, in one step (Linux, `RENAME_EXCHANGE`).
///
/// Returns 0, or -1 with `errno`: EINVAL or ENOSYS where the file system or the kernel cannot.
int oddport_exchange(const char *a, const char *b);

#endif
