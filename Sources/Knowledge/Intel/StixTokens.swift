/// The words of a STIX pattern.
enum StixToken: Equatable {
  case word(String)
  case text(String)
  case number(Double)
  /// `[`, `]`, `(`, `)`, `,` or a comparison such as `>=`.
  case sign(String)

  static let maximumCount = 100_000

  static func tokens(of text: String) throws(StixPattern.Refusal) -> [StixToken] {
    var tokens: [StixToken] = []
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "'" {
        rest.removeFirst()
        var value = ""
        var isClosed = false
        while let next = rest.popFirst() {
          if next == "'" {
            isClosed = true
            break
          }
          value.append(next == "\\" ? rest.popFirst() ?? next : next)
        }
        guard isClosed else { throw .init(reason: "a pattern with an open quote") }
        tokens.append(.text(value))
      } else if "[](),".contains(first) {
        tokens.append(.sign(String(first)))
        rest.removeFirst()
      } else if "=<>!".contains(first) {
        let isTwo = rest.dropFirst().first == "="
        tokens.append(.sign(String(rest.prefix(isTwo ? 2 : 1))))
        rest = rest.dropFirst(isTwo ? 2 : 1)
      } else {
        tokens.append(try word(&rest))
      }
      guard tokens.count <= maximumCount else { throw .init(reason: "a pattern that is too long") }
    }
    return tokens
  }

  /// `protocols[0]` is one word.
  private static func word(_ rest: inout Substring) throws(StixPattern.Refusal) -> StixToken {
    var word = ""
    var depth = 0
    while let next = rest.first {
      if next == "[" { depth += 1 }
      if next == "]" { depth -= 1 }
      if depth < 0 || next.isWhitespace || "(),='<>!".contains(next) { break }
      word.append(next)
      rest.removeFirst()
    }
    guard !word.isEmpty else { throw .init(reason: "a pattern that cannot be read") }
    if let first = word.utf8.first, first == 0x2D || (0x30...0x39).contains(first),
      let number = Double(word)
    {
      return .number(number)
    }
    return .word(word)
  }
}
