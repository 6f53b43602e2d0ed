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

  @Argument(help: "What to read.")
  var archives: [String]

  @Option(help: "How close to the published query to stay: to the letter, its meaning, or tuned.")
  var parity = Parity.seed

  @OptionGroup(title: "Reading")
  var reading: ReadingArguments

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "What to write; may be given several times.",
      discussion: "Default: text on standard output; json, csv and markdown into --out."))
  var format: [ReportFormat] = []

  @Option(help: "Write the report and its manifest into this folder, replacing a former report.")
  var out: String?

  @Option(help: "End with status 1 if there are findings of this severity or a higher one.")
  var failOn: Severity?

  @Option(help: "Colours in the text report.")
  var color = Terminal.Color.auto

  @Option(help: "Columns of the text report (default: those of the terminal, or 80).")
  var width: Int?

  @Flag(name: .shortAndLong, help: "No progress and no summary on standard error.")
  var quiet = false

  @Flag(help: "Only say what would be read, and with which settings.")
  var dryRun = false

  func validate() throws {
    if out == nil, format.count > 1 {
      throw ValidationError("several formats go into a folder: give --out DIR as well")
    }
  }

  func run() async throws {
    let found = try ArchiveFinder.find(archives)
    if dryRun { return describe(found) }
    let options = scanOptions
    let total = found.files.reduce(0) { $0 + fileSize($1.path) }
    let progress = ProgressLine(totalBytes: total, isShown: !quiet && Terminal.showsProgress)
    let scanned: ScanResult
    do {
      scanned = try await interruptibly {
        try await scan(found.files, options) { progress.advance(by: $0) }
      }
      progress.clear()
    } catch let interruption as Interrupted {
      progress.clear()
      complain("interrupted: nothing was written")
      throw interruption.status.code
    }
    for diagnostic in scanned.unreadable { complain(diagnostic.description) }

    let verdict = hunt(scanned.facts, parity: parity)
    let report = report(scanned, verdict, found)
    if let out {
      try write(report, scanned, to: out)
      if !quiet { complain(report.verdictLine) }
    } else {
      send(render(report, format.first ?? .text), to: STDOUT_FILENO)
    }
    let isPartlyRead =
      !scanned.unreadable.isEmpty
      || scanned.archives.contains {
        $0.damage != nil || $0.coverage.lines.rejected[.utf16] != nil
      }
    if isPartlyRead { throw ExitStatus.partlyRead.code }
    if let failOn, verdict.findings.contains(where: { $0.severity >= failOn }) {
      throw ExitStatus.findings.code
    }
  }

  // MARK: - Settings

  private var scanOptions: ScanOptions {
    var options = ScanOptions()
    options.reading.clock = reading.clock
    options.reading.assumedSecondsEast = reading.assumeTz?.secondsEast
    options.reading.hostField = reading.hostField
    options.reading.from = reading.from
    options.reading.to = reading.to
    options.limits.maximumLineBytes = reading.maxLine.bytes
    options.limits.maximumWindowBytes = reading.maxWindow.bytes
    options.limits.maximumRatio = reading.maxRatio
    options.workers = reading.workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    options.chunkBytes = reading.chunkSize.bytes
    options.checkAll = reading.checkAll
    options.dedupe = reading.dedupe
    return options
  }

  /// Everything that the report depends on, and nothing else.
  private var settings: [String: JSONOutput] {
    [
      "parity": .string(parity.rawValue),
      "time": .string(reading.clock.rawValue),
      "from": reading.from.map { .string($0.iso8601Milliseconds) } ?? .null,
      "to": reading.to.map { .string($0.iso8601Milliseconds) } ?? .null,
      "assume_tz_seconds_east": reading.assumeTz.map { .int(Int($0.secondsEast)) } ?? .null,
      "host_field": reading.hostField.map { .string($0) } ?? .null,
      "max_line_bytes": .int(reading.maxLine.bytes),
      "max_window_bytes": .int(reading.maxWindow.bytes),
      "max_ratio": .int(reading.maxRatio),
      "check_all": .bool(reading.checkAll),
      "dedupe": .bool(reading.dedupe),
    ]
  }

  private func describe(_ found: ArchiveFinder.Found) {
    var lines = [
      "would read \(found.files.count) archives (\(found.skipped) other files passed over):"
    ]
    lines += found.files.map { "  \(Escaping.terminal($0.name))" }
    lines.append("with these settings:")
    lines += settings.sorted { $0.key < $1.key }.map {
      "  \($0.key): " + String(decoding: $0.value.compact(), as: UTF8.self)
    }
    send(lines.joined(separator: "\n") + "\n", to: STDOUT_FILENO)
  }

  // MARK: - Report

  private func report(
    _ scanned: ScanResult, _ verdict: Verdict, _ found: ArchiveFinder.Found
  ) -> Report {
    Report(
      detection: Detection(
        parity: parity, timeMode: reading.clock == .utc ? .utc : .record, from: reading.from,
        to: reading.to, toolVersion: Oddport.version),
      coverage: ReadCoverage(
        scanned.facts.coverage, texts: scanned.facts.texts, archives: scanned.archives,
        examples: scanned.examples.map {
          ResolvedExample(
            archive: $0.archive, line: $0.line, reason: $0.reason, message: $0.message)
        }),
      verdict: verdict,
      nearestShapeHint: "oddport shapes lists what can be read, with a sample line of each")
  }

  private func render(_ report: Report, _ format: ReportFormat) -> [UInt8] {
    let isToFile = out != nil
    return report.render(
      as: format, width: width ?? (isToFile ? 100 : Terminal.width),
      color: !isToFile && Terminal.usesColor(color))
  }

  private func write(_ report: Report, _ scanned: ScanResult, to folder: String) throws {
    let formats = format.isEmpty ? [.json, .csv, .markdown] : format
    let files = Set(formats).sorted { $0.fileName < $1.fileName }.map {
      OutputFile(name: $0.fileName, bytes: render(report, $0))
    }
    func hash(_ bytes: [UInt8]) -> String {
      let hash = SHA256Hash()
      hash.update(bytes)
      return hash.hexadecimal()
    }
    let manifest = Manifest(
      version: Oddport.version, command: "hunt", parity: parity, settings: settings,
      inputs: scanned.archives.map { Manifest.File($0) },
      outputs: files.map { Manifest.File($0, hash: hash) })
    try ReportDirectory(folder).replace(with: files, manifest: manifest.rendered(hash: hash))
  }

  private func fileSize(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
