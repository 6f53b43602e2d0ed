// Whether a line is written like a known one: included once per form with these macros set.
//   MATCH_NAME    the function's name
//   MATCH_TARGET  the function attribute that allows its instructions
//   MATCH_GLANCE  what stands in the 64 bytes at `p`, as a `glance`
//   MATCH_BLOCK   the same as a `block`
//   MATCH_SIMPLE  the bytes among them that can stand behind a backslash, \u not among them
//   MATCH_DIFFERS whether `count` bytes at `a` and `b` differ; both can be read 64 bytes beyond

MATCH_TARGET size_t MATCH_NAME(
    learned_lines::pattern &known, const uint8_t *line, const uint8_t *end,
    learned_lines::findings &found) {
  const uint8_t *const literals = reinterpret_cast<const uint8_t *>(known.literals.data());
  const uint8_t *p = line;
  learned_lines::written *value = found.values.data();
  bool fits = found.row_room >= 64;
  uint8_t *row = found.row + (fits ? sizeof known.number : 0);
  const uint8_t *const row_end = found.row + found.row_room;
  uint64_t high = 0;
  for (learned_lines::piece &next : known.pieces) {
    if (size_t(end - p) < next.count || MATCH_DIFFERS(p, literals + next.literal, next.count)) return 0;
    p += next.count;
    const uint8_t *const start = p;
    bool has_escapes = false;
    if (next.is_number) {
      p = whole_number_end(p, end);
      if (p == nullptr) return 0;
    } else {
      const glance first = MATCH_GLANCE(p);
      if (first.quotes != 0 && (first.others & below(first.quotes)) == 0) {
        // A short text of plain ASCII, as most are.
        p += __builtin_ctzll(first.quotes);
      } else {
        uint64_t carry = 0;
        while (true) {
          const block here = MATCH_BLOCK(p);
          uint64_t quotes = here.quotes;
          if ((here.backslashes & (quotes ^ (quotes - 1))) != 0 || carry != 0) {
            has_escapes = true;
            const uint64_t escaped = escaped_bytes(here.backslashes, carry);
            quotes &= ~escaped;
            const uint64_t others = escaped & below(quotes) & ~MATCH_SIMPLE(p);
            if (others != 0 && !are_codes(p, others)) return 0;
          }
          if ((here.controls & below(quotes)) != 0) return 0;
          high |= here.high & below(quotes);
          if (quotes != 0) {
            p += __builtin_ctzll(quotes);
            break;
          }
          p += 64;
          if (p >= end) return 0;
        }
      }
      if (p >= end) return 0;
    }
    size_t count = size_t(p - start);
    // Most values are as long as they were last time. Where the next one is looked for then hangs on
    // that, not on the search for this one's end; the compiler must not see that they are equal.
    size_t usual_count = next.usual_count;
    asm("" : "+r"(usual_count));
    if (count == next.usual_count) {
      count = usual_count;
      p = start + usual_count;
    } else {
      next.usual_count = uint32_t(count);
    }
    *value++ = {start, uint32_t(count), next.slot, next.is_number, has_escapes};
    if (!next.is_in_row) continue;
    // No value holds a bare quote: it ends each in the row.
    fits = fits && count + 64 < size_t(row_end - row);
    if (!fits) continue;
    copy(row, start, count);
    row[count] = '"';
    row += count + 1;
  }
  if (size_t(end - p) < known.tail_count || MATCH_DIFFERS(p, literals + known.tail, known.tail_count)) {
    return 0;
  }
  p += known.tail_count;
  if (p != end && *p != '\n') return 0;
  const size_t length = size_t(p - line);
  if (high != 0 && !simdjson::validate_utf8(reinterpret_cast<const char *>(line), length)) return 0;
  if (fits) memcpy(found.row, &known.number, sizeof known.number);
  found.row_count = fits ? size_t(row - found.row) : 0;
  return length;
}

#undef MATCH_NAME
#undef MATCH_TARGET
#undef MATCH_GLANCE
#undef MATCH_BLOCK
#undef MATCH_SIMPLE
#undef MATCH_DIFFERS
