// Bringing memory into the cache before it is needed.
#pragma once

#include <stddef.h>

// Asks for the `count` bytes from `offset` on, and does not wait for them.
static inline void kernel_fetch(const void *base, size_t offset, size_t count) {
  const char *at = (const char *)base + offset;
  for (size_t done = 0; done < count; done += 64) __builtin_prefetch(at + done, 1);
}
