import Facts
import Knowledge

extension Finding {
  /// A beacon as a finding.
  package init(_ beacon: Beacon) {
    let addresses = beacon.addresses.isEmpty ? [beacon.address] : beacon.addresses
    self.init(
      id: beacon.id, host: beacon.host, image: beacon.images.first ?? beacon.program,
      user: beacon.users.first ?? "", parentImage: beacon.parents.first ?? "",
      parentSource: beacon.parents.isEmpty ? .unknown : .processStart, portsUsed: [beacon.port],
      remoteAddresses: addresses, connectionCount: beacon.connectionCount, maxRiskScore: 0,
      severities: [beacon.severity], firstSeen: beacon.firstSeen, lastSeen: beacon.lastSeen,
      destinationScopes: beacon.scope.map { [$0] } ?? [],
      destinationNames: beacon.destinationNames, processCount: beacon.processCount)
    kind = .beacon
    firstPlace = beacon.firstPlace
    hosts = beacon.hosts
    intel = beacon.intel
    status = beacon.status
    points = beacon.points
    reasons = beacon.reasons
    self.beacon = beacon
    spread = beacon.hostCount
    arrivals = beacon.arrivals
    process = beacon.process
    processGuid = beacon.process?.processGuid
    sources = beacon.sources
  }

  /// A changed port as a finding.
  package init(_ change: RemoteDesktopChange) {
    let port = change.newPort.map { PortText(text: String($0), number: $0) }
    self.init(
      id: change.id, host: change.host, image: change.image, user: change.user, parentImage: "",
      parentSource: .unknown, portsUsed: port.map { [$0] } ?? [],
      remoteAddresses: change.followUp.addresses,
      connectionCount: change.followUp.connectionCount, maxRiskScore: 0, severities: [],
      firstSeen: change.time, lastSeen: change.followUp.lastSeen ?? change.time)
    kind = .portChange
    firstPlace = change.place
    self.change = change
    status = change.status
    points = change.points
    reasons = change.reasons
    severities = [severity]
  }
}

extension Finding {
  /// What several rows that are shown as one line have in common.
  private enum Line: Hashable {
    /// Many hosts have the same program on the same ports.
    case fleet(program: String, ports: [PortText])
    /// One clock goes through several names, of which each would have its row.
    case names(beacon: String)

    init?(_ row: Finding) {
      if let beacon = row.beacon, beacon.timekeeper == .changingNames {
        self = .names(beacon: beacon.id)
      } else if row.reasons.contains(where: { $0.evidence == .fleetWide }) {
        self = .fleet(program: asciiLowercased(baseName(row.image)), ports: row.portsUsed)
      } else {
        return nil
      }
    }

    func isWorthIt(_ rows: [Finding]) -> Bool {
      switch self {
      case .fleet: Set(rows.map(\.host)).count >= BeaconGroups.minOfLine
      case .names: rows.count > 1
      }
    }

    /// The name of the line from run to run.
    var id: String {
      switch self {
      case .fleet(let program, let ports): findingID([program] + ports.map(\.text) + ["fleet"])
      case .names(let beacon): findingID([beacon, "names"])
      }
    }
  }

  /// Rows with the same ``Line`` as one, where the first of them was.
  static func joined(_ rows: [Finding]) -> [Finding] {
    var lines: [Line: [Finding]] = [:]
    for row in rows { if let line = Line(row) { lines[line, default: []].append(row) } }
    guard !lines.isEmpty else { return rows }
    var done: Set<Line> = []
    return rows.compactMap { row in
      guard let line = Line(row), let members = lines[line], line.isWorthIt(members) else {
        return row
      }
      return done.insert(line).inserted ? Finding(joining: members, id: line.id) : nil
    }
  }

  private init(joining rows: [Finding], id: String) {
    self = rows[0]
    self.id = id
    let hosts = Set(rows.map(\.host))
    if hosts.count > 1 { self.hosts = hosts.sorted(by: byBytes) }
    members = rows.map(\.id).sorted(by: byBytes)
    beaconIDs = rows.reduce(into: []) { $0.formUnion($1.beaconIDs) }
    portsUsed = Set(rows.flatMap(\.portsUsed)).sorted()
    remoteAddresses = orderedAddresses(Set(rows.flatMap(\.remoteAddresses))).map(\.1)
    destinationNames = Set(rows.flatMap(\.destinationNames)).sorted(by: byBytes)
    connectionCount = rows.reduce(0) { $0 + $1.connectionCount }
    processCount = rows.reduce(0) { $0 + $1.processCount }
    maxRiskScore = rows.map(\.maxRiskScore).max() ?? 1
    severities = Set(rows.flatMap(\.severities)).sorted(by: >)
    firstSeen = rows.compactMap(\.firstSeen).min()
    firstPlace = rows.compactMap(\.earliest).min()?.place
    lastSeen = rows.compactMap(\.lastSeen).max()
  }
}

extension Verdict {
  /// Makes one list of everything, more points first. A beacon that a row already reports is not repeated.
  mutating func join(besides reported: Set<String>) {
    isOneList = true
    // What a row of the table already reports is not repeated.
    let rows = Dictionary(
      findings.map { ([$0.host, $0.image, $0.user, $0.parentImage], $0.connectionCount) },
      uniquingKeysWith: max)
    let hits = intelHits.filter {
      $0.connectionCount > rows[[$0.host, $0.image, $0.user, $0.parentImage]] ?? 0 || $0.isInbound
    }
    findings = Finding.joined(findings) + hits
    findings += (beacons + strobes).filter { !reported.contains($0.id) }.map { Finding($0) }
    findings += remoteDesktopChanges.map { Finding($0) }
    // The rows are in order among themselves, and so are the others.
    let ranks = findings.indices.sorted { a, b in
      let (left, right) = (findings[a].points ?? 0, findings[b].points ?? 0)
      return left == right ? a < b : left > right
    }
    findings = ranks.map { findings[$0] }
  }
}
