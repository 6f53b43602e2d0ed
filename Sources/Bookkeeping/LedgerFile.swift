import Foundation
import GRDB
import Glibc

/// How the file is opened, and how it is left.
///
/// While a run writes, SQLite keeps a write-ahead log beside it, so that others can ask meanwhile. Between
/// runs it is one file in rollback mode, which can be read without permission to write to it or to its
/// folder.
enum LedgerFile {
  /// Whether there is a file; one that cannot be a ledger is refused before anything is written.
  static func isThere(_ path: String) throws(LedgerError) -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    if let kind = otherKind(path) { throw .notAFile(path: path, kind: kind) }
    guard let header = header(path) else {
      throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    guard header.isEmpty || header.starts(with: "SQLite format 3\0".utf8) else {
      throw .notALedger(path: path)
    }
    return true
  }

  /// The kind of thing at a path, where that is not a regular file; nil also where there is nothing.
  ///
  /// Asked before the path is opened: opening a pipe blocks until somebody writes to it.
  static func otherKind(_ path: String) -> String? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  static func isEmpty(_ path: String) -> Bool { header(path)?.isEmpty ?? true }

  private static func header(_ path: String) -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    return (try? file.read(upToCount: 20)).map { Array($0) } ?? []
  }

  /// Pages that are kept to be read again: 64 MB of them, which holds the texts of some million addresses.
  private static let cacheSize = "PRAGMA cache_size = -65536"

  /// A question is one transaction of several accesses: as many as its tasks need.
  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    return configuration
  }

  /// A database in a temporary file of SQLite's.
  static func temporary() throws -> DatabaseQueue {
    try DatabaseQueue(path: "", configuration: configuration)
  }

  // MARK: Asking

  static func openForAsking(_ path: String) throws -> DatabaseQueue {
    let database = try openReadOnly(path)
    return try database.read { try isCurrent($0, path) } ? database : try upgradedCopy(database)
  }

  /// Opens the file as it is, of whatever version.
  static func openReadOnly(_ path: String) throws -> DatabaseQueue {
    var configuration = Self.configuration
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { try $0.execute(sql: cacheSize) }
    // Even to read it SQLite would make files beside it, which the next run then may not write to.
    let location = try location(path) + (isLeftInLogMode(path) ? "&immutable=1" : "")
    do {
      return try DatabaseQueue(path: location, configuration: configuration)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
      throw LedgerError.unreadable(path: path, reason: error.message ?? "it cannot be opened")
    }
  }

  /// The path as a URI, which has SQLite check its pages.
  private static func location(_ path: String) throws -> String {
    let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
    let name = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
    return "file:\(name)?vfs=\(try LedgerPages.files())"
  }

  /// Whether its header asks for a write-ahead log, none is there, and no other process is about to make one.
  private static func isLeftInLogMode(_ path: String) -> Bool {
    guard let header = header(path), header.count == 20, header[18] == 2 else { return false }
    let log = URL(filePath: path).resolvingSymlinksInPath().path + "-wal"
    return !FileManager.default.fileExists(atPath: log) && !LedgerLock.isHeld(ledger: path)
  }

  /// A ledger of an earlier version, brought up to date in a temporary file of SQLite's.
  private static func upgradedCopy(_ database: DatabaseQueue) throws -> DatabaseQueue {
    let copy = try temporary()
    try database.backup(to: copy)
    try database.close()
    try LedgerSchema.migrator.migrate(copy)
    return copy
  }

  // MARK: Writing

  /// Makes a ledger that holds no archive yet: the whole file appears at once, so that a run that is killed
  /// meanwhile leaves a ledger or nothing.
  ///
  /// Where that cannot be done, nothing is: the file then grows in its place, and what is wrong shows there.
  static func create(_ path: String) {
    guard let bytes = try? emptyLedger() else { return }
    let descriptor = unsafe open(
      URL(filePath: path).deletingLastPathComponent().path, nameless | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let own = "/proc/self/fd/\(descriptor)"
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    guard (try? file.write(contentsOf: bytes)) != nil, (try? file.synchronize()) != nil else {
      return
    }
    // Somebody else may have been faster: theirs is as good.
    _ = unsafe linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW)
  }

  /// `O_TMPFILE`, which Swift does not import.
  private static let nameless = O_DIRECTORY | 0o20_000_000

  private static func emptyLedger() throws -> Data {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "oddport-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = folder.appending(path: "model")
    let database = try openForWriting(model.path, locked: nil)
    endWriting(database)
    try database.close()
    return try Data(contentsOf: model)
  }

  /// - Parameter lock: nil for a file that nobody else knows of.
  static func openForWriting(_ path: String, locked lock: LedgerLock?) throws -> DatabaseQueue {
    var configuration = Self.configuration
    configuration.journalMode = .wal
    // Somebody's long question keeps the journal from being changed.
    configuration.busyMode = .timeout(600)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: cacheSize)
      if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 { try LedgerPages.reserve(db) }
    }
    let database = try DatabaseQueue(path: location(path), configuration: configuration)
    if try database.read({ try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }) == 0 {
      // Before there is any table: a run that is killed while it makes them leaves a ledger all the same.
      try database.write {
        try $0.execute(
          sql: "PRAGMA application_id = \(LedgerSchema.applicationID); PRAGMA user_version = 1")
      }
    }
    if try !database.read({ try isCurrent($0, path) }) {
      if let lock { try addChecksums(database, lock) }
      try LedgerSchema.migrator.migrate(database)
    }
    return database
  }

  /// Gives a ledger of a version before 5 its checksums. Killed anywhere, it is that ledger still: until the
  /// user version says otherwise nobody looks at them.
  private static func addChecksums(_ database: DatabaseQueue, _ lock: LedgerLock) throws {
    guard try database.read({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) == 0 else {
      return
    }
    try database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = DELETE")
      if try LedgerPages.reserved(db) != LedgerPages.checksumBytes {
        try LedgerPages.reserve(db)
        try db.execute(sql: "VACUUM")
      }
      try db.inTransaction(.exclusive) {
        try LedgerPages.sum(lock.descriptor)
        try db.execute(sql: "PRAGMA user_version = 1")
        return .commit
      }
      try db.execute(sql: "PRAGMA journal_mode = WAL")
    }
  }

  /// Leaves one file, unless another process is asking: then the next run does.
  static func endWriting(_ database: DatabaseQueue) {
    try? database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)")
      try db.execute(sql: "PRAGMA journal_mode = DELETE")
    }
  }

  /// - Returns: Whether its tables are those of this version.
  /// - Throws: ``LedgerError`` where they are a later one's, or no ledger's.
  static func isCurrent(_ db: Database, _ path: String) throws -> Bool {
    guard
      try Int.fetchOne(db, sql: "PRAGMA application_id") == LedgerSchema.applicationID
    else { throw LedgerError.notALedger(path: path) }
    let migrator = LedgerSchema.migrator
    if try migrator.hasBeenSuperseded(db) { throw LedgerError.newer(path: path) }
    if try migrator.appliedIdentifiers(db).contains(LedgerSchema.checksums) {
      guard try LedgerPages.reserved(db) == LedgerPages.checksumBytes,
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 > 0
      else { throw StoredDamage("its header no longer tells of checksums") }
    }
    return try migrator.hasCompletedMigrations(db)
  }
}
