/// Which product reported an event. The published query names Windows Sysmon alone.
package enum Source: UInt8, CaseIterable, Comparable, Sendable {
  case windowsSysmon, linuxSysmon, defender, ocsf

  package static func < (a: Source, b: Source) -> Bool { a.rawValue < b.rawValue }
}

/// Who opened a connection, and how the event said so.
package enum Direction: UInt8, CaseIterable, Sendable {
  /// `Initiated` is exactly `true`, or the JSON value true, or ECS's egress.
  case outbound
  /// Nothing is said; the published query takes that for outbound.
  case unstated
  /// The shape has no `Initiated`, or always spells it otherwise, and means outbound.
  case outboundBySpelling
  /// The process accepted the connection.
  case inbound
  /// `Initiated` is there and says something else ("", "True" in a shape that writes "true", …).
  case unclear
}

/// Where a line is.
///
/// Places compare in the order of the input: by archive, then by where in its unpacked text the line
/// begins.
package struct Place: Comparable, Hashable, Sendable {
  /// The number of the archive in the run.
  package var archive: Int32
  /// The number of the chunk in the archive, while that is being read; then 0.
  package var chunk: Int32 = 0
  /// From 1. While an archive is being read it counts from the start of the piece at hand.
  package var line: Int
  /// Unpacked bytes before the line. While an archive is being read they count from the start of the
  /// chunk at hand.
  package var offset: Int

  package init(archive: Int32, chunk: Int32 = 0, line: Int, offset: Int) {
    self.archive = archive
    self.chunk = chunk
    self.line = line
    self.offset = offset
  }

  package static func < (a: Place, b: Place) -> Bool {
    (a.archive, a.chunk, a.offset) < (b.archive, b.chunk, b.offset)
  }

  /// The same place where archives have other numbers; those that are not named keep theirs.
  package func renumbered(_ archives: [Int32: Int32]) -> Place {
    Place(archive: archives[archive] ?? archive, line: line, offset: offset)
  }
}

/// One connection that was reported (Sysmon Event ID 3 and its like).
package struct Connection: Sendable {
  package var host = TextID.none
  package var image = TextID.none
  package var user = TextID.none
  /// The parent that the event itself names; Sysmon's Event ID 3 never does.
  package var parent = TextID.none
  package var process = ProcessGuid.none
  /// The other side: where an outbound connection goes, where an accepted one came from.
  package var address = TextID.none
  /// The port as it was written; for an accepted connection the local one.
  package var port = TextID.none
  package var transport = TextID.none
  /// The name of the other side, where the event knows it.
  package var destinationName = TextID.none
  /// `OriginalFileName` where the event itself carries it (Defender).
  package var originalFileName = TextID.none
  /// Defender's `ActionType` and `RemoteIPType`, as they were written; none elsewhere.
  package var action = TextID.none
  package var addressType = TextID.none
  package var direction = Direction.unstated
  package var source = Source.windowsSysmon
  /// When it was recorded.
  package var time: UTCTime?
  /// The second to measure intervals by: that of `UtcTime` where there is one.
  package var arrivalSecond: UInt32?
  package var place: Place

  package init(place: Place) { self.place = place }
}

/// One process that started (Sysmon Event ID 1 and its like).
package struct ProcessStart: Sendable {
  package var host = TextID.none
  package var process = ProcessGuid.none
  package var image = TextID.none
  package var parent = TextID.none
  package var user = TextID.none
  package var originalFileName = TextID.none
  package var commandLine = TextID.none
  package var time: UTCTime?
  package var details = ProcessDetails()

  package init() {}
}

/// One registry value that was set (Sysmon Event ID 13 and its like).
package struct RegistryChange: Sendable {
  package var host = TextID.none
  package var image = TextID.none
  package var user = TextID.none
  package var process = ProcessGuid.none
  package var target = TextID.none
  package var details = TextID.none
  package var previous = TextID.none
  package var time: UTCTime?
  package var place: Place

  package init(place: Place) { self.place = place }
}
