import Archives
import Facts
import Foundation
import GRDB
import Telemetry

extension Ledger {
  /// Where an archive was in each form in which it was seen.
  package struct Whereabouts: Sendable {
    package var name: String
    package var paths: [String]
  }

  /// The archives that are to be read again: those that are named, or all that hold lines which were not
  /// understood, or may have been, by an earlier reader.
  ///
  /// - Throws: ``LedgerError``, where nothing is called so.
  package func outdated(named names: [String]? = nil) throws(LedgerError) -> [Whereabouts] {
    try attempt {
      try database.read { db in
        let chosen: [Int64] =
          if let names {
            try names.flatMap { try ids(named: $0, db) }
          } else {
            try Int64.fetchAll(
              db,
              sql: """
                SELECT id FROM archive WHERE reader < \(ReaderVersion.current)
                  AND grown_into IS NULL AND NOT is_pruned
                  AND (reader < \(Self.firstCountingReader)
                    OR json_extract(coverage, '$.not_understood') > 0
                    OR json_extract(coverage, '$.observations') = 0)
                ORDER BY CAST(name AS BLOB), sha256
                """)
          }
        return try chosen.map { try whereabouts(of: $0, db) }
      }
    }
  }

  /// Those before it did not count lines that they did not understand.
  private static let firstCountingReader = 2

  private func whereabouts(of archive: Int64, _ db: Database) throws -> Whereabouts {
    let select = try FactStatement(
      db,
      """
      SELECT name, path FROM archive WHERE id = ?1
      UNION ALL SELECT NULL, path FROM packing WHERE archive = ?1
      """)
    select.bind(archive, at: 1)
    var whereabouts = Whereabouts(name: "", paths: [])
    while try select.next() {
      if !select.isNull(0) { whereabouts.name = select.string(0) }
      whereabouts.paths.append(select.string(1))
    }
    return whereabouts
  }

  /// The archives that have this name, were at this path, or whose SHA-256 begins with it (at least eight digits).
  private func ids(named name: String, _ db: Database) throws -> [Int64] {
    let digits = name.lowercased()
    let isHash =
      digits.utf8.count >= 8 && digits.utf8.count <= 64
      && digits.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    let ids = try Int64.fetchAll(
      db,
      sql: """
        SELECT id FROM archive WHERE name = ?1 OR path IN (?1, ?5) OR (?2 AND substr(sha256, 1, ?3) = ?4)
          OR id IN (SELECT archive FROM packing WHERE path IN (?1, ?5) OR (?2 AND substr(sha256, 1, ?3) = ?4))
        """,
      arguments: [
        name, isHash, digits.utf8.count, digits, URL(filePath: name).standardizedFileURL.path,
      ])
    guard !ids.isEmpty else { throw LedgerError.unknownArchive(path: path, name: name) }
    return ids
  }

  /// Forgets archives and their facts, with those that have grown into them: as if they had never been
  /// read.
  ///
  /// - Returns: How many.
  /// - Throws: ``LedgerError``, where nothing is called so; the ledger is then as it was.
  package func forget(_ names: [String]) throws(LedgerError) -> Int {
    let count = try attempt {
      try database.write { db in
        var forgotten = try Set(names.flatMap { try ids(named: $0, db) })
        var waiting = Array(forgotten)
        while let id = waiting.popLast() {
          let grown = try Int64.fetchAll(
            db,
            sql:
              "SELECT id FROM archive WHERE grown_into = (SELECT sha256 FROM archive WHERE id = ?)",
            arguments: [id])
          for id in grown where forgotten.insert(id).inserted { waiting.append(id) }
        }
        for id in forgotten {
          try Self.removeFacts(of: id, db)
          try db.execute(sql: "DELETE FROM packing WHERE archive = ?", arguments: [id])
          try db.execute(sql: "DELETE FROM archive WHERE id = ?", arguments: [id])
        }
        try removeLooseTexts(db)
        return forgotten.count
      }
    }
    numbers = TextNumbers()
    try attempt { try database.vacuum() }
    return count
  }

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
        try removeLooseTexts(db)
        return old.count
      }
    }
    numbers = TextNumbers()
    try attempt { try database.vacuum() }
    return count
  }

  private func removeLooseTexts(_ db: Database) throws {
    for column in ["port", "address"] {
      try db.execute(
        sql: """
          DELETE FROM \(column) WHERE text NOT IN
            (SELECT \(column) FROM connection WHERE \(column) IS NOT NULL)
          """)
    }
    let used = Self.textColumns.flatMap { table, columns in
      columns.map { "SELECT \($0) FROM \(table) WHERE \($0) IS NOT NULL" }
    }
    try db.execute(
      sql: "DELETE FROM text WHERE id NOT IN (\(used.joined(separator: " UNION ")))")
  }

  /// The columns that hold numbers of texts, by table.
  static let textColumns: KeyValuePairs = [
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
}
