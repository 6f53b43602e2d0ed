import Diagnostics
import Facts

/// Patterns of STIX 2.1 (section 9), as far as they ask for what facts hold of a connection. What cannot
/// be kept in full is refused as a whole: half an indicator is another one.
struct StixPattern {
  struct Refusal: Error {
    var reason: String
  }

  private var tokens: ArraySlice<StixToken>
  private var depth = 0

  /// - Throws: ``Refusal``.
  static func parse(_ text: String) throws(Refusal) -> [Indicator] {
    var pattern = StixPattern(tokens: try StixToken.tokens(of: text)[...])
    let condition = try pattern.observations()
    if let token = pattern.tokens.first {
      throw Refusal(
        reason: token == .sign("]") || token == .sign(")")
          ? "a pattern with a bracket too many" : "joins or qualifies observations by \(token.text)"
      )
    }
    return try IndicatorBuilder.indicators(of: condition)
  }

  // MARK: Observations, joined by OR

  private mutating func observations() throws(Refusal) -> Condition {
    var ways = [try observation()]
    while tokens.first == .word("OR") {
      tokens.removeFirst()
      ways.append(try observation())
    }
    return ways.count == 1 ? ways[0] : .any(ways)
  }

  private mutating func observation() throws(Refusal) -> Condition {
    try enter()
    defer { depth -= 1 }
    if tokens.first == .sign("(") {
      tokens.removeFirst()
      let inner = try observations()
      guard tokens.popFirst() == .sign(")") else {
        throw Refusal(reason: "joins or qualifies observations by something else than OR")
      }
      return inner
    }
    try expect("[")
    let condition = try alternatives()
    try expect("]")
    return condition
  }

  private mutating func enter() throws(Refusal) {
    depth += 1
    guard depth <= 200 else { throw Refusal(reason: "a pattern with too many brackets") }
  }

  // MARK: Comparisons

  private mutating func alternatives() throws(Refusal) -> Condition {
    try enter()
    defer { depth -= 1 }
    var ways = [try conjunction()]
    while tokens.first == .word("OR") {
      tokens.removeFirst()
      ways.append(try conjunction())
    }
    return ways.count == 1 ? ways[0] : .any(ways)
  }

