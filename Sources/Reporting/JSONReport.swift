import Facts
import Hunting
import Knowledge

extension Report {
  package static let schema = "oddport.report/1"
  package static let findingSchema = "oddport.finding/1"

  /// The whole report as one object.
  package var json: JSONOutput {
    let findings = verdict.findings
    var members: [(key: String, value: JSONOutput)] = [
      ("schema", .string(Self.schema)),
      (
        "verdict",
        [
          "summary": .string(verdictLine),
          "findings": .int(findings.count),
          "high": .int(count(of: .high)),
          "medium": .int(count(of: .medium)),
          "low": .int(count(of: .low)),
          "nothing_recognised": .bool(nothingRecognised),
        ]
      ),
      ("detection", detection.json),
      ("reading", reading.json),
      ("coverage", coverageJSON),
      ("counts", verdict.countsJSON),
      ("notes", .strings(notes)),
      ("findings", .elements(findings.count) { .object(findings[$0].members(archiveNames)) }),
      ("suppressed", .array(verdict.suppressed.map { $0.json(archiveNames) })),
      ("suppressions", .array(verdict.suppressions.map(\.json))),
      ("beacons", .array(verdict.beacons.map { $0.json(archiveNames) })),
      ("strobes", .array(verdict.strobes.map { $0.json(archiveNames) })),
      ("continuing_beacons", .array(verdict.continuing.map { $0.json(archiveNames) })),
      ("expected_periodic", .array(verdict.expectedPeriodic.map { $0.json(archiveNames) })),
      ("suppressed_beacons", .array(verdict.suppressedBeacons.map { $0.json(archiveNames) })),
      ("rdp_port_changes", .array(verdict.remoteDesktopChanges.map { $0.json(archiveNames) })),
    ]
    members += intelligenceMembers
    return .object(members)
  }

