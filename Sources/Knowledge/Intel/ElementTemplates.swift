import Facts

/// What the elements of a MISP export or a STIX bundle have in common, so that it is made out once.
///
/// As ``EntryTemplates`` does for records: the first element that says something is read with all care; where
/// another one differs in its address or host, port, name and time alone, these are put in the place of the first one's.
struct ElementTemplates {
  private struct Template {
    var indicator: Indicator
    /// Whether the name of a STIX indicator is that of its actor.
    var takesName: Bool
  }

  /// What others say of an element.
  struct Beside {
    /// Its own name, where that is known already.
    var id: EntryName?
    /// What it indicates, as numbers.
    var targets: [Int32] = []
    /// Whether these have the name of the actor, and not the element.
    var nameActor = false
  }

  /// What is the element's own.
  private struct Own {
    var address: Address?
    var host: Range<Int>?
    var port: UInt16?
    var identity: EntryName?
    var name: Range<Int>?
    var from: UTCTime?
  }

  private var store = TemplateStore<Template>()
  private var key = TemplateKey()
  /// By the name of their actor, the first ones that all else is said of alike: they share their words.
  private var known: [String: (key: TemplateKey, indicator: Indicator)] = [:]
  private var own = Own()

  /// The element as an indicator, where one that differs in its own values alone was read before.
  ///
  /// - Parameter list: Elements of different lists have nothing in common.
  mutating func indicator(
    _ members: QuickObject, of list: ListScanner.List, _ beside: Beside, in bytes: [UInt8]
  ) -> Indicator? {
    guard makeKey(of: members, list, beside, bytes), var template = store[key] else { return nil }
    return put(bytes, into: &template.indicator, template.takesName) ? template.indicator : nil
  }

  /// Keeps what came of an element that ``indicator(_:of:_:in:)`` did not know.
  mutating func keep(
    _ indicator: Indicator, of members: QuickObject, _ list: ListScanner.List, _ beside: Beside,
    in bytes: [UInt8]
  ) {
    guard makeKey(of: members, list, beside, bytes) else { return }
    let takesName = own.name != nil && !beside.nameActor
    var made = indicator
    // Only where all care comes to the same.
    guard put(bytes, into: &made, takesName), made == indicator, made.ownName == indicator.ownName
    else { return }
    store.keep(Template(indicator: indicator, takesName: takesName), under: key)
  }

  private mutating func put(_ bytes: [UInt8], into indicator: inout Indicator, _ takesName: Bool)
    -> Bool
  {
    guard (own.port == nil) == (indicator.portRange == nil), let identity = own.identity,
      (own.address == nil) == (indicator.address == nil), (own.host != nil) == indicator.isNamed
    else { return false }
    if let address = own.address {
      indicator.address = AddressBlock(address, bits: address.family == .v4 ? 32 : 128)
    }
    if let host = own.host { indicator.setName(Self.lowercased(bytes, host)) }
    if let port = own.port { indicator.ports = PortQuery(Int(port)...Int(port)) }
    indicator.ownName = identity
    if let from = own.from { indicator.validFrom = from }
    if takesName, let range = own.name {
      let name = String(decoding: bytes[range], as: UTF8.self)
      if name != indicator.actor { setActor(name, of: &indicator) }
    }
    return true
  }

  private mutating func setActor(_ name: String, of indicator: inout Indicator) {
    if let other = known[name], other.key == key {
      indicator.share(other.indicator)
      return
    }
    indicator.actor = name
    // Where each has a name of its own, keeping them costs more than it saves.
    if known.count < 4_096 { known[name] = (key, indicator) }
  }

  private static func lowercased(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    unsafe String(unsafeUninitializedCapacity: range.count) { text in
      for (index, byte) in bytes[range].enumerated() {
        unsafe text[index] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      }
      return range.count
    }
  }

  // MARK: What elements have in common

  /// - Returns: False where the element has to be read with all care.
  private mutating func makeKey(
    of members: QuickObject, _ list: ListScanner.List, _ beside: Beside, _ bytes: [UInt8]
  ) -> Bool {
    key.removeAll()
    own = Own()
    own.identity = beside.id
    key.append(list.number)
    key.append(beside.targets.count)
    for target in beside.targets { key.append(Int(target)) }
    for (name, value) in members.members {
      key.append(name)
      guard take(members.names[name].member, value, bytes, list) else { return false }
    }
    guard own.address != nil || own.host != nil else { return false }
    return true
  }

  /// - Returns: False where the element has to be read with all care.
  private mutating func take(
    _ name: QuickObject.Member, _ value: Range<Int>, _ bytes: [UInt8], _ list: ListScanner.List
  ) -> Bool {
    let isText =
      bytes[value.lowerBound] == UInt8(ascii: "\"")
      && !bytes[value].contains(UInt8(ascii: "\\"))
    let inner = value.lowerBound + 1..<max(value.lowerBound + 1, value.upperBound - 1)
    switch (name, list.isOfStix) {
    case (.value, false):
      guard isText, let subject = QuickSubject(bytes.span.extracting(inner)) else { return false }
      own.address = subject.address
      own.port = subject.port
      if subject.address == nil {
        own.host = inner.lowerBound..<inner.lowerBound + subject.nameLength
      }
    // A warning is remarked on for each.
    case (.warnings, _): return false
    case (.id, true): break
    case (.uuid, false):
      guard isText else { return false }
      own.identity = EntryName(bytes, inner)
    case (.name, true):
      guard isText else { return false }
      own.name = inner
    case (.validFrom, true):
      guard isText, let time = IntelText.time(bytes.span.extracting(inner)) else { return false }
      own.from = time
    case (.pattern, true): return isText && takePattern(bytes, inner)
    default:
      key.append(value.count)
      key.append(value, of: bytes)
    }
    return true
  }

  /// A pattern in common is one without its address or host in quotes and its number.
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
          key.append(UInt8(address.family == .v4 ? 4 : 6))
        } else if let host = QuickSubject(bytes.span.extracting(at + 1..<end)),
          host.nameLength == end - at - 1, !bytes[at..<end].contains(UInt8(ascii: "*"))
        {
          // An asterisk is itself here, and a wildcard elsewhere.
          guard own.host == nil else { return false }
          own.host = at + 1..<end
          key.append(UInt8(1))
        } else {
          key.append(at..<end + 1, of: bytes)
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
        key.append(UInt8(1))
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
