// Reads changed JSON with the parser below the reader, for sanitizers: each text is in memory of its own, with the
// 64 bytes after it that the parser may read and not one more. A reader that remembers keys must agree with one
// that does not. Usage: json FILE ROUNDS, where FILE holds lines of JSON.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "csimdjson.h"

namespace {

std::mt19937_64 random_bits(1571);

size_t below(size_t limit) { return size_t(random_bits() % limit); }

std::string changed(const std::vector<std::string> &lines) {
  std::string text = lines[below(lines.size())];
  static const std::string pieces[] = {
      "{", "}", "[", "]", "\"", "\\", ",", ":", "\\u", "\\ud83d", "\xff", "\xe2\x82", "null", "1e999", "-", "\x01",
  };
  for (size_t count = below(5); count > 0 && !text.empty(); count--) {
    const size_t at = below(text.size());
    switch (below(5)) {
      case 0: text[at] = char(below(256)); break;
      case 1: text.erase(at, below(40)); break;
      case 2: text.insert(at, pieces[below(std::size(pieces))]); break;
      case 3: text.insert(at, text.substr(below(text.size()), below(80))); break;
      default: text.resize(at);
    }
  }
  return text;
}

// What one reading gave: statuses and all values, as text.
std::string read(json_reader *reader, line_view *view, const std::string &text, int slots) {
  std::unique_ptr<uint8_t[]> bytes(new uint8_t[text.size() + 64]());
  memcpy(bytes.get(), text.data(), text.size());
  std::string result;
  line_view_begin(view);
  json_reader_open(reader, bytes.get(), text.size());
  for (int documents = 0; documents < 100; documents++) {
    const json_status status = json_reader_next(reader, view, 0);
    result += char('0' + status);
    if (status != JSON_DOCUMENT) break;
    for (int slot = 0; slot < slots; slot++) {
      line_view_decode(view, slot);
      const view_value &value = line_view_values(view)[slot];
      result += char('a' + value.kind);
      if (value.bytes != nullptr) result.append(reinterpret_cast<const char *>(value.bytes), value.count);
    }
    const view_text *strings = nullptr;
    for (size_t i = line_view_strings(view, &strings); i > 0; i--) {
      std::unique_ptr<uint8_t[]> decoded(new uint8_t[strings[i - 1].count]);
      if (!strings[i - 1].is_raw) continue;
      result += std::to_string(json_decode(strings[i - 1].bytes, strings[i - 1].count, decoded.get()));
    }
  }
  line_view_clear(view);
  return result;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 3) return 64;
  std::vector<std::string> lines;
  std::ifstream file(argv[1]);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) {
    fprintf(stderr, "error: %s holds no line\n", argv[1]);
    return 1;
  }
  static const char *const names[] = {"EventID", "Image", "User", "DestinationPort", "UtcTime", "Computer", "Hostname"};
  const int slots = int(std::size(names)) + 2, data = 5;
  field_names *const fields = field_names_create(data, slots - 1, slots, slots - 1);
  for (int slot = 0; slot < int(std::size(names)); slot++) field_names_add_anywhere(fields, names[slot], slot, 0, nullptr);
  field_names_add_path(fields, "Event", -1, 0, NAME_WRAPPER);
  field_names_add_path(fields, "Event.EventData", -1, 0, NAME_DATA);
  field_names_add_path(fields, "winlog.event_data", slots - 2, 0, NAME_DATA);
  json_reader *const forgetful = json_reader_create(fields, 0), *const remembering = json_reader_create(fields, 256);
  line_view *const first = line_view_create(fields), *const second = line_view_create(fields);
  size_t documents = 0, rejected = 0;
  const long rounds = atol(argv[2]);
  for (long round = 0; round < rounds; round++) {
    const std::string text = changed(lines);
    const std::string one = read(forgetful, first, text, slots), other = read(remembering, second, text, slots);
    if (one != other) {
      fprintf(stderr, "error: round %ld: a reader that remembers keys differs over %s\n", round, text.c_str());
      return 1;
    }
    documents += !one.empty() && one[0] == '0' + JSON_DOCUMENT;
    rejected += one.find(char('0' + JSON_MALFORMED)) != std::string::npos;
  }
  line_view_destroy(first);
  line_view_destroy(second);
  json_reader_destroy(forgetful);
  json_reader_destroy(remembering);
  field_names_destroy(fields);
  printf("%ld texts, %zu with a document, simdjson %s: no error\n", rounds, documents, json_library_version());
  return documents * 4 > size_t(rounds) && rejected > 0 ? 0 : 1;
}
