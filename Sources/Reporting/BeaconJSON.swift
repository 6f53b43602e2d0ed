import Facts
import Hunting
import Knowledge

extension Beacon {
  var json: JSONOutput {
    .object([
      ("band", JSONOutput(score.outcome == .beacon ? (score.isStrong ? "strong" : "likely") : nil)),
      ("beats", .int(score.sessions)),
      ("connection_count", .int(connectionCount)),
      ("critical_regularity", .decimal(score.criticalRegularity, digits: 4)),
      ("destination_names", .strings(destinationNames)),
      ("expected", JSONOutput(expectation?.rawValue)),
      ("first_seen", JSONOutput(firstSeen?.description)),
      ("hit_rate", .decimal(score.hitRate, digits: 4)),
      ("host", .string(host)),
      ("host_count", .int(hostCount)),
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
      ("period_s", .decimal(score.period, digits: 1)),
      ("port", port.number.map { .int($0) } ?? .string(port.text)),
      ("process_count", .int(processCount)),
      ("program", .string(program)),
      ("protocol", .string(transport)),
      ("regularity", .decimal(score.regularity, digits: 4)),
      ("remote_ip", .string(address)),
      ("sampled_source", .bool(isSampled)),
      ("score", .decimal(score.score, digits: 1)),
      ("span_s", .int(score.span)),
      ("suppressed_by", JSONOutput(suppressedBy)),
      ("symmetry", .decimal(score.symmetry, digits: 4)),
      ("users", .strings(users)),
    ])
  }
}

extension RemoteDesktopChange {
  var json: JSONOutput {
    [
      "id": .string(id), "host": .string(host), "Image": .string(image), "User": .string(user),
      "TargetObject": .string(target), "Details": .string(details), "new_port": JSONOutput(newPort),
      "old_port": JSONOutput(oldPort), "time": JSONOutput(time?.description),
      "restored": .bool(isRestored),
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
  /// Rounded to so many digits after the point.
  static func decimal(_ value: Double, digits: Int) -> Self {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return .decimal(scaled: Int((value * scale).rounded()), digits: digits)
  }
}
