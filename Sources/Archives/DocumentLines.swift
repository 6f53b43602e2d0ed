/// Makes one line of each element of a JSON document that is written over many lines: an array, objects
/// one after the other, or a JSON text sequence (RFC 7464).
///
/// Bytes are replaced, never added or removed, so that places are those in the archive: line feeds inside
/// an element become blanks, and the separator after an element becomes its line feed. Objects without
/// any separator between them stay on one line.
struct DocumentLines {
  private enum State {
    /// Where an element may begin.
    case between
    case element
    case string
    case escape
    /// Something that is not an object or array.
    case other
  }

  private var state = State.between
  /// How many brackets of the element are open.
  private var depth = 0
  /// Whether the array whose elements are the lines is open.
  private var isArrayOpen = false
  /// Whether an element has ended whose line has not.
  private var awaitsLineFeed = false

  /// - Parameter bytes: What follows the bytes of the last call.
  mutating func rewrite(_ bytes: UnsafeMutableRawBufferPointer) {
    for at in bytes.indices {
      let byte = unsafe bytes[at]
      let replaced = rewritten(byte)
      if replaced != byte { unsafe bytes[at] = replaced }
    }
  }

  @inline(__always)
  private mutating func rewritten(_ byte: UInt8) -> UInt8 {
    switch state {
    case .string:
      switch byte {
      case UInt8(ascii: "\\"): state = .escape
      case UInt8(ascii: "\""): state = depth > 0 ? .element : .other
      case .lineFeed, .recordSeparator: return abandoned(at: byte)
      default: break
      }
      return byte
    case .element:
      switch byte {
      case UInt8(ascii: "\""): state = .string
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { (state, awaitsLineFeed) = (.between, true) }
      case .lineFeed: return .blank
      case .recordSeparator: return abandoned(at: byte)
      default: break
      }
      return byte
    case .escape:
      if byte == .lineFeed || byte == .recordSeparator { return abandoned(at: byte) }
      state = .string
      return byte
    case .between: return between(byte)
    case .other: return other(byte)
    }
  }

  private mutating func between(_ byte: UInt8) -> UInt8 {
    switch byte {
    case .blank, UInt8(ascii: "\t"), UInt8(ascii: "\r"): return byte
    case .lineFeed, UInt8(ascii: ","): return separator()
    case .recordSeparator:
      isArrayOpen = false
      return separator()
    case UInt8(ascii: "[") where !isArrayOpen:
      isArrayOpen = true
      return separator()
    case UInt8(ascii: "]") where isArrayOpen:
      isArrayOpen = false
      return separator()
    case UInt8(ascii: "{"), UInt8(ascii: "["): (state, depth) = (.element, 1)
    case UInt8(ascii: "\""): state = .string
    default: state = .other
    }
    awaitsLineFeed = false
    return byte
  }

  private mutating func other(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "{"): (state, depth) = (.element, 1)
    case UInt8(ascii: "\""): state = .string
    case .lineFeed, .recordSeparator: return abandoned(at: byte)
    case UInt8(ascii: ","): return abandoned(at: byte)
    case UInt8(ascii: "]") where isArrayOpen:
      isArrayOpen = false
      return abandoned(at: byte)
    default: break
    }
    return byte
  }

  private mutating func separator() -> UInt8 {
    defer { awaitsLineFeed = false }
    return awaitsLineFeed ? .lineFeed : .blank
  }

  /// Ends what is not a whole element, so that it is rejected and the next one is not lost with it.
  private mutating func abandoned(at byte: UInt8) -> UInt8 {
    (state, depth, awaitsLineFeed) = (.between, 0, false)
    if byte == .recordSeparator { isArrayOpen = false }
    return .lineFeed
  }
}

extension UInt8 {
  fileprivate static let blank = UInt8(ascii: " ")
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let recordSeparator: UInt8 = 0x1E

  fileprivate var isBlank: Bool {
    self == .blank || self == .lineFeed || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
  }
}

// MARK: - Telling a document from lines

extension DocumentLines {
  /// How much of a text is looked at.
  static let headBytes = 64 << 10

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Whether a text is a document over many lines, not lines that each hold a value.
  ///
  /// A document begins with a record separator, or with an object or array that is still open at the first
  /// line feed and continues as JSON after it; a truncated first line does not. An array of objects that is
  /// still open at the end of the head, without a line feed so far, is a document too.
  ///
  /// - Parameter isWhole: Whether `text` is all there is.
  /// - Returns: Nil where more of the text is needed.
  static func isDocument(_ text: UnsafeRawBufferPointer, isWhole: Bool) -> Bool? {
    let head = unsafe UnsafeRawBufferPointer(rebasing: text.prefix(headBytes))
    let undecided: Bool? = isWhole || text.count >= headBytes ? false : nil
    guard head.count >= byteOrderMark.count else { return undecided }
    func nonBlank(_ start: Int) -> Int? {
      var at = start
      while at < head.count {
        if unsafe !head[at].isBlank { return at }
        at += 1
      }
      return nil
    }
    let start = unsafe head.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    guard let first = nonBlank(start) else { return undecided }
    let opener = unsafe head[first]
    if opener == .recordSeparator { return true }
    guard opener == UInt8(ascii: "{") || opener == UInt8(ascii: "[") else { return false }
    if opener == UInt8(ascii: "[") {
      guard let second = nonBlank(first + 1) else { return undecided }
      guard unsafe [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]")].contains(head[second])
      else { return false }
    }
    var open: [UInt8] = []
    var last = opener
    var isString = false
    var at = first
    while at < head.count {
      let byte = unsafe head[at]
      at += 1
      if isString {
        if byte == .lineFeed { return false }
        if byte == UInt8(ascii: "\\") { at += 1 }
        if byte == UInt8(ascii: "\"") { isString = false }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(byte)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        _ = open.popLast()
        if open.isEmpty { return false }
      case .lineFeed:
        guard let next = nonBlank(at) else { return undecided }
        return unsafe follows(head[next], last, in: open.last ?? 0)
      default: break
      }
      if !byte.isBlank { last = byte }
    }
    // What is one line for so long is an array, or the first of many large lines.
    return opener == UInt8(ascii: "[") ? undecided.map { _ in true } : undecided
  }

  /// Whether JSON may continue with `next` after `last`, in a container that was opened with `opener`.
  private static func follows(_ next: UInt8, _ last: UInt8, in opener: UInt8) -> Bool {
    let isInObject = opener == UInt8(ascii: "{")
    switch last {
    case UInt8(ascii: "{"): return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
    case UInt8(ascii: ","):
      return isInObject ? next == UInt8(ascii: "\"") : !",:}]".utf8.contains(next)
    case UInt8(ascii: "["): return !",:}".utf8.contains(next)
    case UInt8(ascii: ":"): return !",:}]".utf8.contains(next)
    default: return ",:}]".utf8.contains(next)
    }
  }
}

extension Archive {
  /// Whether the archive holds a document over many lines, judging by its first unpacked bytes.
  var isDocument: Bool {
    var limits = ReadingLimits()
    // Large frames need not be unpacked for it.
    limits.oneShotBytes = 0
    var unpacker = Unpacker(limits: limits, hashesContent: false)
    var buffer = SliceBuffer()
    unpacker.begin(whole, of: self)
    while true {
      if let isDocument = unsafe DocumentLines.isDocument(
        buffer.contents, isWhole: unpacker.isFinished)
      {
        return isDocument
      }
      unpacker.unpack(DocumentLines.headBytes, into: &buffer)
    }
  }
}
