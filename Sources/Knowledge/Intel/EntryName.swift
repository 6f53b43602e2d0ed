import Facts

/// The own name of an entry of a feed, which is told as it was.
///
/// Most are UUIDs, alone or after the type that STIX puts before them: a feed has a million of them, which are
/// kept as numbers.
struct EntryName: Hashable, Sendable {
  private enum Form: Hashable {
    case text(String)
    case uuid(UInt64, UInt64)
    case indicator(UInt64, UInt64)
  }

  private static let prefix = Array("indicator--".utf8)

  private var form: Form

  init(_ text: String) {
    var text = text
    let found = text.withUTF8 { bytes in Self.number(unsafe Span(_unsafeElements: bytes)) }
    form = found ?? .text(text)
  }

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    form =
      Self.number(bytes.span.extracting(range))
      ?? .text(String(decoding: bytes[range], as: UTF8.self))
  }

  var text: String {
    switch form {
    case .text(let text): text
    case .uuid(let high, let low): Self.written(high, low, after: [])
    case .indicator(let high, let low): Self.written(high, low, after: Self.prefix)
    }
  }

  /// Cheap, because a feed may have a million of them.
  var hash: UInt32 {
    let hash = KeyedHash.ofProcess
    switch form {
    case .text(let text):
      return hash.finished(hash.joined(hash.start, UInt64(bitPattern: Int64(text.hashValue)), 0))
    case .uuid(let high, let low), .indicator(let high, let low):
      return hash.finished(hash.joined(hash.start, high, low))
    }
  }

  /// A UUID in lower case (RFC 9562), of which nothing else is written in the same way.
  private static func number(_ text: Span<UInt8>) -> Form? {
    let start = text.count - 36
    guard start == 0 || start == prefix.count else { return nil }
    for at in 0..<start where text[at] != prefix[at] { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var isValid = true
    for at in 0..<36 {
      let byte = text[start + at]
      if at == 8 || at == 13 || at == 18 || at == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      // Without a branch, as nobody can foretell the digits.
      isValid = isValid && (byte &- 0x30 < 10) != (byte &- 0x61 < 6)
      let digit = byte & 15 &+ (byte >> 6) &* 9
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(digit)
    }
    guard isValid else { return nil }
    return start == 0 ? .uuid(high, low) : .indicator(high, low)
  }

  private static func written(_ high: UInt64, _ low: UInt64, after prefix: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var bytes = prefix
    for at in 0..<32 {
      if at == 8 || at == 12 || at == 16 || at == 20 { bytes.append(UInt8(ascii: "-")) }
      let word = at < 16 ? high : low
      bytes.append(digits[Int(truncatingIfNeeded: word >> UInt64(60 - at % 16 * 4)) & 15])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
