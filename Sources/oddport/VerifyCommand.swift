import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
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
      The manifest holds the settings and the hashes of all that was read, but never its path: name \
      the archives, or the ledger, and the files of intelligence and suppressions again. A ledger may \
      have gone on since: the report of a night is repeated from what was known and reported by then. Says \
      'same' or what differs for each file, and ends with status 2 where anything does.
      """)

  @Argument(help: "The folder of a report.", completion: .directory)
  var folder: String

  @OptionGroup var options: SettingOptions<VerifyUse>

  func run() async throws {
    let known = try KnownReport(folder: folder)
    let settings = try settings(known)
    let before = try known.past.night
    if settings.isOnlyNew, settings.ledger == nil {
      throw ValidationError("the report of a night is repeated from its ledger: --ledger FILE")
    }
    if settings.isOnlyNew, before == nil {
      throw ValidationError(
        "its manifest does not say what was known that night: an earlier version has made it")
    }
    let delivery = try await delivery(known, settings)
    var verdict = await delivery.verdict
    if let before { _ = News(in: &verdict, reported: before.reported) }
    var report = delivery.report(verdict)
    report.readingOfRun = ReadingVerdict(try report.reading.notes + known.clockNotes)
    let files = delivery.files(of: report)
    let manifest = OutputFile(
      name: ReportDirectory.manifestName,
      bytes: delivery.manifest(of: files.map { Manifest.File($0) }, report, before).rendered())
    var isSame = true
    for file in files + [manifest] {
      let there = FileManager.default.contents(atPath: folder + "/" + file.name).map { Array($0) }
      let outcome = Self.compare(there, file.bytes)
      isSame = isSame && outcome == "same"
      try writeOutput(Array("\(file.name): \(outcome)\n".utf8))
    }
    if !isSame { throw ExitStatus.partial.code }
  }

  private func settings(_ known: KnownReport) throws -> HuntSettings {
    var settings = try known.settings()
    let given = try options.settingsWithInput()
    settings.archives = given.archives
    settings.ledger = given.ledger
    settings.intel = given.intel
    settings.sigma = given.sigma
    settings.suppressions = given.suppressions
    settings.workers = given.workers
    settings.chunkBytes = given.chunkBytes
    settings.memoryBytes = given.memoryBytes
    settings.isQuiet = true
    settings.out = folder
    return settings
  }

  private func delivery(_ known: KnownReport, _ settings: HuntSettings) async throws
    -> ReportDelivery
  {
    let intelligence = try Intelligence(settings)
    let plan: RecallPlan =
      known.command == "hunt"
      ? .hunt(settings, intelligence.wanted) : .sweep(settings, intelligence.wanted)
    var reading =
      if let ledger = settings.ledger {
        try await Reading.recall(plan, from: past(known, ledger), settings)
      } else {
        try await Reading.facts(
          of: ArchiveFinder.find(paths: settings.archives), settings, for: plan)
      }
    if settings.ledger != nil {
      // The ledger does not hold files that were found but not read.
      reading.evidence.unread = try known.unread
      reading.evidence.run.foundArchives = known.foundNone ? 0 : nil
    }
    reading.printUnreadable()
    return ReportDelivery(
      command: known.command, settings: settings, reading: reading,
      suppressions: try Suppressions(settings), intelligence: intelligence)
  }

  /// The ledger as it was when the report was made.
  private func past(_ known: KnownReport, _ path: String) throws -> Ledger {
    let (ledger, missing) = try Ledger(path, for: .asking).asItWas(known.past)
    for name in missing.prefix(Self.maxNamed) {
      printError(
        "\(Escaping.terminal(name)): is not in the ledger any more: it has grown, or was pruned or forgotten"
      )
    }
    if missing.count > Self.maxNamed {
      printError("and \(missing.count - Self.maxNamed) more archives")
    }
    return ledger
  }

  private static let maxNamed = 5

  private static func compare(_ there: [UInt8]?, _ made: [UInt8]) -> String {
    guard let there else { return "is not there" }
    if there == made { return "same" }
    let at = zip(there, made).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    return "differs from byte \(at ?? min(there.count, made.count)) on"
  }
}

/// A report in a folder, by its manifest.
private struct KnownReport {
  let command: String
  private let manifest: [String: Any]
  private let place: Diagnostic.Location

  init(folder: String) throws {
    let path = folder + "/" + ReportDirectory.manifestName
    place = Diagnostic.Location(file: path)
    guard FileManager.default.fileExists(atPath: folder) else {
      throw ArchiveError.missing(path: folder)
    }
    guard let data = FileManager.default.contents(atPath: path),
      let manifest = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      manifest["schema"] as? String == Manifest.schema
    else {
      throw UsageError(
        diagnostic: Diagnostic(
          at: place, "not the manifest of an oddport report",
          hint: "name a folder that --out has made"))
    }
    self.manifest = manifest
    command = manifest["command"] as? String ?? "hunt"
    if let version = manifest["version"] as? String, version != Oddport.version {
      printError("made by oddport \(quoted(version)), compared by \(Oddport.version)")
    }
  }

  /// Files that were found but not read.
  var unread: [UnreadInput] {
    get throws {
      try entries("unread").map { entry in
        guard let name = entry["name"] as? String,
          let kind = (entry["kind"] as? String).flatMap({ UnreadInput.Kind(rawValue: $0) }),
          let reason = entry["reason"] as? String
        else { throw damage("unread") }
        return UnreadInput(name: name, kind: kind, reason: reason)
      }
    }
  }

  /// The contents of the ledger that the report was made from, if any.
  var past: Ledger.Past {
    get throws {
      var archives: [String: String] = [:]
      for entry in try entries("inputs") {
        guard let sha256 = entry["sha256"] as? String, let name = entry["name"] as? String else {
          throw damage("inputs")
        }
        archives[sha256] = name
      }
      guard let night = manifest["night"] else { return Ledger.Past(archives: archives) }
      guard let night = night as? [String: Any], let number = night["number"] as? Int,
        let new = night["new_archives"] as? [String],
        let reported = night["told"] as? [String: String]
      else { throw damage("night") }
      return Ledger.Past(
        archives: archives, night: NightBefore(number: number, newArchives: new, reported: reported)
      )
    }
  }

  var foundNone: Bool { manifest["found_none"] as? Bool ?? false }

  /// The notes that depended on the wall clock of the run.
  var clockNotes: [ReadingNote] {
    get throws {
      try entries("clock").map { entry in
        guard
          let reason = (entry["reason"] as? String).flatMap({ ReadingReason(rawValue: $0) }),
          reason.isOfTheRun, let names = entry["names"] as? [String],
          let details = entry["details"] as? [String], let isAccepted = entry["accepted"] as? Bool
        else { throw damage("clock") }
        return ReadingNote(reason, names: names, details: details, isAccepted: isAccepted)
      }
    }
  }

  private func entries(_ name: String) throws -> [[String: Any]] {
    guard let value = manifest[name] else { return [] }
    guard let entries = value as? [[String: Any]] else { throw damage(name) }
    return entries
  }

  private func damage(_ name: String) -> UsageError {
    UsageError(
      diagnostic: Diagnostic(
        at: place, "'\(name)' is not as oddport writes it", hint: "was it changed by hand?"))
  }

  /// The settings in the manifest, and the formats of the files that it lists.
  func settings() throws -> HuntSettings {
    var settings = HuntSettings()
    for (name, value) in manifest["settings"] as? [String: Any] ?? [:] {
      guard let setting = SettingTable.named(name), setting.decidesReport else {
        throw UsageError(
          diagnostic: Diagnostic(at: place, "unknown setting \(quoted(name))"))
      }
      let values = value as? [String] ?? (value as? String).map { [$0] } ?? []
      guard !values.isEmpty else { continue }
      do {
        try settings.set(setting, to: values)
      } catch {
        throw UsageError(diagnostic: error.diagnostic(at: place))
      }
    }
    let names = (manifest["outputs"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    settings.formats = ReportFormat.allCases.filter { names.contains($0.fileName) }
    return settings
  }
}
