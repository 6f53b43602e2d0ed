import Facts
import Hunting

/// When something happened, in bars of equal width over the time in which anything was heard.
struct Activity {
  static let barCount = 240

  /// Seconds with a connection, by bar; empty where no time is known.
  private(set) var bars: [Int] = []

  init(_ arrivals: ArrivalUnion, over hours: ClosedRange<Int32>?) {
    guard let hours, !arrivals.isEmpty else { return }
    let start = Int64(hours.lowerBound) * 3600
    let length = Int64(hours.count) * 3600
    bars = Array(repeating: 0, count: Self.barCount)
    for second in arrivals.seconds {
      let at = Int((Int64(second) - start) * Int64(Self.barCount) / length)
      // Times of a wrong clock are outside and are not drawn.
      if bars.indices.contains(at) { bars[at] += 1 }
    }
  }
}
