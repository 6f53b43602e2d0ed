#define _GNU_SOURCE
#include "text_search.h"

#include <string.h>

const void *text_find(const void *text, size_t text_length, const void *word, size_t word_length) {
  return memmem(text, text_length, word, word_length);
}

bool text_contains(const void *text, size_t text_length, const void *word, size_t word_length) {
  return memmem(text, text_length, word, word_length) != NULL;
}

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// One bit for each of 64 bytes.
typedef struct byte_masks {
  uint64_t newlines;
  uint64_t text;     // Not white space.
  uint64_t special;  // What an event, or text in another encoding, can begin with.
} byte_masks;

static byte_masks masks_of(const uint8_t *block) {
  byte_masks masks = {0, 0, 0};
#if defined(__SSE2__)
  for (int part = 0; part < 64; part += 16) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(block + part));
#define EQUALS(byte) _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)(byte)))
    const __m128i newlines = EQUALS('\n');
    const __m128i white = _mm_or_si128(
        _mm_or_si128(newlines, EQUALS(' ')), _mm_or_si128(EQUALS('\t'), EQUALS('\r')));
    const __m128i brackets = _mm_or_si128(_mm_or_si128(EQUALS('{'), EQUALS('[')), EQUALS('<'));
    const __m128i encodings = _mm_or_si128(
        _mm_or_si128(EQUALS(0), EQUALS(0xEF)), _mm_or_si128(EQUALS(0xFE), EQUALS(0xFF)));
#undef EQUALS
    masks.newlines |= (uint64_t)(uint32_t)_mm_movemask_epi8(newlines) << part;
    masks.text |= (uint64_t)(~(uint32_t)_mm_movemask_epi8(white) & 0xFFFF) << part;
    masks.special |=
        (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(brackets, encodings)) << part;
  }
#else
  for (int i = 0; i < 64; i++) {
    const uint8_t byte = block[i];
    const uint64_t bit = UINT64_C(1) << i;
    if (byte == '\n') masks.newlines |= bit;
    if (byte != '\n' && byte != ' ' && byte != '\t' && byte != '\r') masks.text |= bit;
    if (byte == '{' || byte == '[' || byte == '<' || byte == 0 || byte == 0xEF || byte >= 0xFE) {
      masks.special |= bit;
    }
  }
#endif
  return masks;
}

line_run plain_lines(const uint8_t *bytes, size_t count, size_t from, bool only_blank) {
  line_run run = {0, 0, from};
  // Whether the line that began before the block has text.
  unsigned long long has_text = 0;
  for (size_t at = from; at < count; at += 64) {
    byte_masks masks = masks_of(bytes + at);
    uint64_t considered = count - at < 64 ? (UINT64_C(1) << (count - at)) - 1 : ~UINT64_C(0);
    const uint64_t stops = (masks.special | (only_blank ? masks.text : 0)) & considered;
    if (stops != 0) considered &= (stops & -stops) - 1;
    const uint64_t newlines = masks.newlines & considered;
    // Each line's bytes up to its LF are ones: adding its text carries into the LF if there is any.
    unsigned long long carry = 0, carry_of_open = 0;
    unsigned long long sum = __builtin_addcll(masks.text & considered, ~newlines, 0, &carry);
    sum = __builtin_addcll(sum, has_text, 0, &carry_of_open);
    has_text = carry | carry_of_open;
    const size_t lines = (size_t)__builtin_popcountll(newlines);
    run.lines += lines;
    run.blank += lines - (size_t)__builtin_popcountll(newlines & sum);
    if (newlines != 0) run.next = at + 64 - (size_t)__builtin_clzll(newlines);
    if (stops != 0) break;
  }
  return run;
}
