import Facts

/// A value of an entry, as it is written.
struct EntryCell {
  var column: IntelColumn?
  /// Tells names apart.
  var name: Int
  var range: Range<Int>
}

/// What entries have in common, so that it is made out once.
///
/// Of a million entries of a feed nearly all say the same but for the address and its port, the time and their
/// own name. The first one that says something is read with all care; where another one differs in these
/// alone, the care would come to the same, and they are put in the place of the first one's.
struct EntryTemplates {
  private struct Slot {
    var key: [UInt8] = []
    var indicator: Indicator?
  }

  private var slots = [Slot](repeating: Slot(), count: 1_024)
  private var key: [UInt8] = []
  private var own = Own()

  /// Where in an entry its own values are.
  private struct Own {
    var value: Range<Int>?
    var address: Range<Int>?
    var port: Range<Int>?
    var from: Range<Int>?
    var until: Range<Int>?
    var identity: Range<Int>?

    /// - Returns: False where the value is not one of these, or is there twice.
    mutating func take(_ range: Range<Int>, of column: IntelColumn) -> Bool? {
      let path: WritableKeyPath<Own, Range<Int>?>
      switch column {
      case .value: path = \.value
      case .address: path = \.address
      case .port: path = \.port
      case .validFrom: path = \.from
      case .validUntil: path = \.until
      case .identity: path = \.identity
      default: return nil
      }
      guard self[keyPath: path] == nil else { return false }
      self[keyPath: path] = range
      return true
    }
  }

  /// Whether entries differ in values of this column.
  static func isOwn(_ column: IntelColumn?) -> Bool {
    switch column {
    case .value, .address, .port, .validFrom, .validUntil, .identity: true
    default: false
    }
  }

  /// The entry as an indicator, where one that differs only in its own values was read before.
  mutating func indicator(_ cells: [EntryCell], in bytes: [UInt8]) -> Indicator? {
    guard let slot = slot(of: cells, in: bytes), slots[slot].key == key,
      var indicator = slots[slot].indicator
    else { return nil }
    return put(bytes, into: &indicator) ? indicator : nil
  }

  /// Keeps what came of an entry that ``indicator(_:in:)`` did not know.
  mutating func keep(_ indicator: Indicator, of cells: [EntryCell], in bytes: [UInt8]) {
    guard let slot = slot(of: cells, in: bytes) else { return }
    var own = indicator
    // Only where all care comes to the same.
    guard put(bytes, into: &own), own == indicator, own.identity == indicator.identity else {
      return
    }
    slots[slot] = Slot(key: key, indicator: indicator)
  }

  /// Where a template is kept; nil for what has to be read with all care.
  private mutating func slot(of cells: [EntryCell], in bytes: [UInt8]) -> Int? {
    key.removeAll(keepingCapacity: true)
    own = Own()
    var hasURL = false
    var hasHost = false
    var hasOther = false
    for cell in cells where !cell.range.isEmpty && cell.column != .description {
      if let column = cell.column {
        if let isTaken = own.take(cell.range, of: column) {
          guard isTaken else { return nil }
          // That it is there at all is the same.
          append(cell.name)
          continue
        }
        if column == .url {
          // Only a host or an address of the entry is compared with it.
          hasURL = true
          append(cell.name)
          continue
        }
        if column == .host { hasHost = true }
      } else {
        hasOther = true
      }
      append(cell.name)
      append(cell.range.count)
      key.append(contentsOf: bytes[cell.range])
    }
    // What else is said may be compared with a host, or with an address or port of its own column.
    let isAlone =
      own.value != nil
      ? own.address == nil && own.port == nil && !(hasURL && hasHost)
      : own.address != nil && !hasURL && !hasHost && !hasOther
    guard isAlone else { return nil }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
  }

  private mutating func append(_ number: Int) {
    for shift in [0, 8, 16, 24] { key.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private func put(_ bytes: [UInt8], into indicator: inout Indicator) -> Bool {
    let span = bytes.span
    if let value = own.value {
      guard let (address, port) = IntelValue.common(span.extracting(value)) else { return false }
      indicator.take(address, port)
    } else if let range = own.address {
      guard let address = Address(span.extracting(range)) else { return false }
      var port: UInt16?
      if let range = own.port {
        guard let number = Self.port(span.extracting(range)) else { return false }
        port = number
      }
      indicator.take(address, port)
    }
    if let range = own.from {
      guard let time = IntelText.time(span.extracting(range)) else { return false }
      indicator.validFrom = time
    }
    if let range = own.until {
      guard let time = IntelText.time(span.extracting(range)) else { return false }
      indicator.validUntil = time
    }
    if let range = own.identity {
      let text = String(decoding: bytes[range], as: UTF8.self)
      let isPlain = text.utf8.allSatisfy {
        $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"")
      }
      guard isPlain, text.trimmed == text else { return false }
      indicator.identity = text
    }
    return true
  }

  private static func port(_ text: Span<UInt8>) -> UInt16? {
    guard (1...5).contains(text.count), text[0] != 0x30 else { return nil }
    var number = 0
    for index in text.indices {
      guard (0x30...0x39).contains(text[index]) else { return nil }
      number = number * 10 + Int(text[index] - 0x30)
    }
    return UInt16(exactly: number)
  }
}

extension Indicator {
  fileprivate mutating func take(_ address: Address, _ port: UInt16?) {
    self.address = AddressBlock(address, bits: address.family == .v4 ? 32 : 128)
    ports = port.map { PortQuery(Int($0)...Int($0)) } ?? nil
  }
}
