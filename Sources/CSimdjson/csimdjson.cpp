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

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Above this a line's buffers are given back once the next line has come.
constexpr size_t large_line = 1 << 20;

struct node {
  std::string key;
  int slot = -1;
  // Open addressing over the children, by a hash of the key; -1 is free.
  std::vector<int> table;
  std::vector<int> children;
};

struct slot_value {
  element at;
  const uint8_t *bytes = nullptr;
  size_t count = 0;
  uint32_t line = 0;  // the line that filled it
  uint8_t kind = OD_ABSENT;
  bool is_object = false;
};

inline uint32_t hash(std::string_view key) {
  uint32_t state = uint32_t(key.size()) * 0x9E3779B1u;
  if (key.size() >= 4) {
    uint32_t first, last;
    memcpy(&first, key.data(), 4);
    memcpy(&last, key.data() + key.size() - 4, 4);
    state ^= first * 0x85EBCA6Bu ^ (last * 0xC2B2AE35u);
  } else {
    for (unsigned char c : key) state = state * 31 + c;
  }
  return state ^ state >> 15;
}

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

int hex4(const uint8_t *p, const uint8_t *end) {
  if (end - p < 4) return -1;
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
  std::vector<node> nodes{1};
  std::vector<slot_value> slots;
  std::deque<std::string> numbers;
  size_t numbers_used = 0;
  uint32_t line = 0;
  size_t largest = 0;
  bool had_invalid_utf8 = false;
  std::string repaired;
  std::vector<od_token> tokens;
  std::vector<std::string> elements;

  int find(const node &parent, std::string_view key) const {
    if (parent.table.empty()) return -1;
    const size_t mask = parent.table.size() - 1;
    for (size_t at = hash(key) & mask;; at = (at + 1) & mask) {
      const int child = parent.table[at];
      if (child < 0) return -1;
      if (nodes[child].key == key) return child;
    }
  }

  void clear(const node &from) {
    if (from.slot >= 0) slots[from.slot].line = 0;
    for (int child : from.children) clear(nodes[child]);
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
    slot_value &place = slots[slot];
    place.line = line;
    place.at = value;
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

  void walk(simdjson::dom::object object, int parent) {
    for (auto [key, value] : object) {
      const int child = find(nodes[parent], key);
      if (child < 0) continue;
      const node &at = nodes[child];
      // The last of several equal keys replaces the others, with all that is in them.
      clear(at);
      if (at.slot >= 0) fill(at.slot, value);
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
        int code = p[1] == 'u' ? hex4(p + 2, end) : -1;
        if (code < 0xD800 || code > 0xDFFF) {
          repaired.append(reinterpret_cast<const char *>(p), 2);
          p += 2;
          continue;
        }
        const bool pairs = code < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
                           hex4(p + 8, end) >= 0xDC00 && hex4(p + 8, end) <= 0xDFFF;
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

od_parser *od_parser_new(void) { return new od_parser; }

void od_parser_free(od_parser *parser) { delete parser; }

void od_parser_add_path(
    od_parser *parser, const uint8_t *keys, const size_t *counts, size_t depth) {
  int at = 0;
  for (size_t level = 0; level < depth; level++) {
    const std::string key(reinterpret_cast<const char *>(keys), counts[level]);
    keys += counts[level];
    int child = parser->find(parser->nodes[at], key);
    if (child < 0) {
      child = int(parser->nodes.size());
      parser->nodes.push_back({key});
      node &parent = parser->nodes[at];
      parent.children.push_back(child);
      size_t size = 4;
      while (size < parent.children.size() * 3) size *= 2;
      parent.table.assign(size, -1);
      for (int one : parent.children) {
        size_t place = hash(parser->nodes[one].key) & (size - 1);
        while (parent.table[place] >= 0) place = (place + 1) & (size - 1);
        parent.table[place] = one;
      }
    }
    at = child;
  }
  parser->nodes[at].slot = int(parser->slots.size());
  parser->slots.emplace_back();
}

const char *od_parser_parse(od_parser *parser, const uint8_t *line, size_t count) {
  const uint8_t *end = line + count;
  while (end - line >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF) line += 3;
  if (parser->largest > large_line) {
    parser->parser = std::make_unique<simdjson::dom::parser>();
    parser->repaired = std::string();
    parser->largest = 0;
  }
  parser->largest = count > parser->largest ? count : parser->largest;
  if (++parser->line == 0) {
    for (auto &slot : parser->slots) slot.line = 0;
    parser->line = 1;
  }
  parser->numbers_used = 0;
  parser->had_invalid_utf8 = false;
  element root;
  auto error = parser->parser->parse(line, size_t(end - line), false).get(root);
  switch (error) {
  case simdjson::UTF8_ERROR:
  case simdjson::STRING_ERROR:
  case simdjson::NUMBER_ERROR:
    parser->repair(line, end);
    error = parser->parser->parse(parser->repaired).get(root);
    break;
  default: break;
  }
  if (error) return simdjson::error_message(error);
  if (!root.is_object()) return "The JSON value is not an object.";
  parser->walk(simdjson::dom::object(root), 0);
  return nullptr;
}

bool od_parser_had_invalid_utf8(const od_parser *parser) { return parser->had_invalid_utf8; }

od_value od_parser_value(const od_parser *parser, size_t slot) {
  const slot_value &value = parser->slots[slot];
  if (value.line != parser->line) return {nullptr, 0, OD_ABSENT, false};
  return {value.bytes, value.count, value.kind, value.is_object};
}

const od_token *od_parser_tokens(od_parser *parser, size_t slot, size_t *count) {
  parser->tokens.clear();
  if (parser->slots[slot].line == parser->line) parser->token(parser->slots[slot].at);
  *count = parser->tokens.size();
  return parser->tokens.data();
}

size_t od_parser_elements(od_parser *parser, size_t slot) {
  parser->elements.clear();
  const slot_value &value = parser->slots[slot];
  if (value.line == parser->line && value.at.is_array()) {
    for (auto member : simdjson::dom::array(value.at)) {
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
