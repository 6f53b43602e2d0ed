/// A multiply-and-fold hash with keys that are drawn once per process.
///
/// The texts that are hashed were written by attackers: without knowing the keys they cannot choose
/// texts that collide and make every look-up a walk through all of them. No result depends on the keys.
public struct KeyedHash: Sendable {
  @usableFromInline let seed = UInt64.random(in: 0 ... .max)
  @usableFromInline let left = UInt64.random(in: 0 ... .max)
  @usableFromInline let right = UInt64.random(in: 0 ... .max)

  private init() {}

  /// All tables share it, so that hashes can be carried from one table to another.
  public static let ofProcess = KeyedHash()

  /// Hashes sixteen bytes at a time.
  @inline(__always)
  func callAsFunction(_ text: UnsafeRawBufferPointer) -> UInt32 {
    let count = text.count
    func word(_ at: Int) -> UInt64 {
      unsafe text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    }
    var state = seed ^ UInt64(truncatingIfNeeded: count)
    if count >= 16 {
      var at = 0
      while at + 16 < count {
        state = joined(state, word(at), word(at + 8))
        at += 16
      }
      state = joined(state, word(count - 16), word(count - 8))
    } else if count >= 8 {
      state = joined(state, word(0), word(count - 8))
    } else if count >= 4 {
      func half(_ at: Int) -> UInt64 {
        unsafe UInt64(text.loadUnaligned(fromByteOffset: at, as: UInt32.self))
      }
      state ^= half(0) << 32 | half(count - 4)
    } else if count > 0 {
      // All of one to three bytes, some of them twice.
      func byte(_ at: Int) -> UInt64 { unsafe UInt64(text[at]) }
      state ^= byte(0) << 16 | byte(count / 2) << 8 | byte(count - 1)
    }
    return finished(state)
  }

  /// The state before any word.
  @inlinable public var start: UInt64 { seed }

  /// The state after two more words.
  @inlinable @inline(__always)
  public func joined(_ state: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    Self.fold(a ^ left, b ^ state)
  }

  /// The hash that a state comes to.
  @inlinable @inline(__always)
  public func finished(_ state: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: Self.fold(state, right) >> 16)
  }

  @inlinable @inline(__always)
  static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
  }
}
