package import Facts
import GRDB
package import Hunting
package import Scanning

/// What the ledger says to a question.
package struct Recalled: Sendable {
  /// The connections that were asked for and what joins them, and the coverage of all archives.
  package var scan = ScanResult()
  /// Of all connections, asked for or not.
  package var totals = ConnectionTotals()
  /// Where each archive comes from.
  package var origins: [ArchiveOrigin] = []
  /// Everybody's calls, where they were asked for.
  package var groups: BeaconGroups?
  /// The archives that came since the last night that was reported, by their numbers in `scan`.
  package var newArchives: [Int] = []
  /// Of these alone.
  package var newCoverage = Coverage()
  /// Senders of archives that came before and were understood.
  package var understoodSenders: Set<String> = []
}

/// What identifies an archive when it is looked for again.
package struct ArchiveOrigin: Sendable {
  /// A file that holds it, packed in whatever way.
  package struct Form: Sendable {
    /// Where it was when it was seen.
    package var path: String
    package var sha256: String
    package var bytes: Int

    package init(path: String, sha256: String, bytes: Int) {
      self.path = path
      self.sha256 = sha256
      self.bytes = bytes
    }
  }

  package var forms: [Form]
  /// The hash of what it unpacks to, as text, and the heads of that; nil where no version took them.
  package var content: String?
  package var heads: String

  package init(forms: [Form], content: String?, heads: String) {
    self.forms = forms
    self.content = content
    self.heads = heads
  }
}

extension Ledger {
  /// Recalls what a judgement has to know.
  ///
  /// - Throws: ``LedgerError``.
  /// - Complexity: O(*a* + *p* + *k* log *n*) for *a* archives, *p* distinct ports and the *k* connections
  ///   that are recalled out of *n*, where these are few; O(*n*) where they are many, or everybody's calls
  ///   are asked for.
  package func recall(_ plan: RecallPlan) throws(LedgerError) -> Recalled {
    try attempt {
      try database.read { db in
        var reader = try FactReader(db, plan)
        try reader.readWanted()
        reader.recalled.groups?.scoreAtOnce()
        try reader.readRest()
        return reader.recalled
      }
    }
  }

  /// The same, with beacons scored by several tasks.
  ///
  /// - Parameter workers: Maximum number of tasks at a time.
  package func recall(
    _ plan: RecallPlan, workers: Int
  ) async throws(LedgerError) -> Recalled {
    let (reader, version) = try attempt {
      try database.read { db in
        var reader = try FactReader(db, plan)
        try reader.readWanted()
        return (reader, try Self.version(db))
      }
    }
    var scored = reader
    await scored.recalled.groups?.score(atMost: workers)
    let whole = try attempt {
      try database.read { [scored] db -> Recalled? in
        // Another process may have written to it meanwhile.
        guard try Self.version(db) == version else { return nil }
        var reader = scored
        try reader.readRest()
        return reader.recalled
      }
    }
    return if let whole { whole } else { try recall(plan) }
  }

  /// Changes when another process has written to the ledger.
  private static func version(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0
  }
}

extension FactReader {
  /// What is recalled before it is known which processes matter.
  fileprivate mutating func readWanted() throws {
    try readArchives()
    try readRegistryChanges()
    try readConnections()
  }

  fileprivate mutating func readRest() throws {
    try readProcesses()
    try readTotals()
  }
}
