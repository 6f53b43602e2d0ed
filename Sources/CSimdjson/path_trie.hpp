// The known paths of a line: keys from the root down, each path with a number, its slot.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

struct path_trie {
  struct node {
    std::string key;
    int slot = -1;
    // Open addressing over the children, by a hash of the key; -1 is free.
    std::vector<int> table;
    std::vector<int> children;
  };

  std::vector<node> nodes{1};

  int find(int parent, std::string_view key) const {
    const std::vector<int> &table = nodes[parent].table;
    if (table.empty()) return -1;
    const size_t mask = table.size() - 1;
    for (size_t at = hash(key) & mask;; at = (at + 1) & mask) {
      const int child = table[at];
      if (child < 0 || nodes[child].key == key) return child;
    }
  }

  int add(int parent, const std::string &key) {
    const int known = find(parent, key);
    if (known >= 0) return known;
    const int child = int(nodes.size());
    nodes.push_back({key});
    node &above = nodes[parent];
    above.children.push_back(child);
    if (above.children.size() * 2 <= above.table.size()) {
      enter(above, child);
      return child;
    }
    above.table.assign(above.table.empty() ? 4 : above.table.size() * 2, -1);
    for (int one : above.children) enter(above, one);
    return child;
  }

 private:
  void enter(node &above, int child) {
    const size_t mask = above.table.size() - 1;
    size_t place = hash(nodes[child].key) & mask;
    while (above.table[place] >= 0) place = (place + 1) & mask;
    above.table[place] = child;
  }

  static uint32_t hash(std::string_view key) {
    uint32_t state = uint32_t(key.size()) * 0x9E3779B1u;
    if (key.size() >= 4) {
      uint32_t first, last;
      memcpy(&first, key.data(), 4);
      memcpy(&last, key.data() + key.size() - 4, 4);
      state ^= first * 0x85EBCA6Bu ^ (last * 0xC2B2AE35u);
    } else {
      for (unsigned char c : key) state = state * 31 + c;
    }
    return state ^ state >> 15;
  }
};
