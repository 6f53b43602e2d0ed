#define _GNU_SOURCE
#include "text_search.h"

#include <string.h>

bool text_contains(const void *text, size_t text_length, const void *word, size_t word_length) {
  return memmem(text, text_length, word, word_length) != NULL;
}
