import Archives
import Facts
import Foundation
import GRDB
import Hashing
package import Scanning
import Telemetry

// MARK: - What is known

extension Ledger {
  /// Archives whose lines were not all understood, by a reader that knew less than this one.
  private static let outdated = """
    reader < \(ReaderVersion.current) AND grown_into IS NULL AND NOT is_pruned
      AND (json_extract(coverage, '$.not_understood') > 0
        OR json_extract(coverage, '$.observations') = 0)
    """

  /// What there is to compare files with.
  package func knownArchives() throws(LedgerError) -> KnownArchives {
    try attempt {
      try database.read { db in
        var known = KnownArchives()
        var entries: [Int64: KnownArchives.Entry] = [:]
        let archives = try FactStatement(
          db,
          """
          SELECT id, sha256, content, unpacked_bytes, heads, \(Self.outdated), bytes FROM archive
          """)
        while try archives.next() {
          let entry = KnownArchives.Entry(
            content: archives.isNull(2) ? nil : archives.string(2), bytes: Int(archives.integer(3)),
            heads: archives.string(4), isOutdated: archives.integer(5) != 0)
          entries[archives.integer(0)] = entry
          known.packings[archives.string(1)] = entry
          if entry.content == nil { known.unhashedSizes.insert(Int(archives.integer(6))) }
        }
        let packings = try FactStatement(db, "SELECT sha256, archive FROM packing")
        while try packings.next() {
          known.packings[packings.string(0)] = entries[packings.integer(1)]
        }
        return known
      }
    }
  }

  /// The files that have to be read. A file that another one of them begins with is known with that one.
  package func unread(_ files: [IdentifiedFile], besides known: KnownArchives) -> [IdentifiedFile] {
    var taken = Set(known.packings.values.lazy.filter { !$0.isOutdated }.compactMap(\.content))
    for file in files { taken.formUnion(file.beginnings) }
    var packings: Set<String> = []
    return files.filter { file in
      guard let sha256 = file.sha256 else { return true }
      if let entry = file.known, !entry.isOutdated { return false }
      guard packings.insert(sha256).inserted else { return false }
      guard let content = file.content ?? file.known?.content else { return true }
      return taken.insert(content).inserted
    }
  }
}

// MARK: - Adding

/// An archive that the ledger has a row of.
private struct KnownRow {
  var id: Int64
  var sha256: String
  var path: String
  var bytes: Int
  var isOutdated: Bool
  /// Whether it is known without facts, grown into another one or pruned.
  var isWithoutFacts: Bool
}

extension Ledger {
  /// Adds an archive that was read to its end, in one transaction; one that is known is left alone, unless
  /// it was to be read again.
  ///
  /// Known archives that it begins with have grown into this one: their facts give way.
  ///
  /// - Parameter file: What was known of it before it was read.
  /// - Throws: ``LedgerError``; the ledger is then as it was.
  package func add(_ archive: ScannedArchive, of file: IdentifiedFile) throws(LedgerError) {
    do {
      try attempt {
        try database.write { db in
          let record = archive.record
          let content = archive.content?.text
          let known = try Self.row(record.sha256, content, db)
          if let known {
            guard file.known?.isOutdated == true || known.isOutdated, !known.isWithoutFacts else {
              try Self.note(
                record.sha256, at: file.absolutePath, bytes: record.bytes, of: known.id, db)
              return
            }
            try Self.removeFacts(of: known.id, db)
            try db.execute(sql: "DELETE FROM archive WHERE id = ?", arguments: [known.id])
          }
          try replaceBeginnings(of: file, by: record.sha256, db)
          try insert(archive, of: file, content, id: known?.id, db)
          let id = db.lastInsertedRowID
          if let known {
            try Self.note(known.sha256, at: known.path, bytes: known.bytes, of: id, db)
          }
          try FactWriter(archive: id, archive.facts, db, &numbers).write()
        }
      }
    } catch {
      // Numbers of texts that were given out in the transaction are void.
      numbers = TextNumbers()
      throw error
    }
  }

  private static func row(_ sha256: String, _ content: String?, _ db: Database) throws -> KnownRow?
  {
    let select = try FactStatement(
      db,
      """
      SELECT id, sha256, path, bytes, \(outdated), grown_into IS NOT NULL OR is_pruned FROM archive
      WHERE sha256 = ?1 OR content = ?2 OR id = (SELECT archive FROM packing WHERE sha256 = ?1)
      ORDER BY content IS ?2 DESC
      """)
    select.bind(sha256, at: 1)
    if let content { select.bind(content, at: 2) }
    guard try select.next() else { return nil }
    defer { select.restart() }
    return KnownRow(
      id: select.integer(0), sha256: select.string(1), path: select.string(2),
      bytes: Int(select.integer(3)), isOutdated: select.integer(4) != 0,
      isWithoutFacts: select.integer(5) != 0)
  }

