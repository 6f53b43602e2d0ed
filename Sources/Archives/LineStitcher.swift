package import Facts
package import Hashing

/// Puts the lines together that reach over the ends of chunks, each exactly once.
///
/// Is given the end of every chunk of an archive, in the order of the archive.
package struct LineStitcher: Sendable {
  /// A byte of an archive, counted in its chunk.
  package struct ChunkOffset: Equatable, Sendable {
    package var chunk: Int
    /// In the unpacked chunk.
    package var offset: Int

    package init(chunk: Int, offset: Int) {
      self.chunk = chunk
      self.offset = offset
    }
  }

  /// A line that is in no slice as a whole.
  package struct Line: Equatable, Sendable {
    /// Where it starts.
    package let start: ChunkOffset
    /// Followed by an LF and padding.
    private let bytes: [UInt8]

    init(_ fragment: consuming LineFragment, at start: ChunkOffset) {
      self.start = start
      var bytes = fragment.bytes
      bytes.append(10)
      bytes.append(contentsOf: repeatElement(0, count: SliceBuffer.padding))
      self.bytes = bytes
    }

    /// Shows the line as a slice of one line, with LF and padding, also where the archive's last
    /// line has none.
    package func withSlice<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
      try unsafe bytes.withUnsafeBytes {
        try unsafe body(
          UnsafeRawBufferPointer(rebasing: $0[..<($0.count - SliceBuffer.padding)]))
      }
    }
  }

  private let maximumLineBytes: Int
  private var pending = LineFragment()
  private var start = ChunkOffset(chunk: 0, offset: 0)
  private var isFinished = false
  /// The break. What is added after it is not used: the caller throws such chunks away too.
  package private(set) var damage: ArchiveDamage?
  /// Up to the break.
  package private(set) var unpackedBytes = 0
  /// zstd frames that gave bytes, up to the break.
  package private(set) var frames = 0
  /// Of all unpacked bytes up to the break; nil where chunks were read without it.
  package private(set) var content: ContentHash? = ContentHash()
  /// Where overlong lines start, in the order in which they end.
  package private(set) var overlongLines: [ChunkOffset] = []
  /// The unfinished last piece of a damaged archive: it is not a line.
  package private(set) var droppedTailBytes = 0

  /// - Parameter chunk: The first one that it will be given.
  package init(limits: ReadingLimits = ReadingLimits(), from chunk: Int = 0) {
    maximumLineBytes = limits.maximumLineBytes
    start = ChunkOffset(chunk: chunk, offset: 0)
  }

  /// Takes the next chunk's end.
  ///
  /// - Returns: The line that ends at this chunk's first LF, unless it is in the chunk as a
  ///   whole.
  package mutating func add(_ end: ChunkEnd) -> Line? {
    guard damage == nil else { return nil }
    var line: Line?
    if let head = end.head {
      pending.append(head, maximum: maximumLineBytes)
      line = takePending()
    }
    overlongLines += end.overlongLines.map { ChunkOffset(chunk: end.chunk, offset: $0) }
    if end.hasLineFeed || pending.byteCount == 0 {
      pending = LineFragment()
      start = ChunkOffset(chunk: end.chunk, offset: end.tailOffset)
    }
    pending.append(end.tail, maximum: maximumLineBytes)
    unpackedBytes += end.unpackedBytes
    if let more = end.content { content?.append(more) } else { content = nil }
    frames += end.frames
    if let found = end.damage {
      damage = found
      droppedTailBytes = pending.byteCount
      pending = LineFragment()
    }
    return line
  }

  /// The last line as far as it is known, without an LF so far.
  package var openTail: LineFragment { pending }

  /// Where the line begins that the next chunk continues; nil where there is none.
  var openLine: ChunkOffset? { pending.byteCount > 0 ? start : nil }

  /// The last line, where the archive is whole and its last line has no LF.
  package mutating func finish() -> Line? {
    pending.byteCount > 0 ? takePending() : nil
  }

  private mutating func takePending() -> Line? {
    defer { pending = LineFragment() }
    guard pending.byteCount <= maximumLineBytes else {
      overlongLines.append(start)
      return nil
    }
    return Line(pending, at: start)
  }
}
