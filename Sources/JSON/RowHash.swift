/// What stands for some values of a line: equal for equal values, and for others with a probability of 2⁻⁶⁴,
/// whatever they are, because each ``LineParser`` draws keys of its own.
package struct RowHash: Equatable, Sendable {
  package var high: UInt64
  package var low: UInt64

  /// No row has it.
  package static let none = RowHash(high: 0, low: 0)

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// That of the values of two rows, whose keys have nothing to do with each other.
  package func joined(with other: RowHash) -> RowHash {
    let (sum, overflows) = low.addingReportingOverflow(other.low)
    let joined = RowHash(high: high &+ other.high &+ (overflows ? 1 : 0), low: sum)
    return joined == .none ? RowHash(high: 0, low: 1) : joined
  }
}
