// Compares each form of the kernels with its definition, over changed bytes: for processors on which the Swift
// tests do not run, and for sanitizers. Usage: kernels [ROUNDS]
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line_filter.h"
#include "text_search.h"

static uint64_t state = 0x9E3779B97F4A7C15;

static uint32_t random_below(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)((state >> 32) % limit);
}

// A copy that ends where a sanitizer notices: padded as the kernels ask for, and not by a byte more.
typedef struct buffer {
  uint8_t *bytes;
  size_t count;
} buffer;

static buffer make_buffer(const char *const *needles, size_t needle_count) {
  buffer made = {NULL, random_below(4096)};
  made.bytes = malloc(made.count + line_filter_padding);
  if (made.bytes == NULL) abort();
  static const char alphabet[] = "{}[]<\"\\:,\n\n  \t\rSysmonEventID0123456789abc";
  // Some buffers are mostly white space and text without brackets.
  const uint32_t kinds = random_below(4);
  const char *const letters = kinds == 0 ? "\n \t\r" : kinds == 1 ? "\n abc\r" : alphabet;
  for (size_t i = 0; i < made.count + line_filter_padding; i++) {
    made.bytes[i] = random_below(64) == 0 ? (uint8_t)random_below(256)
                                          : (uint8_t)letters[random_below((uint32_t)strlen(letters))];
  }
  for (uint32_t planted = random_below(8); planted > 0; planted--) {
    const char *const needle = needles[random_below((uint32_t)needle_count)];
    const size_t length = strlen(needle);
    if (length > made.count) continue;
    // Also across the end, where the rest must not count.
    memcpy(made.bytes + random_below((uint32_t)(made.count - length / 2 + 1)), needle,
        length <= line_filter_padding ? length : 0);
  }
  return made;
}

static void fail(const char *what, int level, size_t round) {
  fprintf(stderr, "error: %s, level %d, round %zu\n", what, level, round);
  exit(1);
}

// MARK: - The definitions

static bool is_white(uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static line_run plain_lines_by_definition(
    const uint8_t *bytes, size_t count, size_t from, bool only_blank) {
  line_run run = {0, 0, from};
  for (size_t start = from; start < count;) {
    size_t end = start;
    bool blank = true, plain = true;
    for (; end < count && bytes[end] != '\n'; end++) {
      const uint8_t byte = bytes[end];
      if (byte == '{' || byte == '[' || byte == '<' || byte == 0 || byte == 0xEF || byte >= 0xFE) {
        plain = false;
      }
      if (!is_white(byte)) blank = false;
    }
    if (end == count || !plain || (only_blank && !blank)) break;
    run.lines++;
    run.blank += blank;
    run.next = start = end + 1;
  }
  return run;
}

int main(int argc, char **argv) {
  const size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
  static const char *const needles[] = {
      "Sysmon", "\"EventID\"", "ID", "3:", "DestinationPort", "\"a\\u", "Microsoft-Windows-Sysmon/Operational",
  };
  enum { needle_count = sizeof needles / sizeof *needles };
  uint8_t joined[512];
  uint32_t lengths[needle_count];
  size_t used = 0;
  for (size_t i = 0; i < needle_count; i++) {
    lengths[i] = (uint32_t)strlen(needles[i]);
    memcpy(joined + used, needles[i], lengths[i]);
    used += lengths[i];
  }
  const line_filter_level best = line_filter_best_level();
  line_filter *filters[LINE_FILTER_AVX512 + 1];
  for (int level = 0; level <= (int)best; level++) {
    filters[level] = line_filter_create(joined, lengths, needle_count, (line_filter_level)level);
    if (filters[level] == NULL) fail("no filter", level, 0);
  }
  size_t hits = 0, passed = 0;
  for (size_t round = 0; round < rounds; round++) {
    const buffer made = make_buffer(needles, needle_count);
    size_t from = 0;
    while (from < made.count) {
      const line_filter_hit expected = line_filter_next(filters[0], made.bytes, made.count, from);
      for (int level = 1; level <= (int)best; level++) {
        const line_filter_hit got = line_filter_next(filters[level], made.bytes, made.count, from);
        if (got.lines_passed != expected.lines_passed || got.line_start != expected.line_start ||
            got.line_end != expected.line_end || got.next != expected.next) {
          fail("the line filter differs from its definition", level, round);
        }
      }
      hits += expected.line_start < made.count;
      from = expected.next;
    }
    for (int only_blank = 0; only_blank < 2; only_blank++) {
      for (from = 0; from < made.count;) {
        const line_run expected =
            plain_lines_by_definition(made.bytes, made.count, from, only_blank);
        const line_run got = plain_lines(made.bytes, made.count, from, only_blank);
        if (got.lines != expected.lines || got.blank != expected.blank || got.next != expected.next) {
          fail("plain_lines differs from its definition", only_blank, round);
        }
        passed += got.lines;
        const uint8_t *const feed = memchr(made.bytes + got.next, '\n', made.count - got.next);
        if (feed == NULL) break;
        from = (size_t)(feed - made.bytes) + 1;
      }
    }
    for (size_t i = 0; i < needle_count; i++) {
      bool expected = false;
      for (size_t at = 0; at + lengths[i] <= made.count && !expected; at++) {
        expected = memcmp(made.bytes + at, needles[i], lengths[i]) == 0;
      }
      if (text_contains(made.bytes, made.count, needles[i], lengths[i]) != expected) {
        fail("text_contains differs from its definition", (int)i, round);
      }
    }
    free(made.bytes);
  }
  for (int level = 0; level <= (int)best; level++) line_filter_destroy(filters[level]);
  // A check that met nothing would prove nothing.
  if (hits < rounds || passed < rounds) fail("the buffers held too little", 0, rounds);
  printf("%zu buffers, %zu lines hit, %zu lines passed, levels 0 to %d: the same\n", rounds, hits, passed, (int)best);
  return 0;
}
