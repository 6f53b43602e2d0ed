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
  package var address: AddressBlock?
  /// What else the connection has to meet.
  package var condition: Condition?
  package var validFrom: UTCTime?
  /// The first moment that is not meant any more.
  package var validUntil: UTCTime?
  /// The feed's own name for the entry; "" where it has none.
  package var identity = ""
  /// Where the feed says it; 0: not in a line.
  package var line: Int32 = 0
  private var box: Box?

  /// Entries of a feed have at most their actor and note for themselves.
  private final class Box: Sendable {
    let actor: String
    let note: String
    let common: CommonWords
    let hash: Int

    init(_ actor: String, _ note: String, _ common: CommonWords) {
      self.actor = actor
      self.note = note
      self.common = common
      var hasher = Hasher()
      hasher.combine(common.hash)
      hasher.combine(actor)
      hasher.combine(note)
      hash = hasher.finalize()
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
    direction == .either && address == nil && lowestPort == 0
      && condition?.canMeanInbound ?? false
  }

  /// Whether it asks for nothing.
  package var isEmpty: Bool { lowestPort == 0 && address == nil && condition == nil }

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
    if condition != nil { return "conditions" }
    switch (address, lowestPort) {
    case (nil, _): return "ports"
    case (_?, 0): return "addresses"
    case (_?, _): return "addresses with ports"
    }
  }
}

/// Equal where they say the same, wherever in a feed they do.
extension Indicator: Hashable {
  package static func == (a: Self, b: Self) -> Bool {
    a.lowestPort == b.lowestPort && a.highestPort == b.highestPort && a.address == b.address
      && a.transport == b.transport && a.direction == b.direction && a.isCommon == b.isCommon
      && a.confidence == b.confidence && a.validFrom == b.validFrom
      && a.validUntil == b.validUntil && a.condition == b.condition
      && (a.box === b.box || a.words == b.words)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(entryHash) }

  /// Cheap, because a feed may have a million entries.
  var entryHash: UInt32 {
    let hash = KeyedHash.ofProcess
    let ports = UInt64(lowestPort) << 16 | UInt64(highestPort)
    var state = hash.joined(
      hash.start, ports, UInt64(bitPattern: validFrom?.milliseconds ?? 0))
    if let address {
      let bits = UInt64(address.prefixBits) << 32
      state = hash.joined(state, address.base.high ^ bits, address.base.low)
    }
    if condition != nil || box != nil {
      state = hash.joined(
        state, UInt64(bitPattern: Int64(condition?.hashValue ?? 0)),
        UInt64(bitPattern: Int64(box?.hash ?? 0)))
    }
    return hash.finished(state)
  }
}
