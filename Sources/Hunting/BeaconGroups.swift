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
/// - Complexity: One or two bytes for each arrival at intervals below 4.5 hours, and some 400 bytes for
///   each key of a host and destination that have eight connections or more.
package struct BeaconGroups: Sendable {
  private(set) var groups: [(key: BeaconKey, group: BeaconGroup)] = []
  package var names = CallNames()
  private(set) var traffic = Traffic()
  /// By host, until all were looked at twice.
  var rates: [TextID: [CallRate]] = [:]
  /// Nil as long as hosts are looked at for the first time.
  private var traits: DestinationTraits.ByAddress?
  /// What ``score(atMost:)`` has found, until a group is added.
  var series: [RegularSeries]?

  package init() {}

  /// Of all facts there are.
  package init(_ facts: FactTable) { self.init(facts, only: nil) }

  /// Of all facts there are, or those that are reported because of intelligence alone.
  init(_ facts: FactTable, only intel: IntelHits?) {
    let hosts = facts.byHost { at in intel.map { $0.isNews(at) } ?? true }
    count(hosts, of: facts)
    absorb(hosts, of: facts)
  }

  // MARK: - Looking at tables

  /// The first look at hosts of which `facts` holds all calls.
  package mutating func count(_ facts: FactTable) {
    count(facts.byHost { _ in true }, of: facts)
  }

  /// The second look at them, when all hosts were looked at once.
  package mutating func absorb(_ facts: FactTable) {
    absorb(facts.byHost { _ in true }, of: facts)
  }

  /// - Parameter hosts: The indices of all calls of each host.
  private mutating func count(_ hosts: [[Int]], of facts: FactTable) {
    var look = FirstLook()
    for host in hosts {
      look.count(calls(host, of: facts).map(\.call), of: facts.keys[host[0]].host)
    }
    add(look)
  }

  private mutating func absorb(_ hosts: [[Int]], of facts: FactTable) {
    var look = secondLook()
    for host in hosts {
      look.begin(facts.keys[host[0]].host)
      for (at, call) in calls(host, of: facts) {
        let traits = look.traits(of: call.destination)
        look.note(call.program, talksTo: traits)
        if let number = look.number(traits, of: { call }) {
          look.absorb(facts.keys[at], facts.facts[at], into: number)
        }
      }
    }
    add(look)
  }

  private mutating func calls(
    _ indices: [Int], of facts: FactTable
  ) -> [(at: Int, call: Call)] {
    indices.compactMap { at in
      names.call(facts.keys[at], count: facts.facts[at].count, facts.texts).map { (at, $0) }
    }
  }

  // MARK: - What was looked at

  /// Adds the first look at some hosts.
  package mutating func add(_ look: FirstLook) {
    traffic.census.merge(look.census)
    traffic.portDelays.merge(look.portDelays)
    rates.merge(look.rates) { known, _ in known }
    traits = nil
  }

  /// A second look at some hosts, once all were looked at.
  package mutating func secondLook() -> SecondLook {
    let known = traits ?? DestinationTraits.ByAddress(names, traffic.census)
    traits = known
    return SecondLook(rates, known, traffic.census)
  }

  /// Adds the second look at some hosts.
  package mutating func add(_ look: SecondLook) {
    traffic.strangers.merge(look.strangers)
    groups += look.groups
    series = nil
  }

  /// Orders the groups by their hosts, so that they do not tell which task looked at whom.
  package mutating func sort() {
    groups = groups.enumerated().sorted { a, b in
      (a.element.key.host.raw, a.offset) < (b.element.key.host.raw, b.offset)
    }.map(\.element)
  }

  /// How many hosts call an address and port, where somebody does so often.
  func hostCount(_ destination: Destination) -> Int {
    traffic.strangers.hosts(calling: destination)
  }

  /// The key under which calls of one program to many addresses are put together; nil where many hosts
  /// talk there.
  func pool(of key: BeaconKey) -> BeaconKey? {
    guard let traits, traits[key.address].contains(.isPooled) else { return nil }
    var pool = key
    pool.address = .none
    return pool
  }

  // MARK: - Keys

  /// How many hosts talk to the network of an address, and whether they are few.
  func prevalence(ofAddress text: String) -> (callers: Int, isFew: Bool) {
    let callers = traffic.hosts(of: names.network(ofAddress: text))
    return (callers, traffic.isFew(callers))
  }

  /// Nil for what is never part of a beacon: accepted connections, and those without address or port.
  mutating func key(of key: ConnectionKey, _ texts: TextTable) -> BeaconKey? {
    names.call(key, count: 0, texts)?.key(on: key.host)
  }

  func network(of address: TextID) -> TextID { names.network(of: address) }

  /// Whether many hosts run programs from the same place, though users can write there.
  mutating func isUsualPlace(_ image: TextID, _ texts: TextTable) -> Bool {
    traffic.isUsual(place: names.program(image, texts).place)
  }
}

extension FactTable {
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
