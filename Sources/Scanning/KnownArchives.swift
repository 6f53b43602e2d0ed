/// What is known of archives that were read before: enough to know which files need not be read.
package struct KnownArchives: Sendable {
  package struct Entry: Sendable {
    /// The ``ContentHash`` of what it unpacks to, as text; nil where it was read by a version that took
    /// none.
    package var content: String?
    /// Unpacked.
    package var bytes: Int
    package var heads: String
    /// Whether it is to be read again: lines were not understood, and the reader knows more now.
    package var isOutdated: Bool

    package init(content: String?, bytes: Int, heads: String, isOutdated: Bool) {
      self.content = content
      self.bytes = bytes
      self.heads = heads
      self.isOutdated = isOutdated
    }
  }

  /// By the SHA-256 of each form in which it was seen, so that it need not be unpacked to be known.
  package var packings: [String: Entry] = [:]
  /// Sizes on disk of those whose content is unknown: only by these can they be found in what they have
  /// grown into.
  package var unhashedSizes: Set<Int> = []

  package init() {}

  /// Has all of them read again.
  package mutating func markOutdated() {
    for sha256 in packings.keys { packings[sha256]?.isOutdated = true }
  }
}
