// What the names of fields mean: a tree of paths, and names that are known at every path.
#pragma once
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "csimdjson.h"

// How a name was written, compared with Sysmon's own way.
enum spelling : uint8_t { spelled_exactly, spelled_otherwise, spelled_with_prefix };

// What a key at some place means.
struct name_target {
  int32_t node = -1;   // Where an object at the key is read.
  int16_t slot = -1;   // What a value at the key fills; -1: nothing.
  uint8_t rank = 0;
  uint8_t spelled = spelled_exactly;
  bool is_deeper = false;  // The key is unknown: what is below it counts for less.
};

struct field_names {
  struct node {
    std::unordered_map<std::string, int> children;
    int slot = -1;
    int rank = 0;
    uint32_t flags = 0;
  };

  struct anywhere_name {
    std::string exact;
    int slot;
    int rank;
    int node;
  };

  // Where only names that are known everywhere are read.
  static constexpr int root = 0, elsewhere = 1;

  std::vector<node> nodes = std::vector<node>(2);
  std::unordered_map<std::string, anywhere_name> anywhere;
  const int data_slots, scalar_slots, slots, positional;

  field_names(int data_slots, int scalar_slots, int slots, int positional)
      : data_slots(data_slots), scalar_slots(scalar_slots), slots(slots), positional(positional) {
    nodes[root].flags = NAME_WRAPPER;
  }

  int add(std::string_view path) {
    int at = root;
    while (!path.empty()) {
      const size_t dot = std::min(path.find('.'), path.size());
      const std::string key(path.substr(0, dot));
      path.remove_prefix(std::min(dot + 1, path.size()));
      const auto known = nodes[size_t(at)].children.find(key);
      if (known != nodes[size_t(at)].children.end()) {
        at = known->second;
        continue;
      }
      const int next = int(nodes.size());
      nodes[size_t(at)].children.emplace(key, next);
      nodes.emplace_back();
      nodes[size_t(next)].flags = nodes[size_t(at)].flags & NAME_OPAQUE;
      at = next;
    }
    return at;
  }

  // Below it only the paths that were added are read, however deep.
  void make_opaque(int at) {
    nodes[size_t(at)].flags |= NAME_OPAQUE;
    for (const auto &child : nodes[size_t(at)].children) make_opaque(child.second);
  }

  // Letters in lower case, without what separates words.
  static std::string folded(std::string_view name) {
    std::string result;
    for (const char c : name) {
      if (c == '_' || c == '-' || c == ' ' || c == '@') continue;
      result += c >= 'A' && c <= 'Z' ? char(c | 0x20) : c;
    }
    return result;
  }

  name_target find_anywhere(std::string_view name) const {
    name_target found;
    // A longer name than any that is known need not be folded.
    if (name.size() > 64) return found;
    const auto known = anywhere.find(folded(name));
    if (known == anywhere.end()) return found;
    const bool is_exact = name == known->second.exact;
    found.node = known->second.node;
    found.slot = int16_t(known->second.slot);
    found.rank = uint8_t(known->second.rank + (is_exact ? 0 : 1));
    found.spelled = is_exact ? spelled_exactly : spelled_otherwise;
    return found;
  }

  // The longest part after a '_' that is a known name.
  name_target find_with_prefix(std::string_view name) const {
    for (size_t at = name.find('_'); at != name.npos; at = name.find('_', at + 1)) {
      name_target found = find_anywhere(name.substr(at + 1));
      if (found.slot < 0) continue;
      found.rank = uint8_t(found.rank + 2);
      found.spelled = spelled_with_prefix;
      return found;
    }
    return name_target();
  }

  const int *child(int at, std::string_view key) const {
    const node &here = nodes[size_t(at)];
    if (!here.children.empty()) {
      const auto known = here.children.find(std::string(key));
      if (known != here.children.end()) return &known->second;
    }
    if (at == root || !(here.flags & NAME_WRAPPER)) return nullptr;
    return child(root, key);
  }

  // Whether a key only says that it is the value of what is above it: `EventID.#text`, `EventID.Value`.
  static bool is_value(std::string_view key) {
    const std::string name = folded(key);
    return name == "#text" || name == "text" || name == "value" || name == "$t";
  }

