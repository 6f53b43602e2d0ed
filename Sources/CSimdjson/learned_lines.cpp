#include "learned_lines.hpp"

#include <algorithm>
#include <cstring>

#include <simdjson.h>

#include "hex.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr size_t most_structures = 4096, most_values = 512;
constexpr int deepest = 16;
constexpr char simple_escapes[] = {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'};
// So many lines show which values of a pattern are always the same.
constexpr uint32_t lines_to_specialise = 64;

// What stands in 64 bytes, one bit for each.
struct block {
  uint64_t quotes, backslashes;
  // Controls, and bytes that are not ASCII.
  uint64_t others;
};

// What an escape of two characters stands for, by the second; 0 for all others.
struct escapes {
  uint8_t meaning[256]{};
  constexpr escapes() {
    for (uint8_t c : {'"', '\\', '/'}) meaning[c] = c;
    meaning['b'] = '\b';
    meaning['f'] = '\f';
    meaning['n'] = '\n';
    meaning['r'] = '\r';
    meaning['t'] = '\t';
  }
};
constexpr escapes simple;

constexpr struct numbers {
  uint8_t all[64]{};
  constexpr numbers() {
    for (int at = 0; at < 64; at++) all[at] = uint8_t(at);
  }
} ascending;

// 16 where there is none.
inline size_t backslash_within_16(const uint8_t *p) {
#if defined(__SSE2__)
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
  return size_t(__builtin_ctz(
      0x10000 | unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('\\'))))));
#else
  size_t at = 0;
  while (at < 16 && p[at] != '\\') at++;
  return at;
#endif
}

inline bool has_backslash(const uint8_t *p, size_t count) {
  for (size_t at = 0; at < count; at += 16) {
    const size_t plain = backslash_within_16(p + at);
    if (plain < 16) return at + plain < count;
  }
  return false;
}

// Whether `\u` and a code that stands for itself is at all these places; pairs of surrogates are left to
// the parser.
inline bool are_codes(const uint8_t *p, uint64_t at) {
  for (; at != 0; at &= at - 1) {
    const uint8_t *const escape = p + __builtin_ctzll(at);
    if (*escape != 'u') return false;
    const int code = hex4(escape + 1);
    if (code < 0 || is_surrogate(code)) return false;
  }
  return true;
}

// Writes a code below 0x10000 in UTF-8.
inline uint8_t *put_utf8(uint8_t *out, int code) {
  if (code < 0x80) {
    *out++ = uint8_t(code);
  } else if (code < 0x800) {
    *out++ = uint8_t(0xC0 | code >> 6);
    *out++ = uint8_t(0x80 | (code & 0x3F));
  } else {
    *out++ = uint8_t(0xE0 | code >> 12);
    *out++ = uint8_t(0x80 | (code >> 6 & 0x3F));
    *out++ = uint8_t(0x80 | (code & 0x3F));
  }
  return out;
}

// The bytes that a backslash stands before; `carry` tells it of the byte before the block, and then of
// the one behind it. Source: Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 3.1.1.
inline uint64_t escaped_bytes(uint64_t backslashes, uint64_t &carry) {
  constexpr uint64_t odd = 0xAAAAAAAAAAAAAAAA;
  const uint64_t potential = backslashes & ~carry;
  const uint64_t maybe = potential << 1;
  const uint64_t series = ((maybe | odd) - potential) ^ odd;
  const uint64_t escaped = series ^ (backslashes | carry);
  carry = (series & backslashes) >> 63;
  return escaped;
}

// Writes out what the sound text of `count` bytes means, and returns the end. As many bytes and 64 more can
// be written, and 64 be read behind the text.
uint8_t *unescape_portable(uint8_t *out, const uint8_t *p, size_t count) {
  const uint8_t *const end = p + count;
  while (p < end) {
    memcpy(out, p, 16);
    const size_t plain = std::min(backslash_within_16(p), size_t(end - p));
    p += plain;
    out += plain;
    if (plain == 16 || p == end) continue;
    *out = simple.meaning[p[1]];
    if (*out != 0) {
      out++;
      p += 2;
    } else {
      out = put_utf8(out, hex4(p + 2));
      p += 6;
    }
  }
  return out;
}

