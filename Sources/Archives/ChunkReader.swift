import CZlib
import CZstd

/// Limits that keep a hostile archive from eating the machine.
package struct ReadingLimits: Equatable, Sendable {
  /// A longer line is counted as rejected, and not kept.
  package var maximumLineBytes = 64 << 20
  /// The largest window a frame may ask for; zstd itself allows 2 GiB at most.
  package var maximumWindowBytes = 2 << 30
  /// Unpacked to packed bytes, looked at once a chunk has unpacked to more than 1 GiB.
  package var maximumRatio = 10_000

  package init() {}
}

/// Where reading stopped, and why.
package struct ArchiveDamage: Error, Equatable, Sendable {
  /// The byte on disk.
  package var offset: Int
  package var reason: String
}

/// The beginning or the end of a line, of which the rest stands in another chunk.
package struct LineFragment: Equatable, Sendable {
  /// At most one byte more than the longest line may have.
  package var bytes: [UInt8] = []
  /// Unpacked bytes before it in its chunk.
  package var offset = 0

  package init() {}
}

/// What is left of a chunk when its whole lines have been handed out.
package struct ChunkEnd: Equatable, Sendable {
  /// What stands before the first line feed; empty in an archive's first chunk.
  package var head = LineFragment()
  /// What stands after the last line feed.
  package var tail = LineFragment()
  /// Without one, all of the chunk is in `head`.
  package var hasLineFeed = false
  package var unpackedBytes = 0
  package var damage: ArchiveDamage?

  package init() {}
}

/// Unpacks chunks into whole lines. One per worker, used again from chunk to chunk.
@safe package final class ChunkReader {
  /// What a chunk consists of, in order.
  @safe package enum Piece {
    /// Whole lines, up to and with the line feed of the last, and how many unpacked bytes of the
    /// chunk stand before them. 64 more bytes can be read behind them.
    case lines(UnsafeRawBufferPointer, offset: Int)
    /// A line that is longer than the limit.
    case tooLong(offset: Int)
  }

  /// So much is unpacked before it is handed out: small enough to be still in the cache.
  private static let sliceBytes = 512 << 10
  private static let padding = 64
  private static let blockBytes = 128 << 10
  /// Frames up to this size are unpacked in one go.
  private static let oneShotBytes = 4 << 20

  private let context: OpaquePointer
  private let limits: ReadingLimits
  private var buffer: UnsafeMutableRawBufferPointer
  /// Bytes in the buffer.
  private var filled = 0
  /// Unpacked bytes of the chunk before the buffer's first.
  private var base = 0
  private var isInHead = false
  private var isDiscarding = false
  private var end = ChunkEnd()

  package init(_ limits: ReadingLimits = ReadingLimits()) {
    guard let context = unsafe ZSTD_createDCtx() else { fatalError("out of memory") }
    unsafe self.context = context
    unsafe _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 31)
    self.limits = limits
    unsafe buffer = .allocate(
      byteCount: Self.sliceBytes + Self.blockBytes * 2 + Self.padding, alignment: 64)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
    unsafe buffer.deallocate()
  }

  /// Reads a chunk and hands out its whole lines.
  ///
  /// What is damaged ends the chunk: everything before it has been handed out, to the zstd block.
  package func read(
    _ chunk: Chunk, of archive: Archive, _ body: (Piece) throws -> Void
  ) throws -> ChunkEnd {
    begin(isFirst: chunk.isFirst)
    let source = ByteSource(archive, chunk.bytes)
    do {
      if archive.breaksItsName {
        throw ArchiveDamage(
          offset: 0, reason: archive.byteCount == 0 ? "empty file" : "not zstd")
      }
      try unpack(archive.container, source, body)
    } catch let damage as ArchiveDamage {
      end.damage = damage
    }
    try finish(body)
    return end
  }

  /// Reads all of standard input, of whatever kind it is.
  package func readStandardInput(
    _ hash: SHA256Hash, _ body: (Piece) throws -> Void
  ) throws -> (end: ChunkEnd, container: Container, byteCount: Int) {
    begin(isFirst: true)
    let source = ByteSource(standardInput: hash)
    let container = unsafe source.peek(4) { unsafe Archive.container(of: $0) }
    do {
      try unpack(container, source, body)
    } catch let damage as ArchiveDamage {
      end.damage = damage
    }
    try finish(body)
    // What is not read any more belongs to the input all the same.
    while true {
      let left = unsafe source.peek(1 << 16) { $0.count }
      if left == 0 { break }
      source.skip(left)
    }
    return (end, container, source.offset)
  }

  private func begin(isFirst: Bool) {
    filled = 0
    base = 0
    isInHead = !isFirst
    isDiscarding = false
    end = ChunkEnd()
  }

  private func unpack(
    _ container: Container, _ source: ByteSource, _ body: (Piece) throws -> Void
  ) throws {
    switch container {
    case .plain:
      while true {
        let count = try unsafe source.peek(Self.blockBytes) { bytes in
          try unsafe append(bytes, body)
          return bytes.count
        }
        if count == 0 { return }
        source.skip(count)
      }
    case .zstd: try unpackZstd(source, body)
    case .gzip: try unpackGzip(source, body)
    }
  }
}

