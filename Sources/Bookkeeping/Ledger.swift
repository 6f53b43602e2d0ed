import Facts
import Foundation
import GRDB

/// What was read so far: archives by their content, and the facts of each, in one SQLite file.
///
/// Facts know no rule, so old nights answer new questions. Each archive comes in by one transaction:
/// a run that is killed loses at most the archive in hand, and the next run reads that again.
/// Only one task at a time may hold it.
package final class Ledger: @unchecked Sendable {
  let path: String
  let database: DatabaseQueue
  var numbers = TextNumbers()
  private let lock: LedgerLock?

  /// What a ledger is opened for.
  package enum Purpose: Sendable {
    /// To query it, even while another process uses it. Nothing is written, neither to it nor beside it.
    case asking
    /// To change what is there; no other process may meanwhile.
    case upkeep
    /// To add archives, making the ledger if need be. The settings are those that decide what facts are
    /// read, by name. Those of the first run hold for good: facts that were read otherwise would not
    /// add up.
    case adding([String: String])
  }

  /// - Throws: ``LedgerError``.
  package init(_ path: String, for purpose: Purpose) throws(LedgerError) {
    self.path = path
    let isThere = try LedgerFile.isThere(path)
    switch purpose {
    case .asking, .upkeep: guard isThere else { throw .missing(path: path) }
    case .adding: break
    }
    do {
      if case .asking = purpose {
        lock = nil
        database = try LedgerFile.openForAsking(path)
      } else {
        if !isThere { LedgerFile.create(path) }
        let lock = try LedgerLock(ledger: path, creates: !isThere)
        self.lock = lock
        database = try LedgerFile.openForWriting(path, locked: lock)
      }
    } catch {
      throw LedgerError(error, path: path)
    }
    if case .adding(let reading) = purpose { try settle(reading) }
  }

  /// A ledger that is a copy in a temporary file, to query it.
  init(_ path: String, holding copy: DatabaseQueue) {
    self.path = path
    database = copy
    lock = nil
  }

  deinit {
    if lock != nil { LedgerFile.endWriting(database) }
    // Before the lock's own descriptor is closed.
    try? database.close()
  }

  /// Runs `body`, and says what went wrong in the ledger's words.
  func attempt<R>(_ body: () throws -> R) throws(LedgerError) -> R {
    do {
      return try body()
    } catch {
      throw LedgerError(error, path: path)
    }
  }
}

// MARK: - How its facts were read

extension Ledger {
  /// The settings under which its facts were read, by name.
  package func reading() throws(LedgerError) -> [String: String] {
    try attempt { try database.read(Self.reading) }
  }

  private static func reading(_ db: Database) throws -> [String: String] {
    let select = try FactStatement(db, "SELECT setting, value FROM reading")
    var reading: [String: String] = [:]
    while try select.next() { reading[select.string(0)] = select.string(1) }
    return reading
  }

  /// Refuses settings that are not those of the facts it holds.
  ///
  /// - Parameter asked: Those that this run has an opinion on, by name.
  package func require(_ asked: [String: String]) throws(LedgerError) {
    let there = try reading()
    for (setting, value) in asked.sorted(by: { $0.key < $1.key }) {
      if let known = there[setting], known != value {
        throw .readOtherwise(path: path, setting: setting, there: known, asked: value)
      }
    }
  }

  private func settle(_ reading: [String: String]) throws(LedgerError) {
    try require(reading)
    let there = try self.reading()
    let missing = reading.filter { there[$0.key] == nil }.sorted { $0.key < $1.key }
    // A transaction costs a wait for the disk, also one that changes nothing.
    guard !missing.isEmpty else { return }
    try attempt {
      try database.write { db in
        for (setting, value) in missing {
          try db.execute(
            sql: "INSERT INTO reading (setting, value) VALUES (?, ?)", arguments: [setting, value])
        }
      }
    }
  }
}
