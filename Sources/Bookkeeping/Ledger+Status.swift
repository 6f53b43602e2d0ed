import Facts
import GRDB

extension Ledger {
  /// What is in a ledger, in numbers.
  package struct Status: Equatable, Sendable {
    package var archives = 0
    /// Archives that have grown into others, or whose facts were pruned: known, and without facts.
    package var archivesWithoutFacts = 0
    package var damagedArchives = 0
    /// On disk.
    package var archiveBytes = 0
    package var connectionFacts = 0
    package var connections = 0
    package var processFacts = 0
    package var registryChanges = 0
    package var texts = 0
    /// The first and the last UTC day, counted from 1970; nil without times.
    package var days: ClosedRange<Int32>?
    package var reported = 0
    /// Lines that name Sysmon and were not understood.
    package var notUnderstoodLines = 0
    /// Archives that a reader which knew less has read, and which are worth reading again.
    package var outdatedArchives = 0
    /// Of the ledger itself.
    package var bytes = 0
  }

  package func status() throws(LedgerError) -> Status {
    let outdated = try outdated().count
    return try attempt {
      try database.read { db in
        func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
        var status = Status()
        let active = "FROM archive WHERE grown_into IS NULL AND NOT is_pruned"
        status.archives = try number("SELECT count(*) \(active)")
        status.archivesWithoutFacts = try number("SELECT count(*) FROM archive") - status.archives
        status.damagedArchives = try number(
          "SELECT count(*) \(active) AND damage_offset IS NOT NULL")
        status.archiveBytes = try number("SELECT sum(bytes) \(active)")
        status.connectionFacts = try number("SELECT count(*) FROM connection")
        status.connections = try number("SELECT sum(count) FROM connection_total")
        status.processFacts = try number("SELECT count(*) FROM process")
        status.registryChanges = try number("SELECT count(*) FROM registry_change")
        status.texts = try number("SELECT count(*) FROM text")
        status.reported = try number("SELECT count(*) FROM reported")
        status.notUnderstoodLines = try number(
          "SELECT sum(json_extract(coverage, '$.not_understood')) \(active)")
        status.bytes =
          try number("PRAGMA page_count") * (try number("PRAGMA page_size"))
        if let first = try Int32.fetchOne(db, sql: "SELECT min(day) FROM connection_total"),
          let last = try Int32.fetchOne(db, sql: "SELECT max(day) FROM connection_total")
        {
          status.days = first...last
        }
        status.outdatedArchives = outdated
        return status
      }
    }
  }
}
