// Texts and numbers as JSON writes them.
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

inline bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

inline bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

// The number that the four hexadecimal digits at `p` write; -1 where they are not four.
inline int hex4(const uint8_t *p, const uint8_t *end) {
  if (end - p < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; i++) {
    const uint8_t c = p[i];
    const int digit = is_digit(c) ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

inline uint8_t *put_utf8(uint8_t *to, uint32_t code) {
  if (code < 0x80) {
    *to++ = uint8_t(code);
  } else if (code < 0x800) {
    *to++ = uint8_t(0xC0 | code >> 6);
    *to++ = uint8_t(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *to++ = uint8_t(0xE0 | code >> 12);
    *to++ = uint8_t(0x80 | (code >> 6 & 0x3F));
    *to++ = uint8_t(0x80 | (code & 0x3F));
  } else {
    *to++ = uint8_t(0xF0 | code >> 18);
    *to++ = uint8_t(0x80 | (code >> 12 & 0x3F));
    *to++ = uint8_t(0x80 | (code >> 6 & 0x3F));
    *to++ = uint8_t(0x80 | (code & 0x3F));
  }
  return to;
}

// The characters that may follow a backslash, other than u.
struct escape_table {
  bool holds[256] = {};
  constexpr escape_table() {
    for (const char c : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'}) holds[uint8_t(c)] = true;
  }
};
inline constexpr escape_table short_escapes;

// The end of the escape whose backslash is at `p`; NULL where RFC 8259 knows no such escape.
inline const uint8_t *escape_end(const uint8_t *p, const uint8_t *end) {
  if (end - p < 2) return nullptr;
  if (short_escapes.holds[p[1]]) return p + 2;
  return p[1] == 'u' && hex4(p + 2, end) >= 0 ? p + 6 : nullptr;
}

// Writes the text of the escape at `from`; a lone surrogate reads as U+FFFD, and what is not an escape stays
// as it is.
inline const uint8_t *decode_escape(const uint8_t *from, const uint8_t *end, uint8_t *&to) {
  const uint8_t *next = escape_end(from, end);
  if (!next) {
    *to++ = *from;
    return from + 1;
  }
  switch (from[1]) {
  case 'b': *to++ = '\b'; break;
  case 'f': *to++ = '\f'; break;
  case 'n': *to++ = '\n'; break;
  case 'r': *to++ = '\r'; break;
  case 't': *to++ = '\t'; break;
  case 'u': {
    const int code = hex4(from + 2, end);
    const int low = code >= 0xD800 && code < 0xDC00 && end - next >= 6 && next[0] == '\\' &&
                            next[1] == 'u' ? hex4(next + 2, end) : -1;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      to = put_utf8(to, 0x10000u + (uint32_t(code - 0xD800) << 10) + uint32_t(low - 0xDC00));
      next += 6;
    } else {
      to = put_utf8(to, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : uint32_t(code));
    }
    break;
  }
  default: *to++ = from[1];
  }
  return next;
}

// Decodes the escapes of a string into other memory, which has room for as many bytes: no escape is shorter
// than its text.
inline uint8_t *decode_string(const uint8_t *from, const uint8_t *end, uint8_t *to) {
#if defined(__SSE2__)
  const __m128i backslash = _mm_set1_epi8('\\');
  while (end - from >= 16) {
    const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(to), part);
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(part, backslash));
    const int plain = found ? __builtin_ctz(unsigned(found)) : 16;
    from += plain;
    to += plain;
    if (found) from = decode_escape(from, end, to);
  }
#endif
  while (from < end) {
    if (*from == '\\') from = decode_escape(from, end, to);
    else *to++ = *from++;
  }
  return to;
}

// The end of the number of RFC 8259 at `p`, or NULL.
inline const uint8_t *number_end(const uint8_t *p, const uint8_t *end) {
  auto digits = [&] { const uint8_t *start = p; while (p < end && is_digit(*p)) p++; return p - start; };
  if (p < end && *p == '-') p++;
  const uint8_t *start = p;
  const auto whole = digits();
  if (whole == 0 || (whole > 1 && *start == '0')) return nullptr;
  if (p < end && *p == '.') {
    p++;
    if (digits() == 0) return nullptr;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    if (digits() == 0) return nullptr;
  }
  return p;
}

// Whether a number reads as it is written: an integer, and not minus zero.
inline bool is_plain_integer(const uint8_t *p, size_t count) {
  if (count == 2 && p[0] == '-' && p[1] == '0') return false;
  for (size_t i = p[0] == '-'; i < count; i++) {
    if (!is_digit(p[i])) return false;
  }
  return true;
}

// A number that is not a plain integer, as text: whole ones without a fraction, others in the fewest digits
// that read as the same double; what no double can hold is infinite.
inline std::string number_text(const uint8_t *p, size_t count) {
  const std::string text(reinterpret_cast<const char *>(p), count);
  const double number = strtod(text.c_str(), nullptr);
  if (!std::isfinite(number)) return number < 0 ? "-inf" : "inf";
  char buffer[400];
  if (number == std::floor(number)) {
    return std::string(buffer, size_t(snprintf(buffer, sizeof buffer, "%.0f", number == 0 ? 0 : number)));
  }
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

// The length of the well-formed sequence at `p`, or minus that of the part to replace by one U+FFFD
// (Unicode 15, 3.9, "substitution of maximal subparts").
inline int utf8_sequence(const uint8_t *p, const uint8_t *end) {
  const uint8_t lead = *p;
  if (lead < 0x80) return 1;
  int more = 0;
  uint8_t low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return -1;
  }
  for (int i = 1; i <= more; i++) {
    if (p + i == end || p[i] < low || p[i] > high) return -i;
    low = 0x80;
    high = 0xBF;
  }
  return more + 1;
}

// A copy of a text in which each sequence that is not UTF-8 is U+FFFD.
inline std::string with_valid_utf8(const uint8_t *p, const uint8_t *end) {
  std::string result;
  result.reserve(size_t(end - p) + 64);
  while (p < end) {
    const int length = utf8_sequence(p, end);
    if (length > 0) result.append(reinterpret_cast<const char *>(p), size_t(length));
    else result += "\xEF\xBF\xBD";
    p += std::abs(length);
  }
  return result;
}
