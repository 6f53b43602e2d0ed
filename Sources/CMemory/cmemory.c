#include "cmemory.h"

#include <malloc.h>

void oddport_return_large_blocks(void) {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

void oddport_return_free_memory(void) {
#ifdef M_MMAP_THRESHOLD
  malloc_trim(0);
#endif
}
