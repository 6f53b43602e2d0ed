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
}

/// An address and port that somebody calls.
package struct Destination: Hashable, Sendable {
  var address: TextID
  var port: TextID
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
  var callers: Set<Caller> = []
  var names: Set<TextID> = []
  var processes: Set<ProcessGuid> = []
  var isSampled = false
}

/// Outbound connections by ``BeaconKey``, whatever their day and process. Merging facts in any order
/// and grouping gives the same, and facts that come twice change no interval.
///
/// - Complexity: One or two bytes for each beat at intervals below 4.5 hours, and some 300 bytes for
///   each key that has eight connections or more; nothing for the others.
package struct BeaconGroups: Sendable {
  private(set) var groups: [BeaconKey: BeaconGroup] = [:]
  /// Hosts by destination, for destinations of these groups.
  private(set) var hosts: [Destination: Set<TextID>] = [:]
  private(set) var names = TextTable()
  /// What ``score(atMost:)`` has found, until a group changes.
  var scores: [(key: BeaconKey, score: BeaconScore)]?
  private var programs: [TextID: TextID] = [:]
  private var addresses: [TextID: TextID] = [:]

  package init() {}

  /// Of all facts there are, or those that intelligence means.
  init(_ facts: FactTable, only intel: IntelIndex? = nil) {
    var counts: [BeaconKey: Int] = [:]
    let keys = zip(facts.keys, facts.facts).map { key, fact -> BeaconKey? in
      guard intel?.means(key, fact) ?? true, let group = self.key(of: key, facts.texts) else {
        return nil
      }
      counts[group, default: 0] += fact.count
      return group
    }
    var destinations: Set<Destination> = []
    for (key, count) in counts where count >= BeaconScore.leastSessions {
      destinations.insert(key.destination)
    }
    for (at, group) in keys.enumerated() {
      guard let group else { continue }
      if destinations.contains(group.destination) {
        hosts[group.destination, default: []].insert(group.host)
      }
      guard counts[group, default: 0] >= BeaconScore.leastSessions else { continue }
      groups[group, default: BeaconGroup()].add(facts.keys[at], facts.facts[at])
    }
  }

  /// Adds one fact, whose texts are numbered as all others'.
  package mutating func absorb(_ key: ConnectionKey, _ fact: ConnectionFact, _ texts: TextTable) {
    guard let group = self.key(of: key, texts) else { return }
    hosts[group.destination, default: []].insert(group.host)
    groups[group, default: BeaconGroup()].add(key, fact)
    scores = nil
  }

  /// Notes who calls a destination, where the call itself can be no part of a beacon.
  package mutating func note(_ key: ConnectionKey, _ texts: TextTable) {
    guard let group = self.key(of: key, texts) else { return }
    hosts[group.destination, default: []].insert(group.host)
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
