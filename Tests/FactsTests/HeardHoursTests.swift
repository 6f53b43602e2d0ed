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
        events: Int.random(in: 1...9, using: &random),
        kinds: .init(rawValue: UInt8.random(in: 0...3, using: &random)))
    }
    var expected: [Int32: (events: Int, kinds: HeardHours.Kinds)] = [:]
    for hour in hours {
      expected[hour.hour, default: (0, [])].events += hour.events
      expected[hour.hour, default: (0, [])].kinds.formUnion(hour.kinds)
    }
    var whole = HeardHours()
    for hour in hours { whole.add(hour) }
    #expect(whole.keys == expected.keys.sorted())
    #expect(whole.all.allSatisfy { expected[$0.hour]?.events == $0.events })
    #expect(whole.count == expected.count)
    #expect(whole.first == expected.keys.min() && whole.last == expected.keys.max())
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
