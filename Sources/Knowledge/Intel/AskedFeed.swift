/// What one source of intelligence asked: for the report, which says what was looked for and what was not.
package struct AskedFeed: Equatable, Sendable {
  package var name: String
  package var format: String
  package var entries: Int
  package var taken: Int
  /// Entries by the reason for which they were refused.
  package var refused: [String: Int]
  /// Entries that were taken and look wrong, by what is wrong.
  package var remarks: [String: Int]
  /// Indicators by kind: ports, addresses, addresses with ports, conditions.
  package var kinds: [String: Int]

  package init(_ feed: IntelFeed) {
    name = feed.name
    format = feed.format.rawValue
    entries = feed.entryCount
    taken = feed.takenCount
    refused = feed.refusedCounts
    remarks = feed.remarks
    kinds = Self.kinds(of: feed.indicators)
  }

  /// Ports that were asked for one by one.
  package init(ports: [Indicator]) {
    name = "--port"
    format = "ports"
    entries = ports.count
    taken = ports.count
    refused = [:]
    remarks = [:]
    kinds = Self.kinds(of: ports)
  }

  private static func kinds(of indicators: [Indicator]) -> [String: Int] {
    indicators.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
  }
}
