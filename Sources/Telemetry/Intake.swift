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

/// Connections that came before, by all that a line says of them but their times.
///
/// Most lines of an archive of connections say again what an earlier one said. Those cost one look-up
/// instead of one for each field.
struct KnownConnections: Sendable {
  /// What a line adds to when it says the same.
  struct Entry: Sendable {
    /// The index of the fact, for the day.
    var fact: Int
    var day: Int32
    var destinationName: TextID
    var host: TextID
    var isFromCollector: Bool
    var shape: Int
    /// The number of the reader's clock that tells when.
    var clock: Int
  }

  /// So many bytes of rows are kept; then it begins anew.
  private static let mostBytes = 32 << 20

  private var rows = TextTable()
  private var entries: [Entry] = []

  /// The index of the entry of a row; nil where it is not known.
  @inline(__always)
  func index(of row: UnsafeRawBufferPointer) -> Int? {
    unsafe rows.number(of: row).map { Int($0.raw) - 1 }
  }

  subscript(index: Int) -> Entry {
    @inline(__always) get { entries[index] }
    @inline(__always) set { entries[index] = newValue }
  }

  /// - Parameter row: Is not known.
  mutating func add(_ row: UnsafeRawBufferPointer, _ entry: Entry) {
    if rows.byteCount + row.count > Self.mostBytes { self = Self() }
    _ = unsafe rows.intern(row)
    entries.append(entry)
  }
}
