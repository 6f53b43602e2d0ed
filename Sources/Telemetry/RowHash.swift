/// What stands for some values of a line: equal for equal values, and for others with a probability of 2⁻⁶⁴,
/// whatever they are, because each parser draws keys of its own.
struct RowHash: Equatable, Sendable {
  var high: UInt64
  var low: UInt64

  /// No row has it.
  static let none = RowHash(high: 0, low: 0)

  init(_ row: (high: UInt64, low: UInt64)) { (high, low) = row }

  init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  var isNone: Bool { high | low == 0 }

  /// That of the values of two rows, whose keys have nothing to do with each other.
  func joined(with other: RowHash) -> RowHash {
    let (sum, overflows) = low.addingReportingOverflow(other.low)
    let joined = RowHash(high: high &+ other.high &+ (overflows ? 1 : 0), low: sum)
    return joined.isNone ? RowHash(high: 0, low: 1) : joined
  }
}
