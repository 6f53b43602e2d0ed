import Facts

/// All calls of one host: how often it makes which, and what its programs do on the network.
///
/// One host has few, so that the tables stay where memory is fast.
struct HostCalls: Sendable {
  /// A program of the host.
  struct Program: Sendable {
    var name: TextID
    var firstDay = Int32.max
  }

  /// What a call was counted with, by the numbers of these.
  private struct Counted {
    var call: Int32
    var pool: Int32
    var port: Int32
  }

  private(set) var host = TextID.none
  /// Address, port and transport, whatever the program.
  private var calls = KeyTally<TextIDs>()
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
  /// In the order in which they were added.
  private var counted: [Counted] = []

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
    counted.removeAll(keepingCapacity: true)
  }

  /// Program and port.
  var ports: SegmentedArray<TextIDs> { portNumbers.keys }
  /// Program and network.
  var talks: SegmentedArray<TextIDs> { talkNumbers.keys }
  var networks: [TextID] { networkNumbers.keys.map { $0[0] } }
  /// Where users can write and programs were run from.
  var places: [TextID] { placeNumbers.keys.map { $0[0] } }

  mutating func add(_ call: Call) {
    let (address, callPort) = (call.destination.address, call.port)
    let ofCall = calls.add(TextIDs(address, callPort, call.transport), call.count)
    let name = call.program.name
    let pool = pools.add(TextIDs(name, callPort, call.transport), call.count)
    let (port, isNew) = portNumbers.insert(TextIDs(name, callPort))
    counted.append(
      Counted(
        call: Int32(truncatingIfNeeded: ofCall), pool: Int32(truncatingIfNeeded: pool),
        port: Int32(truncatingIfNeeded: port)))
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
    _ = networkNumbers.insert(TextIDs(call.destination.network, .none))
  }

  private mutating func number(of program: TextID) -> Int {
    let (number, isNew) = programNumbers.insert(TextIDs(program, .none))
    if isNew { programs.append(Program(name: program)) }
    return number
  }

  /// How often each call is made, in the order in which they were added.
  var rates: [CallRate] {
    counted.map { call in
      if calls.count(at: Int(call.call)) >= BeaconScore.minSessions { return .often }
      let ofPool = pools.count(at: Int(call.pool))
      return ofPool >= BeaconScore.minSessions ? .oftenElsewhere : .rare
    }
  }

  /// Passes the addresses and ports that are called often, whatever the program.
  func eachOften(_ body: (TextIDs) -> Void) {
    calls.each { call, count in
      if count >= BeaconScore.minSessions { body(TextIDs(call[0], call[1])) }
    }
  }

  /// Passes programs and ports, for how many days a program had called out before it first used a port: of calls that
  /// are not rare, where it is known and not 0.
  func eachDelay(_ rates: [CallRate], _ body: (TextIDs, Int) -> Void) {
    var isPassed = Array(repeating: false, count: portDays.count)
    for (call, rate) in zip(counted, rates) where rate != .rare && !isPassed[Int(call.port)] {
      let port = Int(call.port)
      isPassed[port] = true
      let key = portNumbers.keys[port]
      guard let program = programNumbers.number(of: TextIDs(key[0], .none)),
        programs[program].firstDay != ConnectionKey.noDay
      else { continue }
      let days = Int(portDays[port]) - Int(programs[program].firstDay)
      if days > 0 { body(key, days) }
    }
  }
}
