#define _GNU_SOURCE
#include "ckernels.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Needles fall into eight buckets; each of the first three bytes of a needle sets its bucket's bit in
// the tables of its two nibbles. A place where the six bits of a bucket meet is looked at closely.
// Source: the Teddy algorithm of Hyperscan.
enum { buckets = 8, prefix = 3, most_needles = 32 };

struct od_filter {
  size_t needle_count;
  const uint8_t *needles[most_needles];
  size_t counts[most_needles];
  uint8_t low[prefix][16];
  uint8_t high[prefix][16];
  bool has_avx2;
  uint8_t bytes[];
};

od_filter *od_filter_new(const uint8_t *needles, const size_t *counts, size_t needle_count) {
  size_t total = 0;
  for (size_t i = 0; i < needle_count; i++) total += counts[i];
  od_filter *filter = calloc(1, sizeof *filter + total);
  if (!filter || needle_count > most_needles) abort();
  memcpy(filter->bytes, needles, total);
  filter->needle_count = needle_count;
  size_t at = 0;
  for (size_t i = 0; i < needle_count; i++) {
    const uint8_t *needle = filter->bytes + at;
    filter->needles[i] = needle;
    filter->counts[i] = counts[i];
    at += counts[i];
    const uint8_t bit = (uint8_t)(1u << (i % buckets));
    for (size_t k = 0; k < prefix; k++) {
      for (unsigned nibble = 0; nibble < 16; nibble++) {
        // A needle shorter than the prefix does not care what follows it.
        if (k >= counts[i] || (needle[k] & 15) == nibble) filter->low[k][nibble] |= bit;
        if (k >= counts[i] || needle[k] >> 4 == nibble) filter->high[k][nibble] |= bit;
      }
    }
  }
#if defined(__x86_64__)
  filter->has_avx2 = __builtin_cpu_supports("avx2");
#endif
  return filter;
}

void od_filter_free(od_filter *filter) { free(filter); }

static int hex(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Whether needle `i` stands at `at`.
static bool stands(
  const od_filter *filter, size_t i, const uint8_t *data, size_t at, size_t count) {
  const size_t length = filter->counts[i];
  if (count - at < length || memcmp(data + at, filter->needles[i], length) != 0) return false;
  if (length != 4 || memcmp(filter->needles[i], "\\u00", 4) != 0) return true;
  if (count - at < 6) return false;
  const int high = hex(data[at + 4]), low = hex(data[at + 5]);
  if (high < 0 || low < 0) return false;
  const int c = high << 4 | low;
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         c == '.' || c == '_';
}

static od_candidate line_at(const uint8_t *data, size_t start, size_t count, size_t passed) {
  const uint8_t *feed = memchr(data + start, '\n', count - start);
  const size_t end = feed ? (size_t)(feed - data) : count;
  return (od_candidate){passed, start, end, feed ? end + 1 : count};
}

static od_candidate line_around(
  const uint8_t *data, size_t from, size_t at, size_t count, size_t passed) {
  const uint8_t *feed = memrchr(data + from, '\n', at - from);
  return line_at(data, feed ? (size_t)(feed - data) + 1 : from, count, passed);
}

static od_candidate none(const uint8_t *data, size_t from, size_t count, size_t passed) {
  if (count > from && data[count - 1] != '\n') passed++;
  return (od_candidate){passed, count, count, count};
}

od_candidate od_filter_next_plain(
  const od_filter *filter, const uint8_t *data, size_t from, size_t count) {
  if (from < count && data[from] != '{') return line_at(data, from, count, 0);
  size_t passed = 0;
  for (size_t at = from; at < count; at++) {
    for (size_t i = 0; i < filter->needle_count; i++) {
      if (stands(filter, i, data, at, count)) return line_around(data, from, at, count, passed);
    }
    if (data[at] == '\n') {
      passed++;
      if (at + 1 < count && data[at + 1] != '{') return line_at(data, at + 1, count, passed);
    }
  }
  return none(data, from, count, passed);
}

#if defined(__x86_64__)

__attribute__((target("avx2,popcnt,bmi"))) static od_candidate next_avx2(
  const od_filter *filter, const uint8_t *data, size_t from, size_t count) {
  if (from < count && data[from] != '{') return line_at(data, from, count, 0);
  __m256i low[prefix], high[prefix];
  for (int k = 0; k < prefix; k++) {
    low[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)filter->low[k]));
    high[k] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)filter->high[k]));
  }
  const __m256i nibble = _mm256_set1_epi8(15), feed = _mm256_set1_epi8('\n'),
                brace = _mm256_set1_epi8('{'), zero = _mm256_setzero_si256();
  size_t passed = 0;
  for (size_t at = from; at < count; at += 32) {
    const __m256i here = _mm256_loadu_si256((const __m256i *)(data + at));
    const __m256i after = _mm256_loadu_si256((const __m256i *)(data + at + 1));
    const __m256i later = _mm256_loadu_si256((const __m256i *)(data + at + 2));
#define BITS(k, v)                                                                  \
  _mm256_and_si256(                                                                 \
    _mm256_shuffle_epi8(low[k], _mm256_and_si256(v, nibble)),                       \
    _mm256_shuffle_epi8(high[k], _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)))
    const __m256i hits =
      _mm256_and_si256(_mm256_and_si256(BITS(0, here), BITS(1, after)), BITS(2, later));
#undef BITS
    uint32_t feeds = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, feed));
    const uint32_t braces = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(after, brace));
    uint32_t hit = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hits, zero));
    uint32_t odd = feeds & ~braces;
    if (count - at < 33) {
      // The last block: what lies behind the data does not count, nor does the line that is not there.
      const size_t left = count - at;
      const uint32_t inside = left >= 32 ? ~0u : (1u << left) - 1;
      feeds &= inside;
      hit &= inside;
      odd &= inside >> 1;
    }
    uint32_t look = hit | odd;
    while (look) {
      const unsigned i = (unsigned)__builtin_ctz(look);
      const uint32_t bit = 1u << i;
      if (hit & bit) {
        for (size_t n = 0; n < filter->needle_count; n++) {
          if (stands(filter, n, data, at + i, count)) {
            passed += (size_t)__builtin_popcount(feeds & (bit - 1));
            return line_around(data, from, at + i, count, passed);
          }
        }
      }
      if (odd & bit) {
        passed += (size_t)__builtin_popcount(feeds & (bit | (bit - 1)));
        return line_at(data, at + i + 1, count, passed);
      }
      look &= look - 1;
    }
    passed += (size_t)__builtin_popcount(feeds);
  }
  return none(data, from, count, passed);
}

#endif

od_candidate od_filter_next(
  const od_filter *filter, const uint8_t *data, size_t from, size_t count) {
#if defined(__x86_64__)
  if (filter->has_avx2) return next_avx2(filter, data, from, count);
#endif
  return od_filter_next_plain(filter, data, from, count);
}
