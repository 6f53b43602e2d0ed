import CPages
import Foundation
import GRDB
import GRDBSQLite
import Glibc

/// The checksum that each page of a ledger keeps in its last eight bytes, which SQLite reserves.
///
/// It is reckoned when a page is written and compared when it is read, by a file system of our own between
/// SQLite and that of the system. The header's user version, 1, says that all pages have one.
enum LedgerPages {
  static let checksumBytes: Int32 = ODDPORT_CHECKSUM_BYTES
  private static let registration = oddport_register_checked_pages()

  /// The name of the file system that checks pages.
  static func files() throws -> String {
    guard registration == SQLITE_OK else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: registration), message: "SQLite has no file system")
    }
    return "oddport"
  }

  /// Has SQLite keep room for checksums in a database that is about to be made or vacuumed.
  static func reserve(_ db: Database) throws {
    var bytes = checksumBytes
    try control(db, &bytes)
  }

  /// The bytes that are reserved in each page of a database of which something was read.
  static func reserved(_ db: Database) throws -> Int32 {
    var bytes: Int32 = -1
    try control(db, &bytes)
    return bytes
  }

  private static func control(_ db: Database, _ bytes: inout Int32) throws {
    let code = unsafe withUnsafeMutablePointer(to: &bytes) {
      unsafe sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_RESERVE_BYTES, $0)
    }
    guard code == SQLITE_OK else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: "SQLite cannot reserve bytes of pages")
    }
  }
}

// MARK: - Without SQLite

extension LedgerPages {
  /// What the header of a database says of its pages (https://sqlite.org/fileformat.html, 1.3).
  struct Header: Equatable {
    var pageBytes: Int
    var pageCount: Int
    var changes: UInt32
    var isInLogMode: Bool
    /// Whether all pages have checksums.
    var isChecked: Bool

    /// nil: no database has such a header.
    init?(_ bytes: ArraySlice<UInt8>) {
      guard bytes.count >= 100, bytes.starts(with: "SQLite format 3\0".utf8) else { return nil }
      func number(_ range: Range<Int>) -> UInt32 {
        bytes[range].reduce(0) { $0 << 8 | UInt32($1) }
      }
      let size = number(16..<18)
      pageBytes = size == 1 ? 65_536 : Int(size)
      guard pageBytes >= 512, pageBytes & (pageBytes - 1) == 0 else { return nil }
      pageCount = Int(number(28..<32))
      changes = number(24..<28)
      isInLogMode = bytes[19] == 2
      isChecked = bytes[20] == UInt8(checksumBytes) && number(60..<64) > 0
    }
  }

  static func header(of path: String) -> Header? {
    guard let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: 100)
    else { return nil }
    return Header(Array(bytes)[...])
  }

  /// What is wrong with the pages of a file that nobody writes to: nothing where they have no checksums.
  ///
  /// It may not be open in this process: closing a file ends SQLite's locks on it.
  ///
  /// - Throws: What reading throws.
  /// - Complexity: O(*n*) in the size of the file.
  static func problems(of path: String) throws -> [String] {
    guard let header = header(of: path), header.isChecked, isAtRest(path),
      let file = FileHandle(forReadingAtPath: path)
    else { return [] }
    var altered: [Int] = []
    var number = 1
    var rest = 0
    while let block = try file.read(upToCount: blockBytes), !block.isEmpty {
      unsafe block.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: header.pageBytes) {
          guard start + header.pageBytes <= bytes.count else {
            rest = bytes.count - start
            break
          }
          let page = unsafe UnsafeRawBufferPointer(
            rebasing: bytes[start..<start + header.pageBytes])
          if number <= header.pageCount, unsafe !isWhole(page, number) { altered.append(number) }
          number += 1
        }
      }
    }
    // A run has begun meanwhile, and SQLite has to say which pages are whole.
    guard isAtRest(path), Self.header(of: path) == header else { return [] }
    var problems = altered.prefix(maxNamed).map {
      "page \($0) of \(number - 1) has been altered since it was written"
    }
    if altered.count > maxNamed { problems.append("and \(altered.count - maxNamed) more pages") }
    // What follows is not part of it: SQLite shortens a repacked file after all else is done.
    if number - 1 < header.pageCount {
      problems.append(
        "the file has \(number - 1) pages\(rest > 0 ? " and \(rest) bytes" : ""), its header says"
          + " \(header.pageCount)")
    } else if rest > 0 {
      problems.append("the file has \(rest) bytes after its last page")
    }
    return problems
  }

  private static let blockBytes = 1 << 20
  private static let maxNamed = 10
  /// SQLite locks these bytes, and so never writes the page that holds them.
  private static let lockingOffset = 1 << 30

  private static func isAtRest(_ path: String) -> Bool {
    let file = URL(filePath: path).resolvingSymlinksInPath().path
    return !LedgerLock.isHeld(ledger: path)
      && ["-wal", "-journal"].allSatisfy { !FileManager.default.fileExists(atPath: file + $0) }
  }

  private static func isWhole(_ page: UnsafeRawBufferPointer, _ number: Int) -> Bool {
    let bytes = UInt32(page.count)
    return unsafe oddport_page_checksum(page.baseAddress, bytes, UInt64(number))
      == oddport_kept_checksum(page.baseAddress, bytes)
      || page.allSatisfy { $0 == 0 } || (number - 1) * page.count == lockingOffset
  }

  /// Gives each page its checksum, in the bytes that are reserved for it.
  ///
  /// - Parameter descriptor: Of a database that is locked and has nothing left to write.
  static func sum(_ descriptor: Int32) throws {
    guard let header = Header(try read(descriptor, 100, at: 0)[...]) else {
      throw StoredDamage("its header cannot be read")
    }
    for number in 1..<header.pageCount + 1 {
      let start = (number - 1) * header.pageBytes
      guard start != lockingOffset else { continue }
      let page = try read(descriptor, header.pageBytes, at: start)
      let sum = unsafe page.withUnsafeBytes {
        unsafe oddport_page_checksum($0.baseAddress, UInt32($0.count), UInt64(number))
      }
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
      guard unsafe pwrite(descriptor, bytes, 8, start + header.pageBytes - 8) == 8 else {
        throw DatabaseError(
          resultCode: .SQLITE_IOERR_WRITE, message: unsafe String(cString: strerror(errno)))
      }
    }
  }

  private static func read(_ descriptor: Int32, _ count: Int, at offset: Int) throws -> [UInt8] {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe filled = max(0, pread(descriptor, buffer.baseAddress, count, offset))
    }
    guard bytes.count == count else {
      throw DatabaseError(resultCode: .SQLITE_IOERR_READ, message: "the ledger is cut off")
    }
    return bytes
  }
}
