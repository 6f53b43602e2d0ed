import Facts
import Hunting
import Knowledge

extension Report {
  /// For a ticket: the same order as the text report, values in code spans.
  func markdown() -> [UInt8] {
    var output: [UInt8] = []
    output.write("# \(Detection.id) \(Detection.name)\n\n**\(verdictLine)**\n\n")
    output.write("**\(reading.headline)**\n\n")
    for sentence in reading.sentences { output.write("- \(Escaping.markdown(sentence))\n") }
    if !reading.notes.isEmpty { output.write("\n") }
    output.write(detection.summary + "\n")
    if nothingRecognised {
      output.write("\n## Nothing was recognised\n\n\(whatWasThere).\n")
    }
    writeFindings(to: &output)
    writeIntelligence(to: &output)
    if !verdict.isOneList {
      writeBeacons(to: &output)
      writeRemoteDesktop(to: &output)
    }
    writeSuppressed(to: &output)
    writeReading(to: &output)
    writeDamage(to: &output)
    writeRejected(to: &output)
    writeNotUnderstood(to: &output)
    writeHosts(to: &output)
    if !notes.isEmpty {
      output.write("\n## Notes\n\n")
      for note in notes { output.write("- \(note)\n") }
    }
    output.write(Self.howToRead)
    return output
  }

  private func writeFindings(to output: inout [UInt8]) {
    output.write("\n## Findings\n\n")
    guard !verdict.findings.isEmpty else { return output.write("None.\n") }
    output.write(
      "| Severity | Points | Process | Host | User | Parent | Ports | Addresses | Connections "
        + "| First seen (UTC) | Last seen (UTC) | Id |\n"
        + "|---|---:|---|---|---|---|---|---|---:|---|---|---|\n")
    for finding in verdict.findings {
      let severity =
        finding.severities.isEmpty
        ? finding.severity.name : finding.severities.map(\.name).joined(separator: ", ")
      var process = Escaping.markdown(finding.image)
      if finding.kind != .tableRow { process += ", " + finding.kindText }
      if let story = finding.process, !story.commandLine.isEmpty {
        process += ": " + Escaping.markdown(story.commandLine)
      }
      if let status = finding.status { process += " (\(status.rawValue))" }
      if finding.isSubstringMatch { process += " (part of the name only)" }
      if let original = finding.originalFileName {
        process += " (originally \(Escaping.markdown(original)))"
      }
      let cells = [
        severity, finding.points.map(String.init) ?? "", process,
        Escaping.markdown(finding.hostText),
        Escaping.markdown(finding.user),
        finding.parentImage.isEmpty ? "unknown" : Escaping.markdown(finding.parentImage),
        Self.list(finding.portsUsed.map(\.text)), Self.list(finding.remoteAddresses),
        Figures.grouped(finding.connectionCount), finding.firstSeen?.description ?? "",
        finding.lastSeen?.description ?? "", Escaping.markdown(finding.id),
      ]
      output.write("| " + cells.joined(separator: " | ") + " |\n")
    }
  }

  /// Maximum number of ports or addresses in a cell; `report.json` has all of them.
  private static let maxListed = 20

  private static func list(_ values: [String]) -> String {
    let shown = values.prefix(maxListed).map(Escaping.markdown).joined(separator: ", ")
    return values.count > maxListed
      ? shown + " and \(Figures.grouped(values.count - maxListed)) more" : shown
  }

  private func writeBeacons(to output: inout [UInt8]) {
    let found = verdict.beacons + verdict.strobes
    guard !found.isEmpty else { return }
    output.write(
      "\n## Beacons, on any port\n\n"
        + "| Points | Score | Process | Host | Address | Port | Rhythm | First seen (UTC) "
        + "| Last seen (UTC) | Id |\n|---:|---:|---|---|---|---|---|---|---|---|\n")
    for beacon in found.prefix(Self.maxBeacons) {
      let isBeacon = beacon.score.outcome == .beacon
      let cells = [
        String(beacon.points), isBeacon ? Beacon.tenths(beacon.score.score) : "strobe",
        Escaping.markdown(beacon.programText), Escaping.markdown(beacon.hostText),
        Escaping.markdown(beacon.addressText),
        Escaping.markdown(beacon.port.text), isBeacon ? beacon.rhythm : beacon.denseText,
        beacon.firstSeen?.description ?? "", beacon.lastSeen?.description ?? "",
        Escaping.markdown(beacon.id),
      ]
      output.write("| " + cells.joined(separator: " | ") + " |\n")
    }
    if found.count > Self.maxBeacons {
      output.write(
        "\nAnd \(Figures.grouped(found.count - Self.maxBeacons)) more: see report.json.\n")
    }
  }

  /// Maximum number of beacons in a ticket; `report.json` has all of them.
  private static let maxBeacons = 50

  private func writeRemoteDesktop(to output: inout [UInt8]) {
    guard !verdict.remoteDesktopChanges.isEmpty else { return }
    output.write("\n## Remote Desktop port changes\n\n")
    for change in verdict.remoteDesktopChanges {
      let port = change.newPort.map(String.init) ?? Escaping.markdown(change.details)
      let old = change.oldPort.map(String.init) ?? "a port not known"
      output.write(
        "- \(Escaping.markdown(change.host)): port \(port), before that \(old), by"
          + " \(Escaping.markdown(change.image)) as \(Escaping.markdown(change.user)), "
          + change.timeText + "; "
          + Figures.count(change.followUp.connectionCount, "accepted connection")
          + " there afterwards"
          + (change.followUp.addresses.isEmpty ? "" : ": " + Self.list(change.followUp.addresses))
          + "\n")
    }
  }

