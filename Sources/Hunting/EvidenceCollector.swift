import Facts
package import Knowledge

/// One reason for a finding's points.
package struct Reason: Equatable, Sendable {
  package var evidence: Evidence
  package var points: Int
  /// What exactly: ports, actors, paths. Holds field values.
  package var detail: String
  /// What the detail was put together from, each once, in byte order.
  let details: [String]

  package init(evidence: Evidence, points: Int, detail: String) {
    self.evidence = evidence
    self.points = points
    self.detail = detail
    details = [detail]
  }

  /// Maximum number of details that are named.
  private static let maxDetails = 4

  /// - Parameter details: In byte order.
  init(evidence: Evidence, points: Int, details: [String]) {
    self.evidence = evidence
    self.points = points
    self.details = details
    let rest = details.count - Self.maxDetails
    let text = details.prefix(Self.maxDetails).joined(separator: ", ")
    detail = rest > 0 ? text + " and \(rest) more" : text
  }
}

/// What services of Windows networks explain a connection by its port, towards private addresses.
package enum KnownService: String, CaseIterable, Sendable {
  case exchange, rpcDynamic = "rpc-dynamic", sccm, winRM = "winrm", wsus

  /// Where a host is asked on which dynamic port a service of it listens.
  static let endpointMapperPort = 135
  static let firstDynamicPort = 49_152
}

/// What is known of all connections together, to weigh one of them.
struct Fleet {
  /// Minimum number of hosts for rarity to mean anything.
  static let minHosts = 5
  static let maxOfRare = 2
  static let newSeconds: Int64 = 86_400
  static let knownSeconds: Int64 = 7 * 86_400
  static let lateSeconds: Int64 = 2 * 86_400
  static let silentSeconds: Int64 = 86_400

  let hostCount: Int
  /// By address and port.
  private var hosts = KeyTally<TextIDs>()
  /// Where a host asked an endpoint mapper (port 135), by day.
  private var mappers: Set<Mapper> = []
  private let heardUntil: UTCTime?
  private let heardSince: [TextID: UTCTime]
  private let lastHeard: [TextID: UTCTime]

  struct Mapper: Hashable {
    var host: TextID
    var address: TextID
    var day: Int32
  }

  init(_ facts: FactTable, isWanted: (TextID) -> Bool) {
    hostCount = facts.coverage.hosts.count { !$0.value.isWithoutUsedEvents }
    heardUntil = facts.coverage.heardUntil
    heardSince = facts.coverage.hosts.compactMapValues { heard in
      heard.hours.first.map { UTCTime(milliseconds: Int64($0) * 3_600_000) }
    }
    lastHeard = facts.coverage.hosts.compactMapValues { heard in
      heard.hours.last.map { UTCTime(milliseconds: Int64($0) * 3_600_000) }
    }
    var callers = NumberedKeys<TextIDs>()
    var mapperPorts = TextMap<Bool>()
    for key in facts.keys where key.direction != .inbound && key.port != .none {
      if isWanted(key.port), callers.insert(TextIDs(key.address, key.port, key.host)).isNew {
        hosts.add(TextIDs(key.address, key.port))
      }
      let isMapper =
        mapperPorts[key.port]
        ?? (portNumber(facts.texts[key.port]) == Double(KnownService.endpointMapperPort))
      mapperPorts[key.port] = isMapper
      if isMapper { mappers.insert(Mapper(host: key.host, address: key.address, day: key.day)) }
    }
  }

  func hostCount(_ key: ConnectionKey) -> Int {
    hosts[TextIDs(key.address, key.port)]
  }

  /// Whether a destination that this many hosts talk to is rare.
  func isRare(_ hosts: Int) -> Bool { hostCount >= Self.minHosts && hosts <= Self.maxOfRare }

  func asksMapper(_ key: ConnectionKey) -> Bool {
    mappers.contains(Mapper(host: key.host, address: key.address, day: key.day))
  }

