package import Facts

/// What intelligence says to look for: ports, an address or network, or both together.
package struct Indicator: Hashable, Sendable {
  package enum Direction: String, Sendable {
    /// The victim calls out: looked for on outbound connections, as their destination.
    case callback
    /// The victim listens: looked for on accepted inbound connections, as the local port.
    case listener
  }

  /// At least one of `ports` and `address` is there.
  package var ports: PortQuery?
  package var address: AddressBlock?
  package var direction = Direction.callback
  /// Actor or software, as the feed names it.
  package var actor = ""
  /// Of ATT&CK, such as G0090.
  package var attackID = ""
  package var source = ""
  package var note = ""
  package var validFrom: UTCTime?
  /// The first moment that is not meant any more.
  package var validUntil: UTCTime?

  package init(ports: PortQuery? = nil, address: AddressBlock? = nil) {
    self.ports = ports
    self.address = address
  }

  /// - Parameters:
  ///   - first: The first and the last time of what is asked about; without times it holds always.
  package func holds(
    port: Double?, transport: String, address: Address?, from first: UTCTime?, to last: UTCTime?
  ) -> Bool {
    if let ports {
      guard let port, ports.holds(port: port, transport: transport) else { return false }
    }
    if let block = self.address {
      guard let address, block.contains(address) else { return false }
    }
    if let validFrom, let last, last < validFrom { return false }
    if let validUntil, let first, first >= validUntil { return false }
    return true
  }

  /// Whether it names who is known for this, not only that somebody is: a group, software or campaign.
  /// An entry with the number of a technique is on a list, and no more.
  package var isAttributed: Bool { !actor.isEmpty && !attackID.hasPrefix("T") }

  /// What is looked for: `6666/tcp`, `198.51.100.7`, `198.51.100.7 6666`.
  package var subject: String {
    [address?.description, ports?.description].compactMap(\.self).joined(separator: " ")
  }
}

/// An entry of a feed that could not be taken, and why.
package struct RefusedIntel: Equatable, Sendable {
  /// `line 7`, or the id of an object.
  package var place: String
  package var text: String
  package var reason: String
}
