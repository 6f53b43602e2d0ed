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
  /// The rows of the published table that its connections belong to.
  package var rows: [Row] = []
  /// What keeps the connections out of it that are in none; nil where that was not asked.
  package var obstacle: TableObstacle?

  package struct Row: Equatable, Sendable {
    package var finding: Finding
    /// In the list of findings, from 1 on; nil where it is hidden.
    package var place: Int?
    package var suppressedBy: String?
  }

  /// The first place in the list of findings.
  fileprivate var firstPlace: Int { (rows.compactMap(\.place) + [place ?? .max]).min() ?? .max }
}

/// Collects the calls of each key.
struct Talks {
  private struct Call {
    var group = BeaconGroup()
    var rows: Set<String> = []
    var obstacle: TableObstacle?
  }

  private var keys = BeaconGroups()
  private var calls: [BeaconKey: Call] = [:]

  mutating func add(_ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable) {
    guard let call = keys.key(of: key, texts) else { return }
    calls[call, default: Call()].group.add(key, fact)
  }

  /// The same, with the row of the published table that it is in, or what keeps it out.
  fileprivate mutating func add(_ at: Int, _ hunt: inout Hunt) {
    let (key, texts) = (hunt.facts.keys[at], hunt.facts.texts)
    guard let call = keys.key(of: key, texts) else { return }
    calls[call, default: Call()].group.add(key, hunt.facts.facts[at])
    guard !hunt.rules.isSweep else { return }
    let dropped = hunt.result.droppedConnections
    if let (group, _) = hunt.match(at) {
      calls[call]?.rows.insert(hunt.id(of: group))
    } else if calls[call]?.obstacle == nil {
      let isDropped = hunt.result.droppedConnections > dropped
      calls[call]?.obstacle = isDropped ? .missingField : hunt.rules.obstacle(to: key, texts)
    }
  }

  /// What is first in the list of findings first, then the one with most connections.
  ///
  /// - Parameters:
  ///   - verdict: Of the hunt of all that was read.
  ///   - groups: What that hunt looked for beacons in.
  func found(in verdict: Verdict, _ groups: BeaconGroups, _ texts: TextTable) -> [Talk] {
    let reported = ReportedBeacons(verdict)
    let rows = ReportedRows(verdict)
    return calls.map { key, call in
      let group = call.group
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
        placeCount: verdict.findings.count, rows: rows.rows(call.rows), obstacle: call.obstacle)
    }.sorted { a, b in
      if a.firstPlace != b.firstPlace { return a.firstPlace < b.firstPlace }
      if a.connectionCount != b.connectionCount { return a.connectionCount > b.connectionCount }
      for field in [\Talk.host, \.program, \.address, \.port.text] {
        if byBytes(a[keyPath: field], b[keyPath: field]) { return true }
        if byBytes(b[keyPath: field], a[keyPath: field]) { return false }
      }
      return false
    }
  }
}

/// The rows of a verdict by all their ids.
private struct ReportedRows {
  private var rows: [String: Talk.Row] = [:]

  init(_ verdict: Verdict) {
    for (place, finding) in verdict.findings.enumerated() where finding.kind == .tableRow {
      for id in [finding.id] + finding.members {
        rows[id] = Talk.Row(finding: finding, place: place + 1)
      }
    }
    for hidden in verdict.suppressed where rows[hidden.finding.id] == nil {
      rows[hidden.finding.id] = Talk.Row(finding: hidden.finding, suppressedBy: hidden.by)
    }
  }

  /// Each once, the first in the list first.
  func rows(_ ids: Set<String>) -> [Talk.Row] {
    var seen: Set<String> = []
    return ids.sorted(by: byBytes).compactMap { rows[$0] }
      .filter { seen.insert($0.finding.id).inserted }
      .sorted { ($0.place ?? .max, $0.finding.id) < ($1.place ?? .max, $1.finding.id) }
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

/// Which connections somebody asks about; all that is given has to fit.
package struct TalkQuery: Sendable {
  package var address: Address?
  package var port: Int?
  /// Of a host, whole or up to the first dot; of a program, or its whole path; or of a destination; in either case.
  package var name: String?

  package init(address: Address? = nil, port: Int? = nil, name: String? = nil) {
    self.address = address
    self.port = port
    self.name = name.map(asciiLowercased)
  }

  /// The facts that answer it.
  package var plan: RecallPlan {
    guard address == nil else {
      return RecallPlan(
        addresses: address.flatMap { AddressBlock($0.unmapped.description) }.map { [$0] } ?? [])
    }
    return RecallPlan { [port] number in port.map { Double($0) == number } ?? true }
  }
}

/// Finds what a query asks about; what a text means is found out once.
private struct TalkFilter {
  private let query: TalkQuery
  private var addresses = TextMap<Bool>()
  private var ports = TextMap<Bool>()
  private var hosts = TextMap<Bool>()
  private var programs = TextMap<Bool>()
  private var destinations = TextMap<Bool>()

  init(_ query: TalkQuery) { self.query = query }

  mutating func fits(_ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable) -> Bool {
    if let port = query.port,
      !ports.value(of: key.port, { portNumber(texts[key.port]) == Double(port) })
    {
      return false
    }
    if let address = query.address,
      !addresses.value(
        of: key.address, { Address(texts[key.address])?.unmapped == address.unmapped })
    {
      return false
    }
    guard let name = query.name else { return true }
    func text(_ id: TextID) -> String { asciiLowercased(texts[id]) }
    return hosts.value(of: key.host) {
      let host = text(key.host)
      return host == name || host.prefix { $0 != "." } == name
    }
      || programs.value(of: key.image) {
        let image = text(key.image)
        return image == name || baseName(image) == name
      }
      || destinations.value(of: fact.destinationName) { text(fact.destinationName) == name }
  }
}

/// All outbound talk that a query asks about.
///
/// - Parameters:
///   - facts: All that ``TalkQuery/plan`` asks for.
///   - verdict: Of the hunt of the whole input, and `groups` what that looked for beacons in.
package func talks(
  _ query: TalkQuery, in facts: FactTable, by rules: HuntRules, judgedBy verdict: Verdict,
  _ groups: BeaconGroups
) -> [Talk] {
  var talks = Talks()
  var filter = TalkFilter(query)
  // For its rows alone: the beacons are those of the verdict.
  var published = rules
  published.isOnlyPublished = true
  var hunt = Hunt(facts, published, nil)
  for at in facts.keys.indices where filter.fits(facts.keys[at], facts.facts[at], facts.texts) {
    talks.add(at, &hunt)
  }
  return talks.found(in: verdict, groups, facts.texts)
}
