/// Finds the values of objects in JSON without making anything of them.
struct RecordScanner {
  private struct Name {
    var bytes: [UInt8]
    var column: IntelColumn?
    var unknown: UnknownName?
  }

  /// Names in the order in which the last object had them, which nearly always is that of the next one.
  private var names: [Name] = []
  private var cells: [EntryCell] = []

  /// Maximum number of names that are told apart; records with more are read another way.
  private static let maxNames = 256

  /// The values of an object with whatever is between their quotes or brackets; nil for what is not an
  /// object, and for one that has to be looked at more closely.
  ///
  /// Values that are not looked at here may be no JSON at all: what a value means is made out elsewhere.
  ///
  /// - Complexity: O(*n*) in the bytes of the object.
  mutating func cells(of bytes: [UInt8], _ object: Range<Int>) -> [EntryCell]? {
    cells.removeAll(keepingCapacity: true)
    let text = bytes.span.extracting(object)
    var at = Self.afterBlanks(text, 0)
    guard at < text.count, text[at] == UInt8(ascii: "{") else { return nil }
    at = Self.afterBlanks(text, at + 1)
    var expected = 0
    while at < text.count, text[at] == UInt8(ascii: "\"") {
      let start = at + 1
      guard let end = Self.end(of: text, at), let name = name(text, start..<end - 1, &expected)
      else { return nil }
      at = Self.afterBlanks(text, end)
      guard at < text.count, text[at] == UInt8(ascii: ":") else { return nil }
      at = Self.afterBlanks(text, at + 1)
      guard let valueEnd = Self.end(of: text, at), valueEnd > at else { return nil }
      let isText = text[at] == UInt8(ascii: "\"")
      let isNull = text[at] == UInt8(ascii: "n")
      if !isText, !isNull, EntryTemplates.isOwn(names[name].column),
        !(at..<valueEnd).allSatisfy({ (0x30...0x39).contains(text[$0]) })
      {
        return nil
      }
      let range = isText ? at + 1..<valueEnd - 1 : isNull ? at..<at : at..<valueEnd
      cells.append(
        EntryCell(
          column: names[name].column, unknown: names[name].unknown,
          name: name * 2 + (isText ? 1 : 0),
          range: object.lowerBound + range.lowerBound..<object.lowerBound + range.upperBound))
      at = Self.afterBlanks(text, valueEnd)
      guard at < text.count, text[at] == UInt8(ascii: ",") else { break }
      at = Self.afterBlanks(text, at + 1)
    }
    guard at < text.count, text[at] == UInt8(ascii: "}"),
      Self.afterBlanks(text, at + 1) == text.count
    else { return nil }
    return cells
  }

  /// The number of a name; `expected` is the one that comes next, most of the time.
  private mutating func name(
    _ text: Span<UInt8>, _ range: Range<Int>, _ expected: inout Int
  ) -> Int? {
    if expected < names.count, Self.equal(names[expected].bytes, text, range) {
      expected += 1
      return expected - 1
    }
    if let found = names.firstIndex(where: { Self.equal($0.bytes, text, range) }) {
      expected = found + 1
      return found
    }
    let bytes = range.map { text[$0] }
    guard names.count < Self.maxNames, !bytes.contains(UInt8(ascii: "\\")) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let column = IntelColumn(text)
    names.append(
      Name(bytes: bytes, column: column, unknown: column == nil ? UnknownName(text) : nil))
    expected = names.count
    return names.count - 1
  }

  private static func equal(_ name: [UInt8], _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard name.count == range.count else { return false }
    for index in name.indices where name[index] != text[range.lowerBound + index] { return false }
    return true
  }

  // MARK: Values

  /// Where the value that begins at `start` ends; nil where the bytes end first.
  static func end(of bytes: [UInt8], _ start: Int) -> Int? { end(of: bytes.span, start) }

  private static func end(of text: Span<UInt8>, _ start: Int) -> Int? {
    var at = start
    guard at < text.count else { return nil }
    switch text[at] {
    case UInt8(ascii: "\""): return endOfString(text, at)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var depth = 0
      while at < text.count {
        switch text[at] {
        case UInt8(ascii: "\""):
          guard let end = endOfString(text, at) else { return nil }
          at = end
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if depth == 0 { return at + 1 }
        default: break
        }
        at += 1
      }
      return nil
    default:
      while at < text.count, text[at] > 0x20, text[at] != UInt8(ascii: ","),
        text[at] != UInt8(ascii: "}"), text[at] != UInt8(ascii: "]")
      {
        at += 1
      }
      return at < text.count ? at : nil
    }
  }

  private static func endOfString(_ text: Span<UInt8>, _ start: Int) -> Int? {
    var at = start + 1
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "\"") { return at + 1 }
      at += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  private static func afterBlanks(_ text: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while at < text.count, text[at] <= 0x20 { at += 1 }
    return at
  }
}
