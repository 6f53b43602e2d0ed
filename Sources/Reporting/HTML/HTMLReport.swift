import Facts
import Foundation
import Hashing
import Hunting
import Knowledge
import Mustache

extension Report {
  /// Maximum number of rows; the page says how many more there are.
  private static let maxRows = 1000
  /// Maximum size of rows and cards together, so that the page stays below four megabytes and
  /// opens within a second.
  private static let maxBytes = 3_800_000
  private static let maxListed = 200
  private static let maxLanes = 40
  /// The first cards are open, without script as well.
  private static let openCards = 3

  /// One page for a browser: it makes no request, and shows everything without its script too.
  ///
  /// - Complexity: O(1) memory beyond the findings that are shown.
  func html() -> [UInt8] {
    let hours = coverage.hoursHeard
    let lists = lists(hours)
    var context: [String: Any] = [
      "policy": Self.policy, "style": HTMLPage.style, "script": HTMLPage.script,
      "title": "\(Detection.id) \(Detection.name)", "verdict": verdictLine,
      "reading": reading.headline, "read": readLine, "isIncomplete": reading.level != .complete,
      "isBlind": reading.level == .blind,
      "summary": detection.summary, "settings": Self.lines(settings),
      "unrecognised": nothingRecognised ? whatWasThere + "." as Any : false,
      "warnings": warnings, "notes": notes, "tiles": tiles(hours),
      "lists": lists.map(\.context), "hasRows": lists.contains { !$0.shown.isEmpty },
      "all": lists.reduce(0) { $0 + $1.count }, "news": news, "attribution": attribution,
      "hasExpected": !verdict.expectedPeriodic.isEmpty,
      "expectedCount": Figures.grouped(verdict.expectedPeriodic.count),
      "expected": verdict.expectedPeriodic.prefix(Self.maxListed).map(\.line),
    ]
    context["hasAsked"] = !asked.isEmpty
    context["asked"] = askedLines.map {
      ["text": $0.text, "isWarning": $0.isWarning] as [String: Any]
    }
    context.merge(suppressedContext) { $1 }
    context.merge(appendixContext) { $1 }
    let strip = hostStrip(hours)
    context["strip"] = strip.map { $0 as Any } ?? false
    let timeline = timeline(lists, hours)
    context["timeline"] = timeline.map { $0 as Any } ?? false
    context["sections"] = sections(lists, hasStrip: strip != nil, hasTimeline: timeline != nil)
    return Array(HTMLPage.template.render(context).utf8)
  }

  /// Allows only the page's own style and script, by their hashes, and nothing else to be loaded.
  private static let policy: String = {
    func hash(_ text: String) -> String {
      "'sha256-" + Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString() + "'"
    }
    return "default-src 'none'; style-src \(hash(HTMLPage.style));"
      + " script-src \(hash(HTMLPage.script)); base-uri 'none'; form-action 'none'"
  }()

  private func sections(_ lists: [FindingList], hasStrip: Bool, hasTimeline: Bool)
    -> [[String: Any]]
  {
    let ends: [(String, String, Int?, Bool)] = [
      ("timeline", "Timeline", nil, hasTimeline), ("strip", "Hosts over time", nil, hasStrip),
      ("asked", "What intelligence asked", nil, !asked.isEmpty),
      (
        "suppressed", "Suppressed",
        verdict.suppressed.count + verdict.suppressedHits.count + verdict.suppressedBeacons.count,
        hasSuppressed
      ),
      (
        "expected", "Expected periodic", verdict.expectedPeriodic.count,
        !verdict.expectedPeriodic.isEmpty
      ),
      ("appendix", "Appendix", nil, true),
    ]
    return (lists.map { ($0.anchor, $0.name, $0.count, true) } + ends).filter(\.3).map {
      ["anchor": $0.0, "name": $0.1, "count": $0.2.map { Figures.grouped($0) as Any } ?? false]
    }
  }

  // MARK: - Findings

  /// Findings of one section: a table, and cards for as many as fit.
  private struct FindingList {
    var anchor: String
    var name: String
    var count: Int
    var shown: [(finding: Finding, hasCard: Bool)] = []
    var context: [String: Any] = [:]
  }

  /// The published table first and other findings apart, or one list of everything.
  private func lists(_ hours: ClosedRange<Int32>?) -> [FindingList] {
    var lists = [("findings", "Findings", verdict.findings)]
    if !verdict.isOneList {
      lists += [
        ("intelligence", "Intelligence hits", verdict.intelHits),
        (
          "beacons", "Beacons, on any port",
          (verdict.beacons + verdict.strobes).map { Finding($0) }
        ),
        (
          "rdp", "Remote Desktop port changes", verdict.remoteDesktopChanges.map { Finding($0) }
        ),
      ].filter { !$0.2.isEmpty }
    }
    var rowsLeft = Self.maxRows
    let rows = lists.map { list in
      let taken = list.2.prefix(rowsLeft)
      rowsLeft -= taken.count
      return taken.map { FindingView($0, of: self) }
    }
    // Rows before cards: a finding without a card is still listed, a card without a row cannot be found.
    var bytesLeft = Self.maxBytes - rows.joined().reduce(0) { $0 + $1.rowBytes }
    var cardCount = 0
    return zip(lists, rows).map { list, rows in
      let (anchor, name, findings) = list
      var result = FindingList(anchor: anchor, name: name, count: findings.count)
      var cards: [[String: Any]] = []
      for row in rows {
        // Once one has not fitted none does: those after it need not be made.
        guard bytesLeft > 0 else {
          result.shown.append((row.finding, false))
          continue
        }
        let card = row.card(hours, rules, isOpen: cardCount < Self.openCards)
        bytesLeft -= card.bytes
        let fits = bytesLeft > 0
        result.shown.append((row.finding, fits))
        guard fits else { continue }
        cards.append(card.context)
        cardCount += 1
      }
      result.context = [
        "anchor": anchor, "name": name, "count": Figures.grouped(findings.count),
        "hasRows": !rows.isEmpty, "cards": cards,
        "rows": zip(rows, result.shown).map { $0.row(hasCard: $1.hasCard) },
        "rest": rest(of: findings.count, rows: rows.count, cards: cards.count),
      ]
      return result
    }
  }

