/// Reads one chunk, or one stream, slice by slice.
///
/// What ``ChunkReader`` and ``StreamedArchive`` have in common: packed bytes in, whole lines out.
struct SliceReader: ~Copyable {
  private let limits: ReadingLimits
  private var unpacker: Unpacker
  private var cutter = LineCutter(isFirst: true, maximumLineBytes: 0)
  private var chunk = 0

  init(limits: ReadingLimits, hashesContent: Bool) {
    self.limits = limits
    unpacker = Unpacker(limits: limits, hashesContent: hashesContent)
  }

  mutating func begin(_ chunk: Chunk, of archive: Archive) {
    unpacker.begin(chunk, of: archive)
    start(chunk.index)
  }

  mutating func begin(stream descriptor: Int32, name: String) {
    unpacker.begin(stream: descriptor, name: name)
    start(0)
  }

  private mutating func start(_ chunk: Int) {
    self.chunk = chunk
    cutter = LineCutter(isFirst: chunk == 0, maximumLineBytes: limits.maximumLineBytes)
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
      if unpacker.isFinished {
        cutter.finish(buffer)
        return nil
      }
      unpacker.unpack(limits.fillBytes, into: &buffer)
      if Task.isCancelled { throw CancellationError() }
    }
  }

  /// What became of the chunk, after ``next(into:)`` has returned nil.
  var end: ChunkEnd {
    ChunkEnd(
      chunk: chunk, head: cutter.head, tail: cutter.tail, hasLineFeed: cutter.hasLineFeed,
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
