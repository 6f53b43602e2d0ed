import Diagnostics
import Facts

/// CSV (RFC 4180), or the same with semicolons or tabs, with a header in any order; lines that begin with
/// `#` are remarks, the last of which may be the header.
struct IntelTable {
  private let separator: UInt8
  private var line = 1
  private var reader: IntelRecordReader
  private var templates = EntryTemplates()
  private let columns: [IntelColumn?]
  private let firstRow: Int
  /// By column, where its name is not known.
  private let unknown: [UnknownName?]
  private(set) var unusedColumns: [String] = []

  /// Nil for what has no header that names a port, an address or a name.
  ///
  /// - Throws: ``JobFileError`` where a column looks like a misspelt condition: to leave it out would
  ///   make the entries wider.
  init?(_ bytes: [UInt8], from start: Int, file: String) throws(JobFileError) {
    guard let header = Self.header(bytes, from: start) else { return nil }
    let columns = Self.columns(header.names)
    for (name, column) in zip(header.names, columns) where column == nil {
      if let meant = IntelColumn.meant(by: name, besides: columns) {
        throw JobFileError(
          file, header.line, "unknown column \(quoted(name))", hint: "did you mean '\(meant)'?")
      }
      unusedColumns.append(name)
    }
    self.columns = columns
    unknown = zip(header.names, columns).map { $1 == nil ? UnknownName($0) : nil }
    separator = header.separator
    firstRow = header.line
    reader = IntelRecordReader(source: file.split(separator: "/").last.map(String.init) ?? file)
  }

  /// What the columns mean. A URL is what to look for only where no other column says that: in feeds of our
  /// own it says where to read more.
  private static func columns(_ names: [String]) -> [IntelColumn?] {
    let columns = names.map { IntelColumn($0) }
    guard !columns.contains(where: { $0?.isSubject == true }) else { return columns }
    return zip(names, columns).map { name, column in
      IntelColumn.plain(name) == "url" ? .value : column
    }
  }

  private struct Header {
    var names: [String]
    var separator: UInt8
    var line: Int
  }

  /// The first line that is not a remark, or the last remark before it.
  private static func header(_ bytes: [UInt8], from start: Int) -> Header? {
    var remark: Header?
    var at = start
    var line = 0
    while at < bytes.count {
      let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
      line += 1
      var text = String(decoding: bytes[at..<end], as: UTF8.self).trimmed
      at = end + 1
      // As Excel has it told which sign is between cells.
      if text.isEmpty || text.hasPrefix("sep=") && text.utf8.count == 5 { continue }
      let isRemark = text.hasPrefix("#")
      while text.hasPrefix("#") { text = String(text.dropFirst()).trimmed }
      // As Zeek begins its own.
      if isRemark, text.hasPrefix("fields\t") { text = String(text.dropFirst(7)) }
      // An introduction of abuse.ch has some ten lines.
      if isRemark {
        if let found = names(text, line), found.names.count > 1 { remark = found }
        if line > 1_000 { return nil }
        continue
      }
      return names(text, line) ?? remark.flatMap { fits($0, text) ? $0 : nil }
    }
    return nil
  }

  /// Whether a remark has as many cells as the first row, and so may be its header.
  private static func fits(_ header: Header, _ row: String) -> Bool {
    var rows = DelimitedRows(Array(row.utf8), separator: header.separator, from: 0)
    return rows.next()?.cells.count == header.names.count
  }

