/// Turns the text of a regular expression into steps.
struct RegexCompiler {
  typealias Refusal = LinearRegex.Refusal
  typealias Step = LinearRegex.Step
  typealias CharacterSet = LinearRegex.CharacterSet

  static let digit = CharacterSet(ranges: [48...57])
  static let word = CharacterSet(ranges: [48...57, 65...90, 95...95, 97...122])
  static let space = CharacterSet(ranges: [9...13, 32...32])

  private var rest: ArraySlice<Unicode.Scalar>
  private var depth = 0
  private(set) var ignoresCase: Bool
  private var dotTakesLineBreaks: Bool

  init(_ pattern: String, _ flags: Set<Character>) {
    rest = Array(pattern.unicodeScalars)[...]
    ignoresCase = flags.contains("i")
    dotTakesLineBreaks = flags.contains("s")
  }

  mutating func compile() throws(Refusal) -> [Step] {
    while take("(?i)") { ignoresCase = true }
    let body = try alternatives()
    guard rest.isEmpty else { throw Refusal(reason: "an expression with a bracket too many") }
    return body + [.found]
  }

  /// Steps are written for a start at 0, and moved to where they end up.
  private static func moved(_ steps: [Step], by count: Int) -> [Step] {
    steps.map { step in
      switch step {
      case .split(let a, let b): .split(a + count, b + count)
      case .jump(let target): .jump(target + count)
      default: step
      }
    }
  }

  private static func joined(_ a: [Step], _ b: [Step]) throws(Refusal) -> [Step] {
    guard a.count + b.count <= LinearRegex.maximumSteps else {
      throw Refusal(reason: "an expression that repeats too much")
    }
    return a + moved(b, by: a.count)
  }

  private mutating func alternatives() throws(Refusal) -> [Step] {
    depth += 1
    guard depth <= 100 else { throw Refusal(reason: "an expression with too many brackets") }
    defer { depth -= 1 }
    var steps = try sequence()
    while rest.first == "|" {
      rest.removeFirst()
      let other = try sequence()
      let first = [.split(1, steps.count + 2)] + Self.moved(steps, by: 1)
      steps = try Self.joined(first + [.jump(steps.count + 2 + other.count)], other)
    }
    return steps
  }

  private mutating func sequence() throws(Refusal) -> [Step] {
    var steps: [Step] = []
    while let first = rest.first, first != "|", first != ")" {
      let item = try self.item()
      steps = try Self.joined(steps, try repeated(item))
    }
    return steps
  }

  private mutating func repeated(_ item: [Step]) throws(Refusal) -> [Step] {
    let isCounted = rest.first == "{"
    let bounds: (least: Int, most: Int?)
    switch rest.first {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      guard let counted = counts() else {
        // A brace that counts nothing is one of the text.
        return item
      }
      bounds = counted
    default: return item
    }
    if !isCounted { rest.removeFirst() }
    if rest.first == "+" { throw Refusal(reason: "a possessive repetition in an expression") }
    if rest.first == "?" { rest.removeFirst() }
    if let next = rest.first, next == "*" || next == "+" || next == "?" {
      throw Refusal(reason: "a repetition of a repetition in an expression")
    }
    guard bounds.least <= 1_000, bounds.most ?? 0 <= 1_000, bounds.most ?? .max >= bounds.least
    else { throw Refusal(reason: "an expression that repeats too much") }
    var steps: [Step] = []
    for _ in 0..<bounds.least { steps = try Self.joined(steps, item) }
    if let most = bounds.most {
      for _ in bounds.least..<most {
        steps = try Self.joined(steps, [.split(1, item.count + 1)] + Self.moved(item, by: 1))
      }
    } else {
      let loop = [.split(1, item.count + 2)] + Self.moved(item, by: 1) + [Step.jump(0)]
      steps = try Self.joined(steps, loop)
    }
    return steps
  }

  /// `{2}`, `{2,}`, `{2,5}`; nil, and nothing taken, where it is none.
  private mutating func counts() -> (least: Int, most: Int?)? {
    guard let end = rest.firstIndex(of: "}") else { return nil }
    let inner = String(String.UnicodeScalarView(rest[(rest.startIndex + 1)..<end]))
    let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let least = Int(parts[0]), least >= 0 else { return nil }
    var most: Int? = least
    if parts.count == 2 {
      most = parts[1].isEmpty ? nil : Int(parts[1])
      guard parts[1].isEmpty || most != nil else { return nil }
    }
    rest = rest[(end + 1)...]
    return (least, most)
  }

  private mutating func item() throws(Refusal) -> [Step] {
    guard let first = rest.popFirst() else { return [] }
    switch first {
    case "^": return [.start]
    case "$": return [.end]
    case ".":
      return [
        .one(
          dotTakesLineBreaks
            ? CharacterSet(ranges: [], isInverted: true)
            : CharacterSet(ranges: [10...10], isInverted: true))
      ]
    case "(": return try group()
    case "[": return [.one(try characterClass())]
    case "*", "+", "?": throw Refusal(reason: "an expression that repeats nothing")
    case "\\": return [try escape()]
    default: return [.one(set(first))]
    }
  }

