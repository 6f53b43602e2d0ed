import GRDB

extension Ledger {
  /// Everything that is wrong: nothing, in a ledger that only oddport has written to.
  ///
  /// - Complexity: O(*n*) in the size of the ledger.
  package func problems() throws(LedgerError) -> [String] {
    try attempt {
      try database.read { db in
        var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        func tell(_ what: String, _ sql: String) throws {
          for row in try Row.fetchAll(db, sql: sql) {
            problems.append("\(what): archive \(row[0] as String? ?? "?")")
          }
        }
        try tell(
          "connections do not add up to their total",
          """
          SELECT a.sha256 FROM archive a WHERE
            (SELECT total(count) FROM connection WHERE archive = a.id)
            <> (SELECT total(count) FROM connection_total WHERE archive = a.id)
          """)
        for table in ["connection", "connection_total", "process", "registry_change"] {
          try tell(
            "facts of an archive that has none, in \(table)",
            """
            SELECT sha256 FROM archive WHERE (grown_into IS NOT NULL OR is_pruned)
              AND id IN (SELECT archive FROM \(table))
            """)
          try tell(
            "facts of no archive, in \(table)",
            """
            SELECT DISTINCT CAST(archive AS TEXT) FROM \(table)
            WHERE archive NOT IN (SELECT id FROM archive)
            """)
        }
        for (table, columns) in Self.textColumns {
          for column in columns {
            let lost =
              try Int.fetchOne(
                db,
                sql: """
                  SELECT count(*) FROM \(table)
                  WHERE \(column) IS NOT NULL AND \(column) NOT IN (SELECT id FROM text)
                  """) ?? 0
            if lost > 0 { problems.append("\(lost) texts of \(table).\(column) are missing") }
          }
        }
        for row in try Row.fetchAll(db, sql: "SELECT sha256, coverage FROM archive") {
          if (try? StoredCoverage(json: row["coverage"])) == nil {
            problems.append("coverage cannot be read: archive \(row["sha256"] as String)")
          }
        }
        return problems
      }
    }
  }
}