// How many of eight bytes are digits, up to the first that is none.
inline unsigned digits_in_front(uint64_t bytes) {
  // A digit has 3 as its upper half, and still after 6 was added.
  const uint64_t others = ((bytes & 0xF0F0F0F0F0F0F0F0) | ((bytes + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4) ^
                          0x3333333333333333;
  return others == 0 ? 8 : unsigned(__builtin_ctzll(others)) / 8;
}

// Whether a whole number stands there as the parser would print it: it gets all others.
inline bool is_whole_number(const uint8_t *p, const uint8_t *end) {
  const bool is_negative = p < end && *p == '-';
  const uint8_t *const digits = p + is_negative;
  const ptrdiff_t length = end - digits;
  if (length < 1 || length > 19 || (*digits == '0' && (length > 1 || is_negative))) return false;
  uint64_t head, tail;
  memcpy(&head, digits, sizeof head);
  if (length < 8) {
    // Digits in front, and nothing that is none behind them.
    return digits_in_front(head) >= unsigned(length);
  }
  memcpy(&tail, end - sizeof tail, sizeof tail);
  if (digits_in_front(head) < 8 || digits_in_front(tail) < 8) return false;
  for (const uint8_t *at = digits + 8; at < end - 8; at++) {
    if (*at < '0' || *at > '9') return false;
  }
  return !is_negative || length < 19 || memcmp(digits, "9223372036854775808", 19) <= 0;
}

// The quotes of a line as bits: the next one is looked for from the end of the literal before.
struct quote_bits {
  static size_t put(line_marks &marks, size_t count, size_t at, uint64_t bits) {
    marks.bits[at / 64] = bits;
    return count + size_t(__builtin_popcountll(bits));
  }

  // The line's end is found like a quote.
  static void end(line_marks &marks) {
    uint64_t *const last = marks.bits + marks.length / 64;
    if (marks.length % 64 == 0) last[0] = 0;
    last[0] |= uint64_t(1) << marks.length % 64;
    last[1] = 0;
  }

  static ptrdiff_t next(const line_marks &marks, uint32_t, ptrdiff_t at) {
    const uint64_t *bits = marks.bits + at / 64;
    const unsigned shift = unsigned(at) % 64;
    const uint64_t near = bits[0] >> shift | bits[1] << 1 << (63 - shift);
    if (near != 0) return at + __builtin_ctzll(near);
    do bits++; while (*bits == 0);
    return (bits - marks.bits) * 64 + __builtin_ctzll(*bits);
  }
};

// MARK: - Portable

inline block block_portable(const uint8_t *p) {
  block here{};
  for (int at = 0; at < 64; at++) {
    here.quotes |= uint64_t(p[at] == '"') << at;
    here.backslashes |= uint64_t(p[at] == '\\') << at;
    here.others |= uint64_t(p[at] < 0x20 || p[at] >= 0x80) << at;
  }
  return here;
}

inline uint64_t simple_portable(const uint8_t *p) {
  uint64_t found = 0;
  for (int at = 0; at < 64; at++) found |= uint64_t(simple.meaning[p[at]] != 0) << at;
  return found;
}

inline bool differs_portable(const uint8_t *a, const uint8_t *b, size_t count) {
  return memcmp(a, b, count) != 0;
}

#define MATCH(name) name##_portable
#define MATCH_TARGET
#define MATCH_QUOTES quote_bits
#include "learned_lines_match.hpp"

#if defined(__x86_64__)

// MARK: - SSE2, which every x86-64 has

inline block block_sse2(const uint8_t *p) {
  block here{};
  for (int part = 0; part < 64; part += 16) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p + part));
    const auto bits = [&](__m128i found) { return uint64_t(unsigned(_mm_movemask_epi8(found))) << part; };
    here.quotes |= bits(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')));
    here.backslashes |= bits(_mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
    // What is not ASCII is negative.
    here.others |= bits(_mm_cmplt_epi8(text, _mm_set1_epi8(0x20)));
  }
  return here;
}

inline uint64_t simple_sse2(const uint8_t *p) {
  uint64_t found = 0;
  for (int part = 0; part < 64; part += 16) {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p + part));
    __m128i any = _mm_setzero_si128();
    for (char c : simple_escapes) any = _mm_or_si128(any, _mm_cmpeq_epi8(text, _mm_set1_epi8(c)));
    found |= uint64_t(unsigned(_mm_movemask_epi8(any))) << part;
  }
  return found;
}

