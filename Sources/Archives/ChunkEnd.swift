package import Facts
package import Hashing

/// What became of a chunk besides its slices.
package struct ChunkEnd: Equatable, Sendable {
  package var chunk: Int
  /// The bytes before the first LF: the end of a line that starts in an earlier chunk. Nil in the
  /// first chunk of an archive, and where there is no LF.
  package var head: LineFragment?
  /// The bytes after the last LF, or all where there is none.
  package var tail: LineFragment
  package var hasLineFeed: Bool
  package var unpackedBytes: Int
  /// zstd frames that gave bytes.
  package var frames: Int
  /// Where in the chunk lines start that are too long to be read; they are in no slice.
  package var overlongLines: [Int]
  /// Where reading stopped. The later chunks of the archive are then not to be used.
  package var damage: ArchiveDamage?
  /// The hash of all its unpacked bytes, up to the damage; nil where it was not asked for.
  package var content: ContentHash?

  package init(
    chunk: Int, head: LineFragment?, tail: LineFragment, hasLineFeed: Bool, unpackedBytes: Int,
    frames: Int, overlongLines: [Int], damage: ArchiveDamage? = nil,
    content: ContentHash? = nil
  ) {
    self.chunk = chunk
    self.head = head
    self.tail = tail
    self.hasLineFeed = hasLineFeed
    self.unpackedBytes = unpackedBytes
    self.frames = frames
    self.overlongLines = overlongLines
    self.damage = damage
    self.content = content
  }

  /// The place of ``tail`` in the chunk.
  package var tailOffset: Int { unpackedBytes - tail.byteCount }
}
