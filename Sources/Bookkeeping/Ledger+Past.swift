import GRDB
package import Hunting

extension Ledger {
  /// What a ledger held when a report was made of it.
  package struct Past: Sendable {
    /// The archives whose facts it held: names by SHA-256.
    package var archives: [String: String]
    /// With `--only-new`, what it knew of earlier nights.
    package var night: NightBefore?

    package init(archives: [String: String], night: NightBefore? = nil) {
      self.archives = archives
      self.night = night
    }
  }

  /// The ledger as it was, where it has changed since: a temporary copy, without the archives that came later
  /// and with what was told by then. The names of archives that it no longer holds, because they have grown,
  /// were pruned or forgotten, come beside.
  ///
  /// - Throws: ``LedgerError``.
  /// - Complexity: O(*n*) in the size of the ledger, where it has to be copied.
  package func asItWas(_ past: Past) throws(LedgerError) -> (ledger: Ledger, missing: [String]) {
    try attempt {
      let held = try database.read(Self.activeArchives)
      let missing = past.archives.filter { held[$0.key] == nil }.values.sorted()
      let later = held.filter { past.archives[$0.key] == nil }.map(\.value)
      guard !later.isEmpty || past.night != nil else { return (self, missing) }
      let copy = try LedgerFile.temporary()
      try database.backup(to: copy)
      try copy.write { db in
        for id in later {
          try Self.removeFacts(of: id, db)
          try db.execute(sql: "DELETE FROM packing WHERE archive = ?", arguments: [id])
          try db.execute(sql: "DELETE FROM archive WHERE id = ?", arguments: [id])
        }
        if let night = past.night { try Self.put(night, held, db) }
      }
      return (Ledger(path, holding: copy), missing)
    }
  }

  /// The numbers of archives whose facts it holds, by their SHA-256.
  private static func activeArchives(_ db: Database) throws -> [String: Int64] {
    var archives: [String: Int64] = [:]
    let select = try FactStatement(
      db, "SELECT sha256, id FROM archive WHERE grown_into IS NULL AND NOT is_pruned")
    while try select.next() { archives[select.string(0)] = select.integer(1) }
    return archives
  }

  private static func put(_ night: NightBefore, _ held: [String: Int64], _ db: Database) throws {
    try db.execute(sql: "DELETE FROM night; DELETE FROM reported; DELETE FROM judgement")
    let new = Set(night.newArchives)
    let first = held.filter { new.contains($0.key) }.values.min()
    if night.number > 1 {
      try db.execute(
        sql: """
          INSERT INTO night (number, told_s, archives_until)
          VALUES (?1, 0, coalesce(?2, (SELECT max(id) + 1 FROM archive), 1) - 1)
          """, arguments: [night.number - 1, first])
    }
    for (id, state) in night.reported {
      try db.execute(
        sql: "INSERT INTO reported (finding, state) VALUES (?, ?)", arguments: [id, state])
    }
  }
}
