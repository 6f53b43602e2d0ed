import Facts
import Knowledge
import Testing

@testable import Hunting

/// Beacons among facts: who is one, whose they are, and that no split of the facts changes it.
@Suite struct BeaconHuntTests {
  @Test func aBeaconOnPort80IsNamed() throws {
    let verdict = hunt(traffic(every: 60, port: "80"), by: HuntRules(parity: .seed))
    #expect(verdict.findings.isEmpty)
    let beacon = try #require(verdict.beacons.first)
    #expect(verdict.beacons.count == 1)
    #expect(beacon.rhythm == "every 60 s, jitter 0.0 %, 20 beats")
    #expect(beacon.program == "agent.exe")
    #expect(beacon.address == "203.0.113.9")
  }

  @Test func aRestartedAgentIsOneBeacon() throws {
    var table = FactTable()
    for beat in 0..<20 {
      table.absorb(
        call(&table, at: 1_714_557_600 + Int64(beat) * 60, process: UInt64(beat + 1)))
    }
    let beacon = try #require(hunt(table, by: HuntRules(parity: .seed)).beacons.first)
    #expect(beacon.processCount == 20)
    #expect(beacon.score.sessions == 20)
  }

  @Test(arguments: ["224.0.0.251", "127.0.0.1", "169.254.1.1", "ff02::fb", "::1"])
  func whatIsRegularByDesignIsListedApart(address: String) {
    let verdict = hunt(traffic(every: 60, address: address), by: HuntRules(parity: .seed))
    #expect(verdict.beacons.isEmpty)
    #expect(verdict.expectedPeriodic.count == 1)
  }

  @Test(arguments: ["53", "123", "1900"]) func servicePortsAreListedApart(port: String) {
    let verdict = hunt(traffic(every: 60, port: port), by: HuntRules(parity: .seed))
    #expect(verdict.beacons.isEmpty)
    #expect(verdict.expectedPeriodic.first?.expectation == .servicePort)
  }

  @Test func strobesAreListedApart() {
    let verdict = hunt(traffic(every: 1, count: 100), by: HuntRules(parity: .seed))
    #expect(verdict.beacons.isEmpty)
    #expect(verdict.strobes.count == 1)
  }

  @Test func onlyPublishedSaysNothingElse() {
    var rules = HuntRules(parity: .seed)
    rules.isOnlyPublished = true
    let verdict = hunt(traffic(every: 60, port: "4444"), by: rules)
    #expect(verdict.beacons.isEmpty)
    #expect(verdict.findings.first?.points == nil)
    #expect(verdict.findings.first?.reasons == [])
  }

  @Test func aSuppressionHidesABeaconOfItsAgent() {
    var rule = Suppression(name: "agent", reason: "monitoring", owner: "it", expires: nil)
    rule.images = [Wildcard("agent.exe")]
    var rules = HuntRules(parity: .seed)
    rules.suppressions = [rule]
    let verdict = hunt(traffic(every: 60), by: rules)
    #expect(verdict.beacons.isEmpty)
    #expect(verdict.suppressedBeacons.map(\.suppressedBy) == ["agent"])
    #expect(verdict.suppressions.map(\.fitsNothing) == [false])
  }

  @Test func anExpiredSuppressionHidesNoBeacon() {
    var rule = Suppression(
      name: "agent", reason: "", owner: "", expires: UTCTime(milliseconds: 1_714_500_000_000))
    rule.images = [Wildcard("agent.exe")]
    var rules = HuntRules(parity: .seed)
    rules.suppressions = [rule]
    #expect(hunt(traffic(every: 60), by: rules).beacons.count == 1)
  }

  /// Any split, any order, and lines that come twice: the same beacons.
  @Test(arguments: 0..<20 as Range<UInt64>) func anySplitGivesTheSame(seed: UInt64) {
    var random = Random(seed)
    let beats = (0..<60).map { 1_714_557_600 + Int64($0) * 61 }
    let whole = hunt(table(of: beats), by: HuntRules(parity: .seed)).beacons
    var parts = [[Int64]](repeating: [], count: 5)
    for beat in beats.shuffled(using: &random) {
      parts[Int.random(in: 0..<5, using: &random)].append(beat)
      if Bool.random(using: &random) { parts[0].append(beat) }
    }
    var merged = FactTable()
    for part in parts.shuffled(using: &random) { merged.merge(table(of: part)) }
    let found = hunt(merged, by: HuntRules(parity: .seed)).beacons
    #expect(found.map(\.score) == whole.map(\.score))
    #expect(found.map(\.histogram) == whole.map(\.histogram))
    #expect(found.map(\.id) == whole.map(\.id))
  }

  @Test func hostsThatTalkThereAreCounted() throws {
    var table = traffic(every: 60)
    table.absorb(call(&table, at: 1_714_557_600, host: "WS02"))
    let beacon = try #require(hunt(table, by: HuntRules(parity: .seed)).beacons.first)
    #expect(beacon.hostCount == 2)
  }
}

// MARK: - Traffic

/// Connections of `agent.exe` at even distances.
func traffic(
  every seconds: Int64, count: Int64 = 20, address: String = "203.0.113.9", port: String = "443"
) -> FactTable {
  var table = FactTable()
  for beat in 0..<count {
    table.absorb(
      call(&table, at: 1_714_557_600 + beat * seconds, address: address, port: port))
  }
  return table
}

private func table(of seconds: [Int64]) -> FactTable {
  var table = FactTable()
  for second in seconds { table.absorb(call(&table, at: second)) }
  return table
}

func call(
  _ table: inout FactTable, at second: Int64, host: String = "WS01",
  image: String = #"C:\agent.exe"#,
  address: String = "203.0.113.9", port: String = "443", process: UInt64 = 7,
  direction: Direction = .outbound
) -> Connection {
  var connection = Connection(place: Place(archive: 0, line: 1, offset: Int(second)))
  connection.host = table.texts.intern(host)
  connection.image = table.texts.intern(image)
  connection.user = table.texts.intern("EXAMPLE\\alice")
  connection.address = table.texts.intern(address)
  connection.port = table.texts.intern(port)
  connection.transport = table.texts.intern("tcp")
  connection.process = ProcessGuid(high: 1, low: process)
  connection.direction = direction
  connection.time = UTCTime(milliseconds: second * 1000)
  connection.arrivalSecond = UInt32(second)
  return connection
}

/// Thirty calls, five minutes apart, each by a program with a name of its own.
func callsUnderChangingNames(from start: Int64) -> FactTable {
  var table = FactTable()
  for number in 0..<30 as Range<Int64> {
    table.absorb(
      call(
        &table, at: start + number * 300, image: #"C:\ProgramData\x\#(number).exe"#, port: "4444",
        process: UInt64(number + 1)))
  }
  return table
}