// MARK: - zstd

extension ChunkReader {
  private func unpackZstd(_ source: ByteSource, _ body: (Piece) throws -> Void) throws {
    let first = source.offset
    while true {
      let (count, magic) = unsafe source.peek(4) { bytes in
        (bytes.count, unsafe bytes.count == 4 ? bytes.loadUnaligned(as: UInt32.self) : 0)
      }
      if count == 0 { return }
      guard count == 4 else {
        throw ArchiveDamage(offset: source.offset, reason: "truncated in magic number")
      }
      if FrameWalk.isSkippable(magic) {
        try skipFrame(source)
      } else if FrameWalk.isMagic(magic) {
        if try !unpackAtOnce(source, body) { try unpackByBlock(source, body) }
      } else {
        throw ArchiveDamage(
          offset: source.offset, reason: "bytes after the last frame are no zstd frame")
      }
      try checkRatio(packed: source.offset - first, at: source.offset)
    }
  }

  private func checkRatio(packed: Int, at offset: Int) throws {
    guard end.unpackedBytes > 1 << 30, end.unpackedBytes / max(1, packed) > limits.maximumRatio
    else { return }
    throw ArchiveDamage(
      offset: offset,
      reason: "unpacks to more than \(limits.maximumRatio) times its size, a bomb by all appearance"
    )
  }

  private func skipFrame(_ source: ByteSource) throws {
    let size = unsafe source.peek(8) { bytes in
      unsafe bytes.count == 8 ? Int(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) : nil
    }
    guard let size else {
      throw ArchiveDamage(offset: source.offset, reason: "truncated in skippable frame header")
    }
    source.skip(8)
    var left = size
    while left > 0 {
      let count = unsafe source.peek(min(left, 1 << 20)) { $0.count }
      guard count > 0 else {
        throw ArchiveDamage(offset: source.offset, reason: "truncated in skippable frame")
      }
      source.skip(count)
      left -= count
    }
  }

