package import Facts

/// What one reader's lines of one archive have said so far.
package struct WorkerFacts: Sendable {
  package var table = FactTable()
  var notes = CoverageNotes()

  package init() {}

  /// All of it, as a table of facts.
  package consuming func facts() -> FactTable {
    notes.add(to: &table.coverage)
    // What was noted before an event was seen: also where nothing is merged with this table.
    if table.coverage.isSysmonSeen { table.coverage.firstNaming = nil }
    return table
  }
}