  name_target resolve(int at, std::string_view key) const {
    name_target found;
    // No known name is as long, and none may cost more than its length.
    if (key.size() > 256) {
      found.node = nodes[size_t(at)].flags & NAME_OPAQUE ? at : elsewhere;
      return found;
    }
    if (const int *known = child(at, key)) {
      const node &there = nodes[size_t(*known)];
      found.node = *known;
      found.slot = int16_t(there.slot);
      found.rank = uint8_t(there.rank);
    }
    if (nodes[size_t(at)].flags & NAME_OPAQUE) {
      const size_t dot = found.node < 0 ? key.find('.') : key.npos;
      const int *const first = dot == key.npos ? nullptr : child(at, key.substr(0, dot));
      if (first != nullptr) return resolve(*first, key.substr(dot + 1));
      if (found.node < 0) found.node = at;
      return found;
    }
    if (found.slot < 0) {
      const name_target name = find_anywhere(key);
      if (name.slot >= 0 || name.node >= 0) {
        const int node = found.node >= 0 ? found.node : name.node;
        found = name;
        found.node = node;
      }
    }
    if (found.node < 0 && found.slot < 0) {
      const size_t dot = key.find('.');
      if (dot != key.npos && dot > 0 && dot + 1 < key.size()) {
        const name_target first = resolve(at, key.substr(0, dot));
        name_target rest = resolve(first.node, key.substr(dot + 1));
        if (rest.slot < 0 && first.slot >= 0 && is_value(key.substr(dot + 1))) rest = first;
        rest.is_deeper = rest.is_deeper || first.is_deeper;
        if (rest.spelled == spelled_exactly) rest.spelled = spelled_with_prefix;
        return rest;
      }
      found = find_with_prefix(key);
    }
    if (found.node < 0) {
      found.node = nodes[size_t(at)].flags & NAME_WRAPPER ? root : elsewhere;
      found.is_deeper = true;
    }
    return found;
  }
};

// The meaning of keys that came before, so that most cost one comparison. It holds what `resolve` says and
// nothing else: forgetting any of it changes no result.
class key_memory {
  struct entry {
    uint64_t first = 0, last = 0;
    const char *text = nullptr;
    uint32_t count = 0;
    int32_t node = -1;
    name_target target;
  };

  static constexpr size_t maximum_key = 64, probes = 4;

  const field_names &names;
  std::vector<entry> entries;
  std::vector<char> texts;
  size_t used = 0;
  const size_t maximum;

  static uint64_t word(const uint8_t *p, size_t count) {
    uint64_t value;
    memcpy(&value, p, 8);
    return count >= 8 ? value : count == 0 ? 0 : value & (~uint64_t(0) >> (64 - 8 * count));
  }

  void clear() {
    for (auto &one : entries) one = entry();
    used = 0;
  }

public:
  key_memory(const field_names &names, size_t maximum)
      : names(names), entries(maximum > 0 ? maximum * 2 : 0), texts(maximum * maximum_key), maximum(maximum) {}

  // `key` is followed by 8 readable bytes. `maximum` is a power of two.
  name_target resolve(int node, const uint8_t *key, size_t count) {
    const std::string_view name(reinterpret_cast<const char *>(key), count);
    if (maximum == 0 || count > maximum_key || count == 0) return names.resolve(node, name);
    const uint64_t first = word(key, count);
    const uint64_t last = count > 8 ? word(key + count - 8, 8) : 0;
    const unsigned __int128 product =
        (unsigned __int128)(first ^ (uint64_t(count) << 56) ^ 0x9E3779B97F4A7C15ULL) *
        (last ^ (uint64_t(uint32_t(node)) << 32) ^ 0xA0761D6478BD642FULL);
    const size_t mask = entries.size() - 1;
    size_t at = size_t(uint64_t(product >> 64) ^ uint64_t(product)) & mask;
    for (size_t probe = 0; probe < probes; probe++, at = (at + 1) & mask) {
      entry &one = entries[at];
      if (one.first == first && one.last == last && one.count == count && one.node == node &&
          (count <= 16 || memcmp(one.text, key, count) == 0)) {
        return one.target;
      }
      if (one.count == 0) {
        if (used == maximum) {
          clear();
          return resolve(node, key, count);
        }
        char *text = texts.data() + used++ * maximum_key;
        memcpy(text, key, count);
        one = {first, last, text, uint32_t(count), node, names.resolve(node, name)};
        return one.target;
      }
    }
    return names.resolve(node, name);
  }
};
