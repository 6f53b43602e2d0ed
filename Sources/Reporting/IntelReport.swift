import Facts
import Hunting
import Knowledge

extension IntelMatch {
  /// `2083/tcp WIRTE, G0090 (MITRE ATT&CK v18.1 T1571), outside of its validity`.
  var summary: String {
    let who = [indicator.actor, indicator.attackID].filter { !$0.isEmpty }.joined(separator: ", ")
    let source = indicator.source.isEmpty ? "" : "(\(indicator.source))"
    let text = [indicator.subject, who, source].filter { !$0.isEmpty }.joined(separator: " ")
    guard outside > 0 else { return text }
    return text + ", "
      + (inside == 0 ? "" : Figures.count(outside, "connection") + " of " + "\(inside + outside) ")
      + "outside of its validity"
  }

  var json: JSONOutput {
    var members: [(key: String, value: JSONOutput)] = [
      ("indicator", .string(indicator.subject)), ("actor", .string(indicator.actor)),
      ("attack_id", .string(indicator.attackID)), ("source", .string(indicator.source)),
      ("note", .string(indicator.note)), ("direction", .string(indicator.direction.rawValue)),
      ("connections_inside_validity", .int(inside)),
      ("connections_outside_validity", .int(outside)),
    ]
    if !indicator.identity.isEmpty { members.append(("id", .string(indicator.identity))) }
    if !indicator.labels.isEmpty { members.append(("labels", .strings(indicator.labels))) }
    if let confidence = indicator.confidence {
      members.append(("confidence", .int(Int(confidence))))
    }
    if let from = indicator.validFrom { members.append(("valid_from", .string(from.iso8601))) }
    if let until = indicator.validUntil { members.append(("valid_until", .string(until.iso8601))) }
    if indicator.isCommon { members.append(("common", .bool(true))) }
    return .object(members)
  }
}

extension [IntelMatch] {
  /// Those that say who is known, or where none does, all; and how many more there are.
  func summaries(atMost limit: Int) -> [String] {
    let attributed = filter(\.indicator.isAttributed)
    let matches = attributed.isEmpty ? self : attributed
    let lines = matches.prefix(limit).map(\.summary)
    return matches.count > limit
      ? lines + ["and \(Figures.grouped(matches.count - limit)) more"] : lines
  }
}

// MARK: - JSON

extension Report {
  /// Only where something was asked.
  var intelligenceMembers: [(key: String, value: JSONOutput)] {
    guard !asked.isEmpty else { return [] }
    let gaps = verdict.intelGaps
    return [
      (
        "intel_hits",
        .elements(verdict.intelHits.count) { .object(verdict.intelHits[$0].members(archiveNames)) }
      ),
      ("suppressed_intel_hits", .array(verdict.suppressedHits.map { $0.json(archiveNames) })),
      (
        "intelligence",
        [
          "feeds": .array(asked.map(\.json)),
          "validity": .string(rules?.validity.rawValue ?? Validity.mark.rawValue),
          "common_indicators": .int(gaps.commonIndicators),
          "naming_indicators": .int(gaps.namingIndicators),
          "nameless_connections": .int(gaps.namingIndicators == 0 ? 0 : gaps.nameless),
          "outside_validity_connections": .int(gaps.outside),
          "undecided_connections": gaps.undecided.json,
        ]
      ),
    ]
  }
}

extension AskedFeed {
  fileprivate var json: JSONOutput {
    [
      "name": .string(name), "format": .string(format), "entries": .int(entries),
      "taken": .int(taken), "refused": refused.json, "remarks": remarks.json,
      "indicators": kinds.json,
    ]
  }
}

extension [String: Int] {
  fileprivate var json: JSONOutput { .object(map { (key: $0.key, value: .int($0.value)) }) }

  fileprivate var inOrder: [(key: String, value: Int)] {
    sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
}

// MARK: - Text

extension TextPage {
  mutating func asked(_ report: Report) {
    let lines = report.askedLines
    guard !lines.isEmpty else { return }
    heading("What intelligence asked")
    for line in lines {
      paragraph(Escaping.terminal(line.text), first: "  ", line.isWarning ? .warning : nil)
    }
  }
}

extension Report {
  struct AskedLine {
    var text: String
    var isWarning = false
  }

