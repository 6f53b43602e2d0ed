import Facts

/// A ProcessGuid as sixteen bytes, in the order in which it is written.
enum StoredGuid {
  static let byteCount = 16

  static func bytes(of guid: ProcessGuid) -> [UInt8] {
    [guid.high, guid.low].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }
  }

  static func guid(_ bytes: [UInt8]) -> ProcessGuid { guid(bytes[...]) }

  static func guid(_ bytes: ArraySlice<UInt8>) -> ProcessGuid {
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    guard bytes.count == byteCount else { return .none }
    return ProcessGuid(high: word(bytes.prefix(8)), low: word(bytes.dropFirst(8)))
  }
}

/// Seconds since 1970, ascending: the first one and then the gaps, seven bits to the byte, the last
/// byte of each without its highest bit.
enum StoredSeconds {
  static func bytes(of times: ArrivalTimes) -> [UInt8] {
    var bytes: [UInt8] = []
    var before: UInt32 = 0
    for second in times.seconds {
      var gap = second - before
      while gap >= 128 {
        bytes.append(UInt8(truncatingIfNeeded: gap) | 128)
        gap >>= 7
      }
      bytes.append(UInt8(gap))
      before = second
    }
    return bytes
  }
}

/// An address as sixteen bytes in the order of the network, an IPv4 address as IPv6 maps it
/// (RFC 4291, 2.5.5.2): blocks are ranges of them.
enum StoredAddress {
  static func bytes(of address: Address) -> [UInt8] {
    let address = address.unmapped
    return address.family == .v6
      ? bytes(address.high, address.low) : bytes(0, 0xFFFF_0000_0000 | address.low)
  }

  /// - Returns: Nil for what ``bytes(of:)`` never gives.
  static func address(_ bytes: UnsafeRawBufferPointer) -> Address? {
    guard bytes.count == 16 else { return nil }
    func word(_ at: Int) -> UInt64 {
      unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
    return Address(v6: word(0), word(8)).unmapped
  }

  /// The first and the last address of a block.
  static func bounds(of block: AddressBlock) -> (first: [UInt8], last: [UInt8]) {
    var first = bytes(of: block.base)
    var last = first
    let prefix = block.prefixBits + (block.base.family == .v4 ? 96 : 0)
    for bit in min(prefix, 128)..<128 {
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      first[bit / 8] &= ~mask
      last[bit / 8] |= mask
    }
    return (first, last)
  }

  private static func bytes(_ high: UInt64, _ low: UInt64) -> [UInt8] {
    StoredGuid.bytes(of: ProcessGuid(high: high, low: low))
  }
}
