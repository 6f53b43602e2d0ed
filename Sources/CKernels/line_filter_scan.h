// The loop of the filter, included once per form with these macros set:
//   SCAN_NAME    the function's name
//   SCAN_TARGET  the function attribute that allows its instructions
//   SCAN_PREPARE declares what block_masks needs, from `filter`
//   SCAN_BLOCK   the masks of the 64 bytes at `block`, as a block_masks
#include "line_filter_internal.h"

SCAN_TARGET line_filter_hit SCAN_NAME(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from) {
  SCAN_PREPARE
  size_t passed = 0;
  uint64_t line_starts_next = 1;
  for (size_t at = from; at < count; at += 64) {
    const uint8_t *block = bytes + at;
    __builtin_prefetch(block + 4096);
    // A window that starts in the last bytes of a block ends after it. Where that would be after the
    // padding as well, the block is copied.
    uint8_t last[64 + window_size - 1];
    if (__builtin_expect(count + line_filter_padding - at < sizeof last, 0)) {
      memset(last, 0, sizeof last);
      memcpy(last, block, count - at);
      block = last;
    }
    block_masks masks = SCAN_BLOCK;
    uint64_t valid = ~UINT64_C(0);
    if (__builtin_expect(count - at < 64, 0)) {
      valid = (UINT64_C(1) << (count - at)) - 1;
      masks.newlines &= valid;
    }
    const uint64_t starts = masks.newlines << 1 | line_starts_next;
    const uint64_t odd_starts = starts & ~masks.braces & valid;
    uint64_t hits = (masks.windows & valid) | odd_starts;
    while (__builtin_expect(hits != 0, 0)) {
      const int hit = __builtin_ctzll(hits);
      const uint64_t bit = UINT64_C(1) << hit;
      if ((odd_starts & bit) != 0 || line_filter_matches(filter, bytes, from, count, at + hit)) {
        const uint64_t before = masks.newlines & (bit - 1);
        const uint64_t after = masks.newlines & -bit;
        line_filter_hit line;
        line.lines_passed = passed + (size_t)__builtin_popcountll(before);
        if (before != 0) {
          line.line_start = at + 64 - (size_t)__builtin_clzll(before);
        } else {
          const uint8_t *const newline = memrchr(bytes + from, '\n', at - from);
          line.line_start = newline == NULL ? from : (size_t)(newline - bytes) + 1;
        }
        if (after != 0) {
          line.line_end = at + (size_t)__builtin_ctzll(after);
        } else if (count - at > 64) {
          const uint8_t *const newline = memchr(bytes + at + 64, '\n', count - at - 64);
          line.line_end = newline == NULL ? count : (size_t)(newline - bytes);
        } else {
          line.line_end = count;
        }
        line.next = line.line_end < count ? line.line_end + 1 : count;
        return line;
      }
      hits &= hits - 1;
    }
    passed += (size_t)__builtin_popcountll(masks.newlines);
    line_starts_next = masks.newlines >> 63;
  }
  if (count > from && bytes[count - 1] != '\n') passed++;
  return (line_filter_hit){passed, count, count, count};
}

#undef SCAN_NAME
#undef SCAN_TARGET
#undef SCAN_PREPARE
#undef SCAN_BLOCK
