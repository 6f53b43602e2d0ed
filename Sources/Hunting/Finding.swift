package import Facts

/// How bad the published query calls a score: 3 High, 2 Medium, 1 Low.
package enum Severity: Int, CaseIterable, Comparable, Sendable {
  case low = 1
  case medium, high

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  package var name: String {
    switch self {
    case .low: "Low"
    case .medium: "Medium"
    case .high: "High"
    }
  }
}

/// A port as the event wrote it, with its number where the text is one.
package struct PortText: Hashable, Comparable, Sendable {
  package var text: String
  /// The number, where the text is its plain decimal form: what goes into JSON as a number.
  package var number: Int?

  package init(text: String, number: Int?) {
    self.text = text
    self.number = number
  }

  /// By number; what is not a number comes last, by its bytes.
  package static func < (a: Self, b: Self) -> Bool {
    switch (a.number, b.number) {
    case (let a?, let b?): a < b
    case (nil, nil): a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    case (_?, nil): true
    case (nil, _?): false
    }
  }
}

/// Something to look at: a row of the published table, a beacon, a changed port; and what else is known
/// about it.
package struct Finding: Equatable, Sendable {
  /// What makes it one.
  package enum Kind: String, CaseIterable, Sendable {
    /// The published query.
    case tableRow = "table-row"
    case beacon
    case portChange = "port-change"
    /// An indicator, whatever the process.
    case intelligence
  }

  /// Where the row's ParentImage comes from.
  package enum ParentSource: String, Sendable {
    /// The connection event itself names it.
    case event
    /// Event ID 1 of the same process names it.
    case processStart = "process_start"
    /// Nobody does: the column is empty.
    case unknown
  }

  /// How a finding compares with those that were reported before.
  package enum Status: String, Sendable {
    case new, changed
    /// Reported before, and still there.
    case continuing
    /// Reported before, and not there any more.
    case gone
  }

  package var kind = Kind.tableRow
  /// Of a changed port.
  @Apart package var change: RemoteDesktopChange?
  /// The hosts where one line represents several, and the ids that their own lines would have.
  package var hosts: [String] = []
  package var members: [String] = []
  /// What is known of one of its processes.
  @Apart package var process: ProcessStory?
  /// Products that reported its connections.
  package var sources: [Source] = []

  /// Stable from run to run: a hash of host, Image, User and ParentImage, 13 characters of base32.
  package var id: String
  package var host: String
  package var image: String
  package var user: String
  package var parentImage: String
  package var parentSource: ParentSource
  /// Ascending by number.
  package var portsUsed: [PortText]
  /// Canonical texts, ascending by address; what is not an address comes last, by its bytes.
  package var remoteAddresses: [String]
  package var connectionCount: Int
  /// 1, 2 or 3: the highest score of any of the connections.
  package var maxRiskScore: Int
  /// All severities of the connections, highest first.
  package var severities: [Severity]
  package var firstSeen: UTCTime?
  package var lastSeen: UTCTime?
  /// Where the first of its lines is: the earliest by its record time. Nil where no line is known.
  package var firstPlace: Place?
  /// The image matches a listed name only as a part of a longer one, as dsregcmd.exe does cmd.exe.
  package var isSubstringMatch: Bool
  /// Renamed: the image's own name is not listed, its OriginalFileName is (`tuned` only).
  package var originalFileName: String?
  /// The scopes of the addresses, in the order of `Address.Scope`.
  package var destinationScopes: [Address.Scope]
  /// Names of the other side, in byte order.
  package var destinationNames: [String]
  /// Number of distinct processes (by ProcessGuid) that made its connections.
  package var processCount: Int
  /// Whether these are accepted connections: only a sweep for listeners has such rows. The addresses
  /// are then those that connected, the ports the process's own.
  package var isInbound = false
  /// What intelligence says about its connections; it never changes the score.
  package var intel: [IntelMatch] = []
  /// Set where only news was asked for.
  package var status: Status?
  /// What the evidence adds up to, 0 to 100; it never changes the score. Nil where only the published
  /// table was asked for.
  package var points: Int?
  /// In the order of `Evidence`.
  package var reasons: [Reason] = []
  /// The most regular of its connections' rhythms.
  @Apart package var beacon: Beacon?
  /// The ids of all rhythms that hold some of its connections.
  package var beaconIDs: Set<String> = []
  /// Hosts, its own among them, that talk to the most popular of its addresses and ports; nil where
  /// only the published table was asked for.
  package var spread: Int?
  /// The seconds of its connections.
  package var arrivals = ArrivalUnion()
  /// The ProcessGuid of one of its processes, the first in order; nil where none is known.
  package var processGuid: String?
  /// Services that explain some of its connections.
  package var services: [KnownService] = []

  package init(
    id: String, host: String, image: String, user: String, parentImage: String,
    parentSource: ParentSource, portsUsed: [PortText], remoteAddresses: [String],
    connectionCount: Int, maxRiskScore: Int, severities: [Severity], firstSeen: UTCTime?,
    lastSeen: UTCTime?, isSubstringMatch: Bool = false, originalFileName: String? = nil,
    destinationScopes: [Address.Scope] = [], destinationNames: [String] = [], processCount: Int = 0
  ) {
    self.id = id
    self.host = host
    self.image = image
    self.user = user
    self.parentImage = parentImage
    self.parentSource = parentSource
    self.portsUsed = portsUsed
    self.remoteAddresses = remoteAddresses
    self.connectionCount = connectionCount
    self.maxRiskScore = maxRiskScore
    self.severities = severities
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.isSubstringMatch = isSubstringMatch
    self.originalFileName = originalFileName
    self.destinationScopes = destinationScopes
    self.destinationNames = destinationNames
    self.processCount = processCount
  }

  /// Of a row that of its score, of others that of their points.
  package var severity: Severity { Self.severity(kind, maxRiskScore, points) }

  static func severity(_ kind: Kind, _ score: Int, _ points: Int?) -> Severity {
    switch kind {
    case .tableRow: Severity(rawValue: score) ?? .low
    case .beacon, .portChange, .intelligence: Severity(points: points ?? 0)
    }
  }
}
