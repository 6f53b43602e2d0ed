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
  case scriptParent = "script-parent"
  case publicAddress = "public-address"
  case publicScript = "public-script"
  case beacon
  case rare
  case rareProgram = "rare-program"
  case unusualForProgram = "unusual-for-program"
  case partOfWindows = "part-of-windows"
  case newPort = "new-port"
  case portFirstUsed = "port-first-used"
  case firstSeen = "first-seen"
  case movedPort = "moved-port"
  case movedPortUsed = "moved-port-used"
  case localAddress = "local-address"
  case privateAddress = "private-address"
  case usualForProgram = "usual-for-program"
  case installed
  case fleetWide = "fleet-wide"
  case knownService = "known-service"

  package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Points that a setting may give: -100 to 100.
  package static let range = -100...100

  /// Points unless a setting says otherwise. A name or an actor says most, a class of service that
  /// explains a connection takes back what an odd port and a listed name give together.
  package var defaultPoints: Int {
    switch self {
    case .attributedPort: 25
    case .listedPort: 15
    case .exactName: 20
    case .renamed: 35
    case .oddPort: 10
    case .writablePath: 15
    case .scriptParent: 20
    case .publicAddress: 10
    case .publicScript: 10
    case .beacon: 30
    case .rare: 15
    case .rareProgram: 10
    case .unusualForProgram: 20
    case .partOfWindows: 15
    case .newPort: 10
    case .portFirstUsed: 10
    case .firstSeen: 10
    case .movedPort: 60
    case .movedPortUsed: 25
    case .localAddress: -15
    case .privateAddress: -10
    case .usualForProgram: -15
    case .installed: -10
    case .fleetWide: -25
    case .knownService: -25
    }
  }

  /// Whether it counts only where all connections have it.
  package var isExcuse: Bool {
    switch self {
    case .localAddress, .privateAddress, .usualForProgram, .installed, .fleetWide, .knownService:
      true
    default: false
    }
  }

  /// What it means, in few words.
  package var summary: String {
    switch self {
    case .attributedPort: "intelligence names an actor for the port or address"
    case .listedPort: "the port is on the published or another list that names no actor"
    case .exactName: "the executable's own name is that of a high-risk process"
    case .renamed: "a high-risk process under another name"
    case .oddPort: "the port is neither standard nor below 1025 nor that of a known service"
    case .writablePath: "the executable is where users can write"
    case .scriptParent: "an office program, browser or service host started a script host"
    case .publicAddress: "the other side is on the internet"
    case .publicScript: "a high-risk process talks to the internet"
    case .beacon: "the connections come at regular intervals"
    case .rare:
      "at most two hosts, or one in a hundred, of a fleet of five or more talk to this public address"
    case .rareProgram: "at most two hosts, or one in twenty-five, run the program"
    case .unusualForProgram:
      "elsewhere the program talks only to destinations that many hosts share, or not inside"
    case .partOfWindows: "a part of Windows talks to an address that few hosts talk to"
    case .newPort: "elsewhere the program does not use the port"
    case .portFirstUsed:
      "the program had called out from the host for two days before it used the port"
    case .firstSeen: "first seen when the host had been heard for a while"
    case .movedPort: "Remote Desktop listens on another port than 3389"
    case .movedPortUsed: "somebody connected to the new port of Remote Desktop"
    case .localAddress: "all of it stays on the host, or goes to multicast groups"
    case .privateAddress: "all of it stays inside the network"
    case .usualForProgram: "on most hosts the program has destinations of its own"
    case .installed: "the program of the rhythm is where only administrators can install"
    case .fleetWide: "many hosts talk there with the same program"
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
