import Facts
import Hunting
import Knowledge

/// A finding as the page shows it: a row of a table, and a card.
struct FindingView {
  let finding: Finding
  /// Where the first of its lines is: `archive:line`; nil where no line is known.
  private let firstLine: String?
  private let parity: Parity
  private let home: PivotHome

  init(_ finding: Finding, of report: Report) {
    self.finding = finding
    firstLine = report.archiveNames.line(at: finding.firstPlace).map {
      "\($0.archive):\($0.number)"
    }
    parity = report.detection.parity
    home = PivotHome(report.coverage.events.lazy.map(\.event))
  }

  private static let maxPorts = 8
  private static let maxAddresses = 3
  private static let maxReasons = 2
  private static let maxReasonCharacters = 90

  // MARK: - The row

  func row(hasCard: Bool) -> [String: Any] {
    let host = splitHost
    let addresses = finding.remoteAddresses.prefix(Self.maxAddresses).joined(separator: ", ")
    return [
      "id": finding.id, "hasCard": hasCard, "score": rank, "style": finding.style,
      "letter": finding.letter, "level": finding.severity.name,
      "points": finding.points.map { $0 as Any } ?? "", "process": finding.plainProcessName,
      "kind": finding.kindText, "status": finding.status?.rawValue ?? "",
      "commandLine": Self.optional(finding.process?.commandLine ?? ""),
      "parent": Self.optional(fileName(of: finding.parentImage)),
      "user": Self.optional(finding.user), "host": host.name, "domain": Self.optional(host.domain),
      "addresses": addresses + Self.more(finding.remoteAddresses.count - Self.maxAddresses),
      "names": Self.optional(finding.destinationNames.prefix(2).joined(separator: ", ")),
      "scopes": Self.optional(
        finding.destinationScopes.map(\.rawValue).joined(separator: ", ")),
      "ports": finding.portsUsed.prefix(Self.maxPorts).map(\.text).joined(separator: ", ")
        + Self.more(finding.portsUsed.count - Self.maxPorts),
      "port": finding.portsUsed.first?.number ?? -1,
      "intel": Self.optional(intelligence), "rhythm": Self.optional(rhythm), "why": why,
      "rawCount": finding.connectionCount, "count": Figures.grouped(finding.connectionCount),
      "first": finding.firstSeen?.description ?? "", "last": finding.lastSeen?.description ?? "",
      "firstSecond": finding.firstSeen.map { String($0.second) } ?? "",
      "lastSecond": finding.lastSeen.map { String($0.second) } ?? "",
    ]
  }

  /// About as many as ``row(hasCard:)`` makes of the page.
  var rowBytes: Int {
    let texts = [
      finding.plainProcessName, finding.process?.commandLine ?? "",
      finding.process?.commandLine ?? "",
      finding.user, finding.hostText, intelligence, rhythm,
    ]
    return 1050 + texts.reduce(0) { $0 + $1.utf8.count }
      + why.reduce(0) { $0 + 30 + $1.utf8.count }
  }

  /// The host's label and the rest of its name: where a narrow column breaks it. An address is one part.
  private var splitHost: (name: String, domain: String) {
    let text = finding.hostText
    let name = HostLabel.of(text) ?? text
    return (name, String(text.dropFirst(name.count)))
  }

  /// Points where there are any: the level follows from them, or is the published score's.
  private var rank: Int { finding.severity.rawValue * 1000 + (finding.points ?? 0) }

  private var intelligence: String { finding.intel.summaries(atMost: 1).first ?? "" }

  private var rhythm: String {
    finding.beacon.map { $0.score.outcome == .beacon ? $0.rhythm : $0.denseText } ?? ""
  }

  /// The reasons with most points, except those that have a column or chip of their own.
  private var why: [String] {
    let shown: Set<Evidence> =
      finding.intel.isEmpty ? [.beacon] : [.beacon, .attributedPort, .listedPort]
    return finding.reasons.enumerated().filter { $1.points > 0 && !shown.contains($1.evidence) }
      .sorted { ($1.element.points, $0.offset) < ($0.element.points, $1.offset) }
      .prefix(Self.maxReasons).map { _, reason in
        let text = "\(reason.evidence.rawValue): \(reason.detail)"
        return text.count > Self.maxReasonCharacters
          ? text.prefix(Self.maxReasonCharacters) + "…" : text
      }
  }