inline bool differs_sse2(const uint8_t *a, const uint8_t *b, size_t count) {
  for (size_t at = 0; at < count; at += 16) {
    const __m128i left = _mm_loadu_si128(reinterpret_cast<const __m128i *>(a + at));
    const __m128i right = _mm_loadu_si128(reinterpret_cast<const __m128i *>(b + at));
    unsigned differs = 0xFFFF ^ unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(left, right)));
    if (count - at < 16) differs &= (1u << (count - at)) - 1;
    if (differs != 0) return true;
  }
  return false;
}

#define MATCH(name) name##_sse2
#define MATCH_TARGET
#define MATCH_QUOTES quote_bits
#include "learned_lines_match.hpp"

// MARK: - AVX2

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))

// The simple escapes by the halves of their bytes: sort 1 has 2 as its upper half, 2 has 5, 4 has 6, 8 has 7.
inline __m128i low_halves() { return _mm_setr_epi8(0, 0, 13, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1); }
inline __m128i high_halves() { return _mm_setr_epi8(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0); }

inline AVX2 block block_avx2(const uint8_t *p) {
  block here{};
  for (int part = 0; part < 64; part += 32) {
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p + part));
    const auto bits = [&](__m256i found) AVX2 { return uint64_t(unsigned(_mm256_movemask_epi8(found))) << part; };
    here.quotes |= bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('"')));
    here.backslashes |= bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('\\')));
    // What is not ASCII is negative.
    here.others |= bits(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), text));
  }
  return here;
}

// Each sort of simple escapes has a bit in the entries of both halves of its bytes.
inline AVX2 uint64_t simple_avx2(const uint8_t *p) {
  const __m256i low = _mm256_broadcastsi128_si256(low_halves());
  const __m256i high = _mm256_broadcastsi128_si256(high_halves());
  uint64_t found = 0;
  for (int part = 0; part < 64; part += 32) {
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p + part));
    const __m256i halves = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(15));
    const __m256i sorts = _mm256_and_si256(_mm256_shuffle_epi8(low, text), _mm256_shuffle_epi8(high, halves));
    const __m256i none = _mm256_cmpeq_epi8(sorts, _mm256_setzero_si256());
    found |= uint64_t(~unsigned(_mm256_movemask_epi8(none))) << part;
  }
  return found;
}

inline AVX2 bool differs_avx2(const uint8_t *a, const uint8_t *b, size_t count) {
  for (size_t at = 0; at < count; at += 32) {
    const __m256i left = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(a + at));
    const __m256i right = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(b + at));
    unsigned differs = ~unsigned(_mm256_movemask_epi8(_mm256_cmpeq_epi8(left, right)));
    if (count - at < 32) differs &= (1u << (count - at)) - 1;
    if (differs != 0) return true;
  }
  return false;
}

#define MATCH(name) name##_avx2
#define MATCH_TARGET AVX2
#define MATCH_QUOTES quote_bits
#include "learned_lines_match.hpp"

// MARK: - AVX-512, as all processors have it that have VBMI2

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))

inline AVX512 block block_avx512(const uint8_t *p) {
  const __m512i text = _mm512_loadu_si512(p);
  return {
      _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')),
      _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\')),
      // What is not ASCII is negative.
      _mm512_cmplt_epi8_mask(text, _mm512_set1_epi8(0x20))};
}