  /// The indicators searched for, the entries refused, and the questions that facts could not answer.
  var askedLines: [AskedLine] {
    guard !asked.isEmpty else { return [] }
    var lines: [AskedLine] = []
    for feed in asked {
      let kinds = feed.kinds.inOrder.map { "\(Figures.grouped($0.value)) \($0.key)" }
        .joined(separator: ", ")
      lines.append(
        AskedLine(
          text: "\(feed.name) (\(feed.format)): \(Figures.grouped(feed.taken)) of "
            + Figures.count(feed.entries, "entry", "entries") + " taken"
            + (kinds.isEmpty ? "" : ", asking for " + kinds)))
      for (reason, count) in feed.refused.inOrder.prefix(5) {
        lines.append(
          AskedLine(text: "refused \(Figures.grouped(count)): \(reason)", isWarning: true))
      }
      if feed.refused.count > 5 {
        lines.append(
          AskedLine(text: "and others, see 'oddport intel check \(feed.name)'", isWarning: true))
      }
      for (remark, count) in feed.remarks.inOrder {
        lines.append(AskedLine(text: "\(Figures.grouped(count)) taken: \(remark)", isWarning: true))
      }
    }
    return lines + unansweredLines
  }

  private var unansweredLines: [AskedLine] {
    let gaps = verdict.intelGaps
    var lines: [AskedLine] = []
    if gaps.namingIndicators > 0, gaps.nameless > 0 {
      lines.append(
        AskedLine(
          text: Figures.count(gaps.namingIndicators, "indicator asks", "indicators ask")
            + " for the name of the other side, which \(Figures.grouped(gaps.nameless)) of "
            + Figures.count(gaps.connections, "connection") + " do not hold: Event ID 3 names what"
            + " an address resolves to, not the domain that was asked for", isWarning: true))
    }
    for (source, count) in gaps.undecided.inOrder.prefix(10) {
      lines.append(
        AskedLine(
          text:
            "\(source): cannot be decided for \(Figures.count(count, "connection")), whose events do"
            + " not hold what it asks for", isWarning: true))
    }
    if gaps.outside > 0 {
      lines.append(
        AskedLine(
          text: Figures.count(gaps.outside, "connection meets", "connections meet")
            + " indicators outside of their validity alone: "
            + (rules?.validity == .apply ? "left out (--validity apply)" : "marked as such"),
          isWarning: true))
    }
    if gaps.commonIndicators > 0 {
      lines.append(
        AskedLine(
          text: Figures.count(gaps.commonIndicators, "indicator is", "indicators are")
            + " marked as common: no hits by themselves, they only say who is known for a finding"))
    }
    return lines
  }
}

// MARK: - Markdown

extension Report {
  func writeIntelligence(to output: inout [UInt8]) {
    guard !asked.isEmpty else { return }
    let hits = verdict.isOneList ? [] : verdict.intelHits
    if !hits.isEmpty {
      output.write(
        "\n## Intelligence hits, by any process\n\n"
          + "| Process | Host | Address | Ports | Connections | First seen (UTC) | Last seen (UTC) "
          + "| Indicators | Id |\n|---|---|---|---|---:|---|---|---|---|\n")
    }
    for finding in hits.prefix(50) {
      let cells = [
        Escaping.markdown(finding.plainProcessName), Escaping.markdown(finding.host),
        Escaping.markdown(finding.remoteAddresses.prefix(5).joined(separator: ", ")),
        Escaping.markdown(finding.portsUsed.prefix(10).map(\.text).joined(separator: ", ")),
        Figures.grouped(finding.connectionCount), finding.firstSeen?.description ?? "",
        finding.lastSeen?.description ?? "",
        Escaping.markdown(finding.intel.summaries(atMost: 3).joined(separator: "; ")),
        Escaping.markdown(finding.id),
      ]
      output.write("| " + cells.joined(separator: " | ") + " |\n")
    }
    if hits.count > 50 {
      output.write(
        "\nAnd \(Figures.grouped(hits.count - 50)) more: see report.json.\n")
    }
    output.write("\n## What intelligence asked\n\n")
    for line in askedLines { output.write("- \(Escaping.markdown(line.text))\n") }
  }
}
