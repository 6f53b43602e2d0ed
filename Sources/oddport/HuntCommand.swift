import Archives
import ArgumentParser
import Diagnostics
import Facts
import Glibc
import Hunting
import Knowledge
import Reporting
import Scanning
import Telemetry

/// `oddport hunt`: archives in, report out.
struct HuntCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt",
    abstract: "Hunt archives and write the severity report.",
    discussion: """
      An archive is a file, a folder (all .jsonl, .ndjson, .json and .log below it, with .zst or .gz \
      behind or without) or - for standard input.

      By default a line is parsed only if its bytes show that it can matter; the findings are the same \
      either way, and --check-all counts malformed lines among the others too.

      \(ExitStatus.list)
      """)

  @OptionGroup var options: HuntOptions

  func run() async throws {
    let settings = try options.settings()
    let found = try ArchiveFinder.find(paths: settings.archives)
    if options.dryRun {
      return try deliver(Array(DryRun(found: found, settings: settings).text.utf8))
    }
    let scanOptions = ScanOptions(settings)
    let total = found.archives.reduce(0) { $0 + $1.bytesOnDisk }
    let progress = ProgressLine(
      totalBytes: total, isShown: !settings.isQuiet && Terminal.showsProgress)
    let scanned: ScanResult
    do {
      scanned = try await interruptibly {
        try await scan(found.archives, scanOptions) { progress.advance(by: $0) }
      }
      progress.clear()
    } catch let interruption as Interrupted {
      progress.clear()
      complain("interrupted: nothing was written")
      throw interruption.status.code
    }
    for diagnostic in scanned.unreadable { complain(diagnostic.description) }

    let verdict = hunt(scanned.facts, parity: settings.parity)
    let report = report(scanned, verdict, settings)
    if let out = settings.out {
      try write(report, scanned, settings, to: out)
      if !settings.isQuiet { complain(report.verdictLine) }
    } else {
      try deliver(render(report, settings.reportFormats.first ?? .text, settings))
    }
    let isPartlyRead =
      !scanned.unreadable.isEmpty
      || scanned.archives.contains {
        $0.damage != nil || $0.coverage.lines.rejected[.utf16] != nil
      }
    if isPartlyRead { throw ExitStatus.partlyRead.code }
    if let least = settings.failOn.leastScore,
      verdict.findings.contains(where: { $0.maxRiskScore >= least })
    {
      throw ExitStatus.findings.code
    }
  }

  // MARK: - Report

  private func report(
    _ scanned: ScanResult, _ verdict: Verdict, _ settings: HuntSettings
  ) -> Report {
    Report(
      detection: Detection(
        parity: settings.parity, timeMode: settings.clock == .utc ? .utc : .record,
        from: settings.from, to: settings.to, toolVersion: Oddport.version),
      coverage: ReadCoverage(
        scanned.facts.coverage, texts: scanned.facts.texts, archives: scanned.archives,
        examples: scanned.examples.map {
          ResolvedExample(
            archive: $0.archive, line: $0.line, reason: $0.reason, message: $0.message)
        }),
      verdict: verdict,
      nearestShapeHint: "oddport shapes lists what can be read, with a sample line of each")
  }

  private func render(
    _ report: Report, _ format: ReportFormat, _ settings: HuntSettings
  ) -> [UInt8] {
    let isToFile = settings.out != nil
    return report.render(
      as: format, width: settings.width ?? (isToFile ? 100 : Terminal.width),
      color: !isToFile && Terminal.usesColor(settings.color))
  }

  private func write(
    _ report: Report, _ scanned: ScanResult, _ settings: HuntSettings, to folder: String
  ) throws {
    let formats = settings.formats.isEmpty ? [.json, .csv, .markdown] : settings.reportFormats
    let files = formats.sorted { $0.fileName < $1.fileName }.map {
      OutputFile(name: $0.fileName, bytes: render(report, $0, settings))
    }
    let manifest = Manifest(
      version: Oddport.version, command: "hunt", parity: settings.parity,
      settings: settings.manifestEntries,
      inputs: scanned.archives.map { Manifest.File($0) },
      outputs: files.map { Manifest.File($0) })
    try ReportDirectory(folder).replace(with: files, manifest: manifest.rendered())
  }
}

extension HuntSettings {
  fileprivate var reportFormats: [ReportFormat] {
    formats.compactMap { ReportFormat(rawValue: $0) }
  }

  /// Everything that the report depends on, and nothing else, in the words of a job file.
  fileprivate var manifestEntries: [String: JSONOutput] {
    var entries: [String: JSONOutput] = [:]
    for key in SettingKey.allCases where key.decidesReport {
      entries[key.rawValue] = JSONOutput(values(of: key).first)
    }
    return entries
  }
}
