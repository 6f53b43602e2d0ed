import Archives
import Bookkeeping
import Diagnostics
import Facts
import Foundation
import Hunting
import Knowledge
import Scanning
import Telemetry

/// The facts that are judged, from archives or a ledger.
struct Reading {
  var scan: ScanResult
  /// Of all connections, where `scan` holds only those that can matter.
  var totals: ConnectionTotals?
  var ledger: Ledger?
  /// Where the facts are that do not fit into memory.
  var spool: FactSpool?
  /// Everybody's calls, where `scan` holds only those that can matter.
  var groups: BeaconGroups?
  /// Where the archives of `scan` come from, by their numbers; empty where they were read now.
  var origins: [ArchiveOrigin] = []
  /// What decides whether the reading was complete, as far as it is known here.
  var evidence = ReadingEvidence()
  /// With a ledger: which night it is, and what came in it.
  var night: Night?
  /// The numbers in `scan` of the archives that came in it.
  var newArchives: [Int] = []
  /// Where nothing came since the last night: how that was judged. Then `scan` holds no connections.
  var judgedNight: JudgedNight?

  /// Reports each input that could not be opened.
  func printUnreadable() {
    for diagnostic in scan.unreadable { printError(diagnostic.description) }
  }

  /// Reads the archives, through the ledger where there is one.
  ///
  /// - Parameters:
  ///   - plan: The facts that a judgement needs, where not all are in memory.
  ///   - rules: The rules of a night that is not judged again if nothing came; nil: always judge.
  /// - Throws: ``Interrupted``, `LedgerError`, `TemporaryFileError`.
  static func facts(
    of found: ArchiveFinder.Found, _ settings: HuntSettings, for plan: RecallPlan,
    judgedBy rules: String? = nil
  ) async throws -> Reading {
    let files = found.archives
    let progress = ProgressLine(files, settings)
    defer { progress.clear() }
    var reading: Reading
    if let path = settings.ledger {
      reading = try await LedgerReading(
        path: path, settings: settings, plan: plan, rules: rules
      ).facts(of: files, progress)
    } else {
      let (scan, spool) = try await interruptibly {
        var spool = FactSpool(memory: settings.memoryBytes)
        let (scan, numbers) = try await Scanning.scan(
          files, ScanOptions(settings), progress: { progress.advance(by: $0) },
          collecting: { try spool.add($0) })
        spool.renumberArchives(numbers)
        return (scan, spool)
      }
      reading = try await spooled(spool, scan, settings, for: plan)
    }
    reading.note(found, settings)
    return reading
  }

  /// The facts that a plan asks for; all of them where memory holds them.
  static func spooled(
    _ spool: FactSpool, _ scan: ScanResult, _ settings: HuntSettings, for plan: RecallPlan
  ) async throws -> Reading {
    var (spool, reading) = (spool, Reading(scan: scan))
    if let facts = try spool.end() {
      reading.scan.facts = facts
      return reading
    }
    reading.spool = spool
    return try await reading.asked(plan, settings)
  }

  /// The facts that another plan asks for.
  func asked(_ plan: RecallPlan, _ settings: HuntSettings) async throws -> Reading {
    if let ledger { return try await Self.recall(plan, from: ledger, settings) }
    guard let spool else { return self }
    let recalled = try await spool.recall(plan, of: scan, workers: ScanOptions(settings).workers)
    var reading = self
    reading.scan = recalled.scan
    reading.totals = recalled.totals
    reading.groups = recalled.groups
    return reading
  }

  /// Recalls the facts that a whole hunt needs.
  mutating func recallAll(_ plan: RecallPlan, _ settings: HuntSettings) async throws {
    guard let ledger else { return }
    let (unreadable, evidence) = (scan.unreadable, evidence)
    self = try await .recall(plan, from: ledger, settings)
    scan.unreadable = unreadable
    self.evidence = evidence
  }

  /// The facts that a plan asks the ledger for, of the days that count.
  static func recall(
    _ plan: RecallPlan, from ledger: Ledger, _ settings: HuntSettings
  ) async throws -> Reading {
    var plan = plan
    plan.days = try settings.days(ledger)
    return try Reading(
      await ledger.recall(plan, workers: ScanOptions(settings).workers), of: ledger)
  }
}

extension Reading {
  private init(_ recalled: Recalled, of ledger: Ledger) throws {
    self.init(
      scan: recalled.scan, totals: recalled.totals, ledger: ledger, groups: recalled.groups,
      origins: recalled.origins)
    night = try ledger.night()
    newArchives = recalled.newArchives
    evidence.understoodSenders = recalled.understoodSenders
    evidence.archivesWithEvents = recalled.archivesWithEvents
    evidence.newHosts = recalled.newCoverage.namedHosts(recalled.scan.facts.texts)
  }
}

extension ProgressLine {
  convenience init(_ files: [InputFile], _ settings: HuntSettings) {
    self.init(
      totalBytes: files.reduce(0) { $0 + $1.bytesOnDisk },
      isShown: !settings.isQuiet && Terminal.showsProgress)
  }
}

