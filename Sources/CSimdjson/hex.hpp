// The number that follows \u in a JSON string.
#pragma once
#include <cstdint>

// -1 where the four bytes at `p` are not all hexadecimal digits; reads none behind the first that is not.
inline int hex4(const uint8_t *p) {
  int value = 0;
  for (int i = 0; i < 4; i++) {
    const uint8_t c = p[i];
    const int digit = c >= '0' && c <= '9' ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

inline bool is_surrogate(int code) { return code >= 0xD800 && code <= 0xDFFF; }
