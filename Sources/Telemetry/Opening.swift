/// What a text begins with: where the event, or what it is wrapped in, starts.
struct Opening {
  enum Form: Equatable {
    case blank, json, xml, message, unknown
    /// A JSON string, with an event within it.
    case string
    /// CEF or LEEF.
    case securityEvent
    /// See ``NamedValues``.
    case namedValues
  }

  private(set) var form = Form.unknown
  private(set) var start = 0
  /// Whether nothing but blanks comes before.
  private(set) var isAtStart = true

  /// A prefix, such as a syslog header or a timestamp, is searched for up to this length.
  private static let maxPrefix = 2048

  /// - Parameter isPart: Whether it is a text within a line, in which a brace may open something else than JSON.
  init(_ text: UnsafeRawBufferPointer, isPart: Bool = false) {
    unsafe start = Self.contentStart(of: text)
    guard start < text.count else {
      if unsafe text.allSatisfy({ $0 != 0 && $0 != 0x1E }) { form = .blank }
      return
    }
    let rest = unsafe UnsafeRawBufferPointer(rebasing: text[start...])
    let first = unsafe rest[0]
    if isPart, first == UInt8(ascii: "{"),
      unsafe !Self.beginsObject(rest, at: 0) && NamedValues.isOne(rest)
    {
      form = .namedValues
    } else if unsafe first == UInt8(ascii: "{") || Self.beginsArray(rest) {
      form = .json
    } else if unsafe first == UInt8(ascii: "\"") && Self.isString(rest) {
      form = .string
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
    var json = unsafe prefix.firstIndex(of: UInt8(ascii: "{"), from: 0)
    while let brace = json, !(unsafe Self.beginsObject(text, at: brace)) {
      json = unsafe prefix.firstIndex(of: UInt8(ascii: "{"), from: brace + 1)
    }
    let candidates: [(form: Form, start: Int?)] = unsafe [
      (.xml, XMLEvent.start(in: prefix)), (.json, json),
      (.message, MessageText.startAfterPrefix(in: prefix)),
      (.securityEvent, SecurityEventFormat.start(in: prefix)),
    ]
    let found = candidates.compactMap { form, start in start.map { (form: form, start: $0) } }
    guard let first = found.min(by: { $0.start < $1.start }) else {
      if unsafe NamedValues.isOne(text) { form = .namedValues }
      return
    }
    if unsafe first.form == .message && NamedValues.isOne(.init(rebasing: text[..<first.start])) {
      form = .namedValues
      return
    }
    form = first.form
    start += first.start
    isAtStart = false
  }

  private static func beginsObject(_ text: UnsafeRawBufferPointer, at brace: Int) -> Bool {
    guard let next = unsafe text[(brace + 1)...].first(where: { !$0.isBlank }) else { return false }
    return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
  }

  /// Whether an array of what may be events begins here, and not a timestamp or a word in brackets.
  private static func beginsArray(_ text: UnsafeRawBufferPointer) -> Bool {
    guard unsafe text.first == UInt8(ascii: "["),
      let next = unsafe text.dropFirst().first(where: { !$0.isBlank })
    else { return false }
    return [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "]")]
      .contains(next)
  }

  /// Whether the text is one JSON string.
  private static func isString(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let last = unsafe text.lastIndex(where: { !$0.isBlank }), last > 0,
      unsafe text[last] == UInt8(ascii: "\"")
    else { return false }
    var at = 1
    while at < last {
      switch unsafe text[at] {
      case UInt8(ascii: "\""): return false
      case UInt8(ascii: "\\"): at += 2
      default: at += 1
      }
    }
    return at == last
  }
}
