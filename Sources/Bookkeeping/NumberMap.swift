/// Values by the numbers that texts have in the ledger: an array, because those are dense.
struct NumberMap<Value: Sendable>: Sendable {
  /// Only a file that is damaged has higher numbers; then memory is not to follow them.
  private static var maxDense: Int64 { 1 << 26 }

  private let initial: Value
  private var dense: [Value] = []
  private var sparse: [Int64: Value] = [:]

  /// - Parameter initial: The value of every number that was given none.
  init(_ initial: Value) { self.initial = initial }

  /// What `body` makes of each value, the initial one included.
  func mapped<Other: Sendable>(_ body: (Value) -> Other) -> NumberMap<Other> {
    var map = NumberMap<Other>(body(initial))
    map.dense = dense.map(body)
    map.sparse = sparse.mapValues(body)
    return map
  }

  @inline(__always)
  subscript(number: Int64) -> Value {
    get {
      if UInt64(bitPattern: number) < UInt64(dense.count) { return dense[Int(number)] }
      return sparse.isEmpty ? initial : sparse[number] ?? initial
    }
    set {
      guard (0..<Self.maxDense).contains(number) else {
        sparse[number] = newValue
        return
      }
      let index = Int(number)
      if index >= dense.count {
        dense.append(contentsOf: repeatElement(initial, count: index + 1 - dense.count))
      }
      dense[index] = newValue
    }
  }
}
