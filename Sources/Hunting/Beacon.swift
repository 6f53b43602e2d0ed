package import Facts
package import Knowledge

/// A program on a host that calls one address and port again and again.
package struct Beacon: Equatable, Sendable {
  /// Why something regular is no surprise.
  package enum Expectation: String, Sendable {
    case multicast, loopback
    case linkLocal = "link-local"
    /// Name service, time, directory and discovery are regular by design.
    case servicePort = "service-port"
  }

  /// Stable from run to run.
  package var id: String
  package var host: String
  /// The executable's own name, in lower case.
  package var program: String
  /// In byte order, as are the users and the names.
  package var images: [String]
  package var users: [String]
  package var destinationNames: [String]
  /// Canonical where it is an address.
  package var address: String
  package var scope: Address.Scope?
  package var port: PortText
  package var transport: String
  package var score: BeaconScore
  package var connectionCount: Int
  package var processCount: Int
  /// Hosts that talk to this address and port.
  package var hostCount: Int
  package var firstSeen: UTCTime?
  package var lastSeen: UTCTime?
  /// Defender reports some of many connections: beats may lack.
  package var isSampled: Bool
  package var expectation: Expectation?
  package var intel: [Indicator]
  /// How many gaps are how long, for the picture: in equal bars.
  package var histogram: Histogram
  /// The suppression that hides it.
  package var suppressedBy: String?

  /// Gaps between sessions, in equal bars from 0 on.
  package struct Histogram: Equatable, Sendable {
    /// Seconds to the bar, at least 1.
    package var width: Int
    package var counts: [Int]
  }
}

extension Beacon.Histogram {
  package static let mostBars = 40

  /// Gaps beyond three medians are in the last bar: one night's silence would flatten the rest.
  init(_ seconds: [UInt32], period: Double) {
    let sessions = BeaconScore.sessions(seconds)
    let longest = max(1, Int(period * 3))
    width = max(1, (longest + Self.mostBars - 1) / Self.mostBars)
    counts = Array(repeating: 0, count: longest / width + 1)
    for (later, earlier) in zip(sessions.dropFirst(), sessions) {
      counts[min(Int(later - earlier) / width, counts.count - 1)] += 1
    }
  }
}

extension Beacon.Expectation {
  private static let servicePorts: Set<Int> = [53, 67, 123, 137, 138, 389, 1900, 5353, 5355]

  init?(_ scope: Address.Scope?, port: PortText) {
    switch scope {
    case .multicast: self = .multicast
    case .loopback: self = .loopback
    case .linkLocal: self = .linkLocal
    default:
      guard let number = port.number, Self.servicePorts.contains(number) else { return nil }
      self = .servicePort
    }
  }
}
