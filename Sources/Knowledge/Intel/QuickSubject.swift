import Facts

/// A text that is an address or the name of a host, alone or with its port.
struct QuickSubject {
  /// Nil: the name of a host.
  private(set) var address: Address?
  /// How long the name is, which comes first.
  private(set) var nameLength = 0
  private(set) var port: UInt16?

  /// - Returns: Nil for everything else, and for what has to be looked at more closely.
  init?(_ text: Span<UInt8>) {
    if let (address, port) = IntelValue.common(text) {
      self.address = address
      self.port = port
    } else if let length = Self.nameLength(text) {
      nameLength = length
      guard length < text.count else { return }
      guard text[length] == UInt8(ascii: ":"),
        let port = Self.port(text.extracting(length + 1..<text.count))
      else { return nil }
      self.port = port
    } else {
      return nil
    }
  }

  /// The number of a port that is written as such.
  static func port(_ text: Span<UInt8>) -> UInt16? {
    guard (1...5).contains(text.count), text[0] != 0x30 else { return nil }
    var number = 0
    for index in text.indices {
      guard (0x30...0x39).contains(text[index]) else { return nil }
      number = number * 10 + Int(text[index] - 0x30)
    }
    return UInt16(exactly: number)
  }

  /// As ``IntelText/hostName(_:)``, of names in ASCII without a dot at their end.
  private static func nameLength(_ text: Span<UInt8>) -> Int? {
    var at = 0
    var labelStart = 0
    var labelCount = 0
    var hasLetter = false
    while at < text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: "."):
        guard (1...63).contains(at - labelStart) else { return nil }
        labelCount += 1
        labelStart = at + 1
        hasLetter = false
      case 0x61...0x7A, 0x41...0x5A: hasLetter = true
      case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "*"): break
      case UInt8(ascii: ":"):
        return isName(at, labelStart, labelCount, hasLetter) ? at : nil
      default: return nil
      }
      at += 1
    }
    return isName(at, labelStart, labelCount, hasLetter) ? at : nil
  }

  private static func isName(
    _ end: Int, _ labelStart: Int, _ labelCount: Int, _ hasLetter: Bool
  ) -> Bool {
    labelCount > 0 && hasLetter && end <= 253 && (1...63).contains(end - labelStart)
  }
}
