package import Facts

/// What changes the facts themselves: facts that were read with different options do not merge.
package struct ReadingOptions: Hashable, Sendable {
  /// How many keys a reader remembers the meaning of: a power of two, or 0. It saves time and changes nothing.
  package static let rememberedKeys = 1024

  package var timeSource = TimeSource.record
  /// How many seconds east of UTC a local time without a zone is, for want of any better time;
  /// nil: such a time does not count.
  package var assumedSecondsEast: Int64?
  /// A path, keys joined by dots, that names the endpoint before all others.
  package var hostField: String?
  /// Connections before this moment, or without a time, are left out.
  package var from: UTCTime?
  /// Connections at or after this moment, or without a time, are left out.
  package var to: UTCTime?

  package init() {}
}
