package import Diagnostics
import Glibc
import Yams

/// What is wrong with a job, or with another file that people write, all of it at once.
package struct JobFileError: Error, Equatable, Explainable {
  package var diagnostic: Diagnostic
  var others: [Diagnostic] = []
  /// Whether the file is not there, or cannot be opened: what it says is not known.
  package private(set) var isUnreadable = false

  package var diagnostics: [Diagnostic] { [diagnostic] + others }

  init(diagnostic: Diagnostic, others: [Diagnostic] = []) {
    self.diagnostic = diagnostic
    self.others = others
  }

  init(_ file: String, _ line: Int?, _ message: String, hint: String) {
    diagnostic = Diagnostic(at: .init(file: file, line: line), message, hint: hint)
  }

  static func tooLarge(_ file: String) -> Self {
    JobFileError(
      file, nil, "is larger than 1 MiB", hint: "is it a job? Archives come after the options")
  }

  /// With the system's reason, from `errno`.
  static func unreadable(_ file: String) -> Self {
    let number = errno
    let reason = unsafe String(cString: strerror(number))
    var error = JobFileError(
      file, nil, "cannot be read: \(reason)",
      hint: number == ENOENT
        ? "paths start at the current folder" : "is it a file, and may this user read it?")
    error.isUnreadable = true
    return error
  }

  /// In the words of the YAML parser, which know the line.
  init(_ error: YamlError, _ file: String) {
    let signs = "a value that begins with a sign such as * & ! % @ or { has to be in quotes"
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _):
      self.init(
        file, mark.line, Self.before(context) + problem,
        hint: "\(signs); blanks indent, tabs do not")
    case .composer(_, let problem, let mark, _) where problem.contains("alias"):
      self.init(file, mark.line, problem, hint: signs)
    case .composer(let context, let problem, let mark, _):
      self.init(
        file, mark.line, Self.before(context) + problem, hint: "one file holds one document")
    case .duplicatedKeysInMapping(let keys, let context):
      self.init(
        file, context.mark.line, "the key \(quoted(keys.first ?? "")) appears twice",
        hint: "leave one of them")
    default:
      self.init(
        file, nil, "holds a character that YAML does not allow",
        hint: "control characters have to be written with an escape, in double quotes")
    }
  }

  private static func before(_ context: YamlError.Context?) -> String {
    context.map { $0.text + ", " } ?? ""
  }
}