inline AVX512 uint64_t simple_avx512(const uint8_t *p) {
  const __m512i text = _mm512_loadu_si512(p);
  const __m512i halves = _mm512_and_si512(_mm512_srli_epi16(text, 4), _mm512_set1_epi8(15));
  return _mm512_test_epi8_mask(
      _mm512_shuffle_epi8(_mm512_broadcast_i32x4(low_halves()), text),
      _mm512_shuffle_epi8(_mm512_broadcast_i32x4(high_halves()), halves));
}

// The quotes of a line by their places: where one stands does not hang on where the one before it was found,
// so that literals are compared side by side.
struct quote_places {
  static AVX512 size_t put(line_marks &marks, size_t count, size_t at, uint64_t bits) {
    const size_t more = size_t(__builtin_popcountll(bits));
    for (size_t done = 0; done < more; done += 16) {
      const __m512i places = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(ascending.all));
      const __m256i wide = _mm256_cvtepu8_epi16(_mm512_castsi512_si128(places));
      _mm256_storeu_si256(
          reinterpret_cast<__m256i *>(marks.places + count + done),
          _mm256_add_epi16(wide, _mm256_set1_epi16(short(at))));
      // Those that are done: the lowest 16 bits that are set.
      bits &= ~_pdep_u64(0xFFFF, bits);
    }
    return count + more;
  }

  static void end(line_marks &marks) { marks.places[marks.quote_count] = uint16_t(marks.length); }

  static ptrdiff_t next(const line_marks &marks, uint32_t number, ptrdiff_t) { return marks.places[number]; }
};

inline AVX512 bool differs_avx512(const uint8_t *a, const uint8_t *b, size_t count) {
  for (; count > 64; a += 64, b += 64, count -= 64) {
    if (_mm512_cmpneq_epi8_mask(_mm512_loadu_si512(a), _mm512_loadu_si512(b)) != 0) return true;
  }
  const __mmask64 valid = _bzhi_u64(~uint64_t(0), unsigned(count));
  return _mm512_mask_cmpneq_epi8_mask(valid, _mm512_loadu_si512(a), _mm512_loadu_si512(b)) != 0;
}

// As unescape_portable: drops the backslashes of 64 bytes at once where they stand before quotes, slashes and
// backslashes, which mean themselves.
AVX512 uint8_t *unescape_avx512(uint8_t *out, const uint8_t *p, size_t count) {
  const uint8_t *const end = p + count;
  while (p < end) {
    const __m512i text = _mm512_loadu_si512(p);
    uint64_t carry = 0;
    const uint64_t backslashes = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\'));
    const uint64_t escaped = escaped_bytes(backslashes, carry);
    const uint64_t selves = backslashes | _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')) |
                            _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('/'));
    const uint64_t others = escaped & ~selves;
    // Up to an escape that means something else, or one whose second byte is in the next block.
    size_t taken = std::min(size_t(64), size_t(end - p));
    if (others != 0) taken = std::min(taken, size_t(__builtin_ctzll(others)) - 1);
    else if (carry != 0) taken = std::min(taken, size_t(63));
    const uint64_t valid = _bzhi_u64(~uint64_t(0), unsigned(taken));
    const uint64_t kept = valid & ~(backslashes & ~escaped);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(kept, text));
    p += taken;
    out += __builtin_popcountll(kept);
    if (others == 0 || p >= end) continue;
    const uint8_t *const escape = p;
    p += *(escape + 1) == 'u' ? 6 : 2;
    out = unescape_portable(out, escape, size_t(p - escape));
  }
  return out;
}

#define MATCH(name) name##_avx512
#define MATCH_TARGET AVX512
#define MATCH_QUOTES quote_places
#include "learned_lines_match.hpp"

#endif

}  // namespace

uint32_t learned_lines::best_match() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2")) {
    return OD_MATCH_AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return OD_MATCH_AVX2;
  return OD_MATCH_SSE2;
