package import Diagnostics

/// Why an output could not be written: exit status 73, whichever case it is.
package enum OutputError: Error, Equatable {
  /// What the system said to one step of writing.
  case failed(path: String, step: String, reason: String)
  /// Something else than a report lies where the report is to go.
  case notOurs(directory: String, file: String)
  /// A file, a device or the like lies where the report directory is to go.
  case notADirectory(path: String)
  /// A directory that cannot be exchanged for another one, such as `.` or `/`.
  case notReplaceable(path: String)
}

extension OutputError: Explainable {
  package var diagnostic: Diagnostic {
    switch self {
    case .failed(let path, let step, let reason):
      Diagnostic(
        at: .init(file: path), "cannot \(step): \(reason)",
        hint: "is there room, and may this user write there? What lay there before is untouched")
    case .notOurs(let directory, let file):
      Diagnostic(
        at: .init(file: directory),
        "holds '\(Escaping.terminal(file))', which is no part of a report",
        hint: "a report replaces its whole directory: give it one of its own, such as"
          + " '\(directory)/report'")
    case .notADirectory(let path):
      Diagnostic(
        at: .init(file: path), "is there already and is no directory",
        hint: "move it away, or name another directory for the report")
    case .notReplaceable(let path):
      Diagnostic(
        at: .init(file: path), "cannot be replaced as a whole",
        hint: "give the report a directory of its own, such as './report'")
    }
  }
}
