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
      "a finding of `oddport hunt --ledger`, as in the [CSV report](formats.md), from the most serious on"
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

extension TableFormat: ExpressibleByArgument {}

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
