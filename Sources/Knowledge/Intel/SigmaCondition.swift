import Diagnostics

/// The condition of a rule: selections joined by `and`, `or`, `not`, brackets, `1 of`, `all of`.
struct SigmaCondition {
  typealias Refusal = SigmaReader.Refusal

  private enum Token: Equatable {
    case word(String)
    case open, close
  }

  private var tokens: ArraySlice<Token>
  private let selections: SigmaSelections
  private var depth = 0
  private let hasPipe: Bool

  init(_ text: String, _ selections: SigmaSelections) {
    var tokens: [Token] = []
    var word = ""
    func finish() {
      if !word.isEmpty { tokens.append(.word(word)) }
      word = ""
    }
    for character in text {
      if character.isWhitespace {
        finish()
      } else if character == "(" || character == ")" {
        finish()
        tokens.append(character == "(" ? .open : .close)
      } else {
        word.append(character)
      }
    }
    finish()
    self.tokens = tokens[...]
    self.selections = selections
    hasPipe = text.contains("|")
  }

  mutating func parse() throws(Refusal) -> Condition {
    if hasPipe { throw Refusal("a condition that counts (after '|')") }
    guard tokens.count <= 10_000 else { throw Refusal("a condition that is too long") }
    let condition = try alternatives()
    guard tokens.isEmpty else { throw Refusal("a condition that cannot be read") }
    return condition
  }

  private func next(is word: String) -> Bool {
    if case .word(let text)? = tokens.first { text.lowercased() == word } else { false }
  }

  private mutating func alternatives() throws(Refusal) -> Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 200 else { throw Refusal("a condition with too many brackets") }
    var ways = [try conjunction()]
    while next(is: "or") {
      tokens.removeFirst()
      ways.append(try conjunction())
    }
    return ways.count == 1 ? ways[0] : .any(ways)
  }

  private mutating func conjunction() throws(Refusal) -> Condition {
    var parts = [try negation()]
    while next(is: "and") {
      tokens.removeFirst()
      parts.append(try negation())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(Refusal) -> Condition {
    var isNegated = false
    while next(is: "not") {
      tokens.removeFirst()
      isNegated.toggle()
    }
    let operand = try self.operand()
    return isNegated ? .not(operand) : operand
  }

  private mutating func operand() throws(Refusal) -> Condition {
    switch tokens.popFirst() {
    case .open:
      let inner = try alternatives()
      guard tokens.popFirst() == .close else { throw Refusal("a condition with an open bracket") }
      return inner
    case .word(let word):
      if next(is: "of") { return try quantified(word.lowercased()) }
      return try selections.condition(word)
    case .close, nil: throw Refusal("a condition that ends too early")
    }
  }

  /// `1 of selection_*`, `all of them`.
  private mutating func quantified(_ quantity: String) throws(Refusal) -> Condition {
    tokens.removeFirst()
    guard case .word(let pattern)? = tokens.popFirst() else {
      throw Refusal("a condition that ends too early")
    }
    let names = selections.names.filter { name in
      pattern.lowercased() == "them"
        ? !name.hasPrefix("_")
        : TextPattern(sigma: pattern.replacing("?", with: "\\?"), isCased: true).matches(name)
    }
    guard !names.isEmpty else {
      throw Refusal("a condition that asks for \(quoted(pattern)), of which there is none")
    }
    var parts: [Condition] = []
    for name in names { parts.append(try selections.condition(name)) }
    switch quantity {
    case "1", "any": return parts.count == 1 ? parts[0] : .any(parts)
    case "all": return parts.count == 1 ? parts[0] : .all(parts)
    default: throw Refusal("\(quantity) of several: only 1, any and all are known")
    }
  }
}
