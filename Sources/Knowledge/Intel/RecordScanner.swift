/// Finds the values of objects in JSON without making anything of them.
struct RecordScanner {
  private struct Name {
    var bytes: [UInt8]
    var column: IntelColumn?
    var unknown: UnknownName?
    var part: Part?
  }

  /// What an object may be around a record; see ``FeedJSON/inner(_:)``.
  enum Part {
    case source, threat, indicator, records, properties
    /// Of a connection, beside the record.
    case connection

    init?(_ name: String) {
      switch name {
      case "_source": self = .source
      case "threat": self = .threat
      case "indicator": self = .indicator
      case "decisions", "indicators": self = .records
      case "properties": self = .properties
      case let name where FeedField.partsOfConnections.contains(name): self = .connection
      default: return nil
      }
    }
  }

  /// Names in the order in which the last object had them, which nearly always is that of the next one.
  private var names: [Name] = []
  private var cells: [EntryCell] = []
  /// The parts of the last object that have parts of their own.
  private(set) var parts: [(part: Part, range: Range<Int>)] = []

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
    parts.removeAll(keepingCapacity: true)
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
      let hasParts = text[at] == UInt8(ascii: "{") || text[at] == UInt8(ascii: "[")
      let part = hasParts ? names[name].part : nil
      if part == nil, !isText, !isNull, EntryTemplates.isOwn(names[name].column),
        !(at..<valueEnd).allSatisfy({ (0x30...0x39).contains(text[$0]) })
      {
        return nil
      }
      if let part {
        parts.append((part, object.lowerBound + at..<object.lowerBound + valueEnd))
      }
      let range = isText ? at + 1..<valueEnd - 1 : isNull ? at..<at : at..<valueEnd
      cells.append(
        EntryCell(
          column: names[name].column, unknown: names[name].unknown,
          name: name * 2 + (isText ? 1 : 0),
          range: object.lowerBound + range.lowerBound..<object.lowerBound + range.upperBound,
          hasParts: hasParts))
      at = Self.afterBlanks(text, valueEnd)
      guard at < text.count, text[at] == UInt8(ascii: ",") else { break }
      at = Self.afterBlanks(text, at + 1)
    }
    guard at < text.count, text[at] == UInt8(ascii: "}"),
      Self.afterBlanks(text, at + 1) == text.count
    else { return nil }
    return cells
  }

  /// Whether a value has this name.
  func isNamed(_ cell: EntryCell, _ name: String) -> Bool {
    names[cell.name / 2].bytes.elementsEqual(name.utf8)
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
      Name(
        bytes: bytes, column: column, unknown: column == nil ? UnknownName(text) : nil,
        part: Part(text)))
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
        case 0x20:
          at = afterBlanks(text, at)
          continue
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

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  private static func endOfString(_ text: Span<UInt8>, _ start: Int) -> Int? {
    var at = start + 1
    while at < text.count {
      // Eight bytes at a time, as long as there is neither a quote nor a backslash among them.
      while at + 8 <= text.count {
        let word = UInt64(
          littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
        let quotes = word ^ 0x2222_2222_2222_2222
        let slashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let found =
          ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes) & 0x8080_8080_8080_8080
        if found != 0 {
          at += found.trailingZeroBitCount / 8
          break
        }
        at += 8
      }
      guard at < text.count else { return nil }
      let byte = text[at]
      if byte == UInt8(ascii: "\"") { return at + 1 }
      at += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  private static func afterBlanks(_ text: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while at < text.count, text[at] <= 0x20 {
      at += 1
      // Of indented objects much is blanks.
      while at + 8 <= text.count,
        unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
          == 0x2020_2020_2020_2020
      { at += 8 }
    }
    return at
  }
}
