// A cache in front of the parser: lines that are written like one that it has read before.
//
// Most lines of an archive differ in their values alone. Of a line that simdjson has accepted the
// bytes between its values are kept; a line that has the same bytes at the same places, and sound
// values between them, says the same under the same names. Everything else is the parser's.
//
// What a line says besides its times is often what an earlier one said. The values of the slots that
// decide it, as they are written, make that line's row.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "csimdjson.h"
#include "path_trie.hpp"
#include "row_hasher.hpp"

// Where the quotes of a line stand that begin or end a text, and what else is told of it before it is
// compared.
struct line_marks {
  static constexpr size_t longest = 16 << 10;

  // 0 where no line can be known: it is empty, too long, or holds what is no JSON text.
  size_t length;
  size_t quote_count;
  // Bytes below space; whether there are some that are not ASCII.
  uint32_t controls;
  bool has_high;
  // By the one or by the other, with the length behind them.
  union {
    uint64_t bits[longest / 64 + 2];
    uint16_t places[longest + 64];
  };
};

class learned_lines {
 public:
  // The bytes between two values, or before the first, or behind the last.
  struct literal {
    uint32_t bytes;  // where they lie in those of the pattern
    uint32_t count;
    uint32_t quote;         // the number of its first quote among all of the line
    uint32_t quote_offset;  // where that stands in the literal
    bool follows_number;
  };

  // Where a value stands: between the literal of its own index and the next.
  struct place {
    int slot;
    bool is_number;
  };

  // A value that is the same in every line.
  struct constant {
    int slot;
    uint8_t kind;
    std::string text;
  };

  struct pattern {
    // Those of all literals, and 64 more.
    std::string bytes;
    std::vector<literal> literals;
    std::vector<place> places;
    std::vector<constant> constants;
    // Bytes below space, and quotes that begin or end a text, in the literals: such a line has no others.
    uint32_t controls = 0;
    uint32_t quote_count = 0;
    uint64_t fingerprint = 0;
    // No other pattern has it.
    uint32_t number = 0;
    bool has_row = false, is_row_decided = false;
    // The values of the row, and the values and constants that are read with it.
    std::vector<uint32_t> in_row, watched, watched_constants;

    // Many values never change either: a pattern that has those in its literals, to be tried first.
    std::unique_ptr<pattern> special;
    // How many lines only this one knew, and the values of the first, empty from when one changed.
    uint32_t general_matches = 0;
    std::vector<std::string> steady;

    std::string_view text(size_t at) const {
      return std::string_view(bytes).substr(literals[at].bytes, literals[at].count);
    }
    // Adds the literal in front of the next value.
    void close(std::string_view text);
    // Adds the last literal.
    void finish(std::string_view text) {
      close(text);
      bytes.append(64, '\0');
    }
  };

  // A value as it is written.
  struct written {
    const uint8_t *bytes;
    size_t count;
  };

  // `match` is one of OD_MATCH_..., and the processor can run it.
  explicit learned_lines(uint32_t match);

  static uint32_t best_match();

  // The length of the line at `line`, up to its line feed or `end`, if it is written like an earlier
  // one; else 0. Beyond `end` 64 bytes can be read.
  size_t match(const uint8_t *line, const uint8_t *end);

  // Of the line that was matched last:
  const pattern &matched() const { return *at_hand; }
  // What stands for its row; all zeroes where it has none, or that is too long.
  od_row matched_row() const;
  // Reads the watched values into `all`, stamped with `stamp`; or all.
  void take_watched(std::vector<od_value> &all, uint32_t stamp);
  void take_all(std::vector<od_value> &all, uint32_t stamp);
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

  // The instructions to do it with.
  struct form {
    void (*mark)(const uint8_t *line, const uint8_t *end, line_marks &marks);
    // Writes the values.
    bool (*match)(const pattern &known, const uint8_t *line, const line_marks &marks, written *values);
    // Writes out what a sound text means, and returns the end.
    uint8_t *(*unescape)(uint8_t *out, const uint8_t *text, size_t count);
  };

  static form form_of(uint32_t match);
  bool match(pattern &known, const uint8_t *line);
  void watch(pattern &known);
  void specialise(pattern &known);
  static void take(const constant &one, std::vector<od_value> &all, uint32_t stamp);
  od_value read(const written &value, bool is_number, uint32_t stamp);

  const form how;
  // Those that have matched a line, and those that are still to prove themselves: where every line is
  // written in an order of its own, there is always a new pattern, and none of them is of any use.
  shelf proven{128}, fresh{8};
  pattern *at_hand = nullptr;
  uint32_t learned = 0;
  line_marks marks;
  // Of the line that was matched last, by place.
  std::vector<written> values;
  row_hasher hasher;
  // How often the parser had to read a line of each structure.
  std::unordered_map<uint64_t, uint32_t> sightings;
  // Where values with escapes are written out.
  std::vector<uint8_t> scratch;
  size_t scratch_used = 0;
};
