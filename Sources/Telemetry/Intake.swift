package import Facts

/// What one reader's lines of one archive have said so far.
package struct Intake: Sendable {
  package var table = FactTable()
  var notes = CoverageNotes()
  var known = KnownConnections()

  package init() {}

  /// All of it, as a table of facts.
  package func facts() -> FactTable {
    var whole = table
    notes.add(to: &whole.coverage)
    return whole
  }
}
