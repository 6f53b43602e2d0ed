package import Facts

/// What one program on one host has with one address and port, and what the hunt made of it: to say why it
/// is a beacon, or why not.
package struct Talk: Equatable, Sendable {
  package var host: String
  package var program: String
  package var address: String
  package var port: PortText
  package var connectionCount: Int
  /// Hosts that talk to the address or others of its network, of all hosts that open connections.
  package var hostCount: Int
  package var fleetCount: Int
  package var isOfFew: Bool
  /// Of its own connections, whatever the hunt made of them together with others.
  package var score: BeaconScore
  /// The beacon, strobe or expected rhythm of the hunt that these connections belong to.
  package var beacon: Beacon?
  /// The place in the one list of the finding that tells the beacon, from 1 on; nil where there is no such
  /// list, or the beacon is not in it.
  package var place: Int?
  /// How long the list is.
  package var placeCount = 0
}

/// Collects the calls of each key.
struct Talks {
  private var keys = BeaconGroups()
  private var calls: [BeaconKey: BeaconGroup] = [:]

  mutating func add(_ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable) {
    guard let call = keys.key(of: key, texts) else { return }
    calls[call, default: BeaconGroup()].add(key, fact)
  }

  /// The one with most connections first.
  ///
  /// - Parameters:
  ///   - verdict: Of the hunt of all that was read.
  ///   - groups: What that hunt looked for beacons in.
  func found(in verdict: Verdict, _ groups: BeaconGroups, _ texts: TextTable) -> [Talk] {
    let reported = ReportedBeacons(verdict)
    return calls.map { key, group in
      let (callers, isOfFew) = groups.prevalence(ofAddress: keys.names[key.address])
      let ids = Set(
        ([.none] + Array(group.processes)).flatMap { keys.ids(of: key, process: $0, texts) })
      let beacon = reported.beacon(
        ids, program: keys.names[key.program], address: keys.names[key.address])
      let place = beacon.flatMap { reported.places[$0.id] }
      return Talk(
        host: texts[key.host], program: keys.names[key.program], address: keys.names[key.address],
        port: PortText(texts[key.port]), connectionCount: group.count, hostCount: callers,
        fleetCount: groups.traffic.hostCount, isOfFew: isOfFew,
        score: BeaconScore(group.arrivals.seconds, isOfFew: isOfFew), beacon: beacon, place: place,
        placeCount: verdict.findings.count)
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

/// The beacons of a verdict by all their names.
private struct ReportedBeacons {
  private var beacons: [String: Beacon] = [:]
  private(set) var places: [String: Int] = [:]

  init(_ verdict: Verdict) {
    for beacon in verdict.beacons + verdict.strobes + verdict.expectedPeriodic
      + verdict.suppressedBeacons
    {
      for id in [beacon.id] + beacon.members { beacons[id] = beacon }
    }
    guard verdict.isOneList else { return }
    for (place, finding) in verdict.findings.enumerated() {
      if let beacon = finding.beacon, places[beacon.id] == nil { places[beacon.id] = place + 1 }
    }
  }

  /// A clock over several addresses or names takes in only what it goes through.
  func beacon(_ ids: Set<String>, program: String, address: String) -> Beacon? {
    ids.compactMap { beacons[$0] }.filter {
      ($0.addresses.isEmpty || $0.addresses.contains(address))
        && ($0.programs.isEmpty || $0.programs.contains(program))
    }.max { a, b in a.points == b.points ? byBytes(b.id, a.id) : a.points < b.points }
  }
}

/// All outbound talk with an address, on one port or any.
///
/// - Parameters:
///   - facts: All that is known of the address.
///   - verdict: Of the hunt of the whole input, and `groups` what that looked for beacons in.
package func talks(
  with address: Address, port: Int?, in facts: FactTable, judgedBy verdict: Verdict,
  _ groups: BeaconGroups
) -> [Talk] {
  var talks = Talks()
  for (key, fact) in zip(facts.keys, facts.facts) {
    let texts = facts.texts
    guard Address(Array(texts[key.address].utf8))?.unmapped == address.unmapped,
      port == nil || portNumber(texts[key.port]) == port.map(Double.init)
    else { continue }
    talks.add(key, fact, texts)
  }
  return talks.found(in: verdict, groups, facts.texts)
}
