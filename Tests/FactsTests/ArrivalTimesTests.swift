import Facts
import Testing

@Suite struct ArrivalTimesTests {
  private static func shuffled(_ count: Int, seed: UInt64) -> [UInt32] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return 1_700_000_000 + UInt32(state >> 40) % 5000
    }
  }

  @Test("The set is that of the seconds, in any order and however often", arguments: 1...8)
  func isASet(seed: UInt64) {
    let seconds = Self.shuffled(3000, seed: seed)
    var arrivals = ArrivalTimes()
    for second in seconds { arrivals.insert(second) }
    #expect(arrivals.seconds == Set(seconds).sorted())
  }

  @Test("Merging is union: any split, any order, and twice the same", arguments: 1...8)
  func mergeIsUnion(seed: UInt64) {
    let seconds = Self.shuffled(600, seed: seed)
    let cut = Int(seed) * 60
    var a = ArrivalTimes(Array(seconds[..<cut]))
    var b = ArrivalTimes(Array(seconds[cut...]))
    let before = a
    a.merge(b)
    b.merge(before)
    #expect(a == b)
    #expect(a.seconds == Set(seconds).sorted())
    a.merge(b)
    #expect(a == b)
  }

  @Test func emptyChangesNothing() {
    var arrivals = ArrivalTimes([7, 3, 3])
    arrivals.merge(.empty)
    #expect(arrivals.seconds == [3, 7])
    var empty = ArrivalTimes.empty
    empty.merge(arrivals)
    #expect(empty == arrivals)
  }
}
