package import Facts

/// What a connection has to meet, as a rule says it.
package typealias Condition = ConditionTree<FieldTest>

/// A tree of tests.
package indirect enum ConditionTree<Test: Hashable & Sendable>: Hashable, Sendable {
  case all([ConditionTree])
  case any([ConditionTree])
  case not(ConditionTree)
  case test(Test)
}

/// One field, and what its value may be: any of these.
package struct FieldTest: Hashable, Sendable {
  package var field: ConnectionField
  package var anyOf: [Comparison]

  package init(_ field: ConnectionField, _ anyOf: [Comparison]) {
    self.field = field
    self.anyOf = anyOf
  }
}

/// What facts hold of a connection, by Sysmon's name for it.
package enum ConnectionField: String, CaseIterable, Sendable {
  case image = "Image"
  case parent = "ParentImage"
  case user = "User"
  case commandLine = "CommandLine"
  case originalFileName = "OriginalFileName"
  case host = "Computer"
  case destinationAddress = "DestinationIp"
  case sourceAddress = "SourceIp"
  case destinationPort = "DestinationPort"
  case destinationName = "DestinationHostname"
  case sourceName = "SourceHostname"
  case transport = "Protocol"
  case initiated = "Initiated"
  case isIPv6 = "DestinationIsIpv6"
  case eventID = "EventID"
  /// `windows` or `linux`.
  case product = "Product"
}

package enum Comparison: Hashable, Sendable {
  package enum Relation: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case equal = "="
    case greaterOrEqual = ">="
    case greater = ">"
  }

  case matches(TextPattern)
  case matchesExpression(LinearRegex)
  case isIn(AddressBlock)
  case number(Relation, Double)
  /// The field is not there, or empty.
  case isMissing
  case isThere
}

/// What facts say about a field of one connection.
package enum FieldValue: Equatable, Sendable {
  /// They do not hold it for connections of this kind.
  case unknown
  /// The event has no such field, or nothing in it.
  case missing
  case text(String)
}

