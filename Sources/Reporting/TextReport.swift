import Facts
import Hunting
import Knowledge

extension Report {
  /// For a terminal or a mail: the verdict first, then the findings, then what they rest on. Our own
  /// words are ASCII, because mail from cron often claims to be.
  func textReport(_ options: RenderOptions) -> [UInt8] {
    var page = TextPage(width: options.width, color: options.color)
    page.paragraph(verdictLine, .bold)
    page.readingVerdict(reading)
    page.paragraph(detection.summary, .dim)
    if nothingRecognised { page.nothingRecognised(self) }
    let sections =
      [("Findings", verdict.findings)]
      + (verdict.isOneList
        ? []
        : [
          ("Intelligence hits", verdict.intelHits),
          ("Beacons, on any port", verdict.beacons.map { Finding($0) }),
          ("Too dense to have a period", verdict.strobes.map { Finding($0) }),
          ("Remote Desktop port changes", verdict.remoteDesktopChanges.map { Finding($0) }),
        ])
    let hours = coverage.hoursHeard
    for (name, findings) in sections where !findings.isEmpty {
      page.section(name, options.selection.shown(findings, hours), of: findings.count, options)
    }
    if verdict.findings.isEmpty { page.noFindings(verdict) }
    page.notListed(verdict)
    page.suppressed(verdict)
    page.asked(self)
    if options.details == nil { page.reading(self) } else { page.readingInShort(self) }
    page.damage(coverage.damaged)
    page.rejected(coverage)
    page.notUnderstood(coverage)
    page.skipped(coverage.skipped)
    page.hosts(coverage)
    let notes = notes
    if !notes.isEmpty { page.heading("Notes") }
    for note in notes { page.paragraph(note, first: "  - ") }
    return page.bytes
  }
}

extension Detection {
  /// `T1571 Non-Standard Port, parity seed, record time in UTC, oddport 1.0.0`.
  var summary: String {
    var text = "\(Self.id) \(Self.name), parity \(parity.rawValue), "
    text += (timeSource == .record ? "record time" : "UtcTime") + " in " + Self.timeZone
    if sweptIndicators > sweptPorts.count {
      text = "Sweep for " + Figures.count(sweptIndicators, "indicator") + ", " + text
    } else if !sweptPorts.isEmpty {
      text = "Sweep for port \(sweptPorts.map(\.description).joined(separator: ", ")), " + text
    }
    if let from { text += ", from " + from.iso8601 }
    if let to { text += ", to " + to.iso8601 }
    return text + ", oddport " + toolVersion
  }
}

extension Finding {
  /// The kind of finding, in words.
  var kindText: String {
    switch kind {
    case .tableRow: "row of the published table"
    case .beacon: beacon?.score.outcome == .strobe ? "strobe or interactive channel" : "beacon"
    case .portChange: "Remote Desktop port change"
    case .intelligence: "intelligence"
    }
  }

  /// `WS-1`, or `WS-1 and 11 more hosts`.
  var hostText: String {
    hosts.count > 1 ? "\(host) and \(Figures.count(hosts.count - 1, "more host"))" : host
  }

  /// The executable's own name, for a terminal.
  var processName: String { Escaping.terminal(plainProcessName) }

  /// `118 connections`, with the number of processes where there are several.
  var countText: String {
    Figures.count(connectionCount, "connection")
      + (processCount > 1 ? " by " + Figures.count(processCount, "process", "processes") : "")
  }

  /// `2024-05-01 10:00:01 to 11:58:03 UTC`.
  var timeText: String {
    guard let first = firstSeen?.description, let last = lastSeen?.description else {
      return "no time in the events"
    }
    if first == last { return first + " UTC" }
    let end = first.prefix(10) == last.prefix(10) ? String(last.dropFirst(11)) : last
    return first + " to " + end + " UTC"
  }
}

// MARK: - Findings

extension TextPage {
  /// From here on there is room for two columns of values.
  private static let twoColumns = 144

  fileprivate mutating func noFindings(_ verdict: Verdict) {
    heading("Findings")
    if verdict.droppedConnections > 0 {
      paragraph(
        "none: "
          + Figures.count(verdict.droppedConnections, "matching event was", "matching events were")
          + " dropped, see the notes", first: "  ", .warning)
    } else {
      line(("  none", nil))
    }
  }

