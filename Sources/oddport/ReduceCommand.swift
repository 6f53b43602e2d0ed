import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport reduce`: partial facts in, report out.
struct ReduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Merge partial facts into the report of one hunt.",
    discussion: """
      The report is the one that oddport hunt would have written over all the archives, byte for byte, \
      in whatever order and grouping the parts are given. How they were read is in the parts; parity, \
      intelligence, suppressions and output are said here. Units that are missing or there twice, parts of \
      different plans, and parts that were read with other settings are refused.

      With --partial the result is a part again: a few of many can be merged here, and these elsewhere.

        oddport reduce 1.partial 2.partial --expect night.plan --out report
        oddport reduce --partial 1.partial 2.partial --output 1-2.partial

      \(ExitStatus.list)
      """)

  /// The settings that a partial carries: what decides which facts are in it.
  static let carried: Set<SettingEffect> = [.facts, .selection]

  @OptionGroup var options: SettingOptions<ReduceUse>

  @Option(
    help: ArgumentHelp(
      "The plan that the parts are of: missing units are then named. Once for each plan, where there are"
        + " several.", valueName: "plan"), completion: .file())
  var expect: [String] = []

  @Flag(help: "Write one partial of all of them, and no report.")
  var partial = false

  @Option(
    help: "With --partial: the file to write; standard output without it.", completion: .file())
  var output: String?

  func run() async throws {
    var settings = try options.settings()
    guard !settings.archives.isEmpty else { throw UsageError.noPartials }
    if partial {
      try options.refuse(
        { $0.effect != .input && $0.effect != .run }, because: "has no effect with --partial",
        hint: "say it to the oddport reduce that writes the report")
    } else if output != nil {
      throw UsageError(
        diagnostic: Diagnostic(
          "--output: says where a partial goes", hint: "--out FOLDER is for the report"))
    }
    let expected = try expect.map { path in
      let plan = try WorkPlan(readingFile: path)
      return (plan: plan, digest: plan.digest(version: Oddport.version), file: path)
    }
    let first = settings.archives[0]
    let parts = try settings.archives.map { try PartialFile($0) }
    try settings.adopt(parts[0].header.reading, of: first, "it was read")
    let merge = try PartialMerge(parts, ScanOptions(settings))
    if partial {
      if !expected.isEmpty { try merge.requireWhole(expected, file: first) }
      try write(merge)
    } else {
      try merge.requireWhole(expected, file: first)
      try await report(merge, settings)
    }
  }

  private func write(_ merge: PartialMerge) throws {
    if let output {
      try AtomicFile.write(to: output) { append in try merge.write { try append($0) } }
    } else {
      try merge.write { try writeOutput($0) }
    }
  }

  private func report(_ merge: PartialMerge, _ settings: HuntSettings) async throws {
    let suppressions = try Suppressions(settings)
    let intelligence = try Intelligence(settings)
    var spool = FactSpool(memory: settings.memoryBytes)
    let (scan, unread) = try merge.collect { try spool.add($0) }
    var reading = try await Reading.spooled(
      spool, scan, settings, for: .hunt(settings, intelligence.wanted))
    reading.evidence.unread = unread
    reading.evidence.run.foundArchives = merge.foundArchives
    reading.printUnreadable()
    var delivery = ReportDelivery(
      command: "hunt", settings: settings, reading: reading, suppressions: suppressions,
      intelligence: intelligence)
    let verdict = await delivery.judge()
    try delivery.write(verdict)
  }
}
