package import Facts

/// The time in which the bulk of hosts was heard: one host with a wrong clock moves nothing but itself.
///
/// Hours before 2000 and after 2099 never frame. The others fall into runs, apart by more than three
/// days in which nobody was heard. The run of most hosts frames; another one frames as well unless
/// - three hosts or more were heard, two thirds of them in the main run, no more than a tenth of them, or a
///   single one, in this, and the others' silence distinguishes it from the bulk; or
/// - it is more than 400 days away and holds at most a tenth of the events.
/// At its end the frame goes as far as a tenth of the hosts, and at least two, were heard; and on from
/// there as far as one host continues in its own rhythm, without a leap that it did not make a week before, or as the
/// silence of the others does not distinguish it from the bulk.
///
/// That silence is weighed by what each of the others did before. Where it is longer than any that the host
/// has kept, that is by chance so with probability 1 / (d + 1), d the days on which it was heard: of that many
/// silences in whatever order, one is the longest. The product over the others has to be 5 % at most. So of hosts
/// that were heard on one day six are needed to tell that one of them is off, and of three the other two must
/// have been heard on four days.
package struct TelemetryFrame: Equatable, Sendable {
  /// Counted from 1970.
  package let hours: ClosedRange<Int32>
  /// Hosts that were heard outside of the frame, by their index, and by how many hours at most.
  package let outliers: [Int: Int32]

  private static let sane: ClosedRange<Int32> = 262_968...1_139_567
  private static let maxQuietHours: Int32 = 72
  private static let maxLeadHours: Int32 = 24
  private static let farHours: Int32 = 400 * 24
  private static let maxChance = 0.05

  private struct Run {
    var hours: ClosedRange<Int32>
    var hosts = 0
    var events = 0
  }

  /// - Parameters:
  ///   - hosts: Events by hour of each host.
  ///   - fresh: Of these, what came last: where the frame ends with a single host, that has to be of it. What
  ///     came earlier and is later than all that came since is of a clock that was wrong.
  /// - Complexity: O(*n* log *n*) in the hours of all hosts.
  package init?(_ hosts: [HostCoverage], fresh: [HostCoverage]? = nil) {
    let heard = hosts.map { $0.hours.keys.filter { Self.sane.contains($0) } }
    let hostCount = heard.count { !$0.isEmpty }
    guard hostCount > 0 else { return nil }
    var runs = Self.runs(of: heard)
    Self.count(hosts, in: &runs)
    guard let main = runs.max(by: { ($0.hosts, $0.events) < ($1.hosts, $1.events) }) else {
      return nil
    }
    let hasBulk = hostCount >= 3 && main.hosts * 3 >= hostCount * 2
    let kept = runs.filter { run in
      if run.hours == main.hours { return true }
      let distance = max(
        run.hours.lowerBound - main.hours.upperBound, main.hours.lowerBound - run.hours.upperBound)
      let isStray =
        hasBulk && run.hosts <= max(1, hostCount / 10)
        && Self.isTold(distance, from: heard, in: main.hours)
      let isFar = distance > Self.farHours && run.events * 10 <= main.events
      return !isStray && !isFar
    }
    let first = kept[0].hours.lowerBound
    let bound = kept[kept.count - 1].hours.upperBound
    let latest = fresh?.lazy.flatMap(\.hours.keys).filter { $0 <= bound }.max()
    let last =
      hostCount < 3 ? bound : Self.end(of: heard, hostCount, latest ?? bound, atMost: bound)
    hours = first...max(first, last)
    var outliers: [Int: Int32] = [:]
    for (index, hours) in heard.enumerated() {
      guard let earliest = hours.first, let latest = hours.last else { continue }
      let lead = latest - self.hours.upperBound
      let lag = first - earliest
      let distance = max(lead, lag)
      if distance > Self.maxLeadHours { outliers[index] = lead >= lag ? lead : -lag }
    }
    for (index, host) in hosts.enumerated() where host.hours.keys.count > heard[index].count {
      // What is further away than any clock can be is not measured in hours.
      let isEarly = host.hours.keys.contains { $0 < Self.sane.lowerBound }
      outliers[index] = isEarly ? Int32.min + 1 : Int32.max
    }
    self.outliers = outliers
  }

  /// Whether hosts that were heard in `hours` are hardly ever silent for as long as `distance` hours.
  private static func isTold(
    _ distance: Int32, from heard: [[Int32]], in hours: ClosedRange<Int32>
  ) -> Bool {
    var chance = 1.0
    for host in heard {
      var days = 0
      var before: Int32?
      var longest: Int32 = 0
      for hour in host where hours.contains(hour) {
        if let before { longest = max(longest, hour - before) }
        if before.map({ $0 / 24 != hour / 24 }) ?? true { days += 1 }
        before = hour
      }
      if distance > longest { chance /= Double(days + 1) }
      if chance <= maxChance { return true }
    }
    return false
  }

  private static func runs(of heard: [[Int32]]) -> [Run] {
    var runs: [Run] = []
    for hour in hours(of: heard) {
      if let last = runs.last, hour - last.hours.upperBound <= maxQuietHours {
        runs[runs.count - 1].hours = last.hours.lowerBound...hour
      } else {
        runs.append(Run(hours: hour...hour))
      }
    }
    return runs
  }

  /// The hours in which anybody was heard, ascending.
  private static func hours(of heard: [[Int32]]) -> [Int32] {
    guard let first = heard.lazy.compactMap(\.first).min(),
      let last = heard.lazy.compactMap(\.last).max()
    else { return [] }
    var isHeard = Array(repeating: false, count: Int(last - first) + 1)
    for hours in heard {
      for hour in hours { isHeard[Int(hour - first)] = true }
    }
    return isHeard.indices.compactMap { isHeard[$0] ? first + Int32($0) : nil }
  }

  private static func count(_ hosts: [HostCoverage], in runs: inout [Run]) {
    for host in hosts {
      var at = 0
      var counted = -1
      for hour in host.hours.used where sane.contains(hour.hour) {
        while hour.hour > runs[at].hours.upperBound { at += 1 }
        runs[at].events += hour.events
        if counted != at { runs[at].hosts += 1 }
        counted = at
      }
    }
  }

  /// As far as several hosts were heard, and further as far as one continues without a leap.
  private static func end(
    of heard: [[Int32]], _ hostCount: Int, _ latest: Int32, atMost bound: Int32
  ) -> Int32 {
    let ends = heard.compactMap { hours in hours.last { $0 <= bound } }.sorted(by: >)
    guard !ends.isEmpty else { return bound }
    let common = ends[min(ends.count, max(2, (hostCount + 9) / 10)) - 1]
    let others = heard.filter { hours in hours.last.map { $0 <= common } ?? false }
    let first = heard.lazy.compactMap(\.first).min() ?? common
    let bound = min(bound, max(common, latest))
    guard isTold(bound - common, from: others, in: min(first, common)...common) else {
      return bound
    }
    return heard.reduce(common) { end, hours in
      guard let at = hours.lastIndex(where: { $0 <= common }) else { return end }
      var step = maxLeadHours - 1
      for index in hours.indices.dropFirst() where index <= at {
        step = max(step, min(hours[index] - hours[index - 1], maxQuietHours))
      }
      var last = hours[at]
      for hour in hours[(at + 1)...] where hour <= bound {
        guard hour - last <= step, isUsual(last, hour, in: hours) else { break }
        last = hour
      }
      return max(end, last)
    }
  }
}

extension TelemetryFrame {
  /// On how many days a host was heard outside of the frame.
  func daysOutside(_ hours: some Sequence<Int32>) -> Int {
    Set(hours.lazy.filter { !self.hours.contains($0) }.map { $0 / 24 }).count
  }

  /// Whether a host was silent a week earlier as well, where it was heard at one hour and next at another: on
  /// weekends and not on a Wednesday. The half days at either end say nothing.
  private static func isUsual(_ last: Int32, _ next: Int32, in hours: [Int32]) -> Bool {
    guard next - last >= maxLeadHours, let first = hours.first else { return true }
    let (from, to) = (last - 156, next - 180)
    return first > from || !hours.contains { $0 >= from && $0 <= to }
  }
}

extension Coverage {
  /// The end of the last hour in which the bulk of hosts was heard; nil if nothing was.
  var heardUntil: UTCTime? {
    TelemetryFrame(Array(hosts.values)).map {
      UTCTime(milliseconds: (Int64($0.hours.upperBound) + 1) * 3_600_000)
    }
  }
}
