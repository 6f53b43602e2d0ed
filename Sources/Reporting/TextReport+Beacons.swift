import Facts
import Hunting
import Knowledge

/// Findings beyond the published table.
extension TextPage {
  /// Regular talk that is not a finding is counted.
  mutating func notListed(_ verdict: Verdict) {
    let parts = [
      (
        verdict.expectedPeriodic.count,
        "regular by design (multicast, loopback, link-local, service ports)"
      ), (verdict.continuing.count, "reported before and continuing"),
      (verdict.suppressedBeacons.count, "suppressed"),
    ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
    guard !parts.isEmpty else { return }
    blank()
    paragraph(
      "Series of calls that are not findings: " + parts.joined(separator: ", ")
        + "; report.json lists them.", .dim)
  }

  mutating func beacon(_ beacon: Beacon) {
    let program =
      beacon.program.isEmpty ? "process without a name" : Escaping.terminal(beacon.programText)
    let score =
      beacon.score.outcome == .beacon
      ? "B \(Beacon.tenths(beacon.score.score))" + (beacon.score.isStrong ? " strong" : " likely")
      : "strobe"
    paragraph(
      "\(program) on \(Escaping.terminal(beacon.hostText)) to"
        + " \(Escaping.terminal(beacon.addressText)) port"
        + " \(Escaping.terminal(beacon.port.text))", first: "  ", rest: "    ", .bold)
    let rhythm = beacon.score.outcome == .beacon ? beacon.rhythm : beacon.denseText
    paragraph(
      "\(score), \(rhythm), \(Figures.count(beacon.hostCount, "host")) there"
        + (beacon.isSampled ? ", from a source that samples" : ""), first: "    ")
    if let text = beacon.clockText { paragraph(text, first: "    ") }
    if let story = beacon.process, !story.commandLine.isEmpty {
      paragraph(Escaping.terminal(story.commandLine), first: "    command ", rest: "      ")
    }
    if !beacon.reasons.isEmpty {
      let reasons = beacon.reasons.map { "\($0.evidence.rawValue) \($0.points)" }
      paragraph(
        "\(beacon.severity.name), points \(beacon.points): " + reasons.joined(separator: ", ")
          + (beacon.status.map { ", \($0.rawValue)" } ?? ""), first: "    ", rest: "      ")
    }
    paragraph("\(beacon.timeText)  id \(beacon.id)", first: "    ", .dim)
  }

  mutating func remoteDesktop(_ changes: [RemoteDesktopChange]) {
    if !changes.isEmpty { heading("Remote Desktop port changes") }
    for change in changes {
      paragraph(
        "\(Escaping.terminal(change.host)): \(change.portsText)", first: "  ", rest: "    ",
        change.isRestored ? nil : .bold)
      let user = change.user.isEmpty ? "" : " as " + Escaping.terminal(change.user)
      paragraph(
        "by \(Escaping.terminal(change.image))\(user), \(change.timeText)", first: "    ")
      paragraph(change.followUpText, first: "    ", .dim)
    }
  }
}

extension Beacon {
  /// `WS-1`, or `WS-1 and 11 more hosts`.
  var hostText: String {
    hosts.count > 1 ? "\(host) and \(Figures.count(hosts.count - 1, "more host"))" : host
  }

  /// What is unusual about what keeps the time; nil where that is one program towards one address.
  var clockText: String? {
    switch timekeeper {
    case .program: nil
    case .process: "one process keeps this time, others of the program talk there as well"
    case .changingNames: "one clock under \(programs.count) names"
    case .changingAddresses: "one clock over \(addresses.count) addresses"
    }
  }

  /// `7,200 connections`, for traffic without a period.
  var denseText: String { Figures.count(connectionCount, "connection") }

  /// `2024-05-01 10:00:01 to 11:58:03 UTC`.
  var timeText: String {
    guard let first = firstSeen?.description, let last = lastSeen?.description else {
      return "no time in the events"
    }
    return first + " to " + last + " UTC"
  }
}

extension RemoteDesktopChange {
  /// `3389 -> 33890`.
  var portsText: String {
    let old = oldPort.map(String.init) ?? "a port not known"
    let new = newPort.map(String.init) ?? Escaping.terminal(details)
    return "port \(new), before that \(old)" + (isRestored ? " (back to the usual)" : "")
  }

  var timeText: String { time.map { $0.description + " UTC" } ?? "no time in the event" }

  var followUpText: String {
    guard followUp.connectionCount > 0, let first = followUp.firstSeen else {
      return isRestored ? "" : "no accepted connection on the new port was logged"
    }
    let addresses = followUp.addresses.prefix(4).map(Escaping.terminal).joined(separator: ", ")
    let rest = followUp.addresses.count - 4
    return "then " + Figures.count(followUp.connectionCount, "accepted connection") + " from "
      + addresses + (rest > 0 ? " and \(rest) more" : "") + ", first \(first.description) UTC"
  }
}
