package import Facts

/// What a beacon is looked for in: the calls of one program on one host to one address and port.
///
/// Neither the process's number nor the user is part of it, because a beacon may come back as another
/// process; and no port is left out, because real agents call home on port 80.
package struct BeaconKey: Hashable, Sendable {
  var host: TextID
  /// The executable's own name in lower case, and the address as it is canonical: both numbers of
  /// ``BeaconGroups/names``. None for a clock that goes through several programs, or addresses.
  var program: TextID
  var address: TextID
  var port: TextID
  var transport: TextID
  /// None but for a clock that is that of one process among several.
  var process = ProcessGuid.none

  var destination: Destination { Destination(address: address, port: port) }

  package func hash(into hasher: inout Hasher) { hasher.combine(hash(.ofProcess)) }
}

extension BeaconKey: NumberedKey {
  package func hash(_ hash: KeyedHash) -> UInt32 {
    func pair(_ a: TextID, _ b: TextID) -> UInt64 { UInt64(a.raw) << 32 | UInt64(b.raw) }
    var state = hash.joined(hash.start, pair(host, program), pair(address, port))
    state = hash.joined(state, pair(transport, .none), process.high)
    return hash.finished(hash.joined(state, process.low, 0))
  }
}

/// An address and port that somebody calls.
package struct Destination: Hashable, Sendable {
  var address: TextID
  var port: TextID

  package func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(address.raw) << 32 | UInt64(port.raw))
  }
}

