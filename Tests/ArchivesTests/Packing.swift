import CZlib
import CZstd

/// How a zstd frame is made.
struct FrameForm: Sendable {
  var level: Int32 = 3
  var hasSize = true
  var hasChecksum = true
  var windowLog: Int32 = 0

  static let plain = FrameForm()
  static let streamed = FrameForm(hasSize: false)
  static let bare = FrameForm(hasSize: false, hasChecksum: false)
}

func zstd(_ bytes: [UInt8], _ form: FrameForm = .plain) -> [UInt8] {
  guard let context = unsafe ZSTD_createCCtx() else { fatalError("out of memory") }
  defer { _ = unsafe ZSTD_freeCCtx(context) }
  _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, form.level)
  _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, form.hasSize ? 1 : 0)
  _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, form.hasChecksum ? 1 : 0)
  if form.windowLog > 0 {
    _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, form.windowLog)
  }
  var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
  let size = unsafe ZSTD_compress2(context, &packed, packed.count, bytes, bytes.count)
  precondition(ZSTD_isError(size) == 0)
  return Array(packed.prefix(size))
}

/// A frame per piece.
func zstd(frames pieces: [[UInt8]], _ form: FrameForm = .plain) -> [UInt8] {
  pieces.flatMap { zstd($0, form) }
}

func skippable(_ bytes: [UInt8]) -> [UInt8] {
  let size = UInt32(bytes.count)
  return [0x5A, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
    + bytes
}

/// A zstd frame written by hand: raw blocks of the given pieces, no size, no checksum.
func rawBlocks(_ pieces: [[UInt8]]) -> [UInt8] {
  var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x58]
  for (index, piece) in pieces.enumerated() {
    let header = piece.count << 3 | (index == pieces.count - 1 ? 1 : 0)
    frame += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + piece
  }
  return frame
}

func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var packed = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100)
  var input = bytes
  let size = unsafe input.withUnsafeMutableBufferPointer { input in
    unsafe packed.withUnsafeMutableBufferPointer { output in
      var stream = unsafe z_stream()
      unsafe deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(output.count)
      precondition(unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END)
      unsafe deflateEnd(&stream)
      return output.count - Int(unsafe stream.avail_out)
    }
  }
  return Array(packed.prefix(size))
}

/// Cuts `bytes` into pieces of `size`.
func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
}
