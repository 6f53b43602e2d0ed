import Facts
import Hunting
import Knowledge

/// The second half of the text report: what was read, what was not, and whether that adds up.
extension TextPage {
  mutating func readingVerdict(_ reading: ReadingVerdict) {
    let isComplete = reading.level == .complete
    paragraph(reading.headline, isComplete ? nil : .warning)
    for sentence in reading.sentences {
      paragraph(
        Escaping.terminal(sentence), first: "  ", rest: "    ", isComplete ? .dim : .warning)
    }
  }

  /// Counts of all lines by outcome, in one sentence.
  mutating func readingInShort(_ report: Report) {
    let coverage = report.coverage
    var text = report.readLine + "; "
    text += Figures.count(report.verdict.outboundConnections, "outbound connection") + " judged, "
    text += Figures.grouped(report.verdict.matchedConnections) + " match; "
    text += Figures.count(coverage.hosts.count, "host")
    if let hours = coverage.hoursHeard {
      text += " heard between " + hourText(hours.lowerBound) + " and "
      text += hourText(hours.upperBound).dropLast(2) + "59 UTC"
    }
    heading("What was read")
    paragraph(text, first: "  ")
  }

  mutating func reading(_ report: Report) {
    heading("What was read")
    let coverage = report.coverage
    let lines = coverage.lines
    let archives = coverage.archives
    let onDisk = archives.reduce(0) { $0 + $1.bytes }
    let unpacked = archives.reduce(0) { $0 + $1.unpackedBytes }
    let figures = max(9, Figures.grouped(lines.total).utf8.count + 2)
    func number(_ count: Int, indent: Int = 0) -> String {
      let text = Figures.grouped(count)
      return String(repeating: " ", count: max(0, figures + indent - text.utf8.count)) + text
    }
    func row(_ count: Int, _ text: String, indent: Int = 0) {
      paragraph(text, first: number(count, indent: indent) + "  ", indent > 0 ? .dim : nil)
    }
    row(
      archives.count,
      (archives.count == 1 ? "archive, " : "archives, ") + Figures.bytes(onDisk) + " on disk, "
        + Figures.bytes(unpacked) + " unpacked")
    row(lines.total, lines.total == 1 ? "line, of which" : "lines, of which")
    row(lines.observations, "gave an observation", indent: 2)
    row(lines.notUnderstood, "name Sysmon and were not understood", indent: 2)
    row(lines.irrelevant, "hold something else", indent: 2)
    row(lines.blank, "are blank", indent: 2)
    row(lines.rejectedTotal, "were rejected", indent: 2)
    for entry in coverage.events {
      row(entry.count, entry.event.kind.plural + " as " + Escaping.terminal(entry.event.shape))
    }
    let verdict = report.verdict
    row(verdict.outboundConnections, "outbound connections judged, of which")
    row(verdict.matchedConnections, "match the published query", indent: 2)
    if report.detection.parity != .strict, verdict.matchedConnections > 0 {
      row(verdict.parentsResolved, "with the parent from Event ID 1", indent: 4)
      row(verdict.parentsUnknown, "with no known parent", indent: 4)
    }
    if verdict.inboundConnections > 0, report.detection.sweptIndicators == 0 {
      row(verdict.inboundConnections, "inbound connections, not judged")
    }
    row(coverage.hosts.count, coverage.hosts.count == 1 ? "host" : "hosts")
    if let hours = coverage.hoursHeard {
      paragraph(
        "heard between " + hourText(hours.lowerBound) + " and "
          + hourText(hours.upperBound).dropLast(2) + "59 UTC",
        first: String(repeating: " ", count: figures + 2))
    }
  }

  mutating func damage(_ archives: [ArchiveRecord]) {
    guard !archives.isEmpty else { return }
    heading("Damaged archives")
    for archive in archives {
      guard let damage = archive.damage else { continue }
      paragraph(Escaping.terminal(archive.name), first: "  ", .warning)
      paragraph(
        "at byte \(Figures.grouped(damage.offset)) of \(Figures.grouped(archive.bytes)): "
          + Escaping.terminal(damage.reason) + "; "
          + Figures.count(archive.coverage.lines.total, "line") + " before it "
          + (archive.coverage.lines.total == 1 ? "is" : "are") + " in this report",
        first: "    ")
    }
    paragraph(
      "check them with 'zstd --test' or 'gzip --test', then export them again; one that is still"
        + " being written is whole next time.", first: "  hint: ")
  }

