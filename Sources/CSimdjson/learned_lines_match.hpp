// Whether a line is written like a known one: included once per form with these macros set.
//   MATCH(name)   the form's function of that name
//   MATCH_TARGET  the function attribute that allows its instructions
//   MATCH_QUOTES  how quotes are noted: quote_bits or quote_places
// A form has
//   block(p)          what stands in the 64 bytes at `p`, as a `block`
//   simple(p)         the bytes among them that can stand behind a backslash, \u not among them
//   differs(a, b, n)  whether `n` bytes at `a` and `b` differ; both can be read 64 bytes beyond

// Finds the quotes of the line at `line`; its length is 0 where no line can be known.
MATCH_TARGET void MATCH(mark)(const uint8_t *line, const uint8_t *end, line_marks &marks) {
  marks.length = 0;
  marks.controls = 0;
  marks.has_high = false;
  size_t count = 0;
  uint64_t carry = 0;
  for (size_t at = 0; at < line_marks::longest; at += 64) {
    const uint8_t *const p = line + at;
    const block here = MATCH(block)(p);
    // The bits of this line, and whether it ends here.
    uint64_t valid = ~uint64_t(0);
    bool is_last = false;
    if (__builtin_expect(here.others != 0 || end - p < 64, 0)) {
      if (end - p < 64) {
        valid = (uint64_t(1) << (end - p)) - 1;
        is_last = true;
      }
      for (uint64_t others = here.others & valid; others != 0; others &= others - 1) {
        const int place = __builtin_ctzll(others);
        if (p[place] == '\n') {
          valid = (uint64_t(1) << place) - 1;
          is_last = true;
          break;
        }
        if (p[place] < 0x20) marks.controls++;
        else marks.has_high = true;
      }
    }
    uint64_t quotes = here.quotes;
    if ((here.backslashes | carry) != 0) {
      const uint64_t escaped = escaped_bytes(here.backslashes, carry);
      const uint64_t rare = escaped & valid & ~(quotes | here.backslashes);
      if (rare != 0) {
        const uint64_t codes = rare & ~MATCH(simple)(p);
        if (codes != 0 && !are_codes(p, codes)) return;
      }
      quotes &= ~escaped;
    }
    count = MATCH_QUOTES::put(marks, count, at, quotes & valid);
    if (!is_last) continue;
    marks.length = at + size_t(__builtin_popcountll(valid));
    marks.quote_count = count;
    MATCH_QUOTES::end(marks);
    return;
  }
}

MATCH_TARGET bool MATCH(match)(
    const learned_lines::pattern &known, const uint8_t *line, const line_marks &marks,
    learned_lines::written *values) {
  if (marks.quote_count != known.quote_count || marks.controls != known.controls) return false;
  const uint8_t *const bytes = reinterpret_cast<const uint8_t *>(known.bytes.data());
  const ptrdiff_t length = ptrdiff_t(marks.length);
  const ptrdiff_t head = ptrdiff_t(known.literals[0].count);
  if (length < head || MATCH(differs)(line, bytes, size_t(head))) return false;
  // Where a value begins: where the literal before it ends.
  ptrdiff_t at = head;
  for (size_t index = 1; index < known.literals.size(); index++) {
    const learned_lines::literal &next = known.literals[index];
    const ptrdiff_t start = MATCH_QUOTES::next(marks, next.quote, at) - ptrdiff_t(next.quote_offset);
    if (start < at || length - start < ptrdiff_t(next.count)) return false;
    if (next.follows_number && !is_whole_number(line + at, line + start)) return false;
    if (MATCH(differs)(line + start, bytes + next.bytes, next.count)) return false;
    *values++ = {line + at, size_t(start - at)};
    at = start + ptrdiff_t(next.count);
  }
  if (at != length) return false;
  return !marks.has_high || simdjson::validate_utf8(reinterpret_cast<const char *>(line), marks.length);
}

#undef MATCH
#undef MATCH_TARGET
#undef MATCH_QUOTES
