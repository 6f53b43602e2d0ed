// A cache in front of the parser: lines that are written like one that it has read before.
//
// Most lines of an archive differ in their values alone. Of a line that simdjson has accepted the
// bytes between its values are kept; a line that has the same bytes at the same places, and sound
// values between them, says the same under the same names. Everything else is the parser's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "csimdjson.h"
#include "path_trie.hpp"

class learned_lines {
 public:
  // Reads a line into `values`, stamped with `stamp`. Nothing is changed where it is not known.
  // Returns whether it is known; then `fingerprint` is that of the line it was learned from.
  bool read(
      const uint8_t *line, size_t count, std::vector<od_value> &values, uint32_t stamp,
      uint64_t &fingerprint);

  // Takes note of a line that the parser has accepted as it stands, and perhaps learns it.
  void note(const uint8_t *line, size_t count, const path_trie &trie, uint64_t fingerprint);

 private:
  struct piece {
    uint32_t literal;  // where the bytes before the value lie in `literals`
    uint32_t count;
    int slot;
    bool is_number;
  };

  struct constant {
    int slot;
    uint8_t kind;
  };

  struct pattern {
    std::string literals;
    std::vector<piece> pieces;
    // The bytes behind the last value.
    uint32_t tail = 0, tail_count = 0;
    std::vector<constant> constants;
    uint64_t fingerprint = 0;
  };

  class learner;

  bool read(
      const pattern &known, const uint8_t *line, const uint8_t *end, std::vector<od_value> &values,
      uint32_t stamp);

  // The ones that were of use last stand in front.
  std::vector<std::unique_ptr<pattern>> patterns;
  // How often the parser had to read a line of each structure.
  std::unordered_map<uint64_t, uint32_t> sightings;
  // Where values with escapes are written out.
  std::vector<uint8_t> scratch;
  size_t scratch_used = 0;
};
