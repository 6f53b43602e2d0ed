import JSON

/// A text of names and values: `Key=value`, `Key="value"` or `Key: value`, one after the other, as Splunk, NXLog,
/// syslog's structured data (RFC 5424) and agents that flatten `EventData` write them.
///
/// It is read as the JSON object with these members. What separates them is what comes before one of Sysmon's
/// own names; a value ends where the next name begins. Others write some of the values: a text in which a
/// name that counts is there twice is refused, not guessed.
@safe struct NamedValues {
  enum Outcome {
    case none
    case refused(StaticString)
    /// A JSON object.
    case object([UInt8])
  }

  /// What such a text of an event that matters here has one of.
  private static let required: [StaticString] = ["DestinationPort", "ParentImage", "TargetObject"]

  private static let equals = UInt8(ascii: "=")
  private static let colon = UInt8(ascii: ":")

  private let text: UnsafeRawBufferPointer
  private let mark: UInt8
  /// What is between two members, and between the quotes of a name and a value.
  private let separator: [UInt8]

  /// Whether a text seems to be one.
  static func isOne(_ text: UnsafeRawBufferPointer) -> Bool { unsafe NamedValues(text) != nil }

  static func read(_ text: UnsafeRawBufferPointer, names: FieldNames) -> Outcome {
    guard let values = unsafe NamedValues(text) else { return .none }
    return values.read(names)
  }

  private init?(_ text: UnsafeRawBufferPointer) {
    unsafe self.text = text
    for name in Self.required {
      var from = 0
      while let start = unsafe text.firstIndex(of: name, from: from) {
        from = start + name.utf8CodeUnitCount
        if let (mark, separator) = unsafe Self.style(of: text, nameAt: start..<from) {
          self.mark = mark
          self.separator = separator
          return
        }
      }
    }
    return nil
  }

