package import Facts

/// What one reader's lines of one archive have said so far.
package struct WorkerFacts: Sendable {
  package var table = FactTable()
  var notes = CoverageNotes()

  package init() {}

  /// All of it, as a table of facts.
  package consuming func facts() -> FactTable {
    notes.add(to: &table.coverage)
    return table
  }
}
