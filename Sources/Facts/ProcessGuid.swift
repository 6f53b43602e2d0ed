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

  /// The text behind this name, where it is no GUID.
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
    var high: UInt64 = 0
    var low: UInt64 = 0
    for at in 0..<36 {
      let byte = text[start + at]
      if at == 8 || at == 13 || at == 18 || at == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = Address.hexDigit(byte) else { return nil }
      if at < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
    }
    guard high != .max else { return nil }
    self.init(high: high, low: low)
  }

  package init?(_ text: [UInt8]) { self.init(text.span) }

  /// The same of bytes that somebody else owns.
  package init?(_ text: UnsafeRawBufferPointer) {
    unsafe self.init(Span(_unsafeElements: text.assumingMemoryBound(to: UInt8.self)))
  }
}
