import Facts

/// What was found out about texts of one table, by number: an array, because the numbers are dense.
struct TextMap<Value: Sendable>: Sendable {
  private var values: [Value?] = []

  subscript(id: TextID) -> Value? {
    get { Int(id.raw) < values.count ? values[Int(id.raw)] : nil }
    set {
      let index = Int(id.raw)
      if index >= values.count {
        values.append(contentsOf: repeatElement(nil, count: index + 1 - values.count))
      }
      values[index] = newValue
    }
  }

  /// What is known of a text, found out now if nothing is.
  mutating func value(of id: TextID, _ make: () -> Value) -> Value {
    if let known = self[id] { return known }
    let made = make()
    self[id] = made
    return made
  }
}
