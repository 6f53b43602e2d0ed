import Facts

/// What the elements of a MISP export or a STIX bundle have in common, so that it is made out once.
///
/// As ``EntryTemplates`` does for records: the first element that says something is read with all care; where
/// another one differs in its address, port, name and time alone, these are put in the place of the first one's.
struct ElementTemplates {
  private struct Slot {
    var key: [UInt8] = []
    var indicator: Indicator?
    /// Whether the name of a STIX indicator is that of its actor.
    var takesName = false
  }

  /// What is the element's own.
  private struct Own {
    var address: Address?
    var port: UInt16?
    var identity: String?
    var name: String?
    var from: UTCTime?
  }

  private var slots = [Slot](repeating: Slot(), count: 256)
  private var key: [UInt8] = []
  private var own = Own()

  /// The element as an indicator, where one that differs in its own values alone was read before.
  ///
  /// - Parameter list: Elements of different lists have nothing in common.
  mutating func indicator(
    _ members: QuickObject, of list: ListScanner.List, in bytes: [UInt8]
  ) -> Indicator? {
    guard let slot = slot(of: members, list, bytes), slots[slot].key == key,
      var indicator = slots[slot].indicator
    else { return nil }
    return put(into: &indicator, slots[slot].takesName) ? indicator : nil
  }

  /// Keeps what came of an element that ``indicator(_:of:in:)`` did not know.
  mutating func keep(
    _ indicator: Indicator, of members: QuickObject, _ list: ListScanner.List, in bytes: [UInt8]
  ) {
    guard let slot = slot(of: members, list, bytes) else { return }
    let takesName = own.name != nil && own.name == indicator.actor
    var made = indicator
    // Only where all care comes to the same.
    guard own.name == nil || takesName, put(into: &made, takesName), made == indicator,
      made.identity == indicator.identity
    else { return }
    slots[slot] = Slot(key: key, indicator: indicator, takesName: takesName)
  }

  private func put(into indicator: inout Indicator, _ takesName: Bool) -> Bool {
    guard let address = own.address, indicator.address != nil,
      (own.port == nil) == (indicator.ports == nil), let identity = own.identity
    else { return false }
    indicator.address = AddressBlock(address, bits: address.family == .v4 ? 32 : 128)
    if let port = own.port { indicator.ports = PortQuery(Int(port)...Int(port)) }
    indicator.identity = identity
    if let from = own.from { indicator.validFrom = from }
    if takesName, let name = own.name, name != indicator.actor { indicator.actor = name }
    return true
  }

  // MARK: What elements have in common

  private mutating func slot(
    of members: QuickObject, _ list: ListScanner.List, _ bytes: [UInt8]
  ) -> Int? {
    key.removeAll(keepingCapacity: true)
    own = Own()
    append(list.number)
    for (name, value) in members.members {
      append(name)
      guard take(members.names[name].text, value, bytes, list) else { return nil }
    }
    guard own.address != nil else { return nil }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
  }

  private mutating func append(_ number: Int) {
    for shift in [0, 8, 16, 24] { key.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// - Returns: False where the element has to be read with all care.
  private mutating func take(
    _ name: String, _ value: Range<Int>, _ bytes: [UInt8], _ list: ListScanner.List
  ) -> Bool {
    let isText =
      bytes[value.lowerBound] == UInt8(ascii: "\"")
      && !bytes[value].contains(UInt8(ascii: "\\"))
    let inner = value.lowerBound + 1..<max(value.lowerBound + 1, value.upperBound - 1)
    switch (name, list.isOfStix) {
    case ("value", false):
      guard isText, let (address, port) = IntelValue.common(bytes.span.extracting(inner)) else {
        return false
      }
      (own.address, own.port) = (address, port)
    case ("uuid", false), ("id", true):
      guard isText else { return false }
      own.identity = String(decoding: bytes[inner], as: UTF8.self)
    case ("name", true):
      guard isText else { return false }
      own.name = String(decoding: bytes[inner], as: UTF8.self)
    case ("valid_from", true):
      guard isText, let time = IntelText.time(bytes.span.extracting(inner)) else { return false }
      own.from = time
    case ("pattern", true): return isText && takePattern(bytes, inner)
    default:
      append(value.count)
      key.append(contentsOf: bytes[value])
    }
    return true
  }

  /// A pattern in common is one without its address in quotes and its number.
  private mutating func takePattern(_ bytes: [UInt8], _ pattern: Range<Int>) -> Bool {
    let quote = UInt8(ascii: "'")
    var at = pattern.lowerBound
    while at < pattern.upperBound {
      if bytes[at] == quote {
        guard let end = bytes[at + 1..<pattern.upperBound].firstIndex(of: quote) else {
          return false
        }
        if let address = Address(bytes.span.extracting(at + 1..<end)) {
          guard own.address == nil else { return false }
          own.address = address
          key.append(address.family == .v4 ? 4 : 6)
        } else {
          key.append(contentsOf: bytes[at...end])
        }
        at = end + 1
      } else if bytes[at].isASCIIDigit, at > pattern.lowerBound, bytes[at - 1] == 0x20 {
        var end = at
        var number = 0
        while end < pattern.upperBound, bytes[end].isASCIIDigit, end - at < 6 {
          number = number * 10 + Int(bytes[end] - 0x30)
          end += 1
        }
        let isEnd =
          end < pattern.upperBound && (bytes[end] == 0x20 || bytes[end] == UInt8(ascii: "]"))
        guard own.port == nil, isEnd, bytes[at] != 0x30, let port = UInt16(exactly: number) else {
          return false
        }
        own.port = port
        key.append(1)
        at = end
      } else {
        key.append(bytes[at])
        at += 1
      }
    }
    return true
  }
}

extension UInt8 {
  fileprivate var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}