  /// False for an empty text, so that its section of the template is left out.
  private static func optional(_ text: String) -> Any { text.isEmpty ? false : text }

  private static func more(_ count: Int) -> String {
    count > 0 ? " and \(Figures.grouped(count)) more" : ""
  }

  private static func list(_ values: [String], _ limit: Int) -> String {
    values.prefix(limit).joined(separator: ", ") + more(values.count - limit)
  }

  // MARK: - The card

  func card(_ hours: ClosedRange<Int32>?, _ rules: HuntRules?, isOpen: Bool) -> (
    context: [String: Any], bytes: Int
  ) {
    let (fields, chain, snippets) = (fields, chain, snippets)
    let whyNot = rules.map { finding.whyNotHigher($0) } ?? []
    let reasons = finding.reasons
    let activity = Activity(finding.arrivals, over: hours)
    let bytes =
      1000 + fields.reduce(0) { $0 + 60 + $1.1.utf8.count * 2 }
      + chain.reduce(0) { $0 + 60 + $1.image.utf8.count + $1.commandLine.utf8.count * 2 }
      + snippets.reduce(0) { $0 + 80 + $1.text.utf8.count * 2 }
      + whyNot.reduce(0) { $0 + 20 + $1.utf8.count }
      + reasons.reduce(0) { $0 + 90 + $1.detail.utf8.count * 2 }
      + activity.bars.count { $0 > 0 } * 16
    return (
      [
        "id": finding.id, "isOpen": isOpen, "style": finding.style, "letter": finding.letter,
        "level": finding.severity.name, "process": finding.plainProcessName,
        "host": finding.host.isEmpty ? "no host" : finding.hostText,
        "headline": finding.countText,
        "spark": spark(activity, hours).map { $0 as Any } ?? false,
        "hasChain": chain.count > 1,
        "chain": chain.map {
          ["image": $0.image, "commandLine": Self.optional($0.commandLine)]
        },
        "fields": fields.map { ["name": $0.0, "value": $0.1] },
        "histogram": histogram.map { $0 as Any } ?? false,
        "hasReasons": !reasons.isEmpty, "points": finding.points ?? 0,
        "reasons": reasons.map {
          [
            "points": ($0.points > 0 ? "+" : "") + String($0.points),
            "name": $0.evidence.rawValue, "detail": $0.detail,
          ]
        }, "hasWhyNot": !whyNot.isEmpty, "whyNot": whyNot,
        "snippets": snippets.map { ["language": $0.language, "lines": Report.lines($0.text)] },
      ], bytes
    )
  }

  /// The oldest ancestor first, the process itself last.
  private var chain: [(image: String, commandLine: String)] {
    guard finding.hosts.count < 2 else { return [] }
    let ancestors =
      finding.process?.ancestors.map { ($0.image, $0.commandLine) }
      ?? (finding.parentImage.isEmpty ? [] : [(finding.parentImage, "")])
    return ancestors.reversed() + [(finding.image, finding.process?.commandLine ?? "")]
  }

  /// To be copied: commands and queries that show the events, and a suppression.
  private var snippets: [Pivot] {
    let parity = parity == .seed ? "" : " --parity \(parity.rawValue)"
    return [
      Pivot(
        language: "Raw lines, from the archives",
        text: "oddport evidence \(finding.id)\(parity) ARCHIVE…")
    ]
      + (firstLine.map { [Pivot(language: "The first of its lines", text: Escaping.terminal($0))] }
        ?? [])
      + finding.pivots(home)
      + [Pivot(language: "Suppression, to be completed", text: finding.suppressionStanza)]
  }

