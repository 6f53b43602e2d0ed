import Facts

/// All calls of one host: how often it makes which, and what its programs do on the network.
///
/// One host has few, so that the tables stay where memory is fast.
struct HostCalls: Sendable {
  /// A program of the host.
  struct Program: Sendable {
    var name: TextID
    var firstDay = Int32.max
    var networks = 0
  }

  private(set) var host = TextID.none
  /// Address, port and transport, whatever the program.
  private(set) var calls = KeyTally<TextIDs>()
  /// Program, port and transport, whatever the address.
  private var pools = KeyTally<TextIDs>()
  private var programNumbers = NumberedKeys<TextIDs>()
  private(set) var programs: [Program] = []
  /// Program and port, with the first day of each.
  private var portNumbers = NumberedKeys<TextIDs>()
  private var portDays: [Int32] = []
  /// Program and network.
  private var talkNumbers = NumberedKeys<TextIDs>()
  private var networkNumbers = NumberedKeys<TextIDs>()
  private var placeNumbers = NumberedKeys<TextIDs>()
  private var last: TextIDs?

  /// Forgets all and begins with another host: hosts are many, and growing tables for each would cost more than what
  /// is done with them.
  mutating func begin(_ host: TextID) {
    self.host = host
    calls.removeAll()
    pools.removeAll()
    programNumbers.removeAll()
    programs.removeAll(keepingCapacity: true)
    portNumbers.removeAll()
    portDays.removeAll(keepingCapacity: true)
    talkNumbers.removeAll()
    networkNumbers.removeAll()
    placeNumbers.removeAll()
    last = nil
  }

  /// Program and port.
  var ports: SegmentedArray<TextIDs> { portNumbers.keys }
  /// Program and network.
  var talks: SegmentedArray<TextIDs> { talkNumbers.keys }
  var networks: [TextID] { networkNumbers.keys.map { $0[0] } }
  /// Where users can write and programs were run from.
  var places: [TextID] { placeNumbers.keys.map { $0[0] } }

  mutating func add(_ call: Call) {
    calls.add(Self.destination(call), call.count)
    pools.add(Self.pool(call), call.count)
    let name = call.program.name
    let (port, isNew) = portNumbers.insert(TextIDs(name, call.port))
    if isNew { portDays.append(.max) }
    if call.day < portDays[port] {
      portDays[port] = call.day
      let program = number(of: name)
      programs[program].firstDay = min(call.day, programs[program].firstDay)
    }
    if call.program.place != .none { _ = placeNumbers.insert(TextIDs(call.program.place, .none)) }
    let talk = TextIDs(name, call.destination.network)
    guard talk != last else { return }
    last = talk
    guard talkNumbers.insert(talk).isNew else { return }
    programs[number(of: name)].networks += 1
    _ = networkNumbers.insert(TextIDs(call.destination.network, .none))
  }

  private mutating func number(of program: TextID) -> Int {
    let (number, isNew) = programNumbers.insert(TextIDs(program, .none))
    if isNew { programs.append(Program(name: program)) }
    return number
  }

  private static func destination(_ call: Call) -> TextIDs {
    TextIDs(call.destination.address, call.port, call.transport)
  }

  private static func pool(_ call: Call) -> TextIDs {
    TextIDs(call.program.name, call.port, call.transport)
  }

  /// How often the host calls an address and port, with whatever program.
  func count(of call: Call) -> Int { calls[Self.destination(call)] }

  /// Passes the calls that are made often, whatever the program.
  func eachOften(_ body: (TextIDs) -> Void) {
    calls.each { call, count in if count >= BeaconScore.minSessions { body(call) } }
  }

  /// How often its program calls the port, at whatever address.
  func count(ofPool call: Call) -> Int { pools[Self.pool(call)] }

  /// How many days a program had called out before it first used a port; 0 where that is not known.
  func days(of program: TextID, beforePort port: TextID) -> Int {
    guard let program = programNumbers.number(of: TextIDs(program, .none)),
      let used = portNumbers.number(of: TextIDs(programs[program].name, port)),
      programs[program].firstDay != ConnectionKey.noDay
    else { return 0 }
    return Int(portDays[used]) - Int(programs[program].firstDay)
  }
}
