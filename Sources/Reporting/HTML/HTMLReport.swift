import Facts
import Foundation
import Hashing
import Hunting
import Knowledge
import Mustache

extension Report {
  /// Beyond these the page says how many there are more.
  private static let mostRows = 1000
  /// So many bytes of cards fit into a page of two megabytes.
  private static let cardBytes = 1_100_000
  private static let mostBeacons = 100
  private static let mostListed = 200
  private static let mostLanes = 40

  /// One page for a browser: no request leaves it, and it says everything without its script too.
  ///
  /// - Complexity: O(1) memory beyond the findings that are shown.
  func html() -> [UInt8] {
    let cards = cards()
    var context: [String: Any] = [
      "policy": Self.policy, "style": HTMLTemplate.style, "script": HTMLTemplate.script,
      "title": "\(Detection.id) \(Detection.name)", "verdict": verdictLine,
      "reading": reading.headline, "isIncomplete": reading.level != .complete,
      "summary": detection.summary, "settings": Self.lines(settings),
      "unrecognised": nothingRecognised ? whatWasThere + "." as Any : false,
      "warnings": warnings, "notes": notes, "tiles": tiles, "cards": cards,
      "rows": rows(cards.count), "hasRows": !verdict.findings.isEmpty, "rest": rest(cards.count),
      "news": news, "attribution": attribution,
    ]
    context.merge(beaconContext) { $1 }
    context.merge(suppressedContext) { $1 }
    context.merge(appendixContext) { $1 }
    let strip = hostStrip
    context["strip"] = strip.map { $0 as Any } ?? false
    let timeline = timeline(cards.count)
    context["timeline"] = timeline.map { $0 as Any } ?? false
    context["sections"] = sections(hasStrip: strip != nil, hasTimeline: timeline != nil)
    return Array(HTMLTemplate.page.render(context).utf8)
  }

  /// Nothing is loaded from anywhere; only our own style and script count, by their hashes.
  private static let policy: String = {
    func hash(_ text: String) -> String {
      "'sha256-" + Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString() + "'"
    }
    return "default-src 'none'; style-src \(hash(HTMLTemplate.style));"
      + " script-src \(hash(HTMLTemplate.script)); base-uri 'none'; form-action 'none'"
  }()

  private func sections(hasStrip: Bool, hasTimeline: Bool) -> [[String: Any]] {
    let all: [(String, String, Int?, Bool)] = [
      ("trust", "Trust", nil, true), ("findings", "Findings", verdict.findings.count, true),
      ("strip", "Hosts over time", nil, hasStrip), ("timeline", "Timeline", nil, hasTimeline),
      (
        "beacons", "Beacons", verdict.beacons.count + verdict.strobes.count,
        !verdict.isOneList && !(verdict.beacons + verdict.strobes).isEmpty
      ),
      (
        "rdp", "RDP port changes", verdict.remoteDesktopChanges.count,
        !verdict.isOneList && !verdict.remoteDesktopChanges.isEmpty
      ),
      (
        "suppressed", "Suppressed", verdict.suppressed.count + verdict.suppressedBeacons.count,
        hasSuppressed
      ),
      (
        "expected", "Expected periodic", verdict.expectedPeriodic.count,
        !verdict.expectedPeriodic.isEmpty
      ),
      ("appendix", "Appendix", nil, true),
    ]
    return all.filter(\.3).map {
      ["anchor": $0.0, "name": $0.1, "count": $0.2.map { Figures.grouped($0) as Any } ?? false]
    }
  }

  // MARK: - Trust

