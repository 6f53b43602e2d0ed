import Foundation
import GRDB
import Hashing

/// The judgement of the last night that was told.
package struct JudgedNight: Equatable, Sendable {
  /// What it was judged by: everything that decides a judgement beside the facts, as one text.
  package var rules: String
  /// Rows that suppressions kept out.
  package var suppressed: Int

  package init(rules: String, suppressed: Int) {
    self.rules = rules
    self.suppressed = suppressed
  }
}

extension Ledger {
  /// The judgement of the last night that was told, where it left nothing to tell and the ledger holds the facts
  /// that it was about, no more and no less.
  ///
  /// - Complexity: O(*a*) in the archives.
  package func judgedNight() throws(LedgerError) -> JudgedNight? {
    try attempt {
      try database.read { db in
        let select = try FactStatement(db, "SELECT rules, archives, suppressed FROM judgement")
        guard try select.next() else { return nil }
        defer { select.restart() }
        guard try select.text(1, "archives") == Self.archives(db) else { return nil }
        return JudgedNight(
          rules: try select.text(0, "rules"), suppressed: try select.size(2, "suppressed"))
      }
    }
  }

  static func keep(_ night: JudgedNight?, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM judgement")
    guard let night else { return }
    try db.execute(
      sql: "INSERT INTO judgement (rules, archives, suppressed) VALUES (?, ?, ?)",
      arguments: [night.rules, try archives(db), night.suppressed])
  }

  /// A hash of what decides which facts there are.
  private static func archives(_ db: Database) throws -> String {
    let select = try FactStatement(
      db,
      """
      SELECT id, sha256, reader, name FROM archive
      WHERE grown_into IS NULL AND NOT is_pruned ORDER BY id
      """)
    var text = ""
    while try select.next() {
      text += "\(select.integer(0)) \(select.string(1)) \(select.integer(2)) \(select.string(3))\n"
    }
    return SHA256.hexadecimal(of: Array(text.utf8))
  }
}
