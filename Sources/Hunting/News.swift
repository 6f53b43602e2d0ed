import Facts

/// What of a verdict is new since the last one that was told.
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

  package var new = Count()
  /// Known, and more serious than it was: a higher score, another port, a first connection.
  package var changed = Count()
  /// Known, and merely going on.
  package var continuing = Count()
  /// What is to be remembered of all that was found, by id.
  package private(set) var states: [String: String] = [:]

  /// Leaves in `verdict` what is new or has changed, with its status.
  ///
  /// - Parameter told: What was told of each finding, beacon and change, by id.
  package init(in verdict: inout Verdict, told: [String: String]) {
    verdict.findings = verdict.findings.compactMap { finding in
      var finding = finding
      let list: WritableKeyPath<Count, Int> =
        switch finding.kind {
        case .beacon: \.beacons
        case .portChange: \.changes
        case .tableRow, .intelligence: \.findings
        }
      finding.status = note(finding.id, finding.state, told, finding.isGraver(than:), list)
      return finding.status == nil ? nil : finding
    }
    for list in [\Verdict.beacons, \.strobes] {
      verdict[keyPath: list] = verdict[keyPath: list].compactMap { beacon in
        var beacon = beacon
        beacon.status = note(beacon.id, beacon.state, told, beacon.isOther(than:), \.beacons)
        return beacon.status == nil ? nil : beacon
      }
    }
    verdict.remoteDesktopChanges = verdict.remoteDesktopChanges.compactMap { change in
      var change = change
      change.status = note(change.id, change.state, told, change.isGraver(than:), \.changes)
      return change.status == nil ? nil : change
    }
  }

  /// - Returns: The status of what is to be told; nil where nothing is.
  private mutating func note(
    _ id: String, _ state: String, _ told: [String: String], _ isGraver: (String) -> Bool,
    _ list: WritableKeyPath<Count, Int>
  ) -> Finding.Status? {
    // Under `tuned` a beacon is in both lists.
    let isCounted = states.updateValue(state, forKey: id) != nil
    let step = isCounted ? 0 : 1
    guard let before = told[id] else {
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
}

extension Beacon {
  fileprivate var state: String { "\(score.outcome.rawValue) \(score.sessions)" }

  /// Whether it was called something else when it was told.
  fileprivate func isOther(than told: String) -> Bool {
    told.split(separator: " ").first != state.split(separator: " ").first
  }
}

extension RemoteDesktopChange {
  fileprivate var state: String { "rdp \(followUp.connectionCount)" }

  /// Whether nobody had connected when it was told.
  fileprivate func isGraver(than told: String) -> Bool { told == "rdp 0" }
}

extension Finding {
  fileprivate var state: String {
    switch kind {
    case .beacon: if let beacon { return beacon.state }
    case .portChange: if let change { return change.state }
    case .tableRow, .intelligence: break
    }
    let ports = portsUsed.map(\.text).joined(separator: ",")
    return "\(connectionCount) \(maxRiskScore) \(lastSeen?.iso8601Milliseconds ?? "-") \(ports)"
  }

  /// Whether it scores higher or uses another port than when it was told.
  fileprivate func isGraver(than told: String) -> Bool {
    switch kind {
    case .beacon: if let beacon { return beacon.isOther(than: told) }
    case .portChange: if let change { return change.isGraver(than: told) }
    case .tableRow, .intelligence: break
    }
    let parts = told.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let score = Int(parts[1]) else { return true }
    let ports = Set(parts[3].split(separator: ","))
    return maxRiskScore > score || portsUsed.contains { !ports.contains($0.text[...]) }
  }
}
