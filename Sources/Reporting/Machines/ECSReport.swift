import Facts
import Hunting
import Knowledge

extension Report {
  /// Alerts in the Elastic Common Schema 8.11, one to the line.
  func ecs() -> [UInt8] { JSONOutput.lines(verdict.all.map { ecs($0) }) }

  private func ecs(_ finding: Finding) -> JSONOutput {
    let user = finding.userParts
    let severity = [Severity.low: 21, .medium: 47, .high: 73][finding.severity] ?? 0
    return .compact([
      ("@timestamp", .string((finding.lastSeen ?? UTCTime(milliseconds: 0)).iso8601Milliseconds)),
      ("ecs", ["version": "8.11.0"]), ("message", .string(finding.sentence)),
      ("tags", .strings(finding.reasons.map(\.evidence.rawValue))),
      (
        "event",
        .compact([
          ("kind", "alert"), ("category", ["network"]), ("type", ["connection"]),
          ("module", "oddport"), ("dataset", "oddport.finding"), ("id", .string(finding.id)),
          ("severity", .int(severity)), ("risk_score", finding.points.map { .int($0) }),
          ("start", finding.firstSeen.map { .string($0.iso8601Milliseconds) }),
          ("end", finding.lastSeen.map { .string($0.iso8601Milliseconds) }),
        ])
      ),
      (
        "rule",
        [
          "id": .string(Detection.id), "name": .string(Detection.name), "ruleset": "oddport",
          "reference": .string(Technique.reference), "version": .string(detection.toolVersion),
        ]
      ),
      (
        "threat",
        [
          "framework": "MITRE ATT&CK",
          "tactic": [
            "id": [.string(Technique.tacticID)], "name": [.string(Technique.tacticName)],
          ],
          "technique": [
            "id": [.string(Detection.id)], "name": [.string(Detection.name)],
            "reference": [.string(Technique.reference)],
          ],
        ]
      ),
      ("host", finding.host.isEmpty ? nil : ["name": .string(finding.host)]),
      ("process", finding.ecsProcess),
      (
        "user",
        finding.user.isEmpty
          ? nil
          : .compact([("name", .string(user.name)), ("domain", user.domain.map { .string($0) })])
      ),
      (
        finding.isInbound ? "source" : "destination",
        .compact([
          ("ip", .alone(finding.addresses.map { .string($0) })),
          (
            "port",
            finding.isInbound
              ? nil : .alone(finding.portsUsed.compactMap(\.number).map { .int($0) })
          ), ("domain", .alone(finding.destinationNames.map { .string($0) })),
        ])
      ),
      (
        "network", ["direction": .string(finding.isInbound ? "ingress" : "egress")]
      ),
      (
        "related",
        [
          "ip": .strings(finding.addresses),
          "hosts": .strings([finding.host].filter { !$0.isEmpty }),
          "user": .strings([user.name].filter { !$0.isEmpty }),
        ]
      ),
      (
        "oddport",
        .compact([
          ("connection_count", .int(finding.connectionCount)),
          ("kind", .string(finding.kind.rawValue)),
          ("hosts", finding.hosts.count > 1 ? .strings(finding.hosts) : nil),
          ("rhythm", finding.beacon.map { .string($0.rhythm) }),
          ("process", finding.process?.json),
        ])
      ),
    ])
  }
}

extension JSONOutput {
  /// Fields of one value: what has several is an array, which Elasticsearch takes in any field.
  fileprivate static func alone(_ values: [JSONOutput]) -> JSONOutput? {
    values.count > 1 ? .array(values) : values.first
  }
}

extension ProcessStory {
  /// Those with the given names of Sysmon's `SHA256=…,IMPHASH=…`.
  fileprivate func ecsHashes(_ names: [String]) -> JSONOutput? {
    let members = hashes.split(separator: ",").compactMap { pair -> (String, JSONOutput)? in
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, case let name = parts[0].lowercased(), names.contains(name) else {
        return nil
      }
      return (name, .string(parts[1].lowercased()))
    }
    let unique = Dictionary(members, uniquingKeysWith: { first, _ in first })
    return unique.isEmpty ? nil : .object(unique.map { (key: $0.key, value: $0.value) })
  }
}

extension Finding {
  fileprivate var ecsProcess: JSONOutput {
    let parent: JSONOutput = .compact([
      ("executable", .filled(parentImage)), ("name", .filled(fileName(of: parentImage))),
      ("command_line", .filled(process?.ancestors.first?.commandLine ?? "")),
    ])
    return .compact([
      ("executable", .filled(image)), ("name", .filled(fileName(of: image))),
      ("command_line", .filled(process?.commandLine ?? "")),
      ("entity_id", .filled(processGuid ?? "")),
      ("hash", process?.ecsHashes(["md5", "sha1", "sha256"])),
      ("pe", process?.ecsHashes(["imphash"])),
      ("parent", parentImage.isEmpty ? nil : parent),
    ])
  }

  /// Those that are addresses: a field of addresses takes nothing else.
  var addresses: [String] { remoteAddresses.filter { Address(Array($0.utf8)) != nil } }
}
