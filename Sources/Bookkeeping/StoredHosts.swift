import Facts
import Foundation
import GRDB

/// How much was heard of each host, as the ledger and partials keep it: in the numbers of ``PartialWriter``.
///
/// `docs/ledger.md` describes the bytes.
enum StoredHosts {
  private static let counts: [any WritableKeyPath<HostCoverage, Int> & Sendable] = [
    \.connections, \.processStarts, \.registryChanges, \.skewedEvents, \.namedByCollector,
  ]
  /// More than any archive holds.
  private static let maxEvents = 1 << 52

  static func bytes(of hosts: [TextID: HostCoverage], _ texts: TextTable) -> [UInt8] {
    var writer = PartialWriter()
    for (id, heard) in hosts.sorted(by: { texts.isOrdered($0.key, before: $1.key) }) {
      writer.number(id == .none ? 0 : 1)
      if let name = texts.text(id) { writer.text(name) }
      for field in counts { writer.number(heard[keyPath: field]) }
      writer.number(UInt64(heard.largestSkewMilliseconds))
      writer.number(heard.hours.all.count)
      var before: Int64 = 0
      for hour in heard.hours.all {
        writer.zigzag(Int64(hour.hour) - before)
        writer.number(UInt64(hour.events) << 2 | UInt64(hour.kinds.rawValue))
        before = Int64(hour.hour)
      }
    }
    return writer.bytes
  }

  static func hosts(
    _ bytes: [UInt8], _ texts: inout TextTable
  ) throws(PartialReader.Malformed) -> [TextID: HostCoverage] {
    var reader = PartialReader(bytes[...])
    var hosts: [TextID: HostCoverage] = [:]
    while !reader.isAtEnd {
      let id = try reader.number() == 0 ? TextID.none : texts.intern(try reader.blob())
      guard hosts.updateValue(try host(&reader), forKey: id) == nil else {
        throw reader.malformed()
      }
    }
    return hosts
  }

  private static func host(
    _ reader: inout PartialReader
  ) throws(PartialReader.Malformed) -> HostCoverage {
    var heard = HostCoverage()
    for field in counts { heard[keyPath: field] = try count(&reader) }
    heard.largestSkewMilliseconds = Int64(try reader.integer())
    var hour: Int64 = 0
    for at in 0..<(try reader.count()) {
      let distance = try reader.zigzag()
      hour &+= distance
      guard at == 0 || distance > 0, let exact = Int32(exactly: hour) else {
        throw reader.malformed()
      }
      let number = try count(&reader)
      heard.hours.add(
        .init(exact, events: number >> 2, kinds: .init(rawValue: UInt8(number & 3))))
    }
    return heard
  }

  private static func count(_ reader: inout PartialReader) throws(PartialReader.Malformed) -> Int {
    let count = try reader.integer()
    guard count <= maxEvents else { throw reader.malformed() }
    return count
  }
}

// MARK: - Of ledgers of before

extension StoredHosts {
  /// A host as the JSON of the coverage told of it.
  private struct Told: Decodable {
    var name: String?
    var connections, process_starts, registry_changes, skewed_events, named_by_collector: Int
    /// Hour since 1970 and number of events, in turns.
    var hours: [Int32]
    /// Of these, those with connections and with process starts; the first versions told none.
    var connection_hours, process_start_hours: [Int32]?
    var largest_skew_ms: Int64

    var heard: HostCoverage {
      var heard = HostCoverage()
      heard.connections = connections
      heard.processStarts = process_starts
      heard.registryChanges = registry_changes
      heard.skewedEvents = skewed_events
      heard.namedByCollector = named_by_collector
      heard.largestSkewMilliseconds = largest_skew_ms
      let connecting = Set(connection_hours ?? [])
      let starting = Set(process_start_hours ?? [])
      for at in stride(from: 0, to: hours.count - 1, by: 2) {
        var hour = HeardHours.Hour(hours[at], events: Int(hours[at + 1]))
        if connecting.contains(hour.hour) { hour.kinds.insert(.connections) }
        if starting.contains(hour.hour) { hour.kinds.insert(.processStarts) }
        heard.hours.add(hour)
      }
      return heard
    }
  }

  /// Takes hosts out of the coverage of all archives.
  static func moveAll(_ db: Database) throws {
    let archives = try FactStatement(
      db, "SELECT id, json_extract(coverage, '$.hosts') FROM archive")
    let update = try FactStatement(
      db, "UPDATE archive SET hosts = ?, coverage = json_remove(coverage, '$.hosts') WHERE id = ?")
    var moved: [(archive: Int64, hosts: [UInt8])] = []
    while try archives.next() {
      let told = try JSONDecoder().decode([Told].self, from: Data(archives.bytes(1)))
      var texts = TextTable()
      var hosts: [TextID: HostCoverage] = [:]
      for host in told { hosts[host.name.map { texts.intern($0) } ?? .none] = host.heard }
      moved.append((archives.integer(0), bytes(of: hosts, texts)))
    }
    for (archive, hosts) in moved {
      update.bind(hosts, at: 1)
      update.bind(archive, at: 2)
      try update.run()
    }
  }
}
