/// Finds numbers by a hash: what they number lies with the caller, who says whether it is what is looked for.
///
/// Open addressing with linear probing. Each slot holds the hash beside the number, so that neither growing nor most
/// look-ups of something else have to touch what is numbered.
///
/// Public, because the compiler specializes nothing of lower access in other modules, which this lives on.
///
/// - Complexity: Look-up and insertion are O(1), amortized, as long as the hashes are good: see ``KeyedHash``.
public struct HashedNumbers: Sendable {
  /// 0 is free, everything else a hash and below that a number plus one. Their count is a power of two.
  @usableFromInline var slots: [UInt64] = Array(repeating: 0, count: 32)
  @usableFromInline var used = 0

  /// Without any number.
  @inlinable public init() {}

  /// The number under `hash` that is what is looked for; nil where there is none.
  ///
  /// - Parameter isEqual: Whether a number is it.
  @inlinable @inline(__always)
  public func number(_ hash: UInt32, where isEqual: (Int) -> Bool) -> Int? {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let number = Int(UInt32(truncatingIfNeeded: slots[slot])) - 1
      if slots[slot] >> 32 == hash, isEqual(number) { return number }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds a number, which must not be there.
  ///
  /// - Parameter number: From 0 to four billion, which no memory holds.
  @inlinable
  public mutating func insert(_ number: Int, _ hash: UInt32) {
    if (used + 1) * 8 > slots.count * 5 { resize(to: slots.count * 2) }
    put(UInt64(hash) << 32 | UInt64(truncatingIfNeeded: number + 1))
    used += 1
  }

  /// Makes room for this many numbers in all.
  public mutating func reserve(_ count: Int) {
    var size = slots.count
    while count * 8 > size * 5 { size *= 2 }
    if size > slots.count { resize(to: size) }
  }

  /// Forgets all numbers; the next ones need not grow again what these have.
  ///
  /// - Complexity: O(*n*) in the numbers that there were.
  public mutating func removeAll() {
    // What was large once is a burden to those who hold little.
    if slots.count > max(1024, used * 16) {
      slots = Array(repeating: 0, count: 32)
    } else {
      for slot in slots.indices { slots[slot] = 0 }
    }
    used = 0
  }

  @usableFromInline @inline(__always)
  mutating func put(_ entry: UInt64) {
    let mask = slots.count - 1
    var slot = Int(entry >> 32) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = entry
  }

  @usableFromInline @inline(never)
  mutating func resize(to count: Int) {
    let entries = slots
    slots = Array(repeating: 0, count: count)
    for entry in entries where entry != 0 { put(entry) }
  }
}
