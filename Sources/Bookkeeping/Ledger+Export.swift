package import Facts
import GRDB

extension Ledger {
  /// Hands out the rows of a table, encoded, some at a time.
  ///
  /// By archive (name, then hash), then by place or time, then by their bytes: whatever the order in which archives
  /// were added, the same archives give the same bytes.
  ///
  /// - Parameters:
  ///   - encode: Gives a row its bytes, which tell rows with different values apart.
  ///   - body: Takes the bytes of rows that follow each other.
  /// - Throws: ``LedgerError``, or what `body` throws.
  /// - Complexity: O(*n* log *m*) for *m* rows of an archive; memory for the rows that SQLite sorts, of one archive.
  package func export(
    _ table: LedgerTable, encode: ([TableValue]) -> [UInt8], _ body: ([UInt8]) throws -> Void
  ) throws {
    try handOut(to: body) { db, body in try LedgerExport(db, table).run(encode, body) }
  }

  /// Reads, and hands out what comes of it; what `body` throws says nothing about the ledger, and is thrown as it is.
  ///
  /// - Throws: ``LedgerError``, or what `body` throws.
  func handOut(
    to body: ([UInt8]) throws -> Void,
    _ read: (Database, ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    var failure: (any Error)?
    do {
      try withoutActuallyEscaping(body) { body in
        try attempt {
          try database.read { db in
            try read(db) { bytes in
              do {
                try body(bytes)
              } catch {
                failure = error
                throw error
              }
            }
          }
        }
      }
    } catch {
      throw failure ?? error
    }
  }
}

/// Rows on their way out: those that are alike in what they are sorted by are sorted by their bytes.
private struct ExportedRows {
  typealias Body = ([UInt8]) throws -> Void

  private var alike: [[UInt8]] = []
  private var key: Int64?
  private var waiting: [UInt8] = []

  private static let atOnce = 1 << 20

  /// - Parameter key: What rows are sorted by: 0 or more; nil for those that come before all others.
  mutating func add(_ row: [UInt8], key: Int64?, _ body: Body) throws {
    if key != self.key { try settle(body) }
    self.key = key
    alike.append(row)
  }

  /// Nothing that comes is sorted among what was added.
  mutating func settle(_ body: Body) throws {
    if alike.count > 1 { alike.sort { $0.lexicographicallyPrecedes($1) } }
    for bytes in alike { waiting += bytes }
    alike.removeAll(keepingCapacity: true)
    if waiting.count > Self.atOnce { try flush(body) }
  }

  mutating func flush(_ body: Body) throws {
    try body(waiting)
    waiting.removeAll(keepingCapacity: true)
  }
}

private struct LedgerExport {
  typealias Encode = ([TableValue]) -> [UInt8]

  /// How a column of SQLite's is read.
  private enum Cell {
    case textNumber, text, seconds, date, integer, boolean
  }

  private let db: Database
  private let table: LedgerTable
  private let fields: [LedgerTable.Field]
  private let cells: [Cell]
  private let texts: FactStatement
  private let active = "a.grown_into IS NULL AND NOT a.is_pruned"
  private let byName = "ORDER BY CAST(a.name AS BLOB), a.sha256"

  init(_ db: Database, _ table: LedgerTable) throws {
    self.db = db
    self.table = table
    fields = table.fields
    texts = try FactStatement(db, "SELECT value FROM text WHERE id = ?")
    cells = fields.map { field in
      switch (field.source, field.column.kind) {
      case (.text, _): .textNumber
      case (.seconds, _): .seconds
      case (_, .date): .date
      case (_, .integer): .integer
      case (_, .boolean): .boolean
      case (_, .text), (_, .texts), (_, .integers): .text
      }
    }
  }

  func run(_ encode: Encode, _ body: ExportedRows.Body) throws {
    var rows = ExportedRows()
    switch table {
    case .archives: try pass("FROM archive a \(byName)", &rows, encode, body)
    case .coverage: try pass("FROM archive a WHERE \(active) \(byName)", &rows, encode, body)
    case .hosts: try passHosts(&rows, encode, body)
    case .connections, .processes, .registryChanges: try passFacts(&rows, encode, body)
    }
    try rows.settle(body)
    try rows.flush(body)
  }