#else
  return OD_MATCH_PORTABLE;
#endif
}

learned_lines::form learned_lines::form_of(uint32_t match) {
  switch (match) {
#if defined(__x86_64__)
  case OD_MATCH_AVX512: return {mark_avx512, match_avx512, unescape_avx512};
  case OD_MATCH_AVX2: return {mark_avx2, match_avx2, unescape_portable};
  case OD_MATCH_SSE2: return {mark_sse2, match_sse2, unescape_portable};
#endif
  default: return {mark_portable, match_portable, unescape_portable};
  }
}

learned_lines::learned_lines(uint32_t match) : how(form_of(match)), values(most_values) {}

size_t learned_lines::match(const uint8_t *line, const uint8_t *end) {
  uint64_t start;
  memcpy(&start, line, sizeof start);
  bool is_marked = false;
  for (shelf *kept : {&proven, &fresh}) {
    for (size_t at = 0; at < kept->patterns.size(); at++) {
      if (((start ^ kept->starts[at].bytes) & kept->starts[at].mask) != 0) continue;
      if (!is_marked) {
        how.mark(line, end, marks);
        if (marks.length == 0) return 0;
        is_marked = true;
      }
      if (!match(*kept->patterns[at], line)) continue;
      if (at > 0 || kept != &proven) proven.put(kept->take(at));
      return marks.length;
    }
  }
  return 0;
}

od_row learned_lines::matched_row() const {
  if (!at_hand->has_row) return {0, 0};
  row_hasher::row row(hasher, at_hand->number);
  for (uint32_t at : at_hand->in_row) row.add(values[at].bytes, values[at].count);
  return row.hash();
}

// Adds the bytes behind the last value, or before the first.
void learned_lines::pattern::close(std::string_view text) {
  const bool follows_number = !places.empty() && places.back().is_number;
  // Without a quote it is found from the end of the line, which stands behind the quotes.
  literal made{uint32_t(bytes.size()), uint32_t(text.size()), quote_count, uint32_t(text.size()), follows_number};
  for (size_t at = 0; at < text.size(); at++) {
    controls += uint8_t(text[at]) < 0x20;
    if (text[at] == '\\') at++;
    else if (text[at] == '"') {
      if (quote_count == made.quote) made.quote_offset = uint32_t(at);
      quote_count++;
    }
  }
  literals.push_back(made);
  bytes += text;
}

void learned_lines::shelf::put(std::unique_ptr<pattern> known) {
  if (patterns.size() == room) take(room - 1);
  const size_t count = known->literals[0].count;
  start head{0, count < 8 ? (uint64_t(1) << 8 * count) - 1 : ~uint64_t(0)};
  memcpy(&head.bytes, known->bytes.data(), sizeof head.bytes);
  starts.insert(starts.begin(), head);
  patterns.insert(patterns.begin(), std::move(known));
}

std::unique_ptr<learned_lines::pattern> learned_lines::shelf::take(size_t at) {
  auto taken = std::move(patterns[at]);
  patterns.erase(patterns.begin() + at);
  starts.erase(starts.begin() + at);
  return taken;
}

bool learned_lines::match(pattern &known, const uint8_t *line) {
  at_hand = known.special.get();
  const bool is_special = at_hand && how.match(*at_hand, line, marks, values.data());
  if (!is_special) {
    at_hand = &known;
    if (!how.match(known, line, marks, values.data())) return false;
  }
  scratch_used = 0;
  if (scratch.size() < marks.length + 64) scratch.resize(marks.length + 64);
  if (!is_special) watch(known);
  return true;
}

// Notes which values change, after a line that only the general pattern knew.
void learned_lines::watch(pattern &known) {
  known.steady.resize(known.places.size());
  for (size_t at = 0; at < known.places.size(); at++) {
    const std::string_view value(reinterpret_cast<const char *>(values[at].bytes), values[at].count);
    if (known.general_matches == 0) known.steady[at] = value;
    else if (known.steady[at] != value) known.steady[at].clear();
  }
  // Again if the special one has left out as many: what changed since is no longer in it.
  if (++known.general_matches % lines_to_specialise == 0) {
    specialise(known);
    scratch_used = 0;
  }
}

