#include "csimdjson.h"

#include <algorithm>

#include "document.hpp"

struct saved_view {
  std::vector<view_value> values;
  std::vector<int> filled;
};

extern "C" {

const char *json_library_version(void) { return SIMDJSON_STRINGIFY(SIMDJSON_VERSION); }

field_names *field_names_create(int data_slots, int scalar_slots, int slots, int positional) {
  return new field_names(data_slots, scalar_slots, slots, positional);
}

void field_names_destroy(field_names *names) { delete names; }

void field_names_add_path(field_names *names, const char *path, int slot, int rank, uint32_t flags) {
  const int at = names->add(path);
  auto &node = names->nodes[size_t(at)];
  if (slot >= 0) {
    node.slot = slot;
    node.rank = rank;
  }
  node.flags |= flags;
  if (flags & NAME_OPAQUE) names->make_opaque(at);
}

void field_names_add_anywhere(
    field_names *names, const char *name, int slot, int rank, const char *below) {
  names->anywhere[field_names::folded(name)] = {name, slot, rank, below ? names->add(below) : -1};
}

int field_names_find(const field_names *names, const uint8_t *name, size_t count) {
  return names->find_anywhere({reinterpret_cast<const char *>(name), count}).slot;
}

line_view *line_view_create(const field_names *names) { return new line_view(*names); }

void line_view_destroy(line_view *view) { delete view; }

void line_view_clear(line_view *view) { view->clear(); }

void line_view_begin(line_view *view) { view->begin(); }

const view_value *line_view_values(const line_view *view) { return view->values.data(); }

void line_view_decode(line_view *view, int slot) {
  if (view->values[size_t(slot)].is_raw) view->decode(view->values[size_t(slot)]);
}

void line_view_set(line_view *view, int slot, const uint8_t *bytes, size_t count, uint8_t level) {
  view->put(slot, {view->keep(bytes, count), count, VIEW_STRING, level, 0, false});
}

void line_view_clear_data(line_view *view) {
  for (int slot = 0; slot < view->names.data_slots; slot++) view->values[size_t(slot)] = view_value{};
}

saved_view *line_view_save(const line_view *view) { return new saved_view{view->values, view->filled}; }

void line_view_restore(line_view *view, const saved_view *saved) {
  std::copy(saved->values.begin(), saved->values.end(), view->values.begin());
  view->filled = saved->filled;
}

void line_view_forget(saved_view *saved) { delete saved; }

uint32_t line_view_match(line_view *view, const view_test *tests, size_t count, uint32_t groups) {
  return view->match(tests, count, groups);
}

size_t line_view_strings(const line_view *view, const view_text **strings) {
  *strings = view->strings.data();
  return view->strings.size();
}

size_t line_view_arrays(const line_view *view, const view_text **arrays) {
  *arrays = view->arrays.data();
  return view->arrays.size();
}

size_t json_decode(const uint8_t *bytes, size_t count, uint8_t *buffer) {
  return size_t(decode_string(bytes, bytes + count, buffer) - buffer);
}

json_reader *json_reader_create(const field_names *names, size_t remembered) {
  return new json_reader(*names, remembered);
}

void json_reader_destroy(json_reader *reader) { delete reader; }

void json_reader_open(json_reader *reader, const uint8_t *bytes, size_t count) {
  reader->open(bytes, count);
}

json_status json_reader_next(json_reader *reader, line_view *view, uint8_t level) {
  return reader->next(*view, level);
}

bool json_reader_has_next(const json_reader *reader) { return reader->has_next(); }

bool json_reader_elements(json_reader *reader, json_element_body body, void *context) {
  return reader->elements(body, context);
}

const char *json_reader_error(const json_reader *reader, size_t *offset) {
  *offset = reader->error_at;
  return reader->error;
}

bool json_reader_had_invalid_utf8(const json_reader *reader) { return reader->had_invalid_utf8; }

}  // extern "C"
