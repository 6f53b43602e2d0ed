import Facts
import Foundation

/// An archive's part of the coverage, as the ledger keeps it: JSON.
struct StoredCoverage: Codable {
  struct Event: Codable {
    var shape: String
    var kind: String
    var count: Int
  }

  struct Host: Codable {
    var name: String?
    var connections, process_starts, registry_changes: Int
    /// Hour since 1970 and number of events, in turns.
    var hours: [Int]
    /// Of these, those with connections and with process starts; a ledger of before has none.
    var connection_hours, process_start_hours: [Int]?
    var skewed_events: Int
    var largest_skew_ms: Int64
    var named_by_collector: Int
  }

  struct Example: Codable {
    var line, offset: Int
    var reason: String
    var message: String
  }

  struct NotUnderstood: Codable {
    var line, offset: Int
    var nearest_shape: String?
    var reason: String
  }

  var blank, irrelevant, not_understood, observations: Int
  var rejected: [String: Int]
  var events: [Event]
  var telemetry_events, invalid_utf8, outside_window: Int
  var hosts: [Host]
  var examples: [Example]
  var not_understood_examples: [NotUnderstood]
  var set_aside: [String: Int]

  init(_ coverage: Coverage, _ texts: TextTable) {
    blank = coverage.lines.blank
    irrelevant = coverage.lines.irrelevant
    not_understood = coverage.lines.notUnderstood
    observations = coverage.lines.observations
    rejected = Dictionary(
      uniqueKeysWithValues: coverage.lines.rejected.map { ($0.key.rawValue, $0.value) })
    events = coverage.events.sorted { $0.key < $1.key }.map {
      Event(shape: $0.key.shape, kind: $0.key.kind.rawValue, count: $0.value)
    }
    telemetry_events = coverage.telemetryEvents
    invalid_utf8 = coverage.invalidUTF8
    outside_window = coverage.outsideWindow
    hosts = coverage.hosts.sorted { texts.isOrdered($0.key, before: $1.key) }.map { id, heard in
      Host(
        name: texts.text(id), connections: heard.connections,
        process_starts: heard.processStarts, registry_changes: heard.registryChanges,
        hours: heard.hours.sorted { $0.key < $1.key }.flatMap { [Int($0.key), $0.value] },
        connection_hours: heard.connectionHours.map { Int($0) }.sorted(),
        process_start_hours: heard.processStartHours.map { Int($0) }.sorted(),
        skewed_events: heard.skewedEvents, largest_skew_ms: heard.largestSkewMilliseconds,
        named_by_collector: heard.namedByCollector)
    }
    examples = coverage.examples.map {
      Example(
        line: $0.place.line, offset: $0.place.offset, reason: $0.reason.rawValue,
        message: $0.message)
    }
    not_understood_examples = coverage.notUnderstood.map {
      NotUnderstood(
        line: $0.place.line, offset: $0.place.offset, nearest_shape: $0.nearestShape,
        reason: $0.reason)
    }
    set_aside = Dictionary(
      uniqueKeysWithValues: coverage.setAside.map { ($0.key.rawValue, $0.value) })
  }

  /// - Parameter archive: The archive's number in the run that recalls it.
  func coverage(of archive: Int32, _ texts: inout TextTable) -> Coverage {
    var coverage = Coverage()
    coverage.lines.blank = blank
    coverage.lines.irrelevant = irrelevant
    coverage.lines.notUnderstood = not_understood
    coverage.lines.observations = observations
    for (reason, count) in rejected {
      if let reason = RejectionReason(rawValue: reason) { coverage.lines.rejected[reason] = count }
    }
    for event in events {
      if let kind = EventKind(rawValue: event.kind) {
        coverage.events[EventClass(shape: event.shape, kind: kind)] = event.count
      }
    }
    coverage.telemetryEvents = telemetry_events
    coverage.invalidUTF8 = invalid_utf8
    coverage.outsideWindow = outside_window
    for host in hosts {
      coverage.hosts[host.name.map { texts.intern($0) } ?? .none] = host.heard
    }
    coverage.keep(
      examples.compactMap { example in
        RejectionReason(rawValue: example.reason).map {
          RejectedLine(
            place: Place(archive: archive, line: example.line, offset: example.offset), reason: $0,
            message: example.message)
        }
      })
    coverage.keepNotUnderstood(
      not_understood_examples.map {
        NotUnderstoodLine(
          place: Place(archive: archive, line: $0.line, offset: $0.offset),
          nearestShape: $0.nearest_shape, reason: $0.reason)
      })
    for (reason, count) in set_aside {
      if let reason = SetAside(rawValue: reason) { coverage.setAside[reason] = count }
    }
    return coverage
  }

  init(json: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    var counts = [blank, irrelevant, not_understood, observations, telemetry_events, invalid_utf8]
    counts.append(outside_window)
    counts += rejected.values
    counts += set_aside.values
    counts += events.map(\.count)
    for host in hosts {
      counts += [host.connections, host.process_starts, host.registry_changes]
      counts += [host.skewed_events, host.named_by_collector]
      counts += stride(from: 1, to: host.hours.count, by: 2).map { host.hours[$0] }
    }
    counts += examples.flatMap { [$0.line, $0.offset] }
    counts += not_understood_examples.flatMap { [$0.line, $0.offset] }
    guard counts.allSatisfy((0...1 << 50).contains) else {
      throw StoredDamage("a count that no archive has")
    }
  }

  /// - Parameter archive: Its name, for those who have to look for it.
  init(json: String, of archive: String) throws {
    do {
      try self.init(json: json)
    } catch {
      throw StoredDamage("the coverage of \(archive) cannot be read")
    }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension StoredCoverage.Host {
  fileprivate var heard: HostCoverage {
    var heard = HostCoverage()
    heard.connections = connections
    heard.processStarts = process_starts
    heard.registryChanges = registry_changes
    for at in stride(from: 0, to: hours.count - 1, by: 2) {
      if let hour = Int32(exactly: hours[at]) { heard.hours[hour] = hours[at + 1] }
    }
    heard.connectionHours = Set((connection_hours ?? []).compactMap { Int32(exactly: $0) })
    heard.processStartHours = Set((process_start_hours ?? []).compactMap { Int32(exactly: $0) })
    heard.skewedEvents = skewed_events
    heard.largestSkewMilliseconds = largest_skew_ms
    heard.namedByCollector = named_by_collector
    return heard
  }
}
