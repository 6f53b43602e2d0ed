package import Facts

/// When something happened, in bars of equal width over the time in which anything was heard.
package struct Activity: Equatable, Sendable {
  package static let barCount = 240

  /// Seconds with a connection, by bar; empty where no time is known.
  package private(set) var bars: [Int] = []
  /// Hours since 1970 with a connection.
  package private(set) var hours: Set<Int32> = []

  package init() {}

  mutating func add(_ arrivals: ArrivalTimes, _ span: Range<Int64>?) {
    guard let span, !span.isEmpty else { return }
    for second in arrivals.seconds {
      let second = Int64(second)
      hours.insert(Int32(truncatingIfNeeded: second / 3600))
      if bars.isEmpty { bars = Array(repeating: 0, count: Self.barCount) }
      let at = Int((second - span.lowerBound) * Int64(Self.barCount) / Int64(span.count))
      bars[min(max(at, 0), Self.barCount - 1)] += 1
    }
  }
}

extension Coverage {
  /// The seconds from the first hour in which anything was heard to the last, whole.
  package var span: Range<Int64>? {
    let hours = hosts.values.flatMap { [$0.hours.keys.min(), $0.hours.keys.max()] }
      .compactMap(\.self)
    guard let first = hours.min(), let last = hours.max() else { return nil }
    return Int64(first) * 3600..<(Int64(last) + 1) * 3600
  }
}
