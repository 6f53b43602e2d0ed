import Facts
import Knowledge

/// Indicators, found by port.
struct IntelIndex {
  private var byPort: [Int: [Indicator]] = [:]
  private var withoutPort: [Indicator] = []
  private let texts: TextTable

  init(_ indicators: [Indicator], _ texts: TextTable) {
    self.texts = texts
    for indicator in indicators {
      if let ports = indicator.ports {
        for port in ports.ports { byPort[port, default: []].append(indicator) }
      } else {
        withoutPort.append(indicator)
      }
    }
  }

  /// The indicators that mean these connections, in the order in which they were given.
  func indicators(for key: ConnectionKey, _ fact: ConnectionFact) -> [Indicator] {
    indicators(
      port: key.port, transport: key.transport, address: texts[key.address], from: fact.first,
      to: fact.last, wanted: key.direction == .inbound ? .listener : .callback)
  }

  func indicators(
    port: TextID, transport: TextID, address: String, from first: UTCTime?, to last: UTCTime?,
    wanted: Indicator.Direction = .callback
  ) -> [Indicator] {
    guard !byPort.isEmpty || !withoutPort.isEmpty else { return [] }
    let port = port == .none ? nil : portNumber(texts[port])
    let candidates = (port.flatMap { Int(exactly: $0) }.flatMap { byPort[$0] } ?? []) + withoutPort
    guard !candidates.isEmpty else { return [] }
    let address = Address(Array(address.utf8))
    return candidates.filter {
      $0.direction == wanted
        && $0.holds(
          port: port, transport: texts[transport], address: address, from: first, to: last)
    }
  }

  func means(_ key: ConnectionKey, _ fact: ConnectionFact) -> Bool {
    !indicators(for: key, fact).isEmpty
  }
}

extension Indicator {
  /// A total order that does not depend on where an indicator came from.
  static func isOrdered(_ a: Indicator, before b: Indicator) -> Bool {
    func words(_ indicator: Indicator) -> [String] {
      [
        indicator.subject, indicator.actor, indicator.attackID, indicator.source, indicator.note,
        indicator.direction.rawValue, indicator.validFrom?.iso8601 ?? "",
        indicator.validUntil?.iso8601 ?? "",
      ]
    }
    let (left, right) = (words(a), words(b))
    if let ports = a.ports?.ports.lowerBound, let other = b.ports?.ports.lowerBound, ports != other
    {
      return ports < other
    }
    for (x, y) in zip(left, right) where x != y {
      return x.utf8.lexicographicallyPrecedes(y.utf8)
    }
    return false
  }
}
