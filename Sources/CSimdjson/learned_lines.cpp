#include "learned_lines.hpp"

#include <cstring>

#include <simdjson.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace {

constexpr size_t most_patterns = 32, most_structures = 4096, most_pieces = 512;
constexpr size_t longest_line = 16 << 10;
constexpr int deepest = 16;

// Both can be read 16 bytes beyond their ends.
inline bool same(const uint8_t *a, const char *b, size_t count) {
#if defined(__SSE2__)
  for (size_t at = 0; at < count; at += 16) {
    const __m128i left = _mm_loadu_si128(reinterpret_cast<const __m128i *>(a + at));
    const __m128i right = _mm_loadu_si128(reinterpret_cast<const __m128i *>(b + at));
    unsigned differs = 0xFFFF ^ unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(left, right)));
    if (count - at < 16) differs &= (1u << (count - at)) - 1;
    if (differs) return false;
  }
  return true;
#else
  return memcmp(a, b, count) == 0;
#endif
}

// The first quote, backslash or control character from `p` on; whether a byte before it is not ASCII
// is added to `has_high`. Beyond `end` 64 bytes can be read, and the result may lie there.
inline const uint8_t *special(const uint8_t *p, const uint8_t *end, bool &has_high) {
#if defined(__SSE2__)
  for (; p < end; p += 16) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
    const __m128i found = _mm_or_si128(
        _mm_or_si128(
            _mm_cmpeq_epi8(here, _mm_set1_epi8('"')), _mm_cmpeq_epi8(here, _mm_set1_epi8('\\'))),
        _mm_cmpeq_epi8(_mm_min_epu8(here, _mm_set1_epi8(0x1F)), here));
    const unsigned high = unsigned(_mm_movemask_epi8(here));
    const unsigned mask = unsigned(_mm_movemask_epi8(found));
    if (mask) {
      const unsigned at = unsigned(__builtin_ctz(mask));
      has_high |= (high & ((1u << at) - 1)) != 0;
      return p + at;
    }
    has_high |= high != 0;
  }
  return end;
#else
  for (; p < end; p++) {
    if (*p == '"' || *p == '\\' || *p < 0x20) return p;
    has_high |= *p >= 0x80;
  }
  return end;
#endif
}

// Copies a short text. Up to 15 bytes more are read, and written behind it.
inline void copy(uint8_t *to, const uint8_t *from, size_t count) {
#if defined(__SSE2__)
  for (size_t at = 0; at < count; at += 16) {
    _mm_storeu_si128(
        reinterpret_cast<__m128i *>(to + at),
        _mm_loadu_si128(reinterpret_cast<const __m128i *>(from + at)));
  }
#else
  memcpy(to, from, count);
#endif
}

// What an escape of two characters stands for; 0 for those that are left to the parser.
inline uint8_t unescaped(uint8_t c) {
  switch (c) {
  case '"': case '\\': case '/': return c;
  case 'b': return '\b';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  default: return 0;
  }
}

}  // namespace

