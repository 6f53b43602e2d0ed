import Facts
import GRDB
package import Hunting

extension Ledger {
  /// Keeps what was not told before or has changed since, findings with their status.
  ///
  /// A finding has changed when its count, score, ports or last time differ from what was told, a
  /// beacon when it has more beats, an RDP port change when somebody connected.
  package func keepNews(in verdict: inout Verdict) throws(LedgerError) {
    let told = try told()
    verdict.findings = verdict.findings.compactMap { finding in
      guard told[finding.id] != finding.state else { return nil }
      var finding = finding
      finding.status = told[finding.id] == nil ? .new : .changed
      return finding
    }
    verdict.beacons = Self.news(verdict.beacons, told)
    verdict.strobes = Self.news(verdict.strobes, told)
    verdict.remoteDesktopChanges = verdict.remoteDesktopChanges.compactMap { change in
      guard told[change.id] != change.state else { return nil }
      var change = change
      change.status = told[change.id] == nil ? .new : .changed
      return change
    }
  }

  private static func news(_ beacons: [Beacon], _ told: [String: String]) -> [Beacon] {
    beacons.compactMap { beacon in
      guard told[beacon.id] != beacon.state else { return nil }
      var beacon = beacon
      beacon.status = told[beacon.id] == nil ? .new : .changed
      return beacon
    }
  }

  private func told() throws(LedgerError) -> [String: String] {
    try attempt {
      try database.read { db in
        let select = try FactStatement(db, "SELECT finding, state FROM reported")
        var told: [String: String] = [:]
        while try select.next() {
          told[try select.text(0, "finding")] = try select.text(1, "state")
        }
        return told
      }
    }
  }

  /// Remembers what was told. Only after it was: a run that is killed in between tells it again.
  package func remember(_ verdict: Verdict) throws(LedgerError) {
    try attempt {
      try database.write { db in
        for (id, state) in verdict.states {
          try db.execute(
            sql: "INSERT OR REPLACE INTO reported (finding, state) VALUES (?, ?)",
            arguments: [id, state])
        }
      }
    }
  }
}

extension Verdict {
  fileprivate var states: [(id: String, state: String)] {
    findings.map { ($0.id, $0.state) } + (beacons + strobes).map { ($0.id, $0.state) }
      + remoteDesktopChanges.map { ($0.id, $0.state) }
  }
}

extension Beacon {
  fileprivate var state: String { "\(score.outcome.rawValue) \(score.sessions)" }
}

extension RemoteDesktopChange {
  fileprivate var state: String { "rdp \(followUp.connectionCount)" }
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
}
