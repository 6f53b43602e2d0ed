import Facts

/// Reads one chunk, or one stream, slice by slice.
///
/// What ``ChunkReader`` and ``StreamedArchive`` have in common: packed bytes in, whole lines out.
struct SliceReader: ~Copyable {
  private let limits: ReadingLimits
  private var unpacker: Unpacker
  private var cutter = LineCutter(isFirst: true, limits: ReadingLimits(), openLineBytes: 0)
  private var chunk = 0
  /// What makes lines of a document; nil where the text has lines of its own.
  private var document: DocumentLines?
  /// Whether it may be a document, until that has been checked.
  private var mayBeDocument = false

  init(limits: ReadingLimits, hashesContent: Bool) {
    self.limits = limits
    unpacker = Unpacker(limits: limits, hashesContent: hashesContent)
  }

  /// - Parameter openLineBytes: Length so far of the line that the chunk continues; nil where that is unknown.
  mutating func begin(_ chunk: Chunk, of archive: Archive, openLineBytes: Int?) {
    unpacker.begin(chunk, of: archive)
    start(chunk.index, openLineBytes)
    mayBeDocument = chunk.range == 0..<archive.bytes
  }

  mutating func begin(stream descriptor: Int32, name: String) {
    unpacker.begin(stream: descriptor, name: name)
    start(0, 0)
    mayBeDocument = true
  }

  private mutating func start(_ chunk: Int, _ openLineBytes: Int?) {
    self.chunk = chunk
    document = nil
    cutter = LineCutter(isFirst: chunk == 0, limits: limits, openLineBytes: openLineBytes)
  }

  /// Unpacks the next whole lines into `buffer`, and sets its slice to them.
  ///
  /// - Returns: The slice's place in the unpacked chunk; nil at the end.
  /// - Throws: `CancellationError`.
  mutating func next(into buffer: inout SliceBuffer) throws(CancellationError) -> Int? {
    cutter.resume(&buffer)
    if mayBeDocument { try lookForDocument(&buffer) }
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
      let known = buffer.filled
      unpacker.unpack(limits.fillBytes, into: &buffer)
      unsafe document?.rewrite(.init(rebasing: buffer.mutableContents[known...]))
      if Task.isCancelled { throw CancellationError() }
    }
  }

  /// Unpacks as much as it takes to decide whether the text is a document over many lines.
  private mutating func lookForDocument(_ buffer: inout SliceBuffer) throws(CancellationError) {
    mayBeDocument = false
    while true {
      if let isDocument = unsafe DocumentLines.isDocument(
        buffer.contents, isWhole: unpacker.isFinished)
      {
        if isDocument {
          var document = DocumentLines()
          let mark = DocumentLines.byteOrderMark
          if unsafe buffer.contents.starts(with: mark) {
            for at in mark.indices { unsafe buffer.mutableContents[at] = UInt8(ascii: " ") }
          }
          unsafe document.rewrite(buffer.mutableContents)
          self.document = document
        }
        return
      }
      unpacker.unpack(limits.fillBytes, into: &buffer)
      if Task.isCancelled { throw CancellationError() }
    }
  }

  /// Whether nothing was read, because the chunk continues a line of unknown length for too long.
  var isPutOff: Bool { cutter.isPutOff }

  /// What became of the chunk, after ``next(into:)`` has returned nil.
  var end: ChunkEnd {
    ChunkEnd(
      chunk: chunk, head: cutter.head,
      // What closes an array is not a line.
      tail: document != nil && cutter.tail.isBlank ? LineFragment() : cutter.tail,
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