  /// A table of those that are shown, then some of them in detail.
  fileprivate mutating func section(
    _ name: String, _ findings: [Finding], of all: Int, _ options: RenderOptions
  ) {
    let isPart = findings.count < all
    heading(
      isPart ? "\(name): \(Figures.grouped(findings.count)) of \(Figures.grouped(all))" : name)
    guard !findings.isEmpty else { return line(("  none of them is what was asked for", nil)) }
    FindingTable(findings, width: width).print(to: &self)
    let detailed = findings.prefix(options.details ?? findings.count)
    for finding in detailed {
      blank()
      self.finding(finding)
    }
    if detailed.count < findings.count {
      blank()
      paragraph(
        "The first \(Figures.grouped(detailed.count)) of \(Figures.grouped(findings.count)) in detail;"
          + " -v shows all, 'oddport explain ID ARCHIVE' any one.", .dim)
    }
  }

  /// One finding: its title, then labelled values.
  mutating func finding(_ finding: Finding) {
    title(finding)
    if width >= Self.twoColumns {
      let column = (width - 4) / 2
      let left = cells(finding, .process, column)
      let right = cells(finding, .traffic, column)
      for row in 0..<max(left.count, right.count) {
        let none = (String(repeating: " ", count: 8), "")
        let leftCell = row < left.count ? left[row] : none
        let rightCell = row < right.count ? right[row] : none
        line(
          ("  " + leftCell.0, .dim), (DisplayWidth.padded(leftCell.1, column - 8), nil),
          ("  " + rightCell.0, .dim), (rightCell.1, nil))
      }
    } else {
      for cell in cells(finding, .process, width - 2) + cells(finding, .traffic, width - 2) {
        line(("  " + cell.0, .dim), (cell.1, nil))
      }
    }
  }

  /// `HIGH    powershell.exe on WS-0042                         118 connections`.
  private mutating func title(_ finding: Finding) {
    let style = finding.textStyle
    let count = finding.countText
    let level = DisplayWidth.padded(finding.severity.name.uppercased(), 8)
    let host = finding.host.isEmpty ? "" : " on " + Escaping.terminal(finding.hostText)
    let isWide = width >= 60
    // At the right edge, or above the right column where there is one.
    let edge = width >= Self.twoColumns ? (width - 4) / 2 + 4 : width - DisplayWidth.of(count)
    let room = isWide ? edge - 8 - 2 : width - 8
    let process = DisplayWidth.fitted(finding.processName, room)
    let place = DisplayWidth.fitted(host, room - DisplayWidth.of(process))
    let used = DisplayWidth.of(process) + DisplayWidth.of(place)
    if isWide {
      let gap = String(repeating: " ", count: room - used + 2)
      line((level, style), (process, .bold), (place, nil), (gap, nil), (count, nil))
    } else {
      line((level, style), (process, .bold), (place, nil))
      line(("        ", nil), (count, nil))
    }
  }

  private enum Side {
    case process, traffic
  }

  /// Labels, eight columns wide, and values that fit beside them.
  private func cells(_ finding: Finding, _ side: Side, _ columns: Int) -> [(String, String)] {
    let room = columns - 8
    var cells: [(String, String)] = []
    func add(_ label: String, _ value: String) {
      cells.append((DisplayWidth.padded(label, 8), DisplayWidth.fitted(value, room)))
    }
    switch side {
    case .process:
      if finding.kind != .tableRow { add("kind", finding.kindText) }
      if finding.hosts.count > 1 { add("hosts", list(finding.hosts, room)) }
      add("image", Escaping.terminal(finding.image))
      if let status = finding.status { add("status", status.rawValue) }
      if let original = finding.originalFileName {
        add("renamed", "originally " + Escaping.terminal(original))
      }
      if finding.isSubstringMatch { add("match", "only a part of the name") }
      add("user", finding.user.isEmpty ? "not named" : Escaping.terminal(finding.user))
      add("parent", parent(finding, room))
      if let story = finding.process { process(story, add) }
    case .traffic:
      let scopes = finding.destinationScopes.map(\.rawValue).joined(separator: ", ")
      let note = scopes.isEmpty ? "" : " (" + scopes + ")"
      add(
        finding.isInbound || finding.kind == .portChange ? "from" : "to",
        list(finding.remoteAddresses, room - note.utf8.count) + note)
      if !finding.destinationNames.isEmpty { add("names", list(finding.destinationNames, room)) }
      add("ports", list(finding.portsUsed.map(\.text), room))
      for line in finding.intel.summaries(atMost: 4) { add("intel", Escaping.terminal(line)) }
      if let change = finding.change {
        add("change", change.portsText)
        add("", change.followUpText)
      }
      if let beacon = finding.beacon {
        add("beacon", beacon.score.outcome == .beacon ? beacon.rhythm : beacon.denseText)
        if let text = beacon.clockText { add("", text) }
        if finding.kind == .beacon, let spread = finding.spread {
          add(
            "spread",
            Figures.count(spread, "host") + (spread == 1 ? " talks there" : " talk there")
              + (beacon.isSampled ? ", from a source that samples" : ""))
        }
      }
      if finding.severities.count > 1 {
        add("levels", finding.severities.map(\.name).joined(separator: ", "))
      }
      if finding.timeText.utf8.count > room, let first = finding.firstSeen {
        add("first", first.description + " UTC")
        add("last", (finding.lastSeen ?? first).description + " UTC")
      } else {
        add("seen", finding.timeText)
      }
      add("id", Escaping.terminal(finding.id))
    }
    if side == .process, let points = finding.points {
      for (index, line) in finding.pointsLines(points, room).enumerated() {
        add(index == 0 ? "points" : "", line)
      }
    }
    return cells
  }

