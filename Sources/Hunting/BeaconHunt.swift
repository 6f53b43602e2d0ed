import Facts
import Knowledge

/// The beacons among the groups, by how they are judged.
struct BeaconVerdict {
  /// Nobody expects these.
  var beacons: [Beacon] = []
  /// Regular, or dense, and no surprise.
  var expected: [Beacon] = []
  /// Too dense to have a period.
  var strobes: [Beacon] = []
  /// Kept out of the three by a suppression.
  var suppressed: [Beacon] = []
  /// The best beacon of each key, for the findings that hold its connections.
  var byKey: [BeaconKey: Beacon] = [:]
}

extension BeaconGroups {
  /// Judges every regular series.
  mutating func judged(
    _ context: inout EvidenceCollector.Context, _ intel: IntelHits,
    _ suppressing: inout Suppressing, _ weights: EvidenceWeights
  ) -> BeaconVerdict {
    let texts = context.facts.texts
    var verdict = BeaconVerdict()
    var open: [(line: FleetLine, beacon: Beacon)] = []
    for series in scored() {
      var beacon = beacon(series, texts)
      beacon.isOver = context.fleet.isOver(
        beacon.lastSeen, period: beacon.score.period, on: series.key.host)
      beacon.intel = intel.matches(
        program: beacon.images, address: beacon.address, port: beacon.port.text,
        transport: beacon.transport, count: beacon.connectionCount, from: series.group.first,
        to: series.group.last)
      beacon.suppressedBy = suppressing.name(hiding: series, beacon, texts)
      if beacon.expectation == .servicePort, isSurprising(beacon, series, &context) {
        beacon.expectation = nil
      }
      if beacon.suppressedBy != nil {
        verdict.suppressed.append(beacon)
      } else if beacon.expectation != nil {
        verdict.expected.append(beacon)
      } else {
        weigh(&beacon, series, &context, weights)
        note(beacon, series, in: &verdict)
        open.append((line(series), beacon))
      }
    }
    for beacon in Self.joined(open) {
      if beacon.score.outcome == .strobe {
        verdict.strobes.append(beacon)
      } else {
        verdict.beacons.append(beacon)
      }
    }
    verdict.beacons.sort(by: Self.isOrdered)
    verdict.expected.sort(by: Self.isOrdered)
    verdict.strobes.sort(by: Self.isOrdered)
    verdict.suppressed.sort(by: Self.isOrdered)
    return verdict
  }

  private func note(_ beacon: Beacon, _ series: RegularSeries, in verdict: inout BeaconVerdict) {
    var key = series.key
    key.process = .none
    switch series.timekeeper {
    case .plain, .process: verdict.byKey[key] = beacon
    case .names(let programs):
      for program in programs {
        key.program = program
        verdict.byKey[key] = beacon
      }
    case .pool:
      for address in series.group.addresses {
        key.address = address
        if verdict.byKey[key] == nil { verdict.byKey[key] = beacon }
      }
    }
  }

  // MARK: - One line for a fleet

  /// Beacons of one line are the same talk: one program to one network and port.
  struct FleetLine: Hashable {
    var program: TextID
    var network: TextID
    var port: TextID
    var isStrobe: Bool
  }

  /// Number of hosts from which their beacons become one line.
  static let minOfLine = 3

  private func line(_ series: RegularSeries) -> FleetLine {
    FleetLine(
      program: series.key.program, network: network(of: series.key.address),
      port: series.key.port, isStrobe: series.score.outcome == .strobe)
  }

  private static func joined(_ open: [(line: FleetLine, beacon: Beacon)]) -> [Beacon] {
    var lines: [FleetLine: [Beacon]] = [:]
    var result: [Beacon] = []
    for (line, beacon) in open {
      if line.program == .none || line.network == .none {
        result.append(beacon)
      } else {
        lines[line, default: []].append(beacon)
      }
    }
    for beacons in lines.values {
      let hosts = Set(beacons.map(\.host)).sorted(by: byBytes)
      guard hosts.count >= minOfLine else {
        result += beacons
        continue
      }
      result.append(joined(beacons.sorted(by: isOrdered), hosts))
    }
    return result
  }

