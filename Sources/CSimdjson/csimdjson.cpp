#include "csimdjson.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "hex.hpp"
#include "learned_lines.hpp"
#include "path_trie.hpp"

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Above this a line's buffers are given back once the next line has come.
constexpr size_t large_line = 1 << 20;

// The length of the well-formed sequence at `p`, or minus that of the part to replace by one U+FFFD
// (Unicode 15, 3.9, "substitution of maximal subparts").
int utf8_sequence(const uint8_t *p, const uint8_t *end) {
  const uint8_t lead = *p;
  if (lead < 0x80) return 1;
  int more = 0;
  uint8_t low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) more = 1;
  else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else return -1;
  for (int i = 1; i <= more; i++) {
    if (p + i == end || p[i] < low || p[i] > high) return -i;
    low = 0x80;
    high = 0xBF;
  }
  return more + 1;
}

// The number that follows \u at `p`; -1 where there is none before `end`.
int code_at(const uint8_t *p, const uint8_t *end) { return end - p < 4 ? -1 : hex4(p); }

// The end of the number of RFC 8259 at `p`, or NULL; whether it has neither fraction nor exponent.
const uint8_t *number_end(const uint8_t *p, const uint8_t *end, bool &is_integer) {
  auto digits = [&] { const uint8_t *start = p; while (p < end && *p >= '0' && *p <= '9') p++; return p - start; };
  is_integer = true;
  if (p < end && *p == '-') p++;
  const uint8_t *start = p;
  const auto whole = digits();
  if (whole == 0 || (whole > 1 && *start == '0')) return nullptr;
  if (p < end && *p == '.') {
    is_integer = false;
    p++;
    if (digits() == 0) return nullptr;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    is_integer = false;
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    if (digits() == 0) return nullptr;
  }
  return p;
}

}  // namespace

struct od_parser {
  std::unique_ptr<simdjson::dom::parser> parser = std::make_unique<simdjson::dom::parser>();
  path_trie trie;
  // By slot: what stands there, and where in the parsed document.
  std::vector<od_value> values;
  std::vector<element> elements_at;
  // By node of the trie: the last line that had it. And how many keys of this line came again.
  std::vector<uint32_t> seen;
  uint64_t repeats = 0;
  od_view view{};
  const bool learns;
  learned_lines learned;
  std::deque<std::string> numbers;
  size_t numbers_used = 0;
  size_t largest = 0;
  bool had_invalid_utf8 = false;
  bool is_learned = false;
  std::string repaired;
  std::vector<od_token> tokens;
  std::vector<std::string> elements;

  explicit od_parser(uint32_t match) : learns(match != OD_MATCH_NOT), learned(match) {}

  void clear(int at) {
    const path_trie::node &from = trie.nodes[at];
    if (from.slot >= 0) values[from.slot].line = 0;
    for (int child : from.children) clear(child);
  }

  // A text that lives until the next line.
  std::string_view keep(std::string text) {
    if (numbers_used == numbers.size()) numbers.emplace_back();
    std::string &place = numbers[numbers_used++];
    place = std::move(text);
    return place;
  }

