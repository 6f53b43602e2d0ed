internal import CZlib

/// How an archive's lines are packed. All of them unpack to the same bytes.
///
/// The packed bytes are the same for one version of libzstd (or zlib) only; the unpacked ones for
/// all.
package enum Encoding: String, CaseIterable, Sendable {
  /// One frame with content size and checksum.
  case singleFrame = "single-frame"
  /// Frames that end where a line ends, without checksums: what libzstd writes unless it is told.
  case framesOnLines = "frames-on-lines"
  /// Frames of equal size, cut wherever that falls, without checksums.
  case framesCutAnywhere = "frames-cut-anywhere"
  /// As pzstd writes: before each frame a skippable one that tells its packed size.
  case pzstd
  /// The seekable format: a table of all frames in a skippable frame at the end.
  case seekable
  /// One frame as from a pipe: no content size.
  case withoutSize = "without-size"
  /// One frame without checksum.
  case withoutChecksum = "without-checksum"
  case plain
  case gzip

  /// The unpacked size of one frame of several.
  static let frameSize = 512 * 1024

  package var ending: String {
    switch self {
    case .plain: ".jsonl"
    case .gzip: ".jsonl.gz"
    default: ".jsonl.zst"
    }
  }

  /// - Parameter windowLog: How far back frames may look, as a power of two; 0 for as far as the level
  ///   does. 21 are the 2 MiB of zstd's default level.
  /// - Throws: ``PackingError`` when libzstd or zlib refuses.
  package func pack(_ bytes: [UInt8], level: Int32 = 19, windowLog: Int32 = 21)
    throws(PackingError) -> [UInt8]
  {
    var form = ZstdFrame.Form(level: level, windowLog: windowLog)
    switch self {
    case .plain: return bytes
    case .gzip: return try Encoding.gzip(bytes)
    case .singleFrame: return try ZstdFrame.packed(bytes[...], form)
    case .withoutSize:
      form.holdsContentSize = false
      return try ZstdFrame.packed(bytes[...], form)
    case .withoutChecksum:
      form.holdsChecksum = false
      return try ZstdFrame.packed(bytes[...], form)
    case .framesOnLines:
      form.holdsChecksum = false
      return try packed(Encoding.pieces(bytes, endOnLines: true), form)
    case .framesCutAnywhere:
      form.holdsChecksum = false
      return try packed(Encoding.pieces(bytes, endOnLines: false), form)
    case .pzstd, .seekable:
      return try packed(Encoding.pieces(bytes, endOnLines: false), form)
    }
  }

  private func packed(_ pieces: [ArraySlice<UInt8>], _ form: ZstdFrame.Form) throws(PackingError)
    -> [UInt8]
  {
    var result: [UInt8] = []
    var table: [UInt8] = []
    for piece in pieces {
      let frame = try ZstdFrame.packed(piece, form)
      if self == .pzstd {
        result += ZstdFrame.skippable(0, ZstdFrame.littleEndian(UInt32(frame.count)))
      }
      result += frame
      table += ZstdFrame.littleEndian(UInt32(frame.count))
      table += ZstdFrame.littleEndian(UInt32(piece.count))
    }
    if self == .seekable {
      table += ZstdFrame.littleEndian(UInt32(pieces.count)) + [0]
      table += ZstdFrame.littleEndian(0x8f92_eab1)
      result += ZstdFrame.skippable(14, table)
    }
    return result
  }

  static func pieces(_ bytes: [UInt8], endOnLines: Bool) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      var end = min(bytes.count, start + frameSize)
      if endOnLines {
        while end < bytes.count && bytes[end - 1] != UInt8(ascii: "\n") { end += 1 }
      }
      pieces.append(bytes[start..<end])
      start = end
    }
    return pieces
  }

  private static func gzip(_ bytes: [UInt8]) throws(PackingError) -> [UInt8] {
    var stream = unsafe z_stream()
    // 15 window bits, and 16 for a gzip header without name and time.
    var status = unsafe deflateInit2_(
      &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw PackingError("zlib: error \(status)") }
    defer { unsafe deflateEnd(&stream) }
    var source = bytes
    var target = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, UInt(bytes.count))))
    unsafe source.withUnsafeMutableBufferPointer { source in
      unsafe target.withUnsafeMutableBufferPointer { target in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(target.count)
        status = unsafe deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { throw PackingError("zlib: error \(status)") }
    target.removeLast(target.count - Int(unsafe stream.total_out))
    return target
  }

  /// The CRC-32 that gzip and many tools compute.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      UInt32(truncatingIfNeeded: unsafe crc32_z(0, bytes.baseAddress, bytes.count))
    }
  }
}
