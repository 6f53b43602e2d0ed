// The fields of one event, by slot.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "names.hpp"
#include "text.hpp"

// What each unknown key on the way to a value adds to its rank.
constexpr uint8_t per_depth = 8;

// A value that was found on the way through a document, before it is known which object counts.
struct found_value {
  const uint8_t *bytes;
  size_t count;
  int32_t object;  // The number of the object that it belongs to.
  int16_t slot;
  uint8_t kind, rank, spelled;
  bool is_raw;
};

struct line_view {
  // What is known of one object of the document.
  struct object_score {
    uint32_t exact = 0, otherwise = 0;
    bool is_data = false;
    // In which object it is, at which key, and the number of the first object after it.
    int32_t parent = -1, node = -1, end = -1;
  };

  const field_names &names;
  std::vector<view_value> values;
  std::vector<int> filled;
  std::vector<found_value> found;
  std::vector<object_score> objects;
  std::vector<view_text> strings, arrays;

  explicit line_view(const field_names &names) : names(names), values(size_t(names.slots)) { found.reserve(256); }

  void clear() {
    for (const int slot : filled) values[size_t(slot)] = view_value{};
    filled.clear();
  }

  void begin() {
    clear();
    while (blocks.size() > 1) blocks.pop_back();
    used = 0;
    if (!blocks.empty() && blocks[0].size > block_size) blocks.clear();
  }

  // Memory for `count` bytes, until the view is cleared.
  uint8_t *keep(size_t count) {
    if (blocks.empty() || blocks.back().size - used < count) {
      const size_t size = std::max(count, block_size);
      blocks.push_back({std::unique_ptr<uint8_t[]>(new uint8_t[size]), size});
      used = 0;
    }
    uint8_t *place = blocks.back().bytes.get() + used;
    used += count;
    return place;
  }

  const uint8_t *keep(const uint8_t *bytes, size_t count) {
    uint8_t *place = keep(count);
    if (count > 0) memcpy(place, bytes, count);
    return place;
  }

  void put(int slot, view_value value) {
    if (values[size_t(slot)].kind == VIEW_ABSENT) filled.push_back(slot);
    values[size_t(slot)] = value;
  }

  void decode(view_value &value) {
    value.is_raw = false;
    if (value.kind == VIEW_STRING) {
      uint8_t *to = keep(value.count);
      value.count = size_t(decode_string(value.bytes, value.bytes + value.count, to) - to);
      value.bytes = to;
    } else if (value.kind == VIEW_NUMBER) {
      const std::string text = number_text(value.bytes, value.count);
      value.bytes = keep(reinterpret_cast<const uint8_t *>(text.data()), text.size());
      value.count = text.size();
    }
  }

  bool holds(const view_test &test) {
    view_value &value = values[size_t(test.slot)];
    const bool is_scalar = value.kind >= VIEW_STRING && value.kind <= VIEW_FALSE;
    switch (test.kind) {
    case TEST_OBJECT: return value.kind == VIEW_OBJECT;
    case TEST_ARRAY: return value.kind == VIEW_ARRAY;
    case TEST_SCALAR: return is_scalar;
    case TEST_PRESENT: return value.kind != VIEW_ABSENT;
    case TEST_ABSENT: return value.kind == VIEW_ABSENT;
    case TEST_TEXT: break;
    }
    if (is_scalar && value.is_raw) decode(value);
    return is_scalar && value.count == test.count && memcmp(value.bytes, test.bytes, test.count) == 0;
  }

  // The first group of which all tests hold. A group without tests holds.
  uint32_t match(const view_test *tests, size_t count, uint32_t groups) {
    uint32_t group = 0;
    for (size_t i = 0; i < count;) {
      if (tests[i].group > group) return group;
      if (holds(tests[i])) {
        i++;
        continue;
      }
      group++;
      while (i < count && tests[i].group < group) i++;
    }
    return group < groups ? group : groups;
  }

