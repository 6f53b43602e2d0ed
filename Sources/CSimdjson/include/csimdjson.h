// One line of JSON in, the values at known paths out: simdjson's DOM parser behind a C interface.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct od_parser od_parser;

// What stands at a path. An object there is looked into once, for "#text" or "Value".
enum {
  OD_ABSENT, OD_NULL, OD_STRING, OD_NUMBER, OD_TRUE, OD_FALSE, OD_OBJECT, OD_ARRAY
};

typedef struct {
  const uint8_t *bytes;  // the text of a scalar, valid until the next line
  size_t count;
  uint32_t line;         // the line that it was read from; nothing is there if that is not the last
  uint8_t kind;
  bool is_object;
} od_value;

// What stands for the values that decide what a line says; all zeroes where there is none.
typedef struct {
  uint64_t high, low;
} od_row;

// What the last line said; stays at its address as long as the parser lives.
typedef struct {
  const od_value *values;  // by slot
  uint32_t line;           // the number of the line, to compare with that of a value
  uint64_t fingerprint;    // equal if the same paths are there, with like kinds
  od_row row;              // of a line that was matched
  bool is_row_decided;     // whether od_parser_set_row has been called for such lines
} od_view;

// A value and what is in it, in order: an object's members come as key, value, key, value.
typedef struct {
  const uint8_t *bytes;
  size_t count;  // bytes of a text, or members of an object or array
  uint8_t kind;
} od_token;

// The instructions that lines are compared with what was learned of earlier ones by; not at all with the
// first. All others give the same answers.
enum { OD_MATCH_NOT, OD_MATCH_PORTABLE, OD_MATCH_SSE2, OD_MATCH_AVX2, OD_MATCH_AVX512 };

// The last one that this processor can run.
uint32_t od_best_match(void);

od_parser *od_parser_new(uint32_t match);
void od_parser_free(od_parser *parser);

// Adds a path (keys one behind the other, with their lengths); its slot is the number of paths before.
void od_parser_add_path(
  od_parser *parser, const uint8_t *keys, const size_t *counts, size_t depth);

// Parses a line behind which 64 bytes can be read. NULL if it is one JSON object, else what is wrong.
const char *od_parser_parse(od_parser *parser, const uint8_t *line, size_t count);

// The length of the line at `line`, up to its line feed or `count`, if it is written like earlier ones;
// else 0. Reads its row, and the values that were asked for with it. Equal rows of one parser mean equal
// values of the slots that od_parser_set_row named, as they are written.
size_t od_parser_match(od_parser *parser, const uint8_t *line, size_t count);

// Reads all values of the line that was matched.
void od_parser_take(od_parser *parser);

// Decides, for all lines written like the one that was matched, the slots of their row and those whose
// values are read with it. Without slots there is no row.
void od_parser_set_row(
    od_parser *parser, const int32_t *row, size_t row_count, const int32_t *watched,
    size_t watched_count);

// Whether the last line held bytes that are no UTF-8 (each bad sequence reads as U+FFFD).
bool od_parser_had_invalid_utf8(const od_parser *parser);

const od_view *od_parser_view(const od_parser *parser);

// The tokens of what stands at a slot, valid until the next call or line.
const od_token *od_parser_tokens(od_parser *parser, size_t slot, size_t *count);

// The JSON texts of the elements of the array at a slot, valid until the next call or line.
size_t od_parser_elements(od_parser *parser, size_t slot);
const uint8_t *od_parser_element(const od_parser *parser, size_t index, size_t *count);

#ifdef __cplusplus
}
#endif
