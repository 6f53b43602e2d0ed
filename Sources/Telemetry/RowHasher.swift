/// What a row is known by: the same for equal rows of one ``RowHasher``.
struct RowHash: Equatable, Sendable {
  var high: UInt64 = 0
  var low: UInt64 = 0

  /// No row has it.
  static let none = RowHash()
}

/// Memory for the row of a line, and the hash that stands for it.
///
/// Two rows that differ, whatever they hold, have the same hash with a probability of 2⁻⁶⁴, because the
/// keys are drawn anew for each hasher. Source: NH of Black et al., "UMAC: Fast and Secure Message
/// Authentication", CRYPTO 1999, over words of 64 bits; the length of the row is the first word.
@safe final class RowHasher {
  /// A row that would be longer is of no use.
  private static let longest = 4 << 10
  private static let wordBytes = MemoryLayout<UInt64>.size

  /// Where rows are written. 64 bytes of it stay free behind a row.
  let room: UnsafeMutableRawBufferPointer
  private let keys: UnsafeMutablePointer<UInt64>

  init() {
    unsafe room = .allocate(byteCount: Self.longest, alignment: 64)
    let count = Self.longest / Self.wordBytes + 2
    unsafe keys = .allocate(capacity: count)
    for at in 0..<count { unsafe keys[at] = .random(in: 0 ... .max) }
  }

  deinit {
    unsafe room.deallocate()
    unsafe keys.deallocate()
  }

  /// The hash of the first `count` bytes of the room.
  ///
  /// - Complexity: O(*n*) in the bytes.
  func hash(_ count: Int) -> RowHash {
    // The last words are filled up.
    unsafe room.storeBytes(of: 0, toByteOffset: count, as: UInt64.self)
    unsafe room.storeBytes(of: 0, toByteOffset: count + Self.wordBytes, as: UInt64.self)
    var sum = RowHash()
    unsafe sum.add(UInt64(count) &+ keys[0], keys[1])
    var at = 0
    while at < count {
      let word = at / Self.wordBytes
      let first = unsafe room.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let second = unsafe room.loadUnaligned(
        fromByteOffset: at + Self.wordBytes, as: UInt64.self)
      unsafe sum.add(first &+ keys[word + 2], second &+ keys[word + 3])
      at += 2 * Self.wordBytes
    }
    return sum == .none ? RowHash(high: 0, low: 1) : sum
  }
}

extension RowHash {
  @inline(__always)
  fileprivate mutating func add(_ a: UInt64, _ b: UInt64) {
    let product = a.multipliedFullWidth(by: b)
    let (sum, overflows) = low.addingReportingOverflow(product.low)
    low = sum
    high = high &+ product.high &+ (overflows ? 1 : 0)
  }
}