  private func writeSuppressed(to output: inout [UInt8]) {
    let warnings = verdict.suppressions.flatMap { use in
      use.warnings().map {
        "suppression \(Escaping.markdown(use.name)) of \(Escaping.markdown(use.owner)) \($0)"
      }
    }
    guard !verdict.suppressed.isEmpty || !warnings.isEmpty else { return }
    output.write("\n## Suppressed\n\n")
    for warning in warnings { output.write("- \(warning)\n") }
    for entry in verdict.suppressed.prefix(Self.maxBeacons) {
      let finding = entry.finding
      output.write(
        "- \(finding.severity.name) \(Escaping.markdown(finding.image)) on"
          + " \(Escaping.markdown(finding.host)), \(finding.countText), by"
          + " \(Escaping.markdown(entry.by))\n")
    }
    if verdict.suppressed.count > Self.maxBeacons {
      output.write(
        "\nAnd \(Figures.grouped(verdict.suppressed.count - Self.maxBeacons)) more: see report.json.\n"
      )
    }
  }

  private func writeReading(to output: inout [UInt8]) {
    let lines = coverage.lines
    let onDisk = coverage.archives.reduce(0) { $0 + $1.bytes }
    let unpacked = coverage.archives.reduce(0) { $0 + $1.unpackedBytes }
    output.write(
      """

      ## What was read

      | | |
      |---|---:|
      | archives | \(Figures.grouped(coverage.archives.count)) |
      | on disk | \(Figures.bytes(onDisk)) |
      | unpacked | \(Figures.bytes(unpacked)) |
      | **lines** | **\(Figures.grouped(lines.total))** |
      | = gave an observation | \(Figures.grouped(lines.observations)) |
      | + name Sysmon, not understood | \(Figures.grouped(lines.notUnderstood)) |
      | + something else | \(Figures.grouped(lines.irrelevant)) |
      | + blank | \(Figures.grouped(lines.blank)) |
      | + rejected | \(Figures.grouped(lines.rejectedTotal)) |

      """)
    for entry in coverage.events {
      output.write(
        "| \(entry.event.kind.plural) as \(Escaping.markdown(entry.event.shape)) "
          + "| \(Figures.grouped(entry.count)) |\n")
    }
    output.write(
      """
      | outbound connections judged | \(Figures.grouped(verdict.outboundConnections)) |
      | of which match the published query | \(Figures.grouped(verdict.matchedConnections)) |
      | hosts | \(Figures.grouped(coverage.hosts.count)) |

      """)
  }

  private func writeDamage(to output: inout [UInt8]) {
    let damaged = coverage.damaged
    guard !damaged.isEmpty else { return }
    output.write("\n## Damaged archives\n\n")
    for archive in damaged {
      guard let damage = archive.damage else { continue }
      output.write(
        "- \(Escaping.markdown(archive.name)) at byte \(Figures.grouped(damage.offset)): "
          + "\(Escaping.markdown(damage.reason)); the "
          + "\(Figures.count(archive.coverage.lines.total, "line")) before it "
          + "\(archive.coverage.lines.total == 1 ? "is" : "are") in this report\n")
    }
  }

  private func writeRejected(to output: inout [UInt8]) {
    let reasons = coverage.lines.rejected.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    guard !reasons.isEmpty else { return }
    output.write("\n## Rejected lines\n\n")
    for (reason, count) in reasons {
      output.write("- \(Figures.count(count, "line")): \(reason.explanation)\n")
      for example in coverage.examples where example.reason == reason {
        output.write(
          "  - \(Escaping.markdown("\(example.archive):\(example.line)")): "
            + "\(Escaping.markdown(example.message))\n")
      }
    }
  }

  private func writeNotUnderstood(to output: inout [UInt8]) {
    let archives = coverage.notUnderstood
    if !archives.isEmpty { output.write("\n## Lines that were not understood\n\n") }
    for archive in archives.prefix(Self.maxBeacons) {
      output.write("- \(Escaping.markdown(archive.notUnderstoodText))\n")
    }
    if archives.count > Self.maxBeacons {
      output.write(
        "\nAnd \(Figures.grouped(archives.count - Self.maxBeacons)) more: see report.json.\n")
    }
    if !coverage.countedApart.isEmpty { output.write("\n## Counted apart\n\n") }
    for (reason, count) in coverage.countedApart {
      output.write("- \(reason.explanation(count))\n")
    }
  }

  private func writeHosts(to output: inout [UInt8]) {
    let skewed = coverage.skewedHosts
    let silent = coverage.hostsWithoutConnections
    guard !(skewed.isEmpty && silent.isEmpty && coverage.skipped.isEmpty) else { return }
    output.write("\n## To be read with care\n\n")
    func list(_ what: String, _ values: [String]) {
      if !values.isEmpty { output.write("- \(what): \(Self.list(values))\n") }
    }
    list("record time and UtcTime far apart on", skewed.map { $0.name ?? "no host named" })
    list("process starts and no connection from", silent.map { $0.name ?? "no host named" })
    list("skipped", coverage.skipped.map { "\($0.name): \($0.reason)" })
  }

  private static let howToRead = """

    ## How to read this

    - High: a process that attackers like to use talked to a port known for command and control.
    - Medium: such a process talked to a port above 1024 that is not a standard port.
    - Low: another process talked to a port known for command and control.
    - One row is one host, process, user and parent; times are those of its first and last connection.
    - A finding is a reason to look, not a proof: developers' servers, authorised tests and cPanel use
      these ports as well. `oddport explain ID` says why a row is there, `oddport evidence ID` prints
      its lines.

    """
}
