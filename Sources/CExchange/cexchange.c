// renameat2 and its flag need _GNU_SOURCE, which Swift's Glibc module does not define.
#define _GNU_SOURCE
#include "cexchange.h"

#include <fcntl.h>
#include <stdio.h>

int oddport_exchange(const char *a, const char *b) {
  return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}
