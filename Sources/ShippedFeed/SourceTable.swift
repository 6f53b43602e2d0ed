import Knowledge

/// A table of `intel/sources`: CSV with a header, and remarks after `#`.
struct SourceTable {
  struct Row {
    var line: Int
    var cells: [String: String]

    subscript(column: String) -> String { cells[column] ?? "" }
  }

  let file: String
  let header: [String]
  private(set) var rows: [Row] = []

  /// - Throws: ``FeedSourceError`` for a row that has other cells than the header.
  init(_ bytes: [UInt8], file: String) throws(FeedSourceError) {
    self.file = file
    var reader = DelimitedRows(bytes, separator: UInt8(ascii: ","), from: 0)
    var header: [String] = []
    while let row = reader.next() {
      let cells = row.cells.map { reader.text($0) }
      if header.isEmpty {
        header = cells
        continue
      }
      guard cells.count == header.count else {
        throw FeedSourceError(
          file, row.line, "\(cells.count) cells under a header of \(header.count)",
          hint: "a cell with a comma has to be in quotes")
      }
      rows.append(
        Row(line: row.line, cells: Dictionary(zip(header, cells)) { first, _ in first }))
    }
    self.header = header
  }

  /// - Throws: ``FeedSourceError`` where the columns are others.
  func require(_ columns: [String]) throws(FeedSourceError) {
    guard header == columns else {
      throw FeedSourceError(
        file, nil, "has other columns",
        hint: "its header is " + columns.joined(separator: ","))
    }
  }
}
