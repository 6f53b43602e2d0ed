import Facts
import Hunting
import Knowledge

extension Report {
  /// For the textfile collector of Prometheus' node exporter. Labels are ours alone: no host, port or
  /// address, of which there may be any number.
  func prometheus() -> [UInt8] {
    var text = ""
    func metric(_ name: String, _ help: String, _ values: [(labels: String, value: Int)]) {
      text += "# HELP oddport_\(name) \(help)\n# TYPE oddport_\(name) gauge\n"
      for (labels, value) in values {
        text += "oddport_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
      }
    }
    metric(
      "reading", "Whether what was read is all there was: 0 complete, 1 partial, 2 blind.",
      [("", ReadingVerdict.Level.allCases.firstIndex(of: readingOfRun.level) ?? 0)])
    metric(
      "reading_reason", "Reasons why the reading is not complete, and what they are about.",
      ReadingReason.allCases.map { reason in
        let notes = readingOfRun.notes.filter { $0.reason == reason && !$0.isAccepted }
        return (
          "reason=\"\(reason.rawValue)\"", notes.reduce(0) { $0 + max(1, $1.names.count) }
        )
      })
    metric(
      "findings", "Findings by severity.",
      Severity.allCases.map { ("severity=\"\($0.name.lowercased())\"", count(of: $0)) })
    let all = verdict.all
    metric(
      "findings_by_kind", "Findings of all kinds by severity.",
      Finding.Kind.allCases.flatMap { kind in
        Severity.allCases.map { severity in
          (
            "kind=\"\(kind.rawValue)\",severity=\"\(severity.name.lowercased())\"",
            all.count { $0.kind == kind && $0.severity == severity }
          )
        }
      })
    metric(
      "findings_suppressed", "Findings that suppressions hide.", [("", verdict.suppressed.count)])
    metric("beacons", "Beacons on any port.", [("", verdict.beacons.count)])
    metric(
      "rdp_port_changes", "Changes of the RDP port away from 3389.",
      [("", verdict.remoteDesktopChanges.count { !$0.isRestored })])
    metric("archives", "Archives in the report.", [("", coverage.archives.count)])
    metric(
      "archives_damaged", "Archives that could not be read whole.", [("", coverage.damaged.count)])
    metric(
      "input_bytes", "Bytes of the archives on disk.",
      [("", coverage.archives.reduce(0) { $0 + $1.bytes })])
    let lines = coverage.lines
    metric(
      "lines", "Lines by what became of them.",
      [
        ("outcome=\"observations\"", lines.observations),
        ("outcome=\"not_understood\"", lines.notUnderstood),
        ("outcome=\"irrelevant\"", lines.irrelevant),
        ("outcome=\"blank\"", lines.blank), ("outcome=\"rejected\"", lines.rejectedTotal),
      ])
    metric("hosts", "Hosts that were heard.", [("", coverage.hosts.count)])
    metric("hosts_silent", "Hosts not heard in the last day.", [("", coverage.silentHosts.count)])
    if let end = coverage.hoursHeard?.upperBound {
      metric(
        "last_heard_timestamp_seconds", "End of the last hour in which anything was heard.",
        [("", (Int(end) + 1) * 3600)])
    }
    return Array(text.utf8)
  }
}
