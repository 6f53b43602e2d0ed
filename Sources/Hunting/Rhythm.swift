/// When a host is usually heard, in days of 24 hours that end with the frame.
///
/// Only who was heard on five days or more, over a week or more, has a rhythm; who has been silent for
/// more than a week was reported before.
struct Rhythm {
  private static let minHeardDays = 5
  private static let minSpanDays = 7
  private static let maxSilentDays = 7

  /// Days before the end on which something was heard, ascending: 0 is the last one.
  private let days: [Int]

  init(_ hours: some Sequence<Int32>, until end: Int32) {
    var days: Set<Int> = []
    var before: Int?
    // Most follow one of the same day.
    for hour in hours where hour <= end {
      let day = (Int(end) - Int(hour)) / 24
      if day != before { days.insert(day) }
      before = day
    }
    self.days = days.sorted()
  }

  private init(days: [Int]) { self.days = days }

  /// For how many days there has been silence that is longer than any before; nil: it is not.
  var silentDays: Int? {
    guard let first = days.first, first > 0, hasRhythm(from: first) else { return nil }
    return first <= Self.maxSilentDays && first > longestSilence(in: days[...]) ? first : nil
  }

  /// The same, where days on which nobody was heard count for nothing, neither now nor before: a collector that was
  /// off made nobody silent.
  ///
  /// - Parameters:
  ///   - fleet: The days on which anybody was heard.
  ///   - astray: On how many days the host was heard with times outside of the frame: any of these may be of now.
  func silentDays(among fleet: Rhythm, astray: Int) -> Int? {
    guard let first = days.first, first > 0, hasRhythm(from: first) else { return nil }
    let counted = amongDays(of: fleet).days
    guard let silent = counted.first, silent <= Self.maxSilentDays else { return nil }
    return silent - astray > longestSilence(in: counted[...]) ? first : nil
  }

  /// For how many days there was silence, longer than any before, that has just ended; nil: none.
  var endedSilence: Int? {
    guard days.first == 0, days.count > 1, hasRhythm(from: days[1]) else { return nil }
    let silent = days[1] - 1
    return silent > longestSilence(in: days.dropFirst()) ? silent : nil
  }

  /// The same, counting only the days on which `others` were heard.
  func amongDays(of others: Rhythm) -> Rhythm {
    let ranks = Dictionary(uniqueKeysWithValues: others.days.enumerated().map { ($1, $0) })
    return Rhythm(days: days.compactMap { ranks[$0] })
  }

  private func hasRhythm(from first: Int) -> Bool {
    guard let last = days.last else { return false }
    return days.count { $0 >= first } >= Self.minHeardDays && last - first + 1 >= Self.minSpanDays
  }

  private func longestSilence(in days: ArraySlice<Int>) -> Int {
    zip(days.dropFirst(), days).map { $0 - $1 - 1 }.max() ?? 0
  }
}