/// Reads archives that the ledger does not hold, then recalls the facts that can matter.
private struct LedgerReading {
  let path: String
  let settings: HuntSettings
  let plan: RecallPlan
  let rules: String?

  func facts(of files: [InputFile], _ progress: ProgressLine) async throws -> Reading {
    // Only what is reported as news is written to the ledger.
    let asking = settings.isOnlyNew ? Ledger.Purpose.upkeep : .asking
    let isAsking = files.isEmpty && !settings.isFirstNight
    let ledger = try Ledger(path, for: isAsking ? asking : .adding(settings.reading([.facts])))
    let read = try await LedgerFeeding(ledger, settings).read(files) { progress.advance(by: $0) }
    var reading: Reading
    if let night = try judgedNight(ledger) {
      reading = try await Reading.recall(RecallPlan(), from: ledger, settings)
      reading.judgedNight = night
    } else {
      reading = try await Reading.recall(plan, from: ledger, settings)
    }
    reading.scan.unreadable = read.unreadable
    return reading
  }

  private func judgedNight(_ ledger: Ledger) throws -> JudgedNight? {
    guard let rules, let night = try ledger.judgedNight() else { return nil }
    if night.rules == rules { return night }
    if !settings.isQuiet {
      printError("everything is judged again: the rules are not those of the last night")
    }
    return nil
  }
}

/// Reads archives that a ledger does not hold into it.
struct LedgerFeeding {
  private let ledger: Ledger
  private let options: ScanOptions

  init(_ ledger: Ledger, _ settings: HuntSettings) {
    self.ledger = ledger
    var options = ScanOptions(settings)
    // Time selects what is judged, not what is kept.
    options.reading.from = nil
    options.reading.to = nil
    options.hashesContent = true
    self.options = options
  }

  /// The result.
  struct Outcome {
    /// Paths of those that were read.
    var paths: Set<String> = []
    /// Inputs that could not be opened.
    var unreadable: [Diagnostic] = []
    /// Whether something could not be read to its end.
    var isPartial = false
  }

  /// - Parameter rereads: Read the known archives again, and no others.
  /// - Throws: ``Interrupted``, `LedgerError`.
  func read(
    _ files: [InputFile], rereads: Bool = false,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> Outcome {
    guard !files.isEmpty else { return Outcome() }
    var known = try ledger.knownArchives()
    if rereads { known.markOutdated() }
    let (identified, unreadable) = try await interruptibly { [known] in
      try await identify(files, besides: known, options)
    }
    let unread = ledger.unread(identified, besides: known).filter { !rereads || $0.known != nil }
    var outcome = try await interruptibly {
      var outcome = Outcome()
      // One archive is written, and waits for the disk, while the next ones are read.
      try await withThrowingTaskGroup(of: Void.self) { writing in
        outcome.unreadable = try await scan(unread, options, progress: progress) { archive, file in
          outcome.paths.insert(file.file.path)
          if archive.record.damage != nil { outcome.isPartial = true }
          try await writing.next()
          writing.addTask { try ledger.add(archive, of: file) }
        }
        try await writing.waitForAll()
      }
      return outcome
    }
    if !rereads { try ledger.note(identified) }
    if !outcome.paths.isEmpty { try ledger.bundle() }
    outcome.unreadable = unreadable + outcome.unreadable
    return outcome
  }
}

extension RecallPlan {
  /// The facts that a hunt with these settings needs.
  static func hunt(_ settings: HuntSettings, _ wanted: IntelWanted) -> Self {
    .hunt(wanting: wanted, isOnlyPublished: settings.isOnlyPublished)
  }

  /// The facts that a sweep with these settings needs.
  static func sweep(_ settings: HuntSettings, _ wanted: IntelWanted) -> Self {
    .sweep(for: wanted, isOnlyPublished: settings.isOnlyPublished)
  }
}

extension HuntSettings {
  /// Whether archives are to be read into a ledger that is still to be made: where none is found, that is for the
  /// verdict to say.
  var isFirstNight: Bool {
    guard let ledger = self.ledger, !self.archives.isEmpty else { return false }
    return !FileManager.default.fileExists(atPath: ledger)
  }

  /// Adopts the settings by which the ledger's facts were read, and refuses others.
  mutating func adopt(_ ledger: Ledger) throws {
    let asked = reading([.facts])
    try ledger.require(
      asked.filter { name, _ in SettingTable.named(name).map(isGiven) ?? false })
    try adopt(ledger.reading())
  }

  /// The days that are judged; nil for all.
  func days(_ ledger: Ledger) throws -> Range<Int32>? {
    if let window = self.windowDays {
      guard let frame = TelemetryFrame(try ledger.hosts()) else { return nil }
      let last = frame.hours.upperBound / 24
      return last + 1 - Int32(window)..<last + 1
    }
    guard self.from != nil || self.to != nil else { return nil }
    return (self.from?.day ?? .min + 1)..<(self.to?.day ?? .max)
  }
}
