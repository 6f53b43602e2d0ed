/// What ``NumberedKeys`` can hold.
public protocol NumberedKey: Equatable, Sendable {
  /// Of all fields: what is left out could be varied by an attacker until everything collides.
  func hash(_ hash: KeyedHash) -> UInt32
}

/// Distinct keys, numbered from 0 in the order in which they came.
///
/// What is known of a key lives in arrays of the caller's, by its number: growing moves no values, and a
/// look-up costs one multiplication or two.
///
/// Public, because the compiler specializes nothing of lower access in other modules, which this lives on.
///
/// - Complexity: Look-up and insertion are O(1), amortized. Numbers run out beyond four billion keys.
public struct NumberedKeys<Key: NumberedKey>: Sendable {
  @usableFromInline var all: [Key] = []
  /// The hash of each key, so that growing need not hash again.
  @usableFromInline var hashes: [UInt32] = []
  /// Open addressing with linear probing: 0 is free, everything else a number plus one.
  @usableFromInline var slots: [UInt32] = Array(repeating: 0, count: 64)
  @usableFromInline let hash = KeyedHash.ofProcess

  /// Without any key.
  public init() {}

  /// By number.
  @inlinable public var keys: [Key] { all }

  /// How many distinct keys there are.
  @inlinable public var count: Int { all.count }

  /// The number of `key`, or nil.
  @inlinable
  public func number(of key: Key) -> Int? {
    let slot = slot(of: key, key.hash(hash))
    return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
  }

  /// Whether `key` has a number.
  @inlinable
  public func contains(_ key: Key) -> Bool { number(of: key) != nil }

  /// The number of `key`, given out now if it is new.
  @inlinable
  public mutating func insert(_ key: Key) -> (number: Int, isNew: Bool) {
    let hashed = key.hash(hash)
    let slot = slot(of: key, hashed)
    if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
    all.append(key)
    hashes.append(hashed)
    slots[slot] = UInt32(truncatingIfNeeded: all.count)
    if all.count * 2 > slots.count { grow() }
    return (all.count - 1, true)
  }

  /// The slot that holds `key`, or the free one where it belongs.
  @inlinable @inline(__always)
  func slot(of key: Key, _ hashed: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hashed) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hashed, all[index] == key { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  @inlinable @inline(never)
  mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    for index in hashes.indices {
      var slot = Int(hashes[index]) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(truncatingIfNeeded: index + 1)
    }
    slots = larger
  }
}

/// Up to four numbers of texts as one key.
public struct TextIDs: NumberedKey, Hashable {
  @usableFromInline let first: UInt64
  @usableFromInline let second: UInt64

  /// In this order; the last two may be left out.
  @inlinable
  public init(_ a: TextID, _ b: TextID, _ c: TextID = .none, _ d: TextID = .none) {
    first = UInt64(a.raw) << 32 | UInt64(b.raw)
    second = UInt64(c.raw) << 32 | UInt64(d.raw)
  }

  /// Of all four.
  @inlinable
  public func hash(_ hash: KeyedHash) -> UInt32 {
    hash.finished(hash.joined(hash.start, first, second))
  }

  /// The number at a place from 0 to 3.
  @inlinable
  public subscript(_ place: Int) -> TextID {
    let pair = place < 2 ? first : second
    return TextID(raw: UInt32(truncatingIfNeeded: place % 2 == 0 ? pair >> 32 : pair))
  }
}
