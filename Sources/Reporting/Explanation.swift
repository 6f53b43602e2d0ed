package import Facts
package import Hunting
import Knowledge

/// Why something is in a report, why not higher, and where to look further.
package struct Explanation: Sendable {
  let trail: Trail
  let rules: HuntRules
  private let home: PivotHome

  /// - Parameter events: Of the input: their shapes tell where else they are kept.
  package init(_ trail: Trail, _ rules: HuntRules, events: some Sequence<EventClass>) {
    self.trail = trail
    self.rules = rules
    home = PivotHome(events)
  }

  package func text(width: Int, color: Bool) -> [UInt8] {
    var page = TextPage(width: width, color: color)
    switch trail.subject {
    case .finding(let finding, let suppression): explain(finding, suppression, &page)
    case .beacon(let beacon): explain(beacon, &page)
    case .remoteDesktop(let change):
      page.remoteDesktop([change])
      page.paragraph("set \(Escaping.terminal(change.target))", first: "    ", .dim)
      page.paragraph("to \(Escaping.terminal(change.details))", first: "    ", .dim)
    }
    return page.bytes
  }

  /// What is known of a process, as in an explanation.
  package static func text(_ story: ProcessStory, width: Int) -> [UInt8] {
    var page = TextPage(width: width, color: false)
    page.process(story)
    return page.bytes
  }

  private func explain(_ finding: Finding, _ suppression: String?, _ page: inout TextPage) {
    page.finding(finding)
    page.heading("Why it matches")
    for line in whyMatched(finding) { page.paragraph(line, first: "  - ") }
    page.heading("Why not higher")
    for line in finding.whyNotHigher(rules) { page.paragraph(line, first: "  - ") }
    if !finding.reasons.isEmpty { page.heading("Points") }
    points(finding.reasons, &page)
    if let story = finding.process { page.process(story) }
    let talks = trail.talks.filter { $0.beacon == nil }
    if !talks.isEmpty { page.heading("Why its calls are not a beacon") }
    for talk in talks.prefix(Self.maxTalks) { page.talk(talk, rules) }
    if talks.count > Self.maxTalks {
      page.paragraph("and \(talks.count - Self.maxTalks) more", first: "  ")
    }
    page.heading("Suppressions")
    if let suppression {
      page.paragraph("hidden by \(Escaping.terminal(suppression))", first: "  ")
    }
    for miss in trail.nearMisses {
      page.paragraph(
        "\(Escaping.terminal(miss.suppression)) would hide some of it but for: \(miss.obstacle)",
        first: "  ")
    }
    if suppression == nil, trail.nearMisses.isEmpty {
      page.paragraph("none fits, and none but for one condition; to hide it:", first: "  ")
    }
    for line in finding.suppressionStanza.split(separator: "\n") {
      page.verbatim(String(line), indent: 4)
    }
    pivots(finding.pivots(home), &page)
  }

  private func explain(_ beacon: Beacon, _ page: inout TextPage) {
    page.beacon(beacon)
    page.heading("Why it is one")
    for line in beacon.whyRegular { page.paragraph(line, first: "  - ") }
    if let text = beacon.clockText { page.paragraph(text, first: "  - ") }
    if let expectation = beacon.expectation {
      page.paragraph("listed apart, because it is expected: \(expectation.rawValue)", first: "  - ")
    }
    if let suppression = beacon.suppressedBy {
      page.paragraph("hidden by \(Escaping.terminal(suppression))", first: "  - ")
    }
    if !beacon.reasons.isEmpty { page.heading("Points") }
    points(beacon.reasons, &page)
    if beacon.expectation == nil, beacon.suppressedBy == nil {
      page.heading("Why not higher")
      for line in Evidence.missing(beacon.reasons, rules) { page.paragraph(line, first: "  - ") }
    }
    if let story = beacon.process { page.process(story) }
    pivots(beacon.pivots(home), &page)
  }

  private func points(_ reasons: [Reason], _ page: inout TextPage) {
    for reason in reasons {
      let sign = reason.points > 0 ? "+" : ""
      page.paragraph(
        "\(reason.evidence.rawValue): \(reason.evidence.summary): \(Escaping.terminal(reason.detail))",
        first: "  " + padded("\(sign)\(reason.points)") + "  ")
    }
  }

  private static let maxTalks = 5

  private func pivots(_ pivots: [Pivot], _ page: inout TextPage) {
    page.heading("Where to look further")
    for pivot in pivots {
      page.paragraph(pivot.language, first: "  ", .dim)
      page.verbatim(pivot.text, indent: 4)
    }
  }

  private func padded(_ number: String) -> String {
    String(repeating: " ", count: max(0, 4 - number.utf8.count)) + number
  }

  private func whyMatched(_ finding: Finding) -> [String] {
    Self.whyMatched(finding, rules) + [
      "\(Figures.count(trail.connections, "connection")) in \(Figures.count(trail.places.count, "fact"))"
        + ", the highest score is \(finding.maxRiskScore): \(finding.severity.name)"
    ]
  }

  /// The same as one sentence.
  static func rule(_ finding: Finding, _ rules: HuntRules) -> String {
    let sentence = whyMatched(finding, rules).joined(separator: "; ")
    return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
  }

  private static func whyMatched(_ finding: Finding, _ rules: HuntRules) -> [String] {
    var lines: [String] = []
    let numbers = finding.portsUsed.compactMap(\.number).map(Double.init)
    let known = numbers.filter { rules.isSweep || rules.lists.isKnownC2Port($0) }
    let odd = numbers.filter { !known.contains($0) && rules.lists.isOddPort($0) }
    func list(_ ports: [Double]) -> String {
      ports.prefix(20).map { String(Int($0)) }.joined(separator: ", ")
    }
    if !known.isEmpty {
      lines.append(
        (rules.isSweep ? "what was looked for: port " : "on the list of known C2 ports: ")
          + list(known))
    }
    if !odd.isEmpty {
      lines.append("neither a standard port nor a reserved one: " + list(odd))
    }
    if finding.maxRiskScore > 1 {
      lines.append(
        finding.originalFileName.map {
          "a high-risk process under another name: \(Escaping.terminal($0))"
        }
          ?? (finding.isSubstringMatch
            ? "the name of a high-risk process is a part of the image's path"
            : "a high-risk process by its name: \(finding.processName)"))
    }
    return lines
  }
}