  private mutating func group() throws(Refusal) -> [Step] {
    if take("?:") {
    } else if rest.first == "?" {
      let isNamed = take("?P<") || take("?<")
      guard isNamed, let first = rest.first, first != "=", first != "!",
        let end = rest.firstIndex(of: ">")
      else { throw Refusal(reason: "an expression that looks around, or has flags inside") }
      rest = rest[(end + 1)...]
    }
    let inner = try alternatives()
    guard rest.popFirst() == ")" else {
      throw Refusal(reason: "an expression with an open bracket")
    }
    return inner
  }

  private mutating func escape() throws(Refusal) -> Step {
    guard let next = rest.popFirst() else {
      throw Refusal(reason: "an expression that ends in a backslash")
    }
    switch next {
    case "b": return .boundary
    case "B": return .noBoundary
    case "A": return .start
    case "Z", "z": return .end
    default: return .one(try escaped(next))
    }
  }

  /// The meaning of a backslash and a character, inside and outside of a class.
  private mutating func escaped(_ next: Unicode.Scalar) throws(Refusal) -> CharacterSet {
    func inverted(_ set: CharacterSet) -> CharacterSet {
      CharacterSet(ranges: set.ranges, isInverted: true)
    }
    switch next {
    case "d": return Self.digit
    case "w": return Self.word
    case "s": return Self.space
    case "D": return inverted(Self.digit)
    case "W": return inverted(Self.word)
    case "S": return inverted(Self.space)
    case "t": return CharacterSet(ranges: [9...9])
    case "n": return CharacterSet(ranges: [10...10])
    case "r": return CharacterSet(ranges: [13...13])
    case "f": return CharacterSet(ranges: [12...12])
    case "v": return CharacterSet(ranges: [11...11])
    case "x", "u":
      let count = next == "x" ? 2 : 4
      let digits = String(String.UnicodeScalarView(rest.prefix(count)))
      guard digits.count == count, let value = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(value)
      else { throw Refusal(reason: "an expression with a character that is none") }
      rest = rest.dropFirst(count)
      return set(scalar)
    case "1"..."9", "k", "g": throw Refusal(reason: "an expression that refers back")
    case "a"..."z", "A"..."Z": throw Refusal(reason: "\\\(next) in an expression")
    default: return set(next)
    }
  }

  private func set(_ scalar: Unicode.Scalar) -> CharacterSet {
    let folded = ignoresCase ? scalar.properties.lowercaseMapping.unicodeScalars.first : scalar
    let value = (folded ?? scalar).value
    return CharacterSet(ranges: [value...value])
  }

  private mutating func characterClass() throws(Refusal) -> CharacterSet {
    var set = CharacterSet()
    if rest.first == "^" {
      set.isInverted = true
      rest.removeFirst()
    }
    var isFirst = true
    while let next = rest.popFirst() {
      if next == "]", !isFirst { return ignoresCase ? Self.withSmallLetters(set) : set }
      isFirst = false
      if next == "[", rest.first == ":" {
        throw Refusal(reason: "a class by name in an expression")
      }
      let low = try member(next)
      if low.isInverted {
        guard set.ranges.isEmpty, rest.first == "]", !set.isInverted else {
          throw Refusal(reason: "a class of all but some characters in an expression")
        }
        rest.removeFirst()
        return low
      }
      guard rest.first == "-", let after = rest.dropFirst().first, after != "]" else {
        set.ranges += low.ranges
        continue
      }
      rest.removeFirst()
      guard let end = rest.popFirst() else { break }
      let high = try member(end)
      guard let from = low.ranges.first, let to = high.ranges.first, low.ranges.count == 1,
        high.ranges.count == 1, from.lowerBound <= to.upperBound
      else { throw Refusal(reason: "an invalid range in an expression") }
      set.ranges.append(from.lowerBound...to.upperBound)
    }
    throw Refusal(reason: "an expression with an open class")
  }

  private mutating func member(_ next: Unicode.Scalar) throws(Refusal) -> CharacterSet {
    guard next == "\\" else { return CharacterSet(ranges: [next.value...next.value]) }
    guard let escapedScalar = rest.popFirst() else {
      throw Refusal(reason: "an expression with an open class")
    }
    return escapedScalar == "b" ? CharacterSet(ranges: [8...8]) : try escaped(escapedScalar)
  }

  /// The text is in small letters, and so must be what is looked for.
  private static func withSmallLetters(_ set: CharacterSet) -> CharacterSet {
    var set = set
    for range in set.ranges {
      let low = max(range.lowerBound, 65)
      let high = min(range.upperBound, 90)
      if low <= high { set.ranges.append((low + 32)...(high + 32)) }
    }
    return set
  }

  private mutating func take(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard rest.prefix(scalars.count).elementsEqual(scalars) else { return false }
    rest = rest.dropFirst(scalars.count)
    return true
  }
}
