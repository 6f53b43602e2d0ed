import Facts

/// How often each key was counted.
struct KeyTally<Key: NumberedKey>: Sendable {
  private var numbers = NumberedKeys<Key>()
  private var counts: [Int] = []

  /// In the order in which they came.
  var keys: SegmentedArray<Key> { numbers.keys }

  /// 0 for a key that was not counted.
  subscript(key: Key) -> Int { numbers.number(of: key).map { counts[$0] } ?? 0 }

  /// Forgets all keys and keeps their memory.
  mutating func removeAll() {
    numbers.removeAll()
    counts.removeAll(keepingCapacity: true)
  }

  /// Passes all keys with their counts.
  func each(_ body: (Key, Int) -> Void) {
    for (number, key) in keys.enumerated() { body(key, counts[number]) }
  }

  /// Adds the counts of another.
  mutating func merge(_ other: Self) { other.each { add($0, $1) } }

  /// - Returns: The number of the key.
  @discardableResult
  mutating func add(_ key: Key, _ count: Int = 1) -> Int {
    let (number, isNew) = numbers.insert(key)
    if isNew { counts.append(0) }
    counts[number] += count
    return number
  }

  /// The count of the key with this number.
  func count(at number: Int) -> Int { counts[number] }
}