bool learned_lines::read(
    const pattern &known, const uint8_t *line, const uint8_t *end, std::vector<od_value> &values,
    uint32_t stamp) {
  const char *literals = known.literals.data();
  const uint8_t *p = line;
  bool has_high = false;
  size_t done = 0;
  scratch_used = 0;
  for (; done < known.pieces.size(); done++) {
    const piece &next = known.pieces[done];
    if (size_t(end - p) < next.count || !same(p, literals + next.literal, next.count)) break;
    p += next.count;
    const uint8_t *start = p;
    const uint8_t *bytes = p;
    size_t count;
    if (next.is_number) {
      // Whole numbers as the parser would print them; it gets all others.
      const bool is_negative = p < end && *p == '-';
      if (is_negative) p++;
      const uint8_t *digits = p;
      while (p < end && *p >= '0' && *p <= '9') p++;
      const size_t length = size_t(p - digits);
      if (length == 0 || length > 18 || (*digits == '0' && (length > 1 || is_negative))) break;
      count = size_t(p - start);
    } else {
      p = special(p, end, has_high);
      if (p >= end) break;
      if (*p == '"') {
        count = size_t(p - start);
      } else {
        uint8_t *out = scratch.data() + scratch_used;
        bytes = out;
        while (p < end && *p == '\\') {
          const uint8_t c = p + 1 < end ? unescaped(p[1]) : 0;
          if (c == 0) break;
          if (next.slot >= 0) {
            copy(out, start, size_t(p - start));
            out += p - start;
            *out++ = c;
          }
          p += 2;
          start = p;
          p = special(p, end, has_high);
        }
        if (p >= end || *p != '"') break;
        if (next.slot >= 0) {
          copy(out, start, size_t(p - start));
          out += p - start;
        }
        count = size_t(out - bytes);
        scratch_used += count;
      }
    }
    if (next.slot >= 0) {
      values[next.slot] = {bytes, count, stamp, uint8_t(next.is_number ? OD_NUMBER : OD_STRING), false};
    }
  }
  const bool is_same = done == known.pieces.size() && size_t(end - p) == known.tail_count &&
                       same(p, literals + known.tail, known.tail_count) &&
                       (!has_high || simdjson::validate_utf8(
                                         reinterpret_cast<const char *>(line), size_t(end - line)));
  if (!is_same) {
    for (size_t i = 0; i < done; i++) {
      if (known.pieces[i].slot >= 0) values[known.pieces[i].slot].line = 0;
    }
    return false;
  }
  for (const constant &one : known.constants) {
    const char *text = one.kind == OD_TRUE ? "true" : one.kind == OD_FALSE ? "false" : "";
    values[one.slot] = {
        reinterpret_cast<const uint8_t *>(text), strlen(text), stamp, one.kind,
        one.kind == OD_OBJECT};
  }
  return true;
}

bool learned_lines::read(
    const uint8_t *line, size_t count, std::vector<od_value> &values, uint32_t stamp,
    uint64_t &fingerprint) {
  if (patterns.empty() || count > longest_line) return false;
  if (scratch.size() < longest_line + 64) scratch.resize(longest_line + 64);
  for (size_t at = 0; at < patterns.size(); at++) {
    if (!read(*patterns[at], line, line + count, values, stamp)) continue;
    fingerprint = patterns[at]->fingerprint;
    if (at > 0) std::swap(patterns[at], patterns[at - 1]);
    return true;
  }
  return false;
}

// Walks a line that is known to be sound.
class learned_lines::learner {
 public:
  learner(const path_trie &trie, const uint8_t *line, size_t count)
      : trie(trie), p(line), end(line + count), literal(line), visited(trie.nodes.size()) {}

  // NULL where the line holds what a pattern cannot say.
  std::unique_ptr<pattern> learn() {
    value(0, 0);
    if (!is_possible || made->pieces.size() > most_pieces) return nullptr;
    made->tail = uint32_t(made->literals.size());
    made->tail_count = uint32_t(end - literal);
    made->literals.append(reinterpret_cast<const char *>(literal), size_t(end - literal));
    made->literals.append(16, '\0');
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

  void add(int slot, bool is_number) {
    const uint32_t at = uint32_t(made->literals.size());
    made->literals.append(reinterpret_cast<const char *>(literal), size_t(p - literal));
    made->pieces.push_back({at, uint32_t(p - literal), slot, is_number});
  }

  void word(int slot, uint8_t kind, size_t count) {
    if (slot >= 0) made->constants.push_back({slot, kind});
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
    if (slot >= 0) made->constants.push_back({slot, OD_OBJECT});
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
  if (count > longest_line || sightings.size() > most_structures) return;
  // At the second sighting, and ever more rarely where a pattern did not help.
  const uint32_t seen = ++sightings[fingerprint];
  if (seen < 2 || (seen & (seen - 1)) != 0) return;
  auto made = learner(trie, line, count).learn();
  if (!made) return;
  made->fingerprint = fingerprint;
  if (patterns.size() == most_patterns) patterns.pop_back();
  patterns.insert(patterns.begin(), std::move(made));
}
