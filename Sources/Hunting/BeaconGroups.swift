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
/// Everything is looked at twice: first ``count(_:_:_:)``, which finds out whom few hosts talk to and
/// which destinations a host calls often enough, then ``absorb(_:_:_:)``, which keeps the seconds of
/// those alone.
///
/// - Complexity: One or two bytes for each beat at intervals below 4.5 hours, and some 400 bytes for
///   each key of a host and destination that have eight connections or more.
package struct BeaconGroups: Sendable {
  private(set) var groups: [(key: BeaconKey, group: BeaconGroup)] = []
  /// The number of a key is the index of its group.
  private var groupNumbers = NumberedKeys<BeaconKey>()
  /// Hosts by destination, for destinations of these groups.
  private(set) var hosts: [Destination: SmallSet<TextID>] = [:]
  private(set) var names = TextTable()
  private(set) var traffic = Traffic()
  /// What ``score(atMost:)`` has found, until a group changes.
  var series: [RegularSeries]?
  /// A host and whom it calls, whatever the program: host, address, port, transport.
  private var calls = KeyTally<TextIDs>()
  /// What a program on a host calls, whatever the address.
  private var pools = KeyTally<BeaconKey>()
  private var programs = TextMap<Program>()
  private var addresses = TextMap<TextID>()
  private var networks = TextMap<Network>()

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
    func isWanted(_ at: Int) -> Bool { intel.map { $0.isNews(at) } ?? true }
    let wanted = facts.keys.indices.filter(isWanted)
    for at in wanted { count(facts.keys[at], facts.facts[at].count, facts.texts) }
    endCounting()
    for at in wanted { absorb(facts.keys[at], facts.facts[at], facts.texts) }
    calls = KeyTally()
    pools = KeyTally()
  }

  private static func call(_ key: BeaconKey) -> TextIDs {
    TextIDs(key.host, key.address, key.port, key.transport)
  }

  private static func pool(_ key: BeaconKey) -> BeaconKey {
    var pool = key
    pool.address = .none
    return pool
  }

  // MARK: - The first look

  /// Notes a fact, whose texts are numbered as all others'.
  package mutating func count(_ key: ConnectionKey, _ count: Int, _ texts: TextTable) {
    guard let group = self.key(of: key, texts) else { return }
    calls.add(Self.call(group), count)
    pools.add(Self.pool(group), count)
    note(group, place: program(key.image, texts).place, day: key.day)
  }

  /// The same of an outbound connection, where somebody else counts how often who calls whom.
  package mutating func note(
    host: TextID, image: TextID, address: TextID, port: TextID, day: Int32, _ texts: TextTable
  ) {
    let program = program(image, texts)
    note(
      BeaconKey(
        host: host, program: program.name, address: self.address(address, texts), port: port,
        transport: .none), place: program.place, day: day)
  }

  private mutating func note(_ key: BeaconKey, place: TextID, day: Int32) {
    let network = network(of: key.address)
    traffic.note(
      host: key.host, program: key.program, place: place, network: network.name,
      isPublic: network.scope == .public, port: key.port, day: day)
  }

  package mutating func endCounting() {
    traffic.count()
    // Hosts are counted where somebody calls often.
    var busy = NumberedKeys<TextIDs>()
    for call in calls.keys where calls[call] >= BeaconScore.minSessions {
      _ = busy.insert(TextIDs(call[1], call[2]))
    }
    for call in calls.keys where busy.contains(TextIDs(call[1], call[2])) {
      hosts[Destination(address: call[1], port: call[2]), default: SmallSet()].insert(call[0])
    }
  }

  // MARK: - The second look

  /// Adds one fact, whose texts are numbered as all others'.
  ///
  /// - Parameter isBusy: Whether its host calls its destination often enough; nil: as was counted.
  package mutating func absorb(
    _ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable, isBusy: Bool? = nil
  ) {
    guard let group = self.key(of: key, texts) else { return }
    if isBusy != nil { hosts[group.destination, default: SmallSet()].insert(group.host) }
    if isBusy ?? isBusyCall(group) {
      add(key, fact, to: group)
    } else if isBusy != nil || isBusyPool(group), let pool = self.pool(of: group) {
      // A clock over many addresses calls each of them a few times.
      add(key, fact, to: pool, address: group.address)
    }
    series = nil
  }

  private func isBusyCall(_ key: BeaconKey) -> Bool {
    calls[Self.call(key)] >= BeaconScore.minSessions
  }

  private func isBusyPool(_ key: BeaconKey) -> Bool {
    pools[Self.pool(key)] >= BeaconScore.minSessions
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

  private mutating func add(
    _ key: ConnectionKey, _ fact: ConnectionFact, to group: BeaconKey, address: TextID? = nil
  ) {
    let (place, isNew) = groupNumbers.insert(group)
    if isNew { groups.append((group, BeaconGroup())) }
    groups[place].group.add(key, fact)
    if let address { groups[place].group.addresses.insert(address) }
  }

  // MARK: - Keys

  /// Whether few hosts talk to the network of an address.
  package mutating func isOfFew(address: TextID, _ texts: TextTable) -> Bool {
    let network = network(of: self.address(address, texts))
    return (network.scope == .public || network.scope == .private)
      && traffic.isFew(traffic.hosts(of: network.name))
  }

  /// How many hosts talk to the network of an address, and whether they are few.
  func prevalence(ofAddress text: String) -> (callers: Int, isFew: Bool) {
    var names = names
    let parsed = Address(Array(text.utf8))
    // A name that nobody has noted is nobody's.
    let callers = traffic.hosts(of: names.intern(parsed?.networkText ?? text))
    return (callers, traffic.isFew(callers))
  }

  /// Nil for what is never part of a beacon: accepted connections, and those without address or port.
  mutating func key(of key: ConnectionKey, _ texts: TextTable) -> BeaconKey? {
    switch key.direction {
    case .inbound, .unclear: return nil
    case .outbound, .unstated, .outboundBySpelling: break
    }
    guard key.address != .none, key.port != .none else { return nil }
    return BeaconKey(
      host: key.host, program: program(key.image, texts).name,
      address: address(key.address, texts),
      port: key.port, transport: key.transport)
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
    let text = texts[address]
    let parsed = Address(Array(text.utf8))
    let id = names.intern(parsed?.unmapped.description ?? text)
    addresses[address] = id
    if networks[id] == nil {
      networks[id] = Network(
        name: parsed.map { names.intern($0.networkText) } ?? id, scope: parsed?.scope)
    }
    return id
  }
}
