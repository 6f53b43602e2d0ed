import Facts
import GRDB

extension Ledger {
  /// A table as people read it: numbers of texts are replaced by the texts.
  package enum Export: String, CaseIterable, Sendable {
    case archives, connections, processes

    package var columns: [String] {
      switch self {
      case .archives:
        [
          "name", "sha256", "bytes", "unpacked_bytes", "container", "damage", "grown_into",
          "content",
          "reader", "not_understood",
        ]
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
          SELECT name, sha256, bytes, unpacked_bytes, container, damage_reason, grown_into, content,
            reader, json_extract(coverage, '$.not_understood')
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
    do {
      try database.read { db in
        let select = try FactStatement(db, table.sql)
        while try select.next() {
          try body((0..<Int32(table.columns.count)).map { select.string($0) })
        }
      }
    } catch let error as DatabaseError {
      throw LedgerError(error, path: path)
    }
  }
}
