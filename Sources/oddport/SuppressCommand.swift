import ArgumentParser
import Bookkeeping
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport suppress`: checks whether suppressions still hide what they were written for.
struct SuppressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppress", abstract: "Check suppressions.", subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report what each suppression hides and has hidden.",
      discussion: """
        Hunts archives or a ledger as hunt does, and says of each suppression what it hid altogether and on \
        the last day, since when, and in which rows. With --intel, hits of intelligence are among these. One \
        that has expired, fits nothing or hides more than --share of what would be shown is marked, and the \
        command ends with status 1.

          oddport suppress check --suppressions known.yaml --ledger nights.ledger
          oddport suppress check --suppressions known.yaml archives/
        """)

    @Option(help: "Percent of what would be shown that one suppression may hide.")
    var share = Suppression.broadShare

    @OptionGroup var options: SettingOptions<SuppressCheckUse>

    func run() async throws {
      guard (0...100).contains(share) else { throw ValidationError("--share: is from 0 to 100") }
      var settings = try options.settingsWithInput()
      let suppressions = try Suppressions(settings)
      guard !suppressions.rules.isEmpty else { throw UsageError.noSuppressions }
      if let ledger = settings.ledger {
        // With a ledger nothing is added: archives would change what was hidden.
        guard settings.archives.isEmpty else { throw UsageError.checkOfBoth }
        try options.refuseReading()
        try settings.adopt(Ledger(ledger, for: .asking))
      }
      let intelligence = try Intelligence(settings)
      let reading = try await Subject.reading(settings, intelligence.wanted)
      reading.printUnreadable()
      let delivery = ReportDelivery(
        command: "hunt", settings: settings, reading: reading, suppressions: suppressions,
        intelligence: intelligence)
      let report = delivery.report(await delivery.verdict)
      let check = SuppressionCheck(report, share: share)
      try writeOutput(
        check.text(
          width: settings.columns, color: settings.usesColor))
      if report.readingOfRun.level != .complete { printError(report.readingOfRun.text) }
      try report.readingOfRun.finish()
      if check.hasComplaints { throw ExitStatus.findings.code }
    }
  }
}
