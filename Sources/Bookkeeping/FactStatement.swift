import Facts
import GRDB
import GRDBSQLite

/// A prepared statement that is bound and read by position.
///
/// Facts come by the million, where the comfort of rows and arguments would cost most of the time.
@safe struct FactStatement {
  /// Keeps `raw` alive.
  private let statement: Statement
  private let raw: OpaquePointer
  private let db: Database

  init(_ db: Database, _ sql: String) throws {
    self.db = db
    statement = try db.cachedStatement(sql: sql)
    unsafe raw = statement.sqliteStatement
    restart()
  }

  /// Lets go of the row at hand, so that the statement can be bound again.
  func restart() {
    _ = unsafe sqlite3_reset(raw)
    _ = unsafe sqlite3_clear_bindings(raw)
  }

  // MARK: Binding, from 1

  func bind(_ value: Int64?, at index: Int32) {
    if let value {
      _ = unsafe sqlite3_bind_int64(raw, index, value)
    } else {
      _ = unsafe sqlite3_bind_null(raw, index)
    }
  }

  func bind(_ value: Double, at index: Int32) { _ = unsafe sqlite3_bind_double(raw, index, value) }

  func bind(_ text: String, at index: Int32) {
    unsafe Array(text.utf8).withUnsafeBytes { unsafe bind(text: $0, at: index) }
  }

  func bind(text: UnsafeRawBufferPointer, at index: Int32) {
    _ = unsafe sqlite3_bind_text(
      raw, index, text.baseAddress?.assumingMemoryBound(to: CChar.self) ?? empty,
      Int32(text.count), copied)
  }

  func bind(_ bytes: [UInt8], at index: Int32) {
    _ = unsafe bytes.withUnsafeBytes {
      unsafe sqlite3_bind_blob(
        raw, index, $0.baseAddress ?? UnsafeRawPointer(empty), Int32($0.count), copied)
    }
  }

  private var copied: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }
  private var empty: UnsafePointer<CChar> { unsafe UnsafePointer(bitPattern: 1).unsafelyUnwrapped }

  // MARK: Running

  /// Runs a statement that gives no rows.
  func run() throws {
    while try next() {}
  }

  /// - Returns: Whether there is a row; if not, the statement can be bound again.
  func next() throws -> Bool {
    let code = unsafe sqlite3_step(raw)
    if code == SQLITE_ROW { return true }
    restart()
    guard code == SQLITE_DONE else {
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
    return false
  }

  /// Makes SQLite read the whole current row, including what continues on other pages.
  func touch() {
    for column in 0..<(unsafe sqlite3_column_count(raw)) {
      _ = unsafe sqlite3_column_blob(raw, column)
    }
  }

  // MARK: Columns, from 0

  func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(raw, column) == SQLITE_NULL }

  func isInteger(_ column: Int32) -> Bool {
    unsafe sqlite3_column_type(raw, column) == SQLITE_INTEGER
  }

  func isText(_ column: Int32) -> Bool { unsafe sqlite3_column_type(raw, column) == SQLITE_TEXT }

  func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(raw, column) }

  func optional(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func number(_ column: Int32) -> Double { unsafe sqlite3_column_double(raw, column) }

  func bytes(_ column: Int32) -> [UInt8] { unsafe withBytes(column) { unsafe Array($0) } }

  /// The bytes are there until the next row.
  @inline(__always)
  func withBytes<R>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let start = unsafe sqlite3_column_blob(raw, column)
    return try unsafe body(.init(start: start, count: Int(sqlite3_column_bytes(raw, column))))
  }

  func string(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}

extension Database {
  fileprivate var lastErrorMessage: String {
    unsafe sqliteConnection.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "closed"
  }
}