  private func rest(of all: Int, rows: Int, cards: Int) -> Any {
    if rows < all {
      return "The first \(Figures.grouped(rows)) of \(Figures.grouped(all)) findings are"
        + " listed, the first \(Figures.grouped(cards)) in detail; report.json and report.csv have all."
    }
    guard cards < all else { return false }
    return
      "The first \(Figures.grouped(cards)) of \(Figures.grouped(all)) findings follow in detail;"
      + " report.json has all."
  }

  private func timeline(_ lists: [FindingList], _ hours: ClosedRange<Int32>?) -> [String: Any]? {
    let shown = lists.flatMap(\.shown)
    let dated = shown.filter { !$0.finding.arrivals.isEmpty }
    guard !dated.isEmpty, let hours else { return nil }
    let axis = TimeAxis(hours)
    var more: [String] = []
    if dated.count > Self.maxLanes {
      more.append(
        "\(Figures.count(dated.count - Self.maxLanes, "more finding")) without a lane here;")
    }
    if dated.count < shown.count {
      more.append(
        "\(Figures.count(shown.count - dated.count, "finding")) without a time in the events;")
    }
    return [
      "span": axis.start + " to " + axis.end + " UTC", "start": Int(hours.lowerBound) * 3600,
      "seconds": hours.count * 3600, "from": axis.start, "middle": axis.middle, "to": axis.end,
      "more": more.isEmpty ? false : more.joined(separator: " ") + " the tables have all." as Any,
      "lanes": dated.prefix(Self.maxLanes).map { finding, hasCard -> [String: Any] in
        [
          "id": finding.id, "hasCard": hasCard, "style": finding.style,
          "name": "\(finding.letter) \(finding.plainProcessName) on \(finding.hostText)",
          "label": "\(finding.countText), \(finding.timeText)",
          "path": Drawing.bars(Activity(finding.arrivals, over: hours).bars, height: 24),
        ]
      },
    ]
  }

  // MARK: - The head

  private func tiles(_ hours: ClosedRange<Int32>?) -> [[String: Any]] {
    let bytes = coverage.archives.reduce(0) { $0 + $1.bytes }
    let unpacked = coverage.archives.reduce(0) { $0 + $1.unpackedBytes }
    var tiles = [
      (Figures.grouped(coverage.archives.count), "archives, \(Figures.bytes(bytes)) on disk"),
      (Figures.bytes(unpacked), "unpacked"),
      (Figures.grouped(coverage.lines.total), "lines"),
      (Figures.grouped(coverage.lines.observations), "gave an observation"),
      (Figures.grouped(coverage.lines.notUnderstood), "name Sysmon, not understood"),
      (Figures.grouped(coverage.lines.irrelevant), "other lines"),
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
    if let hours {
      tiles.append((hourText(hours.lowerBound), "to \(hourText(hours.upperBound)) UTC heard"))
    }
    return tiles.map { ["number": $0.0, "label": $0.1] }
  }

  private var warnings: [String] {
    reading.sentences
      + coverage.damaged.prefix(20).map {
        "\($0.name) is damaged at byte \(Figures.grouped($0.damage?.offset ?? 0)):"
          + " \($0.damage?.reason ?? ""); what came before that is in this report"
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
      + ". What was reported before and has not changed is not in this report."
  }

  // MARK: - The rest

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
      "suppressed": Array((findings + beacons).prefix(Self.maxListed)),
      "suppressions": verdict.suppressions.map { use -> String in
        let state =
          (use.warnings() + [Figures.count(use.connections, "connection") + " hidden"])
          .joined(separator: "; ")
        return "\(use.name) of \(use.owner), \(use.endText): \(use.reason); \(state)"
      },
    ]
  }

  private var appendixContext: [String: Any] {
    [
      "hasFeeds": !feeds.isEmpty, "feeds": feeds.map { ["name": $0.name, "sha256": $0.sha256] },
      "archives": coverage.archives.prefix(Self.maxListed).map { archive -> [String: Any] in
        [
          "name": archive.name, "sha256": archive.sha256, "size": Figures.bytes(archive.bytes),
          "damage": archive.damage == nil ? false : "damaged" as Any,
        ]
      },
      "archiveRest": coverage.archives.count > Self.maxListed
        ? "And \(Figures.grouped(coverage.archives.count - Self.maxListed)) more: see manifest.json."
          as Any : false,
    ]
  }

  private var attribution: String {
    "ATT&CK is a mark of The MITRE Corporation; made by oddport \(detection.toolVersion)."
  }

  /// Each with its blanks in front apart, which are ours.
  static func lines(_ text: String) -> [[String: Any]] {
    text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
      let body = line.drop { $0 == UInt8(ascii: " ") }
      return [
        "indent": String(Substring(line[..<body.startIndex])), "text": String(Substring(body)),
      ]
    }
  }
}

extension Beacon {
  /// In one line.
  fileprivate var line: String {
    let what = score.outcome == .beacon ? rhythm : denseText
    return "\(programText) on \(hostText) to \(addressText) port \(port.text): \(what)"
      + (expectation.map { " (\($0.rawValue))" } ?? "")
  }
}