  // A value for a slot that does not depend on the object: the lower rank is preferred, then the later one.
  void settle(found_value one, int32_t event, uint8_t level) {
    if (one.rank >= per_depth && is_aside(one.object, event)) one.rank |= VIEW_ASIDE;
    view_value &now = values[size_t(one.slot)];
    const bool is_above = now.kind != VIEW_ABSENT && now.level == level;
    if (one.kind == VIEW_NULL && !is_above) return;
    if (is_above && one.rank > now.rank) return;
    put(one.slot, {one.bytes, one.count, one.kind, level, one.rank, one.is_raw});
  }

  // Decides which of the values found in one document count: those of Sysmon's own fields that belong to one
  // object, and of the others the best of each.
  void settle(uint8_t level) {
    const int32_t object = data_object(), event = object >= 0 ? object : carrier();
    for (const found_value &one : found) {
      if (one.slot >= names.data_slots) {
        settle(one, event, level);
      } else if (one.object == object && counts(one, objects[size_t(object)])) {
        view_value &now = values[size_t(one.slot)];
        const bool is_above = now.kind != VIEW_ABSENT && now.level == level;
        if (one.kind == VIEW_NULL && !is_above) continue;
        if (is_above && one.spelled > now.rank) continue;
        put(one.slot, {one.bytes, one.count, one.kind, level, one.spelled, one.is_raw});
      }
    }
  }

  // Of equal keys the last counts: forgets an earlier object with the same key, and all that is in it. Only
  // the first objects of a document are compared: more are lists of something else.
  void forget_equal_key(int32_t parent, int32_t node) {
    constexpr size_t compared = 64;
    for (size_t i = 0; i < std::min(objects.size(), compared); i++) {
      const object_score &object = objects[i];
      if (object.parent != parent || object.node != node || object.end < 0) continue;
      const int32_t first = int32_t(i), end = object.end;
      found.erase(std::remove_if(found.begin(), found.end(), [&](const found_value &one) {
        return one.object >= first && one.object < end;
      }), found.end());
    }
  }

private:
  struct block {
    std::unique_ptr<uint8_t[]> bytes;
    size_t size;
  };

  static constexpr size_t block_size = 16 << 10;

  std::vector<block> blocks;
  size_t used = 0;

  // The object in which an event may be as a text, or as values without names; -1 where there are several, or none.
  int32_t carrier() const {
    int32_t object = -1;
    bool is_one = true;
    const auto note = [&](int32_t other) {
      is_one = is_one && (object < 0 || object == other);
      object = other;
    };
    for (const view_text &text : strings) note(text.object);
    for (const view_text &text : arrays) note(text.object);
    for (const found_value &one : found) {
      if (one.slot == names.positional) note(one.object);
    }
    return is_one ? object : -1;
  }

  // Whether an object is in one of unknown name that does not hold the event, if there is one: what is known of the
  // event there may be said of something else.
  bool is_aside(int32_t at, int32_t event) const {
    if (event < 0) return false;
    for (; at >= 0; at = objects[size_t(at)].parent) {
      const object_score &object = objects[size_t(at)];
      if (at <= event && (object.end < 0 || event < object.end)) return false;
      if (object.node == field_names::root || object.node == field_names::elsewhere) return true;
    }
    return false;
  }

  // In an object that writes Sysmon's names as Sysmon does, a key in another spelling is another field.
  static bool counts(const found_value &one, const object_score &object) {
    return one.spelled == spelled_exactly || object.otherwise > object.exact;
  }

  // The object that holds Sysmon's own fields: one that is known as such, else the one with the most of
  // them; -1 where there is none.
  int32_t data_object() {
    for (const found_value &one : found) {
      if (one.slot >= names.data_slots || one.kind == VIEW_NULL) continue;
      object_score &object = objects[size_t(one.object)];
      (one.spelled == spelled_exactly ? object.exact : object.otherwise)++;
    }
    int32_t best = -1;
    uint32_t most = 0;
    for (size_t i = 0; i < objects.size(); i++) {
      const object_score &object = objects[i];
      const uint32_t fields = object.exact + object.otherwise;
      const uint32_t score = fields == 0 ? 0 : fields + (object.is_data ? 1u << 16 : 0);
      if (score > most) {
        most = score;
        best = int32_t(i);
      }
    }
    return best;
  }
};
