import Facts

/// When a host is usually heard, in days of 24 hours that end with the frame.
///
/// Only who was heard on five days or more, over a week or more, has a rhythm; who has been silent for
/// more than a week was reported before.
struct Rhythm {
  private static let minHeardDays = 5
  private static let minSpanDays = 7
  private static let maxSilentDays = 7
  private static let incidentDays = 21

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
    return first <= Self.maxSilentDays && first > usualSilence(in: days[...]) ? first : nil
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
    return silent - astray > usualSilence(in: counted[...]) ? first : nil
  }

  /// For how many days there was silence, longer than any before, that has just ended; nil: none.
  var endedSilence: Int? {
    guard days.first == 0, days.count > 1, hasRhythm(from: days[1]) else { return nil }
    let silent = days[1] - 1
    return silent > usualSilence(in: days.dropFirst()) ? silent : nil
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

  /// The longest silence that is nothing unusual: one that was far longer than all others was an incident, and the
  /// next of its kind is one again.
  ///
  /// One may be passed over in three weeks, two in four months, and one more for each three months then.
  private func usualSilence(in days: ArraySlice<Int>) -> Int {
    let silences = zip(days.dropFirst(), days).map { $0 - $1 - 1 }.sorted(by: >)
    guard let longest = silences.first, let last = days.last, let first = days.first else {
      return 0
    }
    let span = last - first
    let incidents = span < Self.incidentDays ? 0 : 1 + (span - Self.incidentDays) / 90
    for count in stride(from: min(incidents, silences.count - 1), to: 0, by: -1)
    where silences[count - 1] >= 2 * silences[count] + 2 {
      return silences[count]
    }
    return longest
  }
}

/// How much the events of one kind are missed while a host's others go on.
struct KindSilence {
  /// The others have to make up this part of what they are on a usual day.
  private static let minShareOfDay = 4
  /// The fewest other events, and the fewest of the kind that would have come beside them: with three it is 5 % by
  /// chance that none does, if they come independently (Poisson).
  private static let minEvents = 3

  /// The events of the host since the last one of the kind.
  private let others: Int
  /// Of a day with events of the kind, the median.
  private let usualEvents: Int
  /// How many of all events of the host are of the kind.
  private let ofKind: Int
  private let all: Int

  init(_ host: HostCoverage, _ kind: HeardHours.Kinds, until end: Int32) {
    var others = 0
    var days: [Int32: Int] = [:]
    var daysOfKind: Set<Int32> = []
    for hour in host.hours.all.reversed() where hour.hour <= end {
      if hour.kinds.contains(kind) {
        daysOfKind.insert((end - hour.hour) / 24)
      } else if daysOfKind.isEmpty {
        others += hour.events
      }
      days[(end - hour.hour) / 24, default: 0] += hour.events
    }
    self.others = others
    let usual = days.filter { daysOfKind.contains($0.key) }.values.sorted()
    usualEvents = usual.isEmpty ? 0 : usual[usual.count / 2]
    ofKind = kind == .connections ? host.connections : host.processStarts
    all = host.connections + host.processStarts + host.registryChanges
  }

  /// Whether the others are enough to miss the kind: a machine that is switched on for a few minutes on a Saturday has
  /// some connections and starts nothing.
  var isMissed: Bool {
    let rest = all - ofKind
    guard all > 0, rest > 0 else { return true }
    let usualOthers = Double(usualEvents) * Double(rest) / Double(all)
    let expected = Double(others) * Double(ofKind) / Double(rest)
    return Double(others * Self.minShareOfDay) >= usualOthers
      && min(Double(others), expected) >= Double(Self.minEvents)
  }
}
