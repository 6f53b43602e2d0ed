package import Facts
import Knowledge

/// Everything that leads to one finding, beacon or change, and what nearly kept it out.
package struct Trail: Sendable {
  package enum Subject: Sendable {
    /// With the suppression that hides it.
    case finding(Finding, suppressedBy: String?)
    case beacon(Beacon)
    case remoteDesktop(RemoteDesktopChange)

    fileprivate var id: String {
      switch self {
      case .finding(let finding, _): finding.id
      case .beacon(let beacon): beacon.id
      case .remoteDesktop(let change): change.id
      }
    }
  }

  /// A suppression that would hide it but for one thing.
  package struct NearMiss: Equatable, Sendable {
    package var suppression: String
    /// What of it does not fit: `user`, `port`, or that it has expired.
    package var obstacle: String
  }

  package var subject: Subject
  /// The place of the first line of each of its facts, in the order of the input.
  package var places: [Place] = []
  /// Connections that these facts add up to.
  package var connections = 0
  /// The numbers of these facts in the table of all.
  fileprivate var facts: [Int] = []
  package var nearMisses: [NearMiss] = []
  /// Of a row: whom it talks to, regular or not.
  package var talks: [Talk] = []
}

extension Verdict {
  /// Finding, beacon or change by its id, or by a beginning of it that only one has.
  package func subjects(named id: String) -> [Trail.Subject] {
    var found: [(id: String, subject: Trail.Subject)] = []
    for finding in findings where finding.kind == .tableRow {
      // A line for several rows answers to the ids of each.
      found += ([finding.id] + finding.members).map { ($0, .finding(finding, suppressedBy: nil)) }
    }
    found += intelHits.map { ($0.id, .finding($0, suppressedBy: nil)) }
    found += suppressedHits.map { ($0.finding.id, .finding($0.finding, suppressedBy: $0.by)) }
    found += suppressed.map { ($0.finding.id, .finding($0.finding, suppressedBy: $0.by)) }
    let all = beacons + strobes + expectedPeriodic + suppressedBeacons
    for beacon in all { found += ([beacon.id] + beacon.members).map { ($0, .beacon(beacon)) } }
    found += remoteDesktopChanges.map { ($0.id, .remoteDesktop($0)) }
    let exact = found.filter { $0.id == id }
    var seen: Set<String> = []
    return (exact.isEmpty ? found.filter { $0.id.hasPrefix(id) } : exact).map(\.subject)
      .filter { seen.insert($0.id).inserted }
  }
}

/// Follows a subject of a verdict back to the facts that it was made of.
///
/// - Parameters:
///   - verdict: Of the hunt of the whole input.
///   - groups: What that looked for beacons in; nil where it did not.
/// - Complexity: O(*k*) in the keys.
package func trail(
  of subject: Trail.Subject, in facts: FactTable, by rules: HuntRules, judgedBy verdict: Verdict,
  _ groups: BeaconGroups?
) -> Trail {
  var trail = Trail(subject: subject)
  switch subject {
  case .remoteDesktop(let change):
    trail.places = [change.place]
    for at in facts.connections(after: change) { trail.add(facts.facts[at], at) }
  case .beacon(let beacon):
    var keys = BeaconGroups()
    let ids = Set([beacon.id] + beacon.members)
    for (at, key) in facts.keys.enumerated() {
      guard let call = keys.key(of: key, facts.texts) else { continue }
      if keys.ids(of: call, process: key.process, facts.texts).contains(where: ids.contains) {
        trail.add(facts.facts[at], at)
      }
    }
  case .finding(let finding, _):
    var hunt = Hunt(facts, rules, groups)
    var ids: [Hunt.Group: Bool] = [:]
    let mine = Set([finding.id] + finding.members)
    var misses: Set<[String]> = []
    var talks = Talks()
    for at in facts.keys.indices {
      let matches = [
        rules.isSweep ? nil : hunt.match(at), hunt.hits.isNews(at) ? hunt.hitMatch(at) : nil,
      ].compactMap(\.self)
      let matched = matches.first { group, _ in
        let isMine = ids[group] ?? mine.contains(hunt.id(of: group))
        ids[group] = isMine
        return isMine
      }
      guard let (_, match) = matched else { continue }
      let (key, fact) = (facts.keys[at], facts.facts[at])
      trail.add(fact, at)
      talks.add(key, fact, facts.texts)
      for rule in rules.suppressions {
        let obstacles = rule.obstacles(to: key, fact, parent: match.parent, facts.texts)
        if obstacles.count == 1 { misses.insert([rule.name, obstacles[0]]) }
      }
    }
    if let groups { trail.talks = talks.found(in: verdict, groups, facts.texts) }
    trail.nearMisses = misses.map { Trail.NearMiss(suppression: $0[0], obstacle: $0[1]) }
      .sorted { ($0.suppression, $0.obstacle) < ($1.suppression, $1.obstacle) }
  }
  trail.places.sort()
  return trail
}

extension Trail {
  fileprivate mutating func add(_ fact: ConnectionFact, _ at: Int) {
    places.append(fact.place)
    connections += fact.count
    facts.append(at)
  }

  /// The facts of it alone, with the starts of their processes and of those they descend from.
  ///
  /// - Parameter table: The one that it leads through.
  package func facts(of table: FactTable) -> FactTable {
    var processes: Set<ProcessKey> = []
    for at in facts {
      let key = table.keys[at]
      var process = key.process
      for _ in 0...ProcessStory.maxAncestors where process != .none {
        guard processes.insert(ProcessKey(host: key.host, process: process)).inserted else { break }
        process =
          table.processes[ProcessKey(host: key.host, process: process)]?.details.parentProcess
          ?? .none
      }
    }
    return table.only(connections: facts, processes: processes)
  }

  /// What is known of the process, where the subject is of one.
  package var process: ProcessStory? {
    switch subject {
    case .finding(let finding, _): finding.process
    case .beacon(let beacon): beacon.process
    case .remoteDesktop: nil
    }
  }
}
