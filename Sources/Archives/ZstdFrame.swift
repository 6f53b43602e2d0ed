/// The headers of the zstd format (RFC 8878), as far as they say where frames and blocks are.
enum ZstdFrame {
  static let dataMagic: UInt32 = 0xFD2F_B528
  /// A block unpacks to at most this.
  static let maximumBlockBytes = 128 << 10

  static func isSkippable(_ magic: UInt32) -> Bool {
    (0x184D_2A50...0x184D_2A5F).contains(magic)
  }

  static func isMagic(_ magic: UInt32) -> Bool { magic == dataMagic || isSkippable(magic) }

  /// The header before the blocks of a data frame.
  struct Header {
    /// With the magic number.
    var headerBytes: Int
    var windowBytes: Int
    /// Unpacked; nil where the header does not say.
    var contentBytes: Int?
    /// 0 where none is named.
    var dictionary: Int
    var hasChecksum: Bool

    /// The bytes up to and with the frame header descriptor: enough to know ``headerBytes``.
    static let minBytes = 5

    /// - Parameter descriptor: The byte after the magic number.
    static func bytes(descriptor: UInt8) -> Int {
      let isSingleSegment = descriptor & 0x20 != 0
      let dictionaryBytes = [0, 1, 2, 4][Int(descriptor & 3)]
      let contentBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
      return minBytes + (isSingleSegment ? 0 : 1) + dictionaryBytes + contentBytes
    }

    /// - Parameter bytes: From the magic number on, at least as many as ``bytes(descriptor:)``
    ///   says.
    init(_ bytes: UnsafeRawBufferPointer) {
      let descriptor = unsafe bytes[4]
      let isSingleSegment = descriptor & 0x20 != 0
      var at = Header.minBytes
      var window = 0
      if !isSingleSegment {
        let exponent = Int(unsafe bytes[at] >> 3)
        let mantissa = Int(unsafe bytes[at] & 7)
        window = (1 << (10 + exponent)) + (1 << (10 + exponent)) / 8 * mantissa
        at += 1
      }
      func number(_ count: Int) -> Int {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(unsafe bytes[at + index]) << (8 * UInt64(index)) }
        at += count
        return Int(clamping: value)
      }
      dictionary = number([0, 1, 2, 4][Int(descriptor & 3)])
      switch descriptor >> 6 {
      case 0: contentBytes = isSingleSegment ? number(1) : nil
      case 1: contentBytes = number(2) + 256
      case 2: contentBytes = number(4)
      default: contentBytes = number(8)
      }
      windowBytes = isSingleSegment ? contentBytes ?? 0 : window
      hasChecksum = descriptor & 4 != 0
      headerBytes = at
    }
  }

  /// The three bytes before each block.
  struct Block {
    static let headerBytes = 3

    var isLast: Bool
    var isReserved: Bool
    /// Number of bytes after the header.
    var bodyBytes: Int
    /// The most bytes it unpacks to.
    var unpackedLimit: Int

    init(_ bytes: UnsafeRawBufferPointer) {
      let value = unsafe Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
      let kind = value >> 1 & 3
      isLast = value & 1 != 0
      isReserved = kind == 3
      bodyBytes = kind == 1 ? 1 : value >> 3
      unpackedLimit = min(kind == 2 ? maximumBlockBytes : value >> 3, maximumBlockBytes)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The four bytes at `index`, least first.
  func littleEndian32(at index: Int = 0) -> UInt32 {
    UInt32(littleEndian: unsafe loadUnaligned(fromByteOffset: index, as: UInt32.self))
  }
}
