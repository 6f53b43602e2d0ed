import Facts

/// What of a verdict is new since the last one that was reported.
package struct News: Equatable, Sendable {
  package struct Count: Equatable, Sendable {
    package var findings: Int
    package var beacons: Int
    package var changes: Int

    package init(findings: Int = 0, beacons: Int = 0, changes: Int = 0) {
      self.findings = findings
      self.beacons = beacons
      self.changes = changes
    }

    package var total: Int { findings + beacons + changes }
  }

  /// What was reported before, by id.
  package let reported: [String: String]
  package var new = Count()
  /// Known, and more serious than it was: a higher score, another port, a first connection, a beacon that
  /// came back or spread to twice as many hosts.
  package var changed = Count()
  /// Known, and merely continuing.
  package var continuing = Count()
  /// Known beacons that have fallen silent, or are not found any more.
  package var gone = Count()
  /// What to remember of all that was found, by id.
  package private(set) var states: [String: String] = [:]
  /// Of those that are gone, the ids of what is not found any more.
  package private(set) var vanished: [String] = []
  private var continuingBeacons: Set<String> = []
  /// Under `tuned` a row tells the rhythms that it holds, and counts for them: those of all rows, and of
  /// those that are reported.
  private var inRows: Set<String> = []
  private var toldByRows: Set<String> = []

  /// Leaves in `verdict` what is new, has changed or has ended, with its status, and moves beacons that
  /// merely continue to ``Verdict/continuing``.
  ///
  /// - Parameter reported: What was reported of each finding, beacon and change, by id.
  package init(in verdict: inout Verdict, reported: [String: String]) {
    self.reported = reported
    let known = verdict.beaconNames
    noteRows(of: &verdict)
    for list in [\Verdict.beacons, \.strobes] {
      verdict[keyPath: list] = verdict[keyPath: list].compactMap { beacon in
        var beacon = beacon
        beacon.status = note(beacon)
        if continuingBeacons.contains(beacon.id) {
          beacon.status = .continuing
          verdict.continuing.append(beacon)
          return nil
        }
        return beacon.status == nil ? nil : beacon
      }
    }
    verdict.findings = verdict.findings.compactMap { finding in
      guard finding.kind == .beacon, let beacon = finding.beacon else { return finding }
      var finding = finding
      let status = note(beacon)
      if status == .continuing { return nil }
      finding.status = status
      finding.beacon?.status = status
      return status == nil ? nil : finding
    }
    verdict.remoteDesktopChanges = verdict.remoteDesktopChanges.compactMap { change in
      var change = change
      change.status = note(change.id, change.state, change.isGraver(than:), \.changes)
      return change.status == nil ? nil : change
    }
    // What is no longer found: its connections were pruned, or are outside of the days that are judged.
    for (id, state) in reported.sorted(by: { $0.key < $1.key })
    where BeaconState(state)?.isOver == false && !known.contains(id) {
      states[id] = state + BeaconState.over
      gone.beacons += 1
      vanished.append(id)
    }
    guard verdict.isOneList else { return }
    // A row that reported a beacon does not say that it has ended, and one that merely continues reports none.
    let listed = Set(verdict.findings.map(\.id))
    verdict.findings += (verdict.beacons + verdict.strobes).filter {
      !listed.contains($0.id) && ($0.status == .gone || !toldByRows.contains($0.id))
    }.map { Finding($0) }
  }

  /// Leaves rows and changed ports that are news.
  private mutating func noteRows(of verdict: inout Verdict) {
    if verdict.isOneList {
      inRows = Set(verdict.findings.filter { $0.kind != .beacon }.flatMap(\.beaconIDs))
    }
    verdict.findings = verdict.findings.compactMap { finding in
      var finding = finding
      switch (finding.kind, finding.change) {
      case (.beacon, _): return finding
      case (.portChange, let change?):
        finding.status = note(finding.id, change.state, change.isGraver(than:), \.changes)
      default: finding.status = note(finding.id, finding.state, finding.isGraver(than:), \.findings)
      }
      if finding.status != nil, verdict.isOneList { toldByRows.formUnion(finding.beaconIDs) }
      return finding.status == nil ? nil : finding
    }
  }

  /// - Returns: The status of what is to be reported; nil where nothing is.
  private mutating func note(
    _ id: String, _ state: String, _ isGraver: (String) -> Bool,
    _ list: WritableKeyPath<Count, Int>
  ) -> Finding.Status? {
    // Under `tuned` a change is in both lists.
    let step = states.updateValue(state, forKey: id) != nil ? 0 : 1
    guard let before = reported[id] else {
      new[keyPath: list] += step
      return .new
    }
    if before == state { return nil }
    if isGraver(before) {
      changed[keyPath: list] += step
      return .changed
    }
    continuing[keyPath: list] += step
    return nil
  }

  /// The same of a beacon, which can end; `continuing` where it merely continues.
  private mutating func note(_ beacon: Beacon) -> Finding.Status? {
    let state = beacon.state
    // Under `tuned` a beacon is in both lists.
    let step = states.updateValue(state.text, forKey: beacon.id) != nil ? 0 : 1
    let ownStep = toldByRows.contains(beacon.id) ? 0 : step
    guard let before = reported[beacon.id].flatMap(BeaconState.init) else {
      // A line for several hosts, some of which were reported by themselves.
      guard beacon.members.contains(where: { reported[$0] != nil }) else {
        new.beacons += ownStep
        return .new
      }
      changed.beacons += ownStep
      return .changed
    }
    switch state.status(after: before) {
    case .changed:
      changed.beacons += ownStep
      return .changed
    case .gone:
      gone.beacons += step
      return .gone
    case .continuing:
      if before != state, !inRows.contains(beacon.id) { continuing.beacons += step }
      continuingBeacons.insert(beacon.id)
      return .continuing
    case nil, .new: return nil
    }
  }
}

