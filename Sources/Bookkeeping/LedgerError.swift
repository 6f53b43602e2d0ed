package import Diagnostics
import GRDB

/// Why a ledger cannot be used.
package enum LedgerError: Explainable {
  case missing(path: String)
  case notALedger(path: String)
  case newer(path: String)
  /// Another run holds it.
  case held(path: String, process: Int32)
  /// Its facts were read with other settings than those asked for.
  case readOtherwise(path: String, setting: String, there: String, asked: String)
  case failed(path: String, reason: String)

  package var diagnostic: Diagnostic {
    switch self {
    case .missing(let path):
      Diagnostic(
        at: .init(file: path), "there is no such ledger",
        hint: "oddport hunt --ledger \(path) ARCHIVE makes one")
    case .notALedger(let path):
      Diagnostic(at: .init(file: path), "not a ledger of oddport", hint: "name another file")
    case .newer(let path):
      Diagnostic(
        at: .init(file: path), "made by a newer oddport", hint: "update oddport on this machine")
    case .held(let path, let process):
      Diagnostic(
        at: .init(file: path), "another run holds the ledger: process \(process)",
        hint: "wait until it has ended, or end it")
    case .readOtherwise(let path, let setting, let there, let asked):
      Diagnostic(
        at: .init(file: path),
        "its facts were read with \(setting) \(there), not with \(asked)",
        hint: "keep to that, or start another ledger")
    case .failed(let path, let reason):
      Diagnostic(at: .init(file: path), reason, hint: "oddport ledger check \(path) says more")
    }
  }

  /// Whether somebody else's run is the reason, and waiting helps.
  package var isHeld: Bool { if case .held = self { true } else { false } }
}
