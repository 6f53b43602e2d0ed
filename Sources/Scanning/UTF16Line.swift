/// Tells lines of text that was written as UTF-16 (PowerShell's `>` does), which no JSON reader takes.
///
/// Each line is looked at by itself: nothing at the start of an archive can speak for the lines after
/// it, and where an archive is cut does not matter.
enum UTF16Line {
  /// Whether every other byte is NUL, for three characters in four. No JSON holds a NUL.
  ///
  /// - Parameter line: The bytes between two bytes that are line feeds: in UTF-16 the half of one may
  ///   be at its start or its end.
  static func isOne(_ line: UnsafeRawBufferPointer) -> Bool {
    guard unsafe startsAsOne(line) else { return false }
    var nuls = (even: 0, odd: 0)
    for at in line.indices where unsafe line[at] == 0 {
      if at % 2 == 0 { nuls.even += 1 } else { nuls.odd += 1 }
    }
    return max(nuls.even, nuls.odd) * 8 >= line.count * 3
      && min(nuls.even, nuls.odd) * 8 <= line.count
  }

  /// With a byte order mark, or with a NUL among the first two bytes.
  private static func startsAsOne(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let first = unsafe line.first else { return false }
    guard line.count > 1, first != 0 else { return first == 0 }
    let second = unsafe line[1]
    return second == 0 || (first, second) == (0xFF, 0xFE) || (first, second) == (0xFE, 0xFF)
  }
}
