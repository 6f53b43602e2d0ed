import Facts
import Knowledge
import Testing

@testable import Hunting

/// Which hosts are missed on a night, and which are not.
@Suite struct SilenceTests {
  /// A Monday.
  private static let start: Int32 = 476_256 + 5 * 24
  private static let workingDays: [Int32] = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]

  private static func host(
    _ name: String, days: [Int32], kinds: HeardHours.Kinds = [.connections, .processStarts]
  ) -> NamedHost {
    var host = HostCoverage()
    for day in days {
      for hour in stride(from: 0, to: 24, by: 2) as StrideTo<Int32> {
        host.hours.add(.init(start + day * 24 + hour, events: 3, kinds: kinds))
      }
    }
    return NamedHost(name: name, heard: host)
  }

  private static func merged(_ a: NamedHost, _ b: NamedHost) -> NamedHost {
    var a = a
    a.heard.merge(b.heard)
    return a
  }

  private static func servers(_ count: Int, days: [Int32]) -> [NamedHost] {
    (0..<count).map { host("SRV\($0)", days: days) }
  }

  /// The names that a reason has.
  private static func named(
    _ reason: ReadingReason, _ hosts: [NamedHost], tonight: [NamedHost]? = nil
  ) -> [String] {
    var evidence = ReadingEvidence()
    evidence.hosts = hosts
    evidence.newHosts = tonight
    return evidence.verdict.notes.first { $0.reason == reason }?.names ?? []
  }

  @Test("Days on which nobody was heard do not hide a host that falls silent later")
  func fleetWasSilent() {
    let before: [Int32] = Array(0...9) + [12, 13]
    let hosts = Self.servers(3, days: before + [14]) + [Self.host("LOST", days: before)]
    #expect(Self.named(.hostSilent, hosts) == ["LOST"])
    // Of its own it has been as silent before.
    let own = before.filter { $0 != 5 }
    let used = Self.servers(3, days: before + [14]) + [Self.host("LOST", days: own)]
    #expect(Self.named(.hostSilent, used).isEmpty)
  }

  @Test("A host whose clock went wrong on Friday is not missed on Sunday")
  func clockWasOff() {
    let working = (0..<10).map { Self.host("WS\($0)", days: Self.workingDays) }
    let fast = Self.merged(
      Self.host("FAST", days: Array(Self.workingDays.dropLast())), Self.host("FAST", days: [51]))
    let servers = Self.servers(4, days: Array(0...13))
    let tonight = Self.servers(4, days: [13])
    #expect(Self.named(.hostSilent, servers + working + [fast], tonight: tonight).isEmpty)
    #expect(Self.named(.clockOff, servers + working + [fast], tonight: tonight).isEmpty)
    // One that is not heard at all is.
    let lost = Self.host("LOST", days: Array(Self.workingDays.dropLast()))
    #expect(Self.named(.hostSilent, servers + working + [lost], tonight: tonight) == ["LOST"])
  }

  @Test("A kind of event that stopped is not told again on nights that say nothing of its host")
  func kindStopped() {
    let servers = Self.servers(4, days: Array(0...12))
    let deaf = Self.merged(
      Self.host("DEAF", days: Array(Self.workingDays.dropLast())),
      Self.host("DEAF", days: [11], kinds: .processStarts))
    #expect(Self.named(.kindSilent, servers + [deaf]) == ["DEAF"])
    #expect(
      Self.named(.kindSilent, servers + [deaf], tonight: servers + [deaf]) == ["DEAF"])
    #expect(Self.named(.kindSilent, servers + [deaf], tonight: servers).isEmpty)
  }
}
