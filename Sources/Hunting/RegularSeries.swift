package import Facts

/// A group of calls with a rhythm, whichever way it was found.
struct RegularSeries: Sendable {
  /// What keeps the time.
  enum Timekeeper: Sendable {
    /// One program towards one address.
    case plain
    /// One process of several of the program.
    case process
    /// A program that comes under several names.
    case names([TextID])
    /// A program that goes to several addresses.
    case pool
  }

  var key: BeaconKey
  var group: BeaconGroup
  var score: BeaconScore
  var timekeeper = Timekeeper.plain
}

extension BeaconGroups {
  /// Addresses from which on they are a pool.
  private static let minAddresses = 3

  /// Scores every group ahead of time, in tasks of like size.
  ///
  /// - Complexity: O(*n* log *n*) in the seconds of a group.
  package mutating func score(atMost workers: Int) async {
    guard series == nil else { return }
    let all = self
    let share = max(1, (groups.count + workers - 1) / workers)
    let scores = await withTaskGroup(of: [Int: BeaconScore].self) { tasks in
      for start in stride(from: 0, to: all.groups.count, by: share) {
        let part = start..<min(start + share, all.groups.count)
        tasks.addTask { all.scores(part) }
      }
      return await tasks.reduce(into: [:]) { $0.merge($1) { $1 } }
    }
    series = regular(scores)
    rates = [:]
  }

  /// The processes of regular series whose starts are looked at.
  package func processes(_ texts: TextTable) -> Set<ProcessKey> {
    Set(
      scored().flatMap { series in
        BeaconGroup.ordered(series.group.processes, texts).map {
          ProcessKey(host: series.key.host, process: $0)
        }
      })
  }

  /// What ``score(atMost:)`` finds.
  func scored() -> [RegularSeries] { series ?? regular(scores(groups.indices)) }

  func isOfFew(_ key: BeaconKey) -> Bool {
    traffic.isFew(traffic.hosts(of: network(of: key.address)))
  }

  private func isPool(_ key: BeaconKey) -> Bool { key.address == .none }

  private func scores(_ part: Range<Int>) -> [Int: BeaconScore] {
    var scores: [Int: BeaconScore] = [:]
    for index in part {
      // A group is large, and a copy of it would be one of all its lists.
      let key = groups[index].key
      guard !isPool(key), groups[index].group.count >= BeaconScore.minSessions else { continue }
      scores[index] = BeaconScore(
        hunting: groups[index].group.arrivals.seconds, isOfFew: isOfFew(key))
    }
    return scores
  }

  /// Those that are beacons or strobes, by the order of the groups; then what only shows when several
  /// are put together or one is taken apart.
  private func regular(_ scores: [Int: BeaconScore]) -> [RegularSeries] {
    var found: [RegularSeries] = []
    var traces: [Int: BeaconScore] = [:]
    var rest: [Int] = []
    for index in groups.indices {
      let key = groups[index].key
      guard let score = scores[index] else {
        rest.append(index)
        continue
      }
      if score.outcome == .beacon, score.lacksBeats, isOfFew(key) {
        traces[index] = score
      } else if score.outcome == .beacon || score.outcome == .strobe {
        found.append(RegularSeries(key: key, group: groups[index].group, score: score))
      } else if let one = clockOfOneProcess(key, groups[index].group) {
        found.append(one)
      } else {
        rest.append(index)
      }
    }
    let (named, others) = clocksOfManyNames(rest)
    return found + sharedClocks(traces) + named + clocksOfPools(others)
  }

  /// Addresses, or names of a program, of which each has a trace of a rhythm: as one, where that is more of a clock
  /// than any of them, because one clock goes through all.
  private func sharedClocks(_ traces: [Int: BeaconScore]) -> [RegularSeries] {
    let (pools, others) = sharedClocks(Array(traces.keys), traces, isNames: false)
    let (named, alone) = sharedClocks(others, traces, isNames: true)
    return pools + named
      + alone.compactMap { index in
        traces[index].map {
          RegularSeries(key: groups[index].key, group: groups[index].group, score: $0)
        }
      }
  }

