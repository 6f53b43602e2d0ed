/// How many connections were seen, by who reported them and who opened them.
package struct ConnectionTotals: Equatable, Sendable {
  private var counts = [Int](
    repeating: 0, count: Source.allCases.count * Direction.allCases.count)

  package init() {}

  package init(_ table: FactTable) { add(table) }

  package mutating func add(_ table: FactTable) {
    for (key, fact) in zip(table.keys, table.facts) {
      self[key.source, key.direction] += fact.count
    }
  }

  package subscript(source: Source, direction: Direction) -> Int {
    get { counts[Self.index(source, direction)] }
    set { counts[Self.index(source, direction)] = newValue }
  }

  private static func index(_ source: Source, _ direction: Direction) -> Int {
    Int(source.rawValue) * Direction.allCases.count + Int(direction.rawValue)
  }
}
