import Archives
import ArgumentParser
import Bookkeeping
import Hunting
import Knowledge
import Scanning

/// `oddport hunt`: archives in, report out.
struct HuntCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt",
    abstract: "Hunt archives and write the severity report.",
    discussion: """
      An archive is a file, a folder (all below it that is JSON lines, plain or packed with zstd or gzip; \
      what is passed over is listed in the report) or - for standard input.

      By default a line is parsed only if its bytes show that it can matter; the findings are the same \
      either way. --check-all parses all: it counts malformed lines among the others too, and hosts are heard \
      by any event.

      \(ExitStatus.list)
      """)

  @OptionGroup var options: SettingOptions<HuntUse>

  @Flag(
    help: "Only say what would be read and with which settings, as a job file that says the same.")
  var dryRun = false

  @Flag(
    help: "With --only-new: judge everything again, also where nothing came since the last night.")
  var rejudge = false

  func run() async throws {
    var settings = try options.settingsWithInput()
    if rejudge, !settings.isOnlyNew { throw UsageError.rejudgesNothing }
    let found = try ArchiveFinder.find(paths: settings.archives)
    if dryRun {
      return try writeOutput(Array(DryRun(found: found, settings: settings).text.utf8))
    }
    if found.archives.isEmpty, let ledger = settings.ledger, !settings.isFirstNight {
      try settings.adopt(Ledger(ledger, for: .asking))
    }
    let suppressions = try Suppressions(settings)
    let intelligence = try Intelligence(settings)
    let plan = RecallPlan.hunt(settings, intelligence.wanted)
    let rules =
      settings.isOnlyNew && !rejudge
      ? ReportDelivery.rules(settings, intelligence, suppressions) : nil
    let reading = try await Reading.facts(of: found, settings, for: plan, judgedBy: rules)
    reading.printUnreadable()
    if !settings.isQuiet, let words = found.skippedInWords { printError(words) }
    NearestShape.printWarning(about: found.archives, reading.scan.facts, settings)
    var delivery = ReportDelivery(
      command: "hunt", settings: settings, reading: consume reading, suppressions: suppressions,
      intelligence: intelligence)
    if var verdict = delivery.nightWithoutNews {
      let news = News(in: &verdict, reported: [:])
      return try delivery.write(verdict, news)
    }
    if delivery.reading.judgedNight != nil {
      try await delivery.reading.recallAll(plan, settings)
    }
    var verdict = await delivery.judge()
    let news = settings.isOnlyNew ? try delivery.reading.ledger?.keepNews(in: &verdict) : nil
    try delivery.write(verdict, news)
  }
}

extension ArchiveFinder.Found {
  /// `3 files passed over: 2 hidden, 1 name of another kind`; nil for none.
  fileprivate var skippedInWords: String? {
    guard !skipped.isEmpty else { return nil }
    let reasons = Dictionary(grouping: skipped, by: \.reason).map {
      ($0.key.rawValue, $0.value.count)
    }
    .sorted { $0.0 < $1.0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    return "\(skipped.count) \(skipped.count == 1 ? "file" : "files") passed over: \(reasons)"
  }
}
