import Facts

/// Who talks to whom: what separates the usual from the unusual.
///
/// Destinations are networks, because services and content networks answer from many addresses: /24 of
/// public IPv4 addresses, /48 of public IPv6 addresses; a private address is a destination of its own.
struct Traffic: Sendable {
  var census = Census()
  var strangers = StrangerCensus()
  /// Host, program and port.
  var portDelays = KeyTally<TextIDs>()

  /// Hosts that open connections.
  var hostCount: Int { census.hostCount }

  func isFew(_ hosts: Int) -> Bool { census.isFew(hosts) }

  /// Whether this number of hosts is unusual for a program: two, or one in twenty-five.
  func isUncommon(_ hosts: Int) -> Bool { hosts <= max(Fleet.maxOfRare, hostCount / 25) }

  /// Whether this number of hosts is many: five, or one in twenty.
  func isMany(_ hosts: Int) -> Bool { hosts >= max(5, hostCount / 20) }

  func hosts(of network: TextID) -> Int { census.hosts(of: network) }

  func hosts(of network: TextID, program: TextID) -> Int {
    census.hosts(of: network, program: program)
  }

  func hosts(running program: TextID) -> Int { census.hosts(running: program) }

  func hosts(running program: TextID, toPort port: TextID) -> Int {
    census.hosts(running: program, toPort: port)
  }

  /// Whether a program talks to known destinations everywhere, or everywhere but on one host in ten.
  func keepsToKnown(_ program: TextID) -> Bool {
    strangers.hosts(withStrangersOf: program) <= max(1, hosts(running: program) / 10)
  }

  /// Whether a program talks to destinations of its own on most hosts, as browsers and remote support do.
  func roams(_ program: TextID) -> Bool {
    isMany(hosts(running: program))
      && 2 * strangers.hosts(withStrangersOf: program) >= hosts(running: program)
  }

  /// How many days a program had called out from a host before it first used a port, of what is looked at more
  /// closely; 0 where that is not known.
  func days(of program: TextID, on host: TextID, beforePort port: TextID) -> Int {
    portDelays[TextIDs(host, program, port)]
  }

  /// Whether many hosts run programs from the same place.
  func isUsual(place: TextID) -> Bool { place != .none && isMany(census.hosts(withPlace: place)) }
}
