import Facts
import Knowledge
import Testing

@testable import Hunting

/// The rule for beacons in life: chance of any mean, lost events, dense channels, changing sleeps.
@Suite struct BeaconLifeTests {
  private static let start = 1_714_521_600.0

  private static func series(
    _ count: Int, _ random: inout Random, from first: Double = start,
    _ gap: (inout Random) -> Double
  ) -> [UInt32] {
    var seconds: [UInt32] = []
    var time = first
    for _ in 0..<count {
      seconds.append(UInt32(time))
      time += gap(&random)
    }
    return seconds
  }

  private static func unit(_ random: inout Random) -> Double { 1 - random.unit() }

  private static func lose(_ share: Double, of seconds: [UInt32], _ random: inout Random)
    -> [UInt32]
  {
    seconds.filter { _ in Double.random(in: 0..<1, using: &random) >= share }
  }

  private static func score(_ seconds: [UInt32], isOfFew: Bool = true) -> BeaconScore {
    BeaconScore(Array(Set(seconds)).sorted(), isOfFew: isOfFew)
  }

  /// 40,000 series in all: per mean and length, at most 0.15 % of chance pass, and of all fewer.
  @Test(
    "Chance passes in at most 0.15 % of series, whatever its mean",
    arguments: [5.0, 6, 8, 10, 20, 60, 300, 3600, 20_000, 86_400])
  func chance(mean: Double) {
    var random = Random(UInt64(mean))
    var passed = 0
    let trials = 4000
    for trial in 0..<trials {
      let count = [10, 24, 40, 100][trial % 4]
      let seconds = Self.series(count, &random) {
        -mean * log(Self.unit(&$0))
      }
      if Self.score(seconds).outcome == .beacon { passed += 1 }
    }
    #expect(Double(passed) <= 0.0015 * Double(trials))
  }

  @Test(
    "At 30 % of lost events a classic beacon of 30 beats is still found",
    arguments: [0, 0.1, 0.2, 0.37], [0.0, 0.1, 0.3])
  func loss(jitter: Double, share: Double) {
    var found = 0
    for seed in 0..<100 as Range<UInt64> {
      var random = Random(seed)
      let seconds = Self.series(30, &random) { 60 * (1 - jitter * Self.unit(&$0)) }
      if Self.score(Self.lose(share, of: seconds, &random)).outcome == .beacon { found += 1 }
    }
    #expect(found >= (share < 0.2 ? 99 : 95))
  }

  @Test("Where many hosts talk, the shortest gaps alone do not decide")
  func lossToMany() {
    var random = Random(3)
    let seconds = Self.lose(
      0.5, of: Self.series(200, &random) { 60 * (1 - 0.37 * Self.unit(&$0)) }, &random)
    #expect(Self.score(seconds).basis == .shortestGaps)
    #expect(Self.score(seconds, isOfFew: false).outcome == .irregular)
  }

  @Test(
    "A channel that polls every one to three seconds for hours is dense",
    arguments: [1.0, 1.5, 2, 3], [0.0, 0.2, 0.5])
  func dense(sleep: Double, jitter: Double) {
    var random = Random(7)
    let seconds = Self.series(3000, &random) {
      sleep * (1 + jitter * (2 * Self.unit(&$0) - 1))
    }
    let outcome = Self.score(seconds).outcome
    #expect(outcome == .strobe || outcome == .beacon)
  }

  @Test(
    "So it is where 30 % of its events are lost", arguments: [1.0, 2, 3], [0.0, 0.1, 0.2, 0.3])
  func denseWithLoss(sleep: Double, jitter: Double) {
    for seed in 0..<20 as Range<UInt64> {
      var random = Random(seed)
      let seconds = Self.series(Int(14_400 / sleep), &random) {
        sleep * (1 + jitter * (2 * Self.unit(&$0) - 1))
      }
      let outcome = Self.score(Self.lose(0.3, of: seconds, &random)).outcome
      #expect(outcome == .strobe || outcome == .beacon)
    }
  }

  @Test(
    "Chance of a mean of 5 s is not dense, however long it lasts", arguments: [600, 3000, 20_000])
  func chanceIsNotDense(count: Int) {
    for seed in 0..<(600_000 / UInt64(count)) {
      var random = Random(seed)
      let seconds = Self.series(count, &random) { -5 * log(Self.unit(&$0)) }
      #expect(Self.score(seconds).outcome != .strobe)
    }
  }

  @Test("A sleep that changes midway, working hours and bursts between sleeps do not hide a beacon")
  func changes() {
    var random = Random(11)
    var changed = Self.series(300, &random) { 60 * (1 + 0.2 * (Self.unit(&$0) - 0.5)) }
    changed += Self.series(300, &random, from: Self.start + 90_000) {
      1800 * (1 + 0.2 * (Self.unit(&$0) - 0.5))
    }
    #expect(Self.score(changed).outcome == .beacon)

    var hours: [UInt32] = []
    for day in 0..<8 {
      hours += Self.series(60, &random, from: Self.start + Double(day) * 86_400 + 30_000) {
        300 * (1 + 0.4 * (Self.unit(&$0) - 0.5))
      }
    }
    #expect(Self.score(hours).outcome == .beacon)

    var bursts: [UInt32] = []
    var time = Self.start
    for _ in 0..<120 {
      bursts.append(UInt32(time))
      if Self.unit(&random) < 0.3 {
        for _ in 0..<20 {
          time += 4 + 8 * Self.unit(&random)
          bursts.append(UInt32(time))
        }
      }
      time += 600 * (1 + 0.2 * (Self.unit(&random) - 0.5))
    }
    #expect(Self.score(bursts).outcome == .beacon)
  }

  @Test("What one day shows stays found, whatever the other days add")
  func lasting() {
    var random = Random(5)
    let night = Self.series(200, &random) { 120 * (1 + 0.5 * (Self.unit(&$0) - 0.5)) }
    #expect(Self.score(night).outcome == .beacon)
    var noise = night
    for day in 1..<10 {
      noise += Self.series(300, &random, from: Self.start + Double(day) * 86_400) {
        -250 * log(Self.unit(&$0))
      }
      #expect(Self.score(noise).outcome == .beacon)
    }
  }
}
