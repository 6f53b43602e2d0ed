import Facts

/// Patterns of STIX 2.1 (section 9), as far as they say ports and addresses of a connection.
///
/// Comparisons with `=` and `IN` joined by AND, OR and brackets, in one or more observations joined by
/// OR. What cannot be honoured in full is refused as a whole: half an indicator is another one.
struct StixPattern {
  struct Refusal: Error {
    var reason: String
  }

  /// One comparison: any of these values at this place.
  private enum Term {
    case port([Int])
    case sourcePort([Int])
    case address([AddressBlock])
    case transport([String])
  }

  private enum Token: Equatable {
    case word(String)
    case text(String)
    case number(Int)
    case sign(Character)
  }

  private var tokens: ArraySlice<Token>

  /// - Throws: ``Refusal``.
  static func parse(_ text: String) throws(Refusal) -> [Indicator] {
    var pattern = StixPattern(tokens: try tokens(of: text)[...])
    var found = try pattern.observation()
    while let token = pattern.tokens.popFirst() {
      guard token == .word("OR") else {
        throw Refusal(reason: "joins observations by something else than OR")
      }
      found += try pattern.observation()
    }
    return found
  }

  private mutating func observation() throws(Refusal) -> [Indicator] {
    try expect("[")
    let ways = try alternatives()
    try expect("]")
    var indicators: [Indicator] = []
    for way in ways { indicators += try Self.indicators(way) }
    return indicators
  }

  // MARK: Comparisons: a list of ways to hold, each a list of terms that hold together

  private mutating func alternatives() throws(Refusal) -> [[Term]] {
    var ways = try conjunction()
    while tokens.first == .word("OR") {
      tokens.removeFirst()
      ways += try conjunction()
    }
    return ways
  }

  private mutating func conjunction() throws(Refusal) -> [[Term]] {
    var ways = try comparison()
    while tokens.first == .word("AND") {
      tokens.removeFirst()
      let more = try comparison()
      ways = ways.flatMap { left in more.map { left + $0 } }
      guard ways.count <= 10_000 else { throw Refusal(reason: "says too much at once") }
    }
    return ways
  }

  private mutating func comparison() throws(Refusal) -> [[Term]] {
    if tokens.first == .sign("(") {
      tokens.removeFirst()
      let ways = try alternatives()
      try expect(")")
      return ways
    }
    guard case .word(let path)? = tokens.popFirst(), path != "NOT" else {
      throw Refusal(reason: "a comparison that cannot be read")
    }
    var values: [Token] = []
    switch tokens.popFirst() {
    case .sign("="):
      guard let value = tokens.popFirst() else { throw Refusal(reason: "ends too early") }
      values = [value]
    case .word("IN"):
      try expect("(")
      while let value = tokens.popFirst() {
        values.append(value)
        if tokens.first == .sign(",") { tokens.removeFirst() } else { break }
      }
      try expect(")")
    default:
      throw Refusal(reason: "compares \(path) by something else than = and IN")
    }
    return [[try Self.term(path, values)]]
  }

  private static func term(_ path: String, _ values: [Token]) throws(Refusal) -> Term {
    switch path {
    case "network-traffic:dst_port": return .port(try values.map(port))
    case "network-traffic:src_port": return .sourcePort(try values.map(port))
    case "network-traffic:dst_ref.value", "ipv4-addr:value", "ipv6-addr:value":
      return .address(
        try values.map { value throws(Refusal) in
          guard case .text(let text) = value, let block = AddressBlock(text) else {
            throw Refusal(reason: "no address")
          }
          return block
        })
    case "network-traffic:dst_ref.type": return .transport([])
    case let path where path.hasPrefix("network-traffic:protocols["):
      return .transport(values.compactMap { if case .text(let text) = $0 { text } else { nil } })
    default: throw Refusal(reason: "asks for \(path), which is no port or address of a connection")
    }
  }

  private static func port(_ value: Token) throws(Refusal) -> Int {
    let number: Int? =
      switch value {
      case .number(let number): number
      case .text(let text): Int(text)
      default: nil
      }
    guard let number, (1...65_535).contains(number) else { throw Refusal(reason: "no port") }
    return number
  }

  private static func indicators(_ terms: [Term]) throws(Refusal) -> [Indicator] {
    var ports: [Int]?
    var addresses: [AddressBlock]?
    var transports: Set<String> = []
    for term in terms {
      switch term {
      case .port(let more):
        guard ports == nil else { throw Refusal(reason: "asks for two ports at once") }
        ports = more
      case .sourcePort: throw Refusal(reason: "asks for a source port, which says nothing")
      case .address(let more):
        guard addresses == nil else { throw Refusal(reason: "asks for two addresses at once") }
        addresses = more
      case .transport(let names):
        transports.formUnion(names.map { $0.lowercased() }.filter { ["tcp", "udp"].contains($0) })
      }
    }
    guard ports != nil || addresses != nil else {
      throw Refusal(reason: "names neither a port nor an address")
    }
    let transport = transports.count == 1 ? transports.first : nil
    let queries: [PortQuery?] =
      ports.map { $0.map { PortQuery("\($0)" + (transport.map { "/" + $0 } ?? "")) } } ?? [nil]
    let blocks: [AddressBlock?] = addresses ?? [nil]
    return queries.flatMap { query in blocks.map { Indicator(ports: query, address: $0) } }
  }

  private mutating func expect(_ sign: Character) throws(Refusal) {
    guard tokens.popFirst() == .sign(sign) else {
      throw Refusal(reason: "no pattern that can be read: '\(sign)' is missing")
    }
  }

  private static func tokens(of text: String) throws(Refusal) -> [Token] {
    var tokens: [Token] = []
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "'" {
        rest.removeFirst()
        var value = ""
        while let next = rest.popFirst(), next != "'" {
          value.append(next == "\\" ? rest.popFirst() ?? next : next)
        }
        tokens.append(.text(value))
      } else if "[](),=".contains(first) {
        tokens.append(.sign(first))
        rest.removeFirst()
      } else {
        var word = ""
        var depth = 0
        while let next = rest.first {
          // `protocols[0]` is one word.
          if next == "[" { depth += 1 }
          if next == "]" { depth -= 1 }
          if depth < 0 || next.isWhitespace || "(),='".contains(next) { break }
          word.append(next)
          rest.removeFirst()
          if depth == 0, next == "]" { break }
        }
        guard !word.isEmpty else { throw Refusal(reason: "no pattern that can be read") }
        tokens.append(Int(word).map { .number($0) } ?? .word(word))
      }
      guard tokens.count <= 100_000 else { throw Refusal(reason: "is too long") }
    }
    return tokens
  }
}
