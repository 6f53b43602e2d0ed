import Facts
import GRDB
package import Hunting

extension Ledger {
  /// Those findings that were not told before, or have changed since, each with its status.
  ///
  /// A finding has changed when its count, score, ports or last time differ from what was told.
  package func news(among findings: [Finding]) throws(LedgerError) -> [Finding] {
    try attempt {
      let rows = try database.read {
        try Row.fetchAll($0, sql: "SELECT finding, state FROM reported")
      }
      let told = Dictionary(
        uniqueKeysWithValues: rows.map { ($0["finding"] as String, $0["state"] as String) })
      return findings.compactMap { finding in
        guard told[finding.id] != finding.state else { return nil }
        var finding = finding
        finding.status = told[finding.id] == nil ? .new : .changed
        return finding
      }
    }
  }

  /// Remembers that findings were told. Only after they were: a run that is killed in between tells
  /// them again.
  package func remember(_ findings: [Finding]) throws(LedgerError) {
    try attempt {
      try database.write { db in
        for finding in findings {
          try db.execute(
            sql: "INSERT OR REPLACE INTO reported (finding, state) VALUES (?, ?)",
            arguments: [finding.id, finding.state])
        }
      }
    }
  }
}

extension Finding {
  fileprivate var state: String {
    let ports = portsUsed.map(\.text).joined(separator: ",")
    return "\(connectionCount) \(maxRiskScore) \(lastSeen?.iso8601Milliseconds ?? "-") \(ports)"
  }
}
