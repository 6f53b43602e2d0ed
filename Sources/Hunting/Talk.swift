package import Facts

/// What one program on one host has with one address and port, regular or not: to say why it is no beacon.
package struct Talk: Equatable, Sendable {
  package var host: String
  package var program: String
  package var address: String
  package var port: PortText
  package var connectionCount: Int
  /// Hosts that talk to the address on any port.
  package var hostCount: Int
  package var isOfFew: Bool
  package var score: BeaconScore
  package var expectation: Beacon.Expectation?
  /// The most regular of its processes, where it is not itself a beacon.
  package var process: BeaconScore?
}

/// Collects the calls of each key.
struct Talks {
  private var groups = BeaconGroups()
  private var calls: [BeaconKey: BeaconGroup] = [:]
  private var hosts: Set<TextID> = []

  mutating func add(_ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable) {
    guard let call = groups.key(of: key, texts) else { return }
    calls[call, default: BeaconGroup()].add(key, fact)
    hosts.insert(call.host)
  }

  /// The one with most connections first.
  func found(hostCount: Int?, _ texts: TextTable) -> [Talk] {
    calls.map { key, group in
      let address = groups.names[key.address]
      let port = PortText(texts[key.port])
      let hostCount = hostCount ?? hosts.count
      let isOfFew = hostCount <= Fleet.mostOfRare
      return Talk(
        host: texts[key.host], program: groups.names[key.program], address: address, port: port,
        connectionCount: group.count, hostCount: hostCount, isOfFew: isOfFew,
        score: BeaconScore(group.arrivals.seconds, isOfFew: isOfFew),
        expectation: Beacon.Expectation(Address(Array(address.utf8))?.scope, port: port),
        process: group.clocks.map { BeaconScore($0.arrivals.seconds) }
          .filter { isOfFew && $0.outcome == .beacon }.max { $0.score < $1.score })
    }.sorted { a, b in
      if a.connectionCount != b.connectionCount { return a.connectionCount > b.connectionCount }
      for field in [\Talk.host, \.program, \.address, \.port.text] {
        if byBytes(a[keyPath: field], b[keyPath: field]) { return true }
        if byBytes(b[keyPath: field], a[keyPath: field]) { return false }
      }
      return false
    }
  }
}

/// All outbound talk with an address, on one port or any.
package func talks(with address: Address, port: Int?, in facts: FactTable) -> [Talk] {
  var talks = Talks()
  for (key, fact) in zip(facts.keys, facts.facts) {
    let texts = facts.texts
    guard Address(Array(texts[key.address].utf8))?.unmapped == address.unmapped,
      port == nil || portNumber(texts[key.port]) == port.map(Double.init)
    else { continue }
    talks.add(key, fact, texts)
  }
  return talks.found(hostCount: nil, facts.texts)
}
