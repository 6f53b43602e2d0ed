import JSON

/// The fields of an event whose data lie in a string or an array, unpacked.
@safe struct EventValues {
  private var fields: [UnsafeRawBufferPointer?] = unsafe Array(
    repeating: nil, count: Field.allCases.count)
  private let arena = TextArena()
  private(set) var isEmpty = true
  /// The event's System part was in there as well.
  private(set) var isWholeEvent = false
  private(set) var eventID: UnsafeRawBufferPointer?
  private(set) var markers: [UnsafeRawBufferPointer] = unsafe []
  private(set) var host: UnsafeRawBufferPointer?
  private(set) var recordTime: UnsafeRawBufferPointer?

  /// The bytes of a field, there until ``clear()``.
  subscript(field: Field) -> UnsafeRawBufferPointer? { unsafe fields[field.rawValue] }

  mutating func set(_ field: Field, _ text: [UInt8]?) {
    unsafe fields[field.rawValue] = text.map { unsafe arena.keep($0) }
    isEmpty = false
  }

  /// As ``set(_:_:)``, of bytes that stay where they are until ``clear()``.
  mutating func set(_ field: Field, at bytes: UnsafeRawBufferPointer) {
    unsafe fields[field.rawValue] = bytes
    isEmpty = false
  }

  mutating func clear() {
    guard !isEmpty else { return }
    for index in unsafe fields.indices { unsafe fields[index] = nil }
    isEmpty = true
    isWholeEvent = false
    unsafe eventID = nil
    unsafe markers.removeAll(keepingCapacity: true)
    unsafe host = nil
    unsafe recordTime = nil
    arena.clear()
  }

  private static let fieldsByName = Dictionary(
    uniqueKeysWithValues: Field.allCases.map { ($0.sysmonName, $0) })

  /// `[{"#attributes":{"Name":N},"#text":V}, …]`, or `@Name` as EvtxECmd writes it.
  mutating func readNamed(_ elements: JSONValue) {
    isEmpty = false
    for element in elements.array ?? [] {
      let name = element["@Name"] ?? element["#attributes"]?["Name"] ?? element["Name"]
      guard let name = name?.text, let field = Self.fieldsByName[name] else { continue }
      set(field, (element["#text"] ?? element["Value"])?.text.map { Array($0.utf8) } ?? [])
    }
  }

  /// `<Data Name="…">…</Data>` anywhere in a document; false where it is not well-formed.
  mutating func readData(_ text: [UInt8]) -> Bool {
    guard let xml = XMLElements(Self.trimmed(text)) else { return false }
    readData(xml)
    return true
  }

  private mutating func readData(_ xml: XMLElements) {
    isEmpty = false
    for element in xml.elements where element.name == "Data" {
      guard let name = element.attributes.first(where: { $0.name == "Name" })?.value,
        let field = Self.fieldsByName[String(decoding: name, as: UTF8.self)]
      else { continue }
      set(field, element.text)
    }
  }

  /// A whole `<Event>`, whatever stands before it; false where it is not well-formed.
  mutating func readEvent(_ text: [UInt8]) -> Bool {
    let start = unsafe text.withUnsafeBytes { unsafe Self.eventStart(in: $0) }
    guard let start, let xml = XMLElements(Self.trimmed(Array(text[start...]))) else {
      return false
    }
    readData(xml)
    isWholeEvent = true
    for element in xml.elements {
      switch element.name {
      case "EventID": unsafe eventID = arena.keep(element.text)
      case "Channel": unsafe markers.append(arena.keep(element.text))
      case "Provider":
        element.attributes.first { $0.name == "Name" }.map {
          unsafe markers.append(arena.keep($0.value))
        }
      case "Computer": unsafe host = arena.keep(element.text)
      case "TimeCreated":
        unsafe recordTime = element.attributes.first { $0.name == "SystemTime" }
          .map { unsafe arena.keep($0.value) }
      default: break
      }
    }
    return true
  }

  static func eventStart(in text: UnsafeRawBufferPointer) -> Int? {
    let tag = Array("<Event".utf8)
    guard text.count > tag.count else { return nil }
    return (0..<text.count - tag.count).first { start in
      let after = unsafe text[start + tag.count]
      guard after == UInt8(ascii: ">") || after == UInt8(ascii: " ") else { return false }
      return unsafe text[start..<start + tag.count].elementsEqual(tag)
    }
  }

  /// Whether the values of such an event can be told apart by their order.
  static func hasLayout(_ eventID: String) -> Bool { ["1", "3", "13"].contains(eventID) }

  /// Sysmon's values in its own order, the names lost: found by the value that is a `UtcTime`.
  ///
  /// Source: Sysmon's manifest, schema version 5 for Event ID 3; older ones lack RuleName.
  ///
  /// - Returns: Whether there is such a value, so that these can be the event's.
  mutating func readPositional(_ elements: JSONValue, eventID: String) -> Bool {
    let texts = (elements.array ?? []).map(\.text)
    let layout: [Field?]
    switch eventID {
    case "3":
      layout = [
        .utcTime, .processGuid, nil, .image, .user, .transport, .initiated, nil, .sourceIP, nil,
        .sourcePort, nil, nil, .destinationIP, .destinationName, .destinationPort, nil,
      ]
    case "1":
      layout = [
        .utcTime, .processGuid, nil, .image, nil, nil, nil, nil, .originalFileName, .commandLine,
        nil, .user, nil, nil, nil, nil, nil, nil, nil, .parentImage,
      ]
    case "13": layout = [.utcTime, .processGuid, nil, .image, .targetObject, .details, .user]
    default: return true
    }
    isEmpty = false
    guard let start = texts.prefix(3).firstIndex(where: { Self.looksLikeUtcTime($0 ?? "") }) else {
      return false
    }
    for (field, text) in zip(layout, texts[start...]) {
      if let field, let text { set(field, Array(text.utf8)) }
    }
    return true
  }

  private static func looksLikeUtcTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count >= 19 && bytes[4] == UInt8(ascii: "-") && bytes[13] == UInt8(ascii: ":")
  }

  private static func trimmed(_ text: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = text.firstIndex(where: { !isSpace($0) }),
      let last = text.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return Array(text[first...last])
  }
}
