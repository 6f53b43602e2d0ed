import Facts
import Hunting
import Knowledge

extension Report {
  /// Events for Timesketch, one to the line, by time. What has no time cannot be an event: the notes of the
  /// other reports count it, and so does ``undatedCount``.
  func timesketch() -> [UInt8] {
    var events: [(time: UTCTime, id: String, event: JSONOutput)] = []
    func add(
      _ time: UTCTime?, _ what: String, _ message: String, id: String,
      _ more: [(key: String, value: JSONOutput?)]
    ) {
      guard let time else { return }
      let stamp = time.iso8601Milliseconds.dropLast() + "000+00:00"
      events.append(
        (
          time, id + what,
          .compact(
            [
              ("message", .string(message)), ("datetime", .string(String(stamp))),
              ("timestamp", .int(Int(time.milliseconds) * 1000)), ("timestamp_desc", .string(what)),
              ("data_type", "oddport:finding"), ("finding_id", .string(id)),
              ("tag", ["T1571", "oddport"]),
            ] + more)
        ))
    }
    for finding in verdict.all {
      guard finding.change == nil else { continue }
      let (first, last) =
        finding.kind == .beacon
        ? ("First Beat", "Last Beat") : ("First Connection", "Last Connection")
      let more: [(key: String, value: JSONOutput?)] = [
        ("hostname", .filled(finding.host)), ("username", .filled(finding.user)),
        ("severity", .string(finding.severity.name)), ("points", finding.points.map { .int($0) }),
        ("image", .filled(finding.image)), ("kind", .string(finding.kind.rawValue)),
        ("command_line", .filled(finding.process?.commandLine ?? "")),
        ("ports", .string(finding.portsUsed.map(\.text).joined(separator: " "))),
        ("remote_ips", .string(finding.remoteAddresses.prefix(50).joined(separator: " "))),
      ]
      add(finding.firstSeen, first, finding.sentence, id: finding.id, more)
      if finding.lastSeen != finding.firstSeen {
        add(finding.lastSeen, last, finding.sentence, id: finding.id, more)
      }
    }
    for change in verdict.remoteDesktopChanges {
      let more: [(key: String, value: JSONOutput?)] = [
        ("hostname", .filled(change.host)), ("username", .filled(change.user)),
      ]
      add(change.time, "RDP Port Changed", change.sentence, id: change.id, more)
    }
    events.sort { $0.time == $1.time ? isBefore($0.id, $1.id) : $0.time < $1.time }
    return JSONOutput.lines(events.map(\.event))
  }
}
