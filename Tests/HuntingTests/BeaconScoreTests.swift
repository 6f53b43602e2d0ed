import Testing

@testable import Hunting

/// The formula against worked vectors, which were computed by another program in another language.
@Suite struct BeaconScoreTests {
  struct Vector: CustomTestStringConvertible, Sendable {
    var name: String
    var seconds: [UInt32]
    var regularity, hitRate, symmetry, score: Double
    var isBeacon: Bool

    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "A, clockwork", seconds: (0..<10).map { $0 * 60 }, regularity: 1, hitRate: 1,
      symmetry: 1, score: 100, isBeacon: true),
    Vector(
      name: "B, jitter", seconds: [0, 52, 118, 176, 247, 296, 359, 419, 474, 542],
      regularity: 0.8560, hitRate: 1, symmetry: 0.9630, score: 90.8, isBeacon: true),
    Vector(
      name: "C, chance", seconds: [0, 12, 143, 150, 194, 290, 318, 379, 582, 600], regularity: 0,
      hitRate: 0.3333, symmetry: 0.5888, score: 17.2, isBeacon: false),
    Vector(
      name: "D, bursts",
      seconds: [0, 600, 640, 1900, 2000, 4100, 4180, 5000].flatMap { [$0, $0 + 1, $0 + 2] },
      regularity: 0, hitRate: 0.2857, symmetry: 0.8814, score: 20.4, isBeacon: false),
  ]

  @Test(arguments: vectors) func vector(_ vector: Vector) {
    let score = BeaconScore(vector.seconds)
    #expect(abs(score.regularity - vector.regularity) < 0.00005)
    #expect(abs(score.hitRate - vector.hitRate) < 0.00005)
    #expect(abs(score.symmetry - vector.symmetry) < 0.00005)
    #expect(abs(score.score - vector.score) < 0.05)
    #expect((score.outcome == .beacon) == vector.isBeacon)
  }

  @Test func criticalRegularityOfNineGaps() {
    #expect(abs(BeaconScore((0..<10).map { $0 * 60 }).criticalRegularity - 0.8556) < 0.0001)
  }

  @Test func sevenSessionsAreTooFew() {
    #expect(BeaconScore((0..<7).map { $0 * 60 }).outcome == .insufficient)
    #expect(BeaconScore((0..<8).map { $0 * 60 }).outcome == .beacon)
  }

  @Test func whatNeverPausesIsAStrobe() {
    #expect(BeaconScore((0..<60).map { $0 }).outcome == .strobe)
    #expect(BeaconScore((0..<59).map { $0 }).outcome == .insufficient)
    #expect(BeaconScore((0..<43_201).map { $0 * 86_399 / 43_200 }).outcome == .strobe)
  }

  @Test func aBeaconIsFoundInSpiteOfMissedBeatsAndSleep() {
    let beats = (0..<120).map { UInt32($0) * 60 }
    let missed = beats.enumerated().filter { $0.offset % 10 != 3 }.map(\.element)
    #expect(BeaconScore(missed).outcome == .beacon)
    let asleep = beats.map { $0 > 3600 ? $0 + 28_800 : $0 }
    #expect(BeaconScore(asleep).outcome == .beacon)
  }

  /// Planted: every 60 s with 20 % of jitter to both sides, 120 beats.
  @Test(arguments: 0..<50 as Range<UInt64>) func plantedBeacon(seed: UInt64) {
    var random = Random(seed)
    var at = 1_000_000.0
    let beats = (0..<120).map { _ in
      at += 60 * (0.8 + 0.4 * random.unit())
      return UInt32(at)
    }
    #expect(BeaconScore(beats).outcome == .beacon)
  }

  /// Memoryless traffic is flagged in 0.14 % of series at most; the count over fixed seeds is exact.
  @Test(arguments: [10, 25, 60, 100]) func chanceIsNoBeacon(beats: Int) {
    var random = Random(UInt64(beats))
    let series = 5000
    let flagged = (0..<series).count { _ in
      var at = 1_000_000.0
      var seconds: [UInt32] = []
      while BeaconScore.sessions(seconds).count < beats {
        at += -60 * log(1 - random.unit())
        if seconds.last != UInt32(at) { seconds.append(UInt32(at)) }
      }
      return BeaconScore(seconds).outcome == .beacon
    }
    #expect(Double(flagged) / Double(series) <= 0.003)
  }
}
