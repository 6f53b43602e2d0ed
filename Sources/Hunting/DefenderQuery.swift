import Facts

/// What the published KQL query asks of a row of `DeviceNetworkEvents` before it looks at the port.
///
/// `ActionType == "ConnectionSuccess"` and `RemoteIPType == "Public"`, both to the letter.
struct DefenderQuery: Sendable {
  private var isPublic = TextMap<Bool>()
  private var isSuccess = TextMap<Bool>()

  /// A ledger that was written before these fields were kept knows neither: there outbound stands for
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
}
