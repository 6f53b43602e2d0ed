// A cache in front of the parser: lines that are written like one that it has read before.
//
// Most lines of an archive differ in their values alone. Of a line that simdjson has accepted the
// bytes between its values are kept; a line that has the same bytes at the same places, and sound
// values between them, says the same under the same names. Everything else is the parser's.
//
// What a line says besides its times is often what an earlier one said. The values of the slots that
// decide it, as they are written, are that line's row: equal rows of one reader mean equal values.
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
  struct piece {
    uint32_t literal;  // where the bytes before the value lie in `literals`
    uint32_t count;
    int slot;
    bool is_number;
    bool is_in_row;
    uint32_t usual_count;  // of the value, when it was last seen
  };

  // A value that is the same in every line.
  struct constant {
    int slot;
    uint8_t kind;
    std::string text;
  };

  struct pattern {
    std::string literals;
    std::vector<piece> pieces;
    // The bytes behind the last value.
    uint32_t tail = 0, tail_count = 0;
    std::vector<constant> constants;
    uint64_t fingerprint = 0;
    // No other pattern has it.
    uint32_t number = 0;
    bool has_row = false, is_row_decided = false;
    // The pieces and constants that are read with the row.
    std::vector<uint32_t> watched, watched_constants;

    // Many values never change either: a pattern that has those in its literals, to be tried first.
    std::unique_ptr<pattern> special;
    // How many lines only this one knew, and the values of the first, empty from when one changed.
    uint32_t general_matches = 0;
    std::vector<std::string> steady;
  };

  // A value as it is written; `slot` is -1 where its path is not known.
  struct written {
    const uint8_t *bytes;
    uint32_t count;
    int slot;
    bool is_number, has_escapes;
  };

  // What a match finds: the value of each piece, and the row.
  struct findings {
    std::vector<written> values;
    // Where the row belongs, and how much room there is.
    uint8_t *row = nullptr;
    size_t row_room = 0;
    // 0 where the row did not fit.
    size_t row_count = 0;
  };

  // `match` is one of OD_MATCH_..., and the processor can run it.
  explicit learned_lines(uint32_t match);

  static uint32_t best_match();

  // The length of the line at `line`, up to its line feed or `end`, if it is written like an earlier
  // one; else 0. Beyond `end` 64 bytes can be read. Its row is written to `row`, if it fits.
  size_t match(const uint8_t *line, const uint8_t *end, uint8_t *row, size_t row_room);

  // Of the line that was matched last:
  const pattern &matched() const { return *at_hand; }
  const findings &found() const { return last; }
  // Reads the watched values into `values`, stamped with `stamp`; or all.
  void take_watched(std::vector<od_value> &values, uint32_t stamp);
  void take_all(std::vector<od_value> &values, uint32_t stamp);
  // Decides what the row is for all lines that are written like it. Without slots there is none.
  void set_row(const int32_t *row, size_t row_count, const int32_t *watched, size_t watched_count);

  // Takes note of a line that the parser has accepted as it stands, and perhaps learns it.
  void note(const uint8_t *line, size_t count, const path_trie &trie, uint64_t fingerprint);

 private:
  class learner;

  // Patterns, the one that was of use last in front.
  struct shelf {
    size_t room;
    std::vector<std::unique_ptr<pattern>> patterns{};
    // The first bytes of each, as far as they are in all its lines: most others need not be tried.
    struct start {
      uint64_t bytes, mask;
    };
    std::vector<start> starts{};

    void put(std::unique_ptr<pattern> known);
    std::unique_ptr<pattern> take(size_t at);
  };

  using matcher = size_t (*)(
      pattern &known, const uint8_t *line, const uint8_t *end, findings &found);

  using unescaper = uint8_t *(*)(uint8_t *out, const uint8_t *text, size_t count);

  static matcher matcher_of(uint32_t match);
  static unescaper unescaper_of(uint32_t match);
  size_t match(shelf &kept, const uint8_t *line, const uint8_t *end);
  size_t match(pattern &known, const uint8_t *line, const uint8_t *end);
  void watch(pattern &known);
  void specialise(pattern &known);
  static void take(const constant &one, std::vector<od_value> &values, uint32_t stamp);
  od_value read(const written &value, uint32_t stamp);

  const matcher matches;
  const unescaper unescapes;
  // Those that have matched a line, and those that are still to prove themselves: where every line is
  // written in an order of its own, there is always a new pattern, and none of them is of any use.
  shelf proven{128}, fresh{8};
  pattern *at_hand = nullptr;
  uint32_t learned = 0;
  findings last;
  // How often the parser had to read a line of each structure.
  std::unordered_map<uint64_t, uint32_t> sightings;
  // Where values with escapes are written out.
  std::vector<uint8_t> scratch;
  size_t scratch_used = 0;
};
