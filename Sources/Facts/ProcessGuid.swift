/// What Sysmon calls a process by, across events and reboots: sixteen bytes, or the number of a text
/// where the event holds something that is no GUID.
package struct ProcessGuid: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package static let none = ProcessGuid(high: 0, low: 0)

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// What is no GUID is kept as a text, under a `high` that no GUID in use has.
  package init(text: TextID) { self.init(high: .max, low: UInt64(text.raw)) }

  /// The text of this name, where it is not a GUID.
  package var text: TextID? {
    high == .max ? TextID(raw: UInt32(truncatingIfNeeded: low)) : nil
  }

  /// As Sysmon writes it, in braces; what is no GUID as it was written.
  package func description(_ texts: TextTable) -> String {
    if let text { return texts[text] }
    func digits(_ value: UInt64, _ from: Int, _ count: Int) -> String {
      let text = String(value, radix: 16)
      return String(
        (String(repeating: "0", count: 16 - text.utf8.count) + text)
          .dropFirst(from).prefix(count))
    }
    return "{" + digits(high, 0, 8) + "-" + digits(high, 8, 4) + "-" + digits(high, 12, 4) + "-"
      + digits(low, 0, 4) + "-" + digits(low, 4, 12) + "}"
  }

  /// Reads the 36 characters `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in braces or not, in either case.
  package init?(_ text: Span<UInt8>) {
    let start =
      text.count == 38 && text[0] == UInt8(ascii: "{") && text[37] == UInt8(ascii: "}") ? 1 : 0
    guard text.count == 36 + 2 * start else { return nil }
    for at in [8, 13, 18, 23] where text[start + at] != UInt8(ascii: "-") { return nil }
    // Eight digits each, the dashes left out.
    let words = unsafe text.withUnsafeBytes { bytes in
      func word(_ at: Int) -> UInt64 {
        unsafe UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: start + at, as: UInt64.self))
      }
      let half: UInt64 = 0xFFFF_FFFF
      return (
        word(0), word(9) & half | word(14) << 32, word(19) & half | word(24) << 32, word(28)
      )
    }
    guard let first = Self.number(words.0), let second = Self.number(words.1),
      let third = Self.number(words.2), let fourth = Self.number(words.3)
    else { return nil }
    let high = first << 32 | second
    guard high != .max else { return nil }
    self.init(high: high, low: third << 32 | fourth)
  }

  /// What eight hexadecimal digits make, the first in the lowest byte; nil where one is something else.
  private static func number(_ digits: UInt64) -> UInt64? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    guard digits & (0x80 * ones) == 0 else { return nil }
    let lower = digits | 0x20 * ones
    // The high bit of each byte says which range its character is in.
    func isAtLeast(_ limit: UInt8, _ bytes: UInt64) -> UInt64 {
      (bytes &+ UInt64(0x80 &- limit) &* ones) & (0x80 * ones)
    }
    let isDigit = isAtLeast(0x30, digits) & ~isAtLeast(0x3A, digits)
    let isLetter = isAtLeast(0x61, lower) & ~isAtLeast(0x67, lower)
    guard isDigit | isLetter == 0x80 * ones else { return nil }
    var value = digits & (0x0F * ones) &+ (isLetter >> 7) &* 9
    value = (value << 4 | value >> 8) & 0x00FF_00FF_00FF_00FF
    value = (value << 8 | value >> 16) & 0x0000_FFFF_0000_FFFF
    return (value << 16 | value >> 32) & 0xFFFF_FFFF
  }

  package init?(_ text: [UInt8]) { self.init(text.span) }

  /// The same of bytes that another object owns.
  package init?(_ text: UnsafeRawBufferPointer) {
    unsafe self.init(Span(_unsafeElements: text.assumingMemoryBound(to: UInt8.self)))
  }
}
