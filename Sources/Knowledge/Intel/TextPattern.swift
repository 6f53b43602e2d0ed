/// A text with wildcards for one character or any number of them. Letters match in either
/// case unless the pattern is cased.
package struct TextPattern: Hashable, Sendable {
  // Bytes that UTF-8 never has.
  private static let anyOne: UInt8 = 0xFF
  private static let anyMany: UInt8 = 0xFE

  /// UTF-8, with wildcards in it.
  private var parts: [UInt8] = []
  package let isCased: Bool

  /// A text without wildcards.
  package init(literal text: String, isCased: Bool = false) {
    self.isCased = isCased
    append(literal: text)
  }

  /// As Sigma writes it: `*` and `?` are wildcards, a backslash before one of them, or before another
  /// backslash, takes that from them; before anything else it is itself.
  package init(sigma text: String, isCased: Bool = false) {
    self.isCased = isCased
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        if scalar != "*", scalar != "?", scalar != "\\" { parts.append(UInt8(ascii: "\\")) }
        append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "*" {
        parts.append(Self.anyMany)
      } else if scalar == "?" {
        parts.append(Self.anyOne)
      } else {
        append(scalar)
      }
    }
    if isEscaped { parts.append(UInt8(ascii: "\\")) }
  }

  /// As SQL and STIX write it: `%` is any number of characters, `_` is one.
  package init(like text: String) {
    isCased = true
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": parts.append(Self.anyMany)
      case "_": parts.append(Self.anyOne)
      default: append(scalar)
      }
    }
  }

  /// As suppressions write it: `*` and `?` are wildcards, and in brackets, as `[` is, they are themselves.
  init(bracketed text: String) {
    isCased = false
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if scalar == "[", let inner = rest.first, "*?[".unicodeScalars.contains(inner),
        rest.dropFirst().first == "]"
      {
        append(inner)
        rest = rest.dropFirst(2)
      } else if scalar == "*" {
        parts.append(Self.anyMany)
      } else if scalar == "?" {
        parts.append(Self.anyOne)
      } else {
        append(scalar)
      }
    }
  }

  private mutating func append(literal text: String) {
    for scalar in text.unicodeScalars { append(scalar) }
  }

  private mutating func append(_ scalar: Unicode.Scalar) { append(scalar, to: &parts) }

  /// Adds a character as it is compared. Nearly all are ASCII, whose mapping need not be looked up.
  private func append(_ scalar: Unicode.Scalar, to characters: inout [UInt8]) {
    if scalar.isASCII {
      let byte = UInt8(truncatingIfNeeded: scalar.value)
      characters.append(!isCased && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
    } else if isCased {
      characters.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    } else {
      characters.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    }
  }

  /// The same, with anything before or after it.
  package func within(before: Bool, after: Bool) -> TextPattern {
    var pattern = self
    if before, pattern.parts.first != Self.anyMany { pattern.parts.insert(Self.anyMany, at: 0) }
    if after, pattern.parts.last != Self.anyMany { pattern.parts.append(Self.anyMany) }
    return pattern
  }

  /// The same for all texts that a pattern in either case does not tell apart.
  package static func folded(_ text: String) -> String {
    TextPattern(literal: text).description
  }

  /// The only text that it matches, where there is only one.
  package var plainText: String? {
    guard !parts.contains(where: { $0 >= Self.anyMany }) else { return nil }
    return description
  }

  /// - Complexity: O(*n* · *m*) in the bytes of text and pattern.
  package func matches(_ text: String) -> Bool {
    var characters: [UInt8] = []
    characters.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars { append(scalar, to: &characters) }
    return Self.matches(characters, parts)
  }

  /// After a star that covers too little, let the last star take one character more.
  private static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (at, here) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while at < text.count {
      if here < pattern.count, pattern[here] == anyMany {
        star = (here, at)
        here += 1
      } else if here < pattern.count, pattern[here] == text[at] {
        here += 1
        at += 1
      } else if here < pattern.count, pattern[here] == anyOne, !text[at].isContinuation {
        here += 1
        at += 1
        while at < text.count, text[at].isContinuation { at += 1 }
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        here = last.pattern + 1
        at = last.text + 1
      } else {
        return false
      }
    }
    return pattern[here...].allSatisfy { $0 == anyMany }
  }
}

extension TextPattern: CustomStringConvertible {
  package var description: String {
    let bytes = parts.map { part -> UInt8 in
      switch part {
      case Self.anyMany: UInt8(ascii: "*")
      case Self.anyOne: UInt8(ascii: "?")
      default: part
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension UInt8 {
  /// Whether it continues a character of UTF-8.
  fileprivate var isContinuation: Bool { self & 0xC0 == 0x80 }
}
