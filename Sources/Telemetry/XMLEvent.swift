import JSON

/// Reads an event that is written as XML, as Windows and Sysmon for Linux write theirs, into a view.
///
/// Whatever comes before the first `<Event>` is passed over. The document has to be well-formed as far as it
/// goes, and may end early: shippers cut long texts. A document type is refused, so no entity can expand.
@safe struct XMLEvent {
  enum Outcome {
    case whole
    /// The text ends within the event: what was complete was read.
    case cut
    case malformed
  }

  private let document: UnsafeRawBufferPointer
  private let view: FieldView
  private let names: FieldNames
  private let level: Int
  private var at = 0
  /// The text of the element at hand, its entities replaced.
  private var text: [UInt8] = []
  private var attributes: [(name: [UInt8], value: [UInt8])] = []
  private var unnamed: [[UInt8]] = []

  /// Reads the first event of a text.
  ///
  /// - Parameter level: How many texts the event is within.
  /// - Returns: What became of it, where it ends, and its values without names in their order.
  static func read(
    _ text: UnsafeRawBufferPointer, into view: FieldView, names: FieldNames, level: Int
  ) -> (outcome: Outcome, end: Int, unnamed: [[UInt8]]) {
    guard let start = unsafe start(in: text) else { return (.malformed, text.count, []) }
    var reader = unsafe XMLEvent(
      document: .init(rebasing: text[start...]), view: view, names: names, level: level)
    let outcome = reader.read()
    return (outcome, start + reader.at, reader.unnamed)
  }

  private init(document: UnsafeRawBufferPointer, view: FieldView, names: FieldNames, level: Int) {
    unsafe self.document = document
    self.view = view
    self.names = names
    self.level = level
  }

