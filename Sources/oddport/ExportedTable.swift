import ArgumentParser
import Bookkeeping
import Facts
import Reporting

/// A table that other programs read: one of a ledger, or what a hunt over it finds.
enum ExportedTable: Equatable, CaseIterable, Sendable {
  case ledger(LedgerTable)
  case findings

  static let allCases = [Self.findings] + LedgerTable.allCases.map { .ledger($0) }

  var name: String {
    switch self {
    case .ledger(let table): table.rawValue
    case .findings: "findings"
    }
  }

  var columns: [TableColumn] {
    switch self {
    case .ledger(let table): table.columns
    case .findings: FindingsTable.fields.map(\.column)
    }
  }

  /// What a row is, in Markdown.
  var meaning: String {
    switch self {
    case .ledger(let table): table.meaning
    case .findings:
      "a finding of `oddport hunt --ledger`, as in the [CSV report](../README.md), from the most serious on"
    }
  }

  static var names: String { allCases.map(\.name).joined(separator: ", ") }
}

extension ExportedTable: ExpressibleByArgument {
  init?(argument: String) {
    guard let table = Self.allCases.first(where: { $0.name == argument }) else { return nil }
    self = table
  }

  static var allValueStrings: [String] { allCases.map(\.name) }
  var defaultValueDescription: String { name }
}

// MARK: - As text

/// How rows are written.
enum TableFormat: String, CaseIterable, ExpressibleByArgument {
  /// RFC 4180, for people and spreadsheets: no cell is taken for a formula, and hidden characters are shown.
  case csv
  /// An object a line, for programs: values as they are.
  case jsonl
}

extension TableFormat {
  /// What comes before the rows.
  func header(_ columns: [TableColumn]) -> [UInt8] {
    switch self {
    case .csv: Array((columns.map(\.name).joined(separator: ",") + "\n").utf8)
    case .jsonl: []
    }
  }

  /// What gives a row its bytes, a line feed at the end.
  func encoder(_ columns: [TableColumn]) -> ([TableValue]) -> [UInt8] {
    switch self {
    case .csv: Self.csv
    case .jsonl: Self.json(columns.map { JSONOutput.string($0.name).compact() + [colon] })
    }
  }

  /// The bytes of a text in a row.
  func encoded(_ text: String) -> [UInt8] {
    switch self {
    case .csv: Array(Escaping.csv(text).utf8)
    case .jsonl: JSONOutput.string(text).compact()
    }
  }

  private static let comma = UInt8(ascii: ",")
  private static let usualBytes = 1024
  private static let lineFeed = UInt8(ascii: "\n")

  private var colon: UInt8 { UInt8(ascii: ":") }

  private static func csv(_ row: [TableValue]) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(usualBytes)
    for (at, value) in row.enumerated() {
      if at > 0 { line.append(comma) }
      switch value {
      case .missing: break
      case .text(let text): line += csv.encoded(text)
      case .encoded(let bytes): line += bytes
      case .integer(let number): line += String(number).utf8
      case .boolean(let value): line += (value ? "true" : "false").utf8
      case .date(let day): line += date(day).utf8
      case .texts(let texts):
        // Quoted where there are several, as in the CSV report.
        let cell = Escaping.csv(texts.joined(separator: " "))
        line += (texts.count > 1 && !cell.hasPrefix("\"") ? "\"\(cell)\"" : cell).utf8
      case .integers(let numbers):
        line += Escaping.csv(numbers.map(String.init).joined(separator: " ")).utf8
      }
    }
    line.append(lineFeed)
    return line
  }

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
        case .text(let text): line += jsonl.encoded(text)
        case .encoded(let bytes): line += bytes
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
    String(UTCTime(milliseconds: Int64(day) * 86_400_000).description.prefix(10))
  }
}

// MARK: - The schema

/// How a schema is written.
enum SchemaForm: String, CaseIterable, ExpressibleByArgument {
  case markdown, duckdb, spark
}

extension ExportedTable {
  func schema(_ form: SchemaForm) -> String {
    switch form {
    case .markdown: markdown
    case .duckdb:
      """
      COPY (SELECT * FROM read_json('/dev/stdin', format = 'newline_delimited', columns = {\
      \(columns.map { "'\($0.name)': '\($0.kind.duckDB)'" }.joined(separator: ", "))})) TO '\(name).parquet' \
      (FORMAT parquet, COMPRESSION zstd);

      """
    case .spark: columns.map { "`\($0.name)` \($0.kind.spark)" }.joined(separator: ", ") + "\n"
    }
  }

  private var markdown: String {
    let rows = columns.map { column in
      "| `\(column.name)` | \(column.kind.name)\(column.unit.map { ", \($0)" } ?? "") | \(column.meaning) |\n"
    }
    return """
      ## \(name)

      A row is \(meaning).

      | column | type | meaning |
      |---|---|---|
      \(rows.joined())

      """
  }
}

extension TableColumn.Kind {
  fileprivate var name: String {
    switch self {
    case .text: "text"
    case .integer: "integer"
    case .boolean: "boolean"
    case .date: "date"
    case .texts: "texts"
    case .integers: "integers"
    }
  }

  fileprivate var duckDB: String {
    switch self {
    case .text: "VARCHAR"
    case .integer: "BIGINT"
    case .boolean: "BOOLEAN"
    case .date: "DATE"
    case .texts: "VARCHAR[]"
    case .integers: "BIGINT[]"
    }
  }

  fileprivate var spark: String {
    switch self {
    case .text: "STRING"
    case .integer: "BIGINT"
    case .boolean: "BOOLEAN"
    case .date: "DATE"
    case .texts: "ARRAY<STRING>"
    case .integers: "ARRAY<BIGINT>"
    }
  }
}
