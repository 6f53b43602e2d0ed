/// One worker's tools for reading chunks: a zstd context and its buffers, used again and again.
package struct ChunkReader: ~Copyable {
  private var slices: SliceReader
  private var buffer = SliceBuffer()

  /// - Parameter hashesContent: Whether ``ChunkEnd/content`` is wanted.
  package init(limits: ReadingLimits = ReadingLimits(), hashesContent: Bool = false) {
    slices = SliceReader(limits: limits, hashesContent: hashesContent)
  }

  /// Unpacks a chunk piece by piece, and shows the lines that are in it as a whole.
  ///
  /// - Parameters:
  ///   - body: Gets each slice while it is hot in the cache, in order: whole lines, the last one
  ///     with its LF too, and at least ``SliceBuffer/padding`` bytes after it that may be read;
  ///     and the slice's place in the unpacked chunk. The bytes are gone when it returns.
  /// - Returns: The bytes at both ends of the chunk that belong to lines over its ends; whether the
  ///   chunk is damaged. To be given to a ``LineStitcher``.
  /// - Throws: What `body` throws, or `CancellationError`. Damage is not an error.
  package mutating func read(
    _ chunk: Chunk, of archive: Archive,
    _ body: (_ slice: UnsafeRawBufferPointer, _ baseOffset: Int) throws -> Void
  ) throws -> ChunkEnd {
    try unsafe read(chunk, of: archive, openLine: 0, body)
    return slices.end
  }

  /// The same, of a chunk whose neighbours are read by others.
  ///
  /// - Parameter openLineBytes: Length so far of the line that the chunk continues; nil where that is
  ///   not known yet.
  /// - Returns: Nil where it has to be known first (see ``ReadingLimits/patientLineBytes``); nothing was shown
  ///   then.
  package mutating func read(
    _ chunk: Chunk, of archive: Archive, openLineBytes: Int?,
    _ body: (_ slice: UnsafeRawBufferPointer, _ baseOffset: Int) throws -> Void
  ) throws -> ChunkEnd? {
    try unsafe read(chunk, of: archive, openLine: openLineBytes, body)
    return slices.isPutOff ? nil : slices.end
  }

  private mutating func read(
    _ chunk: Chunk, of archive: Archive, openLine: Int?,
    _ body: (_ slice: UnsafeRawBufferPointer, _ baseOffset: Int) throws -> Void
  ) throws {
    slices.begin(chunk, of: archive, openLineBytes: openLine)
    while let place = try slices.next(into: &buffer) {
      try unsafe body(buffer.slice, place)
    }
  }
}
