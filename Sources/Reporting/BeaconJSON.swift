import Facts
import Hunting
import Knowledge

extension Beacon {
  func json(_ names: ArchiveNames) -> JSONOutput {
    .object([
      ("addresses", .strings(addresses.isEmpty ? [address] : addresses)),
      ("band", JSONOutput(score.outcome == .beacon ? (score.isStrong ? "strong" : "likely") : nil)),
      ("basis", .string(score.basis.rawValue)),
      ("beats", .int(score.sessions)),
      ("clock", .string(timekeeper.rawValue)),
      ("connection_count", .int(connectionCount)),
      ("critical_regularity", .decimal(score.criticalRegularity, digits: 4)),
      ("destination_names", .strings(destinationNames)),
      ("expected", JSONOutput(expectation?.rawValue)),
      ("first_line", names.json(firstPlace)),
      ("first_seen", JSONOutput(firstSeen?.description)),
      ("hit_rate", .decimal(score.hitRate, digits: 4)),
      ("host", .string(host)),
      ("host_count", .int(hostCount)),
      ("hosts", .strings(hosts.isEmpty ? [host] : hosts)),
      ("id", .string(id)),
      ("images", .strings(images)),
      ("intel", .array(intel.map(\.json))),
      (
        "intervals",
        ["bar_seconds": .int(histogram.width), "counts": .array(histogram.counts.map { .int($0) })]
      ),
      ("jitter_percent", .decimal(score.jitterPercent, digits: 1)),
      ("kind", .string(score.outcome.rawValue)),
      ("last_seen", JSONOutput(lastSeen?.description)),
      ("parents", .strings(parents)),
      ("period_s", .decimal(score.period, digits: 1)),
      ("points", .int(points)),
      ("port", port.number.map { .int($0) } ?? .string(port.text)),
      ("process_count", .int(processCount)),
      ("process", process?.json ?? .null),
      ("program", .string(program)),
      ("programs", .strings(programs.isEmpty ? [program] : programs)),
      ("protocol", .string(transport)),
      ("reasons", .array(reasons.map(\.json))),
      ("regularity", .decimal(score.regularity, digits: 4)),
      ("remote_ip", .string(address)),
      ("sampled_source", .bool(isSampled)),
      ("score", .decimal(score.score, digits: 1)),
      ("severity", .string(severity.name)),
      ("span_s", .int(score.span)),
      ("status", JSONOutput(status?.rawValue)),
      ("suppressed_by", JSONOutput(suppressedBy)),
      ("symmetry", .decimal(score.symmetry, digits: 4)),
      ("users", .strings(users)),
    ])
  }
}

extension RemoteDesktopChange {
  func json(_ names: ArchiveNames) -> JSONOutput {
    [
      "id": .string(id), "host": .string(host), "Image": .string(image), "User": .string(user),
      "TargetObject": .string(target), "Details": .string(details), "new_port": JSONOutput(newPort),
      "old_port": JSONOutput(oldPort), "time": JSONOutput(time?.description),
      "first_line": names.json(place),
      "restored": .bool(isRestored), "points": .int(points),
      "reasons": .array(reasons.map(\.json)), "status": JSONOutput(status?.rawValue),
      "inbound_after": [
        "connection_count": .int(followUp.connectionCount),
        "remote_ips": .strings(followUp.addresses),
        "first_seen": JSONOutput(followUp.firstSeen?.description),
        "last_seen": JSONOutput(followUp.lastSeen?.description),
      ],
    ]
  }
}

extension Reason {
  var json: JSONOutput {
    [
      "evidence": .string(evidence.rawValue), "points": .int(points), "detail": .string(detail),
    ]
  }
}

extension JSONOutput {
  /// Rounded to this many digits after the point.
  static func decimal(_ value: Double, digits: Int) -> Self {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return .decimal(scaled: Int((value * scale).rounded()), digits: digits)
  }
}
