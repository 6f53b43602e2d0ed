/// A column of a table that other programs read.
package struct TableColumn: Sendable {
  /// What its values are; each may be missing as well.
  package enum Kind: Sendable {
    case text, integer, boolean
    /// A day of the calendar, UTC.
    case date
    case texts, integers
  }

  package let name: String
  package let kind: Kind
  /// Of numbers; nil: they count something, or number it.
  package let unit: String?
  /// In Markdown.
  package let meaning: String

  package init(_ name: String, _ kind: Kind, unit: String? = nil, _ meaning: String) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.meaning = meaning
  }
}

/// A value of a column.
package enum TableValue: Equatable, Sendable {
  case missing
  case text(String)
  case integer(Int64)
  case boolean(Bool)
  /// Days since 1970.
  case date(Int32)
  case texts([String])
  case integers([Int64])
}

extension TableValue {
  package init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
  package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .missing }
}

/// A column, and where its values come from.
package struct TableField<Source: Sendable>: Sendable {
  package let column: TableColumn
  package let source: Source

  package init(
    _ name: String, _ kind: TableColumn.Kind, unit: String? = nil, _ source: Source,
    _ meaning: String
  ) {
    column = TableColumn(name, kind, unit: unit, meaning)
    self.source = source
  }
}
