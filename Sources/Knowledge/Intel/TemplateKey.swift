import Facts

/// What entries have in common, as bytes: equal where all care would come to the same.
struct TemplateKey: Equatable {
  private(set) var bytes: [UInt8] = []

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ number: Int) {
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(_ range: Range<Int>, of text: [UInt8]) {
    bytes.append(contentsOf: text[range])
  }

  /// Takes eight bytes at a time.
  var hash: UInt32 {
    let hash = KeyedHash.ofProcess
    var state = hash.joined(hash.start, UInt64(bytes.count), 0)
    let text = unsafe bytes.span.bytes
    var at = 0
    while at + 8 <= text.byteCount {
      let word = unsafe text.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      state = hash.joined(state, word, 0)
      at += 8
    }
    var rest: UInt64 = 0
    for index in at..<bytes.count { rest = rest << 8 | UInt64(bytes[index]) }
    return hash.finished(hash.joined(state, rest, 0))
  }
}

/// What came of the first entries that said something.
struct TemplateStore<Value> {
  private var keys: [TemplateKey] = []
  private var values: [Value] = []
  private var numbers = HashedNumbers()

  /// Feeds in which nothing is said twice must not fill the memory.
  private static var maximumCount: Int { 8_192 }

  subscript(key: TemplateKey) -> Value? {
    numbers.number(key.hash, where: { keys[$0] == key }).map { values[$0] }
  }

  /// - Parameter key: One that is not there, or whose value did not fit.
  mutating func keep(_ value: Value, under key: TemplateKey) {
    let hash = key.hash
    if let known = numbers.number(hash, where: { keys[$0] == key }) {
      values[known] = value
      return
    }
    if keys.count >= Self.maximumCount {
      keys.removeAll()
      values.removeAll()
      numbers.removeAll()
    }
    numbers.insert(keys.count, hash)
    keys.append(key)
    values.append(value)
  }
}
