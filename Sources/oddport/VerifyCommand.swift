import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Foundation
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport verify`: does the same run give the same bytes?
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Repeat the run that a report's manifest describes, and compare the bytes.",
    discussion: """
      The manifest holds the settings and the hashes of all that was read, but never where it lay: name \
      the archives, or the ledger, and the files of intelligence and suppressions again. Says 'same' or \
      what differs for each file, and ends with status 2 where anything does.
      """)

  @Argument(help: "The folder of a report.", completion: .directory)
  var report: String

  @Argument(help: .setting(.archives), completion: .file())
  var archives: [String] = []

  @Option(help: "The ledger that the report was made from.", completion: .file())
  var ledger: String?

  @Option(parsing: .singleValue, help: .setting(.intel, "file"), completion: .file())
  var intel: [String] = []

  @Option(parsing: .singleValue, help: .setting(.sigma, "rule"), completion: .file())
  var sigma: [String] = []

  @Option(parsing: .singleValue, help: .setting(.suppressions, "file"), completion: .file())
  var suppressions: [String] = []

  @Option(help: .setting(.workers, "number"))
  var workers: String?

  func run() async throws {
    let known = try KnownReport(folder: report)
    let settings = try settings(known)
    guard !settings.isOnlyNew else {
      throw ValidationError("a report of news cannot be repeated: they are none any more")
    }
    let delivery = try await delivery(known, settings)
    let files = delivery.files(of: delivery.report(await delivery.verdict))
    let manifest = OutputFile(
      name: ReportDirectory.manifestName, bytes: delivery.manifest(of: files).rendered())
    var isSame = true
    for file in files + [manifest] {
      let there = FileManager.default.contents(atPath: report + "/" + file.name).map { Array($0) }
      let outcome = Self.compare(there, file.bytes)
      isSame = isSame && outcome == "same"
      try deliver(Array("\(file.name): \(outcome)\n".utf8))
    }
    if !isSame { throw ExitStatus.partial.code }
  }

  private func settings(_ known: KnownReport) throws -> HuntSettings {
    var settings = try known.settings()
    settings.archives = archives
    settings.ledger = ledger
    settings.intel = intel
    settings.sigma = sigma
    settings.suppressions = suppressions
    settings.isQuiet = true
    settings.out = report
    if let workers { try settings.set(.workers, to: [workers], formats: []) }
    guard !archives.isEmpty || ledger != nil else { throw UsageError.noArchives(job: nil) }
    return settings
  }

  private func delivery(_ known: KnownReport, _ settings: HuntSettings) async throws
    -> ReportDelivery
  {
    let intelligence = try Intelligence(settings)
    let reading =
      if let ledger = settings.ledger {
        try recall(known, settings, Ledger(ledger, for: .asking), intelligence.wanted)
      } else {
        try await Reading.facts(
          of: ArchiveFinder.find(paths: settings.archives), settings)
      }
    reading.complainOfUnreadable()
    return ReportDelivery(
      command: known.command, settings: settings, reading: reading,
      suppressions: try Suppressions(settings), intelligence: intelligence)
  }

  private func recall(
    _ known: KnownReport, _ settings: HuntSettings, _ ledger: Ledger, _ wanted: IntelWanted
  ) throws -> Reading {
    let days = try settings.days(ledger)
    let isOnlyPublished = settings.isOnlyPublished
    return try Reading.recall(
      known.command == "hunt"
        ? .hunt(wanting: wanted, isOnlyPublished: isOnlyPublished, days: days)
        : .sweep(for: wanted, isOnlyPublished: isOnlyPublished, days: days),
      from: ledger)
  }

  private static func compare(_ there: [UInt8]?, _ made: [UInt8]) -> String {
    guard let there else { return "is not there" }
    if there == made { return "same" }
    let at = zip(there, made).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    return "differs from byte \(at ?? min(there.count, made.count)) on"
  }
}

/// A report that lies in a folder, by its manifest.
private struct KnownReport {
  let command: String
  private let manifest: [String: Any]
  private let place: Diagnostic.Location

  init(folder: String) throws {
    let path = folder + "/" + ReportDirectory.manifestName
    place = Diagnostic.Location(file: path)
    guard let data = FileManager.default.contents(atPath: path),
      let manifest = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      manifest["schema"] as? String == Manifest.schema
    else {
      throw UsageError(
        diagnostic: Diagnostic(
          at: place, "no manifest of an oddport report", hint: "name a folder that --out has made"))
    }
    self.manifest = manifest
    command = manifest["command"] as? String ?? "hunt"
    if let version = manifest["version"] as? String, version != Oddport.version {
      complain("made by oddport \(quoted(version)), compared by \(Oddport.version)")
    }
  }

  /// The settings that the manifest holds, and the formats of the files that it lists.
  func settings() throws -> HuntSettings {
    var settings = HuntSettings()
    for (name, value) in manifest["settings"] as? [String: Any] ?? [:] {
      guard let key = SettingKey(rawValue: name), key.decidesReport else {
        throw UsageError(
          diagnostic: Diagnostic(at: place, "unknown setting \(quoted(name))"))
      }
      let values = value as? [String] ?? (value as? String).map { [$0] } ?? []
      guard !values.isEmpty else { continue }
      do {
        try settings.set(key, to: values, formats: [])
      } catch {
        throw UsageError(diagnostic: error.diagnostic(at: place))
      }
    }
    let names = (manifest["outputs"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    settings.formats = ReportFormat.allCases.filter { names.contains($0.fileName) }.map(\.rawValue)
    return settings
  }
}
