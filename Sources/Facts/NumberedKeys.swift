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
  @usableFromInline var all = SegmentedArray<Key>()
  /// Open addressing with linear probing: 0 is free. Everything else is the hash of a key, so that neither growing
  /// nor most look-ups of another key need look at it, and below that its number plus one.
  @usableFromInline var slots: [UInt64] = Array(repeating: 0, count: 32)
  @usableFromInline let hash = KeyedHash.ofProcess

  /// Without any key.
  public init() {}

  /// By number.
  @inlinable public var keys: SegmentedArray<Key> { all }

  /// How many distinct keys there are.
  @inlinable public var count: Int { all.count }

  /// The number of `key`, or nil.
  @inlinable
  public func number(of key: Key) -> Int? {
    let slot = slot(of: key, key.hash(hash))
    return slots[slot] == 0 ? nil : Self.number(slots[slot])
  }

  /// Whether `key` has a number.
  @inlinable
  public func contains(_ key: Key) -> Bool { number(of: key) != nil }

  /// The number of `key`, given out now if it is new.
  @inlinable
  public mutating func insert(_ key: Key) -> (number: Int, isNew: Bool) {
    let hashed = key.hash(hash)
    let slot = slot(of: key, hashed)
    if slots[slot] != 0 { return (Self.number(slots[slot]), false) }
    all.append(key)
    slots[slot] = UInt64(hashed) << 32 | UInt64(truncatingIfNeeded: all.count)
    if all.count * 8 > slots.count * 5 { grow() }
    return (all.count - 1, true)
  }

  @inlinable @inline(__always)
  static func number(_ slot: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: slot)) - 1 }

  /// The slot that holds `key`, or the free one where it belongs.
  @inlinable @inline(__always)
  func slot(of key: Key, _ hashed: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hashed) & mask
    while slots[slot] != 0 {
      if slots[slot] >> 32 == hashed, all[Self.number(slots[slot])] == key { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  @inlinable @inline(never)
  mutating func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    for entry in slots where entry != 0 {
      var slot = Int(entry >> 32) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = entry
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
