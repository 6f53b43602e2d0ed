package import Facts

/// How the rows of a table are written.
package enum TableFormat: String, CaseIterable, Sendable {
  /// RFC 4180 with line feeds, for people and spreadsheets: no cell is taken for a formula, hidden characters are
  /// shown, and several values of one cell have a space between them.
  case csv
  /// An object a line, for programs: values as they are.
  case jsonl
}

extension TableFormat {
  /// What comes before the rows.
  package func header(_ columns: [TableColumn]) -> [UInt8] {
    switch self {
    case .csv: Array((columns.map(\.name).joined(separator: ",") + "\n").utf8)
    case .jsonl: []
    }
  }

  /// What gives a row its bytes, a line feed at the end.
  package func encoder(_ columns: [TableColumn]) -> ([TableValue]) -> [UInt8] {
    switch self {
    case .csv: { Self.csv($0) }
    case .jsonl: Self.json(columns.map { JSONOutput.string($0.name).compact() + [colon] })
    }
  }

  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let usualBytes = 1024

  private var colon: UInt8 { UInt8(ascii: ":") }

  // MARK: CSV

  /// - Parameter raw: Values as they are, for machines: see ``Escaping/csv(_:raw:)``.
  static func csv(_ row: [TableValue], raw: Bool = false) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(usualBytes)
    for (at, value) in row.enumerated() {
      if at > 0 { line.append(comma) }
      switch value {
      case .missing: break
      case .text(let text): line += Escaping.csv(text, raw: raw).utf8
      case .integer(let number): line += String(number).utf8
      case .boolean(let value): line += (value ? "true" : "false").utf8
      case .date(let day): line += date(day).utf8
      case .texts(let texts):
        // Quoted where there are several, also where no comma asks for it.
        let cell = Escaping.csv(raw ? texts.joined(separator: " ") : cell(texts), raw: raw)
        line += (texts.count > 1 && !cell.hasPrefix("\"") ? "\"\(cell)\"" : cell).utf8
      case .integers(let numbers): line += Escaping.csv(cell(numbers.map(String.init))).utf8
      }
    }
    line.append(lineFeed)
    return line
  }

  /// A cell of Excel holds 32,767 characters, and some are added when it is escaped.
  private static let maxCellCharacters = 30_000

  /// As many as fit into a cell, and how many there are more.
  private static func cell(_ texts: [String]) -> String {
    var text = ""
    for (index, one) in texts.enumerated() {
      if index > 0, text.utf8.count + one.utf8.count >= maxCellCharacters {
        return text + " and \(texts.count - index) more"
      }
      text += (index == 0 ? "" : " ") + one
    }
    return text
  }

  // MARK: JSON Lines

  private static func json(_ keys: [[UInt8]]) -> ([TableValue]) -> [UInt8] {
    { row in
      var line: [UInt8] = []
      line.reserveCapacity(usualBytes)
      line.append(UInt8(ascii: "{"))
      for (at, value) in row.enumerated() {
        if at > 0 { line.append(comma) }
        line += keys[at]
        switch value {
        case .missing: line += "null".utf8
        case .text(let text): line += JSONOutput.string(text).compact()
        case .integer(let number): line += String(number).utf8
        case .boolean(let value): line += (value ? "true" : "false").utf8
        case .date(let day): line += "\"\(date(day))\"".utf8
        case .texts(let texts): line += JSONOutput.strings(texts).compact()
        case .integers(let numbers):
          line += "[\(numbers.map(String.init).joined(separator: ","))]".utf8
        }
      }
      line.append(UInt8(ascii: "}"))
      line.append(lineFeed)
      return line
    }
  }

  private static func date(_ day: Int32) -> String {
    UTCTime(milliseconds: Int64(day) * 86_400_000).date
  }
}
