/// Tells contents apart, however they are packed and however they are cut: the hash of two parts gives
/// that of the whole.
///
/// The content is a number in base 256, known by its length and by its remainders modulo two primes:
/// 116 bits. That is several times as fast as SHA-256, so that unpacking need not wait for it. It distinguishes
/// copies from other contents; it does not resist an attacker who can choose both.
package struct ContentHash: Hashable, Sendable {
  package private(set) var byteCount = 0
  private var first: UInt64 = 0
  private var second: UInt64 = 0

  package init() {}

  /// The hash as it is stored: remainders in hexadecimal, then the length.
  package var text: String {
    [first, second].map { remainder in
      let digits = String(remainder, radix: 16)
      return String(repeating: "0", count: 15 - digits.count) + digits
    }.joined() + "-\(byteCount)"
  }

  /// - Parameter text: As ``text`` gives it; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 30, let bytes = Int(parts[1]), bytes >= 0,
      let first = UInt64(parts[0].prefix(15), radix: 16),
      let second = UInt64(parts[0].suffix(15), radix: 16)
    else { return nil }
    (byteCount, self.first, self.second) = (bytes, first, second)
    guard self.text == text else { return nil }
  }

  /// Adds what follows.
  package mutating func append(_ next: Self) {
    first = Modulus.first.append(next.first, to: first, bytes: next.byteCount)
    second = Modulus.second.append(next.second, to: second, bytes: next.byteCount)
    byteCount += next.byteCount
  }

  /// Adds bytes that follow.
  ///
  /// - Complexity: O(*n*); does not allocate.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    byteCount += bytes.count
    var at = 0
    while at + Self.blockBytes <= bytes.count {
      // Sums of products below 2^122, of which 2^6 fit: reducing them once for a block is enough.
      var firstSum = Modulus.first.carried(first)
      var secondSum = Modulus.second.carried(second)
      for index in 0..<Self.blockWords {
        let word = UInt128(
          UInt64(
            bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: at + 8 * index, as: UInt64.self)))
        firstSum &+= word &* UInt128(Modulus.first.weights[index + 1])
        secondSum &+= word &* UInt128(Modulus.second.weights[index + 1])
      }
      first = Modulus.first.reduce(firstSum)
      second = Modulus.second.reduce(secondSum)
      at += Self.blockBytes
    }
    while at < bytes.count {
      let byte = UInt128(unsafe bytes[at])
      first = Modulus.first.reduce(UInt128(first) << 8 | byte)
      second = Modulus.second.reduce(UInt128(second) << 8 | byte)
      at += 1
    }
  }

  fileprivate static let blockWords = 32
  private static let blockBytes = 8 * blockWords
}

/// A prime 2^58 - *k*, where (*p* - 1) / 2 is prime as well: powers of 256 repeat only after that many.
private struct Modulus {
  static let first = Modulus(k: 1_051_985)
  static let second = Modulus(k: 2_103_245)

  private let k: UInt128
  private let prime: UInt64
  /// 2^64 to the power of the number of words that follow in a block: that of what came before the block,
  /// then those of its words.
  private(set) var weights: InlineArray<33, UInt64>

  private init(k: UInt64) {
    self.k = UInt128(k)
    prime = (1 << 58) - k
    weights = InlineArray(repeating: 1)
    for index in stride(from: ContentHash.blockWords - 1, through: 0, by: -1) {
      weights[index] = reduce(UInt128(weights[index + 1]) << 64)
    }
  }

  @inline(__always)
  func carried(_ remainder: UInt64) -> UInt128 { UInt128(remainder) &* UInt128(weights[0]) }

  /// The remainder. What is above the 58th bit counts *k* times as much below it.
  @inline(__always)
  func reduce(_ value: UInt128) -> UInt64 {
    let mask: UInt128 = (1 << 58) - 1
    var value = value
    for _ in 0..<3 { value = (value >> 58) &* k &+ (value & mask) }
    let folded = UInt64(truncatingIfNeeded: value)
    return folded >= prime ? folded - prime : folded
  }

  /// The remainder of `before`, followed by `bytes` whose remainder is `next`.
  func append(_ next: UInt64, to before: UInt64, bytes: Int) -> UInt64 {
    var shift: UInt64 = 1
    var power: UInt64 = 256
    var left = bytes
    while left > 0 {
      if left & 1 == 1 { shift = reduce(UInt128(shift) &* UInt128(power)) }
      power = reduce(UInt128(power) &* UInt128(power))
      left >>= 1
    }
    return reduce(UInt128(before) &* UInt128(shift) &+ UInt128(next))
  }
}
