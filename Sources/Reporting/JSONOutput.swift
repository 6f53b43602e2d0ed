/// A JSON value to be written: keys sorted by bytes, always valid UTF-8.
///
/// Characters that could harm a terminal or deceive a reader (controls, direction marks, zero-width)
/// are written as `\u…`: a parser gets the value unchanged.
package enum JSONOutput: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  /// `scaled` / 10^`digits`, with exactly that many digits after the point.
  case decimal(scaled: Int, digits: Int)
  case string(String)
  case array([JSONOutput])
  /// An array with this number of elements, each made when it is written: a hundred thousand findings need
  /// not be in memory twice.
  case elements(Int, @Sendable (Int) -> JSONOutput)
  /// Keys in any order, each once.
  case object([(key: String, value: JSONOutput)])
}

extension JSONOutput {
  package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  package init(_ number: Int?) { self = number.map { .int($0) } ?? .null }

  package static func strings(_ texts: some Sequence<String>) -> Self {
    .array(texts.map { .string($0) })
  }
}

extension JSONOutput: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral
{
  package init(dictionaryLiteral elements: (String, JSONOutput)...) {
    self = .object(elements.map { (key: $0.0, value: $0.1) })
  }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(arrayLiteral elements: JSONOutput...) { self = .array(elements) }
}

// MARK: - Writing

extension JSONOutput {
  /// On several lines, two spaces to the level, with a line feed at the end.
  package func indented() -> [UInt8] {
    var output: [UInt8] = []
    write(to: &output, level: 0)
    output.append(UInt8(ascii: "\n"))
    return output
  }

  /// Without a blank or line break.
  package func compact() -> [UInt8] {
    var output: [UInt8] = []
    write(to: &output, level: nil)
    return output
  }

  /// - Parameter level: The level of indentation; nil for the compact form.
  func write(to output: inout [UInt8], level: Int?) {
    switch self {
    case .null: output.write("null")
    case .bool(let value): output.write(value ? "true" : "false")
    case .int(let value): output.write(String(value))
    case .decimal(let scaled, let digits): output.write(Self.text(scaled, digits))
    case .string(let text): Self.write(text, to: &output)
    case .array(let values):
      Self.list(values.count, "[", "]", to: &output, level) { index, output, level in
        values[index].write(to: &output, level: level)
      }
    case .elements(let count, let element):
      Self.list(count, "[", "]", to: &output, level) { index, output, level in
        element(index).write(to: &output, level: level)
      }
    case .object(let members):
      let members = Self.sorted(members)
      Self.list(members.count, "{", "}", to: &output, level) { index, output, level in
        Self.write(members[index].key, to: &output)
        output.append(UInt8(ascii: ":"))
        if level != nil { output.append(UInt8(ascii: " ")) }
        members[index].value.write(to: &output, level: level)
      }
    }
  }

  private static func list(
    _ count: Int, _ open: String, _ close: String, to output: inout [UInt8], _ level: Int?,
    _ body: (Int, inout [UInt8], Int?) -> Void
  ) {
    output.write(open)
    for index in 0..<count {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      if let level { output.newLine(level + 1) }
      body(index, &output, level.map { $0 + 1 })
    }
    if let level, count > 0 { output.newLine(level) }
    output.write(close)
  }

  /// - Precondition: No key appears twice.
  private static func sorted(_ members: [(key: String, value: JSONOutput)])
    -> [(key: String, value: JSONOutput)]
  {
    let isSorted = zip(members, members.dropFirst()).allSatisfy { isBefore($0.key, $1.key) }
    if isSorted { return members }
    let sorted = members.sorted { isBefore($0.key, $1.key) }
    precondition(
      zip(sorted, sorted.dropFirst()).allSatisfy { isBefore($0.key, $1.key) }, "a key appears twice"
    )
    return sorted
  }

  private static func text(_ scaled: Int, _ digits: Int) -> String {
    let figures = String(scaled.magnitude)
    let padded = String(repeating: "0", count: max(0, digits + 1 - figures.count)) + figures
    let sign = scaled < 0 ? "-" : ""
    return digits == 0
      ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var text = text
    let isPrintable = text.withUTF8 { unsafe writePrintable($0, to: &output) }
    if !isPrintable {
      for scalar in text.unicodeScalars { write(scalar, to: &output) }
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Writes a text of printable ASCII: of those, paths among them, only quotes and backslashes are escaped.
  ///
  /// - Returns: Whether the text is one; if not, nothing is written.
  private static func writePrintable(
    _ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]
  ) -> Bool {
    // Both of all bytes, so that many are looked at in one step.
    var (others, escapes) = (0 as UInt8, 0 as UInt8)
    for at in text.indices {
      let byte = unsafe text[at]
      others |= byte &- 32 < 95 ? 0 : 1
      escapes |= isEscaped(byte) ? 1 : 0
    }
    guard others == 0 else { return false }
    guard escapes > 0 else {
      unsafe output.append(contentsOf: text)
      return true
    }
    var start = 0
    for at in text.indices where unsafe isEscaped(text[at]) {
      unsafe output.append(contentsOf: text[start..<at])
      output.append(UInt8(ascii: "\\"))
      start = at
    }
    unsafe output.append(contentsOf: text[start...])
    return true
  }

  @inline(__always)
  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func write(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    switch scalar {
    case "\"": output.write("\\\"")
    case "\\": output.write("\\\\")
    case "\n": output.write("\\n")
    case "\r": output.write("\\r")
    case "\t": output.write("\\t")
    case _ where scalar != " " && scalar.isHidden:
      for unit in UTF16.encode(scalar)! {
        let digits = String(unit, radix: 16)
        output.write("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
      }
    default: output.append(contentsOf: UTF8.encode(scalar)!)
    }
  }
}

extension [UInt8] {
  mutating func write(_ text: some StringProtocol) { append(contentsOf: text.utf8) }

  fileprivate mutating func newLine(_ level: Int) {
    append(UInt8(ascii: "\n"))
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
  }
}

/// Byte order: the same everywhere, and what the findings themselves are sorted by.
func isBefore(_ a: String, _ b: String) -> Bool {
  var (a, b) = (a, b)
  return a.withUTF8 { left in b.withUTF8 { right in unsafe left.lexicographicallyPrecedes(right) } }
}
