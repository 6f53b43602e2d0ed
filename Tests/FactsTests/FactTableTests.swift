import Facts
import Testing

@Suite struct FactTableTests {
  /// A night of many keys, with times that repeat and places that ascend.
  private static func night(_ lines: Range<Int>) -> FactTable {
    var table = FactTable()
    for line in lines {
      var connection = Connection(
        place: Place(archive: 0, line: line + 1, offset: line))
      connection.host = table.texts.intern("host\(line % 3)")
      connection.image = table.texts.intern("image\(line % 5)")
      connection.address = table.texts.intern("10.0.0.\(line % 11)")
      connection.port = table.texts.intern("\(4444 + line % 2)")
      connection.destinationName = line % 4 == 0 ? .none : table.texts.intern("name\(line % 9)")
      connection.process =
        line % 6 == 0
        ? ProcessGuid(text: table.texts.intern("odd\(line % 4)"))
        : ProcessGuid(high: UInt64(line % 4), low: 1)
      if line % 13 != 0 {
        connection.time = UTCTime(milliseconds: Int64((line * 37) % 50) * 3_600_000)
        connection.arrivalSecond = UInt32((line * 37) % 50)
      }
      table.absorb(connection)

      var start = ProcessStart()
      start.host = connection.host
      start.process = connection.process
      start.parent = line % 3 == 0 ? .none : table.texts.intern("parent\(line % 8)")
      start.image = connection.image
      start.details.hashes = table.texts.intern("hash\(line % 12)")
      start.details.parentProcess = ProcessGuid(high: UInt64(line % 7), low: 2)
      start.time = line % 5 == 0 ? nil : UTCTime(milliseconds: Int64(line * 31 % 40))
      table.absorb(start)
      table.coverage.lines.observations += 1
      table.coverage.hosts[connection.host, default: HostCoverage()].connections += 1
      if line % 7 == 0 {
        table.coverage.markNotUnderstood(
          at: connection.place,
          NotUnderstoodLine(place: connection.place, nearestShape: nil, reason: "lost \(line)"))
        table.coverage.setAside[.previewRow, default: 0] += 1
      }
      if line % 10 == 0 {
        table.coverage.reject(.malformed, at: connection.place, message: "line \(line)")
      }
    }
    return table
  }

  /// The facts in words, sorted: equal for equal facts whatever the numbers of the texts are.
  private static func words(_ table: FactTable) -> [String] {
    func guid(_ guid: ProcessGuid) -> String {
      guid.text.map { table.texts[$0] } ?? "\(guid.high)-\(guid.low)"
    }
    let connections = zip(table.keys, table.facts).map { key, fact in
      """
      \(table.texts[key.host]) \(table.texts[key.image]) \(guid(key.process)) \
      \(table.texts[key.address]) \(table.texts[key.port]) \(key.day) \(fact.count) \
      \(String(describing: fact.first)) \(String(describing: fact.last)) \(fact.place) \
      \(table.texts[fact.destinationName]) \(fact.arrivals.seconds)
      """
    }
    let processes = table.processes.map { key, fact in
      """
      \(table.texts[key.host]) \(guid(key.process)) \(String(describing: fact.time)) \
      \(table.texts[fact.parent]) \(table.texts[fact.image])
      """
    }
    let hosts = table.coverage.hosts.map { "\(table.texts[$0]) \($1.connections)" }
    return connections.sorted() + processes.sorted() + hosts.sorted()
      + table.coverage.examples.map(\.message) + table.coverage.notUnderstood.map(\.reason)
      + ["\(table.coverage.lines)", "\(table.coverage.setAside)"]
  }

  static let cuts = [
    [0..<200], [0..<60, 60..<200], [140..<200, 0..<140], [199..<200, 30..<199, 0..<30],
    [0..<0, 0..<200], [100..<150, 0..<100, 150..<200],
  ]

  @Test("However the night is cut, the facts are the same", arguments: cuts)
  func cutsDoNotShow(cut: [Range<Int>]) {
    let merged = cut.map(Self.night).reduce(into: FactTable.empty) { $0.merge($1) }
    #expect(Self.words(merged) == Self.words(Self.night(0..<200)))
  }

  @Test("However the parts are grouped, the facts are the same")
  func groupingDoesNotShow() {
    let parts = [0..<50, 50..<100, 100..<150, 150..<200].map(Self.night)
    var left = parts[0]
    left.merge(parts[1])
    var right = parts[3]
    right.merge(parts[2])
    right.merge(left)
    #expect(Self.words(right) == Self.words(Self.night(0..<200)))
  }
}
