/// Everything the hunt concludes from the facts: the rows and the counts that explain them.
package struct Verdict: Equatable, Sendable {
  /// The rows of the published table in its order: score, count, then host, Image, User, ParentImage
  /// by bytes. Under `tuned` findings of every kind, more points first.
  package var findings: [Finding] = []
  /// Whether beacons and changed ports are among `findings`, and not only apart.
  package var isOneList = false
  /// Rows, or parts of rows, that suppressions keep out of the table; in the same order.
  package var suppressed: [SuppressedFinding] = []
  /// The same of an earlier judgement of the same facts, where nothing was judged again.
  package var suppressedBefore = 0
  /// What each suppression did, as they were given.
  package var suppressions: [SuppressionUse] = []
  /// What intelligence means, by whatever process, in rows of its own; a sweep's are its findings.
  package var intelHits: [Finding] = []
  package var suppressedHits: [SuppressedFinding] = []
  package var intelGaps = IntelGaps()
  /// Regular calls that nobody expects, the most regular first; whatever the port.
  package var beacons: [Beacon] = []
  /// Regular calls that are to be expected.
  package var expectedPeriodic: [Beacon] = []
  /// Calls too dense to have a period.
  package var strobes: [Beacon] = []
  /// Where only news is reported: beacons and strobes that were reported before and continue.
  package var continuing: [Beacon] = []
  /// Of all three, those that a suppression hides.
  package var suppressedBeacons: [Beacon] = []
  /// By time, then host.
  package var remoteDesktopChanges: [RemoteDesktopChange] = []
  /// Connections that were judged: all outbound ones.
  package var outboundConnections = 0
  package var inboundConnections = 0
  /// Connections whose direction field says neither.
  package var unclearConnections = 0
  /// Outbound connections that the query keeps, whether or not a row holds them.
  package var matchedConnections = 0
  /// `strict` only: matched connections lost because a group field is missing, by that field.
  package var droppedForMissingField: [String: Int] = [:]
  /// Matched connections that a row would hold if no group field had been missing.
  package var droppedConnections = 0
  /// `strict` only: rows beyond SPL's 10,000, which `sort` cuts off.
  package var rowsBeyondSortLimit = 0
  /// Matched connections whose parent came from an Event ID 1, and those without any parent.
  package var parentsResolved = 0
  package var parentsUnknown = 0

  package init() {}

  /// Findings of every kind: the rows first, unless all are one list.
  package var all: [Finding] {
    isOneList
      ? findings
      : findings + intelHits + (beacons + strobes).map { Finding($0) }
        + remoteDesktopChanges.map { Finding($0) }
  }

  /// How many findings of every kind something holds of.
  ///
  /// - Complexity: O(*n*), without a copy of any: a finding is a large value.
  package func count(where holds: (borrowing Finding) -> Bool) -> Int {
    var count = findings.indices.count { holds(findings[$0]) }
    guard !isOneList else { return count }
    count += intelHits.indices.count { holds(intelHits[$0]) }
    count += (beacons + strobes).count { holds(Finding($0)) }
    return count + remoteDesktopChanges.count { holds(Finding($0)) }
  }

  /// How many of the findings are of a severity.
  ///
  /// - Complexity: O(*n*), without a copy of any: a finding is a large value, and to ask a whole one copies it.
  package func count(of severity: Severity) -> Int {
    findings.indices.count { at in
      Finding.severity(findings[at].kind, findings[at].maxRiskScore, findings[at].points)
        == severity
    }
  }

  /// Whether there is anything to report.
  package var hasAnything: Bool {
    !findings.isEmpty || !intelHits.isEmpty || !beacons.isEmpty || !strobes.isEmpty
      || !remoteDesktopChanges.isEmpty
  }
}
