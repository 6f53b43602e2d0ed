import Facts

/// Who talks to whom, over all outbound connections: what tells the usual from the unusual.
///
/// Destinations are networks, because services and content networks answer from many addresses: /24 of
/// public IPv4 addresses, /48 of public IPv6 addresses; a private address is a destination of its own.
struct Traffic: Sendable {
  /// Host, program and network.
  private var talks = NumberedKeys<TextIDs>()
  private var last: TextIDs?
  /// Program, port and host.
  private var portTalks = NumberedKeys<TextIDs>()
  private var lastPort: TextIDs?
  private var publicNetworks = TextMap<Bool>()

  // What follows from the talks, by ``count()``.
  private var networkHosts = Tally()
  private var programHosts = Tally()
  private var strangers = Tally()
  private var programNetworkHosts = PairTally()
  private var hostProgramNetworks = PairTally()
  private var programPortHosts = PairTally()
  /// Hosts that open connections.
  private(set) var hostCount = 0

  mutating func note(
    host: TextID, program: TextID, network: TextID, isPublic: Bool, port: TextID
  ) {
    let portTalk = TextIDs(program, port, host)
    if portTalk != lastPort {
      _ = portTalks.insert(portTalk)
      lastPort = portTalk
    }
    let talk = TextIDs(host, program, network)
    guard talk != last else { return }
    last = talk
    if talks.insert(talk).isNew, isPublic { publicNetworks[network] = true }
  }

  /// Works out the figures. Before that they are those of no traffic.
  ///
  /// - Complexity: O(*n*) in the distinct host, program and network.
  mutating func count() {
    networkHosts = Tally()
    programNetworkHosts = PairTally()
    hostProgramNetworks = PairTally()
    var hostNetworks = NumberedKeys<TextIDs>()
    var hosts = Tally()
    for talk in talks.keys {
      let (host, program, network) = (talk[0], talk[1], talk[2])
      if hostNetworks.insert(TextIDs(host, network)).isNew { networkHosts.add(network) }
      programNetworkHosts.add(TextIDs(program, network))
      hostProgramNetworks.add(TextIDs(host, program))
      hosts.add(host)
    }
    programHosts = Tally()
    for pair in hostProgramNetworks.pairs { programHosts.add(pair[1]) }
    programPortHosts = PairTally()
    for talk in portTalks.keys { programPortHosts.add(TextIDs(talk[0], talk[1])) }
    hostCount = hosts.distinct
    strangers = Tally()
    for talk in talks.keys
    where publicNetworks[talk[2]] != nil && isFew(networkHosts[talk[2]]) {
      strangers.add(talk[1])
    }
  }

  /// Whether so many hosts are few: two, or one in a hundred.
  func isFew(_ hosts: Int) -> Bool { hosts <= max(Fleet.mostOfRare, hostCount / 100) }

  /// Whether so many hosts are many: five, or one in twenty.
  func isMany(_ hosts: Int) -> Bool { hosts >= max(5, hostCount / 20) }

  func hosts(of network: TextID) -> Int { networkHosts[network] }

  func hosts(of network: TextID, program: TextID) -> Int {
    programNetworkHosts[TextIDs(program, network)]
  }

  func hosts(running program: TextID) -> Int { programHosts[program] }

  func hosts(running program: TextID, toPort port: TextID) -> Int {
    programPortHosts[TextIDs(program, port)]
  }

  func networks(of program: TextID, on host: TextID) -> Int {
    hostProgramNetworks[TextIDs(host, program)]
  }

  /// Public networks that hardly anybody else talks to, on average over the hosts that run a program:
  /// a browser has many, a service that calls its maker has none.
  func strangersPerHost(of program: TextID) -> Double {
    let hosts = hosts(running: program)
    return hosts == 0 ? 0 : Double(strangers[program]) / Double(hosts)
  }
}

/// How often each text was counted: an array, because the numbers of texts are dense.
private struct Tally: Sendable {
  private var counts: [Int32] = []
  private(set) var distinct = 0

  subscript(id: TextID) -> Int { Int(id.raw) < counts.count ? Int(counts[Int(id.raw)]) : 0 }

  mutating func add(_ id: TextID) {
    let index = Int(id.raw)
    if index >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: max(64, index + 1 - counts.count)))
    }
    if counts[index] == 0 { distinct += 1 }
    counts[index] += 1
  }
}

/// How often each pair of texts was counted.
private struct PairTally: Sendable {
  private var numbers = NumberedKeys<TextIDs>()
  private var counts: [Int32] = []

  var pairs: [TextIDs] { numbers.keys }

  subscript(pair: TextIDs) -> Int { numbers.number(of: pair).map { Int(counts[$0]) } ?? 0 }

  mutating func add(_ pair: TextIDs) {
    let (number, isNew) = numbers.insert(pair)
    if isNew { counts.append(0) }
    counts[number] += 1
  }
}

extension Address {
  /// The text of the network that an address stands for where destinations are compared.
  var networkText: String {
    let address = unmapped
    guard address.scope == .public else { return address.description }
    return address.family == .v4
      ? Address(v4: UInt32(truncatingIfNeeded: address.low) & 0xFFFF_FF00).description + "/24"
      : Address(v6: address.high & 0xFFFF_FFFF_FFFF_0000, 0).description + "/48"
  }
}
