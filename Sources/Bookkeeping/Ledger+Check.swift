import Diagnostics
import Facts
import Foundation
import GRDB
import Hunting
import Scanning

extension Ledger {
  /// Whether each page has a checksum: a ledger of a version before 5 has none, until a run writes to it.
  package static func hasChecksums(_ path: String) -> Bool {
    LedgerFile.otherKind(path) == nil && LedgerPages.header(of: path)?.isChecked == true
  }

  /// Everything that is wrong with a ledger, whatever state the file is in: nothing, in one that only
  /// oddport has written to.
  ///
  /// - Throws: ``LedgerError``, where the file is missing, or a newer oddport has made it.
  /// - Complexity: O(*n*) in the size of the ledger.
  package static func problems(of path: String) throws(LedgerError) -> [String] {
    do {
      guard try LedgerFile.isThere(path) else { throw LedgerError.missing(path: path) }
      guard !LedgerFile.isEmpty(path) else { return ["the file is empty"] }
      var check = LedgerCheck()
      check.pages(path)
      let database: DatabaseQueue
      do {
        database = try LedgerFile.openReadOnly(path)
      } catch  where !check.isSound {
        return check.problems
      }
      // Outside of a transaction, which SQLite ends where a page cannot be read.
      database.unsafeRead { db in
        check.structure(db)
        if !check.isSound { check.places(db) }
      }
      guard check.isSound else { return check.problems }
      let current = try Ledger(path, for: .asking)
      try current.database.read { check.contents($0) }
      return check.problems
    } catch let error as LedgerError {
      switch error {
      case .missing, .newer, .held: throw error
      case .notAFile(_, let kind): return ["it is \(kind)"]
      case .notALedger: return ["it is not a ledger of oddport, or its header is damaged"]
      case .damaged(_, let reason), .disk(_, let reason), .failed(_, let reason),
        .unreadable(_, let reason):
        return [reason]
      case .readOtherwise, .unknownArchive: throw error
      }
    } catch {
      return [LedgerError(error, path: path).diagnostic.message]
    }
  }
}

/// What a check has found so far.
private struct LedgerCheck {
  private(set) var problems: [String] = []
  /// Of one kind; the others are counted.
  private static let maxNamed = 10

  var isSound: Bool { problems.isEmpty }

  /// Runs one part; what keeps it from being answered is a problem as well.
  private mutating func check(_ body: (inout [String]) throws -> Void) {
    var found: [String] = []
    do {
      try body(&found)
    } catch let damage as StoredDamage {
      found.append(damage.reason)
    } catch let error as DatabaseError where error.isAlteredPage {
      found.append(LedgerError.alteredPage)
    } catch is PartialReader.Malformed {
      found.append(PartialReader.Malformed.reason)
    } catch let error as DatabaseError {
      found.append(error.message ?? "SQLite says \(error.resultCode)")
    } catch {
      found.append("\(error)")
    }
    problems += found.prefix(Self.maxNamed)
    if found.count > Self.maxNamed {
      problems.append("and \(found.count - Self.maxNamed) more of these")
    }
  }

  // MARK: The file

  mutating func pages(_ path: String) {
    check { $0 += try LedgerPages.problems(of: path) }
  }

  mutating func structure(_ db: Database) {
    check { problems in
      let select = try FactStatement(db, "PRAGMA integrity_check(100)")
      while try select.next() {
        let line = select.string(0)
        if line != "ok" { problems.append(line) }
      }
    }
  }

  /// Where what is wrong lies: which tables, and whose facts in them, cannot be read to their end.
  mutating func places(_ db: Database) {
    let archives = Self.archiveHashes(db)
    for table in [
      "archive", "packing", "text", "port", "address", "reported", "night", "reading", "bundle",
      "bundle_index", "bundle_heard", "judgement",
    ] {
      check { problems in
        if !Self.isReadable(db, "SELECT * FROM \(table)") { problems.append("\(table) is damaged") }
      }
    }
    for table in Ledger.factTables {
      check { problems in
        guard !Self.isReadable(db, "SELECT * FROM \(table)") else { return }
        let damaged = archives.filter {
          !Self.isReadable(db, "SELECT * FROM \(table) WHERE archive = \($0.key)")
        }
        problems +=
          damaged.isEmpty
          ? ["\(table) is damaged"]
          : damaged.values.sorted().map { "\(table) is damaged in archive \($0)" }
      }
    }
  }

