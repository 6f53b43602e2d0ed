package import Facts

/// What is told apart when beacons are looked for: a program on a host, and whom it calls.
///
/// Neither the process's number nor the user is part of it, because a beacon may come back as another
/// process; and no port is left out, because real agents call home on port 80.
package struct BeaconKey: Hashable, Sendable {
  var host: TextID
  /// The executable's own name in lower case, and the address as it is canonical: both numbers of
  /// ``BeaconGroups/names``.
  var program: TextID
  var address: TextID
  var port: TextID
  var transport: TextID

  var destination: Destination { Destination(address: address, port: port) }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(host.raw) << 32 | UInt64(program.raw))
    hasher.combine(UInt64(address.raw) << 32 | UInt64(port.raw))
    hasher.combine(transport.raw)
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

/// Everything that one program on one host ever sent to one address and port.
struct BeaconGroup: Sendable {
  struct Caller: Hashable, Sendable {
    var image: TextID
    var user: TextID
  }

  var count = 0
  var arrivals = ArrivalTimes()
  var first: UTCTime?
  var last: UTCTime?
  var callers = SmallSet<Caller>()
  var names = SmallSet<TextID>()
  var processes = SmallSet<ProcessGuid>()
  var isSampled = false
}

/// Outbound connections by ``BeaconKey``, whatever their day and process. Merging facts in any order
/// and grouping gives the same, and facts that come twice change no interval.
///
/// - Complexity: One or two bytes for each beat at intervals below 4.5 hours, and some 300 bytes for
///   each key that has eight connections or more; nothing for the others.
package struct BeaconGroups: Sendable {
  private(set) var groups: [(key: BeaconKey, group: BeaconGroup)] = []
  /// The index of each key's group.
  private var places: [BeaconKey: Int] = [:]
  /// Hosts by destination, for destinations of these groups.
  private(set) var hosts: [Destination: SmallSet<TextID>] = [:]
  private(set) var names = TextTable()
  /// What ``score(atMost:)`` has found, by the group's index, until a group changes.
  var scores: [(index: Int, score: BeaconScore)]?
  private var programs = TextMap<TextID>()
  private var addresses = TextMap<TextID>()

  package init() {}

  /// Of all facts there are, or those that intelligence means.
  init(_ facts: FactTable, only intel: IntelIndex? = nil) {
    // Most keys have too few connections: only the others get a group.
    var keys: [BeaconKey] = []
    var counts: [Int] = []
    var numbers: [BeaconKey: Int] = [:]
    numbers.reserveCapacity(facts.keys.count)
    let numberOfFact = facts.keys.indices.map { at -> Int? in
      guard intel?.means(facts.keys[at], facts.facts[at]) ?? true,
        let key = self.key(of: facts.keys[at], facts.texts)
      else { return nil }
      let number = numbers[key] ?? keys.count
      if number == keys.count {
        numbers[key] = number
        keys.append(key)
        counts.append(0)
      }
      counts[number] += facts.facts[at].count
      return number
    }
    let destinations = Set(
      keys.indices.lazy.filter { counts[$0] >= BeaconScore.leastSessions }
        .map { keys[$0].destination })
    for key in keys where destinations.contains(key.destination) {
      hosts[key.destination, default: SmallSet()].insert(key.host)
    }
    for (at, number) in numberOfFact.enumerated() {
      guard let number, counts[number] >= BeaconScore.leastSessions else { continue }
      add(facts.keys[at], facts.facts[at], to: keys[number])
    }
  }

  /// Adds one fact, whose texts are numbered as all others'.
  package mutating func absorb(_ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable) {
    guard let group = self.key(of: key, texts) else { return }
    hosts[group.destination, default: SmallSet()].insert(group.host)
    add(key, fact, to: group)
    scores = nil
  }

  private mutating func add(_ key: ConnectionKey, _ fact: ConnectionFact, to group: BeaconKey) {
    let place = places[group] ?? groups.count
    if place == groups.count {
      places[group] = place
      groups.append((group, BeaconGroup()))
    }
    groups[place].group.add(key, fact)
  }

  /// Notes who calls a destination, where the call itself can be no part of a beacon.
  package mutating func note(_ key: ConnectionKey, _ texts: TextTable) {
    guard let group = self.key(of: key, texts) else { return }
    hosts[group.destination, default: SmallSet()].insert(group.host)
  }

  /// Nil for what no beacon is made of: accepted connections, and those without address or port.
  mutating func key(of key: ConnectionKey, _ texts: TextTable) -> BeaconKey? {
    switch key.direction {
    case .inbound, .unclear: return nil
    case .outbound, .unstated, .outboundBySpelling: break
    }
    guard key.address != .none, key.port != .none else { return nil }
    return BeaconKey(
      host: key.host, program: program(key.image, texts), address: address(key.address, texts),
      port: key.port, transport: key.transport)
  }

  private mutating func program(_ image: TextID, _ texts: TextTable) -> TextID {
    if let known = programs[image] { return known }
    let id = names.intern(asciiLowercased(baseName(texts[image])))
    programs[image] = id
    return id
  }

  private mutating func address(_ address: TextID, _ texts: TextTable) -> TextID {
    if let known = addresses[address] { return known }
    let text = texts[address]
    let id = names.intern(Address(Array(text.utf8))?.unmapped.description ?? text)
    addresses[address] = id
    return id
  }
}

extension BeaconGroup {
  fileprivate mutating func add(_ key: ConnectionKey, _ fact: ConnectionFact) {
    count += fact.count
    arrivals.merge(fact.arrivals)
    first = [first, fact.first].compactMap(\.self).min()
    last = [last, fact.last].compactMap(\.self).max()
    callers.insert(Caller(image: key.image, user: key.user))
    if fact.destinationName != .none { names.insert(fact.destinationName) }
    if key.process != .none { processes.insert(key.process) }
    if key.source == .defender { isSampled = true }
  }
}
