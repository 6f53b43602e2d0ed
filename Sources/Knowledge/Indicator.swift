package import Facts

/// What intelligence says to look for: one connection that meets all of its conditions.
package struct Indicator: Sendable {
  package enum Direction: String, Sendable {
    /// The victim calls out: looked for on outbound connections, as their destination.
    case callback
    /// The victim listens: looked for on accepted inbound connections, as the local port.
    case listener
    /// Both; or the condition itself says which.
    case either
  }

  package enum Transport: String, Sendable {
    case tcp, udp
  }

  // A feed may have a million entries: what all of them have is kept small, what few have is in boxes.
  private var lowestPort: UInt16 = 0
  private var highestPort: UInt16 = 0
  package var transport: Transport?
  package var direction = Direction.callback
  /// Too many harmless connections meet it for a hit to be news by itself: it attributes what was
  /// found otherwise.
  package var isCommon = false
  /// From 0 to 100, as the feed says it.
  package var confidence: UInt8?
  /// Length of the prefix and family of the address; 0: any address.
  private var network: UInt8 = 0
  private var addressHigh: UInt64 = 0
  private var addressLow: UInt64 = 0
  private var firstMoment = Int64.min
  private var endMoment = Int64.min
  private var rest: Rest?
  var ownName = EntryName("")
  /// Where the feed says it; 0: not in a line.
  package var line: Int32 = 0
  private var box: Box?

  /// What else a connection has to meet: most often that the other side has a name.
  private enum Rest: Hashable {
    case name(String)
    case condition(Condition)
  }

  /// Entries of a feed have at most their actor and note for themselves.
  private final class Box: Sendable {
    let actor: String
    let note: String
    let common: CommonWords

    init(_ actor: String, _ note: String, _ common: CommonWords) {
      self.actor = actor
      self.note = note
      self.common = common
    }

    /// Not kept: there may be a million of them.
    var hash: Int {
      var hasher = Hasher()
      hasher.combine(common.hash)
      hasher.combine(actor)
      hasher.combine(note)
      return hasher.finalize()
    }
  }

  private final class CommonWords: Sendable {
    let attackID: String
    let source: String
    let labels: [String]
    let hash: Int

    init(_ words: Words) {
      attackID = words.attackID
      source = words.source
      labels = words.labels
      var hasher = Hasher()
      hasher.combine(attackID)
      hasher.combine(source)
      hasher.combine(labels)
      hash = hasher.finalize()
    }

    func holds(_ words: Words) -> Bool {
      attackID == words.attackID && source == words.source && labels == words.labels
    }
  }

  package init(ports: PortQuery? = nil, address: AddressBlock? = nil) {
    self.address = address
    self.ports = ports
  }
}

extension Indicator {
  /// What is shown of an indicator, and decides nothing.
  package struct Words: Hashable, Sendable {
    /// Actor or software, as the feed names it.
    package var actor = ""
    /// Of ATT&CK, such as G0090.
    package var attackID = ""
    package var source = ""
    package var note = ""
    package var labels: [String] = []

    package init() {}
  }

  package var words: Words {
    get {
      var words = Words()
      guard let box else { return words }
      words.actor = box.actor
      words.attackID = box.common.attackID
      words.source = box.common.source
      words.note = box.note
      words.labels = box.common.labels
      return words
    }
    set {
      let common = box.map { $0.common.holds(newValue) ? $0.common : CommonWords(newValue) }
      box =
        newValue == Words()
        ? nil : Box(newValue.actor, newValue.note, common ?? CommonWords(newValue))
    }
  }

  package var actor: String {
    get { box?.actor ?? "" }
    set { words.actor = newValue }
  }
  package var attackID: String {
    get { box?.common.attackID ?? "" }
    set { words.attackID = newValue }
  }
  package var source: String {
    get { box?.common.source ?? "" }
    set { words.source = newValue }
  }
  package var note: String {
    get { box?.note ?? "" }
    set { words.note = newValue }
  }
  package var labels: [String] {
    get { box?.common.labels ?? [] }
    set { words.labels = newValue }
  }

  /// Takes the words of another indicator, which both then share.
  mutating func share(_ other: Indicator) { box = other.box }

  package var address: AddressBlock? {
    get {
      switch network {
      case 0: nil
      case ..<64: AddressBlock(Address(v4: UInt32(addressLow)), bits: Int(network) - 1)
      default: AddressBlock(Address(v6: addressHigh, addressLow), bits: Int(network) - 64)
      }
    }
    set {
      addressHigh = newValue?.base.high ?? 0
      addressLow = newValue?.base.low ?? 0
      network = newValue.map { UInt8($0.prefixBits + ($0.base.family == .v4 ? 1 : 64)) } ?? 0
    }
  }

  /// What else the connection has to meet.
  package var condition: Condition? {
    get {
      switch rest {
      case nil: nil
      case .name(let name): IntelText.named(name)
      case .condition(let condition): condition
      }
    }
    set {
      rest = newValue.map { condition in
        ConditionColumns.loneName(condition).map { .name($0) } ?? .condition(condition)
      }
    }
  }

