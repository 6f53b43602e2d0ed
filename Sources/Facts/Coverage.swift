/// What became of the lines: each line is in exactly one of `blank`, `rejected`, `irrelevant`,
/// `notUnderstood` and `observations`, and together they are all lines.
package struct LineCounts: Equatable, Sendable {
  package var blank = 0
  /// No event could be made of them, by reason.
  package var rejected: [RejectionReason: Int] = [:]
  /// Not what the hunt reads: other events, other products, or passed over by the byte filter.
  package var irrelevant = 0
  /// They name Sysmon and gave nothing, although they are or may be what the hunt reads (Event ID 1, 3
  /// or 13).
  package var notUnderstood = 0
  /// They gave at least one observation.
  package var observations = 0

  package init() {}

  package var rejectedTotal: Int { rejected.values.reduce(0, +) }

  package mutating func add(_ other: LineCounts) {
    blank += other.blank
    rejected.merge(other.rejected, uniquingKeysWith: +)
    irrelevant += other.irrelevant
    notUnderstood += other.notUnderstood
    observations += other.observations
  }

  package var total: Int { blank + rejectedTotal + irrelevant + notUnderstood + observations }
}

/// Why no event could be made of a line.
package enum RejectionReason: String, CaseIterable, Comparable, Sendable {
  /// The line is not one JSON object (RFC 8259).
  case malformed
  /// The line is longer than the limit.
  case tooLong = "too_long"
  /// The line is UTF-16; the archive has to be converted first.
  case utf16

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What an observation reports.
package enum EventKind: String, CaseIterable, Comparable, Sendable {
  case connection, processStart = "process_start", registryChange = "registry_change"

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Events by the shape in which they arrived and by what they report.
package struct EventClass: Hashable, Comparable, Sendable {
  package var shape: String
  package var kind: EventKind

  package init(shape: String, kind: EventKind) {
    self.shape = shape
    self.kind = kind
  }

  package static func < (a: Self, b: Self) -> Bool { (a.shape, a.kind) < (b.shape, b.kind) }
}

/// A line that was rejected, for the first few of each reason.
package struct RejectedLine: Equatable, Comparable, Sendable {
  package var place: Place
  package var reason: RejectionReason
  /// What is wrong, in the reader's words.
  package var message: String

  package init(place: Place, reason: RejectionReason, message: String) {
    self.place = place
    self.reason = reason
    self.message = message
  }

  package static func < (a: Self, b: Self) -> Bool { a.place < b.place }
}

/// A line that names Sysmon and was not understood, for the first few of an archive.
package struct NotUnderstoodLine: Equatable, Comparable, Sendable {
  package var place: Place
  /// The name of the shape that comes nearest; nil where none is near.
  package var nearestShape: String?
  /// What is missing or unexpected, in the reader's words.
  package var reason: String

  package init(place: Place, nearestShape: String?, reason: String) {
    self.place = place
    self.nearestShape = nearestShape
    self.reason = reason
  }

  package static func < (a: Self, b: Self) -> Bool { a.place < b.place }
}

/// A line that was passed over unread and names Sysmon: the first of an archive.
package struct NamingLine: Equatable, Sendable {
  package var place: Place
  /// Whether it is an event that the reader knows, of a kind that the hunt does not use.
  package var isOtherEvent: Bool

  package init(place: Place, isOtherEvent: Bool) {
    self.place = place
    self.isOtherEvent = isOtherEvent
  }
}

/// Why a row that was understood is deliberately not among the observations.
///
/// Rows, not lines: their lines are in the line counts as well, as irrelevant where they hold nothing
/// else.
package enum SetAside: String, CaseIterable, Comparable, Sendable {
  /// A preview of a search's results, which the final rows repeat.
  case previewRow = "preview_row"
  /// A network flow that names no process.
  case flowWithoutProcess = "flow_without_process"

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// How much was heard of one host.
package struct HostCoverage: Equatable, Sendable {
  package var connections = 0
  package var processStarts = 0
  package var registryChanges = 0
  package var hours = HeardHours()
  /// Events whose record time and `UtcTime` lie more than 300 s apart, and by how much at most.
  package var skewedEvents = 0
  package var largestSkewMilliseconds: Int64 = 0
  /// The host is named by the collector's field alone, because the event names no endpoint.
  package var namedByCollector = 0

  package init() {}

  /// Whether it was heard, and none of its events is used.
  package var isWithoutUsedEvents: Bool {
    connections + processStarts + registryChanges == 0 && !hours.all.isEmpty
  }
}

/// What was read and what was not: the part of the facts that tells whether to trust the rest.
package struct Coverage: Equatable, Sendable {
  package var lines = LineCounts()
  package var events: [EventClass: Int] = [:]
  /// Sysmon events of any kind that were looked at (those passed over by the filter are not).
  package var telemetryEvents = 0
  /// Lines with bytes that are not UTF-8; each bad sequence reads as U+FFFD.
  package var invalidUTF8 = 0
  /// Connections outside of `--from` and `--to`.
  package var outsideWindow = 0
  package var hosts: [TextID: HostCoverage] = [:]
  package var examples: [RejectedLine] = []
  /// The first lines by place that were not understood.
  package private(set) var notUnderstood: [NotUnderstoodLine] = []
  /// Rows that are counted apart, by reason.
  package var setAside: [SetAside: Int] = [:]
  /// Rejected lines that hold the names of an event's fields, by what the event would have reported.
  package var rejectedEvents: [EventKind: Int] = [:]
  /// Looked for only as long as nothing else tells that there are Sysmon's events.
  package var firstNaming: NamingLine?

  /// The maximum number of rejected lines kept as examples of each reason.
  package static let examplesPerReason = 5
  /// The most lines kept as examples of what was not understood.
  package static let maxNotUnderstoodExamples = 5

  package init() {}

  /// Counts a line that is rejected.
  ///
  /// - Parameters:
  ///   - event: What the event in it would have reported, where the line tells.
  ///   - message: What is wrong; asked for only if the line is among the first few of its reason.
  /// - Complexity: O(1) once there are enough examples and lines come in order.
  package mutating func reject(
    _ reason: RejectionReason, at place: Place, event: EventKind? = nil,
    message: @autoclosure () -> String
  ) {
    lines.rejected[reason, default: 0] += 1
    if let event { rejectedEvents[event, default: 0] += 1 }
    var known = 0
    for line in examples where line.reason == reason {
      known += 1
      if known == Self.examplesPerReason, line.place < place { return }
    }
    keep([RejectedLine(place: place, reason: reason, message: message())])
  }

  package mutating func keep(_ more: [RejectedLine]) {
    guard !more.isEmpty else { return }
    examples = Dictionary(grouping: examples + more, by: \.reason).values
      .flatMap { $0.sorted().prefix(Self.examplesPerReason) }.sorted()
  }
}

extension Coverage {
  /// Counts a line that names Sysmon and was not understood.
  ///
  /// - Parameter line: Asked for only if the line is among the first few.
  /// - Complexity: O(1) once there are enough examples and lines come in order.
  package mutating func markNotUnderstood(
    at place: Place, _ line: @autoclosure () -> NotUnderstoodLine
  ) {
    lines.notUnderstood += 1
    if notUnderstood.count >= Self.maxNotUnderstoodExamples, let last = notUnderstood.last,
      last.place < place
    {
      return
    }
    keepNotUnderstood([line()])
  }

  /// Keeps examples that were counted elsewhere.
  package mutating func keepNotUnderstood(_ more: [NotUnderstoodLine]) {
    guard !more.isEmpty else { return }
    notUnderstood = Array((notUnderstood + more).sorted().prefix(Self.maxNotUnderstoodExamples))
  }

  /// Notes a line that names Sysmon, if it is the first.
  package mutating func note(_ line: NamingLine) {
    if let first = firstNaming, first.place < line.place { return }
    firstNaming = line
  }

  /// Whether anything but ``firstNaming`` tells that there are Sysmon's events, read or not.
  package var isSysmonSeen: Bool {
    lines.observations > 0 || lines.notUnderstood > 0 || telemetryEvents > 0
  }

  /// Gives every example its place in the whole. `absolute` keeps the order of places.
  package mutating func mapPlaces(_ absolute: (Place) -> Place) {
    for index in examples.indices { examples[index].place = absolute(examples[index].place) }
    for index in notUnderstood.indices {
      notUnderstood[index].place = absolute(notUnderstood[index].place)
    }
    if let naming = firstNaming { firstNaming?.place = absolute(naming.place) }
  }

  /// Without examples, where they are kept elsewhere.
  package mutating func removeExamples() {
    examples = []
    notUnderstood = []
  }
}
