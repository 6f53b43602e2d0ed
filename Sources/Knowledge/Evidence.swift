/// What speaks for or against a finding, beside the published score. Each gives points; a finding has
/// the sum, from 0 to 100.
///
/// What speaks for it counts if any of its connections has it, what speaks against it only if all
/// have: one connection to a stranger is not excused by ten to the domain controller.
package enum Evidence: String, CaseIterable, Comparable, Sendable {
  case attributedPort = "attributed-port"
  case listedPort = "listed-port"
  case exactName = "exact-name"
  case renamed
  case oddPort = "odd-port"
  case writablePath = "writable-path"
  case publicAddress = "public-address"
  case beacon
  case rare
  case firstSeen = "first-seen"
  case localAddress = "local-address"
  case knownService = "known-service"

  package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Points that a setting may give: -100 to 100.
  package static let range = -100...100

  /// Points unless a setting says otherwise. A name or an actor tells most, a class of service that
  /// explains a connection takes back what an odd port and a listed name give together.
  package var defaultPoints: Int {
    switch self {
    case .attributedPort: 25
    case .listedPort: 15
    case .exactName: 20
    case .renamed: 35
    case .oddPort: 10
    case .writablePath: 15
    case .publicAddress: 10
    case .beacon: 20
    case .rare: 10
    case .firstSeen: 10
    case .localAddress: -15
    case .knownService: -25
    }
  }

  /// Whether it counts only where all connections have it.
  package var isExcuse: Bool { self == .localAddress || self == .knownService }

  /// What it means, in few words.
  package var summary: String {
    switch self {
    case .attributedPort: "intelligence names an actor for the port or address"
    case .listedPort: "the port is on the published or another list that names no actor"
    case .exactName: "the executable's own name is that of a high-risk process"
    case .renamed: "a high-risk process under another name"
    case .oddPort: "the port is neither standard nor below 1025 nor that of a known service"
    case .writablePath: "the executable lies where users can write"
    case .publicAddress: "the other side is on the internet"
    case .beacon: "the connections come at regular intervals"
    case .rare: "at most two hosts of a fleet of five or more talk to this address and port"
    case .firstSeen: "first seen in the last day, on a host heard for a week before"
    case .localAddress: "all of it stays on the host, or goes to multicast groups"
    case .knownService: "all of it is explained by a known service inside the network"
    }
  }
}

/// How much each piece of evidence weighs.
package struct EvidenceWeights: Equatable, Sendable {
  private var given: [Evidence: Int] = [:]

  package init() {}

  package subscript(evidence: Evidence) -> Int {
    get { given[evidence] ?? evidence.defaultPoints }
    set { given[evidence] = newValue == evidence.defaultPoints ? nil : newValue }
  }

  /// Those that are not as by default, as a setting says them.
  package var texts: [String] {
    given.sorted { $0.key < $1.key }.map { "\($0.key.rawValue)=\($0.value)" }
  }
}
