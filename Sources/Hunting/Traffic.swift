import Facts

/// Who talks to whom, over all outbound connections: what tells the usual from the unusual.
///
/// Destinations are networks, because services and content networks answer from many addresses: /24 of
/// public IPv4 addresses, /48 of public IPv6 addresses; a private address is a destination of its own.
struct Traffic: Sendable {
  private struct Talk: Hashable {
    var host: TextID
    var program: TextID
    var network: TextID

    func hash(into hasher: inout Hasher) {
      hasher.combine(UInt64(host.raw) << 32 | UInt64(program.raw))
      hasher.combine(network.raw)
    }
  }

  /// Two numbers of texts as one.
  private struct Pair: Hashable {
    var raw: UInt64

    init(_ a: TextID, _ b: TextID) { raw = UInt64(a.raw) << 32 | UInt64(b.raw) }
  }

  private var talks: Set<Talk> = []
  private var last: Talk?
  private var portHosts: [Pair: SmallSet<TextID>] = [:]
  private var lastPort: (pair: Pair, host: TextID)?
  private var publicNetworks: Set<TextID> = []

  // What follows from the talks, by ``count()``.
  private var networkHosts: [TextID: Int32] = [:]
  private var programNetworkHosts: [Pair: Int32] = [:]
  private var programHosts: [TextID: Int32] = [:]
  private var hostProgramNetworks: [Pair: Int32] = [:]
  private var strangers: [TextID: Int32] = [:]
  /// Hosts that open connections.
  private(set) var hostCount = 0

  mutating func note(
    host: TextID, program: TextID, network: TextID, isPublic: Bool, port: TextID
  ) {
    let pair = Pair(program, port)
    if lastPort?.pair != pair || lastPort?.host != host {
      portHosts[pair, default: SmallSet()].insert(host)
      lastPort = (pair, host)
    }
    let talk = Talk(host: host, program: program, network: network)
    guard talk != last else { return }
    last = talk
    if isPublic { publicNetworks.insert(network) }
    talks.insert(talk)
  }

  /// Works out the figures. Before that they are those of no traffic.
  ///
  /// - Complexity: O(*n*) in the distinct host, program and network.
  mutating func count() {
    var seen: Set<Pair> = []
    networkHosts = [:]
    programNetworkHosts = [:]
    hostProgramNetworks = [:]
    for talk in talks {
      if seen.insert(Pair(talk.host, talk.network)).inserted {
        networkHosts[talk.network, default: 0] += 1
      }
      programNetworkHosts[Pair(talk.program, talk.network), default: 0] += 1
      hostProgramNetworks[Pair(talk.host, talk.program), default: 0] += 1
    }
    programHosts = [:]
    seen = []
    for talk in talks where seen.insert(Pair(talk.host, talk.program)).inserted {
      programHosts[talk.program, default: 0] += 1
    }
    hostCount = Set(talks.lazy.map(\.host)).count
    strangers = [:]
    for talk in talks where publicNetworks.contains(talk.network) && isFew(hosts(of: talk.network))
    {
      strangers[talk.program, default: 0] += 1
    }
  }

  /// Whether so many hosts are few: two, or one in a hundred.
  func isFew(_ hosts: Int) -> Bool { hosts <= max(Fleet.mostOfRare, hostCount / 100) }

  /// Whether so many hosts are many: five, or one in twenty.
  func isMany(_ hosts: Int) -> Bool { hosts >= max(5, hostCount / 20) }

  func hosts(of network: TextID) -> Int { Int(networkHosts[network] ?? 0) }

  func hosts(of network: TextID, program: TextID) -> Int {
    Int(programNetworkHosts[Pair(program, network)] ?? 0)
  }

  func hosts(running program: TextID) -> Int { Int(programHosts[program] ?? 0) }

  func hosts(running program: TextID, toPort port: TextID) -> Int {
    portHosts[Pair(program, port)]?.count ?? 0
  }

  func networks(of program: TextID, on host: TextID) -> Int {
    Int(hostProgramNetworks[Pair(host, program)] ?? 0)
  }

  /// Public networks that hardly anybody else talks to, on average over the hosts that run a program:
  /// a browser has many, a service that calls its maker has none.
  func strangersPerHost(of program: TextID) -> Double {
    let hosts = hosts(running: program)
    return hosts == 0 ? 0 : Double(strangers[program] ?? 0) / Double(hosts)
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
