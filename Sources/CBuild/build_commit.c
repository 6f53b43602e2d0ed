#include "build_commit.h"

// The Makefile links an object with the real value, which takes precedence over a weak one: a new commit then
// costs a link, and no compilation.
__attribute__((weak)) extern const char oddport_commit[];
__attribute__((weak)) const char oddport_commit[] = "unknown commit";

const char *build_commit(void) { return oddport_commit; }
