import Facts
import Hunting
import Knowledge

extension Report {
  private struct Rule {
    var id: String
    var name: String
    var text: String
    var level: String
  }

  private static let rules = [
    Rule(
      id: "T1571/high", name: "HighRiskProcessOnKnownPort",
      text: "A high-risk process talks to a known C2 port.", level: "error"),
    Rule(
      id: "T1571/medium", name: "HighRiskProcessOnOddPort",
      text: "A high-risk process talks to an odd port.", level: "warning"),
    Rule(
      id: "T1571/low", name: "KnownPort", text: "A process talks to a known C2 port.", level: "note"
    ),
    Rule(
      id: "oddport/beacon", name: "Beacon", text: "A process calls one address and port regularly.",
      level: "warning"),
    Rule(
      id: "oddport/rdp-port", name: "RemoteDesktopPort",
      text: "The port of Remote Desktop was changed.", level: "warning"),
    Rule(
      id: "oddport/intelligence", name: "Intelligence",
      text: "A process talks to a port or address that intelligence names.", level: "warning"),
  ]

  /// SARIF 2.1.0 (OASIS): a finding is a result, its first line the physical location, its host the logical one.
  func sarif() -> [UInt8] {
    let findings = verdict.all.map { finding in
      Self.result(
        Self.rule(of: finding), finding, archiveNames.line(at: finding.firstPlace),
        [
          ("points", finding.points.map { .int($0) }),
          ("connection_count", .int(finding.connectionCount)),
          ("first_seen", finding.firstSeen.map { .string($0.iso8601) }),
          ("last_seen", finding.lastSeen.map { .string($0.iso8601) }),
          (
            "score",
            finding.kind == .beacon
              ? finding.beacon.map { .decimal($0.score.score, digits: 1) } : nil
          ),
          ("process", finding.process?.json),
        ])
    }
    let sarif: JSONOutput = [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": "oddport", "semanticVersion": .string(detection.toolVersion),
              "rules": .array(
                Self.rules.map {
                  [
                    "id": .string($0.id), "name": .string($0.name),
                    "shortDescription": ["text": .string($0.text)],
                    "helpUri": .string(Technique.reference),
                    "defaultConfiguration": ["level": .string($0.level)],
                  ]
                }),
            ]
          ],
          "columnKind": "utf16CodeUnits",
          "results": .array(findings),
        ]
      ],
    ]
    return sarif.indented()
  }

  private static func rule(of finding: Finding) -> Rule {
    switch finding.kind {
    case .tableRow: rules[3 - finding.maxRiskScore]
    case .beacon: rules[3]
    case .portChange: rules[4]
    case .intelligence: rules[5]
    }
  }

  private static func result(
    _ rule: Rule, _ finding: Finding, _ line: ArchiveNames.Line?,
    _ properties: [(key: String, value: JSONOutput?)]
  ) -> JSONOutput {
    .compact([
      ("ruleId", .string(rule.id)),
      ("ruleIndex", .int(rules.firstIndex { $0.id == rule.id } ?? 0)),
      ("level", .string(rule.level)), ("message", ["text": .string(escaped(finding.sentence))]),
      (
        "partialFingerprints",
        [
          "oddportId/v1": .string(finding.id),
          // The only one that GitHub compares.
          "primaryLocationLineHash": .string(finding.id + ":1"),
        ]
      ), ("baselineState", finding.status.map { .string($0.baselineState) }),
      ("locations", [.compact(location(finding.host, line))]), ("properties", .compact(properties)),
    ])
  }

  private static func location(
    _ host: String, _ line: ArchiveNames.Line?
  ) -> [(key: String, value: JSONOutput?)] {
    [
      (
        "physicalLocation",
        line.map {
          [
            "artifactLocation": ["uri": .string(Escaping.uriPath($0.archive))],
            "region": ["startLine": .int($0.number)],
          ]
        }
      ),
      (
        "logicalLocations",
        [["name": .string(host.isEmpty ? "unnamed host" : host), "kind": "resource"]]
      ),
    ]
  }

  /// Brackets would make a link of a text (3.11.6), braces a placeholder (3.11.5).
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "[", "]", "\\": result += "\\" + String(scalar)
      case "{": result += "{{"
      case "}": result += "}}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Finding.Status {
  /// As SARIF calls it.
  fileprivate var baselineState: String {
    switch self {
    case .new: "new"
    case .changed: "updated"
    case .continuing: "unchanged"
    case .gone: "absent"
    }
  }
}
