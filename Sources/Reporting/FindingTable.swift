import Facts
import Hunting
import Knowledge

/// Findings as a table that fits the page, one line each: what is least needed is left out first, and the
/// longest values give way.
struct FindingTable {
  /// A column, in the order of the page.
  private struct Column: Sendable {
    var title: String
    /// The lower, the longer the column stays; 0: always.
    var rank: Int
    var minWidth: Int
    var maxWidth: Int
    var isRight = false
    /// Truncated at the end.
    var isCutAtEnd = false
    /// Text already escaped for a terminal.
    var value: @Sendable (Finding, ShortHostNames) -> String
  }

  /// From here on there is room for wider gaps.
  private static let wide = 100

  /// Columns of this rank and above are good to have.
  private static let optionalRank = 5

  private let gap: Int

  private let columns: [(column: Column, width: Int)]
  private let rows: [(values: [String], style: TextPage.Style)]

  /// - Parameter width: Columns of the page.
  init(_ findings: [Finding], width: Int) {
    // One finding after the other: it is a large value to copy.
    let names = ShortHostNames(findings.lazy.map(\.host))
    let cells = findings.map { finding in Self.columns.map { $0.value(finding, names) } }
    let widths = Self.columns.indices.map { at in
      cells.reduce(0) { max($0, DisplayWidth.of($1[at])) }
    }
    let filled = Self.columns.indices.filter { widths[$0] > 0 }
    let gap = width < Self.wide ? 1 : 2
    func natural(_ at: Int) -> Int {
      let column = Self.columns[at]
      return min(column.maxWidth, max(column.title.utf8.count, widths[at]))
    }
    func least(_ at: Int) -> Int { min(natural(at), Self.columns[at].minWidth) }
    func isOptional(_ at: Int) -> Bool { Self.columns[at].rank >= Self.optionalRank }
    func room(_ chosen: [Int], _ width: Int, by measure: (Int) -> Int) -> Int {
      width - chosen.reduce(0) { $0 + measure($1) } - gap * (chosen.count - 1)
    }
    let ranked = filled.sorted { (Self.columns[$0].rank, $0) < (Self.columns[$1].rank, $1) }
    var chosen = ranked.filter { !isOptional($0) }
    while room(chosen, width, by: least) < 0, let last = chosen.last,
      Self.columns[last].rank > 0
    {
      chosen.removeLast()
    }
    // Optional columns are added once the others have their full width.
    for at in ranked where isOptional(at) {
      guard room(chosen, width, by: natural) >= gap + least(at) else { break }
      chosen.append(at)
    }
    chosen.sort()
    var given = Dictionary(uniqueKeysWithValues: chosen.map { ($0, least($0)) })
    var left = max(0, room(chosen, width, by: least))
    // Columns get their missing width in order of importance.
    for at in ranked where chosen.contains(at) {
      let more = min(left, natural(at) - least(at))
      given[at, default: 0] += more
      left -= more
    }
    self.gap = gap
    columns = chosen.map { (Self.columns[$0], given[$0] ?? 0) }
    rows = zip(cells, findings).map { cells, finding in
      (chosen.map { cells[$0] }, finding.textStyle)
    }
  }

  private static let columns = [
    Column(title: "LEVEL", rank: 0, minWidth: 6, maxWidth: 6) { finding, _ in
      finding.severity.name.uppercased()
    },
    Column(title: "PTS", rank: 3, minWidth: 3, maxWidth: 3, isRight: true) {
      finding, _ in finding.points.map(String.init) ?? ""
    },
    Column(title: "STATUS", rank: 4, minWidth: 7, maxWidth: 10) { finding, _ in
      finding.status?.rawValue ?? ""
    },
    Column(title: "PROCESS", rank: 0, minWidth: 14, maxWidth: 32) { finding, _ in
      finding.processName
    },
    Column(title: "HOST", rank: 1, minWidth: 12, maxWidth: 40, isCutAtEnd: true) {
      finding, names in
      Escaping.terminal(names.short(finding.host))
        + (finding.hosts.count > 1 ? " +\(finding.hosts.count - 1)" : "")
    },
    Column(title: "DESTINATION", rank: 1, minWidth: 18, maxWidth: 40, isCutAtEnd: true) {
      finding, _ in
      Escaping.terminal(finding.remoteAddresses.first ?? "")
        + (finding.remoteAddresses.count > 1 ? " +\(finding.remoteAddresses.count - 1)" : "")
    },
    Column(title: "PORT", rank: 1, minWidth: 7, maxWidth: 14) {
      finding, _ in
      Escaping.terminal(finding.portsUsed.first?.text ?? "")
        + (finding.portsUsed.count > 1 ? " +\(finding.portsUsed.count - 1)" : "")
    },
    Column(title: "COUNT", rank: 5, minWidth: 5, maxWidth: 12, isRight: true) {
      finding, _ in Figures.grouped(finding.connectionCount)
    },
    Column(title: "LAST SEEN (UTC)", rank: 6, minWidth: 16, maxWidth: 16) {
      finding, _ in finding.lastSeen.map { String($0.description.prefix(16)) } ?? ""
    },
    Column(title: "WHY", rank: 7, minWidth: 24, maxWidth: 60, isCutAtEnd: true) { finding, _ in
      finding.shortReason
    },
    Column(title: "ID", rank: 2, minWidth: 13, maxWidth: 13) { finding, _ in
      Escaping.terminal(finding.id)
    },
  ]

  func print(to page: inout TextPage) {
    page.line(line(columns.map { ($0.column.title, .dim) }))
    for (values, style) in rows {
      page.line(
        line(
          zip(columns, values).map { column, value in
            switch column.column.title {
            case "LEVEL": (value, style)
            case "PROCESS": (value, .bold)
            case "ID": (value, .dim)
            default: (value, nil)
            }
          }))
    }
  }

  /// Each value as wide as its column. Blanks have no style, so that none is left at the end of a line.
  private func line(
    _ values: [(text: String, style: TextPage.Style?)]
  ) -> [(text: String, style: TextPage.Style?)] {
    zip(columns, values).enumerated().flatMap { at, pair in
      let (cell, value) = pair
      let text =
        cell.column.isCutAtEnd
        ? Self.cut(value.text, cell.width) : DisplayWidth.fitted(value.text, cell.width)
      let blanks = String(repeating: " ", count: max(0, cell.width - DisplayWidth.of(text)))
      let gap = String(repeating: " ", count: gap)
      if cell.column.isRight { return [(blanks, nil), (text, value.style), (gap, nil)] }
      return [(text, value.style), (at + 1 < columns.count ? blanks + gap : "", nil)]
    }
  }

  private static func cut(_ text: String, _ width: Int) -> String {
    DisplayWidth.of(text) <= width
      ? text : DisplayWidth.prefix(text, max(0, width - 2)) + (width > 2 ? ".." : "")
  }
}

extension Finding {
  var textStyle: TextPage.Style {
    switch severity {
    case .high: .high
    case .medium: .medium
    case .low: .low
    }
  }

  /// The most telling detail: the rhythm, a known user of the port, or the reason with most points.
  fileprivate var shortReason: String {
    if let change { return change.portsText }
    if let beacon, beacon.score.outcome == .beacon { return Escaping.terminal(beacon.rhythm) }
    if let line = intel.summaries(atMost: 1).first { return Escaping.terminal(line) }
    guard let reason = reasons.max(by: { $0.points < $1.points }), reason.points > 0 else {
      return ""
    }
    return Escaping.terminal(reason.evidence.rawValue + ": " + reason.detail)
  }
}