  private var tiles: [[String: Any]] {
    let bytes = coverage.archives.reduce(0) { $0 + $1.bytes }
    let unpacked = coverage.archives.reduce(0) { $0 + $1.unpackedBytes }
    var tiles = [
      (Figures.grouped(coverage.archives.count), "archives, \(Figures.bytes(bytes)) on disk"),
      (Figures.bytes(unpacked), "unpacked"),
      (Figures.grouped(coverage.lines.total), "lines"),
      (Figures.grouped(coverage.lines.observations), "gave an observation"),
      (Figures.grouped(coverage.lines.notUnderstood), "name Sysmon, not understood"),
      (Figures.grouped(coverage.lines.irrelevant), "of something else"),
      (Figures.grouped(coverage.lines.blank), "blank"),
      (Figures.grouped(coverage.lines.rejectedTotal), "rejected"),
      (Figures.grouped(coverage.hosts.count), "hosts"),
      (Figures.grouped(verdict.outboundConnections), "outbound connections"),
      (Figures.grouped(verdict.matchedConnections), "of them match"),
    ]
    let joined = verdict.parentsResolved + verdict.parentsUnknown
    if joined > 0 {
      tiles.append(
        ("\(verdict.parentsResolved * 100 / joined) %", "of their parents found by Event ID 1"))
    }
    if let hours = coverage.hoursHeard {
      tiles.append((hourText(hours.lowerBound), "to \(hourText(hours.upperBound)) UTC heard"))
    }
    return tiles.map { ["number": $0.0, "label": $0.1] }
  }

