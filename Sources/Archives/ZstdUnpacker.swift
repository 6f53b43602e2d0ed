import CZstd
import Facts

/// How far unpacking came.
enum UnpackProgress {
  case more
  case ended
  case damaged(ArchiveDamage)
}

/// One worker's zstd context, used again from frame to frame.
///
/// Frames are walked block by block, so that the output of every whole block before a break is
/// delivered. Frames of known, moderate size are unpacked in one go and walked only where that
/// fails.
@safe struct ZstdUnpacker: ~Copyable {
  private let context: OpaquePointer
  private var isInsideFrame = false
  private var hasChecksum = false
  private var frameGaveBytes = false
  /// Frames of any kind so far, in the archive: the first decides whether it is zstd at all.
  private var isBehindFrames = false
  /// Frames that gave bytes.
  private(set) var dataFrames = 0

  init() {
    guard let context = unsafe ZSTD_createDCtx() else { fatalError("out of memory") }
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 31)
    unsafe self.context = context
  }

  deinit { _ = unsafe ZSTD_freeDCtx(context) }

  /// - Parameter isFirst: Whether the archive starts here.
  mutating func begin(isFirst: Bool) {
    isInsideFrame = false
    isBehindFrames = !isFirst
    dataFrames = 0
  }

  /// Unpacks until `buffer` holds `target` bytes or there are no more.
  /// - Complexity: O(*n*) in the bytes unpacked; allocates only where the buffer must grow.
  mutating func unpack(
    from source: inout ByteSource, into buffer: inout SliceBuffer, until target: Int,
    limits: ReadingLimits
  ) -> UnpackProgress {
    while buffer.filled < target {
      let progress =
        isInsideFrame
        ? unpackBlock(from: &source, into: &buffer)
        : beginFrame(from: &source, into: &buffer, limits)
      guard case .more = progress else { return progress }
    }
    return .more
  }

  private mutating func beginFrame(
    from source: inout ByteSource, into buffer: inout SliceBuffer, _ limits: ReadingLimits
  ) -> UnpackProgress {
    func damaged(_ reason: String, hint: String? = nil) -> UnpackProgress {
      .damaged(ArchiveDamage(offset: source.offset, reason: reason, hint: hint))
    }
    let magicBytes = source.available(4)
    guard magicBytes >= 4 else {
      if let damage = source.damage { return .damaged(damage) }
      if magicBytes == 0 { return isBehindFrames ? .ended : damaged("empty file") }
      return isBehindFrames ? damaged("truncated in magic number") : notZstd(&source)
    }
    let magic = unsafe source.window.littleEndian32()
    guard ZstdFrame.isMagic(magic) else {
      return isBehindFrames
        ? damaged("bytes after the last frame are not a zstd frame") : notZstd(&source)
    }
    isBehindFrames = true
    if ZstdFrame.isSkippable(magic) {
      guard source.available(8) >= 8 else { return damaged("truncated in skippable frame header") }
      let start = source.offset
      let size = unsafe Int(source.window.littleEndian32(at: 4))
      guard source.skip(8 + size) else {
        return .damaged(ArchiveDamage(offset: start, reason: "truncated in skippable frame"))
      }
      return .more
    }
    guard source.available(ZstdFrame.Header.minBytes) >= ZstdFrame.Header.minBytes else {
      return damaged("truncated in frame header")
    }
    let headerBytes = unsafe ZstdFrame.Header.bytes(descriptor: source.window[4])
    guard source.available(headerBytes) >= headerBytes else {
      return damaged("truncated in frame header")
    }
    let header = unsafe ZstdFrame.Header(source.window)
    if header.windowBytes > limits.maximumWindowBytes {
      return damaged(
        "frame header: window of \(header.windowBytes >> 20) MiB exceeds the limit",
        hint: "compress it again with a smaller window, as 'zstd --long=27' or less does")
    }
    if header.dictionary != 0 {
      return damaged(
        "frame header: needs the dictionary \(header.dictionary)",
        hint: "unpack it with 'zstd -d -D DICTIONARY' and give the result")
    }
    if let content = header.contentBytes,
      content <= min(limits.oneShotBytes, 16 * limits.fillBytes),
      unpackWhole(header, content, from: &source, into: &buffer)
    {
      return .more
    }
    return openFrame(header, from: &source)
  }

  private func notZstd(_ source: inout ByteSource) -> UnpackProgress {
    let isGzip =
      unsafe source.available(2) >= 2 && source.window.starts(with: GzipUnpacker.magic)
    return .damaged(
      ArchiveDamage(
        offset: source.offset, reason: "not zstd",
        hint: isGzip
          ? "it is gzip: rename it to end in .gz" : "is it plain text? rename it without .zst"))
  }

  /// Unpacks a frame in one call.
  /// - Returns: Whether that went well; if not, nothing has changed.
  private mutating func unpackWhole(
    _ header: ZstdFrame.Header, _ content: Int, from source: inout ByteSource,
    into buffer: inout SliceBuffer
  ) -> Bool {
    let most = ZSTD_compressBound(content) + 64
    var size = header.headerBytes
    while true {
      guard source.available(size + ZstdFrame.Block.headerBytes) >= size + 3 else { return false }
      let block = unsafe ZstdFrame.Block(UnsafeRawBufferPointer(rebasing: source.window[size...]))
      size += ZstdFrame.Block.headerBytes + block.bodyBytes
      guard !block.isReserved, size <= most else { return false }
      if block.isLast { break }
    }
    if header.hasChecksum { size += 4 }
    guard source.available(size) >= size else { return false }
    buffer.reserve(content)
    let result = unsafe ZSTD_decompressDCtx(
      context, buffer.room.baseAddress, content, source.window.baseAddress, size)
    guard ZSTD_isError(result) == 0 else { return false }
    buffer.filled += result
    if result > 0 { dataFrames += 1 }
    return source.skip(size)
  }

  private mutating func openFrame(_ header: ZstdFrame.Header, from source: inout ByteSource)
    -> UnpackProgress
  {
    _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    var input = unsafe ZSTD_inBuffer(
      src: source.window.baseAddress, size: header.headerBytes, pos: 0)
    var output = unsafe ZSTD_outBuffer(dst: nil, size: 0, pos: 0)
    let result = unsafe ZSTD_decompressStream(context, &output, &input)
    guard ZSTD_isError(result) == 0 else {
      return .damaged(
        ArchiveDamage(offset: source.offset, reason: "frame header: " + errorName(result)))
    }
    _ = source.skip(header.headerBytes)
    isInsideFrame = true
    frameGaveBytes = false
    hasChecksum = header.hasChecksum
    return .more
  }

  private mutating func unpackBlock(
    from source: inout ByteSource, into buffer: inout SliceBuffer
  ) -> UnpackProgress {
    func damaged(_ reason: String) -> UnpackProgress {
      .damaged(source.damage ?? ArchiveDamage(offset: source.offset, reason: reason))
    }
    guard source.available(ZstdFrame.Block.headerBytes) >= ZstdFrame.Block.headerBytes else {
      return damaged("truncated in block header")
    }
    let block = unsafe ZstdFrame.Block(source.window)
    guard !block.isReserved else { return damaged("reserved block type") }
    let size = ZstdFrame.Block.headerBytes + block.bodyBytes
    guard source.available(size) >= size else { return damaged("truncated in block") }
    buffer.reserve(ZstdFrame.maximumBlockBytes + 1)
    var result = feed(size, of: &source, into: &buffer)
    // Which of its errors libzstd meets first depends on the room it was given, and so on the chunk.
    guard ZSTD_isError(result) == 0 else { return damaged("corrupt block") }
    _ = source.skip(size)
    guard block.isLast else { return .more }
    isInsideFrame = false
    if hasChecksum {
      guard source.available(4) >= 4 else { return damaged("truncated in content checksum") }
      result = feed(4, of: &source, into: &buffer)
      guard ZSTD_isError(result) == 0 else {
        return damaged("content checksum: " + errorName(result))
      }
      _ = source.skip(4)
    }
    return result == 0 ? .more : damaged("frame did not end where it should")
  }

  /// Gives libzstd the next `count` bytes. The room in `buffer` is larger than what a block can
  /// give, so nothing remains in the context.
  private mutating func feed(
    _ count: Int, of source: inout ByteSource, into buffer: inout SliceBuffer
  ) -> Int {
    let room = unsafe buffer.room
    var input = unsafe ZSTD_inBuffer(src: source.window.baseAddress, size: count, pos: 0)
    var output = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    var result = 0
    repeat {
      result = unsafe ZSTD_decompressStream(context, &output, &input)
    } while unsafe ZSTD_isError(result) == 0 && input.pos < input.size
    guard ZSTD_isError(result) == 0 else { return result }
    let got = unsafe output.pos
    buffer.filled += got
    if got > 0, !frameGaveBytes {
      frameGaveBytes = true
      dataFrames += 1
    }
    return result
  }

  private func errorName(_ result: Int) -> String {
    unsafe String(cString: ZSTD_getErrorName(result))
  }
}
