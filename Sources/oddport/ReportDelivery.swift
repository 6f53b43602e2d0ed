import ArgumentParser
import Bookkeeping
import CMemory
import Facts
import Foundation
import Hashing
import Hunting
import Knowledge
import Reporting
import Scanning

/// The end of every command that reports: the report goes where it was asked for, the verdict into the
/// exit status.
struct ReportDelivery {
  /// The command's name in the manifest.
  let command: String
  let settings: HuntSettings
  var reading: Reading
  let suppressions: Suppressions
  let intelligence: Intelligence

  /// The judgement of all that was read.
  var verdict: Verdict {
    get async {
      await hunt(
        reading.scan.facts, by: rules, totals: reading.totals, groups: reading.groups,
        workers: ScanOptions(settings).workers)
    }
  }

  /// Judges what was read for the last time: what was seen is let go, because a report holds none of it.
  mutating func judge() async -> Verdict {
    let verdict = await verdict
    reading.scan.facts.forgetObservations()
    reading.groups = nil
    oddport_return_free_memory()
    return verdict
  }

  var rules: HuntRules {
    var rules = HuntRules(parity: settings.parity)
    rules.lists.highRiskProcesses += settings.highRisk
    rules.suppressions = suppressions.rules
    rules.intel = intelligence.indicators
    rules.validity = settings.validity
    rules.isSweep = command == "sweep"
    rules.weights = settings.weights
    rules.isOnlyPublished = settings.isOnlyPublished
    return rules
  }

  /// Whether the reading was complete.
  var readingVerdict: ReadingVerdict {
    reading.verdict(settings, feeds: intelligence.readings + suppressions.readings)
  }

  /// - Parameter news: With `--only-new`, what the night is about.
  /// - Throws: `OutputError`, or the `ExitCode` that the outcome has.
  func write(_ verdict: Verdict, _ news: News? = nil) throws {
    let report = report(verdict)
    let complete = report.readingOfRun.level == .complete
    // Before a night counts as reported.
    if let textfile = settings.textfile {
      // It names no host, port or address.
      try AtomicFile.write(report.render(as: .prometheus), to: textfile, isForAll: true)
    }
    if let news {
      try writeNight(report, NightMessage(report, reading, news), nightBefore(news))
      try reading.ledger?.remember(news, at: NightMessage.now, judgedNight(verdict))
    } else if let out = settings.out {
      try write(report, to: out)
      if !settings.isQuiet { printError(report.verdictLine) }
      if !complete { printError(report.readingOfRun.text) }
    } else {
      let format = settings.formats.first ?? .text
      try oddport.writeOutput(render(report, format))
      if !complete, format != .text || report.reading != report.readingOfRun {
        printError(report.readingOfRun.text)
      }
    }
    if settings.formats.contains(.timesketch), report.undatedCount > 0 {
      printError("findings without a time, which are not in the timeline: \(report.undatedCount)")
    }
    try report.readingOfRun.finish()
    if let least = settings.failOn.minScore,
      verdict.all.contains(where: { $0.severity.rawValue >= least && $0.status != .gone })
    {
      throw ExitStatus.findings.code
    }
  }

  /// What the ledger keeps of the night's judgement. Hits of intelligence are reported each night, so that these have to be
  /// judged each night.
  private func judgedNight(_ verdict: Verdict) -> JudgedNight? {
    guard verdict.intelHits.isEmpty else { return nil }
    return JudgedNight(
      rules: Self.rules(settings, intelligence, suppressions),
      suppressed: verdict.suppressed.count + verdict.suppressedBefore)
  }

  /// Everything besides the facts that decides a judgement, as one text.
  static func rules(
    _ settings: HuntSettings, _ intelligence: Intelligence, _ suppressions: Suppressions
  ) -> String {
    let files = (intelligence.files + suppressions.files).map { "\($0.name) \($0.sha256)\n" }
    return SHA256.hexadecimal(
      of: Array((BuildVersion.text + settings.job(\.decidesReport) + files.joined()).utf8))
  }

  /// What there is to tell of a night in which nothing came: nil, where all has to be judged to know, or to be written.
  var nightWithoutNews: Verdict? {
    guard let judged = reading.judgedNight, settings.textfile == nil,
      readingVerdict.level == .complete,
      settings.out.map({ FileManager.default.fileExists(atPath: $0) }) ?? true
    else { return nil }
    var verdict = Verdict()
    verdict.suppressedBefore = judged.suppressed
    return verdict
  }

  /// Reports the night: nothing if it was calm and completely read.
  private func writeNight(_ report: Report, _ message: NightMessage, _ before: NightBefore) throws {
    if let out = settings.out {
      // A folder that is not there yet gets the report of a night that was reported elsewhere as well.
      if !message.isRepeated || !FileManager.default.fileExists(atPath: out) {
        let files = files(of: report)
        try NightFolder(out, keep: settings.nightsKept).write(
          files,
          manifest: manifest(of: files.map { Manifest.File($0) }, report, before).rendered(),
          run: message.runJSON,
          as: message.name)
      }
      try AtomicFile.write(message.runJSON, to: out + "/" + NightFolder.runName)
      if !message.isCalm { try oddport.writeOutput(Array(message.text.utf8)) }
    } else if !message.isCalm {
      let format = settings.formats.first ?? .text
      if format == .text {
        try oddport.writeOutput(Array(message.text.utf8) + [10] + render(report, .text))
      } else {
        printError(String(message.text.dropLast()))
        try oddport.writeOutput(render(report, format))
      }
    }
  }