  /// How a member is written whose name is known; nil where it is not a member.
  private static func style(
    of text: UnsafeRawBufferPointer, nameAt name: Range<Int>
  ) -> (mark: UInt8, separator: [UInt8])? {
    var at = name.upperBound
    var start = name.lowerBound
    if start > 0, at < text.count, unsafe isQuote(text[at]), unsafe text[start - 1] == text[at] {
      at += 1
      start -= 1
    }
    guard at < text.count, start > 0, unsafe text[at] == equals || text[at] == colon else {
      return nil
    }
    let mark = unsafe text[at]
    guard unsafe mark == equals || at + 1 == text.count || text[at + 1].isBlank else { return nil }
    var separator: [UInt8] = []
    while start > 0, separator.count < 2, case let byte = unsafe text[start - 1],
      isSeparator(byte)
    {
      separator.insert(byte, at: 0)
      start -= 1
      // Blanks may align members, but one separates them; a comma and the like end here.
      if byte.isBlank && start > 0, unsafe text[start - 1].isBlank { break }
    }
    return separator.isEmpty ? nil : (mark, separator)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte.isBlank
      || [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: "^")]
        .contains(byte)
  }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  private var count: Int { unsafe text.count }

  private func byte(_ at: Int) -> UInt8 { unsafe text[at] }

  // MARK: - Members

  private struct Member {
    var name: Range<Int>
    /// Where the value begins, after blanks and its opening quote.
    var value: Int
    /// Where the value ends, if quotes say so.
    var end: Int?
    /// Where the member and the quote before its name begin.
    var start: Int
  }

  private func read(_ names: FieldNames) -> Outcome {
    var members: [Member] = []
    var at = 0
    while let member = nextMember(from: at) {
      members.append(member)
      at = member.end.map { $0 + 1 } ?? member.value
    }
    var object = unsafe JSONObjectText(SyslogHeader(text))
    var seen: Set<Int> = []
    for (index, member) in members.enumerated() {
      let name = unsafe UnsafeRawBufferPointer(rebasing: text[member.name])
      if let slot = unsafe names.slot(ofName: name), slot != Slot.unused.rawValue,
        !seen.insert(slot).inserted
      {
        return .refused("its text has a name twice")
      }
      let next = index + 1 < members.count ? members[index + 1].start : nil
      let value = value(of: member, next: next)
      if unsafe name.equals("DestinationPort") {
        guard (1...5).contains(value.count), value.allSatisfy(\.isDigit) else {
          return .refused("the values of its text do not fit their names")
        }
      }
      unsafe object.add(name, value)
    }
    return .object(object.bytes)
  }

  private func value(of member: Member, next: Int?) -> [UInt8] {
    if let end = member.end {
      let bytes = unsafe Array(text[member.value..<end])
      return bytes.withHalvedBackslashes ?? bytes
    }
    var end = max(member.value, next ?? count)
    while end > member.value, Self.isSeparator(byte(end - 1)) { end -= 1 }
    // The bracket that closes the whole text, where one opens it.
    if next == nil, end > member.value, unsafe text.prefix(2).contains(UInt8(ascii: "{")),
      byte(end - 1) == UInt8(ascii: "}")
    {
      end -= 1
    }
    return unsafe Array(text[member.value..<end])
  }

  /// The first name from `start` on that has a mark after it and a separator before it.
  private func nextMember(from start: Int) -> Member? {
    var from = start
    while let at = unsafe text.firstIndex(of: mark, from: from) {
      from = at + 1
      guard let name = name(before: at, from: start) else { continue }
      var value = from
      while value < count, byte(value) == 0x20 { value += 1 }
      var member = Member(name: name.name, value: value, start: name.start)
      if value < count, case let quote = byte(value), Self.isQuote(quote),
        let end = closing(quote, from: value + 1)
      {
        member.value += 1
        member.end = end
      }
      return member
    }
    return nil
  }

  /// The name before the mark at `at`, and where it begins with its quote; nil where there is none.
  private func name(before at: Int, from first: Int) -> (name: Range<Int>, start: Int)? {
    guard mark == Self.equals || at + 1 == count || byte(at + 1).isBlank else {
      return nil
    }
    var end = at
    let quote = end > first ? byte(end - 1) : 0
    if Self.isQuote(quote) { end -= 1 }
    var name = end
    while name > first, Self.isOfName(byte(name - 1)) { name -= 1 }
    guard name < end else { return nil }
    var start = name
    if Self.isQuote(quote) {
      guard start > first, byte(start - 1) == quote else { return nil }
      start -= 1
    }
    return start == 0 || isAfterSeparator(start) ? (name..<end, start) : nil
  }

  /// The quote that ends a value: the first one after which the text, a bracket or another member comes.
  private func closing(_ quote: UInt8, from start: Int) -> Int? {
    var from = start
    while let at = unsafe text.firstIndex(of: quote, from: from) {
      from = at + 1
      guard from < count else { return at }
      let next = byte(from)
      if next == UInt8(ascii: "]") || next == UInt8(ascii: "}") { return at }
      var end = from
      while end < count, !Self.isOfName(byte(end)) { end += 1 }
      while end < count, Self.isOfName(byte(end)) { end += 1 }
      if end < count, Self.isQuote(byte(end)) { end += 1 }
      if end < count, byte(end) == mark,
        let name = name(before: end, from: from), name.start - from <= max(separator.count, 1)
      {
        return at
      }
    }
    return nil
  }

  private func isAfterSeparator(_ index: Int) -> Bool {
    let last = byte(index - 1)
    if last == 0x0A || last == 0x09 || last == UInt8(ascii: "{") { return true }
    guard index >= separator.count else { return false }
    return separator.indices.allSatisfy {
      byte(index - separator.count + $0) == separator[$0]
    }
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// The text of a JSON object with texts as its members.
struct JSONObjectText {
  private var text: [UInt8] = [UInt8(ascii: "{")]

  /// - Parameter header: Its members come first: of equal names the last counts.
  init(_ header: SyslogHeader) {
    for (name, value) in header.members {
      unsafe add(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }
  }

  var bytes: [UInt8] { text + [UInt8(ascii: "}")] }

  mutating func add(_ name: some Sequence<UInt8>, _ value: some Sequence<UInt8>) {
    if text.count > 1 { text.append(UInt8(ascii: ",")) }
    append(name)
    text.append(UInt8(ascii: ":"))
    append(value)
  }

  private mutating func append(_ string: some Sequence<UInt8>) {
    let quote = UInt8(ascii: "\"")
    let digits = Array("0123456789abcdef".utf8)
    text.append(quote)
    for byte in string {
      switch byte {
      case quote, UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        text += "\\u00".utf8
        text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: text.append(byte)
      }
    }
    text.append(quote)
  }
}

extension [UInt8] {
  /// With half of its backslashes, where each run of them is even: somebody doubled them. Else nil.
  var withHalvedBackslashes: [UInt8]? {
    let backslash = UInt8(ascii: "\\")
    var result: [UInt8] = []
    var at = 0
    while at < count {
      let byte = self[at]
      result.append(byte)
      at += 1
      guard byte == backslash else { continue }
      guard at < count, self[at] == backslash else { return nil }
      at += 1
    }
    return result
  }
}
