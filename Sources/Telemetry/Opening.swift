/// What a text begins with: where the event, or what it is wrapped in, starts.
struct Opening {
  enum Form: Equatable { case blank, json, xml, message, unknown }

  private(set) var form = Form.unknown
  private(set) var start = 0
  /// Whether nothing but blanks comes before.
  private(set) var isAtStart = true

  /// A prefix, such as a syslog header or a timestamp, is searched for up to this length.
  private static let maxPrefix = 2048

  init(_ text: UnsafeRawBufferPointer) {
    unsafe start = Self.contentStart(of: text)
    guard start < text.count else {
      if unsafe text.allSatisfy({ $0 != 0 && $0 != 0x1E }) { form = .blank }
      return
    }
    let rest = unsafe UnsafeRawBufferPointer(rebasing: text[start...])
    let first = unsafe rest[0]
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      form = .json
    } else if first == UInt8(ascii: "<"), unsafe XMLEvent.start(in: rest) == 0 {
      form = .xml
    } else if let message = unsafe MessageText.start(in: rest) {
      form = .message
      start += message
      isAtStart = message == 0
    } else {
      unsafe findAfterPrefix(in: rest)
    }
  }

  /// Where something is that is neither white space, a byte order mark, a NUL nor a record separator
  /// (RFC 7464).
  private static func contentStart(of text: UnsafeRawBufferPointer) -> Int {
    var at = 0
    while at < text.count {
      let byte = unsafe text[at]
      if byte.isBlank || byte == 0 || byte == 0x1E {
        at += 1
      } else if byte == 0xEF, at + 2 < text.count, unsafe text[at + 1] == 0xBB,
        unsafe text[at + 2] == 0xBF
      {
        at += 3
      } else {
        return at
      }
    }
    return at
  }

  private mutating func findAfterPrefix(in text: UnsafeRawBufferPointer) {
    let prefix = unsafe UnsafeRawBufferPointer(rebasing: text[..<min(text.count, Self.maxPrefix)])
    let xml = unsafe XMLEvent.start(in: prefix)
    var json = unsafe prefix.firstIndex(of: UInt8(ascii: "{"), from: 0)
    while let brace = json, !(unsafe Self.beginsObject(text, at: brace)) {
      json = unsafe prefix.firstIndex(of: UInt8(ascii: "{"), from: brace + 1)
    }
    guard let found = [xml, json].compactMap(\.self).min() else { return }
    form = found == xml ? .xml : .json
    start += found
    isAtStart = false
  }

  private static func beginsObject(_ text: UnsafeRawBufferPointer, at brace: Int) -> Bool {
    var next = brace + 1
    while next < text.count, unsafe text[next].isBlank { next += 1 }
    guard next < text.count else { return false }
    return unsafe text[next] == UInt8(ascii: "\"") || text[next] == UInt8(ascii: "}")
  }
}
