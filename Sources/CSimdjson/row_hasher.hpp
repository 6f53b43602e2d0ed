// What stands for some values of a line, to tell lines that say the same.
//
// Rows that differ, whatever they hold, have the same hash with a probability of 2^-64, because the keys
// are drawn anew for each hasher. Source: NH of Black et al., "UMAC: Fast and Secure Message
// Authentication", CRYPTO 1999, over words of 64 bits.
#pragma once
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "csimdjson.h"

class row_hasher {
 public:
  // Whoever knows the keys could make rows that share a hash.
  row_hasher() {
    constexpr size_t most_at_once = 256;
    for (size_t at = 0; at < sizeof keys; at += most_at_once) {
      const size_t count = sizeof keys - at < most_at_once ? sizeof keys - at : most_at_once;
      if (getentropy(reinterpret_cast<uint8_t *>(keys) + at, count) != 0) abort();
    }
  }

  // One row, value by value.
  class row {
   public:
    row(const row_hasher &hasher, uint64_t first) : key(hasher.keys), end(key + most_keys) { add(first, 0); }

    // Up to 15 bytes more are read.
    void add(const uint8_t *text, size_t count) {
      if (size_t(end - key) < count / 8 + 4) fits = false;
      if (!fits) return;
      add(count, first(text, count));
      size_t at = 8;
      for (; at + 16 <= count; at += 16) add(word(text + at), word(text + at + 8));
      // What is left, and zeroes.
      if (at < count) add(first(text + at, count - at), at + 8 < count ? first(text + at + 8, count - at - 8) : 0);
    }

    // All zeroes where the row was too long.
    od_row hash() const {
      if (!fits) return {0, 0};
      const od_row made = {uint64_t(sum >> 64), uint64_t(sum)};
      return made.high == 0 && made.low == 0 ? od_row{0, 1} : made;
    }

   private:
    const uint64_t *key, *end;
    unsigned __int128 sum = 0;
    bool fits = true;

    void add(uint64_t a, uint64_t b) {
      sum += static_cast<unsigned __int128>(a + key[0]) * (b + key[1]);
      key += 2;
    }

    static uint64_t word(const uint8_t *text) {
      uint64_t bytes;
      memcpy(&bytes, text, sizeof bytes);
      return bytes;
    }

    // The first `count` bytes, if there are not eight.
    static uint64_t first(const uint8_t *text, size_t count) {
      if (count == 0) return 0;
      return word(text) & ~uint64_t(0) >> (count < 8 ? 64 - 8 * count : 0);
    }
  };

 private:
  static constexpr size_t most_keys = 512;
  uint64_t keys[most_keys];
};