  private static func joined(_ beacons: [Beacon], _ hosts: [String]) -> Beacon {
    var whole = beacons[0]
    whole.id = findingID(
      beacons.map(\.program).prefix(1) + [
        Address(Array(whole.address.utf8))?.network.description ?? whole.address, whole.port.text,
        whole.score.outcome.rawValue, "fleet",
      ])
    whole.hosts = hosts
    whole.members = beacons.map(\.id).sorted(by: byBytes)
    func union(_ field: KeyPath<Beacon, [String]>) -> [String] {
      Set(beacons.flatMap { $0[keyPath: field] }).sorted(by: byBytes)
    }
    whole.images = union(\.images)
    whole.users = union(\.users)
    whole.parents = union(\.parents)
    whole.destinationNames = union(\.destinationNames)
    whole.addresses = orderedAddresses(Set(beacons.map(\.address))).map(\.1)
    if whole.addresses.count == 1 { whole.addresses = [] }
    whole.connectionCount = beacons.reduce(0) { $0 + $1.connectionCount }
    whole.processCount = beacons.reduce(0) { $0 + $1.processCount }
    whole.hostCount = max(hosts.count, beacons.map(\.hostCount).max() ?? 0)
    whole.firstSeen = beacons.compactMap(\.firstSeen).min()
    whole.firstPlace = beacons.compactMap(\.earliest).min()?.place
    whole.lastSeen = beacons.compactMap(\.lastSeen).max()
    whole.isSampled = beacons.contains(where: \.isSampled)
    whole.isOver = beacons.allSatisfy(\.isOver)
    return whole
  }

  // MARK: - One beacon

  /// The names of all series that a call may be part of.
  func ids(of key: BeaconKey, process: ProcessGuid, _ texts: TextTable) -> [String] {
    var ofProcess = key
    ofProcess.process = process
    var ofNames = key
    ofNames.program = .none
    var ofPool = key
    ofPool.address = .none
    return [key, ofProcess, ofNames, ofPool].map { id(of: $0, texts) }
  }

  /// The name of a group from run to run.
  func id(of key: BeaconKey, _ texts: TextTable) -> String {
    var words = [
      texts[key.host], names[key.program], names[key.address], texts[key.port],
      texts[key.transport], "beacon",
    ]
    if key.process != .none { words.append(key.process.description(texts)) }
    return findingID(words)
  }

  private func beacon(_ series: RegularSeries, _ texts: TextTable) -> Beacon {
    let (key, group, score) = (series.key, series.group, series.score)
    func sorted(_ ids: some Sequence<TextID>) -> [String] {
      Set(ids).map { texts[$0] }.sorted(by: byBytes)
    }
    let addresses = orderedAddresses(group.addresses.map { names[$0] }).map(\.1)
    let address = key.address == .none ? addresses.first ?? "" : names[key.address]
    let scope = Address(Array(address.utf8))?.scope
    let port = PortText(texts[key.port])
    var programs: [String] = []
    if case .names(let ids) = series.timekeeper {
      programs = Set(ids.map { names[$0] }).sorted(by: byBytes)
    }
    let saysOwnEnd =
      group.sources.count > 0
      && group.sources.allSatisfy { LinuxUDP.saysOwnEnd($0, texts[key.transport], scope) }
    var beacon = Beacon(
      id: id(of: key, texts), host: texts[key.host],
      program: key.program == .none ? programs.first ?? "" : names[key.program],
      images: sorted(group.callers.map(\.image)), users: sorted(group.callers.map(\.user)),
      destinationNames: sorted(group.names), address: address, scope: scope, port: port,
      transport: texts[key.transport], score: score, connectionCount: group.count,
      processCount: group.processes.count, hostCount: hostCount(key.destination),
      firstSeen: group.first, lastSeen: group.last, isSampled: group.isSampled,
      expectation: saysOwnEnd ? nil : Beacon.Expectation(scope, port: port), intel: [],
      histogram: Beacon.Histogram(group.arrivals.seconds, period: score.period))
    beacon.firstPlace = group.earliest?.place
    switch series.timekeeper {
    case .plain: break
    case .process: beacon.timekeeper = .process
    case .names:
      beacon.timekeeper = .changingNames
      beacon.programs = programs
    case .pool:
      beacon.timekeeper = .changingAddresses
      beacon.addresses = addresses
      beacon.hostCount =
        group.addresses.map {
          traffic.hosts(of: network(of: $0))
        }.max() ?? 1
    }
    beacon.sources = Set(group.sources).sorted()
    beacon.arrivals.add(group.arrivals)
    return beacon
  }

  /// More points first, the most regular, the one with more beats, then by bytes.
  static func isOrdered(_ a: Beacon, _ b: Beacon) -> Bool {
    if a.points != b.points { return a.points > b.points }
    if a.score.score != b.score.score { return a.score.score > b.score.score }
    if a.score.sessions != b.score.sessions { return a.score.sessions > b.score.sessions }
    for field in [\Beacon.host, \.program, \.address, \.port.text, \.transport, \.id] {
      if byBytes(a[keyPath: field], b[keyPath: field]) { return true }
      if byBytes(b[keyPath: field], a[keyPath: field]) { return false }
    }
    return false
  }
}