void learned_lines::specialise(pattern &known) {
  auto made = std::make_unique<pattern>();
  made->fingerprint = known.fingerprint;
  made->number = ++learned;
  made->constants = known.constants;
  std::string text(known.text(0));
  for (size_t at = 0; at < known.places.size(); at++) {
    const place &next = known.places[at];
    const std::string &value = known.steady[at];
    if (value.empty()) {
      made->close(text);
      made->places.push_back(next);
      text.clear();
    } else {
      text += value;
      if (next.slot >= 0) {
        const od_value read = this->read(values[at], next.is_number, 0);
        made->constants.push_back(
            {next.slot, read.kind,
             std::string(reinterpret_cast<const char *>(read.bytes), read.count)});
      }
    }
    text += known.text(at + 1);
  }
  made->finish(text);
  if (made->places.size() < known.places.size()) known.special = std::move(made);
  else known.special = nullptr;
}

od_value learned_lines::read(const written &value, bool is_number, uint32_t stamp) {
  const uint8_t kind = is_number ? OD_NUMBER : OD_STRING;
  if (is_number || !has_backslash(value.bytes, value.count)) {
    return {value.bytes, value.count, stamp, kind, false};
  }
  // A line's values take no more room than the line; a wrong sum must not write over other memory.
  if (scratch.size() - scratch_used < value.count + 64) __builtin_trap();
  uint8_t *const start = scratch.data() + scratch_used;
  uint8_t *const out = how.unescape(start, value.bytes, value.count);
  scratch_used += size_t(out - start);
  return {start, size_t(out - start), stamp, kind, false};
}

void learned_lines::take_watched(std::vector<od_value> &all, uint32_t stamp) {
  for (uint32_t at : matched().watched) {
    const place &one = matched().places[at];
    all[one.slot] = read(values[at], one.is_number, stamp);
  }
  for (uint32_t at : matched().watched_constants) take(matched().constants[at], all, stamp);
}

void learned_lines::take(const constant &one, std::vector<od_value> &values, uint32_t stamp) {
  values[one.slot] = {
      reinterpret_cast<const uint8_t *>(one.text.data()), one.text.size(), stamp, one.kind,
      one.kind == OD_OBJECT};
}

void learned_lines::take_all(std::vector<od_value> &all, uint32_t stamp) {
  scratch_used = 0;
  for (size_t at = 0; at < matched().places.size(); at++) {
    const place &one = matched().places[at];
    if (one.slot >= 0) all[one.slot] = read(values[at], one.is_number, stamp);
  }
  for (const constant &one : matched().constants) take(one, all, stamp);
}

void learned_lines::set_row(
    const int32_t *row, size_t row_count, const int32_t *watched, size_t watched_count) {
  pattern &known = *at_hand;
  known.is_row_decided = true;
  known.has_row = row_count > 0;
  const auto holds = [](const int32_t *slots, size_t count, int slot) {
    for (size_t at = 0; at < count; at++) {
      if (slots[at] == slot) return true;
    }
    return false;
  };
  for (uint32_t at = 0; at < known.places.size(); at++) {
    const int slot = known.places[at].slot;
    if (slot < 0) continue;
    if (holds(row, row_count, slot)) known.in_row.push_back(at);
    if (holds(watched, watched_count, slot)) known.watched.push_back(at);
  }
  for (uint32_t at = 0; at < known.constants.size(); at++) {
    if (holds(watched, watched_count, known.constants[at].slot)) known.watched_constants.push_back(at);
  }
}

// Walks a line that is known to be sound.
class learned_lines::learner {
 public:
  learner(const path_trie &trie, const uint8_t *line, size_t count)
      : trie(trie), p(line), end(line + count), literal(line), visited(trie.nodes.size()) {}

