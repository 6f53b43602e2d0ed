package import Facts
package import Knowledge

/// What a judgement has to know of all that a store holds. The store carries it out, and knows no rule.
///
/// Registry changes, the coverage and the counts of all connections are always recalled, and so are the
/// starts of the processes that opened the recalled connections.
package struct RecallPlan: Sendable {
  /// Connections that explain wanted ones.
  package struct Helpers: Sendable {
    /// The port of those that explain.
    package var port: Double
    /// They are recalled where their host has a wanted connection to the same address, on this port or a higher
    /// one.
    package var explainedFrom: Double
  }

  /// UTC days since 1970; connections without a time are then left out. Nil: all.
  package var days: Range<Int32>?
  /// Which ports matter, by their numbers.
  package var wantsPort: @Sendable (Double) -> Bool
  /// The numbers among which all of these are; nil: they may be any.
  package var ports: [ClosedRange<Double>]?
  /// Connections with these are wanted whatever their port.
  package var addresses: [AddressBlock] = []
  package var helpers: Helpers?
  /// Whether everybody's calls are looked at, and what may be regular of them is recalled, whatever its port.
  package var looksAtCalls = false
  /// How far the chain of a process's parents is followed.
  package var maxAncestors = ProcessStory.maxAncestors

  package init(
    days: Range<Int32>? = nil, addresses: [AddressBlock] = [],
    wantsPort: @escaping @Sendable (Double) -> Bool
  ) {
    self.days = days
    self.addresses = addresses
    self.wantsPort = wantsPort
  }

  /// Of no port, but of these addresses.
  package init(days: Range<Int32>? = nil, addresses: [AddressBlock] = []) {
    self.init(days: days, addresses: addresses) { _ in false }
    ports = []
  }

  /// For a hunt by the published table, and by more unless that is all that was asked for.
  package static func hunt(
    by lists: DetectionLists = .published, wanting wanted: IntelWanted = IntelWanted([]),
    isOnlyPublished: Bool = false, days: Range<Int32>? = nil
  ) -> Self {
    guard !isOnlyPublished else {
      return Self(days: days) { lists.isKnownC2Port($0) || lists.isOddPort($0) }
    }
    var plan = Self(days: days, addresses: wanted.networks) {
      lists.isKnownC2Port($0) || lists.isOddPort($0) || wanted.ports.contains($0)
    }
    plan.helpers = .endpointMappers
    plan.looksAtCalls = true
    return plan
  }

  /// For a sweep that looks for these.
  package static func sweep(
    for wanted: IntelWanted, isOnlyPublished: Bool = false, days: Range<Int32>? = nil
  ) -> Self {
    var plan = Self(days: days, addresses: wanted.networks) { wanted.ports.contains($0) }
    plan.ports = wanted.ports.ranges
    if !isOnlyPublished { plan.helpers = .endpointMappers }
    return plan
  }

  /// Ports that matter because of what was recalled first: what came in on a changed port belongs to the
  /// change.
  package func changedPorts(_ facts: FactTable) -> Set<Double> {
    Set(
      facts.registryChanges.compactMap { registryNumber(facts.texts[$0.details]).map(Double.init) })
  }
}

extension RecallPlan.Helpers {
  /// Who asked the endpoint mapper of an address explains its own calls there on dynamic ports (RFC 6335).
  static let endpointMappers = Self(
    port: Double(KnownService.endpointMapperPort),
    explainedFrom: Double(KnownService.firstDynamicPort))
}
