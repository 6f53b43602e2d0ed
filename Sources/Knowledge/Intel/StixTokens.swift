/// The words of a STIX pattern.
enum StixToken: Equatable {
  case word(String)
  case text(String)
  case number(Double)
  /// `[`, `]`, `(`, `)`, `,` or a comparison such as `>=`.
  case sign(String)

  static let maximumCount = 100_000

  static func tokens(of text: String) throws(StixPattern.Refusal) -> [StixToken] {
    let bytes = Array(text.utf8)
    var tokens: [StixToken] = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case 0...0x20: at += 1
      case UInt8(ascii: "'"): tokens.append(try quoted(bytes, &at))
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"),
        UInt8(ascii: ","):
        tokens.append(.sign(String(Unicode.Scalar(byte))))
        at += 1
      case _ where isOfComparison(byte):
        let isTwo = at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "=")
        let end = at + (isTwo ? 2 : 1)
        tokens.append(.sign(String(decoding: bytes[at..<end], as: UTF8.self)))
        at = end
      default: tokens.append(try word(bytes, &at))
      }
      guard tokens.count <= maximumCount else { throw .init(reason: "a pattern that is too long") }
    }
    return tokens
  }

  private static func isOfComparison(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "!")
  }

  /// A text in quotes, in which a backslash is before a quote or another one.
  private static func quoted(
    _ bytes: [UInt8], _ at: inout Int
  ) throws(StixPattern.Refusal) -> StixToken {
    var value: [UInt8] = []
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "'") { return .text(String(decoding: value, as: UTF8.self)) }
      if byte == UInt8(ascii: "\\"), at < bytes.count {
        value.append(bytes[at])
        at += 1
      } else {
        value.append(byte)
      }
    }
    throw .init(reason: "a pattern with an open quote")
  }

  /// `protocols[0]` is one word.
  private static func word(
    _ bytes: [UInt8], _ at: inout Int
  ) throws(StixPattern.Refusal) -> StixToken {
    let start = at
    var depth = 0
    scan: while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"):
        depth -= 1
        if depth < 0 { break scan }
      case 0...0x20, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "'"):
        break scan
      case let byte where isOfComparison(byte): break scan
      default: break
      }
      at += 1
    }
    guard at > start else { throw .init(reason: "a pattern that cannot be read") }
    let word = String(decoding: bytes[start..<at], as: UTF8.self)
    let first = bytes[start]
    if first == 0x2D || (0x30...0x39).contains(first), let number = Double(word) {
      return .number(number)
    }
    return .word(word)
  }
}