  private var warnings: [String] {
    reading.sentences
      + coverage.damaged.prefix(20).map {
        "\($0.name) is damaged at byte \(Figures.grouped($0.damage?.offset ?? 0)):"
          + " \($0.damage?.reason ?? ""); what stood before that is in this report"
      }
      + (coverage.damaged.count > 20 ? ["and \(coverage.damaged.count - 20) more are damaged"] : [])
      + coverage.lines.rejected.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
        Figures.count($1, "line") + " rejected: " + $0.explanation
      } + coverage.notUnderstood.prefix(20).map(\.notUnderstoodText)
      + coverage.countedApart.map { $0.explanation($1) } + coverage.health
  }

  private var news: Any {
    let all = verdict.all
    let new = all.count { $0.status == .new }
    let changed = all.count { $0.status == .changed }
    guard new + changed > 0 else { return false }
    return Figures.count(new, "new finding") + ", " + Figures.count(changed, "changed one")
      + ". What was told before and has not changed is not in this report."
  }

  // MARK: - Findings

  private func rows(_ cards: Int) -> [[String: Any]] {
    verdict.findings.prefix(Self.mostRows).enumerated().map { index, finding in
      let ports = finding.portsUsed.prefix(8).map(\.text).joined(separator: ", ")
      let addresses = finding.remoteAddresses.prefix(3).joined(separator: ", ")
      return [
        "score": finding.maxRiskScore, "style": finding.style, "letter": finding.letter,
        "level": finding.severity.name, "points": finding.points.map { $0 as Any } ?? "",
        "process": finding.plainProcessName
          + (finding.kind == .tableRow ? "" : " (\(finding.kindText))"), "host": finding.hostText,
        "ports": ports + Self.more(finding.portsUsed.count - 8),
        "addresses": addresses + Self.more(finding.remoteAddresses.count - 3),
        "rawCount": finding.connectionCount, "count": Figures.grouped(finding.connectionCount),
        "first": finding.firstSeen?.description ?? "", "last": finding.lastSeen?.description ?? "",
        "anchor": index < cards ? "f\(index + 1)" as Any : false,
        "status": finding.status.map { $0.rawValue as Any } ?? false,
      ]
    }
  }

  private static func more(_ count: Int) -> String {
    count > 0 ? " and \(Figures.grouped(count)) more" : ""
  }

  private func rest(_ cards: Int) -> Any {
    let all = verdict.findings.count
    if all > Self.mostRows {
      return "The first \(Figures.grouped(Self.mostRows)) of \(Figures.grouped(all)) findings are"
        + " listed, the first \(Figures.grouped(cards)) in detail; report.json and report.csv have all."
    }
    guard cards < all else { return false }
    return
      "The first \(Figures.grouped(cards)) of \(Figures.grouped(all)) findings follow in detail;"
      + " report.json has all."
  }

  /// As many as fit.
  private func cards() -> [[String: Any]] {
    var cards: [[String: Any]] = []
    var bytes = 0
    for (index, finding) in verdict.findings.prefix(Self.mostRows).enumerated() {
      let card = card(finding, index)
      bytes += card.bytes
      if bytes > Self.cardBytes { break }
      cards.append(card.context)
    }
    return cards
  }

  private func card(_ finding: Finding, _ index: Int) -> (context: [String: Any], bytes: Int) {
    let activity = Activity(finding.arrivals, over: coverage.hoursHeard)
    var fields: [(String, String)] = [("Image", finding.image)]
    func list(_ values: [String], _ most: Int) -> String {
      values.prefix(most).joined(separator: ", ") + Self.more(values.count - most)
    }
    if finding.kind != .tableRow { fields.append(("Kind", finding.kindText)) }
    if finding.hosts.count > 1 { fields.append(("Hosts", list(finding.hosts, 20))) }
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
    if let story = finding.process { fields += story.fields }
    if let change = finding.change {
      fields.append(("Change", change.portsText))
      fields.append(("Afterwards", change.followUpText))
    }
    let scopes = finding.destinationScopes.map(\.rawValue).joined(separator: ", ")
    fields.append(
      (
        finding.isInbound ? "From" : "To",
        list(finding.remoteAddresses, 20) + (scopes.isEmpty ? "" : " (\(scopes))")
      ))
    if !finding.destinationNames.isEmpty {
      fields.append(("Names", list(finding.destinationNames, 10)))
    }
    fields.append(("Ports", list(finding.portsUsed.map(\.text), 20)))
    for line in finding.intel.told(atMost: 4) { fields.append(("Intelligence", line)) }
    if let beacon = finding.beacon {
      fields.append(
        ("Beacon", beacon.score.outcome == .beacon ? beacon.rhythm : beacon.denseText))
      if let text = beacon.clockText { fields.append(("Clock", text)) }
      if finding.kind == .beacon { fields += beacon.whyRegular.map { ("Why", $0) } }
    }
    if let spread = finding.spread, spread > 0 {
      fields.append(
        ("Spread", Figures.count(spread, "host") + (spread == 1 ? " talks there" : " talk there")))
    }
    fields.append(("Seen", finding.timeText))
    if let status = finding.status { fields.append(("Status", status.rawValue)) }
    fields.append(("Id", finding.id))
    let pivots = finding.pivots
    let stanza = finding.suppressionStanza
    let whyNot = rules.map { finding.whyNotHigher($0) } ?? []
    let reasons = finding.reasons
    let bytes =
      700 + fields.reduce(0) { $0 + 60 + $1.1.utf8.count * 2 }
      + pivots.reduce(0) { $0 + 80 + $1.text.utf8.count * 2 } + stanza.utf8.count * 2
      + whyNot.reduce(0) { $0 + 20 + $1.utf8.count }
      + reasons.reduce(0) { $0 + 90 + $1.detail.utf8.count * 2 }
      + activity.bars.count { $0 > 0 } * 16
    return (
      [
        "anchor": "f\(index + 1)", "style": finding.style, "letter": finding.letter,
        "level": finding.severity.name, "process": finding.plainProcessName,
        "host": finding.host.isEmpty ? "no host" : finding.hostText, "count": finding.countText,
        "spark": spark(finding, activity).map { $0 as Any } ?? false, "fields": Self.named(fields),
        "hasReasons": !reasons.isEmpty, "points": finding.points ?? 0,
        "reasons": reasons.map {
          [
            "points": ($0.points > 0 ? "+" : "") + String($0.points),
            "name": $0.evidence.rawValue, "detail": $0.detail,
          ]
        }, "hasWhyNot": !whyNot.isEmpty, "whyNot": whyNot,
        "pivots": pivots.map { ["language": $0.language, "text": $0.text] },
        "stanza": Self.lines(stanza),
      ], bytes
    )
  }

  /// Each with its blanks in front apart, which are ours.
  private static func lines(_ text: String) -> [[String: Any]] {
    text.split(separator: "\n").map { line in
      let body = line.drop { $0 == " " }
      return ["indent": String(line.prefix(line.count - body.count)), "text": String(body)]
    }
  }

  static func named(_ fields: [(String, String)]) -> [[String: Any]] {
    fields.map { ["name": $0.0, "value": $0.1] }
  }

  private func spark(_ finding: Finding, _ activity: Activity) -> [String: Any]? {
    guard !activity.bars.isEmpty else { return nil }
    return [
      "label": "\(finding.countText), \(finding.timeText)",
      "path": Drawing.bars(activity.bars, height: 24),
    ]
  }

  private func timeline(_ cards: Int) -> [String: Any]? {
    let lanes = verdict.findings.enumerated().filter { !$1.arrivals.isEmpty }
      .prefix(Self.mostLanes)
    guard !lanes.isEmpty, let hours = coverage.hoursHeard else { return nil }
    return [
      "span": hourText(hours.lowerBound) + " to " + hourText(hours.upperBound).dropLast(2)
        + "59 UTC",
      "lanes": lanes.map { index, finding -> [String: Any] in
        [
          "anchor": index < cards ? "f\(index + 1)" as Any : false, "style": finding.style,
          "name": "\(finding.letter) \(finding.plainProcessName) on \(finding.host)",
          "label": "\(finding.countText), \(finding.timeText)",
          "path": Drawing.bars(Activity(finding.arrivals, over: hours).bars, height: 24),
        ]
      },
    ]
  }

  // MARK: - The rest

  private var beaconContext: [String: Any] {
    let found = verdict.isOneList ? [] : verdict.beacons + verdict.strobes
    let changes = verdict.isOneList ? [] : verdict.remoteDesktopChanges
    return [
      "hasBeacons": !found.isEmpty,
      "beacons": found.prefix(Self.mostBeacons).enumerated().map {
        $1.context(anchor: "b\($0 + 1)")
      },
      "beaconRest": found.count > Self.mostBeacons
        ? "And \(Figures.grouped(found.count - Self.mostBeacons)) more: see report.json." as Any
        : false,
      "hasChanges": !changes.isEmpty,
      "changes": changes.prefix(Self.mostListed).enumerated().map {
        $1.context(anchor: "c\($0 + 1)")
      },
      "hasExpected": !verdict.expectedPeriodic.isEmpty,
      "expectedCount": Figures.grouped(verdict.expectedPeriodic.count),
      "expected": verdict.expectedPeriodic.prefix(Self.mostListed).map(\.line),
    ]
  }

  private var hasSuppressed: Bool {
    !verdict.suppressed.isEmpty || !verdict.suppressedBeacons.isEmpty
      || !verdict.suppressions.isEmpty
  }

  private var suppressedContext: [String: Any] {
    let findings = verdict.suppressed.map {
      "\($0.finding.severity.name) \($0.finding.plainProcessName) on \($0.finding.host),"
        + " \($0.finding.countText), by \($0.by)"
    }
    let beacons = verdict.suppressedBeacons.map { "\($0.line), by \($0.suppressedBy ?? "")" }
    return [
      "hasSuppressed": hasSuppressed,
      "suppressedCount": Figures.grouped(findings.count + beacons.count),
      "suppressed": Array((findings + beacons).prefix(Self.mostListed)),
      "suppressions": verdict.suppressions.map { use -> String in
        let end = use.expires.map { "until \($0.description.prefix(10))" } ?? "without an end"
        let state =
          use.hasExpired
          ? "it has expired: what came since then is shown"
          : use.fitsNothing
            ? "it fits nothing" : Figures.count(use.connections, "connection") + " hidden"
        return "\(use.name) of \(use.owner), \(end): \(use.reason); \(state)"
      },
    ]
  }

  private var appendixContext: [String: Any] {
    [
      "hasFeeds": !feeds.isEmpty, "feeds": feeds.map { ["name": $0.name, "sha256": $0.sha256] },
      "archives": coverage.archives.prefix(Self.mostListed).map { archive -> [String: Any] in
        [
          "name": archive.name, "sha256": archive.sha256, "size": Figures.bytes(archive.bytes),
          "damage": archive.damage == nil ? false : "damaged" as Any,
        ]
      },
      "archiveRest": coverage.archives.count > Self.mostListed
        ? "And \(Figures.grouped(coverage.archives.count - Self.mostListed)) more: see manifest.json."
          as Any : false,
    ]
  }

  private var attribution: String {
    "ATT&CK is a mark of The MITRE Corporation; made by oddport \(detection.toolVersion)."
  }
}

