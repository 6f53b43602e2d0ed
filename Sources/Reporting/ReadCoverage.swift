package import Facts
package import Hunting

/// A rejected line by the name of its archive and the number of its line, counted from 1.
package struct ResolvedExample: Equatable, Sendable {
  package var archive: String
  package var line: Int
  package var reason: RejectionReason
  package var message: String

  package init(archive: String, line: Int, reason: RejectionReason, message: String) {
    self.archive = archive
    self.line = line
    self.reason = reason
    self.message = message
  }
}

/// Coverage of the run, with every number resolved to its name.
package struct ReadCoverage: Equatable, Sendable {
  package typealias Host = NamedHost

  /// How many events arrived in one shape and report one thing.
  package struct EventCount: Equatable, Sendable {
    package var event: EventClass
    package var count: Int

    package init(event: EventClass, count: Int) {
      self.event = event
      self.count = count
    }
  }

  /// By name, then content.
  package var archives: [ArchiveRecord]
  package var lines: LineCounts
  /// By shape, then kind.
  package var events: [EventCount]
  package var telemetryEvents: Int
  package var invalidUTF8: Int
  package var outsideWindow: Int
  /// By name, in byte order; that without a name first.
  package var hosts: [Host]
  /// By reason, then archive and line.
  package var examples: [ResolvedExample]
  /// Rows that are counted apart, by reason.
  package var setAside: [SetAside: Int]
  /// By name.
  package var skipped: [UnreadInput]

  /// - Parameters:
  ///   - coverage: Of all archives together.
  ///   - texts: The texts to which host numbers in `coverage` refer.
  ///   - archives: In any order.
  ///   - examples: The examples of `coverage`, their places resolved.
  package init(
    _ coverage: Coverage, texts: TextTable, archives: [ArchiveRecord],
    examples: [ResolvedExample] = [], skipped: [UnreadInput] = []
  ) {
    self.archives = archives.sorted { a, b in
      a.name == b.name ? isBefore(a.sha256, b.sha256) : isBefore(a.name, b.name)
    }
    lines = coverage.lines
    events = Self.counts(coverage.events)
    telemetryEvents = coverage.telemetryEvents
    invalidUTF8 = coverage.invalidUTF8
    outsideWindow = coverage.outsideWindow
    setAside = coverage.setAside
    hosts = coverage.hosts.filter { !$0.value.isWithoutUsedEvents }
      .sorted { $0.key == .none || $1.key != .none && texts.isOrdered($0.key, before: $1.key) }
      .map { Host(name: texts.text($0.key), heard: $0.value) }
    self.examples = examples.sorted { a, b in
      if a.reason != b.reason { return a.reason < b.reason }
      return a.archive == b.archive ? a.line < b.line : isBefore(a.archive, b.archive)
    }
    self.skipped = skipped.sorted { a, b in
      a.name == b.name ? isBefore(a.reason, b.reason) : isBefore(a.name, b.name)
    }
  }

  static func counts(_ events: [EventClass: Int]) -> [EventCount] {
    events.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      .map { EventCount(event: $0.key, count: $0.value) }
  }
}

extension ReadCoverage {
  package var damaged: [ArchiveRecord] { archives.filter { $0.damage != nil } }

  /// Archives with lines that name Sysmon and were not understood.
  package var notUnderstood: [ArchiveRecord] {
    archives.filter { $0.coverage.lines.notUnderstood > 0 }
  }

  /// Rows that are counted apart, by reason.
  var countedApart: [(SetAside, Int)] {
    setAside.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Hosts with events whose two times are far apart.
  package var skewedHosts: [Host] { hosts.filter { $0.heard.skewedEvents > 0 } }

  /// Hosts that report process starts and not one connection: is their Event ID 3 switched on?
  package var hostsWithoutConnections: [Host] {
    hosts.filter { $0.heard.processStarts > 0 && $0.heard.connections == 0 }
  }

  /// The first and the last hour, counted from 1970, in which the bulk of hosts was heard.
  package var hoursHeard: ClosedRange<Int32>? { TelemetryFrame(hosts.map(\.heard))?.hours }
}

/// `YYYY-MM-DD HH:00`.
func hourText(_ hour: Int32) -> String {
  String(UTCTime(milliseconds: Int64(hour) * 3_600_000).description.dropLast(3))
}
