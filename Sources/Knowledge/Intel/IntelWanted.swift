package import Facts

/// What has to be known of connections to answer all indicators: those on these ports, and those with
/// addresses of these networks.
package struct IntelWanted: Sendable {
  package private(set) var ports = PortSet()
  package private(set) var networks: [AddressBlock] = []

  /// - Parameter indicators: Of them those that are too common to be a hit ask for nothing.
  package init(_ indicators: [Indicator]) {
    for indicator in indicators where !indicator.isCommon {
      if indicator.meansAnyInbound {
        takeAll()
      } else if let address = indicator.address {
        networks.append(address)
      } else if let range = indicator.portRange {
        ports.insert(range)
      } else if indicator.isNamed {
        takeAll()
      } else if let blocks = indicator.condition?.networksNeeded {
        networks += blocks
      } else if let ranges = indicator.condition?.portsNeeded {
        for range in ranges { ports.insert(range) }
      } else {
        takeAll()
      }
    }
  }

  private mutating func takeAll() {
    ports.insert(0...65_535)
    ports.takesOthers = true
  }
}

/// Ports by number.
package struct PortSet: Sendable {
  private var words = [UInt64](repeating: 0, count: 1_024)
  /// Whether it takes what is not the number of a port, too.
  package var takesOthers = false

  package init() {}

  package mutating func insert(_ range: ClosedRange<UInt16>) {
    for word in Int(range.lowerBound) / 64...Int(range.upperBound) / 64 {
      let low = max(Int(range.lowerBound) - word * 64, 0)
      let high = min(Int(range.upperBound) - word * 64, 63)
      words[word] |= (UInt64.max >> UInt64(63 - high + low)) << UInt64(low)
    }
  }

  /// All that it takes, ascending; nil where it takes others, too.
  package var ranges: [ClosedRange<Double>]? {
    guard !takesOthers else { return nil }
    var ranges: [ClosedRange<Double>] = []
    for (index, word) in words.enumerated() where word != 0 {
      for bit in 0..<64 where word >> UInt64(bit) & 1 == 1 {
        let port = Double(index * 64 + bit)
        if let last = ranges.last, last.upperBound == port - 1 {
          ranges[ranges.count - 1] = last.lowerBound...port
        } else {
          ranges.append(port...port)
        }
      }
    }
    return ranges
  }

  package func contains(_ number: Double) -> Bool {
    guard let port = UInt16(exactly: number) else { return takesOthers }
    return (words[Int(port) / 64] >> UInt64(port % 64)) & 1 == 1
  }
}
