import Facts
import Hunting
import Knowledge

extension SuppressionUse {
  /// Problems that its owner should look at; empty if it works as intended.
  ///
  /// - Parameter percent: The share of findings that it may hide.
  func warnings(moreThan percent: Int = Suppression.broadShare) -> [String] {
    var texts: [String] = []
    if hasExpired {
      texts.append("expired on \(expires?.date ?? ""): what came since then is shown")
    } else if fitsNothing {
      texts.append("fits nothing")
    } else if connections == 0, beacons == 0 {
      texts.append("hides nothing that an earlier one does not hide")
    }
    if hides(moreThan: percent) {
      texts.append(
        "hides \(share) % of what would be shown (\(Figures.grouped(connections)) of "
          + Figures.count(allConnections, "connection") + "), more than \(percent) %")
    }
    return texts
  }

  var endText: String { expires.map { "until \($0.date)" } ?? "without an end" }
}

/// What each suppression hides, for those who look after them.
package struct SuppressionCheck: Sendable {
  private static let maximumListed = 20

  private let verdict: Verdict
  private let coverage: ReadCoverage
  /// In percent.
  private let share: Int

  package init(_ report: Report, share: Int) {
    verdict = report.verdict
    coverage = report.coverage
    self.share = share
  }

  /// Whether one has expired, fits nothing or hides more than the share.
  package var hasComplaints: Bool {
    verdict.suppressions.contains { !$0.warnings(moreThan: share).isEmpty }
  }

  /// - Parameter color: With the colours of a terminal.
  package func text(width: Int, color: Bool) -> [UInt8] {
    var page = TextPage(width: width, color: color)
    for (index, use) in verdict.suppressions.enumerated() {
      if index > 0 { page.blank() }
      write(use, &page)
    }
    return page.bytes
  }

  private func write(_ use: SuppressionUse, _ page: inout TextPage) {
    let name = Escaping.terminal(use.name)
    page.paragraph(
      "\(name) of \(Escaping.terminal(use.owner)), \(use.endText): \(Escaping.terminal(use.reason))"
    )
    for warning in use.warnings(moreThan: share) {
      page.paragraph(warning, first: "  ! ", .warning)
    }
    let rows = (verdict.suppressed + verdict.suppressedHits).filter { $0.by == use.name }
    guard use.connections > 0 || use.beacons > 0 else {
      return
    }
    let day = coverage.hoursHeard.map {
      UTCTime(milliseconds: Int64($0.upperBound) * 3_600_000).date
    }
    page.paragraph(
      "hides \(Figures.grouped(use.connections)) of "
        + Figures.count(use.allConnections, "connection")
        + " that would be shown (\(use.share) %), in " + Figures.count(rows.count, "row")
        + ", and " + Figures.count(use.beacons, "beacon")
        + (day.map { "; \(Figures.grouped(use.lastDayConnections)) of them on the last day, \($0)" }
          ?? ""),
      first: "  ")
    if let first = use.firstHidden, let last = use.lastHidden {
      page.paragraph("from \(first) to \(last) UTC", first: "  ")
    }
    for entry in rows.prefix(Self.maximumListed) {
      let finding = entry.finding
      let ports = finding.portsUsed.prefix(5).map(\.text).joined(separator: ", ")
      page.paragraph(
        "\(finding.severity.name) \(finding.processName) on \(Escaping.terminal(finding.host)) to "
          + Escaping.terminal(ports) + ", \(finding.countText)", first: "    ")
    }
    if rows.count > Self.maximumListed {
      page.paragraph("and \(Figures.grouped(rows.count - Self.maximumListed)) more", first: "    ")
    }
  }
}
