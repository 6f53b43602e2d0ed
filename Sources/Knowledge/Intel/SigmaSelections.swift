import Diagnostics
import Facts
import Yams

/// The selections of one rule, read when the condition asks for them: what it does not use need not be
/// understood.
struct SigmaSelections {
  typealias Refusal = SigmaReader.Refusal

  private(set) var names: [String] = []
  private var nodes: [String: Node] = [:]

  mutating func add(_ name: String, _ node: Node) {
    names.append(name)
    nodes[name] = node
  }

  func condition(_ name: String) throws(Refusal) -> Condition {
    guard let node = nodes[name] else {
      throw Refusal("a condition that asks for \(quoted(name)), which is not there")
    }
    var budget = 100_000
    return try selection(node, &budget)
  }

  private func selection(_ node: Node, _ budget: inout Int) throws(Refusal) -> Condition {
    budget -= 1
    guard budget > 0 else { throw Refusal("a selection that is too large") }
    if let mapping = node.mapping {
      var items: [Condition] = []
      for (key, value) in mapping {
        guard let key = key.scalar?.string else { throw Refusal("a field without a name") }
        items.append(try item(key, value, &budget))
      }
      guard !items.isEmpty else { throw Refusal("an empty selection") }
      return items.count == 1 ? items[0] : .all(items)
    }
    guard let list = node.sequence, !list.isEmpty else {
      throw Refusal("keywords, which look into the whole event")
    }
    var ways: [Condition] = []
    for entry in list { ways.append(try selection(entry, &budget)) }
    return ways.count == 1 ? ways[0] : .any(ways)
  }

  private func item(
    _ key: String, _ value: Node, _ budget: inout Int
  ) throws(Refusal) -> Condition {
    let parts = key.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard !parts[0].isEmpty else { throw Refusal("keywords, which look into the whole event") }
    guard let field = ConnectionField(sigma: parts[0]) else {
      throw Refusal("asks for \(parts[0]), which facts do not hold")
    }
    let modifiers = try SigmaModifiers(parts.dropFirst())
    var comparisons: [Comparison] = []
    var isMissing = false
    for node in value.sequence.map({ Array($0) }) ?? [value] {
      budget -= 1
      guard budget > 0 else { throw Refusal("a selection that is too large") }
      guard let scalar = node.scalar else { throw Refusal("a value of \(key) that is not plain") }
      if modifiers.kind == .exists {
        guard let isThere = node.bool else { throw Refusal("'exists' takes true or false") }
        comparisons.append(.isThere)
        isMissing = !isThere
      } else {
        comparisons.append(try modifiers.comparison(SigmaValue(scalar), of: field))
      }
    }
    guard !comparisons.isEmpty else { throw Refusal("no value of \(key)") }
    var condition: Condition =
      modifiers.isAll
      ? .all(comparisons.map { .test(FieldTest(field, [$0])) })
      : .test(FieldTest(field, comparisons))
    if isMissing != modifiers.isNegated { condition = .not(condition) }
    return condition
  }
}

extension ConnectionField {
  /// Other names that rules have for the same.
  private static let synonyms: [String: ConnectionField] = [
    "ComputerName": .host, "Hostname": .host,
  ]

  init?(sigma name: String) {
    guard let field = Self(rawValue: name) ?? Self.synonyms[name], field != .product else {
      return nil
    }
    self = field
  }

  var isAddress: Bool { self == .destinationAddress || self == .sourceAddress }
}

/// A value as YAML types it.
enum SigmaValue {
  case text(String)
  case number(Double, String)
  case truth(Bool)
  case missing

  init(_ scalar: Node.Scalar) {
    let text = scalar.string
    guard scalar.style == .plain else {
      self = .text(text)
      return
    }
    switch text {
    case _ where scalar.isNull: self = .missing
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": self = .truth(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": self = .truth(false)
    default:
      if let first = text.utf8.first, first == 0x2D || (0x30...0x39).contains(first),
        let number = Double(text)
      {
        self = .number(number, text)
      } else {
        self = .text(text)
      }
    }
  }

  /// As the text of a pattern.
  var words: String? {
    switch self {
    case .text(let text), .number(_, let text): text
    case .truth(let truth): truth ? "true" : "false"
    case .missing: nil
    }
  }
}

/// What follows a field's name.
struct SigmaModifiers {
  enum Kind {
    case plain, contains, startsWith, endsWith, expression, network, exists
    case relation(Comparison.Relation)
  }

  var kind = Kind.plain
  var isAll = false
  var isNegated = false
  private var isCased = false
  private var flags: Set<Character> = []

  init(_ names: some Sequence<String>) throws(SigmaReader.Refusal) {
    for name in names {
      switch name {
      case "contains": try set(.contains)
      case "startswith": try set(.startsWith)
      case "endswith": try set(.endsWith)
      case "re": try set(.expression)
      case "cidr": try set(.network)
      case "exists": try set(.exists)
      case "lt": try set(.relation(.less))
      case "lte": try set(.relation(.lessOrEqual))
      case "gt": try set(.relation(.greater))
      case "gte": try set(.relation(.greaterOrEqual))
      case "all": isAll = true
      case "neq": isNegated = true
      case "cased": isCased = true
      case "i", "s":
        guard case .expression = kind else {
          throw SigmaReader.Refusal("the modifier \(name) without re")
        }
        flags.formUnion(name)
      default: throw SigmaReader.Refusal("the modifier \(quoted(name))")
      }
    }
  }

  private mutating func set(_ kind: Kind) throws(SigmaReader.Refusal) {
    guard case .plain = self.kind else {
      throw SigmaReader.Refusal("two modifiers that do not go together")
    }
    self.kind = kind
  }

  func comparison(
    _ value: SigmaValue, of field: ConnectionField
  ) throws(SigmaReader.Refusal) -> Comparison {
    if case .missing = value {
      guard case .plain = kind else { throw SigmaReader.Refusal("null with a modifier") }
      return .isMissing
    }
    let words = value.words ?? ""
    switch kind {
    case .plain:
      if case .number(let number, _) = value { return .number(.equal, number) }
      // Facts do not distinguish an empty field from a missing one.
      // Nor one that Sysmon writes as '-', as it does where no name is known.
      if words.isEmpty || (words == "-" && field == .destinationName) { return .isMissing }
      if field.isAddress, let block = AddressBlock(words), block.prefixBits == block.width {
        return .isIn(block)
      }
      return .matches(TextPattern(sigma: words, isCased: isCased))
    case .contains: return pattern(words, before: true, after: true)
    case .startsWith: return pattern(words, before: false, after: true)
    case .endsWith: return pattern(words, before: true, after: false)
    case .expression:
      do throws(LinearRegex.Refusal) {
        return .matchesExpression(try LinearRegex(words, flags: flags))
      } catch {
        throw SigmaReader.Refusal(error.reason)
      }
    case .network:
      guard field.isAddress, let block = AddressBlock(words) else {
        throw SigmaReader.Refusal("cidr \(quoted(words)) of \(field.rawValue)")
      }
      return .isIn(block)
    case .relation(let relation):
      guard case .number(let number, _) = value else {
        throw SigmaReader.Refusal("\(relation.rawValue) of \(quoted(words)), which is not a number")
      }
      return .number(relation, number)
    case .exists: return .isThere
    }
  }

  private func pattern(_ words: String, before: Bool, after: Bool) -> Comparison {
    .matches(TextPattern(sigma: words, isCased: isCased).within(before: before, after: after))
  }
}

extension SigmaModifiers.Kind: Equatable {}
