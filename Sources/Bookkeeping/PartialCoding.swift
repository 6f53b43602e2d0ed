/// Writes the parts of a partial: numbers as varints (seven bits to the byte, lowest first, the highest
/// bit set in all bytes but the last), texts and bytes preceded by their length.
struct PartialWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func number(_ value: Int) { number(UInt64(value)) }

  /// 0, -1, 1, -2, … are 0, 1, 2, 3, ….
  mutating func zigzag(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// 0 is nil; others are zigzag numbers plus one.
  mutating func optional(_ value: Int64?) {
    guard let value else { return number(0 as UInt64) }
    number(UInt64(bitPattern: value << 1 ^ value >> 63) &+ 1)
  }

  mutating func blob(_ blob: [UInt8]) {
    number(blob.count)
    bytes += blob
  }

  mutating func text(_ text: String) { blob(Array(text.utf8)) }

  mutating func raw(_ more: [UInt8]) { bytes += more }
}

/// Reads what ``PartialWriter`` wrote. No count is believed that the bytes left cannot hold.
struct PartialReader {
  struct Malformed: Error {
    /// What it means in a ledger.
    static let reason = "what is packed cannot be read"

    var offset: Int
  }

  private let bytes: ArraySlice<UInt8>
  private(set) var offset: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    offset = bytes.startIndex
  }

  var isAtEnd: Bool { offset == bytes.endIndex }

  @inline(__always)
  mutating func number() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.endIndex, shift < 64 {
      let byte = bytes[offset]
      offset += 1
      let part = UInt64(byte & 127)
      guard shift < 63 || part <= 1 else { break }
      value |= part << shift
      if byte < 128 { return value }
      shift += 7
    }
    throw Malformed(offset: offset)
  }

  @inline(__always)
  mutating func zigzag() throws(Malformed) -> Int64 {
    let zigzag = try number()
    return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
  }

  mutating func byte() throws(Malformed) -> UInt8 {
    guard offset < bytes.endIndex else { throw malformed() }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// A number of things of which each takes a byte at least.
  mutating func count() throws(Malformed) -> Int {
    let value = try number()
    guard value <= UInt64(bytes.endIndex - offset) else { throw Malformed(offset: offset) }
    return Int(value)
  }

  mutating func integer() throws(Malformed) -> Int {
    guard let value = Int(exactly: try number()) else { throw Malformed(offset: offset) }
    return value
  }

  mutating func optional() throws(Malformed) -> Int64? {
    let value = try number()
    guard value > 0 else { return nil }
    let zigzag = value - 1
    return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
  }

  mutating func blob() throws(Malformed) -> [UInt8] { Array(try bytes(count())) }

  mutating func bytes(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count <= bytes.endIndex - offset else { throw malformed() }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// Passes bytes that are preceded by their length.
  ///
  /// - Returns: Where they are.
  mutating func skipBlob() throws(Malformed) -> Range<Int> {
    let count = try count()
    defer { offset += count }
    return offset..<offset + count
  }

  mutating func text() throws(Malformed) -> String { String(decoding: try blob(), as: UTF8.self) }

  func malformed() -> Malformed { Malformed(offset: offset) }
}