  /// Looks for the name of a host alone.
  ///
  /// - Parameter name: As ``IntelText/hostName(_:)`` gives it.
  mutating func setName(_ name: String) { rest = .name(name) }

  /// Whether the name of a host is all that ``condition`` asks for.
  package var isNamed: Bool { if case .name? = rest { true } else { false } }

  /// The name of the host, where ``isNamed`` and it holds no wildcard.
  package var plainName: String? {
    guard case .name(let name)? = rest, !name.utf8.contains(UInt8(ascii: "*")) else { return nil }
    return name
  }

  package var validFrom: UTCTime? {
    get { firstMoment == .min ? nil : UTCTime(milliseconds: firstMoment) }
    set { firstMoment = newValue?.milliseconds ?? .min }
  }

  /// The first moment that is not meant any more.
  package var validUntil: UTCTime? {
    get { endMoment == .min ? nil : UTCTime(milliseconds: endMoment) }
    set { endMoment = newValue?.milliseconds ?? .min }
  }

  /// The feed's own name for the entry; "" where it has none.
  package var identity: String {
    get { ownName.text }
    set { ownName = EntryName(newValue) }
  }

  package var ports: PortQuery? {
    get {
      lowestPort == 0
        ? nil
        : PortQuery(Int(lowestPort)...Int(highestPort), transport: transport?.rawValue)
    }
    set {
      lowestPort = UInt16(newValue?.ports.lowerBound ?? 0)
      highestPort = UInt16(newValue?.ports.upperBound ?? 0)
      if let name = newValue?.transport { transport = Transport(rawValue: name) }
    }
  }

  package var portRange: ClosedRange<UInt16>? {
    lowestPort == 0 ? nil : lowestPort...highestPort
  }

  /// Whether it has to be asked of every accepted connection: what its condition needs is said of the
  /// destination, which facts then do not hold in full.
  package var meansAnyInbound: Bool {
    direction == .either && network == 0 && lowestPort == 0
      && condition?.canMeanInbound ?? false
  }

  /// Whether it asks for nothing.
  package var isEmpty: Bool { lowestPort == 0 && network == 0 && rest == nil }

  /// Whether it is meant for connections of some time: what has no time, or meets it in part, is inside.
  package func isValid(from first: UTCTime?, to last: UTCTime?) -> Bool {
    if let validFrom, let last, last < validFrom { return false }
    if let validUntil, let first, first >= validUntil { return false }
    if let validFrom, let validUntil, validUntil <= validFrom { return first == nil }
    return true
  }

  /// Whether no moment is within its validity.
  package var isNeverValid: Bool {
    guard let validFrom, let validUntil else { return false }
    return validUntil <= validFrom
  }

  /// Whether it names a group, software or campaign, and not only the port or address.
  /// An entry with the number of a technique is only on a list.
  package var isAttributed: Bool { !actor.isEmpty && !attackID.hasPrefix("T") }

  /// What is looked for: `6666/tcp`, `198.51.100.7`, `198.51.100.7 6666`, `198.51.100.7 tcp`.
  package var subject: String {
    let lone = lowestPort == 0 ? transport?.rawValue : nil
    return [address?.description, ports?.description, lone, condition?.description]
      .compactMap(\.self).joined(separator: " ")
  }

  /// Its kind, for the count of what was asked.
  package var kind: String {
    if rest != nil { return "conditions" }
    switch (network, lowestPort) {
    case (0, _): return "ports"
    case (_, 0): return "addresses"
    default: return "addresses with ports"
    }
  }
}

/// Equal where they say the same, wherever in a feed they do.
extension Indicator: Hashable {
  package static func == (a: Self, b: Self) -> Bool {
    a.lowestPort == b.lowestPort && a.highestPort == b.highestPort && a.network == b.network
      && a.addressHigh == b.addressHigh && a.addressLow == b.addressLow
      && a.transport == b.transport && a.direction == b.direction && a.isCommon == b.isCommon
      && a.confidence == b.confidence && a.firstMoment == b.firstMoment
      && a.endMoment == b.endMoment && a.rest == b.rest
      && (a.box === b.box || a.words == b.words)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(entryHash) }

  /// Cheap, because a feed may have a million entries.
  var entryHash: UInt32 {
    let hash = KeyedHash.ofProcess
    let ports = UInt64(lowestPort) << 16 | UInt64(highestPort)
    var state = hash.joined(
      hash.start, ports, UInt64(bitPattern: firstMoment))
    state = hash.joined(state, addressHigh ^ UInt64(network) << 32, addressLow)
    if rest != nil || box != nil {
      state = hash.joined(
        state, UInt64(bitPattern: Int64(rest?.hashValue ?? 0)),
        UInt64(bitPattern: Int64(box?.hash ?? 0)))
    }
    return hash.finished(state)
  }
}