  /// By the archives' ids, as far as they can be read.
  private static func archiveHashes(_ db: Database) -> [Int64: String] {
    var hashes: [Int64: String] = [:]
    do {
      let select = try FactStatement(db, "SELECT id, sha256 FROM archive")
      while try select.next() { hashes[select.integer(0)] = select.string(1) }
    } catch {
      // That this table is damaged is told with the others.
    }
    return hashes
  }

  private static func isReadable(_ db: Database, _ sql: String) -> Bool {
    do {
      let select = try FactStatement(db, sql)
      while try select.next() { select.touch() }
      return true
    } catch {
      return false
    }
  }

  // MARK: What it says

  mutating func contents(_ db: Database) {
    check { problems in problems += try Self.missingColumns(db) }
    guard isSound else { return }
    check { problems in
      try Self.archives(
        db, &problems, "connections do not add up to their total",
        """
        SELECT sha256 FROM archive a WHERE
          (SELECT total(count) FROM connection WHERE archive = a.id)
          <> (SELECT total(count) FROM connection_total WHERE archive = a.id)
        """)
    }
    for table in Ledger.factTables {
      check { problems in
        try Self.archives(
          db, &problems, "facts of an archive that has none, in \(table)",
          """
          SELECT sha256 FROM archive WHERE (grown_into IS NOT NULL OR is_pruned)
            AND id IN (SELECT archive FROM \(table))
          """)
        try Self.archives(
          db, &problems, "facts of no archive, in \(table)",
          "SELECT DISTINCT archive FROM \(table) WHERE archive NOT IN (SELECT id FROM archive)")
      }
    }
    check { problems in try Self.indexes(db, &problems) }
    check { problems in try Self.bundles(db, &problems) }
    check { problems in
      try Self.archives(
        db, &problems, "another form of no archive",
        "SELECT sha256 FROM packing WHERE archive NOT IN (SELECT id FROM archive)")
    }
    for (table, columns) in Ledger.textColumns {
      for column in columns {
        check { problems in
          let lost = try Self.number(
            db,
            """
            SELECT count(*) FROM \(table)
            WHERE \(column) IS NOT NULL AND \(column) NOT IN (SELECT id FROM text)
            """)
          if lost > 0 { problems.append("\(lost) texts of \(table).\(column) are missing") }
        }
      }
    }
    check { problems in try Self.numbersOfTexts(db, &problems) }
    check { problems in try Self.values(db, &problems) }
  }

  /// Tables and columns that a ledger of this version has.
  private static func missingColumns(_ db: Database) throws -> [String] {
    let model = try DatabaseQueue()
    try LedgerSchema.migrator.migrate(model)
    let columns = """
      SELECT m.type, m.name, c.name FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) c
      WHERE m.name NOT LIKE 'sqlite_%'
      """
    func all(_ db: Database) throws -> Set<[String]> {
      var names: Set<[String]> = []
      let select = try FactStatement(db, columns)
      while try select.next() { names.insert([0, 1, 2].map { select.string($0) }) }
      return names
    }
    let missing = try model.read(all).subtracting(all(db))
    return missing.map { $0.joined(separator: " ") + " is missing" }.sorted()
  }

  private static func archives(
    _ db: Database, _ problems: inout [String], _ what: String, _ sql: String
  ) throws {
    let select = try FactStatement(db, sql)
    while try select.next() { problems.append("\(what): archive \(select.string(0))") }
  }

  private static func indexes(_ db: Database, _ problems: inout [String]) throws {
    let archives = try FactStatement(db, "SELECT id, sha256 FROM archive")
    let indexes = try FactStatement(
      db, "SELECT number, entries, facts FROM connection_index WHERE host = ? AND archive = ?")
    let count = try FactStatement(db, "SELECT count(*) FROM connection_index WHERE archive = ?")
    while try archives.next() {
      let archive = archives.integer(0)
      var isWhole = true
      var hosts = 0
      try HostIndex.each(of: archive, db) { host, number, packed in
        indexes.bind(host, at: 1)
        indexes.bind(archive, at: 2)
        if try !indexes.next() || indexes.integer(0) != number
          || indexes.bytes(1) != packed.entries || indexes.bytes(2) != packed.facts
        {
          isWhole = false
        }
        indexes.restart()
        hosts += 1
      }
      count.bind(archive, at: 1)
      if try !count.next() || Int(count.integer(0)) != hosts { isWhole = false }
      count.restart()
      if !isWhole {
        problems.append("an index is not that of its rows: archive \(archives.string(1))")
      }
    }
  }

