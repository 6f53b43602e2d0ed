// Which lines of a buffer can matter, asked of the raw bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The forms of the same function, from the plainest on. All give the same answers.
typedef enum line_filter_level {
  LINE_FILTER_REFERENCE = 0,  // The definition, line by line: the others are tested against it.
  LINE_FILTER_PORTABLE = 1,   // Plain C for any processor.
  LINE_FILTER_SSSE3 = 2,
  LINE_FILTER_AVX2 = 3,
  LINE_FILTER_AVX512 = 4,  // BW and VBMI.
} line_filter_level;

// How many bytes after a text must be readable, whatever they hold: vectors need no tail then.
enum { line_filter_padding = 64 };

typedef struct line_filter line_filter;

typedef struct line_filter_hit {
  size_t lines_passed;  // Whole lines between `from` and `line_start`.
  size_t line_start;    // == count: no candidate is left.
  size_t line_end;      // Behind the line's last byte, before its LF.
  size_t next;          // Where the following line starts.
} line_filter_hit;

// The best level of this processor.
line_filter_level line_filter_best_level(void);

// Compiles needles of 2 to 64 bytes without LF; they are one after another in `needles`.
// NULL: out of memory, or a needle that is too short or too long.
line_filter *line_filter_create(
    const uint8_t *needles, const uint32_t *lengths, uint32_t count, line_filter_level level);
void line_filter_destroy(line_filter *filter);

// The first line from `from` (the start of a line) on that contains a needle or does not begin
// with '{'. `bytes` is followed by `line_filter_padding` readable bytes; none
// after those is read.
line_filter_hit line_filter_next(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from);
