package import Diagnostics

/// What can go wrong between a path and its bytes.
package enum ArchiveError: Error, Equatable {
  case notFound(path: String)
  case unreadable(path: String, reason: String)
  case nothingFound(paths: [String])
}

extension ArchiveError: Explainable {
  package var diagnostic: Diagnostic {
    switch self {
    case .notFound(let path):
      Diagnostic(
        at: .init(file: path), "no such file or folder",
        hint: "give a .jsonl.zst archive, a folder of them, or - for standard input")
    case .unreadable(let path, let reason):
      Diagnostic(
        at: .init(file: path), "cannot be read: \(reason)",
        hint: "check the permissions, or leave it out")
    case .nothingFound(let paths):
      Diagnostic(
        "no archive in \(paths.joined(separator: ", "))",
        hint: "archives end in .jsonl, .ndjson, .json or .log, with .zst or .gz behind or without")
    }
  }
}
