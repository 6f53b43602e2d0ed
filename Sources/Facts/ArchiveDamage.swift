/// Where reading an archive stopped before its end, and why.
///
/// Damage is never an error: every line that was complete before the break counts, what follows it
/// is not read.
package struct ArchiveDamage: Equatable, Sendable {
  /// The byte offset in the archive on disk from which on nothing could be used: the start of
  /// the block, header or checksum that is broken.
  package var offset: Int
  package var reason: String
  /// What helps, where more is known than "export it again".
  package var hint: String?

  package init(offset: Int, reason: String, hint: String? = nil) {
    self.offset = offset
    self.reason = reason
    self.hint = hint
  }
}
