import Facts

/// Who talks to whom, over all outbound connections: what separates the usual from the unusual.
///
/// Destinations are networks, because services and content networks answer from many addresses: /24 of
/// public IPv4 addresses, /48 of public IPv6 addresses; a private address is a destination of its own.
struct Traffic: Sendable {
  /// Host, program and network.
  private var talks = NumberedKeys<TextIDs>()
  private var last: TextIDs?
  /// Program, port and host.
  private var portTalks = NumberedKeys<TextIDs>()
  private var lastPort: (talk: TextIDs, day: Int32)?
  /// The first day of each of these.
  private var portDays: [Int32] = []
  /// Host and program, with the first day of each.
  private var programs = NumberedKeys<TextIDs>()
  private var programDays: [Int32] = []
  /// Place and host.
  private var placeTalks = NumberedKeys<TextIDs>()
  private var lastPlace: TextIDs?
  private var publicNetworks = TextMap<Bool>()

  // What follows from the talks, by ``count()``.
  private var networkHosts = Tally()
  private var programHosts = Tally()
  private var hostsWithStrangers = Tally()
  private var hostsInside = Tally()
  private var placeHosts = Tally()
  private var programNetworkHosts = KeyTally<TextIDs>()
  private var hostProgramNetworks = KeyTally<TextIDs>()
  private var programPortHosts = KeyTally<TextIDs>()
  /// Hosts that open connections.
  private(set) var hostCount = 0

  /// - Parameter place: Where users can write and the program was run from; none elsewhere.
  mutating func note(
    host: TextID, program: TextID, place: TextID, network: TextID, isPublic: Bool, port: TextID,
    day: Int32
  ) {
    let placeTalk = TextIDs(place, host)
    if place != .none, placeTalk != lastPlace {
      _ = placeTalks.insert(placeTalk)
      lastPlace = placeTalk
    }
    let portTalk = TextIDs(program, port, host)
    if portTalk != lastPort?.talk || day != lastPort?.day {
      let (number, isNew) = portTalks.insert(portTalk)
      if isNew { portDays.append(day) } else { portDays[number] = min(day, portDays[number]) }
      let first = programs.insert(TextIDs(host, program))
      if first.isNew {
        programDays.append(day)
      } else {
        programDays[first.number] = min(day, programDays[first.number])
      }
      lastPort = (portTalk, day)
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
    programNetworkHosts = KeyTally()
    hostProgramNetworks = KeyTally()
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
    for pair in hostProgramNetworks.keys { programHosts.add(pair[1]) }
    programPortHosts = KeyTally()
    for talk in portTalks.keys { programPortHosts.add(TextIDs(talk[0], talk[1])) }
    hostCount = hosts.distinct
    hostsWithStrangers = Tally()
    var seen = NumberedKeys<TextIDs>()
    for talk in talks.keys
    where publicNetworks[talk[2]] != nil && isFew(networkHosts[talk[2]])
      && seen.insert(TextIDs(talk[0], talk[1])).isNew
    {
      hostsWithStrangers.add(talk[1])
    }
    hostsInside = Tally()
    var seenInside = NumberedKeys<TextIDs>()
    for talk in talks.keys
    where publicNetworks[talk[2]] == nil && seenInside.insert(TextIDs(talk[0], talk[1])).isNew {
      hostsInside.add(talk[1])
    }
    placeHosts = Tally()
    for talk in placeTalks.keys { placeHosts.add(talk[0]) }
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
    guard let first = programs.number(of: TextIDs(host, program)),
      let used = portTalks.number(of: TextIDs(program, port, host)),
      programDays[first] != ConnectionKey.noDay
    else { return 0 }
    return Int(portDays[used]) - Int(programDays[first])
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

extension Address {
  /// The text of the network by which an address is compared with other destinations.
  var networkText: String {
    let address = unmapped
    guard address.scope == .public else { return address.description }
    return address.family == .v4
      ? Address(v4: UInt32(truncatingIfNeeded: address.low) & 0xFFFF_FF00).description + "/24"
      : Address(v6: address.high & 0xFFFF_FFFF_FFFF_0000, 0).description + "/48"
  }
}
