/// Reads one chunk, or one stream, slice by slice.
///
/// What ``ChunkReader`` and ``StreamedArchive`` have in common: packed bytes in, whole lines out.
struct SliceReader: ~Copyable {
  private let limits: ReadingLimits
  private var unpacker: Unpacker
  private var cutter = LineCutter(isFirst: true, limits: ReadingLimits(), openLineBytes: 0)
  private var chunk = 0

  init(limits: ReadingLimits, hashesContent: Bool) {
    self.limits = limits
    unpacker = Unpacker(limits: limits, hashesContent: hashesContent)
  }

  /// - Parameter openLineBytes: How long the line is that the chunk goes on with; nil where nobody knows.
  mutating func begin(_ chunk: Chunk, of archive: Archive, openLineBytes: Int?) {
    unpacker.begin(chunk, of: archive)
    start(chunk.index, openLineBytes)
  }

  mutating func begin(stream descriptor: Int32, name: String) {
    unpacker.begin(stream: descriptor, name: name)
    start(0, 0)
  }

  private mutating func start(_ chunk: Int, _ openLineBytes: Int?) {
    self.chunk = chunk
    cutter = LineCutter(isFirst: chunk == 0, limits: limits, openLineBytes: openLineBytes)
  }

  /// Unpacks the next whole lines into `buffer`, and sets its slice to them.
  ///
  /// - Returns: The slice's place in the unpacked chunk; nil at the end.
  /// - Throws: `CancellationError`.
  mutating func next(into buffer: inout SliceBuffer) throws(CancellationError) -> Int? {
    cutter.resume(&buffer)
    while true {
      while let place = cutter.cut(&buffer) {
        if !buffer.sliceRange.isEmpty { return place }
        cutter.resume(&buffer)
      }
      if isPutOff { return nil }
      if unpacker.isFinished {
        cutter.finish(buffer)
        // The tail has a copy, and for very long lines two would be too many.
        buffer.empty()
        return nil
      }
      unpacker.unpack(limits.fillBytes, into: &buffer)
      if Task.isCancelled { throw CancellationError() }
    }
  }

  /// Whether nothing was read, because the chunk goes on with a line of unknown length for too long.
  var isPutOff: Bool { cutter.isPutOff }

  /// What became of the chunk, after ``next(into:)`` has returned nil.
  var end: ChunkEnd {
    ChunkEnd(
      chunk: chunk, head: cutter.head,
      tail: cutter.tail,
      hasLineFeed: cutter.hasLineFeed,
      unpackedBytes: unpacker.unpackedBytes, frames: unpacker.frames,
      overlongLines: cutter.overlongLines, damage: unpacker.damage, content: unpacker.content)
  }

  var streamContainer: Container { unpacker.container }

  /// How far the packed bytes have been read, from the start of the archive.
  var packedOffset: Int { unpacker.packedOffset }

  /// Reads what is left of a stream, for its hash.
  mutating func drain() throws(CancellationError) -> (sha256: String, bytes: Int) {
    try unpacker.drain()
  }
}
