/// A regular expression that takes time in proportion to the text: all ways through it are followed at
/// once (Thompson, 1968), so no text can make it slow. What needs memory of its own (back references,
/// looking around) is refused by name.
package struct LinearRegex: Hashable, Sendable {
  package struct Refusal: Error, Equatable {
    package var reason: String
  }

  enum Step: Hashable {
    case one(CharacterSet)
    /// To both.
    case split(Int, Int)
    case jump(Int)
    case start, end, boundary, noBoundary
    case found
  }

  struct CharacterSet: Hashable {
    var ranges: [ClosedRange<UInt32>] = []
    var isInverted = false

    func contains(_ scalar: UInt32) -> Bool {
      ranges.contains { $0.contains(scalar) } != isInverted
    }
  }

  static let maximumLength = 4_096
  static let maximumSteps = 20_000
  static let maximumText = 1 << 16

  package let pattern: String
  let ignoresCase: Bool
  let steps: [Step]

  /// - Throws: ``Refusal``.
  package init(_ pattern: String, flags: Set<Character> = []) throws(Refusal) {
    guard pattern.unicodeScalars.count <= Self.maximumLength else {
      throw Refusal(reason: "an expression of more than \(Self.maximumLength) characters")
    }
    var compiler = RegexCompiler(pattern, flags)
    steps = try compiler.compile()
    ignoresCase = compiler.ignoresCase
    self.pattern = pattern
  }

  /// Whether it is found anywhere in the text.
  ///
  /// - Complexity: O(*n* · *m*) in the text and the expression. Beyond 65,536 characters a text is cut.
  package func isFound(in text: String) -> Bool {
    let folded = ignoresCase ? text.lowercased() : text
    let scalars = folded.unicodeScalars.prefix(Self.maximumText).map(\.value)
    var current: [Int] = []
    var next: [Int] = []
    var marks = [Int](repeating: -1, count: steps.count)
    for at in 0...scalars.count {
      // It may begin anywhere.
      if follow(0, at, scalars, &current, &marks) { return true }
      guard at < scalars.count else { break }
      for step in current {
        guard case .one(let set) = steps[step], set.contains(scalars[at]) else { continue }
        if follow(step + 1, at + 1, scalars, &next, &marks) { return true }
      }
      swap(&current, &next)
      next.removeAll(keepingCapacity: true)
    }
    return false
  }

  /// Adds a step and all that are reached from it without a character.
  ///
  /// - Returns: Whether that finds it.
  private func follow(
    _ step: Int, _ at: Int, _ text: [UInt32], _ list: inout [Int], _ marks: inout [Int]
  ) -> Bool {
    var waiting = [step]
    while let step = waiting.popLast() {
      guard marks[step] != at else { continue }
      marks[step] = at
      switch steps[step] {
      case .found: return true
      case .one: list.append(step)
      case .jump(let target): waiting.append(target)
      case .split(let a, let b): waiting += [b, a]
      case .start: if at == 0 { waiting.append(step + 1) }
      case .end:
        if at == text.count || at == text.count - 1 && text[at] == 10 { waiting.append(step + 1) }
      case .boundary: if isBoundary(at, text) { waiting.append(step + 1) }
      case .noBoundary: if !isBoundary(at, text) { waiting.append(step + 1) }
      }
    }
    return false
  }

  private func isBoundary(_ at: Int, _ text: [UInt32]) -> Bool {
    func isWord(_ index: Int) -> Bool {
      text.indices.contains(index) && RegexCompiler.word.contains(text[index])
    }
    return isWord(at - 1) != isWord(at)
  }
}
