#define _GNU_SOURCE
#include "line_filter.h"

#include <stdlib.h>

#include "line_filter_internal.h"

// Bits of a byte of the tables: the last one is for needles that are shorter than a window.
enum { short_bucket = 7 };

// How rare a printable byte is in logs: minus log2 of its share, measured over 530 MB of JSON lines.
static const uint8_t rarity[95] = {
    6,  19, 4,  14, 11, 12, 17, 14, 10, 10, 16, 8, 6, 6, 7,  11, 5,  6,  6,  6,  6,  7,  7,  7,
    7,  7,  5,  11, 18, 9,  17, 16, 11, 5,  6,  6, 7, 6, 7,  7,  8,  7,  9,  9,  8,  7,  8,  8,
    7,  7,  7,  6,  6,  8,  8,  7,  11, 8,  9,  11, 4, 11, 21, 10, 19, 5,  7,  5,  5,  4,  7,  7,
    8,  5,  9,  8,  6,  6,  5,  5,  7,  13, 5,  5, 5, 7, 7,  6,  8,  7,  11, 9,  8,  9,  19};

static uint32_t rarest_window(const uint8_t *bytes, uint32_t length) {
  uint32_t best = 0, best_rarity = 0;
  for (uint32_t offset = 0; offset + window_size <= length; offset++) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < window_size; i++) {
      const uint8_t byte = bytes[offset + i];
      sum += byte >= 32 && byte < 127 ? rarity[byte - 32] : 20;
    }
    if (sum > best_rarity) {
      best_rarity = sum;
      best = offset;
    }
  }
  return best;
}

static void add_to_tables(line_filter *filter, const uint8_t *window, uint32_t size, uint8_t bit) {
  for (uint32_t i = 0; i < window_size; i++) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      if (i < size && byte != window[i]) continue;
      filter->by_byte[i][byte] |= bit;
      filter->by_seven_bits[i][byte & 127] |= bit;
      filter->by_low_bits[i][byte & 15] |= bit;
      filter->by_high_bits[i][byte >> 4] |= bit;
    }
  }
}

static double share_of(uint8_t byte) {
  return 1.0 / (double)(1u << (byte >= 32 && byte < 127 ? rarity[byte - 32] : 20));
}

// How often a bucket lets a byte of a log pass, with one more window in it, by the shares of bytes.
static double passes(const line_filter *filter, uint32_t bucket, const uint8_t *window) {
  double share = 1;
  for (uint32_t i = 0; i < window_size; i++) {
    double bytes = 0;
    for (uint32_t byte = 0; byte < 128; byte++) {
      const bool is_open = (filter->by_byte[i][byte] >> bucket & 1) != 0;
      if (is_open || (window != NULL && window[i] == byte)) bytes += share_of((uint8_t)byte);
    }
    share *= bytes;
  }
  return share;
}

// The bucket in which a window costs the least.
static uint32_t best_bucket(const line_filter *filter, const uint8_t *window) {
  uint32_t best = 0;
  double least = 0;
  for (uint32_t bucket = 0; bucket < short_bucket; bucket++) {
    const double more = passes(filter, bucket, window) - passes(filter, bucket, NULL);
    if (bucket > 0 && more >= least) continue;
    best = bucket;
    least = more;
  }
  return best;
}

line_filter *line_filter_create(
    const uint8_t *needles, const uint32_t *lengths, uint32_t count, line_filter_level level) {
  if (count > most_needles) return NULL;
  line_filter *filter = aligned_alloc(64, (sizeof *filter + 63) / 64 * 64);
  if (filter == NULL) return NULL;
  memset(filter, 0, sizeof *filter);
  filter->level = level;
  filter->count = count;
  for (uint32_t i = 0; i < count; i++) {
    if (lengths[i] < 2 || lengths[i] > longest_needle) {
      free(filter);
      return NULL;
    }
    needle *added = &filter->needles[i];
    added->length = lengths[i];
    added->offset = rarest_window(needles, lengths[i]);
    memcpy(added->bytes, needles, lengths[i]);
    const uint32_t size = lengths[i] < window_size ? lengths[i] : window_size;
    memcpy(&added->window, needles + added->offset, size);
    memset(&added->window_mask, 0xFF, size);
    const uint8_t *const window = needles + added->offset;
    // Needles shorter than a window get a bucket of their own: what they leave open would be open for
    // their neighbours too.
    const uint32_t bucket = size < window_size ? short_bucket : best_bucket(filter, window);
    add_to_tables(filter, window, size, (uint8_t)(1u << bucket));
    needles += lengths[i];
  }
  return filter;
}

