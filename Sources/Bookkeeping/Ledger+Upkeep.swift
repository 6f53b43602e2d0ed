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
    /// Of the ledger itself.
    package var bytes = 0
  }

  package func status() throws(LedgerError) -> Status {
    try attempt {
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
        status.bytes =
          try number("PRAGMA page_count") * (try number("PRAGMA page_size"))
        if let first = try Int32.fetchOne(db, sql: "SELECT min(day) FROM connection_total"),
          let last = try Int32.fetchOne(db, sql: "SELECT max(day) FROM connection_total")
        {
          status.days = first...last
        }
        return status
      }
    }
  }

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

  private static let textColumns: KeyValuePairs = [
    "connection": [
      "host", "image", "user", "parent", "address", "port", "transport", "original_file_name",
      "destination_name", "action", "address_type",
    ],
    "process": [
      "host", "image", "parent", "user", "original_file_name", "command_line", "hashes",
      "integrity_level", "logon_id", "process_id", "parent_command_line",
    ],
    "registry_change": ["host", "image", "user", "target", "details", "previous"],
  ]

  /// Forgets the facts of archives in which nothing was seen on or after a day. The archives stay known
  /// and are not read again.
  ///
  /// - Parameter day: Counted from 1970, UTC.
  /// - Returns: How many archives.
  package func prune(before day: Int32) throws(LedgerError) -> Int {
    let count = try attempt {
      try database.write { db in
        let old = try Int64.fetchAll(
          db,
          sql: """
            SELECT id FROM archive WHERE grown_into IS NULL AND NOT is_pruned
              AND coalesce((SELECT max(day) FROM connection_total c WHERE c.archive = archive.id), 0) < ?
              AND coalesce((SELECT max(time_ms) FROM process p WHERE p.archive = archive.id), 0)
                / 86400000 < ?
            """, arguments: [day, day])
        for id in old {
          try Self.removeFacts(of: id, db)
          try db.execute(sql: "UPDATE archive SET is_pruned = 1 WHERE id = ?", arguments: [id])
        }
        try db.execute(
          sql: """
            DELETE FROM port WHERE text NOT IN (\(Self.used("port")))
            """)
        try db.execute(
          sql: "DELETE FROM address WHERE text NOT IN (\(Self.used("address")))")
        try removeLooseTexts(db)
        return old.count
      }
    }
    try attempt { try database.vacuum() }
    return count
  }

  private static func used(_ column: String) -> String {
    "SELECT \(column) FROM connection WHERE \(column) IS NOT NULL"
  }

  private func removeLooseTexts(_ db: Database) throws {
    let used = Self.textColumns.flatMap { table, columns in
      columns.map { "SELECT \($0) FROM \(table) WHERE \($0) IS NOT NULL" }
    }
    try db.execute(
      sql: "DELETE FROM text WHERE id NOT IN (\(used.joined(separator: " UNION ")))")
  }
}

// MARK: - Export

extension Ledger {
  /// A table as people read it: numbers of texts are replaced by the texts.
  package enum Export: String, CaseIterable, Sendable {
    case archives, connections, processes

    package var columns: [String] {
      switch self {
      case .archives:
        ["name", "sha256", "bytes", "unpacked_bytes", "container", "damage", "grown_into"]
      case .connections:
        [
          "archive", "host", "Image", "User", "ParentImage", "process", "direction", "remote_ip",
          "port", "protocol", "destination_name", "count", "first_seen_ms", "last_seen_ms", "line",
        ]
      case .processes:
        [
          "archive", "host", "process", "time_ms", "Image", "ParentImage", "User",
          "OriginalFileName", "CommandLine", "Hashes", "IntegrityLevel", "LogonId", "ProcessId",
          "parent_process", "ParentCommandLine",
        ]
      }
    }

    fileprivate var sql: String {
      func text(_ column: String) -> String { "(SELECT value FROM text WHERE id = f.\(column))" }
      let process =
        "CASE typeof(f.process) WHEN 'blob' THEN lower(hex(f.process)) ELSE f.process END"
      let archive = "(SELECT name FROM archive WHERE id = f.archive)"
      switch self {
      case .archives:
        return """
          SELECT name, sha256, bytes, unpacked_bytes, container, damage_reason, grown_into
          FROM archive ORDER BY CAST(name AS BLOB), sha256
          """
      case .connections:
        let names = Direction.allCases.map { "WHEN \($0.rawValue) THEN '\($0)'" }
        return """
          SELECT \(archive), \(text("host")), \(text("image")), \(text("user")), \(text("parent")),
            \(process), CASE f.direction \(names.joined(separator: " ")) END, \(text("address")),
            \(text("port")), \(text("transport")), \(text("destination_name")), f.count, f.first_ms,
            f.last_ms, f.line
          FROM connection f ORDER BY f.archive, f.offset, f.number
          """
      case .processes:
        return """
          SELECT \(archive), \(text("host")), \(process), f.time_ms, \(text("image")),
            \(text("parent")), \(text("user")), \(text("original_file_name")),
            \(text("command_line")), \(text("hashes")), \(text("integrity_level")),
            \(text("logon_id")), \(text("process_id")),
            CASE typeof(f.parent_process) WHEN 'blob' THEN lower(hex(f.parent_process))
              ELSE f.parent_process END, \(text("parent_command_line"))
          FROM process f ORDER BY f.archive, f.time_ms, f.process
          """
      }
    }
  }

  /// Hands out the rows of a table, one by one.
  package func export(_ table: Export, _ body: ([String]) throws -> Void) throws {
    try database.read { db in
      let select = try FactStatement(db, table.sql)
      while try select.next() {
        try body((0..<Int32(table.columns.count)).map { select.string($0) })
      }
    }
  }
}
