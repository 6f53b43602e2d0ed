/// An error message: where it happened, what is wrong, and what helps.
package struct Diagnostic: Equatable, Sendable {
  package struct Location: Equatable, Sendable {
    package var file: String
    /// Counted from 1; nil where the whole file is meant.
    package var line: Int?

    package init(file: String, line: Int? = nil) {
      self.file = file
      self.line = line
    }
  }

  package var location: Location?
  package var message: String
  package var hint: String?

  package init(at location: Location? = nil, _ message: String, hint: String? = nil) {
    self.location = location
    self.message = message
    self.hint = hint
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `FILE:LINE: error: MESSAGE` and, on a line of its own, `  hint: …`.
  package var description: String {
    var place = ""
    if let location {
      place = location.file + (location.line.map { ":\($0)" } ?? "") + ": "
    }
    return place + "error: " + message + (hint.map { "\n  hint: " + $0 } ?? "")
  }
}

/// An error that says where it happened and what helps.
package protocol Explainable: Error {
  var diagnostic: Diagnostic { get }
  /// All that is wrong, where an error knows more than one thing; `diagnostic` is the first.
  var diagnostics: [Diagnostic] { get }
}

extension Explainable {
  package var diagnostics: [Diagnostic] { [diagnostic] }
}
