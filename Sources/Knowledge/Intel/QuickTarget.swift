import Facts

/// What nearly all entries look for by values of their own: an address or the name of a host, and perhaps a port.
struct QuickTarget {
  private(set) var address: Address?
  /// Where the name of a host is written.
  private(set) var host: Range<Int>?
  private(set) var port: UInt16?

  var isEmpty: Bool { address == nil && host == nil }

  /// - Returns: False where it has one already, or the text is something else.
  mutating func takeSubject(_ bytes: [UInt8], _ text: Range<Int>) -> Bool {
    guard isEmpty, let subject = QuickSubject(bytes.span.extracting(text)),
      port == nil || subject.port == nil
    else { return false }
    address = subject.address
    port = port ?? subject.port
    if subject.address == nil { host = text.lowerBound..<text.lowerBound + subject.nameLength }
    return true
  }

  /// - Returns: False where it has one already, or the text is something else.
  mutating func takePort(_ bytes: [UInt8], _ text: Range<Int>) -> Bool {
    guard port == nil, let number = QuickSubject.port(bytes.span.extracting(text)), number > 0
    else { return false }
    port = number
    return true
  }

  /// Takes what a STIX pattern looks for.
  ///
  /// - Parameter rest: Is given the pattern without its address or host in quotes and its number, which is what it
  ///   has in common with others.
  /// - Returns: False where the pattern looks for several, or has to be read with all care.
  mutating func takePattern(
    _ bytes: [UInt8], _ pattern: Range<Int>, rest: inout TemplateKey
  ) -> Bool {
    let quote = UInt8(ascii: "'")
    var at = pattern.lowerBound
    while at < pattern.upperBound {
      if bytes[at] == quote {
        guard let end = bytes[at + 1..<pattern.upperBound].firstIndex(of: quote) else {
          return false
        }
        if let address = Address(bytes.span.extracting(at + 1..<end)) {
          guard self.address == nil else { return false }
          self.address = address
          rest.append(UInt8(address.family == .v4 ? 4 : 6))
        } else if let host = QuickSubject(bytes.span.extracting(at + 1..<end)),
          host.nameLength == end - at - 1, !bytes[at..<end].contains(UInt8(ascii: "*"))
        {
          // An asterisk is itself here, and a wildcard elsewhere.
          guard self.host == nil else { return false }
          self.host = at + 1..<end
          rest.append(UInt8(1))
        } else {
          rest.append(at..<end + 1, of: bytes)
        }
        at = end + 1
      } else if bytes[at].isASCIIDigit, at > pattern.lowerBound, bytes[at - 1] == 0x20 {
        let end = bytes[at..<pattern.upperBound].firstIndex { !$0.isASCIIDigit }
        guard let end, bytes[end] == 0x20 || bytes[end] == UInt8(ascii: "]"),
          takePort(bytes, at..<end)
        else { return false }
        rest.append(UInt8(1))
        at = end
      } else {
        rest.append(bytes[at])
        at += 1
      }
    }
    return true
  }

  /// Whether another entry looks for something of the same kind.
  func fits(_ indicator: Indicator) -> Bool {
    (port == nil) == (indicator.portRange == nil) && (address == nil) == (indicator.address == nil)
      && (host != nil) == indicator.isNamed
  }

  /// Puts it in the place of what another entry looks for, or that looks for nothing yet.
  func put(into indicator: inout Indicator, from bytes: [UInt8]) {
    if let address {
      indicator.address = AddressBlock(address, bits: address.family == .v4 ? 32 : 128)
    }
    if let host { indicator.setName(Self.lowercased(bytes, host)) }
    if let port { indicator.ports = PortQuery(Int(port)...Int(port)) }
  }

  private static func lowercased(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    unsafe String(unsafeUninitializedCapacity: range.count) { text in
      for (index, byte) in bytes[range].enumerated() {
        unsafe text[index] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      }
      return range.count
    }
  }
}

extension UInt8 {
  fileprivate var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}