extension Finding {
  /// What it lacks for a higher severity, and for more points. In our own words, no field values.
  func whyNotHigher(_ rules: HuntRules) -> [String] {
    var lines: [String] = []
    switch maxRiskScore {
    case 3: lines.append("High is the highest")
    case 2:
      lines.append("High takes a known C2 port as well: none of its ports is on the published list")
    default: lines.append("High takes a high-risk process: the image is none of them")
    }
    guard points != nil else { return lines }
    return lines + Evidence.missing(reasons, rules)
  }
}

extension Evidence {
  /// The evidence that would add points.
  static func missing(_ reasons: [Reason], _ rules: HuntRules) -> [String] {
    let given = Set(reasons.map(\.evidence))
    return allCases.compactMap { evidence in
      let points = rules.weights[evidence]
      guard !given.contains(evidence), points > 0, !evidence.isOfPortChange else { return nil }
      if evidence == .listedPort, given.contains(.attributedPort) { return nil }
      if evidence == .exactName, given.contains(.renamed) { return nil }
      return "not \(evidence.rawValue) (+\(points)): \(evidence.summary)"
    }
  }

  private var isOfPortChange: Bool { self == .movedPort || self == .movedPortUsed }
}

extension TextPage {
  /// Where the process came from, as far as that is known.
  mutating func process(_ story: ProcessStory) {
    heading("Process")
    let fields = [
      ("command", story.commandLine), ("original", story.originalFileName),
      ("hashes", story.hashes),
      ("level", story.integrityLevel), ("logon", story.logonID), ("id", story.processID),
      ("guid", story.processGuid), ("started", story.started?.iso8601Milliseconds ?? ""),
    ]
    for (name, value) in fields where !value.isEmpty {
      paragraph(
        Escaping.terminal(value), first: "  " + DisplayWidth.padded(name, 9), rest: "           ")
    }
    for ancestor in story.ancestors {
      let command = ancestor.commandLine.isEmpty ? "" : ": " + ancestor.commandLine
      paragraph(Escaping.terminal(ancestor.image + command), first: "  started by ", rest: "    ")
    }
  }
}

extension Beacon {
  /// The formula's numbers, in words.
  var whyRegular: [String] { score.why(connectionCount) }
}
