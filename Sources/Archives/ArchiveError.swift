package import Diagnostics

/// What can go wrong between a path and its archive. Damage inside an archive is none of these: see
/// ``ArchiveDamage``.
package enum ArchiveError: Error, Equatable {
  /// There is nothing at `path`.
  case missing(path: String)
  /// `path` cannot be opened or listed.
  case unreadable(path: String, reason: String)
  /// `path` is neither a file, a folder nor a pipe.
  case notReadableKind(path: String)
  /// Its bytes are not those of the plan.
  case changed(path: String)
}

extension ArchiveError: Explainable {
  package var diagnostic: Diagnostic {
    switch self {
    case .missing(let path):
      Diagnostic(
        at: .init(file: path), "no such file or folder",
        hint: "check the spelling; '-' reads standard input")
    case .unreadable(let path, let reason):
      Diagnostic(
        at: .init(file: path), "cannot be read: \(reason)",
        hint: "run as a user who may read it, or leave it out")
    case .notReadableKind(let path):
      Diagnostic(
        at: .init(file: path), "is neither a file, a folder nor a pipe",
        hint: "name an archive, a folder of archives, or '-' for standard input")
    case .changed(let path):
      Diagnostic(
        at: .init(file: path), "is not what it was when the plan was made",
        hint: "make the plan again when its writer has finished, and read all units of the new plan"
      )
    }
  }
}
