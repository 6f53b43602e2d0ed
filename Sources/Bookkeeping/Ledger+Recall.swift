package import Facts
import GRDB
package import Hunting
package import Scanning

/// What the ledger says to a question.
package struct Recalled: Sendable {
  /// The connections that were asked for and what joins them, and the coverage of all archives.
  package var scan = ScanResult()
  /// Of all connections, asked for or not.
  package var totals = ConnectionTotals()
  /// Where each archive comes from.
  package var origins: [ArchiveOrigin] = []
  /// Everybody's calls, where they were asked for.
  package var groups: BeaconGroups?
}

/// What tells an archive when it is looked for again.
package struct ArchiveOrigin: Sendable {
  /// A file that holds it, packed in whatever way.
  package struct Form: Sendable {
    /// Where it lay when it was seen.
    package var path: String
    package var sha256: String
    package var bytes: Int

    package init(path: String, sha256: String, bytes: Int) {
      self.path = path
      self.sha256 = sha256
      self.bytes = bytes
    }
  }

  package var forms: [Form]
  /// The hash of what it unpacks to, as text, and the heads of that; nil where no version took them.
  package var content: String?
  package var heads: String

  package init(forms: [Form], content: String?, heads: String) {
    self.forms = forms
    self.content = content
    self.heads = heads
  }
}

extension Ledger {
  /// What is recalled beside the connections that were asked for.
  package enum Depth: Sendable {
    /// Nothing: the published table needs no more.
    case published
    /// What weighs them.
    case evidence
    /// And everybody's calls, to find beacons on any port. O(*n*) in all connections.
    case beacons
  }

  /// Recalls the connections whose port can matter.
  ///
  /// - Parameters:
  ///   - days: UTC days since 1970; connections without a time are then left out. Nil for all.
  ///   - addresses: Connections with these are recalled whatever their port.
  ///   - depth: How much is to be known beside those connections.
  ///   - isWanted: By the port's number.
  /// - Throws: ``LedgerError``.
  /// - Complexity: O(*a* + *p* + *k* log *n*) for *a* archives, *p* distinct ports and the *k*
  ///   connections that are recalled out of *n*.
  package func recall(
    days: Range<Int32>? = nil, addresses: [AddressBlock] = [],
    depth: Depth = .published, portIsWanted isWanted: (Double) -> Bool
  ) throws(LedgerError) -> Recalled {
    try attempt {
      try database.read { db in
        var reader = try FactReader(db, days: days)
        try reader.readArchives()
        try reader.readRegistryChanges()
        // What came in on a changed port belongs to the change.
        let changed = reader.changedPorts
        let ports = try Self.ports(db) { isWanted($0) || changed.contains($0) }
        let asked = try Self.numbers(db, of: addresses)
        try reader.readConnections(onPorts: ports, with: asked)
        // Endpoint mappers, where they were not asked for by themselves.
        let mappers = isWanted(135) ? [] : try Self.ports(db) { $0 == 135 }
        try reader.readProcesses()
        try reader.readTotals()
        switch depth {
        case .published: break
        case .evidence: try reader.readMappers(onPorts: mappers, besides: Set(asked))
        case .beacons: try reader.readGroups(mappersOn: mappers)
        }
        return reader.recalled
      }
    }
  }

  private static func ports(_ db: Database, _ isWanted: (Double) -> Bool) throws -> [Int64] {
    let select = try FactStatement(db, "SELECT text, number FROM port")
    var wanted: [Int64] = []
    while try select.next() {
      if isWanted(select.number(1)) { wanted.append(select.integer(0)) }
    }
    return wanted
  }

  private static func numbers(_ db: Database, of blocks: [AddressBlock]) throws -> [Int64] {
    let select = try FactStatement(db, "SELECT text FROM address WHERE bytes BETWEEN ? AND ?")
    var numbers: Set<Int64> = []
    for block in blocks {
      let bounds = StoredAddress.bounds(of: block)
      select.bind(bounds.first, at: 1)
      select.bind(bounds.last, at: 2)
      while try select.next() { numbers.insert(select.integer(0)) }
    }
    return Array(numbers)
  }

  /// The last UTC day on which anything was seen; nil in a ledger without times.
  package func lastDay() throws(LedgerError) -> Int32? {
    try attempt {
      try database.read {
        try Int32.fetchOne($0, sql: "SELECT max(day) FROM connection_total")
      }
    }
  }
}

/// Reads facts back.
struct FactReader {
  let db: Database
  private let days: Range<Int32>?
  var recalled = Recalled()
  /// The number that an archive has among the recalled ones, by its id.
  private(set) var ordinals: [Int64: Int32] = [:]
  private var texts: [Int64: TextID] = [:]
  private let text: FactStatement

  init(_ db: Database, days: Range<Int32>?) throws {
    self.db = db
    self.days = days
    text = try FactStatement(db, "SELECT value FROM text WHERE id = ?")
  }

  var inDays: String {
    days.map { " AND day >= \($0.lowerBound) AND day < \($0.upperBound)" } ?? ""
  }

