#define _GNU_SOURCE
#include "line_filter_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

// MARK: - SSSE3: look-ups by half bytes, 16 bytes at a time

#define SSSE3 __attribute__((target("ssse3,popcnt")))

typedef struct tables_128 {
  __m128i low[window_size], high[window_size];
} tables_128;

static inline SSSE3 tables_128 load_tables_128(const line_filter *filter) {
  tables_128 tables;
  for (int i = 0; i < window_size; i++) {
    tables.low[i] = _mm_loadu_si128((const __m128i *)filter->by_low_bits[i]);
    tables.high[i] = _mm_loadu_si128((const __m128i *)filter->by_high_bits[i]);
  }
  return tables;
}

static inline SSSE3 block_masks masks_128(const tables_128 *tables, const uint8_t *block) {
  const __m128i low_bits = _mm_set1_epi8(15);
  block_masks masks = {0, 0, 0};
  for (int part = 0; part < 64; part += 16) {
    __m128i sets = _mm_set1_epi8(-1);
    __m128i first;
    for (int i = window_size - 1; i >= 0; i--) {
      first = _mm_loadu_si128((const __m128i *)(block + part + i));
      const __m128i low = _mm_shuffle_epi8(tables->low[i], _mm_and_si128(first, low_bits));
      const __m128i high = _mm_shuffle_epi8(
          tables->high[i], _mm_and_si128(_mm_srli_epi16(first, 4), low_bits));
      sets = _mm_and_si128(sets, _mm_and_si128(low, high));
    }
    const uint32_t empty =
        (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(sets, _mm_setzero_si128()));
    const uint32_t newlines =
        (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(first, _mm_set1_epi8('\n')));
    const uint32_t braces =
        (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(first, _mm_set1_epi8('{')));
    masks.windows |= (uint64_t)(~empty & 0xFFFF) << part;
    masks.newlines |= (uint64_t)newlines << part;
    masks.braces |= (uint64_t)braces << part;
  }
  return masks;
}

#define SCAN_NAME line_filter_next_ssse3
#define SCAN_TARGET SSSE3
#define SCAN_PREPARE const tables_128 tables = load_tables_128(filter);
#define SCAN_BLOCK masks_128(&tables, block)
#include "line_filter_scan.h"

// MARK: - AVX2: the same, 32 bytes at a time

#define AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2,lzcnt")))

typedef struct tables_256 {
  __m256i low[window_size], high[window_size];
} tables_256;

static inline AVX2 tables_256 load_tables_256(const line_filter *filter) {
  tables_256 tables;
  for (int i = 0; i < window_size; i++) {
    tables.low[i] = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)filter->by_low_bits[i]));
    tables.high[i] = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)filter->by_high_bits[i]));
  }
  return tables;
}

static inline AVX2 block_masks masks_256(const tables_256 *tables, const uint8_t *block) {
  const __m256i low_bits = _mm256_set1_epi8(15);
  block_masks masks = {0, 0, 0};
  for (int part = 0; part < 64; part += 32) {
    __m256i sets = _mm256_set1_epi8(-1);
    __m256i first;
    for (int i = window_size - 1; i >= 0; i--) {
      first = _mm256_loadu_si256((const __m256i *)(block + part + i));
      const __m256i low = _mm256_shuffle_epi8(tables->low[i], _mm256_and_si256(first, low_bits));
      const __m256i high = _mm256_shuffle_epi8(
          tables->high[i], _mm256_and_si256(_mm256_srli_epi16(first, 4), low_bits));
      sets = _mm256_and_si256(sets, _mm256_and_si256(low, high));
    }
    const uint32_t empty =
        (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256()));
    const uint32_t newlines =
        (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(first, _mm256_set1_epi8('\n')));
    const uint32_t braces =
        (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(first, _mm256_set1_epi8('{')));
    masks.windows |= (uint64_t)~empty << part;
    masks.newlines |= (uint64_t)newlines << part;
    masks.braces |= (uint64_t)braces << part;
  }
  return masks;
}

#define SCAN_NAME line_filter_next_avx2
#define SCAN_TARGET AVX2
#define SCAN_PREPARE const tables_256 tables = load_tables_256(filter);
#define SCAN_BLOCK masks_256(&tables, block)
#include "line_filter_scan.h"

// MARK: - AVX-512 with VBMI: one look-up by the low seven bits, 64 bytes at a time

#define AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,popcnt,bmi,bmi2,lzcnt")))

typedef struct tables_512 {
  __m512i low[window_size], high[window_size];
} tables_512;

static inline AVX512 tables_512 load_tables_512(const line_filter *filter) {
  tables_512 tables;
  for (int i = 0; i < window_size; i++) {
    tables.low[i] = _mm512_load_si512(filter->by_seven_bits[i]);
    tables.high[i] = _mm512_load_si512(filter->by_seven_bits[i] + 64);
  }
  return tables;
}

static inline AVX512 block_masks masks_512(const tables_512 *tables, const uint8_t *block) {
  const __m512i first = _mm512_loadu_si512(block);
  __m512i sets = _mm512_permutex2var_epi8(tables->low[0], first, tables->high[0]);
  for (int i = 1; i < window_size; i++) {
    sets = _mm512_and_si512(
        sets, _mm512_permutex2var_epi8(
                  tables->low[i], _mm512_loadu_si512(block + i), tables->high[i]));
  }
  return (block_masks){
      _mm512_test_epi8_mask(sets, sets),
      _mm512_cmpeq_epi8_mask(first, _mm512_set1_epi8('\n')),
      _mm512_cmpeq_epi8_mask(first, _mm512_set1_epi8('{')),
  };
}

#define SCAN_NAME line_filter_next_avx512
#define SCAN_TARGET AVX512
#define SCAN_PREPARE const tables_512 tables = load_tables_512(filter);
#define SCAN_BLOCK masks_512(&tables, block)
#include "line_filter_scan.h"

#endif
