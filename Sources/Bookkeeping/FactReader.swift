import Facts
import GRDB
import Hunting
import Scanning

/// Reads facts back, as a plan asks for them.
struct FactReader {
  let db: Database
  let plan: RecallPlan
  var recalled = Recalled()
  /// The number that an archive has among the recalled ones, by its id.
  private(set) var ordinals: [Int64: Int32] = [:]
  private var texts = NumberMap(TextID.none)
  /// The other way round; 0 for texts that come from elsewhere.
  private var numbers = [Int64](repeating: 0, count: 1)
  private let textSelect: FactStatement

  init(_ db: Database, _ plan: RecallPlan) throws {
    self.db = db
    self.plan = plan
    textSelect = try FactStatement(db, "SELECT value FROM text WHERE id = ?")
  }

  /// Reads the facts of one archive, which has the number 0.
  init(_ db: Database, onlyArchive id: Int64) throws {
    try self.init(db, RecallPlan())
    ordinals = [id: 0]
  }

  var inDays: String {
    plan.days.map { " AND day >= \($0.lowerBound) AND day < \($0.upperBound)" } ?? ""
  }

  mutating func readArchives() throws {
    let select = try FactStatement(
      db,
      """
      SELECT id, name, path, sha256, bytes, unpacked_bytes, container, frames, damage_offset,
        damage_reason, damage_hint, coverage, content, heads, hosts
      FROM archive WHERE grown_into IS NULL AND NOT is_pruned ORDER BY CAST(name AS BLOB), sha256
      """)
    let night = try Ledger.night(db)
    let bundles = try Bundles(db)
    let bundled = Set(bundles.archives.values.joined())
    while try select.next() {
      try readArchive(select, night, isBundled: bundled.contains(select.integer(0)))
    }
    let heard = try FactStatement(db, "SELECT hosts FROM bundle_heard WHERE bundle = ?")
    for bundle in bundles.archives.keys.sorted() {
      heard.bind(bundle, at: 1)
      while try heard.next() {
        var coverage = Coverage()
        coverage.hosts = try StoredHosts.hosts(heard.bytes(0), &recalled.scan.facts.texts)
        recalled.scan.facts.coverage.add(coverage)
      }
    }
    let packings = try FactStatement(db, "SELECT archive, path, sha256, bytes FROM packing")
    while try packings.next() {
      guard let ordinal = ordinals[packings.integer(0)] else { continue }
      recalled.origins[Int(ordinal)].forms.append(
        .init(
          path: try packings.text(1, "path"), sha256: try packings.text(2, "sha256"),
          bytes: try packings.size(3, "bytes")))
    }
  }

  /// - Parameter isBundled: Whether its bundle says what was heard of its hosts.
  private mutating func readArchive(_ row: FactStatement, _ night: Night, isBundled: Bool) throws {
    let ordinal = Int32(recalled.scan.archives.count)
    let name = try row.text(1, "the name of an archive")
    ordinals[row.integer(0)] = ordinal
    let stored = try StoredCoverage(json: row.text(11, "the coverage of \(name)"), of: name)
    var coverage = stored.coverage(of: ordinal)
    let isNew = row.integer(0) > night.archivesUntil
    if isNew || !isBundled {
      coverage.hosts = try StoredHosts.hosts(row.bytes(14), &recalled.scan.facts.texts)
    }
    if isNew {
      recalled.newArchives.append(Int(ordinal))
      recalled.newCoverage.add(coverage)
    } else {
      let sender = ReadingEvidence.sender(of: name)
      let hasEvents = coverage.lines.observations > 0
      if hasEvents, coverage.lines.notUnderstood == 0 { recalled.understoodSenders.insert(sender) }
      let before = recalled.archivesWithEvents[sender]
      recalled.archivesWithEvents[sender] = hasEvents && before != 0 ? (before ?? 0) + 1 : 0
    }
    guard let container = Container(rawValue: row.string(6)) else {
      throw StoredDamage("the container of \(name) does not exist")
    }
    if isBundled { coverage.hosts = [:] }
    recalled.scan.facts.coverage.add(coverage)
    var record = ArchiveRecord(
      name: name, sha256: try row.text(3, "sha256"), bytes: try row.size(4, "bytes"),
      unpackedBytes: try row.size(5, "unpacked_bytes"), container: container,
      frames: try row.size(7, "frames"))
    if !row.isNull(8) {
      record.damage = .init(
        offset: try row.size(8, "damage_offset"), reason: try row.text(9, "damage_reason"),
        hint: row.isNull(10) ? nil : try row.text(10, "damage_hint"))
    }
    record.coverage = coverage
    record.coverage.hosts = [:]
    recalled.scan.append(record)
    recalled.origins.append(
      ArchiveOrigin(
        forms: [
          .init(path: try row.text(2, "path"), sha256: record.sha256, bytes: record.bytes)
        ],
        content: row.isNull(12) ? nil : try row.text(12, "content"),
        heads: try row.text(13, "heads")))
  }