/// Outbound connections by ``BeaconKey``, whatever their day and process, and who talks to whom.
/// Merging facts in any order and grouping gives the same, and facts that come twice change no interval.
///
/// Each host is looked at twice, with all its calls: first by ``count(_:_:)``, which finds out whom few hosts
/// talk to, then, when all were, by ``mattering(_:_:)``, which says of which calls the seconds are to be kept, by
/// ``absorb(_:_:into:)``.
///
/// - Complexity: One or two bytes for each arrival at intervals below 4.5 hours, and some 400 bytes for
///   each key of a host and destination that have eight connections or more.
package struct BeaconGroups: Sendable {
  private(set) var groups: [(key: BeaconKey, group: BeaconGroup)] = []
  /// The number of a key is the index of its group.
  private var groupNumbers = NumberedKeys<BeaconKey>()
  private(set) var names = Names()
  private(set) var traffic = Traffic()
  /// What ``score(atMost:)`` has found, until a group changes.
  var series: [RegularSeries]?
  /// Addresses and ports that somebody calls often, and how many hosts call them.
  private var busyCallers = KeyTally<TextIDs>()
  private var busy = NumberedKeys<TextIDs>()
  /// The host that was looked at last.
  private var host = HostCalls()
  private var programs = TextMap<Program>()
  private var addresses = TextMap<TextID>()
  private var networks = TextMap<Network>()
  private var publicNetworks = TextMap<Bool>()

  private struct Program: Sendable {
    var name: TextID
    /// Its path without what differs from user to user, where users can write; none elsewhere.
    var place: TextID
  }

  struct Network: Sendable {
    var name: TextID
    var scope: Address.Scope?
  }

  package init() {}

  /// Of all facts there are.
  package init(_ facts: FactTable) { self.init(facts, only: nil) }

  /// Of all facts there are, or those that are reported because of intelligence alone.
  init(_ facts: FactTable, only intel: IntelHits?) {
    let hosts = facts.byHost { at in intel.map { $0.isNews(at) } ?? true }
    for host in hosts { count(facts.calls(host), facts.texts) }
    for host in hosts { absorb(host, of: facts) }
  }

  /// The first look at hosts of which `facts` holds all calls.
  package mutating func count(_ facts: FactTable) {
    for host in facts.byHost({ _ in true }) { count(facts.calls(host), facts.texts) }
  }

  /// The second look at them, when all hosts were looked at once.
  package mutating func absorb(_ facts: FactTable) {
    for host in facts.byHost({ _ in true }) { absorb(host, of: facts) }
  }

  /// - Parameter host: The indices of all calls of one host.
  private mutating func absorb(_ host: [Int], of facts: FactTable) {
    for (at, group) in zip(host, mattering(facts.calls(host), facts.texts)) {
      if let group { absorb(facts.keys[at], facts.facts[at], into: group) }
    }
  }

  private static func pool(_ key: BeaconKey) -> BeaconKey {
    var pool = key
    pool.address = .none
    return pool
  }

  // MARK: - The first look

  /// Counts the calls of a host, whose texts are numbered as all others'.
  package mutating func count(_ calls: [Call], _ texts: TextTable) {
    look(at: calls, texts) { _ in }
    traffic.add(host)
    for call in host.calls.keys where host.calls[call] >= BeaconScore.minSessions {
      _ = busy.insert(TextIDs(call[0], call[1]))
    }
  }

  /// - Parameter body: Gets the key of each call.
  @inline(__always)
  private mutating func look(
    at calls: [Call], _ texts: TextTable, _ body: (BeaconKey?) -> Void
  ) {
    host.begin(calls.first?.host ?? .none)
    for call in calls {
      let key = key(of: call, texts)
      if let key {
        host.add(
          key, count: call.count, day: call.day, place: program(call.image, texts).place,
          network: network(of: key.address).name)
      }
      body(key)
    }
  }

  // MARK: - The second look

  /// Which of the calls of a host may be part of something regular: their facts are to be absorbed.
  ///
  /// - Returns: For each call the number of its group; nil where it cannot matter.
  package mutating func mattering(_ calls: [Call], _ texts: TextTable) -> [Int?] {
    var keys: [BeaconKey?] = []
    keys.reserveCapacity(calls.count)
    look(at: calls, texts) { keys.append($0) }
    traffic.addStrangers(of: host) { publicNetworks[$0] ?? false }
    var destinations = NumberedKeys<TextIDs>()
    for call in host.calls.keys {
      let destination = TextIDs(call[0], call[1])
      if busy.contains(destination), destinations.insert(destination).isNew {
        busyCallers.add(destination)
      }
    }
    return keys.map { key in
      guard let key, let group = group(of: key) else { return nil }
      traffic.keepDelay(of: key, host)
      let (number, isNew) = groupNumbers.insert(group)
      if isNew { groups.append((group, BeaconGroup())) }
      if group.address == .none { groups[number].group.addresses.insert(key.address) }
      return number
    }
  }

  /// Adds one fact of a call that may matter.
  ///
  /// - Parameter number: Of its group.
  package mutating func absorb(_ key: ConnectionKey, _ fact: ConnectionFact, into number: Int) {
    groups[number].group.add(key, fact)
    series = nil
  }

  /// The group that holds a call of the host at hand: its own, or where it is rare that of a clock over many
  /// addresses, which calls each of them a few times.
  private func group(of key: BeaconKey) -> BeaconKey? {
    if host.count(of: key) >= BeaconScore.minSessions { return key }
    return host.count(ofPool: key) >= BeaconScore.minSessions ? pool(of: key) : nil
  }

  /// How many hosts call an address and port, where somebody does so often.
  func hostCount(_ destination: Destination) -> Int {
    busyCallers[TextIDs(destination.address, destination.port)]
  }

  /// The key under which calls of one program to many addresses are put together; nil where many hosts
  /// talk there.
  func pool(of key: BeaconKey) -> BeaconKey? {
    let network = network(of: key.address)
    guard network.scope == .public || network.scope == .private,
      traffic.isFew(traffic.hosts(of: network.name))
    else { return nil }
    return Self.pool(key)
  }

  // MARK: - Keys

  /// How many hosts talk to the network of an address, and whether they are few.
  func prevalence(ofAddress text: String) -> (callers: Int, isFew: Bool) {
    var names = names
    let parsed = Address(Array(text.utf8))
    // A name that nobody has noted is nobody's.
    let callers = traffic.hosts(
      of: parsed.map { names.intern($0.network) } ?? names.intern(text))
    return (callers, traffic.isFew(callers))
  }

  /// Nil for what is never part of a beacon: accepted connections, and those without address or port.
  mutating func key(of key: ConnectionKey, _ texts: TextTable) -> BeaconKey? {
    self.key(of: Call(key, count: 0), texts)
  }

  private mutating func key(of call: Call, _ texts: TextTable) -> BeaconKey? {
    switch call.direction {
    case .inbound, .unclear: return nil
    case .outbound, .unstated, .outboundBySpelling: break
    }
    guard call.address != .none, call.port != .none else { return nil }
    return BeaconKey(
      host: call.host, program: program(call.image, texts).name,
      address: call.isNamed ? call.address : address(call.address, texts), port: call.port,
      transport: call.transport)
  }

  func network(of address: TextID) -> Network {
    networks[address] ?? Network(name: address, scope: nil)
  }

  private mutating func program(_ image: TextID, _ texts: TextTable) -> Program {
    if let known = programs[image] { return known }
    let text = texts[image]
    let program = Program(
      name: names.intern(asciiLowercased(baseName(text))),
      place: ImageTraits.writablePlace(text).map { _ in names.intern(ImageTraits.place(text)) }
        ?? .none)
    programs[image] = program
    return program
  }

  /// Whether many hosts run programs from the same place, though users can write there.
  mutating func isUsualPlace(_ image: TextID, _ texts: TextTable) -> Bool {
    traffic.isUsual(place: program(image, texts).place)
  }

  private mutating func address(_ address: TextID, _ texts: TextTable) -> TextID {
    if let known = addresses[address] { return known }
    let id = name(ofAddress: texts[address])
    addresses[address] = id
    return id
  }

  /// The name of an address as it was written, which may be something else.
  package mutating func name(ofAddress text: String) -> TextID {
    if let parsed = Address(text) { return name(of: parsed) }
    let id = names.intern(text)
    if networks[id] == nil { networks[id] = Network(name: id, scope: nil) }
    return id
  }

  package mutating func name(of address: Address) -> TextID {
    let id = names.intern(AddressBlock(address.unmapped))
    if networks[id] == nil {
      let network = Network(name: names.intern(address.network), scope: address.scope)
      networks[id] = network
      if network.scope == .public { publicNetworks[network.name] = true }
    }
    return id
  }
}

extension FactTable {
  fileprivate func calls(_ indices: [Int]) -> [Call] {
    indices.map { Call(keys[$0], count: facts[$0].count) }
  }

  /// The indices of its connections that are wanted, by host.
  fileprivate func byHost(_ isWanted: (Int) -> Bool) -> [[Int]] {
    var places = TextMap<Int>()
    var hosts: [[Int]] = []
    for at in keys.indices where isWanted(at) {
      let place = places.value(of: keys[at].host) {
        hosts.append([])
        return hosts.count - 1
      }
      hosts[place].append(at)
    }
    return hosts
  }
}