/// What a ledger remembers of a beacon: `beacon 118`, `strobe 4 3 over`.
struct BeaconState: Equatable {
  static let over = " over"

  /// Beacon or strobe.
  var outcome: String
  var sessions: Int
  /// Hosts, where it is a line for several.
  var hosts = 1
  var isOver = false

  init(outcome: String, sessions: Int, hosts: Int, isOver: Bool) {
    self.outcome = outcome
    self.sessions = sessions
    self.hosts = hosts
    self.isOver = isOver
  }

  /// Nil for what is remembered of other findings.
  init?(_ text: String) {
    var words = text.split(separator: " ")
    isOver = words.last == "over"
    if isOver { words.removeLast() }
    guard let first = words.first, BeaconScore.Outcome(rawValue: String(first)) != nil,
      words.count == 2 || words.count == 3, let sessions = Int(words[1])
    else { return nil }
    outcome = String(first)
    self.sessions = sessions
    if words.count == 3 { hosts = Int(words[2]) ?? 1 }
  }

  var text: String {
    "\(outcome) \(sessions)" + (hosts > 1 ? " \(hosts)" : "") + (isOver ? Self.over : "")
  }

  /// Nil where there is nothing to report, because it had already ended.
  func status(after before: Self) -> Finding.Status? {
    if outcome != before.outcome || before.isOver && !isOver || hosts >= 2 * max(1, before.hosts) {
      return .changed
    }
    if isOver { return before.isOver ? nil : .gone }
    return .continuing
  }
}

extension Beacon {
  fileprivate var state: BeaconState {
    BeaconState(
      outcome: score.outcome.rawValue, sessions: score.sessions, hosts: max(1, hosts.count),
      isOver: isOver)
  }
}

extension Verdict {
  /// The ids of all rhythms that were found, whatever became of them.
  fileprivate var beaconNames: Set<String> {
    Set(
      (beacons + strobes + expectedPeriodic + suppressedBeacons).flatMap { [$0.id] + $0.members })
  }
}

extension RemoteDesktopChange {
  fileprivate var state: String { "rdp \(followUp.connectionCount)" }

  /// Whether nobody had connected when it was reported.
  fileprivate func isGraver(than reported: String) -> Bool { reported == "rdp 0" }
}

extension Finding {
  fileprivate var state: String {
    let ports = portsUsed.map(\.text).joined(separator: ",")
    return "\(connectionCount) \(maxRiskScore) \(lastSeen?.iso8601Milliseconds ?? "-") \(ports)"
  }

  /// Whether it scores higher or uses another port than when it was reported.
  fileprivate func isGraver(than reported: String) -> Bool {
    let parts = reported.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let score = Int(parts[1]) else { return true }
    let ports = Set(parts[3].split(separator: ","))
    return maxRiskScore > score || portsUsed.contains { !ports.contains($0.text[...]) }
  }
}