  std::string_view number_text(element value) {
    char buffer[400];
    switch (value.type()) {
    case element_type::INT64: {
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, int64_t(value)).ptr;
      return keep(std::string(buffer, end));
    }
    case element_type::UINT64: {
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, uint64_t(value)).ptr;
      return keep(std::string(buffer, end));
    }
    default: {
      const double number = double(value);
      if (number == std::floor(number)) {
        const double zero = number == 0 ? 0 : number;
        return keep(std::string(buffer, snprintf(buffer, sizeof buffer, "%.0f", zero)));
      }
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
      return keep(std::string(buffer, end));
    }
    }
  }

  void scalar(element value, uint8_t &kind, const uint8_t *&bytes, size_t &count) {
    std::string_view text;
    switch (value.type()) {
    case element_type::NULL_VALUE: kind = OD_NULL; break;
    case element_type::BOOL:
      kind = bool(value) ? OD_TRUE : OD_FALSE;
      text = bool(value) ? "true" : "false";
      break;
    case element_type::STRING:
      kind = OD_STRING;
      text = std::string_view(value);
      break;
    case element_type::ARRAY: kind = OD_ARRAY; break;
    case element_type::OBJECT: kind = OD_OBJECT; break;
    default:
      kind = OD_NUMBER;
      text = number_text(value);
    }
    bytes = reinterpret_cast<const uint8_t *>(text.data());
    count = text.size();
  }

  void fill(int slot, element value) {
    od_value &place = values[slot];
    place.line = view.line;
    elements_at[slot] = value;
    place.is_object = value.is_object();
    if (place.is_object) {
      element text = value, plain = value;
      bool has_text = false, has_plain = false;
      for (auto [key, member] : simdjson::dom::object(value)) {
        if (key == "#text") text = member, has_text = true;
        else if (key == "Value") plain = member, has_plain = true;
      }
      if (has_text || has_plain) value = has_text ? text : plain;
    }
    scalar(value, place.kind, place.bytes, place.count);
  }

  // What of a value the structure says: null, object, array or scalar, and whether it is an object that
  // reads as one of them.
  static uint64_t kind_class(const od_value &value) {
    const uint64_t kind = value.kind == OD_NULL     ? 1
                          : value.kind == OD_OBJECT ? 2
                          : value.kind == OD_ARRAY  ? 3 : 4;
    return kind << 1 | value.is_object;
  }

  // Adds one known path to the fingerprint of the line. The order of keys does not matter, as long as none
  // comes again: then, what came before it and what comes behind it are told apart.
  void mix(int child) {
    const int slot = trie.nodes[child].slot;
    const uint64_t what =
        repeats << 32 | uint64_t(child) << 4 | (slot >= 0 ? kind_class(values[slot]) : 0);
    const unsigned __int128 product =
        (unsigned __int128)(what ^ 0x9E3779B97F4A7C15ULL) * 0xA0761D6478BD642FULL;
    view.fingerprint += uint64_t(product >> 64) ^ uint64_t(product);
  }

  void walk(simdjson::dom::object object, int parent) {
    for (auto [key, value] : object) {
      const int child = trie.find(parent, key);
      if (child < 0) continue;
      const path_trie::node &at = trie.nodes[child];
      if (seen[child] == view.line) {
        // The last of several equal keys replaces the others, with all that is in them.
        clear(child);
        repeats++;
      }
      seen[child] = view.line;
      if (at.slot >= 0) fill(at.slot, value);
      mix(child);
      if (!at.children.empty() && value.is_object()) walk(simdjson::dom::object(value), child);
    }
  }

  // A copy of the line in which what simdjson refuses and RFC 8259 allows is written so that it
  // passes: lone surrogates, numbers out of range; and bytes that are no UTF-8.
  void repair(const uint8_t *p, const uint8_t *end) {
    repaired.clear();
    repaired.reserve(size_t(end - p) + 64);
    bool in_string = false;
    while (p < end) {
      const uint8_t c = *p;
      if (in_string && c == '\\' && p + 1 < end) {
        int code = p[1] == 'u' ? code_at(p + 2, end) : -1;
        if (!is_surrogate(code)) {
          repaired.append(reinterpret_cast<const char *>(p), 2);
          p += 2;
          continue;
        }
        const bool pairs = code < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
                           code_at(p + 8, end) >= 0xDC00 && code_at(p + 8, end) <= 0xDFFF;
        if (pairs) repaired.append(reinterpret_cast<const char *>(p), 12);
        else repaired += "\\ufffd";
        p += pairs ? 12 : 6;
        continue;
      }
      if (c >= 0x80) {
        const int length = utf8_sequence(p, end);
        if (length > 0) repaired.append(reinterpret_cast<const char *>(p), size_t(length));
        else {
          repaired += "\xEF\xBF\xBD";
          had_invalid_utf8 = true;
        }
        p += std::abs(length);
        continue;
      }
      if (!in_string && (c == '-' || (c >= '0' && c <= '9'))) {
        bool is_integer;
        const uint8_t *stop = number_end(p, end, is_integer);
        if (stop) {
          const std::string text(reinterpret_cast<const char *>(p), size_t(stop - p));
          const bool fits = is_integer ? text.size() <= 18 : std::isfinite(strtod(text.c_str(), nullptr));
          if (fits) repaired += text;
          else repaired += "\"" + (is_integer ? text : text[0] == '-' ? "-inf" : "inf") + "\"";
          p = stop;
          continue;
        }
      }
      if (c == '"') in_string = !in_string;
      repaired += char(c);
      p++;
    }
  }

  void token(element value) {
    od_token token{};
    scalar(value, token.kind, token.bytes, token.count);
    if (token.kind == OD_ARRAY) {
      const simdjson::dom::array array = value;
      token.count = 0;
      for (auto member : array) (void)member, token.count++;
      tokens.push_back(token);
      for (auto member : array) this->token(member);
    } else if (token.kind == OD_OBJECT) {
      const simdjson::dom::object object = value;
      token.count = 0;
      for (auto member : object) (void)member, token.count++;
      tokens.push_back(token);
      for (auto [key, member] : object) {
        tokens.push_back(
            {reinterpret_cast<const uint8_t *>(key.data()), key.size(), OD_STRING});
        this->token(member);
      }
    } else {
      tokens.push_back(token);
    }
  }
};