  /// Where an `<Event>`, or what Azure, its `ParameterXml` and Promtail keep of one, begins.
  static func start(in text: UnsafeRawBufferPointer) -> Int? {
    var from = 0
    while let tag = unsafe text.firstIndex(of: UInt8(ascii: "<"), from: from) {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: text[tag...])
      for name: StaticString in ["<Event", "<DataItem", "<EventData", "<Data", "<Param"]
      where unsafe rest.starts(with: name) && rest.count > name.utf8CodeUnitCount {
        let after = unsafe rest[name.utf8CodeUnitCount]
        if after == UInt8(ascii: ">") || Self.isSpace(after) { return tag }
      }
      from = tag + 1
    }
    return nil
  }

  private mutating func read() -> Outcome {
    var open: [Element] = []
    var hasRoot = false
    while at < count {
      guard byte(at) == UInt8(ascii: "<") else {
        let isText = !open.isEmpty && !open[open.count - 1].hasChild
        guard readText(until: UInt8(ascii: "<"), keeping: isText) else { return .malformed }
        continue
      }
      if skip("<!--") {
        guard skipPast("-->") else { return .cut }
      } else if skip("<![CDATA[") {
        let start = at
        guard skipPast("]]>") else { return .cut }
        guard !open.isEmpty else { return .malformed }
        if !open[open.count - 1].hasChild { appendLines(start..<at - 3) }
      } else if skip("<?") {
        guard skipPast("?>") else { return .cut }
      } else if skip("</") {
        guard let name = name() else { return isAtEnd ? .cut : .malformed }
        guard let last = open.popLast(), last.name == slice(name) else {
          return isAtEnd ? .cut : .malformed
        }
        skipSpace()
        guard skip(">") else { return isAtEnd ? .cut : .malformed }
        if !last.hasChild { set(last) }
        text.removeAll(keepingCapacity: true)
        // Fragments have more than one root; what follows an event is another one's.
        if open.isEmpty, last.role == .event { return .whole }
      } else {
        at += 1
        guard let name = name() else { return isAtEnd ? .cut : .malformed }
        if !open.isEmpty { open[open.count - 1].hasChild = true }
        guard readAttributes() else { return isAtEnd ? .cut : .malformed }
        hasRoot = true
        let element = Element(name: slice(name), attributes)
        noteAttributes(element)
        text.removeAll(keepingCapacity: true)
        if skip("/>") {
          set(element)
        } else {
          guard skip(">") else { return isAtEnd ? .cut : .malformed }
          open.append(element)
        }
      }
    }
    return !hasRoot ? .malformed : open.isEmpty ? .whole : .cut
  }

  private var count: Int { unsafe document.count }

  private var isAtEnd: Bool { at >= count }

  private func byte(_ at: Int) -> UInt8 { unsafe document[at] }

  private func slice(_ range: Range<Int>) -> [UInt8] { unsafe Array(document[range]) }

  // MARK: - Elements

  private enum Role { case event, data, eventID, channel, computer, provider, timeCreated, other }

  private struct Element {
    let name: [UInt8]
    let role: Role
    /// The value of `Name`, of a `<Data>`.
    let dataName: [UInt8]
    var hasChild = false

    init(name: [UInt8], _ attributes: [(name: [UInt8], value: [UInt8])]) {
      self.name = name
      let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name[...]
      role =
        switch String(decoding: local, as: UTF8.self) {
        case "Event": .event
        case "Data", "Param": .data
        case "EventID": .eventID
        case "Channel": .channel
        case "Computer": .computer
        case "Provider": .provider
        case "TimeCreated": .timeCreated
        default: .other
        }
      dataName =
        role == .data ? attributes.first { $0.name.elementsEqual("Name".utf8) }?.value ?? [] : []
    }
  }

  private mutating func set(_ element: Element) {
    switch element.role {
    case .data:
      if element.dataName.isEmpty, unnamed.count < Slot.maxPositionalValues {
        unnamed.append(text)
      }
      guard !element.dataName.isEmpty,
        let slot = unsafe element.dataName.withUnsafeBytes({ unsafe names.slot(ofName: $0) })
      else { return }
      set(slot, text)
    case .eventID: set(Slot.eventID.rawValue, text)
    case .channel: set(Slot.channel.rawValue, text)
    case .computer: set(Slot.computer.rawValue, text)
    case .event, .provider, .timeCreated, .other: break
    }
  }

  private func noteAttributes(_ element: Element) {
    for (name, value) in attributes {
      switch (element.role, String(decoding: name, as: UTF8.self)) {
      case (.provider, "Name"): set(Slot.provider.rawValue, value)
      case (.provider, "Guid"): set(Slot.providerGuid.rawValue, value)
      case (.timeCreated, "SystemTime"): set(Slot.systemTime.rawValue, value)
      default: break
      }
    }
  }

  private func set(_ slot: Int, _ value: [UInt8]) {
    unsafe value.withUnsafeBytes { unsafe view.set(slot, $0, level: level) }
  }

  // MARK: - Text

  /// Reads text up to `end` or the end of the document, its entities replaced.
  ///
  /// - Parameter isAttribute: White space that is written as it is reads as a blank (XML 1.0, 3.3.3).
  private mutating func readText(
    until end: UInt8, keeping isKept: Bool, isAttribute: Bool = false
  ) -> Bool {
    while at < count, byte(at) != end {
      let start = at
      while at < count, case let byte = byte(at), byte != end,
        byte != UInt8(ascii: "&")
      {
        at += 1
      }
      if isAttribute {
        for byte in slice(start..<at) {
          text.append(Self.isSpace(byte) ? UInt8(ascii: " ") : byte)
        }
      } else if isKept {
        appendLines(start..<at)
      }
      if at < count, byte(at) == UInt8(ascii: "&") {
        guard let entity = entity() else { return isAtEnd }
        if isKept { text += entity }
      }
    }
    return true
  }

  /// Every end of a line is one line feed (XML 1.0, 2.11).
  private mutating func appendLines(_ range: Range<Int>) {
    let part = slice(range)
    guard part.contains(0x0D) else {
      text += part
      return
    }
    for index in range {
      if byte(index) != 0x0D {
        text.append(byte(index))
      } else if index + 1 == count || byte(index + 1) != 0x0A {
        text.append(0x0A)
      }
    }
  }

  private mutating func entity() -> [UInt8]? {
    let start = at + 1
    guard
      let semicolon = (start..<min(start + 12, count)).first(where: {
        byte($0) == UInt8(ascii: ";")
      })
    else {
      if count - at <= 12 { at = count }
      return nil
    }
    let entity = String(decoding: slice(start..<semicolon), as: UTF8.self)
    at = semicolon + 1
    switch entity {
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "amp": return [UInt8(ascii: "&")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default:
      guard entity.hasPrefix("#") else { return nil }
      let digits = entity.dropFirst()
      let code =
        digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
      guard let code, code != 0, let scalar = Unicode.Scalar(code) else { return nil }
      return Array(String(Character(scalar)).utf8)
    }
  }

  private mutating func readAttributes() -> Bool {
    attributes.removeAll(keepingCapacity: true)
    while true {
      let before = at
      skipSpace()
      guard at < count else { return false }
      if byte(at) == UInt8(ascii: ">") || byte(at) == UInt8(ascii: "/") { return true }
      guard at > before, let name = name() else { return false }
      skipSpace()
      guard skip("=") else { return false }
      skipSpace()
      guard at < count else { return false }
      let quote = byte(at)
      guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return false }
      at += 1
      text.removeAll(keepingCapacity: true)
      guard readText(until: quote, keeping: true, isAttribute: true), at < count else {
        return false
      }
      at += 1
      attributes.append((slice(name), text))
    }
  }

  private mutating func name() -> Range<Int>? {
    let start = at
    while at < count, !Self.endsName(byte(at)) { at += 1 }
    return at > start ? start..<at : nil
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    guard unsafe UnsafeRawBufferPointer(rebasing: document[at...]).starts(with: text) else {
      return false
    }
    at += text.utf8CodeUnitCount
    return true
  }

  private mutating func skipPast(_ text: StaticString) -> Bool {
    while at < count {
      if skip(text) { return true }
      at += 1
    }
    return false
  }

  private mutating func skipSpace() {
    while at < count, Self.isSpace(byte(at)) { at += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "="),
      UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "&"):
      true
    default: isSpace(byte)
    }
  }
}
