import Facts
import Hunting

/// Gaps in the telemetry, which could be the reason for a report without findings.
extension ReadCoverage {
  /// Hours without an event after which a host that had been heard for a day is silent.
  static let silentHours: Int32 = 24

  /// Hosts that were heard, and not in the last day.
  package var silentHosts: [Host] {
    guard let end = hoursHeard?.upperBound else { return [] }
    return hosts.filter { host in
      host.heard.hours.last.map { end - $0 >= Self.silentHours } ?? false
    }
  }

  /// Hours between a host's first and last in `frame` in which nothing was heard of it.
  static func missingHours(_ heard: HostCoverage, in frame: ClosedRange<Int32>?) -> Int {
    let hours = heard.hours.all.lazy.map(\.hour).filter { frame?.contains($0) ?? false }
    guard let first = hours.min(), let last = hours.max() else { return 0 }
    return Int(last - first) + 1 - hours.count
  }

  /// In whole sentences, with names of hosts.
  var health: [String] {
    var lines: [String] = []
    func list(_ hosts: [Host]) -> String {
      hosts.prefix(8).map { $0.name ?? "(no host named)" }.joined(separator: ", ")
        + (hosts.count > 8 ? " and \(Figures.grouped(hosts.count - 8)) more" : "")
    }
    let silent = silentHosts
    if !silent.isEmpty {
      lines.append(
        "\(Figures.count(silent.count, "host")) without a connection, process start or RDP port change"
          + " in the last day: " + list(silent))
    }
    if !hostsWithoutConnections.isEmpty {
      lines.append(
        "\(Figures.count(hostsWithoutConnections.count, "host")) with process starts and no"
          + " connection (is NetworkConnect on?): " + list(hostsWithoutConnections))
    }
    if !skewedHosts.isEmpty {
      lines.append(
        "\(Figures.count(skewedHosts.count, "host")) whose clock is off: " + list(skewedHosts))
    }
    let hidden = hosts.filter { $0.heard.namedByCollector > 0 }
    if !hidden.isEmpty {
      lines.append(
        "\(Figures.count(hidden.count, "collector")) named where the events name no endpoint: "
          + list(hidden))
    }
    return lines
  }
}
