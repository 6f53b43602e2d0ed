package import Facts
package import Knowledge

/// What the published KQL query asks of a row of `DeviceNetworkEvents` before it looks at the port.
///
/// `ActionType == "ConnectionSuccess"` and `RemoteIPType == "Public"`, both to the letter.
package struct DefenderQuery: Sendable {
  private var isPublic = TextMap<Bool>()
  private var isSuccess = TextMap<Bool>()

  /// What keeps a row out.
  package enum Obstacle: Equatable, Sendable {
    case notDefender
    /// With what the row says.
    case action(String)
    case addressType(String)
  }

  /// The first condition that a row does not meet; nil where it passes.
  mutating func obstacle(_ key: ConnectionKey, _ texts: TextTable) -> Obstacle? {
    if passes(key, texts) { return nil }
    guard key.source == .defender else { return .notDefender }
    if key.action != .none, texts[key.action] != "ConnectionSuccess" {
      return .action(texts[key.action])
    }
    return .addressType(texts[key.addressType == .none ? key.address : key.addressType])
  }

  /// A ledger that was written before these fields were kept knows neither: there outbound means
  /// success, and the address itself says whether it is public.
  mutating func passes(_ key: ConnectionKey, _ texts: TextTable) -> Bool {
    guard key.source == .defender else { return false }
    let hasSucceeded =
      key.action == .none
      || isSuccess.value(of: key.action) { texts[key.action] == "ConnectionSuccess" }
    guard hasSucceeded else { return false }
    if key.addressType != .none {
      return isPublic.value(of: key.addressType) { texts[key.addressType] == "Public" }
    }
    return isPublic.value(of: key.address) {
      // Defender calls an IPv4 address in IPv6 a mapping, not public.
      guard let address = Address(Array(texts[key.address].utf8)) else { return false }
      return address == address.unmapped && address.scope == .public
    }
  }

  /// What keeps a connection out under a parity; nil where nothing does, or the parity asks for no such thing.
  package static func obstacle(
    to key: ConnectionKey, _ texts: TextTable, _ parity: Parity
  ) -> Obstacle? {
    guard parity == .kql else { return nil }
    var query = Self()
    return query.obstacle(key, texts)
  }
}
