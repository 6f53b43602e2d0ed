/// The elements of a small XML document, as Windows and Sysmon for Linux write their events.
///
/// Checks that the document is well-formed as far as events go: tags balance, entities are known,
/// nothing follows the root. A document type is refused, so no entity can expand.
struct XMLElements {
  struct Element {
    /// The name without its namespace prefix.
    var name: String
    var attributes: [(name: String, value: [UInt8])]
    /// The text before the first child.
    var text: [UInt8]
  }

  /// In the order in which they open.
  private(set) var elements: [Element] = []

  private var bytes: [UInt8]
  private var at = 0

  /// Reads the document that `bytes` holds; nil where it is not well-formed.
  init?(_ bytes: [UInt8]) {
    self.bytes = Self.withLineFeeds(bytes)
    guard read() else { return nil }
  }

  /// Every end of a line is one line feed (XML 1.0, 2.11).
  private static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x0D) else { return bytes }
    var result: [UInt8] = []
    for (at, byte) in bytes.enumerated() {
      if byte != 0x0D {
        result.append(byte)
      } else if at + 1 == bytes.count || bytes[at + 1] != 0x0A {
        result.append(0x0A)
      }
    }
    return result
  }

  func first(_ name: String) -> Element? { elements.first { $0.name == name } }

  private mutating func read() -> Bool {
    var open: [(name: [UInt8], element: Int, hasChild: Bool)] = []
    var isDone = false
    while at < bytes.count {
      if bytes[at] != UInt8(ascii: "<") {
        guard let text = text(until: UInt8(ascii: "<"), spacing: nil) else { return false }
        if open.isEmpty {
          guard text.allSatisfy(Self.isSpace) else { return false }
        } else if !open[open.count - 1].hasChild {
          elements[open[open.count - 1].element].text += text
        }
        continue
      }
      if skip("<!--") {
        guard skipPast("-->") else { return false }
      } else if skip("<![CDATA[") {
        let start = at
        guard !open.isEmpty, skipPast("]]>") else { return false }
        if !open[open.count - 1].hasChild {
          elements[open[open.count - 1].element].text += bytes[start..<at - 3]
        }
      } else if skip("<?") {
        guard skipPast("?>") else { return false }
      } else if skip("</") {
        guard let name = name(), let last = open.popLast(), last.name == name else { return false }
        skipSpace()
        guard skip(">") else { return false }
        isDone = open.isEmpty
      } else {
        at += 1
        guard !isDone, let name = name() else { return false }
        if !open.isEmpty { open[open.count - 1].hasChild = true }
        guard let attributes = attributes() else { return false }
        elements.append(
          Element(name: Self.local(name), attributes: attributes, text: []))
        if skip("/>") {
          isDone = open.isEmpty
        } else {
          guard skip(">") else { return false }
          open.append((name, elements.count - 1, false))
        }
      }
    }
    return isDone && open.isEmpty
  }

  private mutating func attributes() -> [(name: String, value: [UInt8])]? {
    var result: [(name: String, value: [UInt8])] = []
    while true {
      let before = at
      skipSpace()
      guard at < bytes.count else { return nil }
      if bytes[at] == UInt8(ascii: ">") || bytes[at] == UInt8(ascii: "/") { return result }
      guard at > before, let name = name() else { return nil }
      skipSpace()
      guard skip("=") else { return nil }
      skipSpace()
      guard at < bytes.count else { return nil }
      let quote = bytes[at]
      guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
      at += 1
      guard let value = text(until: quote, spacing: 0x20), at < bytes.count,
        !value.contains(UInt8(ascii: "<"))
      else { return nil }
      at += 1
      let local = String(decoding: name, as: UTF8.self)
      guard !result.contains(where: { $0.name == local }) else { return nil }
      result.append((local, value))
    }
  }

  /// Text with its entities replaced, up to `end` or the end of the document.
  ///
  /// - Parameter blank: Replaces white space that is written as it is, as in attributes (XML 1.0, 3.3.3).
  private mutating func text(until end: UInt8, spacing blank: UInt8?) -> [UInt8]? {
    var result: [UInt8] = []
    while at < bytes.count, bytes[at] != end {
      if bytes[at] != UInt8(ascii: "&") {
        result.append(Self.isSpace(bytes[at]) ? blank ?? bytes[at] : bytes[at])
        at += 1
        continue
      }
      guard let semicolon = bytes[at...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
        return nil
      }
      let entity = String(decoding: bytes[at + 1..<semicolon], as: UTF8.self)
      at = semicolon + 1
      switch entity {
      case "lt": result.append(UInt8(ascii: "<"))
      case "gt": result.append(UInt8(ascii: ">"))
      case "amp": result.append(UInt8(ascii: "&"))
      case "quot": result.append(UInt8(ascii: "\""))
      case "apos": result.append(UInt8(ascii: "'"))
      default:
        guard entity.hasPrefix("#") else { return nil }
        let digits = entity.dropFirst()
        let code =
          digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        guard let code, code != 0, let scalar = Unicode.Scalar(code) else { return nil }
        result += Array(String(Character(scalar)).utf8)
      }
    }
    return result
  }

  private mutating func name() -> [UInt8]? {
    let start = at
    while at < bytes.count, !Self.endsName(bytes[at]) { at += 1 }
    return at > start ? Array(bytes[start..<at]) : nil
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - at >= count else { return false }
    for offset in 0..<count where bytes[at + offset] != (unsafe text.utf8Start[offset]) {
      return false
    }
    at += count
    return true
  }

  private mutating func skipPast(_ text: StaticString) -> Bool {
    while at < bytes.count {
      if skip(text) { return true }
      at += 1
    }
    return false
  }

  private mutating func skipSpace() {
    while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
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

  private static func local(_ name: [UInt8]) -> String {
    String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self)
  }
}
