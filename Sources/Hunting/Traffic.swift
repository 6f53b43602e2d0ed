import Facts

/// Who talks to whom, over all outbound connections: what separates the usual from the unusual.
///
/// Destinations are networks, because services and content networks answer from many addresses: /24 of
/// public IPv4 addresses, /48 of public IPv6 addresses; a private address is a destination of its own.
struct Traffic: Sendable {
  private var networkHosts = Tally()
  private var programHosts = Tally()
  private var hostsWithStrangers = Tally()
  private var hostsInside = Tally()
  private var placeHosts = Tally()
  /// Program and network.
  private var programNetworkHosts = KeyTally<TextIDs>()
  /// Program and port.
  private var programPortHosts = KeyTally<TextIDs>()
  /// Host and program.
  private var hostProgramNetworks = KeyTally<TextIDs>()
  /// Host, program and port, of what is looked at more closely.
  private var portDelays = KeyTally<TextIDs>()
  /// Hosts that open connections.
  private(set) var hostCount = 0

  /// Counts a host. Before all are, no figure is what it is to be.
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
  }

  /// Once all are counted, counts for each program whether it talks to strangers on a host, and whether inside.
  mutating func addStrangers(of host: HostCalls, isPublic: (TextID) -> Bool) {
    var outside = NumberedKeys<TextIDs>()
    var inside = NumberedKeys<TextIDs>()
    for talk in host.talks {
      let program = TextIDs(talk[0], .none)
      if !isPublic(talk[1]) {
        if inside.insert(program).isNew { hostsInside.add(talk[0]) }
      } else if isFew(networkHosts[talk[1]]), outside.insert(program).isNew {
        hostsWithStrangers.add(talk[0])
      }
    }
  }

  /// Keeps how long a program had called out from a host before it used a port.
  mutating func keepDelay(of call: BeaconKey, _ host: HostCalls) {
    let key = TextIDs(call.host, call.program, call.port)
    guard portDelays[key] == 0 else { return }
    portDelays.add(key, host.days(of: call.program, beforePort: call.port))
  }

  /// Whether this number of hosts is few: two, or one in a hundred.
  func isFew(_ hosts: Int) -> Bool { hosts <= max(Fleet.maxOfRare, hostCount / 100) }

  /// Whether this number of hosts is unusual for a program: two, or one in twenty-five.
  func isUncommon(_ hosts: Int) -> Bool { hosts <= max(Fleet.maxOfRare, hostCount / 25) }

  /// Whether this number of hosts is many: five, or one in twenty.
  func isMany(_ hosts: Int) -> Bool { hosts >= max(5, hostCount / 20) }

  func hosts(of network: TextID) -> Int { networkHosts[network] }

  func hosts(of network: TextID, program: TextID) -> Int {
    programNetworkHosts[TextIDs(program, network)]
  }

  func hosts(running program: TextID) -> Int { programHosts[program] }

  func hosts(running program: TextID, toPort port: TextID) -> Int {
    programPortHosts[TextIDs(program, port)]
  }

  /// How many days a program had called out from a host before it first used a port; 0 where that is not
  /// known.
  func days(of program: TextID, on host: TextID, beforePort port: TextID) -> Int {
    portDelays[TextIDs(host, program, port)]
  }

  func networks(of program: TextID, on host: TextID) -> Int {
    hostProgramNetworks[TextIDs(host, program)]
  }

  /// Hosts on which a program talks to a public network that hardly anybody else talks to: for a browser
  /// all of them, for a service that calls its maker none.
  func hosts(withStrangersOf program: TextID) -> Int { hostsWithStrangers[program] }

  /// Hosts on which a program talks to addresses that are not public.
  func hosts(insideWith program: TextID) -> Int { hostsInside[program] }

  /// Whether a program talks to known destinations everywhere, or everywhere but on one host in ten.
  func keepsToKnown(_ program: TextID) -> Bool {
    hosts(withStrangersOf: program) <= max(1, hosts(running: program) / 10)
  }

  /// Whether a program talks to destinations of its own on most hosts, as browsers and remote support do.
  func roams(_ program: TextID) -> Bool {
    isMany(hosts(running: program))
      && 2 * hosts(withStrangersOf: program) >= hosts(running: program)
  }

  /// Whether many hosts run programs from the same place.
  func isUsual(place: TextID) -> Bool { place != .none && isMany(placeHosts[place]) }
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
}
