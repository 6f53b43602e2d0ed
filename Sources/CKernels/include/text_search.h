// memmem, which glibc declares for GNU sources only.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether `text` contains `word`.
bool text_contains(const void *text, size_t text_length, const void *word, size_t word_length);
