// Where a JSON text has backslashes, and whether each begins an escape of RFC 8259.
#pragma once
#include <vector>

#include "text.hpp"

class escape_index {
  // A bit for each byte that is a backslash.
  std::vector<uint64_t> blocks;

  // The bytes of the 64 at `p` that are a backslash.
  static uint64_t backslashes(const uint8_t *p) {
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi8('\\');
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
      const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p) + i);
      bits |= uint64_t(uint32_t(_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted)))) << (16 * i);
    }
    return bits;
#else
    uint64_t bits = 0;
    for (int i = 0; i < 64; i++) bits |= uint64_t(p[i] == '\\') << i;
    return bits;
#endif
  }

public:
  // The first backslash that begins no escape; the length of the text where each does.
  size_t first_invalid = 0;

  // `text` is followed by 64 readable bytes. What comes after the first invalid escape is not looked at.
  void build(const uint8_t *text, size_t count) {
    blocks.resize(count / 64 + 1);
    first_invalid = count;
    bool is_escaped = false;
    for (size_t block = 0; block < blocks.size(); block++) {
      const size_t start = block * 64;
      uint64_t bits = backslashes(text + start);
      if (count - start < 64) bits &= (uint64_t(1) << (count - start)) - 1;
      blocks[block] = bits;
      if (is_escaped) bits &= ~uint64_t(1);
      is_escaped = false;
      while (bits != 0) {
        const int bit = __builtin_ctzll(bits);
        const uint8_t *escape = text + start + bit;
        if (!short_escapes.holds[escape[1]] && !escape_end(escape, text + count)) {
          first_invalid = start + size_t(bit);
          return;
        }
        is_escaped = bit == 63;
        bits &= ~(uint64_t(3) << bit);
      }
    }
  }

  // Whether one of the bytes from `from` to before `to` is a backslash; `to` is at most the length of the text.
  bool any(size_t from, size_t to) const {
    if (from >= to) return false;
    const size_t first = from / 64, last = (to - 1) / 64;
    const uint64_t begin = ~uint64_t(0) << (from % 64), end = ~uint64_t(0) >> (63 - (to - 1) % 64);
    if (first == last) return (blocks[first] & begin & end) != 0;
    if ((blocks[first] & begin) != 0 || (blocks[last] & end) != 0) return true;
    for (size_t block = first + 1; block < last; block++) {
      if (blocks[block] != 0) return true;
    }
    return false;
  }
};