  // MARK: One row

  /// The columns of a connection, in the order in which ``connectionColumns`` names them.
  ///
  /// - Returns: Nil for one of an archive that is known without facts.
  mutating func connection(_ select: FactStatement) throws -> (ConnectionKey, ConnectionFact)? {
    guard let ordinal = ordinals[select.integer(0)] else { return nil }
    let key = ConnectionKey(
      host: try text(select, 1), image: try text(select, 2), user: try text(select, 3),
      parent: try text(select, 4), process: try process(select, 5), address: try text(select, 6),
      port: try text(select, 7), transport: try text(select, 8),
      originalFileName: try text(select, 9), day: try select.day(10),
      direction: try select.direction(11), source: try select.source(12),
      action: try text(select, 20), addressType: try text(select, 21))
    let fact = ConnectionFact(
      count: try select.count(13, "count"), first: try select.time(14, "first_ms"),
      last: try select.time(15, "last_ms"),
      arrivals: try StoredSeconds.times(select.bytes(16)),
      place: Place(
        archive: ordinal, line: try select.size(17, "line"),
        offset: try select.size(18, "offset")),
      destinationName: try text(select, 19))
    return (key, fact)
  }

  static let connectionColumns = """
    archive, host, image, user, parent, process, address, port, transport, original_file_name,
    day, direction, source, count, first_ms, last_ms, seconds, line, offset, destination_name, action,
    address_type
    """

  /// The columns of a process, in the order in which ``processColumns`` names them.
  mutating func processFact(_ select: FactStatement) throws -> ProcessFact {
    var fact = ProcessFact(
      time: try select.time(0, "time_ms"), image: try text(select, 1), parent: try text(select, 2),
      user: try text(select, 3), originalFileName: try text(select, 4),
      commandLine: try text(select, 5))
    for (at, field) in ProcessDetails.texts.enumerated() {
      fact.details[keyPath: field] = try text(select, Int32(6 + at))
    }
    fact.details.parentProcess = try process(select, 11)
    return fact
  }

  static let processColumns = """
    time_ms, image, parent, user, original_file_name, command_line, hashes, integrity_level,
    logon_id, process_id, parent_command_line, parent_process
    """
  static let processColumnCount: Int32 = 12

  /// The columns of a registry change, in the order in which ``registryColumns`` names them.
  mutating func registryChange(_ select: FactStatement) throws -> RegistryChange? {
    guard let ordinal = ordinals[select.integer(0)] else { return nil }
    var change = RegistryChange(
      place: Place(
        archive: ordinal, line: try select.size(9, "line"),
        offset: try select.size(10, "offset")))
    change.host = try text(select, 1)
    change.image = try text(select, 2)
    change.user = try text(select, 3)
    change.process = try process(select, 4)
    change.target = try text(select, 5)
    change.details = try text(select, 6)
    change.previous = try text(select, 7)
    change.time = try select.time(8, "time_ms")
    return change
  }

  static let registryColumns =
    "archive, host, image, user, process, target, details, previous, time_ms, line, offset"

  @inline(__always)
  mutating func text(_ row: FactStatement, _ column: Int32) throws -> TextID {
    guard let number = row.optional(column) else { return .none }
    let known = texts[number]
    return known == .none ? try read(text: number) : known
  }

  /// - Parameter number: 0 for none.
  @inline(__always)
  mutating func text(_ number: Int64) throws -> TextID {
    let known = texts[number]
    return known == .none && number != 0 ? try read(text: number) : known
  }

