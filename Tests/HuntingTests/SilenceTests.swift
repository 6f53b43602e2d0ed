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

  @Test("A host that was away once for long is missed on its first day away the next time")
  func incident() {
    let weekdays = (0..<70).filter { $0 % 7 < 5 }.map { Int32($0) }
    let servers = Self.servers(4, days: Array(0...69))
    func silent(_ days: [Int32]) -> [String] {
      Self.named(.hostSilent, servers + [Self.host("LOST", days: days)])
    }
    let server = (0..<69).map { Int32($0) }
    #expect(silent(server.filter { !(30..<35).contains($0) }) == ["LOST"])
    // Twice is a habit.
    #expect(silent(server.filter { ![30, 31, 50, 51].contains($0) }).isEmpty)
    // A workstation that was on leave is missed after a weekend, and not before.
    let leave = weekdays.filter { !(14..<28).contains($0) }
    #expect(silent(leave.filter { $0 < 67 }) == ["LOST"])
    #expect(silent(leave.filter { $0 < 68 }).isEmpty)
  }

  @Test("A workstation that is switched on for an hour on a Saturday misses no kind of event")
  func saturday() {
    let servers = Self.servers(4, days: Array(0...12))
    func stopped(_ kind: HeardHours.Kinds, events: Int, connections: Int, starts: Int) -> [String] {
      var host = Self.host("IDLE", days: Self.workingDays)
      host.heard.connections = connections
      host.heard.processStarts = starts
      for hour in 0..<Int32(events) {
        host.heard.hours.add(.init(Self.start + 12 * 24 + hour, events: 1, kinds: kind))
      }
      return Self.named(.kindSilent, servers + [host])
    }
    #expect(stopped(.connections, events: 5, connections: 1800, starts: 200).isEmpty)
    #expect(stopped(.processStarts, events: 1, connections: 1800, starts: 200).isEmpty)
    // A day's process starts without a connection are another thing, also where a day has few.
    #expect(stopped(.processStarts, events: 5, connections: 30, starts: 30) == ["IDLE"])
    #expect(stopped(.processStarts, events: 12, connections: 180, starts: 120) == ["IDLE"])
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
