import Facts

/// A port to look for, or a range of them: `6666`, `8444/tcp`, `31000-31010/udp`.
package struct PortQuery: Hashable, Sendable {
  package var ports: ClosedRange<Int>
  /// `tcp` or `udp`; nil: either.
  package var transport: String?

  /// - Returns: Nil for a text that names no ports from 1 to 65,535.
  package init?(_ text: String) {
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