void line_filter_destroy(line_filter *filter) { free(filter); }

bool line_filter_matches(
    const line_filter *filter, const uint8_t *bytes, size_t from, size_t count, size_t at) {
  uint32_t window;
  memcpy(&window, bytes + at, sizeof window);
  for (uint32_t i = 0; i < filter->count; i++) {
    const needle *const one = &filter->needles[i];
    if ((window & one->window_mask) == one->window && at - from >= one->offset &&
        count - at >= one->length - one->offset &&
        memcmp(bytes + at - one->offset, one->bytes, one->length) == 0) {
      return true;
    }
  }
  return false;
}

// MARK: - The reference

static bool line_matters(const line_filter *filter, const uint8_t *line, const uint8_t *end) {
  if (line == end || line[0] != '{') return true;
  for (const uint8_t *at = line; at < end; at++) {
    for (uint32_t i = 0; i < filter->count; i++) {
      const needle *const one = &filter->needles[i];
      if ((size_t)(end - at) >= one->length && memcmp(at, one->bytes, one->length) == 0) {
        return true;
      }
    }
  }
  return false;
}

static line_filter_hit next_by_definition(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from) {
  line_filter_hit line = {0, from, from, from};
  while (line.line_start < count) {
    line.line_end = line.line_start;
    while (line.line_end < count && bytes[line.line_end] != '\n') line.line_end++;
    line.next = line.line_end < count ? line.line_end + 1 : count;
    if (line_matters(filter, bytes + line.line_start, bytes + line.line_end)) return line;
    line.lines_passed++;
    line.line_start = line.next;
  }
  return (line_filter_hit){line.lines_passed, count, count, count};
}

// MARK: - The portable form

static inline block_masks portable_masks(const line_filter *filter, const uint8_t *block) {
  block_masks masks = {0, 0, 0};
  for (int i = 0; i < 64; i++) {
    const uint64_t window = filter->by_byte[0][block[i]] & filter->by_byte[1][block[i + 1]] &
                            filter->by_byte[2][block[i + 2]] & filter->by_byte[3][block[i + 3]];
    masks.windows |= (uint64_t)(window != 0) << i;
    masks.newlines |= (uint64_t)(block[i] == '\n') << i;
    masks.braces |= (uint64_t)(block[i] == '{') << i;
  }
  return masks;
}

#define SCAN_NAME line_filter_next_portable
#define SCAN_TARGET
#define SCAN_PREPARE
#define SCAN_BLOCK portable_masks(filter, block)
#include "line_filter_scan.h"

// MARK: - Dispatch

line_filter_level line_filter_best_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi") &&
      __builtin_cpu_supports("avx512vl")) {
    return LINE_FILTER_AVX512;
  }
  if (__builtin_cpu_supports("avx2")) return LINE_FILTER_AVX2;
  if (__builtin_cpu_supports("ssse3")) return LINE_FILTER_SSSE3;
#endif
  return LINE_FILTER_PORTABLE;
}

line_filter_hit line_filter_next(
    const line_filter *filter, const uint8_t *bytes, size_t count, size_t from) {
  switch (filter->level) {
    case LINE_FILTER_REFERENCE: return next_by_definition(filter, bytes, count, from);
#if defined(__x86_64__)
    case LINE_FILTER_SSSE3: return line_filter_next_ssse3(filter, bytes, count, from);
    case LINE_FILTER_AVX2: return line_filter_next_avx2(filter, bytes, count, from);
    case LINE_FILTER_AVX512: return line_filter_next_avx512(filter, bytes, count, from);
#endif
    default: return line_filter_next_portable(filter, bytes, count, from);
  }
}