  /// Unpacks a frame of known, moderate size in one call; false, with nothing done, where that does
  /// not work: by block it can be told how far the frame is sound.
  private func unpackAtOnce(_ source: ByteSource, _ body: (Piece) throws -> Void) throws -> Bool {
    let done: Int? = try unsafe source.peek(.max >> 2) { bytes in
      let stated = unsafe ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
      guard stated <= UInt64(Self.oneShotBytes) else { return nil }
      let size = unsafe ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count)
      guard ZSTD_isError(size) == 0 else { return nil }
      reserve(Int(stated))
      let count = unsafe ZSTD_decompressDCtx(
        context, buffer.baseAddress! + filled, Int(stated), bytes.baseAddress, size)
      guard ZSTD_isError(count) == 0 else { return nil }
      try added(count, body)
      return size
    }
    guard let done else { return false }
    source.skip(done)
    return true
  }

  /// Unpacks a frame block by block, so that all sound blocks before a break count.
  private func unpackByBlock(_ source: ByteSource, _ body: (Piece) throws -> Void) throws {
    unsafe _ = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    func need(_ count: Int, _ place: String) throws {
      let left = unsafe source.peek(count) { $0.count }
      if left < count {
        throw ArchiveDamage(offset: source.offset, reason: "truncated in " + place)
      }
    }
    try need(5, "frame header")
    let descriptor = unsafe source.peek(5) { unsafe $0[4] }
    let isSingle = descriptor >> 5 & 1 == 1
    let headerBytes =
      5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][Int(descriptor & 3)]
      + [isSingle ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
    try need(headerBytes, "frame header")
    try checkWindow(source, headerBytes)
    try feed(source, headerBytes, "frame header", body)
    var isLast = false
    while !isLast {
      try need(3, "block header")
      let header = unsafe source.peek(3) { bytes in
        unsafe Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
      }
      isLast = header & 1 == 1
      let kind = header >> 1 & 3
      if kind == 3 { throw ArchiveDamage(offset: source.offset, reason: "reserved block type") }
      let count = 3 + (kind == 1 ? 1 : header >> 3)
      try need(count, "block")
      try feed(source, count, "corrupt block", body)
    }
    if descriptor >> 2 & 1 == 1 {
      try need(4, "content checksum")
      try feed(source, 4, "content checksum", body)
    }
  }

  private func checkWindow(_ source: ByteSource, _ headerBytes: Int) throws {
    let window = unsafe source.peek(headerBytes) { bytes in
      unsafe bytes[4] >> 5 & 1 == 1
        ? 0 : (1 << (10 + Int(bytes[5] >> 3))) / 8 * (8 + Int(bytes[5] & 7))
    }
    guard window > limits.maximumWindowBytes else { return }
    throw ArchiveDamage(
      offset: source.offset,
      reason: "a window of \(window >> 20) MiB exceeds the limit of "
        + "\(limits.maximumWindowBytes >> 20) MiB")
  }

  private func feed(
    _ source: ByteSource, _ count: Int, _ place: String, _ body: (Piece) throws -> Void
  ) throws {
    try unsafe source.peek(count) { bytes in
      var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      while true {
        reserve(Self.blockBytes)
        var output = unsafe ZSTD_outBuffer(
          dst: buffer.baseAddress! + filled, size: buffer.count - Self.padding - filled, pos: 0)
        let status = unsafe ZSTD_decompressStream(context, &output, &input)
        guard ZSTD_isError(status) == 0 else {
          let message = unsafe String(cString: ZSTD_getErrorName(status))
          throw ArchiveDamage(offset: source.offset, reason: "\(place): \(message)")
        }
        let isFull = unsafe output.pos == output.size
        try added(unsafe output.pos, body)
        if unsafe input.pos == input.size, !isFull { return }
      }
    }
    source.skip(count)
    try checkRatio(packed: source.offset, at: source.offset)
  }
}

// MARK: - gzip