  func jsonLines() -> [UInt8] {
    var output: [UInt8] = []
    for finding in verdict.all {
      let schema = (key: "schema", value: JSONOutput.string(Self.findingSchema))
      JSONOutput.object(finding.members(archiveNames) + [schema]).write(to: &output, level: nil)
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }

  private var coverageJSON: JSONOutput {
    let joined = verdict.parentsResolved + verdict.parentsUnknown
    return .object(
      coverage.members + [
        (
          "parents",
          [
            "from_event": .int(parentsFromEvent),
            "from_process_start": .int(verdict.parentsResolved),
            "unknown": .int(verdict.parentsUnknown),
            "join_rate": joined == 0
              ? .null
              : .decimal(scaled: verdict.parentsResolved * 10_000 / joined, digits: 4),
          ]
        )
      ])
  }
}

extension Detection {
  fileprivate var json: JSONOutput {
    var members: [String: JSONOutput] = [
      "id": .string(Self.id),
      "name": .string(Self.name),
      "parity": .string(parity.rawValue),
      "time_zone": .string(Self.timeZone),
      "time": .string(timeSource.rawValue),
      "from": JSONOutput(from?.iso8601Milliseconds),
      "to": JSONOutput(to?.iso8601Milliseconds),
      "tool": "oddport",
      "tool_version": .string(toolVersion),
    ]
    if !sweptPorts.isEmpty { members["swept_ports"] = .strings(sweptPorts.map(\.description)) }
    if sweptIndicators > 0 { members["swept_indicators"] = .int(sweptIndicators) }
    return .object(members.map { (key: $0.key, value: $0.value) })
  }
}

extension Verdict {
  fileprivate var countsJSON: JSONOutput {
    [
      "outbound_connections": .int(outboundConnections),
      "inbound_connections": .int(inboundConnections),
      "unclear_connections": .int(unclearConnections),
      "matched_connections": .int(matchedConnections),
      "dropped_connections": .int(droppedConnections),
      "dropped_for_missing_field": .object(
        droppedForMissingField.map { (key: $0.key, value: .int($0.value)) }),
      "rows_beyond_sort_limit": .int(rowsBeyondSortLimit),
      "parents_resolved": .int(parentsResolved),
      "parents_unknown": .int(parentsUnknown),
    ]
  }
}

extension Finding {
  /// In byte order of the keys, so that writing need not sort them.
  func members(_ names: ArchiveNames) -> [(key: String, value: JSONOutput)] {
    var members: [(key: String, value: JSONOutput)] = [
      ("Image", .string(image)),
      ("ParentImage", .string(parentImage)),
      ("User", .string(user)),
      ("beacon", beaconJSON(names)),
      ("connection_count", .int(connectionCount)),
      ("destination_class", .strings(destinationScopes.map(\.rawValue))),
      ("destination_names", .strings(destinationNames)),
      ("first_line", names.json(firstPlace)),
      ("first_seen", JSONOutput(firstSeen?.description)),
      ("first_seen_ms", JSONOutput(firstSeen.map { Int($0.milliseconds) })),
      ("first_seen_utc", JSONOutput(firstSeen?.iso8601Milliseconds)),
      ("host", .string(host)),
      ("hosts", .strings(hosts.isEmpty ? [host] : hosts)),
      ("id", .string(id)),
      ("inbound", .bool(isInbound)),
      ("intel", .array(intel.map(\.json))),
      ("kind", .string(kind.rawValue)),
      ("known_services", .strings(services.map(\.rawValue))),
      ("last_seen", JSONOutput(lastSeen?.description)),
      ("last_seen_ms", JSONOutput(lastSeen.map { Int($0.milliseconds) })),
      ("last_seen_utc", JSONOutput(lastSeen?.iso8601Milliseconds)),
      ("max_risk_score", .int(maxRiskScore)),
      ("max_severity", .string(severity.name)),
      ("original_file_name", JSONOutput(originalFileName)),
      ("parent_source", .string(parentSource.rawValue)),
      ("points", JSONOutput(points)),
      (
        "ports_used",
        .array(portsUsed.map { port in port.number.map { .int($0) } ?? .string(port.text) })
      ),
      ("process", process?.json ?? .null),
      ("process_count", .int(processCount)),
    ]
    if let change { members.append(("rdp_port_change", change.json(names))) }
    members.append(("reasons", .array(reasons.map(\.json))))
    members.append(("remote_ips", .strings(remoteAddresses)))
    members.append(("severity", .strings(severities.map(\.name))))
    members.append(("spread_hosts", JSONOutput(spread)))
    if let status { members.append(("status", .string(status.rawValue))) }
    members.append(("substring_only", .bool(isSubstringMatch)))
    members.append(("suppression_stanza", .string(suppressionStanza)))
    return members
  }
}

extension Finding {
  /// All of it where that is the finding, else what names it.
  private func beaconJSON(_ names: ArchiveNames) -> JSONOutput {
    guard let beacon else { return .null }
    return kind == .beacon
      ? beacon.json(names) : ["id": .string(beacon.id), "rhythm": .string(beacon.rhythm)]
  }
}

extension ProcessStory {
  var json: JSONOutput {
    [
      "process_guid": .string(processGuid), "started": JSONOutput(started?.iso8601Milliseconds),
      "Image": .string(image), "OriginalFileName": .string(originalFileName),
      "CommandLine": .string(commandLine), "Hashes": .string(hashes),
      "IntegrityLevel": .string(integrityLevel), "LogonId": .string(logonID),
      "ProcessId": .string(processID),
      "ancestors": .array(
        ancestors.map {
          ["Image": .string($0.image), "CommandLine": .string($0.commandLine)]
        }),
    ]
  }
}

extension SuppressedFinding {
  func json(_ names: ArchiveNames) -> JSONOutput {
    .object([("by", .string(by))] + finding.members(names))
  }
}

extension SuppressionUse {
  fileprivate var json: JSONOutput {
    [
      "name": .string(name), "reason": .string(reason), "owner": .string(owner),
      "expires": JSONOutput(expires.map { String($0.description.prefix(10)) }),
      "connections": .int(connections), "connections_on_the_last_day": .int(lastDayConnections),
      "beacons": .int(beacons), "share_percent": .int(share),
      "first_hidden": JSONOutput(firstHidden?.iso8601),
      "last_hidden": JSONOutput(lastHidden?.iso8601), "has_expired": .bool(hasExpired),
      "fits_nothing": .bool(fitsNothing),
      "hides_too_much": .bool(hides(moreThan: Suppression.broadShare)),
    ]
  }
}
