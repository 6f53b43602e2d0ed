import ArgumentParser

/// How a run ends, for scripts: part of the interface.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case findings = 1
  case partial = 2
  case blind = 3
  case wrongUsage = 64
  case badPart = 65
  case noInput = 66
  case partMissing = 69
  case outOfMemory = 71
  case cannotWrite = 73
  case held = 75
  case interrupted = 130
  case terminated = 143

  var meaning: String {
    switch self {
    case .done: "done"
    case .findings:
      "done, and there are findings, beacons or RDP port changes at or above --fail-on"
    case .partial:
      "done, but the reading was partial: input was damaged, unreadable, passed over or not understood"
    case .blind:
      "done, but blind: nothing was understood, or nothing came that should have"
    case .wrongUsage: "wrong usage"
    case .badPart:
      "a plan or a partial is damaged or foreign, a unit changed since the plan, partials do not fit"
    case .noInput: "a file or folder that was named is not there, or cannot be opened"
    case .partMissing: "units of a plan are missing"
    case .outOfMemory: "out of memory"
    case .cannotWrite: "the report, plan, partial or a temporary file cannot be written"
    case .held: "another run holds the ledger"
    case .interrupted: "interrupted by Ctrl-C"
    case .terminated: "stopped by SIGTERM"
    }
  }

  var code: ExitCode { ExitCode(rawValue) }

  static var list: String {
    "Exit status:\n"
      + allCases.map { status in
        let number = String(status.rawValue)
        return "  " + number + String(repeating: " ", count: 5 - number.count) + status.meaning
      }.joined(separator: "\n")
  }
}
