package import Facts

/// A program on a host that calls one address and port again and again; or one of its relatives: a
/// clock that goes through several addresses or names, or the same talk from many hosts.
package struct Beacon: Equatable, Sendable {
  /// Why something regular is to be expected.
  package enum Expectation: String, Sendable {
    case multicast, loopback
    case linkLocal = "link-local"
    /// Name service, time, directory and discovery are regular by design.
    case servicePort = "service-port"
  }

  /// What keeps the time.
  package enum Timekeeper: String, Sendable {
    case program
    /// One of several processes of the program; the others talk there without a rhythm.
    case process
    /// A program that comes under changing names.
    case changingNames = "changing-names"
    /// A program that goes to changing addresses.
    case changingAddresses = "changing-addresses"
  }

  /// Stable from run to run.
  package var id: String
  package var host: String
  /// The executable's own name, in lower case; the first of several.
  package var program: String
  /// In byte order, as are the users, parents and names.
  package var images: [String]
  package var users: [String]
  package var parents: [String] = []
  package var destinationNames: [String]
  /// Canonical where it is an address; the first of several.
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
  /// Where the first of its lines is.
  package var firstPlace: Place?
  /// Defender reports some of many connections: beats may lack.
  package var isSampled: Bool
  package var expectation: Expectation?
  package var intel: [IntelMatch]
  /// How many gaps are how long, for the picture: in equal bars.
  package var histogram: Histogram
  /// The suppression that hides it.
  package var suppressedBy: String?
  package var timekeeper = Timekeeper.program
  /// All addresses and programs that the clock goes through, where there are several.
  package var addresses: [String] = []
  package var programs: [String] = []
  /// The host has been heard for a day and three periods since the last beat.
  package var isOver = false
  /// The hosts on which it was found, where one line represents several, and the ids of the others.
  package var hosts: [String] = []
  package var members: [String] = []
  /// What the evidence adds up to, 0 to 100.
  package var points = 0
  /// In the order of `Evidence`.
  package var reasons: [Reason] = []
  package var status: Finding.Status?
  package var sources: [Source] = []
  package var arrivals = ArrivalUnion()
  /// What is known of one of its processes.
  package var process: ProcessStory?

  /// Gaps between sessions, in equal bars from 0 on.
  package struct Histogram: Equatable, Sendable {
    /// Seconds to the bar, at least 1.
    package var width: Int
    package var counts: [Int]
  }

  package init(
    id: String, host: String, program: String, images: [String], users: [String],
    destinationNames: [String], address: String, scope: Address.Scope?, port: PortText,
    transport: String, score: BeaconScore, connectionCount: Int, processCount: Int, hostCount: Int,
    firstSeen: UTCTime?, lastSeen: UTCTime?, isSampled: Bool, expectation: Expectation?,
    intel: [IntelMatch], histogram: Histogram, suppressedBy: String? = nil
  ) {
    self.id = id
    self.host = host
    self.program = program
    self.images = images
    self.users = users
    self.destinationNames = destinationNames
    self.address = address
    self.scope = scope
    self.port = port
    self.transport = transport
    self.score = score
    self.connectionCount = connectionCount
    self.processCount = processCount
    self.hostCount = hostCount
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.isSampled = isSampled
    self.expectation = expectation
    self.intel = intel
    self.histogram = histogram
    self.suppressedBy = suppressedBy
  }

  /// How much it deserves a look, from its points.
  package var severity: Severity { Severity(points: points) }

  /// The other end: `203.0.113.9`, `12 addresses`.
  package var addressText: String {
    addresses.count > 1 ? "\(addresses.count) addresses (\(address), …)" : address
  }

  /// `agent.exe`, `20 names (a.exe, …)`.
  package var programText: String {
    programs.count > 1 ? "\(programs.count) names (\(program), …)" : program
  }
}

extension Severity {
  /// Of a finding that the published query does not score.
  package init(points: Int) {
    self = points >= 80 ? .high : points >= 55 ? .medium : .low
  }
}
extension Beacon.Histogram {
  package static let maxBars = 40

  /// Gaps beyond three medians are in the last bar: one night's silence would flatten the rest.
  init(_ seconds: [UInt32], period: Double) {
    let sessions = BeaconScore.sessions(seconds)
    let longest = max(1, Int(period * 3))
    width = max(1, (longest + Self.maxBars - 1) / Self.maxBars)
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
