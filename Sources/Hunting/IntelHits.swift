import Facts
package import Knowledge

/// An indicator, and how many connections meet it.
package struct IntelMatch: Equatable, Sendable {
  package var indicator: Indicator
  /// Connections within its validity: all of them, where it has no bounds.
  package var inside = 0
  package var outside = 0

  package init(indicator: Indicator, inside: Int = 0, outside: Int = 0) {
    self.indicator = indicator
    self.inside = inside
    self.outside = outside
  }
}

/// What facts could not answer, of the connections that an indicator could mean: the same whether all facts
/// are there or only those that a ledger recalls.
package struct IntelGaps: Equatable, Sendable {
  /// Connections whose answer hangs on something that the events did not say, by the rule's or
  /// feed's name for it.
  package var undecided: [String: Int] = [:]
  /// Indicators that ask for the other side's name.
  package var namingIndicators = 0
  /// Connections that such an indicator could mean, and those of them whose event names no such name.
  package var connections = 0
  package var nameless = 0
  /// Indicators that are too common to be hits by themselves.
  package var commonIndicators = 0
  /// Connections that meet indicators, but each of them outside of its validity.
  package var outside = 0
}

/// The indicators that each fact meets.
struct IntelHits: Sendable {
  struct Hit: Equatable {
    var number: Int
    var isInside: Bool
  }

  let index: IntelIndex
  let validity: Validity
  private(set) var gaps = IntelGaps()
  private var hits: [Int: [Hit]] = [:]
  /// The numbers of those that ask for the other side's name.
  private let naming: Set<Int>

  init(_ indicators: [Indicator], _ validity: Validity, _ facts: FactTable) {
    index = IntelIndex(indicators)
    self.validity = validity
    naming = Set(
      indicators.indices.filter {
        !indicators[$0].isCommon
          && (indicators[$0].isNamed
            || indicators[$0].condition?.fields.contains(.destinationName) == true)
      })
    gaps.namingIndicators = naming.count
    gaps.commonIndicators = indicators.count(where: \.isCommon)
    guard !indicators.isEmpty else { return }
    var asked = AskedFacts(facts)
    for at in facts.keys.indices {
      let found = self.hits(at, &asked)
      if !found.isEmpty { hits[at] = found }
    }
  }

  var isEmpty: Bool { index.isEmpty }

  subscript(fact: Int) -> [Hit] { hits[fact] ?? [] }

  func indicator(_ hit: Hit) -> Indicator { index.indicators[hit.number] }

  /// Whether a fact is reported because of intelligence alone.
  func isNews(_ fact: Int) -> Bool {
    hits[fact]?.contains { !index.indicators[$0.number].isCommon } ?? false
  }

  private mutating func hits(_ at: Int, _ asked: inout AskedFacts) -> [Hit] {
    let fact = asked.facts.facts[at]
    var numbers: [Int] = []
    let port = asked.port(at)
    index.visitCandidates(
      port: port, address: asked.address(at), name: asked.facts.texts[fact.destinationName],
      isInbound: asked.facts.keys[at].direction == .inbound
    ) { numbers.append($0) }
    if !naming.isEmpty, index.asksForName(on: port) || numbers.contains(where: naming.contains) {
      gaps.connections += fact.count
      if fact.destinationName == .none { gaps.nameless += fact.count }
    }
    guard !numbers.isEmpty else { return [] }
    if numbers.count > 1 { numbers = Set(numbers).sorted() }
    var found: [Hit] = []
    for number in numbers {
      let indicator = index.indicators[number]
      let isInside = validity == .ignore || indicator.isValid(from: fact.first, to: fact.last)
      switch asked.answer(at, indicator, number) {
      case .yes: found.append(Hit(number: number, isInside: isInside))
      case .unknown where !indicator.isCommon && (isInside || validity == .mark):
        gaps.undecided[indicator.words.source, default: 0] += fact.count
      case .no, .unknown: break
      }
    }
    let news = found.filter { !index.indicators[$0.number].isCommon }
    if !news.isEmpty, news.allSatisfy({ !$0.isInside }) { gaps.outside += fact.count }
    return validity == .apply ? found.filter(\.isInside) : found
  }
}

extension IntelHits {
  /// The indicators that a program's calls to one address and port meet, from any host.
  func matches(
    program images: [String], address: String, port: String, transport: String, count: Int,
    from first: UTCTime?, to last: UTCTime?
  ) -> [IntelMatch] {
    guard !isEmpty else { return [] }
    let number = portNumber(port)
    let address = Address(address)
    var numbers: Set<Int> = []
    index.visitCandidates(
      port: number.flatMap { UInt16(exactly: $0) }, address: address
    ) { numbers.insert($0) }
    var found: [IntelMatch] = []
    for number in numbers {
      let indicator = index.indicators[number]
      guard indicator.direction != .listener,
        indicator.meets(port: portNumber(port), transport: transport, address: address)
      else { continue }
      if let condition = indicator.condition {
        let values: [ConnectionField: String] = [
          .destinationAddress: address?.description ?? "", .destinationPort: port,
          .transport: transport, .initiated: "true", .eventID: "3",
          .isIPv6: address?.unmapped.family == .v6 ? "true" : "false",
        ]
        let isMet = images.contains { image in
          condition.answer { test in
            if test.field == .image { return test.answer(.text(image)) }
            return test.answer(values[test.field].map { .text($0) } ?? .unknown)
          } == .yes
        }
        guard isMet else { continue }
      }
      let isInside = validity == .ignore || indicator.isValid(from: first, to: last)
      guard isInside || validity == .mark else { continue }
      found.append(
        IntelMatch(
          indicator: indicator, inside: isInside ? count : 0, outside: isInside ? 0 : count))
    }
    return found.sorted { Indicator.isOrdered($0.indicator, before: $1.indicator) }
  }
}

extension Indicator {
  /// Whether a connection has one of its ports, its transport and an address of its network. An event
  /// that names no transport may have any.
  func meets(port: Double?, transport name: String, address: Address?) -> Bool {
    if let portRange {
      guard let port, let number = UInt16(exactly: port), portRange.contains(number) else {
        return false
      }
    }
    if let transport, !name.isEmpty, name != transport.rawValue { return false }
    if let block = self.address {
      guard let address, block.contains(address) else { return false }
    }
    return true
  }
}
