package import Facts
package import Hunting
package import Knowledge

/// The report of a run, in the order in which an analyst asks: how bad is it, can I trust it,
/// what exactly was found.
///
/// Holds values as they were read; each format escapes them for itself. The same report gives the
/// same bytes, whenever and wherever it is rendered.
package struct Report: Sendable {
  package var detection: Detection
  package var coverage: ReadCoverage
  package var verdict: Verdict
  /// Whether the reading was complete, as far as the input shows.
  package var reading = ReadingVerdict()
  /// The same, with what only this run knows, for outputs that `verify` does not repeat.
  package var readingOfRun = ReadingVerdict()
  /// What was asked for, as a job file says it, and the files of intelligence and suppressions with
  /// their hashes: for the appendix.
  package var settings = ""
  package var feeds: [Manifest.File] = []
  /// The indicators of each feed and their hits.
  package var asked: [AskedFeed] = []
  /// Archive names by the numbers that places refer to.
  package var archiveNames = ArchiveNames()
  /// The rules that explain why a finding is not higher; nil if that was not asked for.
  package var rules: HuntRules?

  package init(
    detection: Detection, coverage: ReadCoverage, verdict: Verdict
  ) {
    self.detection = detection
    self.coverage = coverage
    self.verdict = verdict
  }
}

/// The detection and its settings.
package struct Detection: Equatable, Sendable {
  package static let id = "T1571"
  package static let name = "Non-Standard Port"
  package static let timeZone = "UTC"

  package var parity: Parity
  package var timeSource: TimeSource
  /// Only connections from here on; nil for all.
  package var from: UTCTime?
  /// Only connections before this; nil for all.
  package var to: UTCTime?
  package var toolVersion: String
  /// The ports that a sweep looked for; none for a hunt.
  package var sweptPorts: [PortQuery] = []
  /// How many indicators a sweep looked for, ports among them; 0 for a hunt.
  package var sweptIndicators = 0

  package init(
    parity: Parity, timeSource: TimeSource = .record, from: UTCTime? = nil, to: UTCTime? = nil,
    toolVersion: String
  ) {
    self.parity = parity
    self.timeSource = timeSource
    self.from = from
    self.to = to
    self.toolVersion = toolVersion
  }
}

// MARK: - What it adds up to

extension Report {
  package func count(of severity: Severity) -> Int { verdict.count(of: severity) }

  /// `2 High, 1 Medium, 0 Low in 14 archives (1.2 GB, 1,004,709 lines); 1 archive damaged`.
  package var verdictLine: String {
    let levels = Severity.allCases.reversed()
      .map { Figures.grouped(count(of: $0)) + " " + $0.name }.joined(separator: ", ")
    let archives = coverage.archives
    let unpacked = archives.reduce(0) { $0 + $1.unpackedBytes }
    var line =
      levels + " in " + Figures.count(archives.count, "archive") + " (" + Figures.bytes(unpacked)
      + ", " + Figures.count(coverage.lines.total, "line") + ")"
    let damaged = coverage.damaged.count
    if damaged > 0 { line += "; " + Figures.count(damaged, "archive") + " damaged" }
    let rejected = coverage.lines.rejectedTotal
    if rejected > 0 { line += "; " + Figures.count(rejected, "line") + " rejected" }
    if !verdict.intelHits.isEmpty {
      line += "; " + Figures.count(verdict.intelHits.count, "intelligence hit")
    }
    if !verdict.beacons.isEmpty, !verdict.isOneList {
      line += "; " + Figures.count(verdict.beacons.count, "beacon")
    }
    let moved = verdict.remoteDesktopChanges.count { !$0.isRestored }
    if moved > 0, !verdict.isOneList { line += "; " + Figures.count(moved, "RDP port change") }
    let suppressed = verdict.suppressed.count + verdict.suppressedBefore
    if suppressed > 0 { line += "; " + Figures.grouped(suppressed) + " suppressed" }
    if nothingRecognised { line += "; NOTHING RECOGNISED" }
    return line
  }

  /// `57 archives, 210,892 lines: 203,000 used, 7,000 other, 892 rejected`.
  var readLine: String {
    let lines = coverage.lines
    let parts = [
      (lines.observations, "used"), (lines.irrelevant, "other"),
      (lines.notUnderstood, "not understood"), (lines.blank, "blank"),
      (lines.rejectedTotal, "rejected"),
    ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
    let read = [
      Figures.count(coverage.archives.count, "archive"), Figures.count(lines.total, "line"),
    ].joined(separator: ", ")
    return parts.isEmpty ? read : read + ": " + parts.joined(separator: ", ")
  }

  /// There were lines, and not one of them was an event that the hunt knows.
  package var nothingRecognised: Bool {
    coverage.lines.total > coverage.lines.blank && coverage.events.isEmpty
      && coverage.telemetryEvents == 0
  }

  /// A description of the input in which nothing was recognised.
  var whatWasThere: String {
    let lines = coverage.lines
    var parts: [String] = []
    if lines.irrelevant > 0 {
      parts.append(Figures.count(lines.irrelevant, "other line"))
    }
    for (reason, count) in lines.rejected.sorted(by: { $0.key < $1.key }) where count > 0 {
      parts.append(Figures.count(count, "line") + " " + reason.explanation)
    }
    if lines.blank > 0 { parts.append(Figures.count(lines.blank, "blank line")) }
    return "none of " + Figures.count(lines.total, "line")
      + " is a Sysmon event in a shape that oddport knows: " + parts.joined(separator: ", ")
  }

  /// Matched connections whose event itself names the parent.
  package var parentsFromEvent: Int {
    max(0, verdict.matchedConnections - verdict.parentsResolved - verdict.parentsUnknown)
  }
}

extension RejectionReason {
  /// Follows a number of lines.
  var explanation: String {
    switch self {
    case .malformed: "not one JSON object"
    case .tooLong: "longer than the limit"
    case .utf16: "in UTF-16"
    }
  }

  /// How to correct the input.
  var hint: String {
    switch self {
    case .malformed: "each line has to be one whole JSON object (JSON lines)"
    case .tooLong: "is a line break missing, or is it a JSON array instead of JSON lines?"
    case .utf16: "convert it first: iconv -f UTF-16 -t UTF-8"
    }
  }
}
