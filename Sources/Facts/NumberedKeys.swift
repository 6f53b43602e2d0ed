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
  @usableFromInline var numbers = HashedNumbers()
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
    numbers.number(key.hash(hash)) { all[$0] == key }
  }

  /// Whether `key` has a number.
  @inlinable
  public func contains(_ key: Key) -> Bool { number(of: key) != nil }

  /// The number of `key`, given out now if it is new.
  @inlinable
  public mutating func insert(_ key: Key) -> (number: Int, isNew: Bool) {
    let hashed = key.hash(hash)
    if let known = numbers.number(hashed, where: { all[$0] == key }) { return (known, false) }
    numbers.insert(all.count, hashed)
    all.append(key)
    return (all.count - 1, true)
  }

  /// Forgets all keys; the next ones need not grow again what these have.
  ///
  /// - Complexity: O(*n*) in the keys that there were.
  @inlinable
  public mutating func removeAll() {
    numbers.removeAll()
    all.removeAll()
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