  mutating func readArchives() throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT id, name, path, sha256, bytes, unpacked_bytes, container, frames, damage_offset,
          damage_reason, damage_hint, coverage, content, heads
        FROM archive WHERE grown_into IS NULL AND NOT is_pruned ORDER BY CAST(name AS BLOB), sha256
        """)
    while let row = try rows.next() {
      let ordinal = Int32(recalled.scan.archives.count)
      ordinals[row["id"]] = ordinal
      let stored = try StoredCoverage(json: row["coverage"])
      let coverage = stored.coverage(of: ordinal, &recalled.scan.facts.texts)
      recalled.scan.facts.coverage.add(coverage)
      var record = ArchiveRecord(
        name: row["name"], sha256: row["sha256"], bytes: row["bytes"],
        unpackedBytes: row["unpacked_bytes"],
        container: ArchiveRecord.Container(rawValue: row["container"]) ?? .plain,
        frames: row["frames"])
      if let offset: Int = row["damage_offset"] {
        record.damage = .init(
          offset: offset, reason: row["damage_reason"], hint: row["damage_hint"])
      }
      record.coverage = coverage
      record.coverage.hosts = [:]
      recalled.scan.append(record)
      recalled.origins.append(
        ArchiveOrigin(
          forms: [.init(path: row["path"], sha256: row["sha256"], bytes: row["bytes"])],
          content: row["content"], heads: row["heads"]))
    }
    let packings = try FactStatement(db, "SELECT archive, path, sha256, bytes FROM packing")
    while try packings.next() {
      guard let ordinal = ordinals[packings.integer(0)] else { continue }
      recalled.origins[Int(ordinal)].forms.append(
        .init(
          path: packings.string(1), sha256: packings.string(2), bytes: Int(packings.integer(3))))
    }
  }

  mutating func readConnections(onPorts ports: [Int64], with addresses: [Int64]) throws {
    let select = try FactStatement(
      db,
      """
      SELECT \(Self.connectionColumns)
      FROM connection
      WHERE (port IN (SELECT value FROM json_each(?1)) OR address IN (SELECT value FROM json_each(?2)))
        \(inDays)
      """)
    select.bind(Self.json(ports), at: 1)
    select.bind(Self.json(addresses), at: 2)
    while try select.next() {
      guard let (key, fact) = try connection(select) else { continue }
      recalled.scan.facts.absorb(fact, of: key)
    }
  }

  /// The columns of a connection, in the order in which ``connectionColumns`` names them.
  mutating func connection(_ select: FactStatement) throws -> (ConnectionKey, ConnectionFact)? {
    guard let ordinal = ordinals[select.integer(0)],
      let direction = Direction(rawValue: UInt8(truncatingIfNeeded: select.integer(11))),
      let source = Source(rawValue: UInt8(truncatingIfNeeded: select.integer(12)))
    else { return nil }
    let key = ConnectionKey(
      host: try text(select, 1), image: try text(select, 2), user: try text(select, 3),
      parent: try text(select, 4), process: process(select, 5), address: try text(select, 6),
      port: try text(select, 7), transport: try text(select, 8),
      originalFileName: try text(select, 9),
      day: select.optional(10).map { Int32(truncatingIfNeeded: $0) } ?? ConnectionKey.noDay,
      direction: direction, source: source, action: try text(select, 20),
      addressType: try text(select, 21))
    let fact = ConnectionFact(
      count: Int(select.integer(13)), first: time(select, 14), last: time(select, 15),
      arrivals: StoredSeconds.times(select.bytes(16)),
      place: Place(
        archive: ordinal, line: Int(select.integer(17)), offset: Int(select.integer(18))),
      destinationName: try text(select, 19))
    return (key, fact)
  }

  static let connectionColumns = """
    archive, host, image, user, parent, process, address, port, transport, original_file_name,
    day, direction, source, count, first_ms, last_ms, seconds, line, offset, destination_name, action,
    address_type
    """

  /// Who asked the endpoint mapper of an address with a dynamic port, which explains that.
  ///
  /// - Complexity: O(*a* log *n*) for *a* such addresses.
  mutating func readMappers(onPorts ports: [Int64], besides known: Set<Int64>) throws {
    let select = try FactStatement(
      db,
      """
      SELECT \(Self.connectionColumns) FROM connection
      WHERE address = ?1 AND +port IN (SELECT value FROM json_each(?2))\(inDays)
      """)
    for address in dynamicAddresses.subtracting(known) {
      select.bind(address, at: 1)
      select.bind(Self.json(ports), at: 2)
      while try select.next() {
        if let (key, fact) = try connection(select) { recalled.scan.facts.absorb(fact, of: key) }
      }
    }
  }

  /// The numbers of the addresses that were called on a port from the dynamic range (RFC 6335).
  var dynamicAddresses: Set<Int64> {
    let facts = recalled.scan.facts
    var isDynamic: [TextID: Bool] = [:]
    var addresses: Set<TextID> = []
    for key in facts.keys where key.port != .none && key.address != .none {
      let known =
        isDynamic[key.port]
        ?? (portNumber(facts.texts[key.port]).map { $0 >= 49_152 } ?? false)
      isDynamic[key.port] = known
      if known { addresses.insert(key.address) }
    }
    return Set(texts.lazy.filter { addresses.contains($0.value) }.map(\.key))
  }

  private static func json(_ numbers: [Int64]) -> String {
    "[" + numbers.map(String.init).joined(separator: ",") + "]"
  }

  /// The starts of the processes that opened the recalled connections, on whatever night, and those of
  /// the processes that they descend from.
  mutating func readProcesses() throws {
    try readProcesses(
      Set(
        recalled.scan.facts.keys.lazy.filter { $0.process != .none }
          .map { ProcessKey(host: $0.host, process: $0.process) }))
  }

  /// - Parameter keys: Of processes; their ancestors are read as well, as far as they are known.
  mutating func readProcesses(_ keys: Set<ProcessKey>) throws {
    var wanted = keys.filter { recalled.scan.facts.processes[$0] == nil }
    for _ in 0..<ProcessStory.mostAncestors where !wanted.isEmpty {
      try readStarts(wanted)
      wanted = Set(
        wanted.compactMap { key in
          guard let start = recalled.scan.facts.processes[key],
            start.details.parentProcess != .none
          else { return nil }
          return ProcessKey(host: key.host, process: start.details.parentProcess)
        }
      ).filter { recalled.scan.facts.processes[$0] == nil }
    }
  }

  private mutating func readStarts(_ keys: Set<ProcessKey>) throws {
    let select = try FactStatement(
      db,
      """
      SELECT time_ms, image, parent, user, original_file_name, command_line, hashes,
        integrity_level, logon_id, process_id, parent_command_line, parent_process
      FROM process WHERE process = ? AND host IS ?
      """)
    let numbers = Dictionary(uniqueKeysWithValues: texts.map { ($0.value, $0.key) })
    for key in keys {
      if let name = key.process.text {
        select.bind(recalled.scan.facts.texts[name], at: 1)
      } else {
        select.bind(StoredGuid.bytes(of: key.process), at: 1)
      }
      select.bind(numbers[key.host], at: 2)
      while try select.next() {
        var fact = ProcessFact(
          time: time(select, 0), image: try text(select, 1), parent: try text(select, 2),
          user: try text(select, 3), originalFileName: try text(select, 4),
          commandLine: try text(select, 5))
        for (at, field) in ProcessDetails.texts.enumerated() {
          fact.details[keyPath: field] = try text(select, Int32(6 + at))
        }
        fact.details.parentProcess = process(select, 11)
        recalled.scan.facts.absorb(fact, of: key)
      }
    }
  }

  mutating func readRegistryChanges() throws {
    let select = try FactStatement(
      db,
      """
      SELECT archive, host, image, user, process, target, details, previous, time_ms, line, offset
      FROM registry_change
      """)
    while try select.next() {
      guard let ordinal = ordinals[select.integer(0)] else { continue }
      var change = RegistryChange(
        place: Place(
          archive: ordinal, line: Int(select.integer(9)), offset: Int(select.integer(10))))
      change.host = try text(select, 1)
      change.image = try text(select, 2)
      change.user = try text(select, 3)
      change.process = process(select, 4)
      change.target = try text(select, 5)
      change.details = try text(select, 6)
      change.previous = try text(select, 7)
      change.time = time(select, 8)
      if let days, !(change.time.map { days.contains($0.day) } ?? false) { continue }
      recalled.scan.facts.absorb(change)
    }
  }

  /// Where Remote Desktop was told to listen.
  var changedPorts: Set<Double> {
    Set(
      recalled.scan.facts.registryChanges.compactMap {
        registryNumber(recalled.scan.facts.texts[$0.details]).map(Double.init)
      })
  }

  mutating func readTotals() throws {
    let select = try FactStatement(
      db,
      """
      SELECT source, direction, sum(count) FROM connection_total WHERE true\(inDays)
      GROUP BY source, direction
      """)
    while try select.next() {
      guard let source = Source(rawValue: UInt8(truncatingIfNeeded: select.integer(0))),
        let direction = Direction(rawValue: UInt8(truncatingIfNeeded: select.integer(1)))
      else { continue }
      recalled.totals[source, direction] = Int(select.integer(2))
    }
  }

  private func time(_ row: FactStatement, _ column: Int32) -> UTCTime? {
    row.optional(column).map { UTCTime(milliseconds: $0) }
  }

  mutating func text(_ row: FactStatement, _ column: Int32) throws -> TextID {
    guard let number = row.optional(column) else { return .none }
    if let known = texts[number] { return known }
    text.bind(number, at: 1)
    guard try text.next() else { return .none }
    let id = recalled.scan.facts.texts.intern(text.bytes(0))
    _ = try text.next()
    texts[number] = id
    return id
  }

  private mutating func process(_ row: FactStatement, _ column: Int32) -> ProcessGuid {
    if row.isNull(column) { return .none }
    if row.isText(column) {
      return ProcessGuid(text: recalled.scan.facts.texts.intern(row.bytes(column)))
    }
    return StoredGuid.guid(row.bytes(column))
  }
}
