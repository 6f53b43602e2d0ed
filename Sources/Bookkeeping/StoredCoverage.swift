import Facts
import Foundation

/// An archive's part of the coverage, as the ledger keeps it: JSON. Of hosts ``StoredHosts`` tells.
struct StoredCoverage: Codable {
  struct Event: Codable {
    var shape: String
    var kind: String
    var count: Int
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

  struct Naming: Codable {
    var line, offset: Int
    var is_other_event: Bool
  }

  var blank, irrelevant, not_understood, observations: Int
  var rejected: [String: Int]
  var events: [Event]
  var telemetry_events, invalid_utf8, outside_window: Int
  var examples: [Example]
  var not_understood_examples: [NotUnderstood]
  var set_aside: [String: Int]
  // Archives that an earlier version read have none of these.
  var rejected_events: [String: Int]?
  var first_naming: Naming?

  init(_ coverage: Coverage) {
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
    if !coverage.rejectedEvents.isEmpty {
      rejected_events = Dictionary(
        uniqueKeysWithValues: coverage.rejectedEvents.map { ($0.key.rawValue, $0.value) })
    }
    first_naming = coverage.firstNaming.map {
      Naming(line: $0.place.line, offset: $0.place.offset, is_other_event: $0.isOtherEvent)
    }
  }

  /// - Parameter archive: The archive's number in the run that recalls it.
  func coverage(of archive: Int32) -> Coverage {
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
    for (kind, count) in rejected_events ?? [:] {
      if let kind = EventKind(rawValue: kind) { coverage.rejectedEvents[kind] = count }
    }
    coverage.firstNaming = first_naming.map {
      NamingLine(
        place: Place(archive: archive, line: $0.line, offset: $0.offset),
        isOtherEvent: $0.is_other_event)
    }
    return coverage
  }

  init(json: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    var counts = [blank, irrelevant, not_understood, observations, telemetry_events, invalid_utf8]
    counts.append(outside_window)
    counts += rejected.values
    counts += set_aside.values
    if let rejected_events { counts += rejected_events.values }
    if let first_naming { counts += [first_naming.line, first_naming.offset] }
    counts += events.map(\.count)
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

extension PartialWriter {
  mutating func coverage(_ coverage: Coverage, _ texts: TextTable) throws {
    text(try StoredCoverage(coverage).json())
    blob(StoredHosts.bytes(of: coverage.hosts, texts))
  }
}

extension PartialReader {
  /// - Parameter archive: Its number among those that are read.
  mutating func coverage(of archive: Int32, _ texts: inout TextTable) throws -> Coverage {
    var coverage = try StoredCoverage(json: try text()).coverage(of: archive)
    coverage.hosts = try StoredHosts.hosts(try blob(), &texts)
    return coverage
  }
}