  private func select(_ rest: String, key: String) throws -> FactStatement {
    let columns = fields.map { field in
      switch field.source {
      case .value(let sql): sql
      case .text(let column), .seconds(let column): "f.\(column)"
      }
    }
    return try FactStatement(db, "SELECT \(([key] + columns).joined(separator: ", ")) \(rest)")
  }

  private func pass(
    _ rest: String, _ rows: inout ExportedRows, _ encode: Encode, _ body: ExportedRows.Body
  ) throws {
    let select = try select(rest, key: "NULL")
    while try select.next() {
      try rows.add(encode(try values(select) { _ in .missing }), key: nil, body)
      try rows.settle(body)
    }
  }

  private func passFacts(
    _ rows: inout ExportedRows, _ encode: Encode, _ body: ExportedRows.Body
  ) throws {
    guard let factTable = table.factTable else { return }
    let archives = try FactStatement(db, "SELECT a.id FROM archive a WHERE \(active) \(byName)")
    var ids: [Int64] = []
    while try archives.next() { ids.append(archives.integer(0)) }
    let select = try select(
      """
      FROM \(factTable) f JOIN archive a ON a.id = f.archive WHERE f.archive = ?
      ORDER BY \(table.order)
      """, key: table.order)
    var known = KnownTexts()
    for id in ids {
      select.bind(id, at: 1)
      while try select.next() {
        let row = try values(select) { number in
          if let text = known[number] { return .text(text) }
          let text = try text(number)
          known.keep(text, of: number)
          return .text(text)
        }
        try rows.add(encode(row), key: select.optional(0), body)
      }
      try rows.settle(body)
    }
  }

  private func text(_ number: Int64) throws -> String {
    texts.bind(number, at: 1)
    guard try texts.next() else { throw StoredDamage("text \(number) is missing") }
    defer { texts.restart() }
    return texts.string(0)
  }

  /// - Parameter text: The text with a number.
  private func values(
    _ row: FactStatement, text: (Int64) throws -> TableValue
  ) throws -> [TableValue] {
    var values: [TableValue] = []
    values.reserveCapacity(cells.count)
    for (at, cell) in cells.enumerated() {
      let column = Int32(at + 1)
      guard !row.isNull(column) else {
        values.append(.missing)
        continue
      }
      switch cell {
      case .textNumber: values.append(try text(row.integer(column)))
      case .text: values.append(.text(row.string(column)))
      case .seconds:
        let times = try StoredSeconds.times(row.bytes(column))
        values.append(.integers(times.seconds.map { Int64($0) }))
      case .date: values.append(.date(try row.day(column)))
      case .integer: values.append(.integer(row.integer(column)))
      case .boolean: values.append(.boolean(row.integer(column) != 0))
      }
    }
    return values
  }

  private func passHosts(
    _ rows: inout ExportedRows, _ encode: Encode, _ body: ExportedRows.Body
  ) throws {
    let select = try FactStatement(
      db, "SELECT a.name, a.sha256, a.hosts FROM archive a WHERE \(active) \(byName)")
    while try select.next() {
      var texts = TextTable()
      let hosts = try StoredHosts.hosts(select.bytes(2), &texts)
      let (archive, sha256) = (select.string(0), select.string(1))
      for (id, heard) in hosts.sorted(by: { texts.isOrdered($0.key, before: $1.key) }) {
        let host = LedgerTable.HeardHost(
          archive: archive, sha256: sha256, host: texts.text(id), heard: heard)
        try rows.add(encode(LedgerTable.hostFields.map { $0.source(host) }), key: nil, body)
        try rows.settle(body)
      }
    }
  }
}

/// Texts by their numbers, as many as fit: most rows have those of others.
private struct KnownTexts {
  private var known: [Int64: String] = [:]
  private var bytes = 0

  private static let maxBytes = 32 << 20

  subscript(number: Int64) -> String? { known[number] }

  mutating func keep(_ text: String, of number: Int64) {
    bytes += text.utf8.count + 64
    if bytes > Self.maxBytes {
      known.removeAll()
      bytes = text.utf8.count + 64
    }
    known[number] = text
  }
}