extension ChunkReader {
  private func unpackGzip(_ source: ByteSource, _ body: (Piece) throws -> Void) throws {
    var stream = unsafe z_stream()
    guard
      unsafe inflateInit2_(
        &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { fatalError("out of memory") }
    defer { unsafe _ = inflateEnd(&stream) }
    var isBetweenMembers = false
    while true {
      let count = try unsafe source.peek(1 << 16) { bytes in
        if bytes.count == 0 { return 0 }
        if isBetweenMembers {
          unsafe _ = inflateReset(&stream)
          isBetweenMembers = false
        }
        unsafe stream.next_in = UnsafeMutablePointer(
          mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.avail_in = UInt32(bytes.count)
        while unsafe stream.avail_in > 0, !isBetweenMembers {
          reserve(Self.blockBytes)
          unsafe stream.next_out = (buffer.baseAddress! + filled).assumingMemoryBound(
            to: UInt8.self)
          unsafe stream.avail_out = UInt32(Self.blockBytes)
          let status = unsafe inflate(&stream, Z_NO_FLUSH)
          try added(Self.blockBytes - Int(unsafe stream.avail_out), body)
          if status == Z_STREAM_END {
            isBetweenMembers = true
          } else if status != Z_OK, status != Z_BUF_ERROR {
            let message = unsafe stream.msg.map { unsafe String(cString: $0) } ?? "damaged"
            throw ArchiveDamage(offset: source.offset, reason: "gzip: \(message)")
          }
        }
        return bytes.count - Int(unsafe stream.avail_in)
      }
      if count == 0 { break }
      source.skip(count)
      try checkRatio(packed: source.offset, at: source.offset)
    }
    if !isBetweenMembers {
      throw ArchiveDamage(offset: source.offset, reason: "truncated gzip member")
    }
  }
}

// MARK: - Lines

extension ChunkReader {
  private static let lineFeed = UInt8(ascii: "\n")

  /// Makes room for `count` more bytes, and for the padding behind them.
  private func reserve(_ count: Int) {
    let needed = filled + count + Self.padding
    guard unsafe needed > buffer.count else { return }
    let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(needed, buffer.count * 2), alignment: 64)
    unsafe larger.copyMemory(from: .init(rebasing: buffer[..<filled]))
    unsafe buffer.deallocate()
    unsafe buffer = larger
  }

  private func append(_ bytes: UnsafeRawBufferPointer, _ body: (Piece) throws -> Void) throws {
    reserve(bytes.count)
    if let start = bytes.baseAddress {
      unsafe (buffer.baseAddress! + filled).copyMemory(from: start, byteCount: bytes.count)
    }
    try added(bytes.count, body)
  }

  /// So many bytes have come into the buffer.
  private func added(_ count: Int, _ body: (Piece) throws -> Void) throws {
    filled += count
    end.unpackedBytes += count
    if filled >= Self.sliceBytes { try handOut(body) }
  }

  /// Hands out the whole lines of the buffer and keeps what is behind them.
  private func handOut(_ body: (Piece) throws -> Void) throws {
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    guard let last = unsafe bytes.lastIndex(of: Self.lineFeed) else {
      try keepUnfinished(body)
      return
    }
    var start = 0
    if isInHead || isDiscarding {
      let first = unsafe bytes.firstIndex(of: Self.lineFeed)!
      if isInHead { unsafe keepHead(.init(rebasing: bytes[..<first])) }
      isInHead = false
      isDiscarding = false
      start = first + 1
    }
    end.hasLineFeed = true
    if start <= last {
      try unsafe body(.lines(.init(rebasing: bytes[start...last]), offset: base + start))
    }
    drop(last + 1)
  }

  /// No line feed in all of the buffer: the line goes on, unless it is too long already.
  private func keepUnfinished(_ body: (Piece) throws -> Void) throws {
    if isInHead {
      unsafe keepHead(.init(rebasing: buffer[..<filled]))
      drop(filled)
    } else if isDiscarding {
      drop(filled)
    } else if filled > limits.maximumLineBytes {
      try body(.tooLong(offset: base))
      isDiscarding = true
      drop(filled)
    }
  }

  private func keepHead(_ bytes: UnsafeRawBufferPointer) {
    let room = limits.maximumLineBytes + 1 - end.head.bytes.count
    unsafe end.head.bytes.append(contentsOf: bytes.prefix(max(0, room)))
  }

  private func drop(_ count: Int) {
    let left = filled - count
    if left > 0, let start = unsafe buffer.baseAddress {
      unsafe start.copyMemory(from: start + count, byteCount: left)
    }
    filled = left
    base += count
  }

  private func finish(_ body: (Piece) throws -> Void) throws {
    try handOut(body)
    if isInHead {
      unsafe keepHead(.init(rebasing: buffer[..<filled]))
    } else if !isDiscarding {
      let room = limits.maximumLineBytes + 1
      end.tail.offset = base
      unsafe end.tail.bytes = Array(buffer[..<min(filled, room)])
    }
    // A long line must not keep its memory for the rest of the night.
    if unsafe buffer.count > 8 << 20 {
      unsafe buffer.deallocate()
      unsafe buffer = .allocate(
        byteCount: Self.sliceBytes + Self.blockBytes * 2 + Self.padding, alignment: 64)
    }
  }
}
