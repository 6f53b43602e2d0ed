// The byte filter: which lines can matter at all, told at memory speed.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct od_filter od_filter;

typedef struct {
  size_t passed;  // lines before the candidate
  size_t start;   // where the candidate starts; the end of the data if there is none
  size_t end;     // where it ends, without its line feed
  size_t next;    // where the line after it starts
} od_candidate;

// A needle of four bytes "\u00" stands for that and two hexadecimal digits that spell an ASCII letter,
// digit, dot or underscore.
od_filter *od_filter_new(const uint8_t *needles, const size_t *counts, size_t needle_count);
void od_filter_free(od_filter *filter);

// The first line from `from` on that holds a needle or does not begin with "{". `from` is the start of a
// line; 64 bytes behind the data can be read, and what they hold does not matter.
od_candidate od_filter_next(
  const od_filter *filter, const uint8_t *data, size_t from, size_t count);

// The same, byte by byte: what the vector code is held against.
od_candidate od_filter_next_plain(
  const od_filter *filter, const uint8_t *data, size_t from, size_t count);
