import Facts
import Testing

@testable import Hunting

/// Which hosts are told to have a wrong clock, and which are heard at another time.
@Suite struct TelemetryFrameTests {
  /// 2024-05-01.
  private static let start: Int32 = 476_256

  /// A host that was heard every other hour of some days, counted from the first one.
  private static func host(days: [Int32], ahead: Int32 = 0, to hour: Int32 = 24) -> HostCoverage {
    var host = HostCoverage()
    for day in days {
      for hour in stride(from: 0, to: hour, by: 2) {
        host.hours.add(.init(start + (day + ahead) * 24 + hour, events: 3))
      }
    }
    return host
  }

  private static func outliers(_ hosts: [HostCoverage]) -> [Int: Int32] {
    TelemetryFrame(hosts)?.outliers ?? [:]
  }

  @Test(
    "Of a few hosts that were heard on one day, one that was heard later has no wrong clock",
    arguments: [1, 2, 5, 30] as [Int32], [2, 3, 4])
  func fewHosts(ahead: Int32, count: Int) {
    let hosts = (1..<count).map { _ in Self.host(days: [0]) } + [Self.host(days: [ahead], to: 3)]
    #expect(Self.outliers(hosts).isEmpty)
    let end = Self.start + ahead * 24 + 2
    #expect(TelemetryFrame(hosts)?.hours.upperBound == max(end, Self.start + 22))
  }

  @Test("Six are needed where one night is known, three where four nights are")
  func enough() {
    let bulk = Self.host(days: [0])
    let jumped = Self.host(days: [0], ahead: 5)
    #expect(Self.outliers(Array(repeating: bulk, count: 4) + [jumped]).isEmpty)
    #expect(Self.outliers(Array(repeating: bulk, count: 5) + [jumped]) == [5: 120])
    let nights = Self.host(days: [0, 1, 2, 3])
    let ahead = Self.host(days: [0, 1, 2, 3], ahead: 40)
    #expect(Self.outliers([nights, nights, ahead]).keys.sorted() == [2])
    // A day later says something among thirty.
    let next = Self.host(days: [2])
    #expect(Self.outliers(Array(repeating: bulk, count: 29) + [next]).keys.sorted() == [29])
  }

  @Test("Hosts that are heard every day tell a single day, those of working days do not")
  func rhythm() {
    let daily = Self.host(days: Array(0...11))
    var ahead = Self.host(days: Array(0...10))
    ahead.merge(Self.host(days: [11], ahead: 2))
    #expect(Self.outliers([daily, daily, ahead]).keys.sorted() == [2])
    let working = Self.host(days: [0, 1, 2, 3, 4, 7, 8, 9, 10, 11])
    let sunday = Self.host(days: [0, 1, 2, 3, 13])
    #expect(Self.outliers([working, working, sunday]).isEmpty)
  }

  @Test("What ran ahead earlier does not end the frame later")
  func nightAfter() {
    let others = Array(repeating: Self.host(days: Array(0...12)), count: 7)
    let night = Array(repeating: Self.host(days: [12]), count: 8)
    var once = Self.host(days: Array(0...10) + [12])
    once.merge(Self.host(days: [11], ahead: 2))
    let end = Self.start + 12 * 24 + 22
    #expect(TelemetryFrame(others + [once], fresh: night)?.hours.upperBound == end)
    #expect(TelemetryFrame(others + [once])?.hours.upperBound == end + 24)
  }

  @Test("A clock that leaps no further than a weekend is told from a weekend")
  func leapOfAWeekend() {
    let week: [Int32] = [0, 1, 2, 3, 4, 7, 8]
    let servers = Array(repeating: Self.host(days: Array(0...9)), count: 4)
    let working = Array(repeating: Self.host(days: week + [9]), count: 10)
    var ahead = Self.host(days: week)
    ahead.merge(Self.host(days: [9], ahead: 2))
    #expect(Self.outliers(servers + working + [ahead]).keys.sorted() == [14])
    let end = TelemetryFrame(servers + working + [ahead])?.hours.upperBound
    #expect(end == Self.start + 9 * 24 + 22)
    // The others have ended on Friday, and one goes on on Monday.
    let two: [Int32] = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    let ended =
      Array(repeating: Self.host(days: Array(0...11)), count: 4)
      + Array(repeating: Self.host(days: two), count: 10)
    #expect(Self.outliers(ended + [Self.host(days: two + [14])]).isEmpty)
  }

  @Test("A host that goes on where the others have ended has no wrong clock")
  func goesOn() {
    let others = Array(repeating: Self.host(days: [0, 1, 2]), count: 9)
    #expect(Self.outliers(others + [Self.host(days: [0, 1, 2, 3, 4])]).isEmpty)
  }

  @Test("Times that no clock can show are named with whatever number of hosts")
  func noClock() {
    var ancient = HostCoverage()
    ancient.hours.add(.init(-5, events: 1))
    #expect(Self.outliers([Self.host(days: [0]), ancient]).keys.sorted() == [1])
  }
}
