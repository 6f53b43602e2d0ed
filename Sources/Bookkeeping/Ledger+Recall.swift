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
  /// How many archives came before of each sender that never sent one without an event; 0 of the others.
  package var archivesWithEvents: [String: Int] = [:]
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
  /// - Parameter workers: Maximum number of tasks that pass connections and score beacons.
  /// - Throws: ``LedgerError``.
  /// - Complexity: O(*a* + *p* + *k* log *n*) for *a* archives, *p* distinct ports and the *k* connections
  ///   that are recalled out of *n*, where these are few; O(*n*) where they are many, or everybody's calls
  ///   are asked for.
  package func recall(
    _ plan: RecallPlan, workers: Int
  ) async throws(LedgerError) -> Recalled {
    do {
      // One transaction: another process may write to it meanwhile.
      try ask { try $0.beginTransaction(.deferred) }
      defer { try? ask { if $0.isInsideTransaction { try $0.commit() } } }
      let (reader, hosts) = try begin(plan)
      guard let hosts else { return reader.recalled }
      if plan.looksAtCalls {
        hosts.restart(with: try await hosts.each(workers) { try $0.lookFirst() })
      }
      try hosts.take(try await hosts.each(workers) { try $0.lookAgain() }.compactMap(\.self))
      if plan.looksAtCalls { await hosts.score(workers) }
      return try hosts.finish()
    } catch {
      throw LedgerError(error, path: path)
    }
  }

  private func ask<R>(_ body: (Database) throws -> R) throws -> R { try database.unsafeRead(body) }

  /// Recalls what needs no pass of all hosts; where that is all, without any hosts.
  private func begin(_ plan: RecallPlan) throws -> (FactReader, HostSource?) {
    try ask { db in
      var reader = try FactReader(db, plan)
      try reader.readArchives()
      try reader.readRegistryChanges()
      let wanted = try reader.wantedConnections()
      guard try !plan.looksAtCalls && reader.areFew(wanted) else {
        return (reader, try HostSource(database, reader, wanted))
      }
      try reader.readFew(wanted)
      try reader.readRest()
      return (reader, nil)
    }
  }
}

extension FactReader {
  /// What is recalled once the connections are.
  mutating func readRest() throws {
    try readProcesses()
    try readTotals()
  }
}