  private var fields: [(String, String)] {
    var fields: [(String, String)] = [("Image", finding.image)]
    if finding.kind != .tableRow { fields.append(("Kind", finding.kindText)) }
    if finding.hosts.count > 1 { fields.append(("Hosts", Self.list(finding.hosts, 20))) }
    if let original = finding.originalFileName {
      fields.append(("Renamed", "originally " + original))
    }
    if finding.isSubstringMatch { fields.append(("Match", "only a part of the name")) }
    fields.append(("User", finding.user.isEmpty ? "not named" : finding.user))
    fields.append(
      (
        "Parent",
        finding.parentImage.isEmpty
          ? "unknown"
          : finding.parentImage + (finding.parentSource == .processStart ? " (from its start)" : "")
      ))
    if let story = finding.process {
      fields += [
        ("Hashes", story.hashes), ("Integrity", story.integrityLevel), ("Logon", story.logonID),
        ("Process id", story.processID), ("Original name", story.originalFileName),
      ].filter { !$0.1.isEmpty && $0.1 != "-" }
    }
    if let change = finding.change {
      fields += [
        ("Change", change.portsText), ("Value", change.target), ("Afterwards", change.followUpText),
      ]
    }
    let scopes = finding.destinationScopes.map(\.rawValue).joined(separator: ", ")
    if !finding.remoteAddresses.isEmpty {
      fields.append(
        (
          finding.isInbound || finding.kind == .portChange ? "From" : "To",
          Self.list(finding.remoteAddresses, 20) + (scopes.isEmpty ? "" : " (\(scopes))")
        ))
    }
    if !finding.destinationNames.isEmpty {
      fields.append(("Names", Self.list(finding.destinationNames, 10)))
    }
    fields.append(("Ports", Self.list(finding.portsUsed.map(\.text), 20)))
    for line in finding.intel.summaries(atMost: 4) { fields.append(("Intelligence", line)) }
    if let beacon = finding.beacon { fields += self.fields(of: beacon) }
    if let spread = finding.spread, spread > 0 {
      fields.append(
        ("Spread", Figures.count(spread, "host") + (spread == 1 ? " talks there" : " talk there")))
    }
    fields.append(("Seen", finding.timeText))
    if let firstLine { fields.append(("First line", firstLine)) }
    if let status = finding.status { fields.append(("Status", status.rawValue)) }
    fields.append(("Id", finding.id))
    return fields
  }

  private func fields(of beacon: Beacon) -> [(String, String)] {
    var fields = [("Beacon", rhythm)]
    if let text = beacon.clockText { fields.append(("Clock", text)) }
    guard finding.kind == .beacon else { return fields }
    for (name, values) in [
      ("Images", beacon.images), ("Users", beacon.users), ("Parents", beacon.parents),
    ] where values.count > 1 {
      fields.append((name, Self.list(values, 5)))
    }
    fields += beacon.whyRegular.map { ("Why", $0) }
    if beacon.isSampled {
      fields.append(("Mind", "the source reports some of many connections"))
    }
    return fields
  }

  // MARK: - Plots

  private func spark(_ activity: Activity, _ hours: ClosedRange<Int32>?) -> [String: Any]? {
    guard !activity.bars.isEmpty, let hours else { return nil }
    let axis = TimeAxis(hours)
    return [
      "label": "\(finding.countText), \(finding.timeText)",
      "path": Drawing.bars(activity.bars, height: 24),
      "start": axis.start, "middle": axis.middle, "end": axis.end,
    ]
  }

  private var histogram: [String: Any]? {
    guard let beacon = finding.beacon, beacon.score.outcome == .beacon,
      finding.kind == .beacon || finding.kind == .tableRow
    else { return nil }
    let histogram = beacon.histogram
    return [
      "width": histogram.counts.count * 10,
      "path": Drawing.bars(histogram.counts, height: 60, step: 10),
      "label": "Histogram of \(beacon.score.sessions - 1) gaps, most around \(beacon.period) s",
      "caption": "gaps from 0 to \(histogram.counts.count * histogram.width) s,"
        + " \(histogram.width) s to the bar; longer ones are in the last",
    ]
  }
}

/// The ends and the middle of the time in which anything was heard.
struct TimeAxis {
  let start: String
  let middle: String
  let end: String

  init(_ hours: ClosedRange<Int32>) {
    start = hourText(hours.lowerBound)
    middle = hourText(hours.lowerBound + Int32(hours.count / 2))
    end = hourText(hours.upperBound).dropLast(2) + "59"
  }
}

extension Finding {
  var style: String { severity.name.lowercased() }
  var letter: String { String(severity.name.prefix(1)) }

  /// The executable's own name, as the event has it.
  var plainProcessName: String {
    let name = fileName(of: image)
    return name.isEmpty ? "process without a name" : name
  }
}
