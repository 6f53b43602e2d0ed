import Facts

/// A port to look for, or a range of them: `6666`, `8444/tcp`, `31000-31010/udp`.
package struct PortQuery: Hashable, Sendable {
  package var ports: ClosedRange<Int>
  /// `tcp` or `udp`; nil: either.
  package var transport: String?

  package init(_ ports: ClosedRange<Int>, transport: String? = nil) {
    self.ports = ports
    self.transport = transport
  }

  /// - Returns: Nil for a text that names no ports from 1 to 65,535.
  package init?(_ text: String) {
    if let plain = Self.plainPort(text) {
      ports = plain...plain
      return
    }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let bounds = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      .map { Self.port($0) }
    guard let first = bounds[0], let last = bounds[bounds.count - 1], first <= last else {
      return nil
    }
    ports = first...last
    guard parts.count == 2 else { return }
    guard parts[1] == "tcp" || parts[1] == "udp" else { return nil }
    transport = String(parts[1])
  }

  /// The number of a text of digits, which most are.
  private static func plainPort(_ text: String) -> Int? {
    guard (1...5).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "0") else {
      return nil
    }
    var number = 0
    for byte in text.utf8 {
      guard (0x30...0x39).contains(byte) else { return nil }
      number = number * 10 + Int(byte - 0x30)
    }
    return number <= 65_535 ? number : nil
  }

  private static func port(_ text: Substring) -> Int? {
    guard let number = Int(text), (1...65_535).contains(number), String(number) == text else {
      return nil
    }
    return number
  }

  /// - Parameter transport: What the event says; an event that says nothing may be either.
  package func holds(port: Double, transport: String) -> Bool {
    guard let number = Int(exactly: port), ports.contains(number) else { return false }
    return self.transport == nil || transport.isEmpty || transport == self.transport
  }
}

extension PortQuery: CustomStringConvertible {
  package var description: String {
    (ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)")
      + (transport.map { "/" + $0 } ?? "")
  }
}
