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
    self.change = change
    status = change.status
    points = change.points
    reasons = change.reasons
    severities = [severity]
  }
}

extension Finding {
  /// Rows that many hosts have, with the same program on the same ports, as one line each where the
  /// first of them was.
  static func joined(_ rows: [Finding]) -> [Finding] {
    struct Line: Hashable {
      var program: String
      var ports: [PortText]
    }
    func line(_ row: Finding) -> Line? {
      row.reasons.contains { $0.evidence == .fleetWide }
        ? Line(program: asciiLowercased(baseName(row.image)), ports: row.portsUsed) : nil
    }
    var lines: [Line: [Finding]] = [:]
    for row in rows { if let line = line(row) { lines[line, default: []].append(row) } }
    var done: Set<Line> = []
    return rows.compactMap { row in
      guard let line = line(row), let members = lines[line],
        case let hosts = Set(members.map(\.host)), hosts.count >= BeaconGroups.leastOfLine
      else { return row }
      return done.insert(line).inserted ? Finding(joining: members, hosts, line.program) : nil
    }
  }

  private init(joining rows: [Finding], _ hosts: Set<String>, _ program: String) {
    self = rows[0]
    id = findingID([program] + portsUsed.map(\.text) + ["fleet"])
    self.hosts = hosts.sorted(by: byBytes)
    members = rows.map(\.id).sorted(by: byBytes)
    remoteAddresses = orderedAddresses(Set(rows.flatMap(\.remoteAddresses))).map(\.1)
    destinationNames = Set(rows.flatMap(\.destinationNames)).sorted(by: byBytes)
    connectionCount = rows.reduce(0) { $0 + $1.connectionCount }
    processCount = rows.reduce(0) { $0 + $1.processCount }
    maxRiskScore = rows.map(\.maxRiskScore).max() ?? 1
    severities = Set(rows.flatMap(\.severities)).sorted(by: >)
    firstSeen = rows.compactMap(\.firstSeen).min()
    lastSeen = rows.compactMap(\.lastSeen).max()
  }
}

extension Verdict {
  /// Makes one list of everything, more points first. A beacon that a row tells already is not told again.
  mutating func join(besides told: Set<String>) {
    isOneList = true
    // What a row of the table tells already is not told again.
    let rows = Dictionary(
      findings.map { ([$0.host, $0.image, $0.user, $0.parentImage], $0.connectionCount) },
      uniquingKeysWith: max)
    let hits = intelHits.filter {
      $0.connectionCount > rows[[$0.host, $0.image, $0.user, $0.parentImage]] ?? 0 || $0.isInbound
    }
    findings = Finding.joined(findings) + hits
    findings += (beacons + strobes).filter { !told.contains($0.id) }.map { Finding($0) }
    findings += remoteDesktopChanges.map { Finding($0) }
    // The rows are in order among themselves, and so are the others.
    let ranks = findings.indices.sorted { a, b in
      let (left, right) = (findings[a].points ?? 0, findings[b].points ?? 0)
      return left == right ? a < b : left > right
    }
    findings = ranks.map { findings[$0] }
  }
}