extension Finding {
  var style: String { severity.name.lowercased() }
  var letter: String { String(severity.name.prefix(1)) }

  /// The executable's own name, as it stands.
  var plainProcessName: String {
    let name = fileName(of: image)
    return name.isEmpty ? "process without a name" : name
  }
}

extension Beacon {
  /// In one line.
  fileprivate var line: String {
    let what = score.outcome == .beacon ? rhythm : denseText
    return "\(programText) on \(hostText) to \(addressText) port \(port.text): \(what)"
      + (expectation.map { " (\($0.rawValue))" } ?? "")
  }

  fileprivate func context(anchor: String) -> [String: Any] {
    var fields: [(String, String)] = [
      ("Images", images.prefix(5).joined(separator: ", ")),
      ("Users", users.prefix(5).joined(separator: ", ")),
    ]
    if !destinationNames.isEmpty {
      fields.append(("Names", destinationNames.prefix(5).joined(separator: ", ")))
    }
    if !parents.isEmpty { fields.append(("Parents", parents.prefix(5).joined(separator: ", "))) }
    if let story = process { fields += story.fields }
    if let text = clockText { fields.append(("Clock", text)) }
    if hosts.count > 1 { fields.append(("Hosts", hosts.prefix(20).joined(separator: ", "))) }
    fields.append(("Seen", timeText))
    if let status { fields.append(("Status", status.rawValue)) }
    fields.append(("Points", "\(points), \(severity.name)"))
    for reason in reasons {
      fields.append(
        (
          "",
          "\(reason.points > 0 ? "+" : "")\(reason.points) \(reason.evidence.rawValue): \(reason.detail)"
        ))
    }
    fields.append(
      (
        "Spread",
        Figures.count(hostCount, "host") + (hostCount == 1 ? " talks there" : " talk there")
      ))
    for line in whyRegular { fields.append(("Why", line)) }
    if isSampled { fields.append(("Mind", "the source reports some of many connections")) }
    for indicator in intel.prefix(3) { fields.append(("Intelligence", indicator.told)) }
    fields.append(("Id", id))
    let isBeacon = score.outcome == .beacon
    return [
      "anchor": anchor, "program": program.isEmpty ? "process without a name" : programText,
      "host": hostText, "address": addressText, "port": port.text,
      "score": isBeacon ? "B \(Self.tenths(score.score)), \(rhythm)" : "strobe, \(denseText)",
      "fields": Report.named(fields),
      "histogram": isBeacon
        ? [
          "width": histogram.counts.count * 10,
          "path": Drawing.bars(histogram.counts, height: 60, step: 10),
          "label": "Histogram of \(score.sessions - 1) gaps, most around \(period) s",
          "caption": "gaps from 0 to \(histogram.counts.count * histogram.width) s,"
            + " \(histogram.width) s to the bar; longer ones are in the last",
        ] as [String: Any] as Any : false,
    ]
  }
}

