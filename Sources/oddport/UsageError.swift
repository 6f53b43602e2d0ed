import ArgumentParser
import Diagnostics

/// The command line cannot be understood.
struct UsageError: Explainable {
  var diagnostic: Diagnostic

  init(diagnostic: Diagnostic) { self.diagnostic = diagnostic }

  static func noArchives(job: String?) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        job == nil ? "nothing to read" : "neither the job nor the command line says what to read",
        hint: "name files or folders: oddport hunt nights/"))
  }

  static let rejudgesNothing = UsageError(
    diagnostic: Diagnostic(
      "--rejudge: has no effect without --only-new",
      hint: "leave it out: a whole report judges everything"))

  static let noLedger = UsageError(
    diagnostic: Diagnostic("no ledger to add to", hint: "oddport ledger add --ledger FILE ARCHIVE"))

  static let nothingToExplain = UsageError(
    diagnostic: Diagnostic(
      "nothing to explain", hint: "oddport explain ID ARCHIVE, or oddport explain --line FILE:N"))

  static let noLine = UsageError(diagnostic: Diagnostic("standard input holds no line"))

  static func unknownFinding(_ id: String) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        "no finding, beacon or change has the id \(quoted(id))",
        hint: "the same archives or ledger and the same settings give the same ids"))
  }

  static func ambiguousFinding(_ id: String, _ count: Int) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        "\(count) ids begin with \(quoted(id))", hint: "give more characters of it"))
  }

  static let idAndLine = UsageError(
    diagnostic: Diagnostic(
      "an id and --line do not go together", hint: "explain one after the other"))

  static let noPartials = UsageError(
    diagnostic: Diagnostic(
      "nothing to reduce", hint: "name the files that oddport map has written"))

  static func streamInPlan(_ path: String) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        at: .init(file: path), "a stream cannot be planned: each machine sees another one",
        hint: "name files or folders; standard input can be planned alone, with --name"))
  }

  static let nameWithoutStream = UsageError(
    diagnostic: Diagnostic(
      "--name: names standard input, which is to be the only archive",
      hint: "oddport map - --name NAME; a plan has the names of its archives"))

  static let unitsWithoutPlan = UsageError(
    diagnostic: Diagnostic(
      "--unit, --shard: there is no plan whose units they could mean",
      hint: "oddport plan ARCHIVE… --output PLAN, then oddport map --plan PLAN --shard 1/8 ARCHIVE…"
    ))

  static func unitsTwice(_ option: String) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        "--unit and \(option) both say what is to be read", hint: "leave one of them out"))
  }

  static func noSuchUnit(_ number: Int, of count: Int) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        "--unit: there is no unit \(number) in a plan of \(count)",
        hint: "the plan has a line for each"))
  }

  static let oneUnitFromStream = UsageError(
    diagnostic: Diagnostic(
      "standard input can give one unit, and not beside other archives",
      hint: "oddport map --plan PLAN --unit 7 - <its bytes"))

  static let noPorts = UsageError(
    diagnostic: Diagnostic(
      "nothing to look for",
      hint: "oddport sweep --port 6666 --ledger FILE, or --intel FEED, or --sigma RULE"))

  static func nothingAsked(_ feeds: [String]) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        "nothing to look for: \(feeds.map(quoted).joined(separator: ", ")) holds nothing that could be"
          + " taken and is not marked as common",
        hint: "oddport intel check FEED says why"))
  }

  static func notSigma(_ path: String) -> Self {
    UsageError(
      diagnostic: Diagnostic(
        at: .init(file: path), "is not a Sigma rule", hint: "other feeds are given with --intel"))
  }

  static let sweepOfBoth = UsageError(
    diagnostic: Diagnostic(
      "a sweep asks a ledger or reads archives, not both",
      hint: "oddport hunt --ledger FILE ARCHIVE adds archives to a ledger"))

  static let noSuppressions = UsageError(
    diagnostic: Diagnostic(
      "there are no suppressions to check", hint: "name a file with --suppressions FILE"))

  static let checkOfBoth = UsageError(
    diagnostic: Diagnostic(
      "a check asks a ledger or reads archives, not both", hint: "leave one of them out"))

  /// ArgumentParser's message on one line, what it suggests on the next.
  init(_ error: any Error, _ arguments: [String]) {
    let commands = Oddport.configuration.subcommands.map { $0._commandName }
    let command = arguments.first { commands.contains($0) }
    var message = Oddport.message(for: error)
    var hint = "see 'oddport \(command.map { "\($0) " } ?? "")--help'"
    if let typed = arguments.first, command == nil, !typed.hasPrefix("-") {
      message = "unknown command \(quoted(typed))"
      if let meant = closest(to: typed, among: commands) {
        hint = "did you mean '\(meant)'?"
      } else {
        hint = "there are \(commands.joined(separator: ", ")); " + hint
      }
    } else {
      let parts = message.split(separator: " Did you mean ", maxSplits: 1)
      if parts.count == 2 {
        message = String(parts[0])
        hint = "did you mean " + parts[1]
      }
    }
    while message.hasSuffix(".") { message.removeLast() }
    diagnostic = Diagnostic(message.prefix(1).lowercased() + message.dropFirst(), hint: hint)
  }
}
