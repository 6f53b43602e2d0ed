// One pass over the structure of a JSON text: each key is visited once, and all of RFC 8259 is checked.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "simdjson.h"

#include "names.hpp"
#include "view.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace document {

// The bytes of `p` that are a backslash, one bit each.
inline uint64_t backslashes(const uint8_t *p) {
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

// What a key says of its value in a pair, as XML and its like are written in JSON.
enum class role : uint8_t { none, name, value, attributes };

// Writers mark attributes and texts of XML each in their own way (`@Name`, `-Name`, `_Name`, `attr_Name`,
// `#text`, `$t`, `_VALUE`, an empty key): the mark is left out.
inline std::string_view without_mark(std::string_view key) {
  const size_t start = key.find_first_not_of("@#_$-");
  key.remove_prefix(std::min(start, key.size()));
  if (key.starts_with("attr_")) key.remove_prefix(5);
  return key;
}

inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

inline role role_of(const uint8_t *bytes, size_t count) {
  constexpr size_t longest = 16;
  if (count > longest) return role::none;
  const std::string_view written(reinterpret_cast<const char *>(bytes), count), key = without_mark(written);
  const auto is = [key](std::string_view word) { return equals_ignoring_case(key, word); };
  if (is("name") || is("key") || is("field") || is("k")) return role::name;
  if (is("attributes") || written == "$") return role::attributes;
  // A value at its type: `stringValue`, `intValue` and so on of protocol buffers, `$date` and `$numberLong` of
  // MongoDB, DynamoDB's `S` and `N`, Avro's unions.
  for (const std::string_view type : {"S", "N", "string", "int", "long", "boolean"}) {
    if (written == type) return role::value;
  }
  if (key.empty() || is("text") || is("t") || is("v") || is("value") || is("values") || is("content") ||
      is("children") || key.ends_with("Value") || key.ends_with("_value") || written[0] == '$') {
    return role::value;
  }
  return role::none;
}

}  // namespace document

struct json_reader {
  const field_names &names;
  key_memory memory;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  size_t largest = 0;

  // The text that is being read, and where in its structure.
  const uint8_t *text = nullptr;
  size_t count = 0;
  uint32_t at = 0, structures = 0;
  bool is_array = false, is_first = true, is_cut = false, had_invalid_utf8 = false;
  std::string repaired;
  const char *error = nullptr;
  size_t error_at = 0;

  json_reader(const field_names &names, size_t remembered) : names(names), memory(names, remembered) {}

  // MARK: Structure

  // Above this a text's buffers are given back once the next one has come.
  static constexpr size_t large_text = 1 << 20;