/// The outcome of a condition. A connection meets it only where that is certain.
package enum Answer: UInt8, Comparable, Sendable {
  case no, unknown, yes

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension FieldTest {
  package func answer(_ value: FieldValue) -> Answer {
    switch value {
    case .unknown: .unknown
    case .missing: anyOf.contains(.isMissing) ? .yes : .no
    case .text(let text):
      anyOf.contains { $0.holds(text) } ? .yes : .no
    }
  }
}

extension Comparison {
  func holds(_ text: String) -> Bool {
    switch self {
    case .matches(let pattern): return pattern.matches(text)
    case .matchesExpression(let expression): return expression.isFound(in: text)
    case .isIn(let block): return Address(text).map(block.contains) ?? false
    case .number(let relation, let number):
      guard let value = portNumber(text) else { return false }
      switch relation {
      case .less: return value < number
      case .lessOrEqual: return value <= number
      case .equal: return value == number
      case .greaterOrEqual: return value >= number
      case .greater: return value > number
      }
    case .isMissing: return text.isEmpty
    case .isThere: return true
    }
  }
}

extension ConditionTree {
  /// Kleene's logic: what is not known matters only where it could decide.
  package func answer(_ test: (Test) -> Answer) -> Answer {
    switch self {
    case .test(let leaf): return test(leaf)
    case .not(let condition):
      switch condition.answer(test) {
      case .yes: return .no
      case .no: return .yes
      case .unknown: return .unknown
      }
    case .all(let conditions):
      var answer = Answer.yes
      for condition in conditions where answer != .no {
        answer = min(answer, condition.answer(test))
      }
      return answer
    case .any(let conditions):
      var answer = Answer.no
      for condition in conditions where answer != .yes {
        answer = max(answer, condition.answer(test))
      }
      return answer
    }
  }

  /// The same tree of other tests.
  package func map<Other>(_ change: (Test) -> Other) -> ConditionTree<Other> {
    switch self {
    case .test(let leaf): .test(change(leaf))
    case .not(let condition): .not(condition.map(change))
    case .all(let conditions): .all(conditions.map { $0.map(change) })
    case .any(let conditions): .any(conditions.map { $0.map(change) })
    }
  }
}

extension Condition {
  /// The fields that it asks for.
  package var fields: Set<ConnectionField> {
    switch self {
    case .test(let leaf): [leaf.field]
    case .not(let condition): condition.fields
    case .all(let conditions), .any(let conditions):
      conditions.reduce(into: []) { $0.formUnion($1.fields) }
    }
  }
}

extension Condition {
  /// Whether an accepted connection can meet it, whatever else that is.
  package var canMeanInbound: Bool {
    answer { test in
      test.field == .initiated ? test.answer(.text("false")) : .unknown
    } != .no
  }
}

extension Condition {
  /// Whether a connection can meet it, which is Sysmon's Event ID 3, whatever else that is.
  var canMeanConnection: Bool {
    answer { test in test.field == .eventID ? test.answer(.text("3")) : .unknown } != .no
  }
}

// MARK: - Where to look for it

extension Condition {
  /// Ports of which a connection must have one; nil: it may have any.
  package var portsNeeded: [ClosedRange<UInt16>]? {
    needed { test in
      guard test.field == .destinationPort else { return nil }
      var ranges: [ClosedRange<UInt16>] = []
      for comparison in test.anyOf {
        guard let range = comparison.portRange else { return nil }
        ranges += range
      }
      return ranges
    }
  }

  /// Networks, one of which must contain the destination; nil: any destination will do.
  package var networksNeeded: [AddressBlock]? {
    needed { test in
      guard test.field == .destinationAddress else { return nil }
      var blocks: [AddressBlock] = []
      for comparison in test.anyOf {
        guard let block = comparison.block else { return nil }
        blocks.append(block)
      }
      return blocks
    }
  }

  /// Names, one of which the destination must have, folded as ``TextPattern/folded(_:)`` does; nil: any name, or
  /// none, will do.
  package var namesNeeded: [String]? {
    needed { test in
      guard test.field == .destinationName else { return nil }
      var names: [String] = []
      for comparison in test.anyOf {
        guard case .matches(let pattern) = comparison, let name = pattern.plainText else {
          return nil
        }
        names.append(TextPattern.folded(name))
      }
      return names
    }
  }

  /// - Parameter what: Says what a test needs; nil: nothing.
  private func needed<Need>(_ what: (FieldTest) -> [Need]?) -> [Need]? {
    switch self {
    case .test(let leaf): return what(leaf)
    case .not: return nil
    case .all(let conditions):
      return conditions.compactMap { $0.needed(what) }.min { $0.count < $1.count }
    case .any(let conditions):
      var all: [Need] = []
      for condition in conditions {
        guard let some = condition.needed(what) else { return nil }
        all += some
      }
      return all
    }
  }
}

extension Comparison {
  /// The ports that meet it; nil: not to be said.
  fileprivate var portRange: [ClosedRange<UInt16>]? {
    func range(_ from: Double, _ to: Double) -> [ClosedRange<UInt16>] {
      let low = max(0, from)
      let high = min(65_535, to)
      return low <= high ? [UInt16(low)...UInt16(high)] : []
    }
    switch self {
    case .number(.equal, let number):
      return number == number.rounded() ? range(number, number) : []
    case .number(.less, let number): return range(0, number.rounded(.up) - 1)
    case .number(.lessOrEqual, let number): return range(0, number.rounded(.down))
    case .number(.greater, let number): return range(number.rounded(.down) + 1, 65_535)
    case .number(.greaterOrEqual, let number): return range(number.rounded(.up), 65_535)
    case .matches(let pattern):
      guard let text = pattern.plainText, let number = UInt16(text) else { return nil }
      return [number...number]
    default: return nil
    }
  }

  fileprivate var block: AddressBlock? {
    switch self {
    case .isIn(let block): block
    case .matches(let pattern):
      pattern.plainText.flatMap { AddressBlock($0) }.flatMap {
        $0.prefixBits == $0.width ? $0 : nil
      }
    default: nil
    }
  }
}

// MARK: - In words

extension ConditionTree: CustomStringConvertible where Test: CustomStringConvertible {
  package var description: String {
    switch self {
    case .test(let leaf): leaf.description
    case .not(let condition): "not \(condition.description)"
    case .all(let conditions): conditions.map(\.description).joined(separator: " and ")
    case .any(let conditions):
      "(" + conditions.map(\.description).joined(separator: " or ") + ")"
    }
  }
}

extension FieldTest: CustomStringConvertible {
  package var description: String {
    let shown = anyOf.prefix(3).map(\.description).joined(separator: ", ")
    let rest = anyOf.count > 3 ? " and \(anyOf.count - 3) more" : ""
    return "\(field.rawValue) \(shown)\(rest)"
  }
}

extension Comparison: CustomStringConvertible {
  package var description: String {
    switch self {
    case .matches(let pattern): pattern.description
    case .matchesExpression(let expression): "/\(expression.pattern)/"
    case .isIn(let block): block.description
    case .number(let relation, let number):
      (relation == .equal ? "" : relation.rawValue)
        + (Int(exactly: number).map(String.init) ?? "\(number)")
    case .isMissing: "missing"
    case .isThere: "there"
    }
  }
}