  private static func bundles(_ db: Database, _ problems: inout [String]) throws {
    let index = try FactStatement(
      db, "SELECT rows, entries, facts, origins FROM bundle_index WHERE bundle = ? AND host = ?")
    let heard = try FactStatement(db, "SELECT hosts FROM bundle_heard WHERE bundle = ?")
    for (bundle, archives) in try Bundles(db).archives.sorted(by: { $0.key < $1.key }) {
      let bundling = try Bundling(archives.map { .archive($0) }, db)
      var isWhole = bundling.archives == archives
      var hosts: Int64 = 0
      try bundling.each { host, rows, packed in
        index.bind(bundle, at: 1)
        index.bind(host, at: 2)
        if try !index.next() || index.integer(0) != rows || index.bytes(1) != packed.entries
          || index.bytes(2) != packed.facts || index.bytes(3) != packed.origins
        {
          isWhole = false
        }
        index.restart()
        hosts += 1
      }
      let count = try number(db, "SELECT count(*) FROM bundle_index WHERE bundle = \(bundle)")
      heard.bind(bundle, at: 1)
      if try !heard.next() || heard.bytes(0) != bundling.heard() { isWhole = false }
      heard.restart()
      if !isWhole || count != hosts {
        problems.append("bundle \(bundle) is not that of its archives")
      }
    }
    let lost = try number(
      db,
      """
      SELECT count(*) FROM bundle b LEFT JOIN archive a ON a.id = b.archive
      WHERE a.id IS NULL OR a.grown_into IS NOT NULL OR a.is_pruned
      """)
    if lost > 0 { problems.append("\(lost) archives without facts are bundled") }
  }

  private static func number(_ db: Database, _ sql: String) throws -> Int64 {
    let select = try FactStatement(db, sql)
    defer { select.restart() }
    return try select.next() ? select.integer(0) : 0
  }

  /// What ports and addresses are numbers of, by which they are looked up.
  private static func numbersOfTexts(_ db: Database, _ problems: inout [String]) throws {
    let ports = try FactStatement(
      db,
      """
      SELECT t.value, p.number FROM text t LEFT JOIN port p ON p.text = t.id
      WHERE t.id IN (SELECT port FROM connection) OR p.text IS NOT NULL
      """)
    while try ports.next() {
      let text = ports.string(0)
      if portNumber(text) != (ports.isNull(1) ? nil : ports.number(1)) {
        problems.append("port '\(text)' has another number")
      }
    }
    let addresses = try FactStatement(
      db,
      """
      SELECT t.value, a.bytes FROM text t LEFT JOIN address a ON a.text = t.id
      WHERE t.id IN (SELECT address FROM connection) OR a.text IS NOT NULL
      """)
    while try addresses.next() {
      let text = addresses.bytes(0)
      let known = Address(text).map { StoredAddress.bytes(of: $0) }
      if known != (addresses.isNull(1) ? nil : addresses.bytes(1)) {
        problems.append("address '\(String(decoding: text, as: UTF8.self))' has other bytes")
      }
    }
  }

  /// Every value of every row.
  private static func values(_ db: Database, _ problems: inout [String]) throws {
    var reader = try FactReader(db, RecallPlan())
    try reader.readArchives()
    func each(
      _ columns: String, of table: String, _ body: (FactStatement) throws -> Void
    ) throws {
      let select = try FactStatement(db, "SELECT \(columns) FROM \(table)")
      while try select.next() {
        do {
          try body(select)
        } catch let damage as StoredDamage {
          problems.append("\(table): \(damage.reason)")
        }
      }
    }
    try each(FactReader.connectionColumns, of: "connection") { _ = try reader.connection($0) }
    try each(FactReader.processColumns, of: "process") { _ = try reader.processFact($0) }
    try each(FactReader.registryColumns, of: "registry_change") {
      _ = try reader.registryChange($0)
    }
    try each("source, direction, day, count", of: "connection_total") {
      _ = (try $0.source(0), try $0.direction(1), try $0.day(2), try $0.count(3, "count"))
    }
    try each("setting, value", of: "reading") {
      _ = (try $0.text(0, "setting"), try $0.text(1, "value"))
    }
    try each("rules, archives, suppressed", of: "judgement") {
      _ = (try $0.text(0, "rules"), try $0.text(1, "archives"), try $0.size(2, "suppressed"))
    }
    try each("finding, state", of: "reported") {
      _ = (try $0.text(0, "finding"), try $0.text(1, "state"))
    }
  }
}
