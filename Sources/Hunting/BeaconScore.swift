/// How regular the beginnings of connections are: the frozen formula, and what life asks for beside it.
///
/// Of the gaps between sessions, with *m* their median: *R* compares their spread with that of chance
/// (1 clockwork, 0 memoryless), *H* is the share of gaps within half of *m* around it, *S* is their
/// symmetry (Bowley). Source: RITA's skew and median deviation, made independent of the period;
/// the constants were set before any of the data were looked at and are not settings.
///
/// Where connections are missing from the log, gaps double and *R* collapses, but the shortest gaps
/// stay as long as the sleep: for destinations of few hosts those are a second way to a beacon. And what
/// one day shows stays found, whatever the other days add.
package struct BeaconScore: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    /// Regular beyond chance.
    case beacon
    /// Too dense to separate sessions: at least once in two seconds over a day, or for a minute, or
    /// mostly within three seconds of the one before for half an hour.
    case strobe
    /// Fewer than eight sessions.
    case insufficient
    case irregular
  }

  /// What makes it a beacon.
  package enum Basis: String, Sendable {
    /// The frozen formula over all that was seen.
    case formula
    /// The shortest gaps are too long for chance.
    case shortestGaps = "shortest-gaps"
    /// Either over one day; the figures are those of that day.
    case oneDay = "one-day"
  }

  /// A gap shorter than this, in seconds, continues a session.
  static let sessionGap: UInt32 = 3
  static let minSessions = 8
  static let minScore = 70.0
  /// Seconds seen, of too few sessions, from which on it is a strobe.
  static let strobeSeconds = 60
  static let strobeSecondsPerDay = 43_200
  /// Median deviation over median of an exponential law: asinh(1/2) / ln 2.
  static let exponentialSpread = 0.694241913630617
  /// A bound on the probability of the formula's hits by chance, which the dead time raises for short
  /// periods: with it Poisson series of any mean pass in fewer than 0.15 %.
  static let maxChanceOfHits = 0.005
  /// The same for the shortest gaps, over all that was seen and over the days together.
  static let maxChanceOfFloor = 0.000_25

  package var outcome: Outcome
  package var basis = Basis.formula
  /// Sessions.
  package var sessions = 0
  /// The median gap in seconds; a whole number or a half.
  package var period = 0.0
  /// The median deviation from it, in seconds; a whole number, a half or a quarter.
  package var deviation = 0.0
  /// From the first session to the last, in seconds.
  package var span = 0
  package var regularity = 0.0
  package var hitRate = 0.0
  package var symmetry = 0.0
  /// The regularity that one of a thousand memoryless series of this length exceeds.
  package var criticalRegularity = 0.0
  /// 0 to 100.
  package var score = 0.0
  /// Bounds on the probability of such hits, and of such shortest gaps, by chance.
  package var chanceOfHits = 1.0
  package var chanceOfFloor = 1.0
  /// The median silence between bursts, where the shortest gaps decide.
  private var rest = 0.0

  /// - Parameters:
  ///   - seconds: Ascending, each once.
  ///   - isOfFew: Few hosts talk to the destination, so that the shortest gaps may decide as well.
  /// - Complexity: O(*n* log *n*).
  package init(_ seconds: [UInt32], isOfFew: Bool = true) {
    self.init(seconds, isOfFew: isOfFew, needs: .everything)
  }

  /// The same, where only a beacon has to have all its figures: of what is none, those are left out that can no longer
  /// make it one.
  init(hunting seconds: [UInt32], isOfFew: Bool) {
    self.init(seconds, isOfFew: isOfFew, needs: .outcome(isOfFew: isOfFew))
    if outcome == .beacon { self.init(seconds, isOfFew: isOfFew, needs: .everything) }
  }

  private init(_ seconds: [UInt32], isOfFew: Bool, needs: Needs) {
    self.init(measuring: seconds[...], pauses: [30, 300], needs)
    guard outcome == .irregular else { return }
    if isRegular(beyond: 1) {
      outcome = .beacon
    } else if isOfFew, chanceOfFloor <= Self.maxChanceOfFloor {
      outcome = .beacon
      basis = .shortestGaps
      period = rest
    } else if let day = Self.bestDay(seconds, isOfFew: isOfFew, needs) {
      let (sessions, span) = (sessions, span)
      self = day
      outcome = .beacon
      basis = .oneDay
      (self.sessions, self.span) = (sessions, span)
    }
  }

  /// Which figures are asked for.
  private enum Needs {
    case everything
    /// Those that decide whether it is a beacon.
    case outcome(isOfFew: Bool)
  }

  /// The figures alone.
  ///
  /// - Parameter pauses: Seconds from which on a silence may be a sleep, beside the session's own.
  private init(measuring seconds: ArraySlice<UInt32>, pauses: [UInt32], _ needs: Needs) {
    var silences: [UInt32] = []
    let sessions = Self.sessions(seconds, &silences)
    self.sessions = sessions.count
    guard !Self.isStrobe(seconds) else {
      outcome = .strobe
      return
    }
    guard sessions.count >= Self.minSessions, let first = sessions.first, let last = sessions.last
    else {
      outcome = seconds.count >= Self.strobeSeconds ? .strobe : .insufficient
      return
    }
    var gaps = sessions
    gaps.removeFirst()
    for at in gaps.indices { gaps[at] -= sessions[at] }
    sortByDigits(&gaps)
    let count = Double(gaps.count)
    let half = gaps.count / 2
    let median = Self.median(gaps[...])
    let deviation = Self.medianDeviation(of: gaps, from: median)
    let lower = Self.median(gaps[..<half])
    let upper = Self.median(gaps[(half + gaps.count % 2)...])
    span = Int(last - first)
    period = median
    self.deviation = deviation
    regularity = max(0, 1 - deviation / median / Self.exponentialSpread)
    hitRate = Double(gaps.count { abs(Double($0) - median) <= median / 2 }) / count
    let spread = upper - lower
    symmetry =
      spread >= max(2, 0.05 * median) ? 1 - abs(lower + upper - 2 * median) / spread : 1
    criticalRegularity = min(0.95, max(0.10, 3.4 / count.squareRoot() - 2.5 / count))
    score = 100 * (0.60 * regularity + 0.25 * hitRate + 0.15 * symmetry)
    outcome = .irregular
    let mayBeRegular = score >= Self.minScore && regularity >= criticalRegularity
    let (needsHits, needsFloor) =
      switch needs {
      case .everything: (true, true)
      case .outcome(let isOfFew): (mayBeRegular, isOfFew)
      }
    guard needsHits || needsFloor else { return }
    sortByDigits(&silences)
    if needsHits { chanceOfHits = chanceOfHits(gaps, silences) }
    if needsFloor { (chanceOfFloor, rest) = Self.floor(silences, pauses) }
  }

  /// The least chance of the shortest silences over three ways to separate bursts from sleeps, and the
  /// median sleep that goes with it: tasks that an operator runs between two sleeps are one burst.
  ///
  /// - Parameter silences: Beyond the dead time, ascending.
  private static func floor(_ silences: [UInt32], _ pauses: [UInt32]) -> (
    chance: Double, rest: Double
  ) {
    var best = (chance: MemorylessTest.chanceOfFloor(silences), rest: 0.0)
    best.rest = median(silences[...]) + Double(sessionGap)
    for gap in pauses {
      let sleeps = silences.count { $0 >= gap - sessionGap }
      guard sleeps >= minSessions - 1, sleeps < silences.count else { continue }
      let sorted = silences.suffix(sleeps).map { $0 - (gap - sessionGap) }
      // Two more ways, so that each has to be as much more improbable.
      let chance = 4 * MemorylessTest.chanceOfFloor(sorted)
      if chance < best.chance { best = (chance, median(sorted[...]) + Double(gap)) }
    }
    return best
  }

  /// Of as many hits as there are within half a period of it; or, for clockwork, of as many as there are
  /// within the median deviation, which has to be ten times as improbable for having been chosen after.
  private func chanceOfHits(_ gaps: [UInt32], _ silences: [UInt32]) -> Double {
    let total = silences.reduce(0) { $0 + Double($1) }
    let mean = total / Double(silences.count) + 0.5
    let dead = Double(Self.sessionGap)
    func chance(_ width: Double) -> Double {
      let hits = gaps.count { abs(Double($0) - period) <= width }
      return MemorylessTest.chanceOfHits(
        Double(hits) / Double(gaps.count), of: gaps.count,
        within: max(0, period - width - dead)...max(0, period + width - dead) + 1, mean: mean)
    }
    return min(chance(period / 2), 10 * chance(deviation))
  }

  /// - Parameter trials: Number of series that are looked at, each of which may pass by chance.
  private func isRegular(beyond trials: Int) -> Bool {
    guard score >= Self.minScore else { return false }
    // One of a thousand is 3.09 deviations of a normal law, which R roughly follows; of ten thousand
    // and more trials' share, up to 4.5.
    let critical =
      trials == 1 ? criticalRegularity : min(0.98, criticalRegularity * 1.35)
    return regularity >= critical && chanceOfHits * Double(trials) <= Self.maxChanceOfHits
  }

  /// The most regular of the days, from midnight to midnight and from noon to noon, that is a beacon by
  /// itself; nil where none is.
  private static func bestDay(
    _ seconds: [UInt32], isOfFew: Bool, _ needs: Needs
  ) -> BeaconScore? {
    guard let first = seconds.first, let last = seconds.last, last - first >= 43_200 else {
      return nil
    }
    let trials = 2 * (Int(last / 86_400) - Int(first / 86_400) + 1)
    var best: BeaconScore?
    for shift: UInt32 in [0, 43_200] {
      var start = 0
      while start < seconds.count {
        let day = (seconds[start] + shift) / 86_400
        var end = start + 1
        while end < seconds.count, (seconds[end] + shift) / 86_400 == day { end += 1 }
        if end - start >= minSessions, end - start < seconds.count {
          let part = BeaconScore(measuring: seconds[start..<end], pauses: [], needs)
          let passes =
            part.outcome == .irregular
            && (part.isRegular(beyond: trials)
              || isOfFew && part.chanceOfFloor * Double(trials) <= maxChanceOfFloor)
          if passes, best.map({ $0.score < part.score }) ?? true { best = part }
        }
        start = end
      }
    }
    return best
  }

  /// The second in which each session begins.
  package static func sessions(_ seconds: [UInt32]) -> [UInt32] {
    var silences: [UInt32] = []
    return sessions(seconds[...], &silences)
  }

  /// - Parameter silences: Receives what each silence lasts beyond the one that ends a session.
  private static func sessions(
    _ seconds: ArraySlice<UInt32>, _ silences: inout [UInt32]
  ) -> [UInt32] {
    var sessions: [UInt32] = []
    sessions.reserveCapacity(seconds.count)
    silences.reserveCapacity(seconds.count)
    var before: UInt32?
    for second in seconds {
      if let before, second - before >= sessionGap {
        sessions.append(second)
        silences.append(second - before - sessionGap)
      } else if before == nil {
        sessions.append(second)
      }
      before = second
    }
    return sessions
  }

  private static func isStrobe(_ seconds: ArraySlice<UInt32>) -> Bool {
    isDense(seconds) || fillsDay(seconds)
  }

  /// Of the gaps between raw seconds, more than chance has are three seconds at most, and half an hour in all: a
  /// Poisson process of mean 5 s has 1 - exp(-3/5), and four deviations more once in thirty thousand series.
  private static func isDense(_ seconds: ArraySlice<UInt32>) -> Bool {
    guard seconds.count >= 600 else { return false }
    var dense = 0
    var length = 0
    for (later, earlier) in zip(seconds.dropFirst(), seconds) where later - earlier <= 3 {
      dense += 1
      length += Int(later - earlier)
    }
    let gaps = Double(seconds.count - 1)
    return Double(dense) >= 0.4512 * gaps + 2 * gaps.squareRoot() && length >= 1800
  }

  private static func fillsDay(_ seconds: ArraySlice<UInt32>) -> Bool {
    guard seconds.count > strobeSecondsPerDay else { return false }
    var day: UInt32 = 0
    var count = 0
    for second in seconds {
      if second / 86_400 != day { (day, count) = (second / 86_400, 0) }
      count += 1
      if count > strobeSecondsPerDay { return true }
    }
    return false
  }

  /// The median of how far ascending values lie from their median: away from it that only grows, on both
  /// sides.
  private static func medianDeviation(of values: [UInt32], from median: Double) -> Double {
    var above = values.count / 2
    var below = above - 1
    func next() -> Double {
      let upper = above < values.count ? Double(values[above]) - median : .infinity
      let lower = below >= 0 ? median - Double(values[below]) : .infinity
      if upper < lower { above += 1 } else { below -= 1 }
      return min(upper, lower)
    }
    for _ in 0..<(values.count - 1) / 2 { _ = next() }
    let middle = next()
    return values.count % 2 == 1 ? middle : (middle + next()) / 2
  }

  /// Of ascending values, at least one.
  private static func median(_ values: ArraySlice<UInt32>) -> Double {
    let middle = values.startIndex + values.count / 2
    return values.count % 2 == 1
      ? Double(values[middle]) : (Double(values[middle - 1]) + Double(values[middle])) / 2
  }
}

extension BeaconScore {
  /// From 85 on the band is called strong, below it likely.
  package var isStrong: Bool { score >= 85 }

  /// Whether enough gaps are far from the period for other beats to be elsewhere.
  var lacksBeats: Bool { basis != .formula || hitRate < 0.8 }

  /// The median deviation in per cent of the period.
  package var jitterPercent: Double { period > 0 ? 100 * deviation / period : 0 }
}
