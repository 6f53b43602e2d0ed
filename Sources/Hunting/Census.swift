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
  /// Host and program.
  private var hostProgramNetworks = KeyTally<TextIDs>()
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
    for program in host.programs {
      programHosts.add(program.name)
      hostProgramNetworks.add(TextIDs(host.host, program.name), program.networks)
    }
    host.eachOften { call in _ = busy.insert(TextIDs(call[0], call[1])) }
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
    hostProgramNetworks.merge(other.hostProgramNetworks)
    for destination in other.busy.keys { _ = busy.insert(destination) }
  }

  /// Whether this number of hosts is few: two, or one in a hundred.
  func isFew(_ hosts: Int) -> Bool { hosts <= max(Fleet.maxOfRare, hostCount / 100) }

  /// Whether somebody calls an address and port often.
  func isBusy(_ destination: TextIDs) -> Bool { busy.contains(destination) }

  func hosts(of network: TextID) -> Int { networkHosts[network] }

  func hosts(of network: TextID, program: TextID) -> Int {
    programNetworkHosts[TextIDs(program, network)]
  }

  func hosts(running program: TextID) -> Int { programHosts[program] }

  func hosts(running program: TextID, toPort port: TextID) -> Int {
    programPortHosts[TextIDs(program, port)]
  }

  func hosts(withPlace place: TextID) -> Int { placeHosts[place] }

  func networks(of program: TextID, on host: TextID) -> Int {
    hostProgramNetworks[TextIDs(host, program)]
  }
}

/// What is counted of hosts once the ``Census`` of all is known. Parts add up here too.
struct StrangerCensus: Sendable {
  private var hostsWithStrangers = Tally()
  private var hostsInside = Tally()
  /// Host, program and port, of what is looked at more closely.
  private var portDelays = KeyTally<TextIDs>()
  /// How many hosts call what somebody calls often.
  private var busyCallers = KeyTally<TextIDs>()

  /// Counts for each program of a host whether it talks to strangers, and whether inside.
  mutating func add(_ host: HostCalls, _ census: Census, _ names: CallNames) {
    var outside = NumberedKeys<TextIDs>()
    var inside = NumberedKeys<TextIDs>()
    for talk in host.talks {
      let program = TextIDs(talk[0], .none)
      if !names.isPublic(network: talk[1]) {
        if inside.insert(program).isNew { hostsInside.add(talk[0]) }
      } else if census.isFew(census.hosts(of: talk[1])), outside.insert(program).isNew {
        hostsWithStrangers.add(talk[0])
      }
    }
    var destinations = NumberedKeys<TextIDs>()
    for call in host.calls.keys {
      let destination = TextIDs(call[0], call[1])
      if census.isBusy(destination), destinations.insert(destination).isNew {
        busyCallers.add(destination)
      }
    }
  }

  /// Keeps how long a program had called out from a host before it used a port.
  mutating func keepDelay(of call: Call, _ host: HostCalls) {
    let key = TextIDs(host.host, call.program.name, call.port)
    guard portDelays[key] == 0 else { return }
    portDelays.add(key, host.days(of: call.program.name, beforePort: call.port))
  }

  /// Adds that of other hosts.
  mutating func merge(_ other: Self) {
    hostsWithStrangers.merge(other.hostsWithStrangers)
    hostsInside.merge(other.hostsInside)
    portDelays.merge(other.portDelays)
    busyCallers.merge(other.busyCallers)
  }

  /// Hosts on which a program talks to a public network that hardly anybody else talks to: for a browser
  /// all of them, for a service that calls its maker none.
  func hosts(withStrangersOf program: TextID) -> Int { hostsWithStrangers[program] }

  /// Hosts on which a program talks to addresses that are not public.
  func hosts(insideWith program: TextID) -> Int { hostsInside[program] }

  /// How many days a program had called out from a host before it first used a port; 0 where that is not
  /// known.
  func days(of program: TextID, on host: TextID, beforePort port: TextID) -> Int {
    portDelays[TextIDs(host, program, port)]
  }

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
