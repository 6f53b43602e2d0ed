import Facts
import Foundation
import GRDB
package import Scanning

/// What was read so far: archives by their content, and the facts of each, in one SQLite file.
///
/// Facts know no rule, so old nights answer new questions. Each archive comes in by one transaction:
/// a run that is killed loses at most the archive in hand, and the next run reads that again.
/// Only one task at a time may hold it.
package final class Ledger: @unchecked Sendable {
  let path: String
  let database: DatabaseQueue
  private var numbers = TextNumbers()
  private let lock: LedgerLock?

  /// What a ledger is opened for.
  package enum Purpose: Sendable {
    /// To ask what it holds, whoever else uses it.
    case asking
    /// To change what is there; nobody else may.
    case upkeep
    /// To add archives, making the ledger if need be. The settings are those that decide what facts are
    /// read, by name. Those of the first run hold for good: facts that were read otherwise would not
    /// add up.
    case adding([String: String])
  }

  /// - Throws: ``LedgerError``.
  package init(_ path: String, for purpose: Purpose) throws(LedgerError) {
    self.path = path
    let isThere = try Self.isThere(path)
    switch purpose {
    case .asking, .upkeep: guard isThere else { throw .missing(path: path) }
    case .adding: break
    }
    if case .asking = purpose { lock = nil } else { lock = try LedgerLock(ledger: path) }
    do {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(10)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      database = try DatabaseQueue(path: path, configuration: configuration)
      try Self.prepare(database, path)
    } catch let error as LedgerError {
      throw error
    } catch {
      throw Self.explained(error, path)
    }
    if case .adding(let reading) = purpose { try settle(reading) }
  }

  /// Whether there is a file; one that cannot be a ledger is refused before anything is written.
  private static func isThere(_ path: String) throws(LedgerError) -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    let first = FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: 16) } ?? nil
    guard first.map({ $0.isEmpty || $0.elementsEqual("SQLite format 3\0".utf8) }) ?? true else {
      throw .notALedger(path: path)
    }
    return true
  }

  private static func prepare(_ database: DatabaseQueue, _ path: String) throws {
    let (application, tables) = try database.read { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      )
    }
    guard tables == 0 || application == LedgerSchema.applicationID else {
      throw LedgerError.notALedger(path: path)
    }
    // Before there is any table: a run that is killed while it makes them leaves a ledger all the same.
    if application != LedgerSchema.applicationID {
      try database.write {
        try $0.execute(sql: "PRAGMA application_id = \(LedgerSchema.applicationID)")
      }
    }
    let migrator = LedgerSchema.migrator
    if try database.read(migrator.hasBeenSuperseded) { throw LedgerError.newer(path: path) }
    try migrator.migrate(database)
  }

  /// Runs `body`, and says what went wrong in the ledger's words.
  func attempt<R>(_ body: () throws -> R) throws(LedgerError) -> R {
    do {
      return try body()
    } catch let error as LedgerError {
      throw error
    } catch {
      throw Self.explained(error, path)
    }
  }

  private static func explained(_ error: any Error, _ path: String) -> LedgerError {
    guard let error = error as? DatabaseError else {
      return .failed(path: path, reason: "\(error)")
    }
    if error.resultCode == .SQLITE_NOTADB { return .notALedger(path: path) }
    return .failed(path: path, reason: error.message ?? "SQLite says \(error.resultCode)")
  }

  private func settle(_ reading: [String: String]) throws(LedgerError) {
    try attempt {
      try database.write { db in
        let rows = try Row.fetchAll(db, sql: "SELECT setting, value FROM reading")
        let there = Dictionary(
          uniqueKeysWithValues: rows.map { ($0["setting"] as String, $0["value"] as String) })
        for (setting, value) in reading.sorted(by: { $0.key < $1.key }) {
          if let known = there[setting], known != value {
            throw LedgerError.readOtherwise(
              path: path, setting: setting, there: known, asked: value)
          }
          if there[setting] == nil {
            try db.execute(
              sql: "INSERT INTO reading (setting, value) VALUES (?, ?)",
              arguments: [setting, value])
          }
        }
      }
    }
  }
}

