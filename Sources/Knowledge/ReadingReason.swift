/// Why a report may be calm for want of telemetry.
///
/// Each reason makes the reading of a run partial or blind, unless ``HuntSettings/accepted`` holds it.
package enum ReadingReason: String, CaseIterable, Comparable, Sendable {
  // Blind: a calm report says nothing.
  case nothingRecognised = "nothing-recognised"
  case noArchive = "no-archive"
  case nothingNew = "nothing-new"
  case tooOld = "too-old"
  // Partial: something is missing.
  case archiveNotRecognised = "archive-not-recognised"
  case notUnderstood = "not-understood"
  case senderNotUnderstood = "sender-not-understood"
  case mostlyRejected = "mostly-rejected"
  case damaged
  case unreadable
  case emptyFolder = "empty-folder"
  case passedOver = "passed-over"
  case fleetSilent = "fleet-silent"
  case hostSilent = "host-silent"
  case kindSilent = "kind-silent"
  case clockOff = "clock-off"
  case missedRuns = "missed-runs"
  case feedEmpty = "feed-empty"
  case feedLost = "feed-lost"

  package var isBlind: Bool {
    switch self {
    case .nothingRecognised, .noArchive, .nothingNew, .tooOld: true
    default: false
    }
  }

  /// Whether it speaks of the run and not of its input: such a reason is in the night's message, the
  /// exit status, `run.json` and `report.prom`, and never in a report that can be repeated.
  package var isOfTheRun: Bool {
    switch self {
    case .nothingNew, .tooOld, .missedRuns: true
    default: false
    }
  }

  /// What it means, as the documentation lists it.
  package var meaning: String {
    switch self {
    case .nothingRecognised: "no line of any archive was understood as an event that the hunt reads"
    case .noArchive: "nothing to read was found"
    case .nothingNew:
      "no archive that the ledger did not hold already (with --only-new and --max-age)"
    case .tooOld: "no archive was written within --max-age"
    case .archiveNotRecognised:
      "an archive in which no event of Sysmon was recognised, or none that the hunt reads where its"
        + " sender always sent some"
    case .notUnderstood:
      "more than \(notUnderstoodPerMille / 10) % of an archive's lines that name Sysmon were not"
        + " understood"
    case .senderNotUnderstood:
      "lines were not understood in a new archive whose sender was understood before (with a ledger)"
    case .mostlyRejected:
      "more than half of an archive's lines, of its connections or of its process starts were rejected"
    case .damaged: "an archive is damaged"
    case .unreadable: "an archive or a folder could not be opened or listed"
    case .emptyFolder: "a folder that was given holds no archive"
    case .passedOver: "a file was passed over by its name or its first bytes"
    case .fleetSilent: "nothing was heard of any host for longer than ever before"
    case .hostSilent: "a host fell silent, by its own rhythm"
    case .kindSilent:
      "one kind of event of a host stopped while others continued, by its own rhythm"
    case .clockOff: "a host's times are far from those of the bulk of hosts"
    case .missedRuns: "the last run was longer ago than --max-age"
    case .feedEmpty: "a file of intelligence or suppressions gave nothing"
    case .feedLost: "entries of a file of intelligence were refused"
    }
  }

  private var notUnderstoodPerMille: Int { Self.maxNotUnderstoodPerMille }

  /// The share of lines that name Sysmon that may be not understood, in thousandths.
  package static let maxNotUnderstoodPerMille = 10

  /// The fewest archives with events after which one without any is not what its sender usually sends.
  package static let minArchivesOfSender = 5

  package static func < (a: Self, b: Self) -> Bool { a.index < b.index }

  private var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