  /// Whether a host was heard for days before something first came up.
  func isLate(_ first: UTCTime, on host: TextID) -> Bool {
    guard let since = heardSince[host] else { return false }
    return first.second - since.second >= Self.lateSeconds
  }

  /// Whether a host has gone on to be heard for long after something was last seen there.
  func isOver(_ last: UTCTime?, period: Double, on host: TextID) -> Bool {
    guard let last, let until = lastHeard[host] else { return false }
    return until.second - last.second >= Self.silentSeconds + Int64(3 * period)
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
  /// All that hold some of its connections.
  private(set) var beacons: Set<String> = []
  private(set) var services: Set<KnownService> = []
  private(set) var parents: Set<String> = []
  private(set) var arrivals = ArrivalUnion()
  /// Hosts that talk to the most popular of its addresses and ports.
  private(set) var spread = 0

  mutating func add(_ evidence: Evidence, _ detail: String) {
    guard !details.contains(where: { $0.detail == detail && $0.evidence == evidence }) else {
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
    // Of equals the same one whatever the order in which they come.
    if beacon.map({ ($0.score.score, other.id) < (other.score.score, $0.id) }) ?? true {
      beacon = other
    }
    beacons.insert(other.id)
    add(.beacon, other.rhythm)
    // What is unusual about its destination is so for the row as well.
    for reason in other.reasons where !reason.evidence.isExcuse && reason.evidence != .beacon {
      for detail in reason.details { add(reason.evidence, detail) }
    }
  }

  mutating func add(_ indicator: Indicator) {
    if indicator.isAttributed {
      let who = [indicator.actor, indicator.attackID].filter { !$0.isEmpty }
      add(.attributedPort, indicator.subject + " " + who.joined(separator: ", "))
    } else {
      add(.listedPort, indicator.subject)
    }
  }

  /// Without those that the next one says as well, and more: of an address, and of a port of it.
  private static func distinct(_ sorted: [String]) -> [String] {
    sorted.indices.filter { index in
      index + 1 == sorted.count || !sorted[index + 1].hasPrefix(sorted[index] + " ")
    }.map { sorted[$0] }
  }

  /// - Parameter connections: How many the finding has.
  func reasons(_ connections: Int, _ weights: EvidenceWeights) -> [Reason] {
    let given = Set(details.map(\.evidence))
    return Evidence.allCases.compactMap { evidence in
      guard given.contains(evidence), weights[evidence] != 0 else { return nil }
      if evidence.isExcuse, excused[evidence] != connections { return nil }
      // A list says less than an actor, and the actor's points include it.
      if evidence == .listedPort, given.contains(.attributedPort) { return nil }
      if evidence == .exactName, given.contains(.renamed) { return nil }
      return Reason(
        evidence: evidence, points: weights[evidence],
        details: Self.distinct(
          details.filter { $0.evidence == evidence }.map(\.detail).sorted(by: byBytes)))
    }
  }
}

extension Beacon {
  /// `every 60 s, jitter 10.0 %, 118 beats`, or `too dense for a period, 7,200 connections`.
  package var rhythm: String {
    guard score.outcome == .beacon else {
      return "too dense for a period, \(connectionCount) connections"
    }
    return
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
    var beacons: [BeaconKey: Beacon] = [:]
    private var images = TextMap<ImageTraits>()
    private var ports = TextMap<PortTraits>()
    private var addresses = TextMap<AddressTraits>()

    init(
      facts: FactTable, lists: DetectionLists, fleet: Fleet
    ) {
      self.facts = facts
      self.lists = lists
      self.fleet = fleet
    }

    mutating func image(_ id: TextID) -> ImageTraits {
      images.value(of: id) { ImageTraits(facts.texts[id], lists) }
    }

    mutating func port(_ id: TextID) -> PortTraits {
      ports.value(of: id) { PortTraits(facts.texts[id], lists) }
    }

    fileprivate mutating func address(_ id: TextID) -> AddressTraits {
      addresses.value(of: id) { AddressTraits(facts.texts[id]) }
    }
  }

  mutating func add(
    _ key: ConnectionKey, _ fact: ConnectionFact, parent: TextID, renamedFrom: String?,
    _ indicators: [Indicator], _ call: Match.Call?, _ context: inout Context
  ) {
    arrivals.add(fact.arrivals)
    let hosts = context.fleet.hostCount(key)
    spread = max(spread, hosts)
    let image = context.image(key.image)
    let port = context.port(key.port)
    let address = context.address(key.address)
    for indicator in indicators { add(indicator) }
    if port.isKnownC2 { add(.listedPort, port.text) }
    if let renamedFrom {
      add(.renamed, "originally " + renamedFrom)
    } else if image.isHighRisk {
      add(.exactName, image.baseName)
    }
    if let service = knownService(key, port, image, address, context.fleet) {
      add(service, fact.count)
    } else if port.isOdd {
      add(.oddPort, port.text)
    }
    if let place = image.writablePlace, call?.isFromUsualPlace != true {
      add(.writablePath, place)
    }
    addParent(context.image(parent), of: image, &context)
    switch address.scope {
    case .public:
      add(.publicAddress, address.text)
      if image.isHighRisk || renamedFrom != nil { add(.publicScript, image.baseName) }
    case .loopback
    where LinuxUDP.saysOwnEnd(key.source, context.facts.texts[key.transport], .loopback):
      break
    case .private: excuse(.privateAddress, address.text, fact.count)
    case .loopback, .multicast, .broadcast: excuse(.localAddress, address.text, fact.count)
    default: break
    }
    if let call {
      if let beacon = context.beacons[call.key] { add(beacon) }
      if call.isFleetWide { excuse(.fleetWide, image.baseName, fact.count) }
    }
    if address.scope == .public, call?.isFleetWide != true, context.fleet.isRare(hosts) {
      add(
        .rare,
        "\(hosts) of \(context.fleet.hostCount) hosts talk\(hosts == 1 ? "s" : "") to"
          + " \(address.text) port \(port.text)")
    }
  }

  /// What the start of a process says of it: its original name, and who started it.
  mutating func addStart(of process: ProcessGuid, on host: TextID, _ context: inout Context) {
    guard process != .none,
      let start = context.facts.processes[ProcessKey(host: host, process: process)]
    else { return }
    let image = context.image(start.image)
    let original = ParityScore.toolName(context.facts.texts[start.originalFileName])
    if !image.isHighRisk, context.lists.highRiskProcesses.contains(original) {
      add(.renamed, "originally " + context.facts.texts[start.originalFileName])
    }
    addParent(context.image(start.parent), of: image, &context)
  }

  private mutating func addParent(
    _ parent: ImageTraits, of image: ImageTraits, _ context: inout Context
  ) {
    guard !parent.baseName.isEmpty else { return }
    parents.insert(parent.path)
    if let role = parent.role, image.isHighRisk || image.isScriptHost {
      add(.scriptParent, "\(role): \(parent.baseName) started \(image.baseName)")
    }
  }

  private func knownService(
    _ key: ConnectionKey, _ port: PortTraits, _ image: ImageTraits, _ address: AddressTraits,
    _ fleet: Fleet
  ) -> KnownService? {
    guard let port = port.number, let scope = address.scope,
      scope == .private || scope == .linkLocal || scope == .loopback
    else { return nil }
    switch port {
    case 5985, 5986: return .winRM
    case 8530, 8531: return .wsus
    case 2701, 10_123: return .sccm
    case 444, 475, 587: return image.isExchange ? .exchange : nil
    case Double(KnownService.firstDynamicPort)...65_535:
      return fleet.asksMapper(key) ? .rpcDynamic : nil
    default: return nil
    }
  }
}
