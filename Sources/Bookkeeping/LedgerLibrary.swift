private import GRDBSQLite

/// The library that stores ledgers.
package enum LedgerLibrary {
  /// Name and version, as the library that is loaded states them: `SQLite 3.40.1`.
  package static var nameAndVersion: String {
    unsafe "SQLite " + String(cString: sqlite3_libversion())
  }
}
