/// A part of an archive that one worker reads by itself: whole frames, or a range of plain bytes.
package struct Chunk: Equatable, Sendable {
  /// From 0, in the order of the archive.
  package let index: Int
  /// On disk.
  package let range: Range<Int>
  /// What it unpacks to, about; exact where the frames say so.
  package let estimatedUnpackedBytes: Int
  /// What its largest part unpacks to that only one worker can unpack; 0 where there is none.
  package let largestFrameBytes: Int
  /// Unpacked bytes known to come before it: they expose a bomb made of many small frames.
  package let unpackedBytesBefore: Int
  /// Whether `unpackedBytesBefore` is exact: every frame before it says what it unpacks to.
  let hasExactStart: Bool

  var isFirst: Bool { index == 0 }
}

/// An archive, cut into chunks.
package struct ChunkPlan: Equatable, Sendable {
  /// At least one, also for an empty archive; together they are all of it, damage included.
  package let chunks: [Chunk]

  /// What the archive unpacks to, about.
  package var estimatedUnpackedBytes: Int {
    chunks.reduce(0) { $0 + $1.estimatedUnpackedBytes }
  }
}