  private func process(_ story: ProcessStory, _ add: (String, String) -> Void) {
    if !story.commandLine.isEmpty { add("command", Escaping.terminal(story.commandLine)) }
    if story.ancestors.count > 1 {
      let chain = story.ancestors.map { Escaping.terminal(fileName(of: $0.image)) }
      add("chain", chain.joined(separator: " < "))
    }
    if !story.hashes.isEmpty { add("hashes", Escaping.terminal(story.hashes)) }
    let more = [story.integrityLevel, story.logonID.isEmpty ? "" : "logon " + story.logonID]
      .filter { !$0.isEmpty }.joined(separator: ", ")
    if !more.isEmpty { add("level", Escaping.terminal(more)) }
  }

  private func parent(_ finding: Finding, _ room: Int) -> String {
    switch finding.parentSource {
    case .unknown where finding.parentImage.isEmpty: return "unknown"
    case .event, .unknown: return Escaping.terminal(finding.parentImage)
    case .processStart:
      // Where there is no room for both, the path is worth more than the way it was found.
      let path = Escaping.terminal(finding.parentImage)
      let note = " (from its start)"
      return DisplayWidth.of(path) + note.utf8.count <= room ? path + note : path
    }
  }

  /// As many of the values as there is room for, and how many more there are.
  private func list(_ values: [String], _ room: Int) -> String {
    guard !values.isEmpty else { return "none" }
    var text = ""
    for (index, value) in values.enumerated() {
      let more = values.count - index - 1
      let note = more == 0 ? "" : " and \(Figures.grouped(more)) more"
      let longer = (index == 0 ? "" : text + ", ") + Escaping.terminal(value)
      if DisplayWidth.of(longer) + note.utf8.count > room {
        let rest = values.count - index
        guard index == 0 else { return text + " and \(Figures.grouped(rest)) more" }
        return DisplayWidth.fitted(longer, max(9, room - note.utf8.count)) + note
      }
      text = longer
    }
    return text
  }
}

// MARK: - Nothing recognised

extension TextPage {
  fileprivate mutating func nothingRecognised(_ report: Report) {
    heading("NOTHING WAS RECOGNISED")
    paragraph(report.whatWasThere + ".", first: "  ", .warning)
    paragraph(
      "'oddport shapes' prints a sample line of each shape, 'oddport explain --line FILE:N' says"
        + " how one line is read.", first: "  hint: ")
  }
}

// MARK: - Suppressed

extension TextPage {
  /// One line for each hidden finding, with its suppression.
  fileprivate mutating func suppressed(_ verdict: Verdict) {
    if !verdict.suppressed.isEmpty { heading("Suppressed") }
    for entry in verdict.suppressed {
      let finding = entry.finding
      paragraph(
        "\(finding.severity.name) \(finding.processName) on \(Escaping.terminal(finding.host)), "
          + "\(finding.countText), by \(Escaping.terminal(entry.by))", first: "  ")
    }
    for use in verdict.suppressions {
      let name = Escaping.terminal(use.name)
      for warning in use.warnings() {
        paragraph(
          "suppression \(name) of \(Escaping.terminal(use.owner)) \(warning)", first: "  ",
          .warning)
      }
    }
  }
}

extension Finding {
  /// `60: attributed-port 25, exact-name 20, …`, in lines that fit.
  fileprivate func pointsLines(_ points: Int, _ room: Int) -> [String] {
    var lines = ["\(points)"]
    for (index, reason) in reasons.enumerated() {
      let word =
        "\(reason.evidence.rawValue) \(reason.points)" + (index + 1 < reasons.count ? "," : "")
      let gap = index == 0 ? ": " : " "
      if lines[lines.count - 1].utf8.count + gap.utf8.count + word.utf8.count <= room {
        lines[lines.count - 1] += gap + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }
}