  func report(_ verdict: Verdict) -> Report {
    let scanned = reading.scan
    var detection = Detection(
      parity: settings.parity, timeSource: settings.timeSource,
      from: settings.from, to: settings.to, toolVersion: Oddport.version)
    detection.sweptPorts = settings.ports
    if command == "sweep" { detection.sweptIndicators = intelligence.lookedForCount }
    var report = Report(
      detection: detection,
      coverage: ReadCoverage(
        scanned.facts.coverage, texts: scanned.facts.texts, archives: scanned.archives,
        examples: scanned.examples.map {
          ResolvedExample(
            archive: $0.archive, line: $0.line, reason: $0.reason, message: $0.message)
        }, skipped: reading.evidence.unread),
      verdict: verdict)
    report.archiveNames = ArchiveNames(scanned.archives.map(\.name))
    report.readingOfRun = readingVerdict
    report.reading = report.readingOfRun.ofTheInput
    report.settings = settings.job(\.decidesReport)
    report.feeds = intelligence.files + suppressions.files
    report.asked = intelligence.asked
    report.rules = rules
    return report
  }

  /// The files of a report folder, by name; the manifest is not among them.
  func files(of report: Report) -> [OutputFile] { formats.map { file(as: $0, of: report) } }

  /// Those of a report folder, by the names of their files.
  private var formats: [ReportFormat] {
    (settings.formats.isEmpty ? [.json, .csv, .markdown, .html] : settings.formats)
      .sorted { $0.fileName < $1.fileName }
  }

  private func file(as format: ReportFormat, of report: Report) -> OutputFile {
    OutputFile(name: format.fileName, bytes: render(report, format))
  }

  /// The inputs and settings of the run, so that `verify` can repeat it.
  ///
  /// - Parameter report: The report that the files render.
  /// - Parameter before: With `--only-new`, what was known before.
  func manifest(of files: [Manifest.File], _ report: Report, _ before: NightBefore? = nil)
    -> Manifest
  {
    var manifest = Manifest(
      version: Oddport.version, command: command, parity: settings.parity,
      settings: settings.manifestEntries, inputs: reading.scan.archives.map { Manifest.File($0) },
      outputs: files, intel: intelligence.files,
      suppressions: suppressions.files)
    manifest.unread = reading.evidence.unread
    manifest.foundNone = reading.evidence.run.foundArchives == 0
    if settings.formats.contains(.prometheus) {
      manifest.clockNotes = report.readingOfRun.notes.filter(\.reason.isOfTheRun)
    }
    manifest.night = before
    return manifest
  }

  func nightBefore(_ news: News) -> NightBefore {
    NightBefore(
      number: reading.night?.number ?? 1,
      newArchives: reading.newArchives.map { reading.scan.archives[$0].sha256 }.sorted(),
      reported: news.reported)
  }

  /// The table has a line for each finding; details are limited to a screen or two.
  private static let detailsOnTerminal = 3

  private func render(_ report: Report, _ format: ReportFormat) -> [UInt8] {
    let isToFile = settings.out != nil
    var options = RenderOptions(
      width: settings.width ?? (isToFile ? 100 : Terminal.width),
      color: !isToFile && Terminal.usesColor(settings.color),
      details: isToFile || settings.isVerbose ? nil : Self.detailsOnTerminal)
    options.selection = TextSelection(settings)
    options.hasCSVMark = settings.csvMark
    return report.render(as: format, options)
  }

  private func write(_ report: Report, to folder: String) throws {
    // Each is made when the one before it is on the disk.
    let files = formats.lazy.map { file(as: $0, of: report) }
    try ReportDirectory(folder).replace(with: files) { manifest(of: $0, report).rendered() }
  }
}

extension HuntSettings {
  /// Everything that the report depends on, and nothing else, in the words of a job file.
  fileprivate var manifestEntries: [String: JSONOutput] {
    var entries: [String: JSONOutput] = [:]
    for setting in SettingTable.all where setting.decidesReport {
      let values = setting.texts(in: self)
      entries[setting.name] = setting.form.isList ? .strings(values) : JSONOutput(values.first)
    }
    return entries
  }
}

extension ReadingVerdict {
  /// The headline and one sentence for each reason, for a terminal.
  var text: String {
    ([headline] + sentences.map { "  " + Escaping.terminal($0) }).joined(separator: "\n")
  }

  /// - Throws: The status of a reading that was not complete.
  func finish() throws {
    switch level {
    case .complete: break
    case .partial: throw ExitStatus.partial.code
    case .blind: throw ExitStatus.blind.code
    }
  }
}
