import Facts
import Hashing

/// Unpacks one chunk, or one stream, whatever it is packed with.
struct Unpacker: ~Copyable {
  private let limits: ReadingLimits
  private var source = ByteSource()
  private var zstd = ZstdUnpacker()
  private var gzip: GzipUnpacker?
  private(set) var container = Container.plain
  private var unpackedBytesBefore = 0
  private(set) var unpackedBytes = 0
  private(set) var isFinished = true
  private(set) var damage: ArchiveDamage?
  /// Of what was unpacked so far; nil where it was not asked for.
  private(set) var content: ContentHash?

  /// - Parameter hashesContent: Whether ``content`` is wanted.
  init(limits: ReadingLimits, hashesContent: Bool) {
    self.limits = limits
    content = hashesContent ? ContentHash() : nil
  }

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
    self.container = container
    self.unpackedBytesBefore = unpackedBytesBefore
    unpackedBytes = 0
    isFinished = false
    damage = nil
    if content != nil { content = ContentHash() }
    zstd.begin(isFirst: chunk == 0)
    if container == .gzip {
      if gzip == nil { gzip = GzipUnpacker() }
      gzip?.begin()
    }
  }

  /// Unpacks about `count` bytes more into `buffer`; fewer only at the end.
  mutating func unpack(_ count: Int, into buffer: inout SliceBuffer) {
    let before = buffer.filled
    let target = before + count
    let progress =
      switch container {
      case .zstd: zstd.unpack(from: &source, into: &buffer, until: target, limits: limits)
      case .gzip: gzip?.unpack(from: &source, into: &buffer, until: target) ?? .ended
      case .plain: copy(into: &buffer, until: target)
      }
    unpackedBytes += buffer.filled - before
    if content != nil {
      unsafe content?.append(UnsafeRawBufferPointer(rebasing: buffer.contents[before...]))
    }
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

  /// zstd frames that gave bytes.
  var frames: Int { container == .zstd ? zstd.dataFrames : 0 }

  /// How far the packed bytes have been read, from the start of the archive.
  var packedOffset: Int { source.offset }

  /// Reads what is left of a stream, for its hash.
  mutating func drain() throws(CancellationError) -> (sha256: String, bytes: Int) {
    try source.drain()
  }
}
