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

/// Where a line stands: in which archive, in which chunk of it, and where in that chunk.
///
/// Places compare in the order of the input whatever the chunk size was, because a line of a later
/// chunk stands behind every line of an earlier one.
package struct Place: Comparable, Hashable, Sendable {
  package var archive: UInt32
  package var chunk: UInt32
  /// Lines before this one in the chunk.
  package var line: UInt32
  /// Unpacked bytes before this line in the chunk.
  package var offset: UInt32

  package init(archive: UInt32, chunk: UInt32, line: UInt32, offset: UInt32) {
    self.archive = archive
    self.chunk = chunk
    self.line = line
    self.offset = offset
  }

  package static func < (a: Place, b: Place) -> Bool {
    (a.archive, a.chunk, a.line) < (b.archive, b.chunk, b.line)
  }
}

/// One connection that somebody reported (Sysmon Event ID 3 and its like).
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
  package var direction = Direction.unstated
  package var source = Source.windowsSysmon
  /// When it was recorded.
  package var time: UTCTime?
  /// The second to measure intervals by: that of `UtcTime` where there is one.
  package var beat: UInt32?
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
