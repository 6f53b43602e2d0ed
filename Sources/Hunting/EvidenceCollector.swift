import Facts
package import Knowledge

/// One reason for a finding's points.
package struct Reason: Equatable, Sendable {
  package var evidence: Evidence
  package var points: Int
  /// What exactly: ports, actors, paths. Holds field values.
  package var detail: String

  package init(evidence: Evidence, points: Int, detail: String) {
    self.evidence = evidence
    self.points = points
    self.detail = detail
  }
}

/// What services of Windows networks explain a connection by its port, towards private addresses.
package enum KnownService: String, CaseIterable, Sendable {
  case exchange, rpcDynamic = "rpc-dynamic", sccm, winRM = "winrm", wsus
}

/// What is known of all connections together, to weigh one of them.
struct Fleet {
  /// Below so many hosts, rarity means nothing.
  static let leastHosts = 5
  static let mostOfRare = 2
  static let newSeconds: Int64 = 86_400
  static let knownSeconds: Int64 = 7 * 86_400

  let hostCount: Int
  private var hosts: [Destination: Set<TextID>] = [:]
  /// Where a host asked an endpoint mapper (port 135), by day.
  private var mappers: Set<Mapper> = []
  private let heardUntil: UTCTime?
  private let heardSince: [TextID: UTCTime]

  struct Mapper: Hashable {
    var host: TextID
    var address: TextID
    var day: Int32
  }

  init(_ facts: FactTable, isWanted: (TextID) -> Bool) {
    hostCount = facts.coverage.hosts.count
    heardUntil = facts.coverage.heardUntil
    heardSince = facts.coverage.hosts.compactMapValues { heard in
      heard.hours.keys.min().map { UTCTime(milliseconds: Int64($0) * 3_600_000) }
    }
    var mapperPorts: [TextID: Bool] = [:]
    for key in facts.keys where key.direction != .inbound && key.port != .none {
      if isWanted(key.port) {
        hosts[Destination(address: key.address, port: key.port), default: []].insert(key.host)
      }
      let isMapper = mapperPorts[key.port] ?? (portNumber(facts.texts[key.port]) == 135)
      mapperPorts[key.port] = isMapper
      if isMapper { mappers.insert(Mapper(host: key.host, address: key.address, day: key.day)) }
    }
  }

  func hostCount(_ key: ConnectionKey) -> Int {
    hosts[Destination(address: key.address, port: key.port)]?.count ?? 0
  }

  func isRare(_ key: ConnectionKey) -> Bool {
    hostCount >= Self.leastHosts && hostCount(key) <= Self.mostOfRare
  }

  func asksMapper(_ key: ConnectionKey) -> Bool {
    mappers.contains(Mapper(host: key.host, address: key.address, day: key.day))
  }

  /// Since when the host was heard, where that is long before something first came up.
  func isNew(_ first: UTCTime?, on host: TextID) -> Bool {
    guard let first, let until = heardUntil, let since = heardSince[host] else { return false }
    return until.second - first.second <= Self.newSeconds
      && first.second - since.second >= Self.knownSeconds
  }
}

/// The evidence of the connections of one finding.
struct EvidenceCollector {
  /// Few, and so a list.
  private var details: [(evidence: Evidence, detail: String)] = []
  private var excused: [Evidence: Int] = [:]
  private(set) var beacon: Beacon?
  private(set) var services: Set<KnownService> = []
  private var arrivalsOfFacts: [ArrivalTimes] = []
  /// Hosts that talk to the most popular of its addresses and ports.
  private(set) var spread = 0

  /// So many details are named of each kind.
  private static let mostDetails = 4

  var arrivals: ArrivalTimes { ArrivalTimes(arrivalsOfFacts.flatMap(\.seconds)) }

  mutating func add(_ evidence: Evidence, _ detail: String) {
    guard !details.contains(where: { $0.evidence == evidence && $0.detail == detail }) else {
      return
    }
    details.append((evidence, detail))
  }

  mutating func excuse(_ evidence: Evidence, _ detail: String, _ connections: Int) {
    excused[evidence, default: 0] += connections
    add(evidence, detail)
  }

  mutating func add(_ service: KnownService, _ connections: Int) {
    services.insert(service)
    excuse(.knownService, service.rawValue, connections)
  }

  mutating func add(_ other: Beacon) {
    if beacon.map({ $0.score.score < other.score.score }) ?? true { beacon = other }
    add(.beacon, other.rhythm)
  }

