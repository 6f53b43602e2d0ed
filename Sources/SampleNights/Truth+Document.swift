extension Truth {
  /// truth.json: what was planted, the rows to be found, and what each archive holds.
  package func document(of company: Company, damaged: [DamagedArchive]) -> Document {
    let totals = archives.reduce(into: [String: Int]()) { totals, archive in
      totals["archives", default: 0] += 1
      totals["lines", default: 0] += archive.lines
      totals["bytes", default: 0] += archive.bytes
      for (kind, count) in archive.kinds { totals[kind.rawValue, default: 0] += count }
    }
    return .object([
      "schema": .text("oddport.samples/1"),
      "seed": .text(String(company.seed)),
      "company": .object([
        "dns_domain": .text(Company.dnsDomain), "first_day": .text(Company.firstDay.dateText),
        "days": .number(Company.days), "hosts": .number(company.hosts.count),
      ]),
      "totals": .object(totals.mapValues(Document.number)),
      "archives": .list(archives.map(Truth.document)),
      "planted": .list(Plants.all.map { document(of: $0) }),
      "quirks": .list(company.hosts.compactMap(Truth.quirk)),
      "rows": .object([
        "seed": .list(rows(.seed).map(Truth.document)),
        "tuned": .list(rows(.tuned).map(Truth.document)),
      ]),
      "damaged": .list(damaged.map(\.document)),
    ])
  }

  private static func document(_ archive: ArchiveCount) -> Document {
    var events: [String: Document] = [:]
    for kind in LogicalEvent.Kind.allCases {
      events[kind.rawValue] = .number(archive.kinds[kind] ?? 0)
    }
    let digits = String(archive.checksum, radix: 16)
    return .object([
      "path": .text("nights/" + archive.path), "shape": .text(archive.shape.rawValue),
      "encoding": .text(archive.encoding.rawValue), "lines": .number(archive.lines),
      "bytes": .number(archive.bytes),
      "crc32": .text(String(repeating: "0", count: 8 - digits.count) + digits),
      "events": .object(events),
    ])
  }

  private func document(of plant: Plant) -> Document {
    let seen = sightings[plant.id] ?? Sighting()
    var members: [String: Document] = [
      "id": .text(plant.id), "kind": .text(plant.kind.rawValue), "story": .text(plant.story),
      "archives": .texts(seen.archives.map { "nights/" + $0 }), "host": .text(seen.host),
      "image": .text(seen.image), "user": .text(seen.user),
      "process_start": .text(plant.start.rawValue),
      "direction": .text(plant.isInbound ? "inbound" : "outbound"),
      "ports": .numbers(seen.ports), "remote_ips": .texts(seen.addresses),
      "connection_count": .number(seen.connections),
      "first_seen": seen.first.map { .text($0.secondsText) } ?? .null,
      "last_seen": seen.last.map { .text($0.secondsText) } ?? .null,
      "first_seen_ms": seen.first.map { .number($0.milliseconds) } ?? .null,
      "last_seen_ms": seen.last.map { .number($0.milliseconds) } ?? .null,
      "score": .object([
        "seed": .number(plant.seedScore), "tuned": .number(plant.tunedScore),
      ]),
      "beacon_seconds": plant.beaconSeconds.map(Document.number) ?? .null,
    ]
    if let value = plant.registryValue {
      members["registry"] = .object([
        "target": .text(value.target), "details": .text(value.details),
      ])
    }
    return .object(members)
  }

  private static func document(_ row: Row) -> Document {
    let names = [1: "Low", 2: "Medium", 3: "High"]
    return .object([
      "host": .text(row.host), "Image": .text(row.image), "User": .text(row.user),
      "ParentImage": .text(row.parent), "ports_used": .numbers(row.ports),
      "remote_ips": .texts(row.addresses), "connection_count": .number(row.count),
      "max_risk_score": .number(row.score),
      "severity": .list(row.scores.sorted(by: >).map { .text(names[$0] ?? "") }),
      "first_seen": .text(row.first.secondsText), "last_seen": .text(row.last.secondsText),
      "first_seen_ms": .number(row.first.milliseconds),
      "last_seen_ms": .number(row.last.milliseconds), "planted": .texts(row.plants),
    ])
  }

  private static func quirk(_ host: Host) -> Document? {
    switch host.quirk {
    case nil: nil
    case .networkClockBehind(let seconds):
      .object([
        "host": .text(host.computer), "quirk": .text("network_clock_behind"),
        "seconds": .number(seconds),
      ])
    case .noConnections:
      .object(["host": .text(host.computer), "quirk": .text("no_connections")])
    case .silent(let day, let hours):
      .object([
        "host": .text(host.computer), "quirk": .text("silent"),
        "day": .text(Company.midnight(day).dateText), "from_hour": .number(hours.lowerBound),
        "to_hour": .number(hours.upperBound),
      ])
    }
  }
}