// MARK: - What is known

extension Ledger {
  /// The settings under which its facts were read, by name.
  package func reading() throws(LedgerError) -> [String: String] {
    try attempt {
      try database.read { db in
        Dictionary(
          uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT setting, value FROM reading")
            .map { ($0["setting"] as String, $0["value"] as String) })
      }
    }
  }

  /// How long the archives are that the ledger holds, on disk.
  package func sizes() throws(LedgerError) -> Set<Int> {
    try attempt {
      try database.read { try Set(Int.fetchAll($0, sql: "SELECT DISTINCT bytes FROM archive")) }
    }
  }

  /// The files that have to be read, and of those that need not only the note that they are known.
  ///
  /// A file that another one of them begins with is known with that one.
  package func unread(_ files: [IdentifiedFile]) throws(LedgerError) -> [IdentifiedFile] {
    try attempt {
      let known = try database.read {
        try Set(String.fetchAll($0, sql: "SELECT sha256 FROM archive"))
      }
      let beginnings = files.reduce(into: Set<String>()) { $0.formUnion($1.prefixes) }
      var taken = known.union(beginnings)
      return files.filter { file in
        file.sha256.map { taken.insert($0).inserted } ?? true
      }
    }
  }
}

// MARK: - Adding

extension Ledger {
  /// Adds an archive that was read to its end, in one transaction; one that is known is left alone.
  ///
  /// - Parameter prefixes: Hashes of its beginnings: a known archive with one of them has grown into
  ///   this one, and its facts give way.
  /// - Throws: ``LedgerError``; the ledger is then as it was.
  package func add(_ archive: ScannedArchive, path: String, prefixes: Set<String>)
    throws(LedgerError)
  {
    do {
      try attempt {
        try database.write { db in
          let record = archive.record
          guard
            try Int.fetchOne(
              db, sql: "SELECT id FROM archive WHERE sha256 = ?", arguments: [record.sha256]) == nil
          else { return }
          try replace(prefixes, by: record.sha256, db)
          let id = try insert(archive, path: path, db)
          try FactWriter(archive: id, archive.facts, db, &numbers).write()
        }
      }
    } catch {
      // Numbers of texts that were given out in the transaction are void.
      numbers = TextNumbers()
      throw error
    }
  }

  private func replace(_ prefixes: Set<String>, by sha256: String, _ db: Database) throws {
    for prefix in prefixes.sorted() {
      guard
        let id = try Int64.fetchOne(
          db, sql: "SELECT id FROM archive WHERE sha256 = ? AND grown_into IS NULL",
          arguments: [prefix])
      else { continue }
      try Self.removeFacts(of: id, db)
      try db.execute(
        sql: "UPDATE archive SET grown_into = ? WHERE id = ?", arguments: [sha256, id])
    }
  }

  static func removeFacts(of archive: Int64, _ db: Database) throws {
    for table in ["connection", "connection_total", "process", "registry_change"] {
      try db.execute(sql: "DELETE FROM \(table) WHERE archive = ?", arguments: [archive])
    }
  }

  private func insert(_ archive: ScannedArchive, path: String, _ db: Database) throws -> Int64 {
    let record = archive.record
    let coverage = StoredCoverage(archive.facts.coverage, archive.facts.texts)
    try db.execute(
      sql: """
        INSERT INTO archive (sha256, name, path, bytes, unpacked_bytes, container, frames,
          damage_offset, damage_reason, damage_hint, coverage)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        record.sha256, record.name, path, record.bytes, record.unpackedBytes,
        record.container.rawValue, record.frames, record.damage?.offset, record.damage?.reason,
        record.damage?.hint, try coverage.json(),
      ])
    return db.lastInsertedRowID
  }
}
