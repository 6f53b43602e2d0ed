package import Facts

// Each host is looked at twice, with all its calls: first to find out whom few hosts talk to, then, when all were, to
// say of which calls the seconds are to be kept. Several tasks look at hosts of their own, and what they found is put
// together in ``BeaconGroups``.

/// The first look at some hosts.
package struct FirstLook: Sendable {
  private(set) var census: Census
  /// The host that was looked at last: its tables are used again.
  private var host = HostCalls()

  package init() { self.init(census: Census()) }

  init(census: consuming Census) { self.census = census }

  /// - Parameter calls: All of one host.
  package mutating func count(_ calls: [Call], of host: TextID) {
    self.host.begin(host)
    for call in calls { self.host.add(call) }
    census.add(self.host)
  }
}

/// The second look at some hosts.
package struct SecondLook: Sendable {
  let names: CallNames
  private let census: Census
  private(set) var strangers = StrangerCensus()
  private(set) var groups: [(key: BeaconKey, group: BeaconGroup)] = []
  /// Those of the host that was looked at last. The number of a key is how many of its groups come before it.
  private var numbers = NumberedKeys<BeaconKey>()
  private var host = HostCalls()

  /// - Parameter groups: What was found when all hosts were looked at once.
  package init(_ groups: BeaconGroups) {
    names = groups.names
    census = groups.traffic.census
  }

  /// Which of the calls of a host may be part of something regular: their facts are to be absorbed.
  ///
  /// - Parameter calls: All of one host, which has not been looked at twice yet.
  /// - Returns: For each call the number of its group; nil where it cannot matter.
  package mutating func mattering(_ calls: [Call], of host: TextID) -> [Int?] {
    self.host.begin(host)
    for call in calls { self.host.add(call) }
    strangers.add(self.host, census, names)
    numbers.removeAll()
    let before = groups.count
    return calls.map { call in
      guard let key = group(of: call) else { return nil }
      strangers.keepDelay(of: call, self.host)
      let (number, isNew) = numbers.insert(key)
      if isNew { groups.append((key, BeaconGroup())) }
      if key.address == .none {
        groups[before + number].group.addresses.insert(call.destination.address)
      }
      return before + number
    }
  }

  /// Adds one fact of a call that may matter.
  ///
  /// - Parameter number: Of its group.
  package mutating func absorb(_ key: ConnectionKey, _ fact: ConnectionFact, into number: Int) {
    groups[number].group.add(key, fact)
  }

  /// The group that holds a call of the host at hand: its own, or where it is rare that of a clock over many
  /// addresses, which calls each of them a few times.
  private func group(of call: Call) -> BeaconKey? {
    let key = call.key(on: host.host)
    if host.count(of: call) >= BeaconScore.minSessions { return key }
    guard host.count(ofPool: call) >= BeaconScore.minSessions else { return nil }
    return key.pool(names, census)
  }

  /// Gives the texts of what was absorbed the numbers that they have where the findings are put together.
  package mutating func mapTexts(_ body: (TextID) throws -> TextID) rethrows {
    for index in groups.indices { try groups[index].group.mapTexts(body) }
  }
}

extension BeaconKey {
  /// The key under which calls of one program to many addresses are put together; nil where many hosts
  /// talk there.
  func pool(_ names: CallNames, _ census: Census) -> Self? {
    switch names.scope(of: address) {
    case .public, .private: break
    default: return nil
    }
    guard census.isFew(census.hosts(of: names.network(of: address))) else { return nil }
    var pool = self
    pool.address = .none
    return pool
  }
}
