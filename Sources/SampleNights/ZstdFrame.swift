import CZstd

/// One zstd frame at a time.
package enum ZstdFrame {
  /// What a frame's header and end hold.
  package struct Form {
    var level: Int32 = 19
    /// How far back a frame may look, as a power of two; 0 for as far as its level does.
    var windowLog: Int32 = 0
    var holdsContentSize = true
    var holdsChecksum = true

    package init(
      level: Int32 = 19, windowLog: Int32 = 0, holdsContentSize: Bool = true,
      holdsChecksum: Bool = true
    ) {
      self.level = level
      self.windowLog = windowLog
      self.holdsContentSize = holdsContentSize
      self.holdsChecksum = holdsChecksum
    }
  }

  /// - Throws: ``PackingError`` when libzstd refuses.
  package static func packed(_ bytes: ArraySlice<UInt8>, _ form: Form) throws(PackingError)
    -> [UInt8]
  {
    guard let context = unsafe ZSTD_createCCtx() else { throw PackingError("out of memory") }
    defer { unsafe ZSTD_freeCCtx(context) }
    for (parameter, value) in [
      (ZSTD_c_compressionLevel, form.level), (ZSTD_c_windowLog, form.windowLog),
      (ZSTD_c_contentSizeFlag, form.holdsContentSize ? 1 : 0),
      (ZSTD_c_checksumFlag, form.holdsChecksum ? 1 : 0),
    ] {
      try check(unsafe ZSTD_CCtx_setParameter(context, parameter, value))
    }
    var target = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let size = unsafe target.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_compress2(
          context, target.baseAddress, target.count, source.baseAddress, source.count)
      }
    }
    try check(size)
    target.removeLast(target.count - size)
    return target
  }

  static func check(_ code: Int) throws(PackingError) {
    if ZSTD_isError(code) != 0 {
      throw PackingError(unsafe String(cString: ZSTD_getErrorName(code)))
    }
  }

  /// A frame that readers pass over; `number` from 0 to 15 is the last digit of its magic number.
  static func skippable(_ number: UInt32, _ content: [UInt8]) -> [UInt8] {
    littleEndian(0x184d_2a50 + number) + littleEndian(UInt32(content.count)) + content
  }

  static func littleEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

/// A library would not pack the bytes.
package struct PackingError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
