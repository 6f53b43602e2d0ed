import CZstd

/// Packs a stream of pieces into one zstd frame, in bounded memory.
@safe package struct StreamPacker: ~Copyable {
  private let context: OpaquePointer
  private var target: [UInt8]

  /// - Throws: ``PackingError`` when libzstd refuses.
  package init(level: Int32) throws(PackingError) {
    unsafe context = try StreamPacker.context(level)
    target = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
  }

  private static func context(_ level: Int32) throws(PackingError) -> OpaquePointer {
    guard let context = unsafe ZSTD_createCCtx() else { throw PackingError("out of memory") }
    do throws(PackingError) {
      try ZstdFrame.check(
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
      try ZstdFrame.check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
    } catch {
      unsafe ZSTD_freeCCtx(context)
      throw error
    }
    return unsafe context
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// The packed bytes that are ready after `bytes` more; all of them where these are the last.
  ///
  /// - Throws: ``PackingError`` when libzstd refuses.
  package mutating func pack(_ bytes: [UInt8], isLast: Bool) throws(PackingError) -> [UInt8] {
    var result: [UInt8] = []
    var consumed = 0
    var isFinished = false
    while !isFinished {
      var produced = 0
      let left = unsafe bytes.withUnsafeBytes { source in
        unsafe target.withUnsafeMutableBytes { target in
          var from = unsafe ZSTD_inBuffer(
            src: source.baseAddress, size: source.count, pos: consumed)
          var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          let left = unsafe ZSTD_compressStream2(
            context, &into, &from, isLast ? ZSTD_e_end : ZSTD_e_continue)
          consumed = unsafe from.pos
          produced = unsafe into.pos
          return left
        }
      }
      try ZstdFrame.check(left)
      result += target[..<produced]
      isFinished = isLast ? left == 0 : consumed == bytes.count
    }
    return result
  }
}
