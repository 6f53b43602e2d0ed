/// Reads one chunk, or one stream, slice by slice.
///
/// What ``ChunkReader`` and ``StreamedArchive`` have in common: packed bytes in, whole lines out.
struct SliceReader: ~Copyable {
  private let limits: ReadingLimits
  private var source = ByteSource()
  private var zstd = ZstdUnpacker()
  private var gzip: GzipUnpacker?
  private var cutter = LineCutter(isFirst: true, maximumLineBytes: 0)
  private var container = Container.plain
  private var chunk = 0
  private var unpackedBytesBefore = 0
  private var unpackedBytes = 0
  private var isFinished = true
  private var damage: ArchiveDamage?

  init(limits: ReadingLimits) { self.limits = limits }

  mutating func begin(_ chunk: Chunk, of archive: Archive) {
    source.open(archive, chunk.range)
    start(chunk.index, archive.container, unpackedBytesBefore: chunk.unpackedBytesBefore)
  }

  mutating func begin(stream descriptor: Int32, name: String) {
    source.open(stream: descriptor)
    _ = source.available(Container.sniffedBytes)
    let first = unsafe Array(source.window.prefix(Container.sniffedBytes))
    start(0, Container(name: name, firstBytes: first), unpackedBytesBefore: 0)
  }

  private mutating func start(_ chunk: Int, _ container: Container, unpackedBytesBefore: Int) {
    self.chunk = chunk
    self.container = container
    self.unpackedBytesBefore = unpackedBytesBefore
    unpackedBytes = 0
    isFinished = false
    damage = nil
    cutter = LineCutter(isFirst: chunk == 0, maximumLineBytes: limits.maximumLineBytes)
    zstd.begin(isFirst: chunk == 0)
    if container == .gzip {
      if gzip == nil { gzip = GzipUnpacker() }
      gzip?.begin()
    }
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
      if isFinished {
        cutter.finish(buffer)
        return nil
      }
      fill(&buffer)
      if Task.isCancelled { throw CancellationError() }
    }
  }

  private mutating func fill(_ buffer: inout SliceBuffer) {
    let before = buffer.filled
    let target = before + limits.fillBytes
    let progress =
      switch container {
      case .zstd: zstd.unpack(from: &source, into: &buffer, until: target, limits: limits)
      case .gzip: gzip?.unpack(from: &source, into: &buffer, until: target) ?? .ended
      case .plain: copy(into: &buffer, until: target)
      }
    unpackedBytes += buffer.filled - before
    switch progress {
    case .more: damage = bomb
    case .ended: isFinished = true
    case .damaged(let found): damage = found
    }
    if damage != nil { isFinished = true }
  }

  private mutating func copy(into buffer: inout SliceBuffer, until target: Int) -> UnpackProgress {
    while buffer.filled < target {
      buffer.reserve(target - buffer.filled)
      let room = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer.room[..<(target - buffer.filled)])
      let got = unsafe source.read(into: room)
      if got == 0 { return source.damage.map { .damaged($0) } ?? .ended }
      buffer.filled += got
    }
    return .more
  }

  /// The damage of an archive that has become absurdly large.
  private var bomb: ArchiveDamage? {
    let total = unpackedBytesBefore + unpackedBytes
    guard total > limits.ratioGraceBytes,
      total / max(1, source.offset) >= limits.maximumRatio
    else { return nil }
    return ArchiveDamage(
      offset: source.offset,
      reason: "unpacks to more than \(limits.maximumRatio) times its size: a decompression bomb?",
      hint: "look at it with 'zstd --list' before you allow more")
  }

  /// What became of the chunk, after ``next(into:)`` has returned nil.
  var end: ChunkEnd {
    ChunkEnd(
      chunk: chunk, head: cutter.head, tail: cutter.tail, hasLineFeed: cutter.hasLineFeed,
      unpackedBytes: unpackedBytes, frames: container == .zstd ? zstd.dataFrames : 0,
      overlongLines: cutter.overlongLines, damage: damage)
  }

  var streamContainer: Container { container }

  /// How far the packed bytes have been read, from the start of the archive.
  var packedOffset: Int { source.offset }

  /// Reads what is left of a stream, for its hash.
  mutating func drain() throws(CancellationError) -> (sha256: String, bytes: Int) {
    try source.drain()
  }
}
