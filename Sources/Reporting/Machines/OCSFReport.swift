import Facts
import Hunting
import Knowledge

extension Report {
  /// OCSF 1.4 Detection Finding (class 2004), one to the line.
  func ocsf() -> [UInt8] {
    JSONOutput.lines(verdict.all.map { ocsf($0) })
  }

  private func ocsf(_ finding: Finding) -> JSONOutput {
    let severity = [Severity.low: 2, .medium: 3, .high: 4][finding.severity] ?? 0
    return .compact([
      ("activity_id", 1), ("activity_name", "Create"), ("category_uid", 2),
      ("category_name", "Findings"), ("class_uid", 2004), ("class_name", "Detection Finding"),
      ("type_uid", 200_401), ("severity_id", .int(severity)),
      ("severity", .string(finding.severity.name)), ("status_id", 1), ("is_alert", .bool(true)),
      ("time", .int(Int(finding.lastSeen?.milliseconds ?? 0))),
      ("start_time", finding.firstSeen.map { .int(Int($0.milliseconds)) }),
      ("end_time", finding.lastSeen.map { .int(Int($0.milliseconds)) }),
      ("count", .int(finding.connectionCount)), ("message", .string(finding.sentence)),
      (
        "risk_score", finding.points.map { .int($0) }
      ),
      (
        "metadata",
        [
          "version": "1.4.0",
          "product": [
            "name": "oddport", "vendor_name": "oddport", "version": .string(detection.toolVersion),
          ],
        ]
      ),
      (
        "finding_info",
        .compact([
          ("uid", .string(finding.id)),
          ("title", .string("\(Detection.id) \(Detection.name)")),
          ("types", [.string(finding.kind.rawValue)]),
          ("desc", .string(finding.sentence)),
          ("first_seen_time", finding.firstSeen.map { .int(Int($0.milliseconds)) }),
          ("last_seen_time", finding.lastSeen.map { .int(Int($0.milliseconds)) }),
          (
            "attacks",
            [
              [
                "version": "18.1",
                "technique": [
                  "uid": .string(Detection.id), "name": .string(Detection.name),
                  "src_url": .string(Technique.reference),
                ],
                "tactic": [
                  "uid": .string(Technique.tacticID), "name": .string(Technique.tacticName),
                ],
              ]
            ]
          ),
        ])
      ),
      ("evidences", .array(finding.ocsfEvidences)),
      // What OCSF 1.4 has no place for.
      (
        "unmapped",
        finding.process.flatMap { JSONOutput.filled($0.originalFileName) }.map {
          ["OriginalFileName": $0]
        }
      ),
    ])
  }
}

extension Finding {
  /// Maximum number of addresses; `report.json` has all of them.
  private static let maxAddresses = 20

  fileprivate var ocsfEvidences: [JSONOutput] {
    let addresses: [String?] =
      remoteAddresses.isEmpty ? [nil] : remoteAddresses.prefix(Self.maxAddresses).map { $0 }
    let port = portsUsed.compactMap(\.number).first
    return addresses.map { address in
      .compact([
        (
          "actor",
          .compact([
            ("app_name", .string(plainProcessName)),
            // A process has to have a number or a name of its own.
            (
              "process",
              processGuid.map {
                .compact([
                  ("uid", .string($0)), ("name", .string(plainProcessName)),
                  ("cmd_line", .filled(process?.commandLine ?? "")),
                  ("file", Self.file(image, hashes: process?.ocsfHashes ?? [])),
                  ("pid", process.flatMap { Int($0.processID) }.map { .int($0) }),
                  (
                    "created_time",
                    process?.started.map { .int(Int($0.milliseconds)) }
                  ),
                  ("integrity", .filled(process?.integrityLevel ?? "")),
                  ("integrity_id", process?.ocsfIntegrity.map { .int($0) }),
                  (
                    "session", process.flatMap { JSONOutput.filled($0.logonID) }.map { ["uid": $0] }
                  ),
                  ("parent_process", ocsfParent), ("lineage", ocsfLineage),
                ])
              }
            ), ("user", user.isEmpty ? nil : ["name": .string(user), "type_id": 0]),
          ])
        ), ("file", Self.file(image)),
        ("device", host.isEmpty ? nil : ["hostname": .string(host), "type_id": 0]),
        (
          isInbound ? "src_endpoint" : "dst_endpoint",
          address == nil && destinationNames.isEmpty
            ? nil
            : .compact([
              ("ip", address.map { .string($0) }),
              ("port", isInbound ? nil : port.map { .int($0) }),
              ("hostname", destinationNames.first.map { .string($0) }),
            ])
        ),
        ("connection_info", ["direction_id": .int(isInbound ? 1 : 2)]),
      ])
    }
  }

  /// Nil where no number or name of its own is known.
  private var ocsfParent: JSONOutput? {
    guard let parent = process?.ancestors.first, !parent.processGuid.isEmpty else { return nil }
    return .compact([
      ("uid", .string(parent.processGuid)), ("name", .string(fileName(of: parentImage))),
      ("cmd_line", .filled(parent.commandLine)), ("file", Self.file(parentImage)),
    ])
  }

  /// The paths of all that it descends from, as far as they are known. A parent that has neither number nor name of
  /// its own is no process of OCSF, and only here.
  private var ocsfLineage: JSONOutput? {
    let ancestors = process?.ancestors.map(\.image) ?? []
    if !ancestors.isEmpty { return .strings(ancestors) }
    return parentImage.isEmpty ? nil : .strings([parentImage])
  }

  private static func file(_ path: String, hashes: [JSONOutput] = []) -> JSONOutput? {
    path.isEmpty
      ? nil
      : .compact([
        ("name", .string(fileName(of: path))), ("path", .string(path)), ("type_id", 1),
        ("hashes", hashes.isEmpty ? nil : .array(hashes)),
      ])
  }
}

extension ProcessStory {
  private static let algorithms: [String: Int] = ["MD5": 1, "SHA1": 2, "SHA256": 3]
  private static let integrities: [String: Int] = [
    "Untrusted": 1, "Low": 2, "Medium": 3, "High": 4, "System": 5,
  ]

  /// Sysmon's `SHA256=…,IMPHASH=…` as fingerprints.
  fileprivate var ocsfHashes: [JSONOutput] {
    hashes.split(separator: ",").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      return [
        "algorithm": .string(parts[0]), "algorithm_id": .int(Self.algorithms[parts[0]] ?? 99),
        "value": .string(parts[1]),
      ]
    }
  }

  fileprivate var ocsfIntegrity: Int? {
    integrityLevel.isEmpty ? nil : Self.integrities[integrityLevel] ?? 99
  }
}