extern "C" {

uint32_t od_best_match(void) { return learned_lines::best_match(); }

od_parser *od_parser_new(uint32_t match) { return new od_parser(match); }

void od_parser_free(od_parser *parser) { delete parser; }

void od_parser_add_path(
    od_parser *parser, const uint8_t *keys, const size_t *counts, size_t depth) {
  int at = 0;
  for (size_t level = 0; level < depth; level++) {
    at = parser->trie.add(at, std::string(reinterpret_cast<const char *>(keys), counts[level]));
    keys += counts[level];
  }
  parser->seen.resize(parser->trie.nodes.size());
  parser->trie.nodes[at].slot = int(parser->values.size());
  parser->values.push_back({nullptr, 0, 0, OD_ABSENT, false});
  parser->elements_at.emplace_back();
  parser->view.values = parser->values.data();
}

const od_view *od_parser_view(const od_parser *parser) { return &parser->view; }

static void next_line(od_parser *parser) {
  if (++parser->view.line == 0) {
    for (auto &value : parser->values) value.line = 0;
    for (auto &line : parser->seen) line = 0;
    parser->view.line = 1;
  }
  parser->numbers_used = 0;
  parser->had_invalid_utf8 = false;
}

size_t od_parser_match(od_parser *parser, const uint8_t *line, size_t count) {
  next_line(parser);
  parser->view.row = {0, 0};
  const size_t length = parser->learns ? parser->learned.match(line, line + count) : 0;
  parser->is_learned = length > 0;
  if (!parser->is_learned) return 0;
  const learned_lines::pattern &pattern = parser->learned.matched();
  parser->view.fingerprint = pattern.fingerprint;
  parser->view.is_row_decided = pattern.is_row_decided;
  if (pattern.has_row) {
    parser->view.row = parser->learned.matched_row();
    parser->learned.take_watched(parser->values, parser->view.line);
  }
  return length;
}

void od_parser_take(od_parser *parser) {
  parser->learned.take_all(parser->values, parser->view.line);
}

void od_parser_set_row(
    od_parser *parser, const int32_t *row, size_t row_count, const int32_t *watched,
    size_t watched_count) {
  parser->learned.set_row(row, row_count, watched, watched_count);
}

const char *od_parser_parse(od_parser *parser, const uint8_t *line, size_t count) {
  next_line(parser);
  parser->view.row = {0, 0};
  parser->is_learned = false;
  const uint8_t *end = line + count;
  while (end - line >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF) line += 3;
  if (parser->largest > large_line) {
    parser->parser = std::make_unique<simdjson::dom::parser>();
    parser->repaired = std::string();
    parser->largest = 0;
  }
  parser->largest = count > parser->largest ? count : parser->largest;
  element root;
  bool is_sound = true;
  auto error = parser->parser->parse(line, size_t(end - line), false).get(root);
  switch (error) {
  case simdjson::UTF8_ERROR:
  case simdjson::STRING_ERROR:
  case simdjson::NUMBER_ERROR:
    is_sound = false;
    parser->repair(line, end);
    error = parser->parser->parse(parser->repaired).get(root);
    break;
  default: break;
  }
  if (error) return simdjson::error_message(error);
  if (!root.is_object()) return "The JSON value is not an object.";
  parser->view.fingerprint = 0;
  parser->repeats = 0;
  parser->walk(simdjson::dom::object(root), 0);
  if (parser->learns && is_sound) {
    parser->learned.note(line, size_t(end - line), parser->trie, parser->view.fingerprint);
  }
  return nullptr;
}

bool od_parser_had_invalid_utf8(const od_parser *parser) { return parser->had_invalid_utf8; }

const od_token *od_parser_tokens(od_parser *parser, size_t slot, size_t *count) {
  parser->tokens.clear();
  if (!parser->is_learned && parser->values[slot].line == parser->view.line) {
    parser->token(parser->elements_at[slot]);
  }
  *count = parser->tokens.size();
  return parser->tokens.data();
}

size_t od_parser_elements(od_parser *parser, size_t slot) {
  parser->elements.clear();
  const od_value &value = parser->values[slot];
  if (!parser->is_learned && value.line == parser->view.line && value.kind == OD_ARRAY) {
    for (auto member : simdjson::dom::array(parser->elements_at[slot])) {
      parser->elements.push_back(simdjson::minify(member));
    }
  }
  return parser->elements.size();
}

const uint8_t *od_parser_element(const od_parser *parser, size_t index, size_t *count) {
  *count = parser->elements[index].size();
  return reinterpret_cast<const uint8_t *>(parser->elements[index].data());
}

}  // extern "C"
