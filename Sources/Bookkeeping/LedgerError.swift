package import Diagnostics
import GRDB

/// Why a ledger cannot be used.
package enum LedgerError: Explainable {
  case missing(path: String)
  case notALedger(path: String)
  /// A folder, a pipe or a device.
  case notAFile(path: String, kind: String)
  case newer(path: String)
  /// Another run holds it; nil: the process cannot be seen from here.
  case held(path: String, process: Int32?)
  /// Its facts were read with other settings than those asked for.
  case readOtherwise(path: String, setting: String, there: String, asked: String)
  /// It holds what oddport never wrote.
  case damaged(path: String, reason: String)
  /// It cannot even be opened to be read.
  case unreadable(path: String, reason: String)
  /// No archive of it is called so.
  case unknownArchive(path: String, name: String)
  /// There is no room for it, or the disk fails.
  case disk(path: String, reason: String)
  /// The system or SQLite refused.
  case failed(path: String, reason: String)

  package var diagnostic: Diagnostic {
    switch self {
    case .missing(let path):
      Diagnostic(
        at: .init(file: path), "there is no such ledger",
        hint: "oddport hunt --ledger \(path) ARCHIVE makes one")
    case .notALedger(let path):
      Diagnostic(at: .init(file: path), "not a ledger of oddport", hint: "name another file")
    case .notAFile(let path, let kind):
      Diagnostic(
        at: .init(file: path), "not a ledger of oddport, but \(kind)", hint: "name a file")
    case .newer(let path):
      Diagnostic(
        at: .init(file: path), "made by a newer oddport", hint: "update oddport on this machine")
    case .held(let path, let process):
      Diagnostic(
        at: .init(file: path),
        "another run holds the ledger" + (process.map { ": process \($0)" } ?? ""),
        hint: "wait until it has ended, or end it")
    case .readOtherwise(let path, let setting, let there, let asked):
      Diagnostic(
        at: .init(file: path),
        "its facts were read with \(setting) \(there), not with \(asked)",
        hint: "keep to that, or start another ledger")
    case .damaged(let path, let reason):
      Diagnostic(
        at: .init(file: path), "damaged: \(reason)",
        hint:
          "oddport ledger check \(path) says what else; restore a copy, or read the archives again")
    case .unreadable(let path, let reason):
      Diagnostic(
        at: .init(file: path), "cannot be read: \(reason)",
        hint: "run as a user who may read it and what lies beside it")
    case .unknownArchive(let path, let name):
      Diagnostic(
        at: .init(file: path), "holds no archive \(quoted(name))",
        hint:
          "name it as a report or oddport ledger export does, by its path then, or by its SHA-256")
    case .disk(let path, let reason):
      Diagnostic(
        at: .init(file: path), reason,
        hint:
          "make room, or look at the disk: the ledger is whole, and the next run reads what this one"
          + " could not keep")
    case .failed(let path, let reason):
      Diagnostic(at: .init(file: path), reason)
    }
  }

  static let halfPacked =
    "a run was killed while it repacked the file; the next run that writes to it completes that"
  static let alteredPage = "a page has been altered since it was written"

  /// What went wrong, where SQLite says so.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as LedgerError: self = error
    case is PartialReader.Malformed:
      self = .damaged(path: path, reason: PartialReader.Malformed.reason)
    case let error as DatabaseError:
      let reason = error.message ?? "SQLite says \(error.resultCode)"
      switch error.resultCode {
      case _ where error.isAlteredPage: self = .damaged(path: path, reason: Self.alteredPage)
      case _ where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK:
        self = .failed(path: path, reason: Self.halfPacked)
      case .SQLITE_FULL, .SQLITE_IOERR: self = .disk(path: path, reason: reason)
      case .SQLITE_NOTADB: self = .notALedger(path: path)
      case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT, .SQLITE_RANGE,
        .SQLITE_TOOBIG, .SQLITE_FORMAT:
        self = .damaged(path: path, reason: reason)
      default: self = .failed(path: path, reason: reason)
      }
    case let damage as StoredDamage: self = .damaged(path: path, reason: damage.reason)
    default: self = .failed(path: path, reason: "\(error)")
    }
  }
}

extension DatabaseError {
  /// Whether the checksum of a page was not that of its bytes.
  var isAlteredPage: Bool { extendedResultCode == .SQLITE_IOERR_DATA }
}

/// A stored value that oddport never wrote.
struct StoredDamage: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
