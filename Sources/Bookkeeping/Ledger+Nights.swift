package import Facts
import GRDB
import Hunting
import Scanning

/// The nights that were told: a night is all that came since the last report that was delivered.
package struct Night: Equatable, Sendable {
  /// From 1; the first one that has not been told.
  package var number: Int
  /// When the one before was told, in seconds since 1970.
  package var lastToldSecond: Int64?
  /// Archives with a higher number are new.
  package var archivesUntil: Int64
}

extension Ledger {
  package func night() throws(LedgerError) -> Night {
    try attempt { try database.read { try Self.night($0) } }
  }

  static func night(_ db: Database) throws -> Night {
    // A ledger of an earlier version that is only read has no nights.
    guard try db.tableExists("night"),
      let row = try Row.fetchOne(
        db, sql: "SELECT number, told_s, archives_until FROM night ORDER BY number DESC LIMIT 1")
    else { return Night(number: 1, archivesUntil: 0) }
    return Night(
      number: row["number"] + 1, lastToldSecond: row["told_s"], archivesUntil: row["archives_until"]
    )
  }

  /// Ends the night, once its report was delivered; what came since belongs to the next one.
  static func endNight(_ db: Database, at second: Int64) throws {
    try db.execute(
      sql: """
        INSERT INTO night (number, told_s, archives_until)
        VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM archive))
        """, arguments: [try night(db).number, second])
  }

  /// How much was heard of each host, in all archives.
  package func hosts() throws(LedgerError) -> [HostCoverage] {
    try attempt {
      try database.read { db in
        var reader = try FactReader(db, RecallPlan())
        try reader.readArchives()
        return Array(reader.recalled.scan.facts.coverage.hosts.values)
      }
    }
  }
}
