import Facts
package import Hunting
package import Knowledge

/// Which findings a text report shows, and in which order. It changes nothing but what is shown: verdict, exit
/// status and every other format are of all findings.
package struct TextSelection: Equatable, Sendable {
  package var minSeverity = Severity.low
  /// Maximum number of findings in each section; nil for all.
  package var top: Int?
  /// Empty: all.
  package var hosts: [Wildcard] = []
  /// Before the end of the last hour in which anything was heard; nil: all times.
  package var sinceSeconds: Int64?
  package var order = HuntSettings.Order.report

  package init() {}

  package init(_ settings: HuntSettings) {
    minSeverity = Severity(rawValue: settings.minSeverity.minScore) ?? .low
    top = settings.top
    hosts = settings.shownHosts.map { Wildcard($0) }
    sinceSeconds = settings.sinceSeconds
    order = settings.order
  }

  /// - Parameter hours: In which anything was heard.
  func shown(_ findings: [Finding], _ hours: ClosedRange<Int32>?) -> [Finding] {
    let start = sinceSeconds.map { seconds in
      hours.map { (Int64($0.upperBound) + 1) * 3600 - seconds } ?? .max
    }
    let chosen = findings.filter { finding in
      guard finding.severity >= minSeverity else { return false }
      if let start, finding.lastSeen.map({ $0.second < start }) ?? true { return false }
      guard !hosts.isEmpty else { return true }
      let names = finding.hosts.isEmpty ? [finding.host] : finding.hosts
      return names.contains { name in
        let label = HostLabel.of(name) ?? name
        return hosts.contains { $0.matches(name) || $0.matches(label) }
      }
    }
    let sorted = sorted(chosen)
    return top.map { Array(sorted.prefix($0)) } ?? sorted
  }

  /// Stable: equal findings keep the report's order; those without a time come last.
  private func sorted(_ findings: [Finding]) -> [Finding] {
    switch order {
    case .report: findings
    case .points: byLargest(findings) { Int64($0.points ?? 0) }
    case .count: byLargest(findings) { Int64($0.connectionCount) }
    case .firstSeen: byLargest(findings) { $0.firstSeen?.milliseconds ?? .min }
    case .lastSeen: byLargest(findings) { $0.lastSeen?.milliseconds ?? .min }
    case .host:
      findings.enumerated().sorted { a, b in
        a.element.host == b.element.host
          ? a.offset < b.offset : isBefore(a.element.host, b.element.host)
      }.map(\.element)
    }
  }

  private func byLargest(_ findings: [Finding], _ value: (Finding) -> Int64) -> [Finding] {
    findings.enumerated().sorted { a, b in
      let (left, right) = (value(a.element), value(b.element))
      return left == right ? a.offset < b.offset : left > right
    }.map(\.element)
  }
}
