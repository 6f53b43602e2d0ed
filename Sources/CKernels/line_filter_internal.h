// What the forms of the filter share.
//
// Every needle has a window: `window_size` of its bytes. A byte of the buffer may be the first of a
// window if four table look-ups agree: one per byte of the window, each giving a set of buckets
// (one bit each, a needle is in one bucket). Where a bit survives the AND, the needles are compared
// in full. A needle shorter than the window leaves the rest open.
#pragma once

#include <stdbool.h>
#include <string.h>

#include "line_filter.h"

enum { window_size = 4, most_needles = 64, longest_needle = 64 };

typedef struct needle {
  uint32_t window;       // The bytes of the window, as loaded from memory,
  uint32_t window_mask;  // and which of them count.
  uint32_t offset;       // Where in the needle the window is.
  uint32_t length;
  uint8_t bytes[longest_needle];
} needle;

struct line_filter {
  line_filter_level level;
  uint32_t count;
  // Look-ups by byte; by the low seven bits of a byte; by its low and its high four bits.
  uint8_t by_byte[window_size][256];
  _Alignas(64) uint8_t by_seven_bits[window_size][128];
  uint8_t by_low_bits[window_size][16];
  uint8_t by_high_bits[window_size][16];
  needle needles[most_needles];
};

// One bit per byte of a block of 64.
typedef struct block_masks {
  uint64_t windows;   // A window may start here.
  uint64_t newlines;  // LF.
  uint64_t braces;    // '{'.
} block_masks;

// Whether some needle with its window at `at` is within `from ..< count`.
bool line_filter_matches(
    const line_filter *filter, const uint8_t *bytes, size_t from, size_t count, size_t at);

line_filter_hit line_filter_next_portable(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from);
line_filter_hit line_filter_next_ssse3(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from);
line_filter_hit line_filter_next_avx2(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from);
line_filter_hit line_filter_next_avx512(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from);
