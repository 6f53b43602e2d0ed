package import Facts

extension RecallPlan {
  /// Chooses connections out of tables whose texts are numbered alike, each of which holds all connections of its
  /// hosts. Times are not looked at.
  package struct Choice: Sendable {
    /// What the number of a port means.
    private struct Meaning: Sendable {
      var isWanted = false
      var helps = false
      var isExplained = false
    }

    private struct Explained: Hashable {
      var host: TextID
      var address: TextID
    }

    private let plan: RecallPlan
    /// Ports that matter because of what was recalled first.
    private let changed: Set<Double>
    private let blocks: AddressBlocks
    private var ports = TextMap<Meaning>()
    private var addresses = TextMap<Bool>()

    /// - Parameter facts: What is known already: the registry changes.
    package init(_ plan: RecallPlan, knowing facts: FactTable) {
      self.plan = plan
      changed = plan.changedPorts(facts)
      blocks = AddressBlocks(plan.addresses)
    }

    /// The indices of the connections that are wanted, and of those that explain one of these.
    ///
    /// - Complexity: O(*n*) in the connections.
    package mutating func indices(in facts: FactTable) -> [Int] {
      var chosen: [Int] = []
      var helpers: [Int] = []
      var explained: Set<Explained> = []
      for (at, key) in facts.keys.enumerated() {
        let meaning = ports[key.port] ?? meaning(of: key.port, facts.texts)
        if meaning.isWanted || isWanted(key.address, facts.texts) {
          chosen.append(at)
          if meaning.isExplained {
            explained.insert(Explained(host: key.host, address: key.address))
          }
        } else if meaning.helps {
          helpers.append(at)
        }
      }
      let helping = helpers.filter { at in
        let key = facts.keys[at]
        return explained.contains(Explained(host: key.host, address: key.address))
      }
      return chosen + helping
    }

    private mutating func meaning(of port: TextID, _ texts: TextTable) -> Meaning {
      var meaning = Meaning()
      if let number = portNumber(texts[port]) {
        meaning.isWanted = plan.wantsPort(number) || changed.contains(number)
        meaning.helps = plan.helpers.map { $0.port == number } ?? false
        meaning.isExplained = plan.helpers.map { number >= $0.explainedFrom } ?? false
      }
      ports[port] = meaning
      return meaning
    }

    private mutating func isWanted(_ address: TextID, _ texts: TextTable) -> Bool {
      guard !blocks.isEmpty, address != .none else { return false }
      if let known = addresses[address] { return known }
      let isWanted = Address(texts[address]).map(blocks.contains) ?? false
      addresses[address] = isWanted
      return isWanted
    }
  }
}
