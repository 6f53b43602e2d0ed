import GRDB
package import Hunting

extension Ledger {
  /// Leaves in a verdict what was not reported before or has changed since, findings with their status.
  package func keepNews(in verdict: inout Verdict) throws(LedgerError) -> News {
    News(in: &verdict, reported: try reported())
  }

  private func reported() throws(LedgerError) -> [String: String] {
    try attempt {
      try database.read { db in
        let select = try FactStatement(db, "SELECT finding, state FROM reported")
        var reported: [String: String] = [:]
        while try select.next() {
          reported[try select.text(0, "finding")] = try select.text(1, "state")
        }
        return reported
      }
    }
  }

  /// Remembers what was reported, and ends the night. Only after it was: a run that is killed in between
  /// reports it again.
  ///
  /// - Parameters:
  ///   - second: Now, since 1970.
  ///   - night: How the night was judged, where the same judgement of the same facts would have nothing to tell.
  package func remember(
    _ news: News, at second: Int64, _ night: JudgedNight? = nil
  ) throws(LedgerError) {
    try attempt {
      try database.write { db in
        for (id, state) in news.states.sorted(by: { $0.key < $1.key }) {
          try db.execute(
            sql: "INSERT OR REPLACE INTO reported (finding, state) VALUES (?, ?)",
            arguments: [id, state])
        }
        try Self.keep(night, db)
        try Self.endNight(db, at: second)
      }
    }
  }
}
