/// Measures and truncates text by terminal columns rather than bytes.
enum DisplayWidth {
  /// 0 for what is drawn onto its neighbour or not at all, 2 for East Asian wide and for emoji, else 1.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.isHidden ? 0 : 1 }
    if scalar.isMark || scalar.isHidden && scalar != "\u{3000}" { return 0 }
    if (0x1F1E6...0x1F1FF).contains(scalar.value) { return 1 }  // two of them make one flag
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
      ? 2 : 1
  }

  static func of(_ text: String) -> Int {
    text.utf8.allSatisfy { 32 <= $0 && $0 < 127 }
      ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// Source: Unicode Standard Annex #11, `W` and `F`, coarsened over unassigned gaps.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
    0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FB,
    0x1F200...0x1F265, 0x1F300...0x1F320, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]

  /// The longest beginning that takes at most `columns`.
  static func prefix(_ text: String, _ columns: Int) -> Substring {
    var used = 0
    var end = text.startIndex
    for index in text.unicodeScalars.indices {
      used += of(text.unicodeScalars[index])
      if used > columns { break }
      end = text.unicodeScalars.index(after: index)
    }
    return text[..<end]
  }

  /// The longest end that takes at most `columns`, and does not begin with a mark.
  static func suffix(_ text: String, _ columns: Int) -> Substring {
    var used = 0
    var start = text.endIndex
    for index in text.unicodeScalars.indices.reversed() {
      let columnsOfScalar = of(text.unicodeScalars[index])
      used += columnsOfScalar
      if used > columns { break }
      if columnsOfScalar > 0 { start = index }
    }
    return text[start...]
  }

  /// `text`, with its middle left out where it takes more than `columns`: of a path both ends matter,
  /// the last one more.
  static func fitted(_ text: String, _ columns: Int) -> String {
    guard of(text) > columns else { return text }
    guard columns > 8 else { return String(prefix(text, columns)) }
    let head = (columns - 3) / 3
    return prefix(text, head) + "..." + suffix(text, columns - 3 - head)
  }

  static func padded(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - of(text)))
  }
}