  mutating func rejected(_ coverage: ReadCoverage) {
    let reasons = coverage.lines.rejected.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    guard !reasons.isEmpty else { return }
    heading("Rejected lines")
    for (reason, count) in reasons {
      paragraph(Figures.count(count, "line") + ": " + reason.explanation, first: "  ")
      let examples = coverage.examples.filter { $0.reason == reason }
      for example in examples {
        paragraph(
          Escaping.terminal(example.archive) + ":\(example.line): "
            + Escaping.terminal(example.message), first: "    ", rest: "      ", .dim)
      }
      if count > examples.count, !examples.isEmpty {
        line(("    and \(Figures.grouped(count - examples.count)) more", .dim))
      }
      paragraph(reason.hint, first: "    hint: ")
    }
  }

  mutating func notUnderstood(_ coverage: ReadCoverage) {
    let archives = coverage.notUnderstood
    if !archives.isEmpty { heading("Lines that were not understood") }
    for archive in archives.prefix(Self.maxListed) {
      paragraph(
        Escaping.terminal(archive.notUnderstoodText), first: "  ", rest: "    ", .warning)
    }
    rest(of: archives.count)
    if !archives.isEmpty {
      paragraph("'oddport explain --line FILE:N' says how one line is read.", first: "  hint: ")
    }
    if !coverage.countedApart.isEmpty { heading("Counted apart") }
    for (reason, count) in coverage.countedApart {
      paragraph(reason.explanation(count), first: "  ")
    }
  }

  mutating func skipped(_ files: [UnreadInput]) {
    guard !files.isEmpty else { return }
    heading("Skipped files")
    for file in files.prefix(Self.maxListed) {
      paragraph(
        Escaping.terminal(file.name) + ": " + Escaping.terminal(file.reason), first: "  ",
        rest: "    ")
    }
    rest(of: files.count)
  }

  /// Hosts whose part of the report is to be read with care.
  mutating func hosts(_ coverage: ReadCoverage) {
    let skewed = coverage.skewedHosts
    if !skewed.isEmpty { heading("Hosts whose clock is off") }
    for host in skewed.prefix(Self.maxListed) {
      paragraph(
        name(host) + ": " + Figures.count(host.heard.skewedEvents, "event")
          + " with record time and UtcTime up to "
          + Figures.duration(milliseconds: host.heard.largestSkewMilliseconds) + " apart",
        first: "  ", rest: "    ")
    }
    rest(of: skewed.count)
    let deaf = coverage.hostsWithoutConnections
    if !deaf.isEmpty { heading("Hosts with process starts and no connection") }
    for host in deaf.prefix(Self.maxListed) {
      paragraph(
        name(host) + ": " + Figures.count(host.heard.processStarts, "process start"), first: "  ",
        rest: "    ")
    }
    rest(of: deaf.count)
    let silent = coverage.silentHosts
    if !silent.isEmpty { heading("Hosts not heard in the last day") }
    for host in silent.prefix(Self.maxListed) {
      let last = host.heard.hours.last.map { hourText($0) } ?? "never"
      paragraph(name(host) + ": last heard " + last + " UTC", first: "  ", rest: "    ")
    }
    rest(of: silent.count)
  }

  /// Maximum number of files or hosts that are listed by name; `report.json` has all of them.
  private static let maxListed = 20

  private mutating func rest(of count: Int) {
    guard count > Self.maxListed else { return }
    line(("  and \(Figures.grouped(count - Self.maxListed)) more, see report.json", nil))
  }

  private func name(_ host: ReadCoverage.Host) -> String {
    host.name.map { $0.isEmpty ? "(empty name)" : Escaping.terminal($0) } ?? "(no host named)"
  }
}

extension EventKind {
  var plural: String {
    switch self {
    case .connection: "connections"
    case .processStart: "process starts"
    case .registryChange: "registry changes"
    }
  }
}
