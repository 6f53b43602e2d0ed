import Diagnostics
import Facts

/// CSV (RFC 4180) with a header, in which lines that begin with `#` are remarks.
struct IntelTable {
  private enum Column: String, CaseIterable {
    case port, proto = "protocol", address, direction, actor, attackID = "attack_id", source, url
    case note, validFrom = "valid_from", validUntil = "valid_until"
  }

  private static let synonyms: [String: Column] = [
    "actor_or_software": .actor, "label": .actor, "ip": .address, "dst_port": .port,
    "expires": .validUntil,
  ]

  let file: String

  /// Whether the first line that is no remark is a header that names a port or an address.
  static func looksLike(_ text: String) -> Bool {
    let first = text.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") } ?? ""
    let names = first.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0).trimmed.lowercased() }
    return names.contains { ["port", "dst_port", "address", "ip"].contains($0) }
  }

  /// - Throws: ``JobFileError`` where the header holds a column that nobody knows.
  func read(_ text: String, into entries: inout IntelEntries) throws(JobFileError) {
    var columns: [Column]?
    for row in CSVRows(text) {
      guard let known = columns else {
        columns = try header(row.cells, row.line)
        continue
      }
      let place = "line \(row.line)"
      guard row.cells.count == known.count else {
        entries.refuse(
          row.cells.joined(separator: ","), at: place,
          "\(row.cells.count) cells under a header of \(known.count)")
        continue
      }
      let cells = Dictionary(
        zip(known, row.cells.map(\.trimmed)), uniquingKeysWith: { first, _ in first })
      switch indicator(cells) {
      case .success(let indicator): entries.take(indicator)
      case .failure(let reason):
        entries.refuse(cells[.port] ?? cells[.address] ?? "", at: place, reason.text)
      }
    }
  }

  private func header(_ cells: [String], _ line: Int) throws(JobFileError) -> [Column] {
    var columns: [Column] = []
    for cell in cells {
      let name = cell.trimmed.lowercased()
      guard let column = Column(rawValue: name) ?? Self.synonyms[name] else {
        let names = Column.allCases.map(\.rawValue)
        throw JobFileError(
          file, line, "unknown column \(quoted(cell))",
          hint: closest(to: name, among: names).map { "did you mean '\($0)'?" }
            ?? "the columns are \(names.joined(separator: ", "))")
      }
      columns.append(column)
    }
    return columns
  }

  private struct Reason: Error {
    var text: String
  }

  private func indicator(_ cells: [Column: String]) -> Result<Indicator, Reason> {
    var indicator = Indicator()
    if let text = cells[.port], !text.isEmpty {
      guard let ports = IntelText.ports(text, transport: cells[.proto] ?? "") else {
        return .failure(Reason(text: "no port or range of ports, or no protocol that has ports"))
      }
      indicator.ports = ports
    }
    if let text = cells[.address], !text.isEmpty {
      guard let block = AddressBlock(text) else {
        return .failure(Reason(text: "neither an address nor a network"))
      }
      indicator.address = block
    }
    guard indicator.ports != nil || indicator.address != nil else {
      return .failure(Reason(text: "neither a port nor an address"))
    }
    let note = cells[.note] ?? ""
    let word = note.split(whereSeparator: { !$0.isLetter }).first.map { $0.lowercased() }
    let direction = cells[.direction].flatMap { $0.isEmpty ? nil : $0.lowercased() } ?? word
    if direction == "listener" || direction == "inbound" { indicator.direction = .listener }
    indicator.actor = cells[.actor] ?? ""
    indicator.attackID = cells[.attackID] ?? ""
    indicator.source = cells[.source] ?? ""
    indicator.note = note
    for (column, path) in [
      (Column.validFrom, \Indicator.validFrom), (.validUntil, \Indicator.validUntil),
    ] {
      guard let text = cells[column], !text.isEmpty else { continue }
      guard let time = IntelText.time(text) else {
        return .failure(Reason(text: "\(column.rawValue) is no time"))
      }
      indicator[keyPath: path] = time
    }
    return .success(indicator)
  }
}

/// The rows of a CSV file, with the line each begins on.
struct CSVRows: Sequence, IteratorProtocol {
  struct Row {
    var line: Int
    var cells: [String]
  }

  private var rest: ArraySlice<UInt8>
  private var line = 1

  init(_ text: String) { rest = Array(text.utf8)[...] }

  mutating func next() -> Row? {
    while let first = rest.first {
      if first == UInt8(ascii: "\n") || first == UInt8(ascii: "\r") {
        if first == UInt8(ascii: "\n") { line += 1 }
        rest.removeFirst()
      } else if first == UInt8(ascii: "#") {
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
      } else {
        return row()
      }
    }
    return nil
  }

  private mutating func row() -> Row {
    var row = Row(line: line, cells: [])
    var cell: [UInt8] = []
    var isQuoted = false
    while let byte = rest.popFirst() {
      if isQuoted {
        if byte == UInt8(ascii: "\n") { line += 1 }
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if rest.first == UInt8(ascii: "\"") {
          cell.append(byte)
          rest.removeFirst()
        } else {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\""), cell.isEmpty {
        isQuoted = true
      } else if byte == UInt8(ascii: ",") {
        row.cells.append(String(decoding: cell, as: UTF8.self))
        cell = []
      } else if byte == UInt8(ascii: "\n") {
        line += 1
        break
      } else if byte != UInt8(ascii: "\r") {
        cell.append(byte)
      }
    }
    row.cells.append(String(decoding: cell, as: UTF8.self))
    return row
  }
}
