// JSON in, the values of known fields out: simdjson finds the structure of a text, and one pass over it
// visits each key once.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: - Names

// What the names of fields mean. Built once, then shared by all readers.
typedef struct field_names field_names;

// How a node of the tree of paths is read.
enum {
  NAME_WRAPPER = 1,  // What is below it is also looked up as if it were at the root.
  NAME_DATA = 2,     // It contains Sysmon's own fields.
  NAME_OPAQUE = 4,   // Below it only the paths that were added are read.
};

// `data_slots`: slots below this number are Sysmon's own fields, which are taken from one object only.
// `scalar_slots`: slots below this number hold scalars only; those from here on note objects and arrays too.
// `positional`: the slot of an array of values without names.
field_names *field_names_create(int data_slots, int scalar_slots, int slots, int positional);
void field_names_destroy(field_names *names);

// Adds a path from the root of a document, its keys joined by dots and compared byte by byte. `slot` is -1
// where only what is below it matters; of two paths with the same slot the lower `rank` is preferred.
void field_names_add_path(
    field_names *names, const char *path, int slot, int rank, uint32_t flags);

// Adds a name that is known at every path, in any spelling: case, '_', '-' and blanks do not matter, and
// a prefix that ends with '_' or '.' is allowed. An object there is read as one at the path `below`, if
// that is not NULL.
void field_names_add_anywhere(
    field_names *names, const char *name, int slot, int rank, const char *below);

// The slot of a name as in field_names_add_anywhere, written exactly so or not; -1 where there is none.
int field_names_find(const field_names *names, const uint8_t *name, size_t count);

// MARK: - View

typedef enum {
  VIEW_ABSENT, VIEW_NULL, VIEW_STRING, VIEW_NUMBER, VIEW_TRUE, VIEW_FALSE, VIEW_OBJECT, VIEW_ARRAY,
} view_kind;

typedef struct {
  const uint8_t *bytes;  // Of a scalar its text, of an array its JSON text.
  size_t count;
  uint8_t kind;
  uint8_t level;  // Higher: found in a text within a text.
  uint8_t rank;   // From VIEW_ASIDE on: in an object of unknown name in which the event is not.
  bool is_raw;  // `bytes` is JSON, to be decoded by line_view_decode.
} view_value;

enum { VIEW_ASIDE = 128 };

// A text that may be an event by itself, or an array whose elements may be.
typedef struct {
  const uint8_t *bytes;
  size_t count;
  bool is_raw;
  int32_t object;  // The number of the object that it is in.
} view_text;

// The fields of one event. Its values point into the texts that were read and into memory of its own; both
// have to stay until it is cleared.
typedef struct line_view line_view;

line_view *line_view_create(const field_names *names);
void line_view_destroy(line_view *view);
// Forgets all values.
void line_view_clear(line_view *view);
// The same, and gives back the memory of their texts.
void line_view_begin(line_view *view);

// By slot; the array stays where it is.
const view_value *line_view_values(const line_view *view);

// Replaces the JSON at `slot` by the text that it represents.
void line_view_decode(line_view *view, int slot);

// Sets a value, of which a copy is kept, as if it had been found at `level`.
void line_view_set(line_view *view, int slot, const uint8_t *bytes, size_t count, uint8_t level);

// Forgets Sysmon's own fields.
void line_view_clear_data(line_view *view);

// Keeps the values as they are, to return to them later.
typedef struct saved_view saved_view;
saved_view *line_view_save(const line_view *view);
void line_view_restore(line_view *view, const saved_view *saved);
void line_view_forget(saved_view *saved);

// What must hold of the value at a slot.
typedef enum { TEST_OBJECT, TEST_ARRAY, TEST_SCALAR, TEST_PRESENT, TEST_ABSENT, TEST_TEXT } view_test_kind;

typedef struct {
  view_test_kind kind;
  int32_t slot;
  uint32_t group;     // Tests of one group are together; the groups are numbered from 0.
  uint32_t count;     // Of TEST_TEXT the text that the value must be.
  const char *bytes;
} view_test;

// The first group of which all tests hold; `groups` where there is none.
uint32_t line_view_match(line_view *view, const view_test *tests, size_t count, uint32_t groups);

// Strings that may be events, and arrays of objects that may be events, of the last document.
size_t line_view_strings(const line_view *view, const view_text **strings);
size_t line_view_arrays(const line_view *view, const view_text **arrays);

// The text of a raw string, in `buffer`, which has room for as many bytes; returns how many there are.
size_t json_decode(const uint8_t *bytes, size_t count, uint8_t *buffer);

// MARK: - Reader

typedef struct json_reader json_reader;

// `remembered`: the maximum number of keys whose meaning is remembered; 0 to look each up again.
json_reader *json_reader_create(const field_names *names, size_t remembered);
void json_reader_destroy(json_reader *reader);

typedef enum {
  JSON_DOCUMENT,   // An object was read into the view.
  JSON_END,
  JSON_MALFORMED,  // json_reader_error says why.
} json_status;

// Begins to read a text: objects one after the other, or one array of them. The text must be followed by
// 64 readable bytes, and it stays in use until the last document was used.
void json_reader_open(json_reader *reader, const uint8_t *bytes, size_t count);

// Reads the next object into `view`, on top of what it holds.
json_status json_reader_next(json_reader *reader, line_view *view, uint8_t level);

// Whether there may be another object: if not, the next call changes nothing in its view.
bool json_reader_has_next(const json_reader *reader);

// Calls `body` with each element of the array that was opened: the raw text of a string, or the JSON of
// anything else. An object counts as its only member, or for the one that is its name.
typedef void (*json_element_body)(
    void *context, const uint8_t *bytes, size_t count, view_kind kind, bool is_raw);
bool json_reader_elements(json_reader *reader, json_element_body body, void *context);

// What is wrong, and at which byte of the text.
const char *json_reader_error(const json_reader *reader, size_t *offset);

// Whether bytes of the text are not UTF-8: each such sequence reads as U+FFFD.
bool json_reader_had_invalid_utf8(const json_reader *reader);

// The version of simdjson, such as "3.0.1".
const char *json_library_version(void);

#ifdef __cplusplus
}
#endif
