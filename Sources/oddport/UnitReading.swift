import Archives
import Bookkeeping
import Diagnostics
import Facts
import Knowledge
import Reporting
import Scanning

/// The input of a `map`.
enum Work {
  /// All that was found, which is a plan of its own.
  case everything(ArchiveFinder.Found)
  case units([Int], of: WorkPlan, below: [String])

  /// What is read, where it is there.
  fileprivate var units: [Result<ScanUnit, BadUnit>] {
    switch self {
    case .everything(let found): found.archives.map { .success(ScanUnit(file: $0)) }
    case .units(let numbers, let plan, let paths):
      numbers.map { number in
        let unit = plan.units[number - 1]
        let archive = unit.archive
        let file =
          paths == ["-"]
          ? InputFile.standardInput(named: archive.name)
          : InputFile.planned(archive.name, unit: archive.unit, below: paths)
        guard let file else {
          return .failure(BadUnit(unit, .missing(path: archive.unit)))
        }
        return .success(ScanUnit(file: file, planned: unit))
      }
    }
  }
}

/// A unit or an archive that cannot be read as a whole, where that is not to be recorded.
struct BadUnit: Explainable {
  var diagnostic: Diagnostic
  fileprivate var unit: PlannedUnit?
  fileprivate var error: ArchiveError?

  fileprivate init(_ unit: PlannedUnit, _ error: ArchiveError) {
    self.unit = unit
    self.error = error
    diagnostic = error.diagnostic
  }

  fileprivate init(damaged name: String, _ damage: ArchiveDamage) {
    diagnostic = Diagnostic(
      at: .init(file: name), "damaged at byte \(damage.offset): \(damage.reason)",
      hint: damage.hint ?? "leave out --on-bad fail, and the partial says so")
  }
}

/// Reads archives or units into what a partial holds.
struct UnitReading {
  let work: Work
  let onBad: BadInput
  let settings: HuntSettings
  let options: ScanOptions

  /// - Throws: ``Interrupted``, ``BadUnit``, `ArchiveError`.
  func read() async throws -> PartialMerge {
    let wanted = work.units
    let there = wanted.compactMap { try? $0.get() }
    let progress = ProgressLine(
      totalBytes: there.reduce(0) { $0 + ($1.planned?.range.count ?? $1.file.bytesOnDisk) },
      isShown: !settings.isQuiet && Terminal.showsProgress)
    defer { progress.clear() }
    let outcome = try await interruptibly { [options, onBad] in
      var outcome = Outcome()
      for case .failure(let bad) in wanted {
        if let unit = bad.unit, let error = bad.error {
          try outcome.take(error, of: ScanUnit(file: .standardInput, planned: unit), onBad)
        }
      }
      try await scan(there, options, progress: { progress.advance(by: $0) }) { result, index in
        switch result {
        case .success(let span): try outcome.take(span, onBad)
        case .failure(let error): try outcome.take(error, of: there[index], onBad)
        }
      }
      return outcome
    }
    progress.clear()
    for message in outcome.messages.sorted() { printError(message) }
    let reading = settings.reading(ReduceCommand.carried)
    switch work {
    case .units(let numbers, let plan, _):
      return PartialMerge(
        outcome.spans,
        of: PlanShare(of: plan, digest: plan.digest(version: Oddport.version), units: numbers),
        reading: reading, options)
    case .everything(let found):
      let plan = WorkPlan(
        reading: reading, foundArchives: found.archives.count,
        unread: found.unread + outcome.unread, units: WorkPlan.units(ofWhole: outcome.archives))
      return PartialMerge(
        outcome.spans,
        of: PlanShare(
          of: plan, digest: plan.digest(version: Oddport.version), units: plan.units.map(\.number)),
        reading: reading, options)
    }
  }

  /// The result so far.
  private struct Outcome: Sendable {
    var spans: [EncodedSpan] = []
    var archives: [PlannedArchive] = []
    var unread: [UnreadInput] = []
    var messages: [String] = []

    mutating func take(_ span: ArchiveSpan, _ onBad: BadInput) throws {
      if let damage = span.damage {
        guard onBad == .record else { throw BadUnit(damaged: span.archive.unit, damage) }
        messages.append(
          "\(Escaping.terminal(span.archive.unit)): damaged at byte \(damage.offset):"
            + " \(Escaping.terminal(damage.reason)); the partial holds what comes before")
      }
      archives.append(span.archive)
      spans.append(try EncodedSpan(span))
    }

    mutating func take(_ error: ArchiveError, of unit: ScanUnit, _ onBad: BadInput) throws {
      if case .changed = error { throw error }
      guard onBad == .record else { throw error }
      messages.append(error.diagnostic.description)
      if let planned = unit.planned {
        spans.append(try EncodedSpan(ArchiveSpan(unreadable: planned, error)))
      } else {
        unread.append(UnreadInput(unreadable: unit.file.name, error))
      }
    }
  }
}
