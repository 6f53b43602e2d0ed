/// An IPv4 or IPv6 address, whichever way it was written.
package struct Address: Hashable, Sendable {
  package enum Family: UInt8, Sendable {
    case v4, v6
  }

  package let family: Family
  /// The 128 bits; an IPv4 address fills the lowest 32.
  package let high: UInt64
  package let low: UInt64

  package init(v4: UInt32) {
    family = .v4
    high = 0
    low = UInt64(v4)
  }

  package init(v6 high: UInt64, _ low: UInt64) {
    family = .v6
    self.high = high
    self.low = low
  }

  /// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2), or the address itself.
  package var unmapped: Address {
    family == .v6 && high == 0 && low >> 32 == 0xFFFF
      ? Address(v4: UInt32(truncatingIfNeeded: low)) : self
  }
}

extension Address: Comparable {
  /// IPv4 before IPv6, then by number.
  package static func < (a: Address, b: Address) -> Bool {
    (a.family.rawValue, a.high, a.low) < (b.family.rawValue, b.high, b.low)
  }
}

// MARK: - Reading

extension Address {
  /// Reads dotted decimal (four numbers without leading zeros) or IPv6 text (RFC 4291, 2.2).
  ///
  /// A zone such as `%eth0` is not part of an address: such a text is refused.
  package init?(_ text: Span<UInt8>) {
    if let v4 = Self.v4(text, 0, text.count) {
      self.init(v4: v4)
    } else if let (high, low) = Self.v6(text) {
      self.init(v6: high, low)
    } else {
      return nil
    }
  }

  package init?(_ text: [UInt8]) { self.init(text.span) }

  /// The same of bytes that another object owns.
  package init?(_ text: UnsafeRawBufferPointer) {
    unsafe self.init(Span(_unsafeElements: text.assumingMemoryBound(to: UInt8.self)))
  }

  package init?(_ text: String) {
    var text = text
    guard let address = text.withUTF8({ unsafe Address(Span(_unsafeElements: $0)) }) else {
      return nil
    }
    self = address
  }

  private static func v4(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32? {
    guard (7...15).contains(end - start) else { return nil }
    var value: UInt32 = 0
    var at = start
    for part in 0..<4 {
      if part > 0 {
        guard at < end, text[at] == UInt8(ascii: ".") else { return nil }
        at += 1
      }
      let first = at
      var number: UInt32 = 0
      while at < end, at - first < 3 {
        let digit = text[at] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        number = number * 10 + UInt32(digit)
        at += 1
      }
      guard at > first, number < 256, at - first == 1 || text[first] != UInt8(ascii: "0") else {
        return nil
      }
      value = value << 8 | number
    }
    return at == end ? value : nil
  }

  private static func v6(_ text: Span<UInt8>) -> (UInt64, UInt64)? {
    guard (2...45).contains(text.count) else { return nil }
    var words: InlineArray<8, UInt64> = .init(repeating: 0)
    var count = 0
    var gap: Int?
    var at = 0
    let colon = UInt8(ascii: ":")
    if text[0] == colon {
      guard text[1] == colon else { return nil }
      gap = 0
      at = 2
    }
    while at < text.count {
      guard count < 8 else { return nil }
      let start = at
      var word: UInt64 = 0
      while at < text.count, let digit = hexDigit(text[at]) {
        guard at - start < 4 else { return nil }
        word = word << 4 | digit
        at += 1
      }
      if at < text.count, text[at] == UInt8(ascii: ".") {
        guard count <= 6, let tail = v4(text, start, text.count) else { return nil }
        words[count] = UInt64(tail >> 16)
        words[count + 1] = UInt64(tail & 0xFFFF)
        count += 2
        at = text.count
        break
      }
      guard at > start else { return nil }
      words[count] = word
      count += 1
      guard at < text.count else { break }
      guard text[at] == colon else { return nil }
      at += 1
      guard at < text.count else { return nil }
      if text[at] == colon {
        guard gap == nil else { return nil }
        gap = count
        at += 1
      }
    }
    if let gap {
      guard count < 8 else { return nil }
      let moved = count - gap
      for back in 0..<moved {
        words[7 - back] = words[count - 1 - back]
        if 7 - back != count - 1 - back { words[count - 1 - back] = 0 }
      }
    } else if count != 8 {
      return nil
    }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for index in 0..<4 {
      high = high << 16 | words[index]
      low = low << 16 | words[index + 4]
    }
    return (high, low)
  }

  static func hexDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}

// MARK: - Printing

extension Address: CustomStringConvertible {
  /// Dotted decimal, or the canonical IPv6 text of RFC 5952.
  package var description: String {
    if family == .v4 { return Self.dotted(low) }
    if unmapped.family == .v4 { return "::ffff:" + Self.dotted(low & 0xFFFF_FFFF) }
    let words: [UInt64] = (0..<8).map { index in
      let half = index < 4 ? high : low
      return half >> UInt64(48 - index % 4 * 16) & 0xFFFF
    }
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, words[end] == 0 { end += 1 }
      if end - start > max(1, longest.count) { longest = start..<end }
      start = end + 1
    }
    func text(_ range: Range<Int>) -> String {
      range.map { String(words[$0], radix: 16) }.joined(separator: ":")
    }
    return longest.isEmpty
      ? text(0..<8) : text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
  }

  private static func dotted(_ value: UInt64) -> String {
    unsafe String(unsafeUninitializedCapacity: 15) { text in
      var count = 0
      func append(_ byte: UInt64) {
        unsafe text[count] = UInt8(byte)
        count += 1
      }
      for shift: UInt64 in [24, 16, 8, 0] {
        let part = value >> shift & 255
        if shift < 24 { append(46) }
        if part >= 100 { append(48 + part / 100) }
        if part >= 10 { append(48 + part / 10 % 10) }
        append(48 + part % 10)
      }
      return count
    }
  }
}

// MARK: - What an address is

extension Address {
  /// The scope of an address, as far as its number shows (IANA special-purpose registries).
  package enum Scope: String, CaseIterable, Sendable {
    case loopback, linkLocal = "link-local", `private`, multicast, broadcast, unspecified, `public`
  }

  package var scope: Scope {
    let plain = unmapped
    if plain.family == .v4 {
      let value = UInt32(truncatingIfNeeded: plain.low)
      switch value {
      case 0: return .unspecified
      case 0xFFFF_FFFF: return .broadcast
      default: break
      }
      if value >> 24 == 127 { return .loopback }
      if value >> 16 == 0xA9FE { return .linkLocal }
      if value >> 28 == 0xE { return .multicast }
      let isPrivate =
        value >> 24 == 10 || value >> 20 == 0xAC1 || value >> 16 == 0xC0A8
        || value >> 22 == 0x191  // 100.64.0.0/10, shared (RFC 6598)
      return isPrivate ? .private : .public
    }
    if high == 0 && low == 0 { return .unspecified }
    if high == 0 && low == 1 { return .loopback }
    if high >> 56 == 0xFF { return .multicast }
    if high >> 54 == 0x3FA { return .linkLocal }
    return high >> 57 == 0x7E ? .private : .public
  }
}
