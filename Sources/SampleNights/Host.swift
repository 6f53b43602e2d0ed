/// A machine of the sample company.
package struct Host: Hashable, Sendable {
  package enum Role: Hashable, Sendable {
    case workstation, developer, server, domainController, exchange, linux, kiosk, lab
  }

  /// What makes a machine's telemetry unlike the others'.
  package enum Quirk: Hashable, Sendable {
    /// The clock that gives `UtcTime` of network events stops while the machine sleeps.
    case networkClockBehind(seconds: Int)
    /// Process starts are collected, network connections are not.
    case noConnections
    /// Nothing at all arrives on one day, within these hours (UTC).
    case silent(day: Int, hours: Range<Int>)
  }

  /// The short name: `NH-WS01`.
  package var name: String
  /// As Sysmon writes `Computer`.
  package var computer: String
  package var role: Role
  package var address: String
  /// Who works there: `NORDHAFEN\anna.vogt`, or an account of a Linux machine.
  package var user: String
  /// About how many lines it sends on a day.
  package var linesPerDay: Int
  /// About how many lines of ``Routine`` it sends besides.
  package var routineLinesPerDay: Int
  /// Its number in the company: it makes GUIDs and process ids unlike other hosts'.
  package var number: Int
  package var quirk: Quirk?

  package init(
    name: String, role: Role, address: String, user: String, linesPerDay: Int,
    routineLinesPerDay: Int = 0, number: Int, quirk: Quirk? = nil
  ) {
    self.name = name
    self.computer = role == .linux ? name : "\(name).\(Company.dnsDomain)"
    self.role = role
    self.address = address
    self.user = user
    self.linesPerDay = linesPerDay
    self.routineLinesPerDay = routineLinesPerDay
    self.number = number
    self.quirk = quirk
  }

  /// The hour's share of a day's lines, in 1/100: people work from 6 to 15 UTC, servers always.
  func share(ofHour hour: Int) -> Int {
    switch role {
    case .workstation, .developer, .kiosk, .lab: (6..<16).contains(hour) ? 8 : 2
    default: 4
    }
  }

  /// Whether nothing at all arrives from it in this hour (UTC).
  func isSilent(day: Int, hour: Int) -> Bool {
    if case .silent(day, let hours) = quirk { hours.contains(hour) } else { false }
  }

  /// The process id of the Sysmon service itself, the wrong one to join by.
  package var sysmonProcessID: Int { 2400 + 4 * (number * 37 % 300) }

  /// The local account without its domain.
  package var accountName: String { String(user.split(separator: "\\").last ?? "") }
}