  bool index() {
    if (count == 0) return fail("no JSON", 0);
    if (count >= simdjson::SIMDJSON_MAXSIZE_BYTES) return fail("longer than 4 GiB", 0);
    if (!parser || largest > large_text || parser->capacity() < count) {
      const size_t capacity = std::max<size_t>(count, 64 << 10);
      parser.reset();
      if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 16, parser)) {
        parser.reset();
        return fail("out of memory", 0);
      }
      largest = 0;
    }
    largest = std::max(largest, count);
    const auto outcome = parser->stage1(text, count, simdjson::stage1_mode::regular);
    structures = parser->n_structural_indexes;
    switch (outcome) {
    case simdjson::SUCCESS: return true;
    case simdjson::UTF8_ERROR:
      if (had_invalid_utf8) return fail("invalid UTF-8", 0);
      had_invalid_utf8 = true;
      repaired = with_valid_utf8(text, text + count);
      count = repaired.size();
      repaired.append(64, '\0');
      text = reinterpret_cast<const uint8_t *>(repaired.data());
      return index();
    case simdjson::UNESCAPED_CHARS: return fail("a control character in a string", 0);
    case simdjson::UNCLOSED_STRING: return cut_unfinished() || fail("a string that does not end", 0);
    case simdjson::EMPTY: return fail("no JSON", 0);
    default: return fail(simdjson::error_message(outcome), 0);
    }
  }

  // The last object of several in one text may be cut: the others are read.
  bool cut_unfinished() {
    if (is_cut) return false;
    for (const uint8_t *last = text + count; (last = static_cast<const uint8_t *>(
             memrchr(text, '{', size_t(last - text)))) != nullptr && last > text;) {
      const uint8_t *before = last;
      while (before > text && is_blank(before[-1])) before--;
      if (before == text || before[-1] != '}') continue;
      count = size_t(before - text);
      is_cut = true;
      return index();
    }
    return false;
  }

  void open(const uint8_t *bytes, size_t size) {
    text = bytes;
    is_cut = false;
    count = size;
    at = structures = 0;
    is_array = false;
    is_first = true;
    had_invalid_utf8 = false;
    error = nullptr;
    if (!index()) return;
    find_first_backslash();
    if (structures > 0 && byte(0) == '[') {
      is_array = true;
      at = 1;
    }
  }

  bool fail(const char *message, size_t offset) {
    error = message;
    error_at = offset;
    return false;
  }

  bool fail(const char *message) { return fail(message, at < structures ? position(at) : count); }

  size_t position(uint32_t index) const { return parser->structural_indexes[index]; }

  // The byte at a structure; 0 after the last one.
  uint8_t byte(uint32_t index) const { return index < structures ? text[position(index)] : 0; }

  // The end of what begins at the structure `index`, without the blanks after it.
  const uint8_t *token_end(uint32_t index) const {
    const uint8_t *start = text + position(index);
    const uint8_t *end = text + (index + 1 < structures ? position(index + 1) : count);
    while (end > start + 1 && is_blank(end[-1])) end--;
    return end;
  }

  // MARK: Backslashes

  // The first backslash that is in no string that was read; the length of the text where there is none.
  size_t next_backslash = 0;
  // The first backslash that begins no escape, as far as the text was looked at; its length where there is none.
  size_t bad_escape = 0;
  size_t backslash_block = 0;
  uint64_t backslash_bits = 0;
  // Whether the block's last byte is a backslash that begins an escape.
  bool is_next_escaped = false;

  // Goes to a block, which comes after the one at hand, and checks its escapes.
  void enter(size_t block) {
    backslash_block = block;
    const uint8_t *const start = text + block * 64;
    const size_t left = count - block * 64;
    uint64_t bits = document::backslashes(start);
    if (left < 64) bits &= (uint64_t(1) << left) - 1;
    backslash_bits = bits;
    if (bits == 0 && !is_next_escaped) return;
    // As simdjson tells the escaped bytes of a block: in a run of backslashes every other one escapes.
    constexpr uint64_t odd = 0xAAAAAAAAAAAAAAAA;
    const uint64_t carried = is_next_escaped ? 1 : 0, may_escape = bits & ~carried;
    const uint64_t ends = ((may_escape << 1 | odd) - may_escape) ^ odd;
    uint64_t escaped = ends ^ (bits | carried);
    is_next_escaped = (ends & bits) >> 63 != 0;
    for (; escaped != 0; escaped &= escaped - 1) {
      const size_t bit = size_t(__builtin_ctzll(escaped));
      if (short_escapes.holds[start[bit]]) continue;
      if (bit >= left || start[bit] != 'u' || hex4(start + bit + 1, text + count) < 0) {
        bad_escape = std::min(bad_escape, block * 64 + bit - 1);
      }
    }
  }

  void find_first_backslash() {
    is_next_escaped = false;
    bad_escape = count;
    enter(0);
    find_backslash(0);
  }

  // Goes on to the first backslash at `from` or after it.
  void find_backslash(size_t from) {
    while (backslash_block < from / 64 && (backslash_block + 1) * 64 < count) enter(backslash_block + 1);
    if (backslash_block == from / 64) backslash_bits &= ~uint64_t(0) << (from % 64);
    while (backslash_bits == 0) {
      if ((backslash_block + 1) * 64 >= count) {
        next_backslash = count;
        return;
      }
      enter(backslash_block + 1);
    }
    next_backslash = backslash_block * 64 + size_t(__builtin_ctzll(backslash_bits));
  }

  // Checks the escapes of a string.
  bool check_escapes(const uint8_t *end) {
    const size_t stop = size_t(end - text);
    find_backslash(stop);
    return bad_escape >= stop || fail("an invalid escape", bad_escape);
  }

  // MARK: Values

  struct string {
    const uint8_t *bytes;
    size_t count;
    bool is_raw;

    bool operator==(const string &other) const {
      return count == other.count && is_raw == other.is_raw && memcmp(bytes, other.bytes, count) == 0;
    }
  };

  // Reads the string at `at`, with its escapes checked.
  bool read_string(string &result) {
    const uint8_t *start = text + position(at) + 1;
    const uint8_t *end = token_end(at) - 1;
    if (end < start || *end != '"') return fail("text after a string");
    const bool is_raw = next_backslash < size_t(end - text);
    result = {start, size_t(end - start), is_raw};
    if (is_raw && !check_escapes(end)) return false;
    at++;
    return true;
  }

  // A number, true, false or null at `at`.
  bool read_literal(view_kind &kind, string &result) {
    const uint8_t *start = text + position(at);
    const uint8_t *end = token_end(at);
    const size_t size = size_t(end - start);
    result = {start, size, false};
    switch (*start) {
    case 't':
      kind = VIEW_TRUE;
      if (size != 4 || memcmp(start, "true", 4) != 0) return fail("an invalid literal");
      break;
    case 'f':
      kind = VIEW_FALSE;
      if (size != 5 || memcmp(start, "false", 5) != 0) return fail("an invalid literal");
      break;
    case 'n':
      kind = VIEW_NULL;
      if (size != 4 || memcmp(start, "null", 4) != 0) return fail("an invalid literal");
      break;
    default:
      kind = VIEW_NUMBER;
      if (number_end(start, end) != end) return fail("an invalid literal or number");
      result.is_raw = !is_plain_integer(start, size);
    }
    at++;
    return true;
  }

  // MARK: Walk

  static constexpr size_t maximum_depth = 1024;
  // Arrays of at least this many values, where an event's are kept, may be those without their names.
  static constexpr uint32_t minimum_positional = 6;

  struct frame {
    name_target self;        // What the key that led here means.
    int32_t node;            // Where keys are looked up.
    int32_t object;          // To which values belong.
    uint32_t start;          // The structure that opens it.
    uint8_t depth;           // How many unknown keys led here.
    bool is_array;
    bool is_element;         // An object in an array.
    bool carries;            // Its values may be those of `self`, its name that of a pair.
    int32_t pair;            // The frame to which the name and value of a pair belong.
    // Of an array: what is in it.
    uint32_t scalars, objects, pairs;
    bool is_one;      // Each of its scalars is the first one again.
    bool has_events;  // A text may be an event by itself, an array may hold some.
    string first, last;
    view_kind first_kind, last_kind;
    // Of an element: what it was made of.
    size_t found_before, strings_before, arrays_before;
    uint32_t keys;
    bool is_plain, has_name, has_value, has_inner;
    name_target named;
    string value;
    view_kind value_kind;
    // Of an element: its scalars that nothing else is known of.
    uint32_t others;
    string other;
    view_kind other_kind;
  };

  std::vector<frame> frames;

  void note(line_view &view, const name_target &target, int32_t object, uint8_t depth, view_kind kind,
      const string &value) {
    if (target.slot < 0) return;
    view.found.push_back(
        {value.bytes, value.count, object, target.slot, uint8_t(kind),
            uint8_t(std::min(VIEW_ASIDE - 1, target.rank + per_depth * depth)), target.spelled, value.is_raw});
  }

  int32_t new_object(line_view &view, int32_t node, int32_t parent = -1) {
    view.objects.push_back({0, 0, (names.nodes[size_t(node)].flags & NAME_DATA) != 0, parent, node, -1});
    return int32_t(view.objects.size() - 1);
  }

  // A string that is an event by its first characters: XML, JSON, as it is or in base64, CEF or LEEF, gzip in base64.
  static bool begins_like_event(const string &value) {
    if (value.count < 24) return false;
    const std::string_view text(reinterpret_cast<const char *>(value.bytes), value.count);
    return text[0] == '<' || text[0] == '{' || text.starts_with("\\u003c") || text.starts_with("\\u003C") ||
           text.starts_with("CEF:") || text.starts_with("LEEF:") || text.starts_with("eyJ") ||
           text.starts_with("H4sI");
  }

  // A string that may be an event by itself: it begins like one, or is long enough to contain one.
  static bool may_be_event(const string &value) {
    if (value.count < 24) return false;
    const uint8_t *p = value.bytes;
    switch (*p) {
    case '<': case '{': case '[': case '\\': case ' ': case 'N': case 'P': case 'R': case 'C': case 'L': return true;
    default: return value.count >= 80;
    }
  }

  bool push(line_view &view, const name_target &target, const frame &above, bool is_array, document::role role) {
    if (frames.size() >= maximum_depth) return fail("nested too deeply");
    frame next{};
    next.self = target;
    next.start = at;
    next.is_array = is_array;
    next.depth = uint8_t(std::min(255, above.depth + (target.is_deeper ? 1 : 0)));
    next.node = target.node >= 0 ? target.node : field_names::elsewhere;
    next.is_element = !is_array && above.is_array;
    next.found_before = view.found.size();
    next.strings_before = view.strings.size();
    next.arrays_before = view.arrays.size();
    next.is_plain = true;
    const uint32_t index = uint32_t(frames.size());
    next.pair = int32_t(index);
    if (role == document::role::attributes) {
      // The attributes of an element represent the element itself.
      next.pair = above.pair;
      next.object = above.object;
      next.carries = above.carries;
    } else if (is_array) {
      next.object = above.object;
      next.carries = above.carries;
    } else {
      next.carries = next.is_element || target.slot >= 0 || role == document::role::value;
      // The members of a list of pairs belong to what the list belongs to.
      if (role == document::role::value && above.self.node == target.node && !above.is_element) {
        next.object = above.object;
      } else {
        const bool has_key = !next.is_element && next.node > field_names::elsewhere;
        if (has_key) view.forget_equal_key(above.object, next.node);
        next.object = new_object(view, next.node, has_key ? above.object : -1);
      }
    }
    frames.push_back(next);
    at++;
    return true;
  }

  // Ends an object: of an element of an array it is only known now what it was.
  void end_object(line_view &view) {
    if (frames.back().is_element) {
      end_element(view);
      return;
    }
    view.objects[size_t(frames.back().object)].end = int32_t(view.objects.size());
    frames.pop_back();
  }

  void end_element(line_view &view) {
    const frame done = frames.back();
    frames.pop_back();
    view.objects[size_t(done.object)].end = int32_t(view.objects.size());
    frame &list = frames.back();
    // An object with more to it than a name and a value is not a pair.
    constexpr uint32_t max_keys_of_pair = 3;
    const bool is_data = (names.nodes[size_t(list.node)].flags & NAME_DATA) != 0;
    if (done.has_name && done.keys <= max_keys_of_pair &&
        (done.has_value || done.has_inner || done.named.slot >= 0 || is_data)) {
      list.pairs++;
      const bool has_other = is_data && !done.has_value && done.others == 1 && done.keys <= 2;
      if (done.has_inner) {
        for (size_t i = done.found_before; i < view.found.size(); i++) {
          if (view.found[i].object == done.object) view.found[i].object = list.object;
        }
      } else if (done.has_value || has_other || (is_data && done.keys == 1)) {
        const string empty{text + position(done.start), 0, false};
        view.found.resize(done.found_before);
        note(view, done.named, list.object, list.depth,
            done.has_value ? done.value_kind : has_other ? done.other_kind : VIEW_STRING,
            done.has_value ? done.value : has_other ? done.other : empty);
        if (done.named.slot < 0 && done.has_value && done.value_kind == VIEW_STRING) {
          note_string(view, done.value, list.object);
        }
      }
      return;
    }
    if (done.keys == 1 && done.has_value && !done.has_inner) {
      // {"Value": …}: a value without a name.
      list.scalars++;
      return;
    }
    if (done.keys == 1 && done.is_plain) {
      // {"Image": …}: a pair by itself.
      for (size_t i = done.found_before; i < view.found.size(); i++) view.found[i].object = list.object;
      return;
    }
    if (done.start == list.start + 1 && byte(at + 1) == ']' && is_part_of_event(list)) {
      // "EventData": [{…}]: a list of one is its element.
      return;
    }
    // An object of its own, perhaps an event: what is in it says nothing about this document.
    list.objects++;
    view.found.resize(done.found_before);
    view.strings.resize(done.strings_before);
    view.arrays.resize(done.arrays_before);
  }

  // Whether a list is at a key that holds a part of an event, or an event.
  bool is_part_of_event(const frame &list) const {
    return (list.self.slot >= 0 && list.self.slot <= names.scalar_slots) ||
           (list.node > field_names::elsewhere &&
               (names.nodes[size_t(list.node)].flags & (NAME_WRAPPER | NAME_DATA)) != 0);
  }

  // Whether a list is a text, as the numbers of its bytes: one that begins with '<' or '{'.
  static bool is_text_of_bytes(const frame &list) {
    if (list.scalars < 24 || list.objects > 0 || list.first_kind != VIEW_NUMBER || list.last_kind != VIEW_NUMBER) {
      return false;
    }
    const std::string_view first(reinterpret_cast<const char *>(list.first.bytes), list.first.count);
    return first == "60" || first == "123";
  }

  void end_array(line_view &view) {
    const frame done = frames.back();
    frames.pop_back();
    if (frames.empty()) return;
    frame &above = frames.back();
    const uint8_t *start = text + position(done.start);
    const string whole{start, size_t(text + position(at) + 1 - start), true};
    const bool holds_data = (names.nodes[size_t(done.node)].flags & NAME_DATA) != 0;
    const bool is_value = holds_data || (done.self.slot >= 0 && done.self.slot < names.scalar_slots);
    const bool has_events = done.objects > 0 || (done.has_events && !is_value) || is_text_of_bytes(done);
    if (done.pairs > 0 && above.is_array && !is_part_of_event(above)) {
      // Lists of pairs in a list: each is an event of its own.
      view.found.resize(done.found_before);
      view.strings.resize(done.strings_before);
      above.has_events = true;
      return;
    }
    if (has_events) {
      view.arrays.resize(done.arrays_before);
      // Of arrays in arrays the outermost is read.
      if (above.is_array) above.has_events = true;
      else view.arrays.push_back({whole.bytes, whole.count, false, above.object});
    } else if (done.scalars == 1 ? done.first.bytes != nullptr : done.is_one && is_value && !holds_data) {
      // A field is listed twice that Splunk finds twice. Where other fields are scalars, an array is not one of them.
      name_target only = done.self;
      if (only.spelled == spelled_exactly) only.spelled = spelled_otherwise;
      note(view, only, done.object, done.depth, done.first_kind, done.first);
      if (only.slot < 0 && done.first_kind == VIEW_STRING) note_string(view, done.first, done.object);
      return;
    } else if (done.scalars == 2 && above.is_array && holds_data && done.first_kind == VIEW_STRING &&
               !done.first.is_raw) {
      // ["Image", …]: a pair as a list of two.
      note(view, memory.resolve(done.node, done.first.bytes, done.first.count), done.object, done.depth,
          done.last_kind, done.last);
      return;
    } else if (done.scalars >= minimum_positional && done.self.spelled == spelled_exactly &&
               (done.self.slot == names.positional || holds_data)) {
      name_target values;
      values.slot = int16_t(names.positional);
      note(view, values, done.object, done.depth, VIEW_ARRAY, whole);
    }
    if (done.self.slot >= names.scalar_slots) {
      note(view, done.self, done.object, done.depth, VIEW_ARRAY, whole);
    }
  }

  bool value(line_view &view, const name_target &target, document::role role) {
    frame &here = frames.back();
    const uint8_t first = byte(at);
    if (first == '{' || first == '[') {
      if (!here.is_array) frames[size_t(here.pair)].is_plain = false;
      if (role == document::role::value) frames[size_t(here.pair)].has_inner = true;
      if (first == '{' && target.slot >= names.scalar_slots) {
        note(view, target, here.object, here.depth, VIEW_OBJECT, {text + position(at), 0, false});
      }
      return push(view, target, here, first == '[', role);
    }
    string scalar;
    view_kind kind = VIEW_STRING;
    if (first == '"') {
      if (!read_string(scalar)) return false;
    } else if (!read_literal(kind, scalar)) {
      return false;
    }
    if (here.is_array) {
      if (here.scalars++ == 0 && here.objects == 0) {
        here.first = scalar;
        here.first_kind = kind;
        here.is_one = true;
      } else {
        here.is_one = here.is_one && kind == here.first_kind && scalar == here.first;
      }
      here.last = scalar;
      here.last_kind = kind;
      here.has_events = here.has_events || (kind == VIEW_STRING && begins_like_event(scalar));
      return true;
    }
    frame &pair = frames[size_t(here.pair)];
    if (role == document::role::name && pair.is_element && kind == VIEW_STRING) {
      pair.has_name = true;
      const frame &list = frames[size_t(here.pair) - 1];
      pair.named = scalar.is_raw ? names.resolve(list.node, decoded(scalar))
                                 : memory.resolve(list.node, scalar.bytes, scalar.count);
      return true;
    }
    if (role == document::role::value) {
      pair.has_value = true;
      pair.value = scalar;
      pair.value_kind = kind;
      if (!pair.is_element) note(view, pair.self, owner(pair), pair.depth, kind, scalar);
      return true;
    }
    if (here.carries && target.slot < 0) {
      here.others++;
      here.other = scalar;
      here.other_kind = kind;
    }
    note(view, target, here.object, here.depth, kind, scalar);
    if (kind == VIEW_STRING && (target.slot < 0 || target.slot >= names.scalar_slots) &&
        (!is_within_opaque(here) || begins_like_event(scalar))) {
      note_string(view, scalar, here.object);
    }
    return true;
  }

  // What is said of other things than the event, a process' command line among them, has no names and values of one.
  bool is_within_opaque(const frame &here) const { return (names.nodes[size_t(here.node)].flags & NAME_OPAQUE) != 0; }

  // The object to which the value belongs that the object `of` represents.
  int32_t owner(const frame &of) const {
    const size_t index = size_t(&of - frames.data());
    if (index == 0) return of.object;
    const frame &above = frames[index - 1];
    if (above.is_element && above.has_name && index >= 2) return frames[index - 2].object;
    return above.object;
  }

  // The value of a key that carries a pair's value, or nothing but another object that does.
  name_target carried(const frame &pair) const {
    name_target target = pair.has_name ? pair.named : pair.self;
    if (target.node < 0) target.node = pair.node;
    target.is_deeper = false;
    return target;
  }

  bool key(line_view &view) {
    if (byte(at) != '"') return fail("a key that is not a string");
    string name;
    if (!read_string(name)) return false;
    if (byte(at) != ':') return fail("no ':' after a key");
    at++;
    if (!name.is_raw) return member(view, name.bytes, name.count, true);
    const std::string text = decoded(name);
    return member(view, reinterpret_cast<const uint8_t *>(text.data()), text.size(), false);
  }

  static std::string decoded(const string &raw) {
    std::string text(raw.count, '\0');
    uint8_t *start = reinterpret_cast<uint8_t *>(text.data());
    text.resize(size_t(decode_string(raw.bytes, raw.bytes + raw.count, start) - start));
    return text;
  }

  // Reads the value of the key `name`.
  bool member(line_view &view, const uint8_t *name, size_t size, bool is_remembered) {
    frame &here = frames.back();
    here.keys++;
    const bool pairs = frames[size_t(here.pair)].is_element;
    document::role role = document::role::none;
    if (here.carries || (size > 0 && (*name == '#' || *name == '@' || *name == '_' || *name == '$'))) {
      role = document::role_of(name, size);
      if (role == document::role::attributes && byte(at) != '{') {
        // Badgerfish writes the text of an element at `$`, others its attributes.
        role = size == 1 ? document::role::value : document::role::none;
      }
      if (role == document::role::name && !pairs) role = document::role::none;
      if (role == document::role::value && !here.carries) role = document::role::none;
    }
    name_target target;
    switch (role) {
    case document::role::attributes:
      target = here.self;
      target.node = here.node;
      target.is_deeper = false;
      break;
    case document::role::value: target = carried(frames[size_t(here.pair)]); break;
    case document::role::name: break;
    case document::role::none:
      target = is_remembered ? memory.resolve(here.node, name, size)
                             : names.resolve(here.node, {reinterpret_cast<const char *>(name), size});
    }
    return value(view, target, role);
  }

  // Reads members of an object as long as they are plain: a key without escapes that has no meaning of its own
  // in pairs, and a scalar. What is left is for `key`.
  void plain_members(line_view &view) {
    const frame &here = frames.back();
    if (here.carries) return;
    const uint32_t *const index = parser->structural_indexes.get();
    const uint8_t *const bytes = text;
    const int node = here.node;
    const int32_t object = here.object;
    const uint8_t depth = here.depth;
    const bool is_opaque = is_within_opaque(here);
    uint32_t key_at = at;
    uint32_t keys = 0;
    while (key_at + 3 < structures) {
      const size_t start = index[key_at] + 1, colon = index[key_at + 1], value = index[key_at + 2],
                   end = index[key_at + 3];
      const uint8_t first = bytes[start];
      if (bytes[start - 1] != '"' || bytes[colon] != ':' || bytes[colon - 1] != '"' || colon <= start ||
          next_backslash < colon || first == '#' || first == '@' || first == '_' || first == '$') {
        break;
      }
      string scalar{bytes + value, end - value, false};
      view_kind kind = VIEW_STRING;
      if (bytes[value] == '"') {
        if (bytes[end - 1] != '"' || end - 1 <= value) break;
        scalar = {bytes + value + 1, end - value - 2, next_backslash < end};
        if (scalar.is_raw && !check_escapes(bytes + end - 1)) return;
      } else {
        if (bytes[value] == '{' || bytes[value] == '[') break;
        at = key_at + 2;
        if (!read_literal(kind, scalar)) return;
      }
      const name_target target = memory.resolve(node, bytes + start, colon - 1 - start);
      note(view, target, object, depth, kind, scalar);
      if (kind == VIEW_STRING && (target.slot < 0 || target.slot >= names.scalar_slots) &&
          (!is_opaque || begins_like_event(scalar))) {
        note_string(view, scalar, object);
      }
      keys++;
      key_at += 3;
      at = key_at;
      if (bytes[end] != ',') break;
      key_at++;
    }
    frames.back().keys += keys;
  }

  void note_string(line_view &view, const string &scalar, int32_t object) {
    if (view.strings.size() < 16 && may_be_event(scalar)) {
      view.strings.push_back({scalar.bytes, scalar.count, scalar.is_raw, object});
    }
  }

  // Walks the object at `at`.
  bool walk(line_view &view) {
    frames.clear();
    view.found.clear();
    view.objects.clear();
    view.strings.clear();
    view.arrays.clear();
    frame top{};
    top.node = field_names::root;
    top.start = at;
    top.object = new_object(view, field_names::root);
    top.is_plain = true;
    frames.push_back(top);
    at++;
    while (!frames.empty()) {
      const bool is_list = frames.back().is_array;
      const uint8_t close = is_list ? ']' : '}';
      const bool is_empty = at == frames.back().start + 1;
      if (byte(at) == close && is_empty) {
        end(view, is_list);
        continue;
      }
      if (!is_empty) {
        if (byte(at) == close) {
          end(view, is_list);
          continue;
        }
        if (byte(at) != ',') return fail(is_list ? "no ',' or ']' in an array" : "no ',' or '}' in an object");
        at++;
      }
      if (is_list) {
        name_target inside = frames.back().self;
        inside.node = frames.back().node;
        inside.is_deeper = false;
        if (byte(at) != '{') inside.slot = -1;
        if (at >= structures) return fail("the text ends within an array");
        if (!value(view, inside, document::role::none)) return false;
      } else {
        plain_members(view);
        if (error) return false;
        if (byte(at - 1) != ',' && byte(at - 1) != '{') continue;
        if (at >= structures) return fail("the text ends within an object");
        if (!key(view)) return false;
      }
    }
    return true;
  }

  void end(line_view &view, bool is_list) {
    is_list ? end_array(view) : end_object(view);
    at++;
  }

  json_status next(line_view &view, uint8_t level) {
    if (error) return JSON_MALFORMED;
    while (is_array) {
      if (byte(at) == ']') {
        at++;
        if (at < structures) {
          fail("text after the array");
          return JSON_MALFORMED;
        }
        is_array = false;
        return JSON_END;
      }
      if (!is_first) {
        if (byte(at) != ',') {
          fail("no ',' or ']' in an array");
          return JSON_MALFORMED;
        }
        at++;
      }
      is_first = false;
      if (byte(at) == '{') break;
      if (!skip()) return JSON_MALFORMED;
    }
    if (at >= structures) {
      if (!is_cut) return JSON_END;
      fail("a string that does not end", count);
      return JSON_MALFORMED;
    }
    if (byte(at) != '{') {
      fail(at == 0 ? "not a JSON object" : "text after the object");
      return JSON_MALFORMED;
    }
    if (!walk(view)) return JSON_MALFORMED;
    if (!is_array && at < structures && byte(at) != '{') {
      fail("text after the object");
      return JSON_MALFORMED;
    }
    view.settle(level);
    return JSON_DOCUMENT;
  }

  bool has_next() const { return !error && at < structures && byte(at) != ']'; }

  // Passes over a value.
  bool skip() {
    uint32_t depth = 0;
    do {
      string scalar;
      view_kind kind;
      const uint8_t first = byte(at);
      if (first == 0) return fail("the text ends within an array");
      if (first == '[' || first == '{') {
        depth++;
        at++;
      } else if (first == ']' || first == '}') {
        if (depth == 0) return fail("a value is missing");
        depth--;
        at++;
      } else if (first == ',' || first == ':') {
        if (depth == 0) return fail("a value is missing");
        at++;
      } else if (!(first == '"' ? read_string(scalar) : read_literal(kind, scalar))) {
        return false;
      }
    } while (depth > 0);
    return true;
  }

  // MARK: Elements

  // Reads the scalar at `at`, or notes the whole of an array or object there.
  bool read_any(view_kind &kind, string &result) {
    const uint8_t first = byte(at);
    kind = VIEW_STRING;
    if (first == '"') return read_string(result);
    if (first != '[' && first != '{') return first != 0 && read_literal(kind, result);
    const uint8_t *start = text + position(at);
    if (!skip()) return false;
    kind = first == '[' ? VIEW_ARRAY : VIEW_OBJECT;
    result = {start, size_t(text + position(at - 1) + 1 - start), true};
    return true;
  }

  // Reads the object at `at` for the one of its members that names or is it.
  bool read_member(view_kind &kind, string &result) {
    bool is_found = false;
    at++;
    if (byte(at) == '}') {
      // A cell without a value.
      static constexpr uint8_t null_text[] = {'n', 'u', 'l', 'l'};
      at++;
      kind = VIEW_NULL;
      result = {null_text, sizeof null_text, false};
      return true;
    }
    while (byte(at) != '}') {
      if (byte(at) == ',') at++;
      string key, value;
      view_kind value_kind;
      if (byte(at) != '"' || !read_string(key) || byte(at++) != ':' || !read_any(value_kind, value)) return false;
      const std::string_view name(reinterpret_cast<const char *>(key.bytes), key.count);
      if (is_found && name != "name" && name != "Name" && name != "ColumnName") continue;
      is_found = true;
      result = value;
      kind = value_kind;
    }
    at++;
    return is_found;
  }

  bool elements(json_element_body body, void *context) {
    if (error || !is_array) return false;
    for (bool is_next = false; byte(at) != ']'; is_next = true) {
      if (is_next && byte(at++) != ',') return false;
      string element;
      view_kind kind;
      if (!(byte(at) == '{' ? read_member(kind, element) : read_any(kind, element))) return false;
      body(context, element.bytes, element.count, kind, element.is_raw);
    }
    return true;
  }
};
