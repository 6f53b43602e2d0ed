import Facts

/// Who talks to whom, over all outbound connections, by numbers of hosts. Those of several parts of the hosts add up to
/// that of all.
struct Census: Sendable {
  private var networkHosts = Tally()
  private var programHosts = Tally()
  private var placeHosts = Tally()
  /// Program and network.
  private var programNetworkHosts = KeyTally<TextIDs>()
  /// Program and port.
  private var programPortHosts = KeyTally<TextIDs>()
  /// Addresses and ports that somebody calls often.
  private var busy = NumberedKeys<TextIDs>()
  /// Hosts that open connections.
  private(set) var hostCount = 0

  mutating func add(_ host: HostCalls) {
    guard !host.talks.isEmpty else { return }
    hostCount += 1
    for network in host.networks { networkHosts.add(network) }
    for talk in host.talks { programNetworkHosts.add(talk) }
    for port in host.ports { programPortHosts.add(port) }
    for place in host.places { placeHosts.add(place) }
    for program in host.programs { programHosts.add(program.name) }
    host.eachOften { destination in _ = busy.insert(destination) }
  }

  /// Adds that of other hosts.
  mutating func merge(_ other: Self) {
    guard hostCount > 0 else {
      self = other
      return
    }
    hostCount += other.hostCount
    networkHosts.merge(other.networkHosts)
    programHosts.merge(other.programHosts)
    placeHosts.merge(other.placeHosts)
    programNetworkHosts.merge(other.programNetworkHosts)
    programPortHosts.merge(other.programPortHosts)
    for destination in other.busy.keys { _ = busy.insert(destination) }
  }

  /// Whether this number of hosts is few: two, or one in a hundred.
  func isFew(_ hosts: Int) -> Bool { hosts <= max(Fleet.maxOfRare, hostCount / 100) }

  /// Whether somebody calls an address and port often.
  func isBusy(_ destination: TextIDs) -> Bool { busy.contains(destination) }

  /// Addresses of which somebody calls a port often.
  var busyAddresses: Set<TextID> { Set(busy.keys.lazy.map { $0[0] }) }

  func hosts(of network: TextID) -> Int { networkHosts[network] }

  func hosts(of network: TextID, program: TextID) -> Int {
    programNetworkHosts[TextIDs(program, network)]
  }

  func hosts(running program: TextID) -> Int { programHosts[program] }

  func hosts(running program: TextID, toPort port: TextID) -> Int {
    programPortHosts[TextIDs(program, port)]
  }

  func hosts(withPlace place: TextID) -> Int { placeHosts[place] }
}

/// What is counted of hosts once the ``Census`` of all is known. Parts add up here too.
struct StrangerCensus: Sendable {
  private var hostsWithStrangers = Tally()
  private var hostsInside = Tally()
  /// How many hosts call what somebody calls often.
  private var busyCallers = KeyTally<TextIDs>()

  /// Of the host at hand: programs that talk to strangers, and inside, and what it calls that somebody calls often.
  private var withStrangers = NumberedKeys<TextIDs>()
  private var inside = NumberedKeys<TextIDs>()
  private var called = NumberedKeys<TextIDs>()

  /// Begins with another host.
  mutating func begin() {
    withStrangers.removeAll()
    inside.removeAll()
    called.removeAll()
  }

  /// Counts whether a program of the host talks to strangers, and whether inside.
  ///
  /// - Parameter traits: Those of all its destinations, or of some.
  mutating func add(_ program: TextID, _ traits: DestinationTraits) {
    let key = TextIDs(program, .none)
    if traits.contains(.isInside), inside.insert(key).isNew { hostsInside.add(program) }
    if traits.contains(.isStrange), withStrangers.insert(key).isNew {
      hostsWithStrangers.add(program)
    }
  }

  /// Counts who calls what somebody calls often.
  mutating func add(_ call: Call, _ census: Census) {
    let destination = TextIDs(call.destination.address, call.port)
    if census.isBusy(destination), called.insert(destination).isNew {
      busyCallers.add(destination)
    }
  }

  /// Adds that of other hosts.
  mutating func merge(_ other: Self) {
    hostsWithStrangers.merge(other.hostsWithStrangers)
    hostsInside.merge(other.hostsInside)
    busyCallers.merge(other.busyCallers)
  }

  /// Hosts on which a program talks to a public network that hardly anybody else talks to: for a browser
  /// all of them, for a service that calls its maker none.
  func hosts(withStrangersOf program: TextID) -> Int { hostsWithStrangers[program] }

  /// Hosts on which a program talks to addresses that are not public.
  func hosts(insideWith program: TextID) -> Int { hostsInside[program] }

  /// How many hosts call an address and port, where somebody does so often.
  func hosts(calling destination: Destination) -> Int {
    busyCallers[TextIDs(destination.address, destination.port)]
  }
}

/// How often each text was counted: an array, because the numbers of texts are dense.
private struct Tally: Sendable {
  private var counts: [Int32] = []

  subscript(id: TextID) -> Int { Int(id.raw) < counts.count ? Int(counts[Int(id.raw)]) : 0 }

  mutating func add(_ id: TextID) {
    let index = Int(id.raw)
    if index >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: max(64, index + 1 - counts.count)))
    }
    counts[index] += 1
  }

  mutating func merge(_ other: Self) {
    if other.counts.count > counts.count {
      counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
    }
    for (index, count) in other.counts.enumerated() { counts[index] += count }
  }
}