extension ProcessStory {
  fileprivate var fields: [(String, String)] {
    var fields = [
      ("Command line", commandLine), ("Hashes", hashes), ("Integrity", integrityLevel),
      ("Logon", logonID), ("Process id", processID), ("Original name", originalFileName),
    ].filter { !$0.1.isEmpty }
    for (at, ancestor) in ancestors.enumerated() where at > 0 || !ancestor.commandLine.isEmpty {
      let text = ancestor.commandLine.isEmpty ? ancestor.image : ancestor.commandLine
      fields.append((at == 0 ? "Parent's command" : "Ancestor \(at + 1)", text))
    }
    return fields
  }
}

extension RemoteDesktopChange {
  fileprivate func context(anchor: String) -> [String: Any] {
    let new = newPort.map(String.init) ?? details
    let old = oldPort.map(String.init) ?? "a port not known"
    return [
      "anchor": anchor, "host": host, "ports": "port \(new), before that \(old)",
      "fields": Report.named([
        ("By", image), ("User", user.isEmpty ? "not named" : user), ("When", timeText),
        ("Value", target), ("Written", details),
        (
          "Afterwards",
          followUp.connectionCount > 0
            ? Figures.count(followUp.connectionCount, "accepted connection") + " from "
              + followUp.addresses.prefix(10).joined(separator: ", ")
            : "no accepted connection on the new port was logged"
        ), ("Id", id),
      ]),
    ]
  }
}
