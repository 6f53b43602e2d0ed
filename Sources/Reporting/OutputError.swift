package import Diagnostics

/// Why an output could not be written: exit status 73, whichever case it is.
package enum OutputError: Error, Equatable {
  /// One step of writing failed; `reason` is the system's.
  case failed(path: String, step: String, reason: String)
  /// The output folder holds something other than a report.
  case notOurs(directory: String, file: String)
  /// A file, a device or the like has the name of the report directory.
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
        hint: "is there room, and may this user write there? What was there before is untouched")
    case .notOurs(let directory, let file):
      Diagnostic(
        at: .init(file: directory),
        "holds '\(Escaping.terminal(file))', which is not part of a report",
        hint: "a report replaces its whole directory: give it one of its own, such as"
          + " '\(directory)/report'")
    case .notADirectory(let path):
      Diagnostic(
        at: .init(file: path), "exists already and is not a directory",
        hint: "move it away, or name another directory for the report")
    case .notReplaceable(let path):
      Diagnostic(
        at: .init(file: path), "cannot be replaced as a whole",
        hint: "give the report a directory of its own, such as './report'")
    }
  }
}
