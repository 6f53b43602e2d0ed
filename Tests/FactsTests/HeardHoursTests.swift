import Facts
import Testing

@Suite struct HeardHoursTests {
  @Test(
    "Hours that come in any order and parts merged in any grouping are the same", arguments: 0..<40)
  func merging(length: Int) {
    var random = SystemRandomNumberGenerator()
    let hours = (0..<length * 3).map { _ in
      HeardHours.Hour(
        Int32.random(in: -5...Int32(length), using: &random),
        events: Int.random(in: 0...9, using: &random),
        kinds: .init(rawValue: UInt8.random(in: 0...3, using: &random)))
    }
    var expected: [Int32: (events: Int, kinds: HeardHours.Kinds)] = [:]
    for hour in hours {
      expected[hour.hour, default: (0, [])].events += hour.events
      expected[hour.hour, default: (0, [])].kinds.formUnion(hour.kinds)
    }
    var whole = HeardHours()
    for hour in hours { whole.add(hour) }
    #expect(whole.all.map(\.hour) == expected.keys.sorted())
    #expect(whole.all.allSatisfy { expected[$0.hour]?.events == $0.events })
    // An hour without an event that is used was heard, and is not used.
    let used = expected.filter { $0.value.events > 0 }.keys.sorted()
    #expect(whole.keys == used && whole.first == used.first && whole.last == used.last)
    #expect(
      whole.keys(with: .connections)
        == expected.filter { $0.value.kinds.contains(.connections) }.keys.sorted())

    var parts = Array(repeating: HeardHours(), count: 4)
    for hour in hours.shuffled(using: &random) {
      parts[Int.random(in: 0..<4, using: &random)].add(hour)
    }
    var merged = HeardHours()
    for part in parts { merged.merge(part) }
    #expect(merged == whole)
  }
}