  @inline(never)
  private mutating func read(text number: Int64) throws -> TextID {
    textSelect.bind(number, at: 1)
    guard try textSelect.next() else { throw StoredDamage("text \(number) is missing") }
    let id = unsafe textSelect.withBytes(0) { unsafe recalled.scan.facts.texts.intern($0) }
    textSelect.restart()
    texts[number] = id
    if id.raw >= numbers.count {
      numbers.append(contentsOf: repeatElement(0, count: Int(id.raw) + 1 - numbers.count))
    }
    numbers[Int(id.raw)] = number
    return id
  }

  /// The number of a text that was read; nil for ``TextID/none`` and for one that came from elsewhere.
  func number(of text: TextID) -> Int64? {
    guard text.raw < numbers.count, numbers[Int(text.raw)] != 0 else { return nil }
    return numbers[Int(text.raw)]
  }

  mutating func process(_ row: FactStatement, _ column: Int32) throws -> ProcessGuid {
    if row.isNull(column) { return .none }
    let bytes = row.bytes(column)
    if row.isText(column) { return ProcessGuid(text: recalled.scan.facts.texts.intern(bytes)) }
    guard bytes.count == StoredGuid.byteCount else {
      throw StoredDamage("a process has \(bytes.count) bytes")
    }
    return StoredGuid.guid(bytes)
  }

  // MARK: What goes with the connections

  /// The starts of the processes that opened the recalled connections, on whatever night, and those of
  /// the processes that they descend from.
  mutating func readProcesses() throws {
    var wanted: Set<ProcessKey> = []
    wanted.reserveCapacity(recalled.scan.facts.keys.count)
    for key in recalled.scan.facts.keys where key.process != .none {
      wanted.insert(ProcessKey(host: key.host, process: key.process))
    }
    if let groups = recalled.groups {
      wanted.formUnion(groups.processes(recalled.scan.facts.texts))
    }
    for _ in 0..<plan.maxAncestors where !wanted.isEmpty {
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
    if try areAllFewer(than: keys.count) { return try readAllStarts(keys) }
    let select = try FactStatement(
      db, "SELECT \(Self.processColumns) FROM process WHERE process = ? AND host IS ?")
    for key in keys {
      if let name = key.process.text {
        select.bind(recalled.scan.facts.texts[name], at: 1)
      } else {
        select.bind(StoredGuid.bytes(of: key.process), at: 1)
      }
      select.bind(number(of: key.host), at: 2)
      while try select.next() {
        recalled.scan.facts.absorb(try processFact(select), of: key)
      }
    }
  }

  private func areAllFewer(than count: Int) throws -> Bool {
    let all = try FactStatement(db, "SELECT count(*) FROM (SELECT 1 FROM process LIMIT ?)")
    all.bind(Int64(count), at: 1)
    defer { all.restart() }
    return try all.next() && all.integer(0) < count
  }

  /// Passes all there are: less work than looking up more than there are.
  private mutating func readAllStarts(_ keys: Set<ProcessKey>) throws {
    let select = try FactStatement(db, "SELECT \(Self.processColumns), host, process FROM process")
    while try select.next() {
      let key = ProcessKey(
        host: try text(select, Self.processColumnCount),
        process: try process(select, Self.processColumnCount + 1))
      if keys.contains(key) { recalled.scan.facts.absorb(try processFact(select), of: key) }
    }
  }

  mutating func readRegistryChanges() throws {
    let select = try FactStatement(db, "SELECT \(Self.registryColumns) FROM registry_change")
    while try select.next() {
      guard let change = try registryChange(select) else { continue }
      if let days = plan.days, !(change.time.map { days.contains($0.day) } ?? false) { continue }
      recalled.scan.facts.absorb(change)
    }
  }

  mutating func readTotals() throws {
    let select = try FactStatement(
      db,
      """
      SELECT source, direction, sum(count) FROM connection_total WHERE true\(inDays)
      GROUP BY source, direction
      """)
    while try select.next() {
      recalled.totals[try select.source(0), try select.direction(1)] = try select.size(2, "a total")
    }
  }
}