  /// Keeps another form in which an archive was seen.
  private static func note(
    _ sha256: String, at path: String, bytes: Int, of archive: Int64, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO packing (sha256, archive, path, bytes) SELECT ?1, ?2, ?3, ?4
        WHERE NOT EXISTS (SELECT 1 FROM archive WHERE sha256 = ?1)
        """, arguments: [sha256, archive, path, bytes])
  }

  private func replaceBeginnings(of file: IdentifiedFile, by sha256: String, _ db: Database) throws
  {
    for (column, hashes) in [("content", file.beginnings), ("sha256", file.packedBeginnings)] {
      for hash in hashes.sorted() {
        let ids = try Int64.fetchAll(
          db, sql: "SELECT id FROM archive WHERE \(column) = ? AND grown_into IS NULL",
          arguments: [hash])
        for id in ids { try Self.replace(id, by: sha256, db) }
      }
    }
  }

  private static func replace(_ archive: Int64, by sha256: String, _ db: Database) throws {
    try removeFacts(of: archive, db)
    try db.execute(
      sql: "UPDATE archive SET grown_into = ? WHERE id = ?", arguments: [sha256, archive])
  }

  /// The tables that hold facts of archives.
  static let factTables = [
    "connection", "connection_index", "connection_total", "process", "registry_change",
  ]

  static func removeFacts(of archive: Int64, _ db: Database) throws {
    try unbundle(archive, db)
    for table in factTables {
      try db.execute(sql: "DELETE FROM \(table) WHERE archive = ?", arguments: [archive])
    }
  }

  private func insert(
    _ archive: ScannedArchive, of file: IdentifiedFile, _ content: String?, id: Int64?,
    _ db: Database
  ) throws {
    let record = archive.record
    let coverage = archive.facts.coverage
    try db.execute(
      sql: """
        INSERT INTO archive (id, sha256, name, path, bytes, unpacked_bytes, container, frames,
          damage_offset, damage_reason, damage_hint, coverage, hosts, content, heads, reader)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, record.sha256, record.name, file.absolutePath, record.bytes, record.unpackedBytes,
        record.container.rawValue, record.frames, record.damage?.offset, record.damage?.reason,
        record.damage?.hint, try StoredCoverage(coverage).json(),
        Data(StoredHosts.bytes(of: coverage.hosts, archive.facts.texts)), content, file.heads,
        ReaderVersion.current,
      ])
  }
}

extension IdentifiedFile {
  /// Where it is found again from whatever folder.
  fileprivate var absolutePath: String {
    file.kind == .stream ? file.path : URL(filePath: file.path).standardizedFileURL.path
  }
}

// MARK: - Files that need not be read

extension Ledger {
  /// Keeps what was found out about files that were not read: other forms of known archives, beginnings of
  /// others, and hashes that earlier versions did not take.
  ///
  /// - Parameter files: All that were identified, once those that had to be were added.
  package func note(_ files: [IdentifiedFile]) throws(LedgerError) {
    let unnoted = files.filter { $0.sha256 != nil && $0.content != nil && $0.known?.content == nil }
    guard !unnoted.isEmpty else { return }
    try attempt {
      try database.write { db in
        for file in unnoted { try note(file, among: files, db) }
      }
    }
  }

  private func note(_ file: IdentifiedFile, among files: [IdentifiedFile], _ db: Database) throws {
    guard let sha256 = file.sha256, let content = file.content else { return }
    let unhashed = try Int64.fetchOne(
      db, sql: "SELECT id FROM archive WHERE sha256 = ? AND content IS NULL", arguments: [sha256])
    let same = try Row.fetchOne(
      db, sql: "SELECT id, sha256 FROM archive WHERE content = ?", arguments: [content])
    if let same, let first: Int64 = same["id"] {
      // A version that knew archives by their packed bytes alone has counted both.
      if let unhashed { try Self.replace(unhashed, by: same["sha256"] ?? sha256, db) }
      try Self.note(sha256, at: file.absolutePath, bytes: file.bytes, of: first, db)
    } else if let unhashed {
      try db.execute(
        sql: "UPDATE archive SET content = ?, heads = ? WHERE id = ?",
        arguments: [content, file.heads, unhashed])
    } else if let whole = files.first(where: { $0.beginnings.contains(content) })?.sha256,
      try Self.row(whole, nil, db) != nil
    {
      let record = ArchiveRecord(
        name: file.file.name, sha256: sha256, bytes: file.bytes, unpackedBytes: file.contentBytes,
        container: .plain, frames: 0)
      try insert(ScannedArchive(record: record, facts: FactTable()), of: file, content, id: nil, db)
      try Self.replace(db.lastInsertedRowID, by: whole, db)
    }
  }
}
