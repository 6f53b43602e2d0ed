/// Nordhafen Logistics: about forty machines that do not exist, over five days in May 2024.
///
/// Inside are addresses of 10.20.0.0/16, outside those kept for documentation, so that nothing here
/// can point at anybody.
package struct Company: Sendable {
  package static let domain = "NORDHAFEN"
  package static let dnsDomain = "nordhafen.example"
  package static let firstDay = Moment(year: 2024, month: 5, day: 6)
  package static let days = 5
  /// The domain controllers, which everybody talks to.
  package static let controllers = ["10.20.0.11", "10.20.0.12"]
  /// What the machines' clocks add to UTC where a shipper writes local time.
  package static let localOffsetMilliseconds = 2 * 3_600_000

  package let seed: UInt64
  package let groups: [HostGroup]

  /// - Parameters:
  ///   - seed: The same seed gives the same nights, byte for byte.
  ///   - linesPercent: 100 for the sample data; less for a quick test. What is planted stays.
  ///   - hasRoutine: Whether services do what they do over and over; all else happens just the same.
  package init(seed: UInt64, linesPercent: Int = 100, hasRoutine: Bool = true) {
    self.seed = seed
    groups = Company.directory.map { group in
      var group = group
      for at in group.hosts.indices {
        group.hosts[at].linesPerDay = group.hosts[at].linesPerDay * linesPercent / 100
        let routine = hasRoutine ? group.hosts[at].routineLinesPerDay : 0
        group.hosts[at].routineLinesPerDay = routine * linesPercent / 100
      }
      return group
    }
  }

  package var hosts: [Host] { groups.flatMap(\.hosts) }

  /// The group that holds the host of this short name.
  package func group(of name: String) -> HostGroup? {
    groups.first { $0.hosts.contains { $0.name == name } }
  }

  /// The host of this short name.
  package func host(_ name: String) -> Host? { hosts.first { $0.name == name } }

  /// Midnight UTC of a day, counted from 0.
  package static func midnight(_ day: Int) -> Moment { firstDay + day * 86_400_000 }
}
