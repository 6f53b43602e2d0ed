// Searching of texts beside the byte filter.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where `text` contains `word` for the first time; NULL: nowhere. This is memmem, which glibc declares for GNU
// sources only.
const void *text_find(const void *text, size_t text_length, const void *word, size_t word_length);

bool text_contains(const void *text, size_t text_length, const void *word, size_t word_length);

typedef struct line_run {
  size_t lines;  // Whole lines that were passed.
  size_t blank;  // How many of them are white space alone.
  size_t next;   // Where the line after them starts.
} line_run;

// Passes over whole lines from `from` (the start of one) on in which no JSON, XML or other encoding can begin:
// they contain none of '{', '[', '<', NUL, 0xEF, 0xFE and 0xFF. With `only_blank` over lines of white space
// alone. `bytes` is followed by at least 64 readable bytes.
line_run plain_lines(const uint8_t *bytes, size_t count, size_t from, bool only_blank);
