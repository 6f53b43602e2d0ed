/// How regular the beginnings of connections are: the frozen formula.
///
/// Of the gaps between sessions, with *m* their median: *R* compares their spread with that of chance
/// (1 clockwork, 0 memoryless), *H* is the share of gaps within half of *m* around it, *S* is their
/// symmetry (Bowley). Source: RITA's skew and median deviation, made independent of the period;
/// the constants were set before any of the data were looked at and are not settings.
package struct BeaconScore: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    /// Regular beyond chance.
    case beacon
    /// Too dense to tell sessions apart: at least once in two seconds over a day, or for a minute.
    case strobe
    /// Fewer than eight sessions.
    case insufficient
    case irregular
  }

  /// A gap shorter than this, in seconds, continues a session.
  static let sessionGap: UInt32 = 3
  static let leastSessions = 8
  static let leastScore = 70.0
  /// Seconds seen, of too few sessions, from which on it is a strobe.
  static let strobeSeconds = 60
  static let strobeSecondsPerDay = 43_200
  /// Median deviation over median of an exponential law: asinh(1/2) / ln 2.
  static let exponentialSpread = 0.694241913630617

  package var outcome: Outcome
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

  /// - Parameter seconds: Ascending, each once.
  /// - Complexity: O(*n* log *n*).
  package init(_ seconds: [UInt32]) {
    let sessions = Self.sessions(seconds)
    self.sessions = sessions.count
    guard !Self.isStrobe(seconds) else {
      outcome = .strobe
      return
    }
    guard sessions.count >= Self.leastSessions, let first = sessions.first, let last = sessions.last
    else {
      outcome = seconds.count >= Self.strobeSeconds ? .strobe : .insufficient
      return
    }
    var gaps = sessions
    gaps.removeFirst()
    for at in gaps.indices { gaps[at] -= sessions[at] }
    gaps.sort()
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
    let isBeacon = score >= Self.leastScore && regularity >= criticalRegularity
    outcome = isBeacon ? .beacon : .irregular
  }

  /// The second in which each session begins.
  package static func sessions(_ seconds: [UInt32]) -> [UInt32] {
    var sessions: [UInt32] = []
    sessions.reserveCapacity(seconds.count)
    var before: UInt32?
    for second in seconds {
      if before.map({ second - $0 >= sessionGap }) ?? true { sessions.append(second) }
      before = second
    }
    return sessions
  }

  private static func isStrobe(_ seconds: [UInt32]) -> Bool {
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

  /// The median deviation in per cent of the period.
  package var jitterPercent: Double { period > 0 ? 100 * deviation / period : 0 }
}
