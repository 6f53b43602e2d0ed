import Facts
package import Hunting
import Knowledge
package import Telemetry

/// How one line is read, for a user who wonders why it is not in the report.
package struct LineReport: Sendable {
  let line: LineExplanation
  let rules: HuntRules

  package init(_ line: LineExplanation, _ rules: HuntRules) {
    self.line = line
    self.rules = rules
  }

  package func text(width: Int, color: Bool) -> [UInt8] {
    var page = TextPage(width: width, color: color)
    let shape = line.shape.map { "shape " + $0 } ?? "no known shape"
    if let kind = line.kind {
      page.paragraph("\(kind.one), \(shape)", .bold)
    } else {
      page.paragraph("Not used, \(shape)", .bold)
    }
    if let refusal = line.refusal {
      page.paragraph(Escaping.terminal(refusal), first: "  because ")
    }
    connection(&page)
    process(&page)
    if !line.facts.registryChanges.isEmpty {
      page.remoteDesktop(hunt(line.facts, by: rules).remoteDesktopChanges)
    }
    return page.bytes
  }

  private func connection(_ page: inout TextPage) {
    let texts = line.facts.texts
    for (key, fact) in zip(line.facts.keys, line.facts.facts) {
      field("host", texts[key.host], &page)
      field("image", texts[key.image], &page)
      field("user", texts[key.user], &page)
      field(
        "parent", key.parent == .none ? "not named; Event ID 1 names it" : texts[key.parent], &page)
      field("way", key.direction.words, &page)
      field(key.direction == .inbound ? "from" : "to", texts[key.address], &page)
      field("port", texts[key.port], &page)
      field("when", fact.first.map { $0.iso8601Milliseconds } ?? "no time with a zone", &page)
      page.blank()
      page.paragraph(verdict(key), .bold)
    }
  }

  private func process(_ page: inout TextPage) {
    let texts = line.facts.texts
    for (key, fact) in line.facts.processes {
      field("host", texts[key.host], &page)
      field("image", texts[fact.image], &page)
      field("user", texts[fact.user], &page)
      field("parent", texts[fact.parent], &page)
      page.blank()
      page.paragraph("Gives the parent of this process's connections.", .bold)
    }
  }

  private func field(_ label: String, _ value: String, _ page: inout TextPage) {
    page.line(
      ("  " + DisplayWidth.padded(label, 8), .dim), (Escaping.terminal(value), nil))
  }

  private func verdict(_ key: ConnectionKey) -> String {
    let verdict = hunt(line.facts, by: rules)
    if let finding = verdict.findings.first(where: { $0.kind == .tableRow }) {
      return "It counts: \(Severity(rawValue: finding.maxRiskScore)?.name ?? ""). "
        + Explanation.rule(finding, rules)
    }
    let isDropped = verdict.droppedConnections > 0
    let obstacle = isDropped ? .missingField : rules.obstacle(to: key, line.facts.texts)
    return "It does not count: \(obstacle.text(rules.parity))."
  }
}

extension TableObstacle {
  /// In words, with field values escaped for a terminal.
  func text(_ parity: Parity) -> String {
    switch self {
    case .source:
      "under strict parity only Windows Sysmon does, which the published query names"
    case .defender(.notDefender):
      "the published KQL query asks for rows of Microsoft Defender's DeviceNetworkEvents"
    case .defender(.action(let action)):
      "its ActionType is \(Escaping.terminal(action)), and the published KQL query asks for"
        + " ConnectionSuccess"
    case .defender(.addressType(let type)):
      "the published KQL query asks for the RemoteIPType Public, and this is"
        + " \(Escaping.terminal(type))"
    case .missingField:
      "it matches, but a group field is missing, and under strict parity that drops it"
    case .accepted: "the process accepted this connection"
    case .unclearDirection: "Initiated is neither true nor false"
    case .spelling:
      "Initiated is not the word true, letter by letter, which strict parity asks for"
    case .portIsNoNumber: "its port is not a number"
    case .process(let name):
      "the port is odd, but not on the list of known C2 ports, and the process is none of the"
        + " high-risk ones: " + Self.process(name, parity)
    case .port: "the port is a standard or a reserved one, and not on the list of known C2 ports"
    }
  }

  /// The lists that names are compared with.
  private static func process(_ name: String, _ parity: Parity) -> String {
    guard !name.isEmpty else { return "the event does not name it" }
    switch parity {
    case .kql:
      return "\(Escaping.terminal(name)) is not the name of one, which the KQL query asks for"
    case .tuned: return "\(Escaping.terminal(name)) is not the name of one"
    case .strict, .seed: return "none of their names is a part of its path"
    }
  }
}

extension EventKind {
  fileprivate var one: String {
    switch self {
    case .connection: "A connection"
    case .processStart: "The start of a process"
    case .registryChange: "A change of the registry"
    }
  }
}

extension Direction {
  fileprivate var words: String {
    switch self {
    case .outbound: "outbound"
    case .unstated: "not stated, which counts as outbound"
    case .outboundBySpelling: "outbound, in the words of this shape"
    case .inbound: "inbound"
    case .unclear: "unclear"
    }
  }
}