  private mutating func conjunction() throws(Refusal) -> Condition {
    var parts = [try comparison()]
    while tokens.first == .word("AND") {
      tokens.removeFirst()
      parts.append(try comparison())
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func comparison() throws(Refusal) -> Condition {
    if tokens.first == .sign("(") {
      tokens.removeFirst()
      let inner = try alternatives()
      try expect(")")
      return inner
    }
    guard case .word(let path)? = tokens.popFirst(), path.contains(":") else {
      throw Refusal(reason: "a comparison that cannot be read")
    }
    var isNegated = false
    if tokens.first == .word("NOT") {
      tokens.removeFirst()
      isNegated = true
    }
    guard let sign = tokens.popFirst() else {
      throw Refusal(reason: "a pattern that ends too early")
    }
    var operation = sign.text
    if operation == "!=" || operation == "<>" {
      operation = "="
      isNegated.toggle()
    }
    if operation == "==" { operation = "=" }
    let values = try values(operation)
    let condition = try StixComparison(path, operation).condition(values)
    return isNegated ? .not(condition) : condition
  }

  private mutating func values(_ operation: String) throws(Refusal) -> [StixToken] {
    guard operation == "IN" else {
      guard let value = tokens.popFirst() else {
        throw Refusal(reason: "a pattern that ends too early")
      }
      return [value]
    }
    try expect("(")
    var values: [StixToken] = []
    while let value = tokens.popFirst() {
      values.append(value)
      if tokens.first == .sign(",") { tokens.removeFirst() } else { break }
    }
    try expect(")")
    return values
  }

  private mutating func expect(_ sign: String) throws(Refusal) {
    guard tokens.popFirst() == .sign(sign) else {
      throw Refusal(reason: "a pattern that cannot be read: '\(sign)' is missing")
    }
  }
}

extension StixToken {
  var text: String {
    switch self {
    case .word(let text), .text(let text), .sign(let text): text
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    }
  }
}

/// One comparison: a property of an object, and how it is compared.
private struct StixComparison {
  private let path: String
  private let operation: String

  init(_ path: String, _ operation: String) {
    self.path = path
    self.operation = operation
  }

  func condition(_ values: [StixToken]) throws(StixPattern.Refusal) -> Condition {
    switch path {
    case "network-traffic:dst_port": return .test(try port(values))
    case "network-traffic:dst_ref.value": return .test(try destination(values))
    case "ipv4-addr:value", "ipv6-addr:value": return .test(try address(values))
    case "domain-name:value", "network-traffic:dst_ref.resolves_to_refs[*].value":
      return .test(try text(values, .destinationName))
    case "network-traffic:dst_ref.type": return try family(values)
    case "process:name", "process:image_ref.name", "process:binary_ref.name":
      return .test(try text(values, .image, isName: true))
    case "process:parent_ref.name", "process:parent_ref.image_ref.name":
      return .test(try text(values, .parent, isName: true))
    case "process:command_line": return .test(try text(values, .commandLine))
    case let path where path.hasPrefix("network-traffic:protocols["): return try protocols(values)
    case let path where path.hasPrefix("network-traffic:src_"):
      throw .init(reason: "asks for \(path): the caller's side, which says nothing")
    default: throw .init(reason: "asks for \(path), which facts do not hold of a connection")
    }
  }

  private var unknownOperation: StixPattern.Refusal {
    .init(reason: "compares \(path) by \(operation)")
  }

  private func port(_ values: [StixToken]) throws(StixPattern.Refusal) -> FieldTest {
    let relation: Comparison.Relation
    switch operation {
    case "=", "IN": relation = .equal
    case "<": relation = .less
    case "<=": relation = .lessOrEqual
    case ">": relation = .greater
    case ">=": relation = .greaterOrEqual
    default: throw unknownOperation
    }
    var comparisons: [Comparison] = []
    for value in values {
      let number: Double? =
        switch value {
        case .number(let number): number
        case .text(let text): Double(text)
        default: nil
        }
      guard let number, number == number.rounded(), (1...65_535).contains(number) else {
        throw .init(reason: "\(value.text) is not a port")
      }
      comparisons.append(.number(relation, number))
    }
    return FieldTest(.destinationPort, comparisons)
  }

  private func address(_ values: [StixToken]) throws(StixPattern.Refusal) -> FieldTest {
    if operation == "LIKE" || operation == "MATCHES" {
      return try text(values, .destinationAddress)
    }
    guard operation == "=" || operation == "IN" || operation == "ISSUBSET" else {
      throw unknownOperation
    }
    var comparisons: [Comparison] = []
    for value in values {
      guard case .text(let text) = value, let block = AddressBlock(text), block.prefixBits > 0
      else {
        throw .init(reason: "\(quoted(value.text)) is neither an address nor a network")
      }
      comparisons.append(.isIn(block))
    }
    return FieldTest(.destinationAddress, comparisons)
  }

  /// An address, or the name of a host.
  private func destination(_ values: [StixToken]) throws(StixPattern.Refusal) -> FieldTest {
    let isNamed = values.allSatisfy { value in
      AddressBlock(value.text) == nil && IntelText.hostName(value.text) != nil
    }
    return isNamed && operation != "ISSUBSET"
      ? try text(values, .destinationName) : try address(values)
  }

  private func text(
    _ values: [StixToken], _ field: ConnectionField, isName: Bool = false
  ) throws(StixPattern.Refusal) -> FieldTest {
    var comparisons: [Comparison] = []
    for value in values {
      guard case .text(let text) = value else {
        throw .init(reason: "\(value.text) is not a text")
      }
      switch operation {
      case "=", "IN":
        comparisons.append(.matches(TextPattern(literal: text)))
        if isName {
          for separator in ["\\", "/"] {
            comparisons.append(
              .matches(TextPattern(literal: separator + text).within(before: true, after: false)))
          }
        }
      case "LIKE" where !isName: comparisons.append(.matches(TextPattern(like: text)))
      case "MATCHES" where !isName:
        do throws(LinearRegex.Refusal) {
          comparisons.append(.matchesExpression(try LinearRegex(text)))
        } catch {
          throw .init(reason: error.reason)
        }
      default: throw unknownOperation
      }
    }
    return FieldTest(field, comparisons)
  }

  private func family(_ values: [StixToken]) throws(StixPattern.Refusal) -> Condition {
    guard operation == "=" || operation == "IN" else { throw unknownOperation }
    var comparisons: [Comparison] = []
    for value in values {
      switch value.text {
      case "ipv4-addr", "ipv4": comparisons.append(.matches(TextPattern(literal: "false")))
      case "ipv6-addr", "ipv6": comparisons.append(.matches(TextPattern(literal: "true")))
      // A name has addresses of both kinds.
      case "domain-name": comparisons.append(.isThere)
      default: throw .init(reason: "asks for a destination of the type \(quoted(value.text))")
      }
    }
    return .test(FieldTest(.isIPv6, comparisons))
  }

  private func protocols(_ values: [StixToken]) throws(StixPattern.Refusal) -> Condition {
    let names = values.map { $0.text.lowercased() }
    if names.allSatisfy({ $0 == "ipv4" || $0 == "ipv6" }) { return try family(values) }
    guard operation == "=" || operation == "IN" else { throw unknownOperation }
    var comparisons: [Comparison] = []
    for name in names {
      guard name == "tcp" || name == "udp" else {
        throw .init(reason: "asks for the protocol \(quoted(name)), which facts do not hold")
      }
      comparisons.append(.matches(TextPattern(literal: name)))
    }
    return .test(FieldTest(.transport, comparisons))
  }
}