  private func sharedClocks(
    _ indices: [Int], _ traces: [Int: BeaconScore], isNames: Bool
  ) -> (found: [RegularSeries], rest: [Int]) {
    var members: [BeaconKey: [Int]] = [:]
    var rest: [Int] = []
    for index in indices {
      let key = groups[index].key
      if let whole = isNames ? key.ofNames : pool(of: key) {
        members[whole, default: []].append(index)
      } else {
        rest.append(index)
      }
    }
    var found: [RegularSeries] = []
    for members in members.values {
      if members.count > 1, let whole = together(members, isNames: isNames, minAddresses: 2),
        whole.score.basis != .oneDay,
        members.allSatisfy({ (traces[$0]?.score ?? 0) < whole.score.score })
      {
        found.append(whole)
      } else {
        rest += members
      }
    }
    return (found, rest)
  }

  private func clockOfOneProcess(_ key: BeaconKey, _ group: BeaconGroup) -> RegularSeries? {
    guard group.clocks.count > 1, isOfFew(key) else { return nil }
    var best: RegularSeries?
    for clock in group.clocks.sorted(by: {
      ($0.process.high, $0.process.low) < ($1.process.high, $1.process.low)
    }) {
      let seconds = clock.arrivals.seconds
      guard seconds.count >= BeaconScore.minSessions else { continue }
      let score = BeaconScore(hunting: seconds, isOfFew: true)
      guard score.outcome == .beacon, best.map({ $0.score.score < score.score }) ?? true else {
        continue
      }
      var series = RegularSeries(key: key, group: group, score: score, timekeeper: .process)
      series.key.process = clock.process
      series.group.arrivals = clock.arrivals
      series.group.count = seconds.count
      best = series
    }
    return best
  }

  /// Several names towards one address, of which none has a rhythm by itself.
  private func clocksOfManyNames(_ indices: [Int]) -> (found: [RegularSeries], rest: [Int]) {
    var members: [BeaconKey: [Int]] = [:]
    var rest: [Int] = []
    for index in indices {
      let key = groups[index].key
      if isPool(key) || !isOfFew(key) {
        rest.append(index)
      } else {
        members[key.ofNames, default: []].append(index)
      }
    }
    var found: [RegularSeries] = []
    for members in members.values {
      guard members.count > 1, let series = together(members, isNames: true) else {
        rest += members
        continue
      }
      found.append(series)
    }
    return (found, rest)
  }

  /// One program towards many addresses that few others call, of which none has a rhythm by itself.
  private func clocksOfPools(_ indices: [Int]) -> [RegularSeries] {
    var members: [BeaconKey: [Int]] = [:]
    for index in indices {
      let key = groups[index].key
      if isPool(key) {
        members[key, default: []].append(index)
      } else if let pool = pool(of: key) {
        members[pool, default: []].append(index)
      }
    }
    return members.values.compactMap { together($0, isNames: false) }
  }

  private func together(
    _ members: [Int], isNames: Bool, minAddresses: Int = Self.minAddresses
  ) -> RegularSeries? {
    guard let first = members.first else { return nil }
    var group = groups[first].group
    var names = [groups[first].key.program]
    if groups[first].key.address != .none { group.addresses.insert(groups[first].key.address) }
    for index in members.dropFirst() {
      let (key, other) = groups[index]
      group.add(other)
      names.append(key.program)
      if key.address != .none { group.addresses.insert(key.address) }
    }
    guard group.count >= BeaconScore.minSessions,
      isNames || group.addresses.count >= minAddresses
    else { return nil }
    let score = BeaconScore(hunting: group.arrivals.seconds, isOfFew: true)
    guard score.outcome == .beacon else { return nil }
    var key = groups[first].key
    if isNames { key.program = .none } else { key.address = .none }
    return RegularSeries(
      key: key, group: group, score: score,
      timekeeper: isNames ? .names(names.sorted { byBytes(self.names[$0], self.names[$1]) }) : .pool
    )
  }
}

extension BeaconKey {
  /// That of all programs that call there.
  fileprivate var ofNames: BeaconKey {
    var key = self
    key.program = .none
    return key
  }
}
