package import Facts

// Each host is looked at twice: first with all its calls, to find out which it makes often and whom few hosts talk to;
// then, when all were, for those of which the seconds are to be kept. Several tasks look at hosts of their own, and what
// they found is put together in ``BeaconGroups``.

/// The first look at some hosts.
package struct FirstLook: Sendable {
  private(set) var census = Census()
  /// Of each host its calls, in the order in which they were counted.
  private(set) var rates: [TextID: [CallRate]] = [:]
  /// For how many days a program had called out from a host before it first used a port: host, program and port, of
  /// what may be looked at more closely.
  private(set) var portDelays = KeyTally<TextIDs>()
  /// The host that was looked at last: its tables are used again.
  private var host = HostCalls()

  package init() {}

  /// - Parameter calls: All of one host.
  package mutating func count(_ calls: [Call], of host: TextID) {
    self.host.begin(host)
    for call in calls { self.host.add(call) }
    census.add(self.host)
    let rates = self.host.rates
    self.rates[host] = rates
    self.host.eachDelay(rates) { used, days in
      portDelays.add(TextIDs(host, used[0], used[1]), days)
    }
  }
}

/// How often a host makes a call.
enum CallRate: UInt8, Sendable {
  /// Too rarely for a rhythm.
  case rare
  /// Its program calls the port often, but this address rarely.
  case oftenElsewhere
  /// It calls the address and port often, with whatever program.
  case often
}

/// The second look at some hosts.
package struct SecondLook: Sendable {
  private let traits: DestinationTraits.ByAddress
  private let rates: [TextID: [CallRate]]
  private(set) var strangers = StrangerCensus()
  private(set) var groups: [(key: BeaconKey, group: BeaconGroup)] = []
  private let census: Census
  /// The host at hand, the rates of its calls, and how many of these were looked at.
  private var host = TextID.none
  private var own: [CallRate] = []
  private var lookedAt = 0
  /// Groups of the host at hand. The number of a key is how many of them come before it.
  private var numbers = NumberedKeys<BeaconKey>()
  private var before = 0

  /// By what was found when all hosts were looked at once.
  init(
    _ rates: [TextID: [CallRate]], _ traits: DestinationTraits.ByAddress, _ census: Census
  ) {
    self.rates = rates
    self.traits = traits
    self.census = census
  }

  /// Begins with a host. Its calls are to come in the order in which they were counted at the first look.
  package mutating func begin(_ host: TextID) {
    self.host = host
    own = rates[host] ?? []
    lookedAt = 0
    strangers.begin()
    numbers.removeAll()
    before = groups.count
  }

  package func traits(of destination: CallNames.Destination) -> DestinationTraits {
    traits[destination.address]
  }

  /// Looks at the next call of the host.
  ///
  /// - Parameters:
  ///   - traits: Of its destination.
  ///   - call: Made only where it is needed.
  /// - Returns: The number of its group, where it may be part of something regular: its facts are then to be absorbed.
  @inline(__always)
  package mutating func number(
    _ traits: DestinationTraits, of call: () throws -> Call
  ) rethrows -> Int? {
    let rate = lookedAt < own.count ? own[lookedAt] : .rare
    lookedAt += 1
    let matters = rate == .often || rate == .oftenElsewhere && traits.contains(.isPooled)
    guard matters || traits.contains(.isBusy) else { return nil }
    let made = try call()
    if traits.contains(.isBusy) { strangers.add(made, census) }
    return matters ? number(of: made, isPooled: rate != .often) : nil
  }

  private mutating func number(of call: Call, isPooled: Bool) -> Int {
    var key = call.key(on: host)
    if isPooled { key.address = .none }
    let (number, isNew) = numbers.insert(key)
    if isNew { groups.append((key, BeaconGroup())) }
    if isPooled { groups[before + number].group.addresses.insert(call.destination.address) }
    return before + number
  }

  /// Notes what a program of the host talks to.
  ///
  /// - Parameter traits: Those of all its destinations, or of some.
  package mutating func note(_ program: CallNames.Program, talksTo traits: DestinationTraits) {
    strangers.add(program.name, traits)
  }

  /// Adds one fact of a call that may matter.
  ///
  /// - Parameter number: Of its group.
  package mutating func absorb(_ key: ConnectionKey, _ fact: ConnectionFact, into number: Int) {
    groups[number].group.add(key, fact)
  }

  /// Gives the texts of what was absorbed the numbers that they have where the findings are put together.
  package mutating func mapTexts(_ body: (TextID) throws -> TextID) rethrows {
    for index in groups.indices { try groups[index].group.mapTexts(body) }
  }
}

/// What of a destination decides which of its calls matter, once the ``Census`` of all hosts is known.
package struct DestinationTraits: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Few hosts talk to its network, which is public.
  static let isStrange = Self(rawValue: 1)
  /// Its network is not public.
  static let isInside = Self(rawValue: 2)
  /// Calls of one program to many such addresses are put together: few hosts talk there.
  static let isPooled = Self(rawValue: 4)
  /// Somebody calls one of its ports often.
  static let isBusy = Self(rawValue: 8)

  init(of address: TextID, _ names: CallNames, _ census: Census, busy: Set<TextID>) {
    self = []
    let network = names.network(of: address)
    let isFew = census.isFew(census.hosts(of: network))
    if !names.isPublic(network: network) {
      insert(.isInside)
    } else if isFew {
      insert(.isStrange)
    }
    switch names.scope(of: address) {
    case .public, .private: if isFew { insert(.isPooled) }
    default: break
    }
    if busy.contains(address) { insert(.isBusy) }
  }

  /// Those of all destinations: an array, because the numbers of their names are dense.
  struct ByAddress: Sendable {
    private let all: [DestinationTraits]

    /// - Complexity: O(*a*) in the addresses.
    init(_ names: CallNames, _ census: Census) {
      let busy = census.busyAddresses
      all = names.numbers.map { DestinationTraits(of: $0, names, census, busy: busy) }
    }

    subscript(address: TextID) -> DestinationTraits {
      Int(address.raw) < all.count ? all[Int(address.raw)] : []
    }
  }
}