  private static func names(_ text: String, _ line: Int) -> Header? {
    var best: Header?
    for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")] {
      var rows = DelimitedRows(Array(text.utf8), separator: separator, from: 0)
      guard let row = rows.next() else { continue }
      let names = row.cells.map { rows.text($0).trimmed }
      let columns = Self.columns(names)
      guard columns.contains(where: { $0?.isSubject == true }) else { continue }
      // A header names things: among its cells is neither a port nor an address.
      guard !names.contains(where: { Int($0) != nil || Address($0) != nil }) else { continue }
      if best.map({ $0.names.count < names.count }) ?? true {
        best = Header(names: names, separator: separator, line: line)
      }
    }
    return best
  }

  /// The line of what is a header by all but its names: words in as many cells as the row after it has, which
  /// says something to look for. A plain list would take a number in any of its cells for a port.
  static func lineOfUnknownHeader(_ bytes: [UInt8], from start: Int) -> Int? {
    for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
      var rows = DelimitedRows(bytes, separator: separator, from: start)
      guard let head = rows.next(), head.cells.count > 1, let row = rows.next(),
        row.cells.count == head.cells.count
      else { continue }
      let names = head.cells.map { rows.text($0).trimmed }
      let isHead = names.allSatisfy { name in
        name.utf8.contains { (0x61...0x7A).contains($0 | 0x20) }
          && (try? IntelValue(name)) == nil && !name.contains("/")
      }
      let isRow = row.cells.contains { cell in
        (try? IntelValue(rows.text(cell).trimmed)).map { !$0.addresses.isEmpty } ?? false
      }
      if isHead, isRow { return head.line }
    }
    return nil
  }

  /// Reads the rows that are whole.
  ///
  /// - Parameter isLast: Whether nothing follows `bytes`.
  /// - Returns: Where the first one that is not whole begins.
  mutating func read(
    _ bytes: [UInt8], from start: Int, isLast: Bool, into entries: inout IntelEntries
  ) -> Int {
    var rows = DelimitedRows(bytes, separator: separator, from: start, line: line)
    var row = DelimitedRows.Row(line: line)
    var record = IntelRecord()
    var cells: [EntryCell] = []
    while true {
      line = rows.line
      let next = rows.at
      guard rows.read(into: &row) else { return isLast ? bytes.count : rows.isCut ? next : rows.at }
      if rows.isCut, !isLast { return next }
      guard row.line > firstRow else { continue }
      entries.begin(line: row.line)
      guard row.cells.count == columns.count else {
        entries.refuse(
          row.cells.map { rows.text($0) }.joined(separator: ","),
          "\(row.cells.count) cells under a header of \(columns.count)")
        continue
      }
      cells.removeAll(keepingCapacity: true)
      for (index, cell) in row.cells.enumerated() {
        cells.append(
          EntryCell(
            column: columns[index], unknown: unknown[index], name: index, range: cell.range))
      }
      if let outcome = templates.outcome(cells, in: bytes) {
        entries.take(outcome, of: cells, in: bytes)
        continue
      }
      record.clear()
      for (column, cell) in zip(columns, row.cells) where !cell.range.isEmpty {
        guard let column, column != .description else { continue }
        record.take(rows.text(cell).trimmed, of: column)
      }
      for (index, name) in unknown.enumerated() where !row.cells[index].range.isEmpty {
        guard let name else { continue }
        record.passOver(rows.text(row.cells[index]).trimmed, of: name)
      }
      if let outcome = reader.read(record, into: &entries) {
        templates.keep(outcome, of: cells, in: bytes)
      }
    }
  }
}

/// The rows of a table, with the line each begins on.
package struct DelimitedRows {
  package struct Cell {
    var range: Range<Int>
    var hasQuotes = false
  }

  package struct Row {
    package var line: Int
    package var cells: [Cell] = []
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  fileprivate private(set) var at: Int
  fileprivate private(set) var line: Int
  /// Whether the last row, or a remark, ended with the bytes and not with a line feed.
  fileprivate private(set) var isCut = false

  /// - Parameter line: The number of the first line.
  package init(_ bytes: [UInt8], separator: UInt8, from start: Int, line: Int = 1) {
    self.bytes = bytes
    self.separator = separator
    self.line = line
    at = start
  }

  package func text(_ cell: Cell) -> String {
    let text = String(decoding: bytes[cell.range], as: UTF8.self)
    return cell.hasQuotes ? text.replacing("\"\"", with: "\"") : text
  }

  package mutating func next() -> Row? {
    var row = Row(line: line)
    return read(into: &row) ? row : nil
  }

  /// - Returns: Whether there was a row.
  fileprivate mutating func read(into row: inout Row) -> Bool {
    isCut = false
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\n"):
        line += 1
        at += 1
      case UInt8(ascii: "\r"), UInt8(ascii: " "): at += 1
      case UInt8(ascii: "#"):
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        if at == bytes.count {
          at = start
          isCut = true
          return false
        }
      default:
        readRow(into: &row)
        return true
      }
    }
    return false
  }

  private mutating func readRow(into row: inout Row) {
    row.line = line
    row.cells.removeAll(keepingCapacity: true)
    while true {
      row.cells.append(cell())
      guard at < bytes.count, bytes[at] == separator else { break }
      at += 1
    }
    if at < bytes.count {
      line += 1
      at += 1
    } else {
      isCut = true
    }
  }

  /// Up to the separator or the end of the line. A quote is one at the beginning of a cell alone.
  private mutating func cell() -> Cell {
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") { at += 1 }
    let start = at
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
      while at < bytes.count, bytes[at] != separator, bytes[at] != UInt8(ascii: "\n") { at += 1 }
      var end = at
      if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      return Cell(range: start..<end)
    }
    at += 1
    var hasQuotes = false
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\n") { line += 1 }
      if bytes[at] == UInt8(ascii: "\"") {
        guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") else { break }
        hasQuotes = true
        at += 1
      }
      at += 1
    }
    let cell = Cell(range: (start + 1)..<min(at, bytes.count), hasQuotes: hasQuotes)
    while at < bytes.count, bytes[at] != separator, bytes[at] != UInt8(ascii: "\n") { at += 1 }
    return cell
  }
}