  /// - Parameter connections: How many the finding has.
  func reasons(_ connections: Int, _ weights: EvidenceWeights) -> [Reason] {
    let given = Set(details.map(\.evidence))
    return Evidence.allCases.compactMap { evidence in
      guard given.contains(evidence), weights[evidence] != 0 else { return nil }
      if evidence.isExcuse, excused[evidence] != connections { return nil }
      // A list tells less than an actor, and is part of what the actor's points say.
      if evidence == .listedPort, given.contains(.attributedPort) { return nil }
      if evidence == .exactName, given.contains(.renamed) { return nil }
      let sorted = details.filter { $0.evidence == evidence }.map(\.detail).sorted(by: byBytes)
      let rest = sorted.count - Self.mostDetails
      let text = sorted.prefix(Self.mostDetails).joined(separator: ", ")
      return Reason(
        evidence: evidence, points: weights[evidence],
        detail: rest > 0 ? text + " and \(rest) more" : text)
    }
  }
}

extension Beacon {
  /// `every 60 s, jitter 10.0 %, 118 beats`.
  package var rhythm: String {
    "every \(period) s, jitter \(Self.tenths(score.jitterPercent)) %, \(score.sessions) beats"
  }

  /// The period without a fraction that is none.
  package var period: String {
    let tenths = Self.tenths(score.period)
    return tenths.hasSuffix(".0") ? String(tenths.dropLast(2)) : tenths
  }

  /// One digit after the point, whatever the locale.
  package static func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return "\(scaled / 10).\(scaled % 10)"
  }
}

// MARK: - What is seen at one connection

extension EvidenceCollector {
  struct Context {
    let facts: FactTable
    let lists: DetectionLists
    let fleet: Fleet
    let beacons: [BeaconKey: Beacon]
  }

  mutating func add(
    _ key: ConnectionKey, _ fact: ConnectionFact, renamedFrom: String?, _ indicators: [Indicator],
    _ beaconKey: BeaconKey?, _ context: Context
  ) {
    arrivalsOfFacts.append(fact.arrivals)
    spread = max(spread, context.fleet.hostCount(key))
    let texts = context.facts.texts
    let portText = texts[key.port]
    let port = portNumber(portText)
    let image = texts[key.image]
    let address = Address(Array(texts[key.address].utf8))
    for indicator in indicators {
      if indicator.isAttributed {
        let who = [indicator.actor, indicator.attackID].filter { !$0.isEmpty }
        add(.attributedPort, indicator.subject + " " + who.joined(separator: ", "))
      } else {
        add(.listedPort, indicator.subject)
      }
    }
    if let port, context.lists.isKnownC2Port(port) { add(.listedPort, portText) }
    if let renamedFrom {
      add(.renamed, "originally " + renamedFrom)
    } else if context.lists.highRiskProcesses.contains(baseName(asciiLowercased(image))) {
      add(.exactName, baseName(image))
    }
    let service = knownService(key, port, image, address, context.fleet)
    if let service {
      add(service, fact.count)
    } else if let port, context.lists.isOddPort(port) {
      add(.oddPort, portText)
    }
    if let place = writablePlace(image) { add(.writablePath, place) }
    switch address?.scope {
    case .public: add(.publicAddress, texts[key.address])
    case .loopback, .multicast, .broadcast:
      excuse(.localAddress, texts[key.address], fact.count)
    default: break
    }
    if let beaconKey, let beacon = context.beacons[beaconKey] { add(beacon) }
    if context.fleet.isRare(key) {
      let hosts = context.fleet.hostCount(key)
      add(
        .rare,
        "\(hosts) of \(context.fleet.hostCount) hosts talk\(hosts == 1 ? "s" : "") to"
          + " \(texts[key.address]) port \(portText)")
    }
  }

  private func knownService(
    _ key: ConnectionKey, _ port: Double?, _ image: String, _ address: Address?, _ fleet: Fleet
  ) -> KnownService? {
    guard let port, let scope = address?.scope,
      scope == .private || scope == .linkLocal || scope == .loopback
    else { return nil }
    switch port {
    case 5985, 5986: return .winRM
    case 8530, 8531: return .wsus
    case 2701, 10_123: return .sccm
    case 444, 475, 587: return isExchange(image) ? .exchange : nil
    case 49_152...65_535: return fleet.asksMapper(key) ? .rpcDynamic : nil
    default: return nil
    }
  }

  /// Exchange's own programs, and IIS, which runs its web services.
  private func isExchange(_ image: String) -> Bool {
    let image = asciiLowercased(image)
    let name = baseName(image)
    return name == "w3wp.exe" || name == "edgetransport.exe" || name.hasPrefix("msexchange")
      || contains(image, "\\exchange server\\")
  }

  /// The part of a path that says who may write there.
  private func writablePlace(_ image: String) -> String? {
    let image = asciiLowercased(image)
    let places = [
      "\\users\\", "\\windows\\temp\\", "\\programdata\\", "\\perflogs\\", "\\$recycle.bin\\",
      "\\windows\\tasks\\",
    ]
    let unixPlaces = ["/tmp/", "/var/tmp/", "/dev/shm/", "/home/"]
    return places.first { contains(image, $0) } ?? unixPlaces.first { image.hasPrefix($0) }
  }
}