  // NULL where the line holds what a pattern cannot say.
  std::unique_ptr<pattern> learn() {
    value(0, 0);
    p = end;
    if (!is_possible || made->places.size() > most_values) return nullptr;
    made->finish(text());
    // Only a quote in it tells where a literal stands, or that it is the last.
    for (size_t at = 0; at + 1 < made->literals.size(); at++) {
      if (made->literals[at].quote == made->literals[at + 1].quote) return nullptr;
    }
    return std::move(made);
  }

 private:
  const path_trie &trie;
  const uint8_t *p, *end, *literal;
  std::vector<bool> visited;
  std::unique_ptr<pattern> made = std::make_unique<pattern>();
  bool is_possible = true;

  void space() {
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) p++;
  }

  void skip_string() {
    while (*p != '"') p += *p == '\\' ? 2 : 1;
  }

  // What stands between the last value and here.
  std::string_view text() const { return {reinterpret_cast<const char *>(literal), size_t(p - literal)}; }

  void add(int slot, bool is_number) {
    made->close(text());
    made->places.push_back({slot, is_number});
  }

  void word(int slot, uint8_t kind, size_t count) {
    if (slot >= 0) made->constants.push_back({slot, kind, kind == OD_TRUE ? "true" : kind == OD_FALSE ? "false" : ""});
    p += count;
  }

  void value(int at, int depth) {
    space();
    const int slot = at >= 0 ? trie.nodes[at].slot : -1;
    if (depth > deepest) is_possible = false;
    if (!is_possible) return;
    switch (*p) {
    case '{': object(at, slot, depth); break;
    case '[': array(slot, depth); break;
    case '"':
      p++;
      add(slot, false);
      skip_string();
      literal = p++;
      break;
    case 't': word(slot, OD_TRUE, 4); break;
    case 'f': word(slot, OD_FALSE, 5); break;
    case 'n': word(slot, OD_NULL, 4); break;
    default:
      add(slot, true);
      while (p < end && (*p == '-' || *p == '+' || *p == '.' || (*p | 0x20) == 'e' || (*p >= '0' && *p <= '9'))) p++;
      literal = p;
    }
  }

  void array(int slot, int depth) {
    // Whoever asks for an array wants to look into it.
    if (slot >= 0) is_possible = false;
    p++;
    space();
    if (*p == ']') { p++; return; }
    do {
      value(-1, depth + 1);
      space();
    } while (is_possible && *p++ == ',');
  }

  void object(int at, int slot, int depth) {
    if (slot >= 0) made->constants.push_back({slot, OD_OBJECT, ""});
    p++;
    space();
    if (*p == '}') { p++; return; }
    do {
      space();
      const uint8_t *key = ++p;
      skip_string();
      const std::string_view name(reinterpret_cast<const char *>(key), size_t(p - key));
      p++;
      if (name.find('\\') != std::string_view::npos) is_possible = false;
      // Such an object reads as a scalar.
      if (slot >= 0 && (name == "#text" || name == "Value")) is_possible = false;
      const int child = at >= 0 ? trie.find(at, name) : -1;
      if (child >= 0) {
        if (visited[child]) is_possible = false;
        visited[child] = true;
      }
      space();
      p++;
      value(child, depth + 1);
      space();
    } while (is_possible && *p++ == ',');
  }
};

void learned_lines::note(
    const uint8_t *line, size_t count, const path_trie &trie, uint64_t fingerprint) {
  if (count > line_marks::longest || sightings.size() > most_structures) return;
  // At the second sighting, and ever more rarely where a pattern did not help.
  const uint32_t seen = ++sightings[fingerprint];
  if (seen < 2 || (seen & (seen - 1)) != 0) return;
  auto made = learner(trie, line, count).learn();
  if (!made) return;
  made->fingerprint = fingerprint;
  made->number = ++learned;
  fresh.put(std::move(made));
}
