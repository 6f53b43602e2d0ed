package import Diagnostics

/// A file that holds no partial facts, or not the whole of them; or partials that do not fit together.
package struct PartialError: Explainable {
  package var diagnostic: Diagnostic
  /// Whether all is well with the parts that are there, and others are missing.
  package var isIncomplete = false

  static let again = "run oddport map again"

  init(_ file: String, _ message: String, hint: String) {
    diagnostic = Diagnostic(at: .init(file: file), message, hint: hint)
  }
}
