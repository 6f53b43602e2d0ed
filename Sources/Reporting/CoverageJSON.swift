import Facts
import Hunting

extension ReadCoverage {
  var members: [(key: String, value: JSONOutput)] {
    let frame = hoursHeard
    return [
      ("archives", .array(archives.map(\.json))),
      (
        "lines",
        [
          "total": .int(lines.total),
          "blank": .int(lines.blank),
          "rejected": .int(lines.rejectedTotal),
          "irrelevant": .int(lines.irrelevant),
          "not_understood": .int(lines.notUnderstood),
          "observations": .int(lines.observations),
        ]
      ),
      ("rejected", rejected),
      ("set_aside", .object(countedApart.map { ($0.rawValue, .int($1)) })),
      ("events", .array(events.map(\.json))),
      ("telemetry_events", .int(telemetryEvents)),
      ("invalid_utf8", .int(invalidUTF8)),
      ("outside_window", .int(outsideWindow)),
      ("hosts", .array(hosts.map { $0.json(in: frame) })),
      ("silent_hosts", .array(silentHosts.map { JSONOutput($0.name) })),
      (
        "clock_skew",
        .array(
          skewedHosts.map {
            [
              "host": JSONOutput($0.name),
              "events": .int($0.heard.skewedEvents),
              "largest_ms": .int(Int($0.heard.largestSkewMilliseconds)),
            ]
          })
      ),
      (
        "skipped",
        .array(
          skipped.map {
            [
              "name": .string($0.name), "kind": .string($0.kind.rawValue),
              "reason": .string($0.reason),
            ]
          })
      ),
    ]
  }

  private var rejected: JSONOutput {
    .object(
      lines.rejected.filter { $0.value > 0 }.map { reason, count in
        let examples = examples.filter { $0.reason == reason }.map { example -> JSONOutput in
          [
            "place": .string("\(example.archive):\(example.line)"),
            "message": .string(example.message),
          ]
        }
        return (reason.rawValue, ["count": .int(count), "examples": .array(examples)])
      })
  }
}

extension ArchiveRecord {
  fileprivate var json: JSONOutput {
    let lines = coverage.lines
    let rejected = lines.rejected.filter { $0.value > 0 }
    return [
      "name": .string(name),
      "sha256": .string(sha256),
      "bytes": .int(bytes),
      "unpacked_bytes": .int(unpackedBytes),
      "container": .string(container.rawValue),
      "frames": .int(frames),
      "status": damage == nil ? "ok" : "damaged",
      "damage": damage.map { ["offset": .int($0.offset), "reason": .string($0.reason)] } ?? .null,
      "same_bytes_as": JSONOutput(sameBytesAs),
      "lines": .int(lines.total),
      "blank": .int(lines.blank),
      "malformed": .int(lines.rejectedTotal),
      "rejected": .object(rejected.map { (key: $0.key.rawValue, value: .int($0.value)) }),
      "irrelevant": .int(lines.irrelevant),
      "not_understood": .int(lines.notUnderstood),
      "not_understood_examples": .array(
        coverage.notUnderstood.map {
          [
            "line": .int($0.place.line), "nearest_shape": JSONOutput($0.nearestShape),
            "reason": .string($0.reason),
          ]
        }),
      "observations": .int(lines.observations),
      "events": .array(ReadCoverage.counts(coverage.events).map(\.json)),
      "invalid_utf8": .int(coverage.invalidUTF8),
    ]
  }
}

extension ReadCoverage.EventCount {
  fileprivate var json: JSONOutput {
    [
      "shape": .string(event.shape), "kind": .string(event.kind.rawValue), "count": .int(count),
    ]
  }
}

extension ReadCoverage.Host {
  fileprivate func json(in frame: ClosedRange<Int32>?) -> JSONOutput {
    [
      "host": JSONOutput(name),
      "connections": .int(heard.connections),
      "process_starts": .int(heard.processStarts),
      "registry_changes": .int(heard.registryChanges),
      "hours_heard": .int(heard.hours.all.count),
      "hours_missing": .int(ReadCoverage.missingHours(heard, in: frame)),
      "first_hour": JSONOutput(heard.hours.all.first.map { hourText($0.hour) }),
      "last_hour": JSONOutput(heard.hours.all.last.map { hourText($0.hour) }),
      "named_by_collector": .int(heard.namedByCollector),
    ]
  }
}
