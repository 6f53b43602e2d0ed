import Facts
import Knowledge

/// What was found among the groups, by what is to be made of it.
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
  /// Scores every group ahead of time, in tasks of like size.
  ///
  /// - Complexity: O(*n* log *n*) in the seconds of a group.
  mutating func score(atMost workers: Int) async {
    let groups = groups
    let share = max(1, (groups.count + workers - 1) / workers)
    scores = await withTaskGroup(of: [(index: Int, score: BeaconScore)].self) { tasks in
      for start in stride(from: 0, to: groups.count, by: share) {
        let part = start..<min(start + share, groups.count)
        tasks.addTask { Self.regular(groups, part) }
      }
      return await tasks.reduce(into: []) { $0 += $1 }
    }
  }

  /// Those that are beacons or strobes.
  private static func regular(
    _ groups: [(key: BeaconKey, group: BeaconGroup)], _ part: Range<Int>
  ) -> [(index: Int, score: BeaconScore)] {
    part.compactMap { index in
      let score = BeaconScore(groups[index].group.arrivals.seconds)
      return score.outcome == .beacon || score.outcome == .strobe ? (index, score) : nil
    }
  }

  /// Says of every regular group what is to be made of it.
  func judged(
    _ texts: TextTable, _ intel: IntelIndex, _ suppressing: inout Suppressing
  ) -> BeaconVerdict {
    var verdict = BeaconVerdict()
    for (index, score) in scores ?? Self.regular(groups, groups.indices) {
      let (key, group) = groups[index]
      var beacon = beacon(key, group, group.arrivals.seconds, score, texts)
      beacon.intel = intel.indicators(
        port: key.port, transport: key.transport, address: names[key.address], from: group.first,
        to: group.last)
      beacon.suppressedBy = suppressing.name(hiding: key, group, names[key.address], texts)
      if beacon.suppressedBy != nil {
        verdict.suppressed.append(beacon)
      } else if beacon.expectation != nil {
        verdict.expected.append(beacon)
      } else if score.outcome == .strobe {
        verdict.strobes.append(beacon)
      } else {
        verdict.beacons.append(beacon)
        verdict.byKey[key] = beacon
      }
    }
    verdict.beacons.sort(by: Self.isOrdered)
    verdict.expected.sort(by: Self.isOrdered)
    verdict.strobes.sort(by: Self.isOrdered)
    verdict.suppressed.sort(by: Self.isOrdered)
    return verdict
  }

  /// The name of a group from run to run.
  func id(of key: BeaconKey, _ texts: TextTable) -> String {
    findingID([
      texts[key.host], names[key.program], names[key.address], texts[key.port],
      texts[key.transport], "beacon",
    ])
  }

  private func beacon(
    _ key: BeaconKey, _ group: BeaconGroup, _ seconds: [UInt32], _ score: BeaconScore,
    _ texts: TextTable
  ) -> Beacon {
    func sorted(_ ids: some Sequence<TextID>) -> [String] {
      Set(ids).map { texts[$0] }.sorted(by: byBytes)
    }
    let address = names[key.address]
    let scope = Address(Array(address.utf8))?.scope
    let port = PortText(texts[key.port])
    return Beacon(
      id: id(of: key, texts),
      host: texts[key.host], program: names[key.program],
      images: sorted(group.callers.map(\.image)), users: sorted(group.callers.map(\.user)),
      destinationNames: sorted(group.names), address: address, scope: scope, port: port,
      transport: texts[key.transport], score: score, connectionCount: group.count,
      processCount: group.processes.count, hostCount: hosts[key.destination]?.count ?? 0,
      firstSeen: group.first, lastSeen: group.last, isSampled: group.isSampled,
      expectation: Beacon.Expectation(scope, port: port), intel: [],
      histogram: Beacon.Histogram(seconds, period: score.period))
  }

  /// The most regular first, then the one with more beats, then by bytes.
  private static func isOrdered(_ a: Beacon, _ b: Beacon) -> Bool {
    if a.score.score != b.score.score { return a.score.score > b.score.score }
    if a.score.sessions != b.score.sessions { return a.score.sessions > b.score.sessions }
    for field in [\Beacon.host, \.program, \.address, \.port.text, \.transport] {
      if byBytes(a[keyPath: field], b[keyPath: field]) { return true }
      if byBytes(b[keyPath: field], a[keyPath: field]) { return false }
    }
    return false
  }
}
