import Facts
import Knowledge
import Testing

@testable import Hunting

/// One list: what an analyst should open first is first, and fleet-wide talk is one line.
@Suite struct RankingTests {
  private static let start: Int64 = 1_714_557_600

  /// Twenty hosts whose agent calls its maker, and one whose svchost calls somebody else.
  private static func fleet() -> FactTable {
    var table = FactTable()
    for number in 0..<20 {
      let host = "WS\(number)"
      table.coverage.hosts[table.texts.intern(host)] = HostCoverage()
      for beat in 0..<30 as Range<Int64> {
        let at = start + beat * 60 + Int64(number)
        table.absorb(
          call(
            &table, at: at, host: host, image: #"C:\Agent\agent.exe"#,
            address: "198.51.100.\(number)"))
        table.absorb(
          call(
            &table, at: at * 1, host: host, image: #"C:\Windows\System32\svchost.exe"#,
            address: "192.0.2.10", process: UInt64(beat)))
      }
    }
    for beat in 0..<30 as Range<Int64> {
      table.absorb(
        call(
          &table, at: start + beat * 90, host: "WS3", image: #"C:\Windows\System32\svchost.exe"#,
          address: "203.0.113.77"))
    }
    return table
  }

  @Test("Talk of many hosts is one line with their number, behind what one host does alone")
  func oneLine() throws {
    let findings = hunt(Self.fleet(), by: HuntRules(parity: .tuned)).findings
    #expect(findings.count == 3)
    let first = try #require(findings.first)
    #expect(first.remoteAddresses == ["203.0.113.77"])
    #expect(first.kind == .beacon)
    #expect(first.reasons.contains { $0.evidence == .unusualForProgram })
    let agents = try #require(findings.first { $0.image.hasSuffix("agent.exe") })
    #expect(agents.hosts.count == 20)
    #expect(agents.remoteAddresses.count == 20)
    #expect(agents.reasons.contains { $0.evidence == .fleetWide && $0.points < 0 })
    #expect((agents.points ?? 100) < (first.points ?? 0))
  }

  @Test("Under seed the table stays alone, and the same beacons are apart with their points")
  func apart() {
    let verdict = hunt(Self.fleet(), by: HuntRules(parity: .seed))
    #expect(verdict.findings.isEmpty)
    #expect(verdict.beacons.count == 3)
    #expect(verdict.beacons.map(\.points) == verdict.beacons.map(\.points).sorted(by: >))
    #expect(verdict.all.map(\.id) == verdict.beacons.map(\.id))
  }

  @Test("A beacon that a row tells is not told twice")
  func once() throws {
    var table = FactTable()
    for beat in 0..<20 as Range<Int64> {
      table.absorb(
        call(
          &table, at: Self.start + beat * 60,
          image: #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#, port: "4444"))
    }
    let findings = hunt(table, by: HuntRules(parity: .tuned)).findings
    #expect(findings.map(\.kind) == [.tableRow])
    #expect(findings.first?.beacon?.period == "60")
  }

  @Test("A trail leads from a line of many hosts to the connections of each")
  func trails() throws {
    let facts = Self.fleet()
    let rules = HuntRules(parity: .tuned)
    let verdict = hunt(facts, by: rules)
    let agents = try #require(verdict.beacons.first { $0.program == "agent.exe" })
    let found = trail(of: .beacon(agents), in: facts, by: rules)
    #expect(found.connections == 600)
    #expect(verdict.subjects(named: agents.id).count == 1)
  }

  @Test("One clock over many addresses is found and named as such")
  func pool() throws {
    var table = FactTable()
    for beat in 0..<60 as Range<Int64> {
      table.absorb(
        call(
          &table, at: Self.start + beat * 60,
          address: "203.0.\(100 + (beat * 7) % 12).\(5 + beat % 12)"))
    }
    let beacon = try #require(hunt(table, by: HuntRules(parity: .seed)).beacons.first)
    #expect(beacon.clock == .changingAddresses)
    #expect(beacon.period == "60")
    #expect(beacon.addresses.count > 3)
  }

  @Test("One clock under changing file names is found and named as such")
  func names() throws {
    var table = FactTable()
    for beat in 0..<30 as Range<Int64> {
      table.absorb(
        call(
          &table, at: Self.start + beat * 300, image: #"C:\ProgramData\x\#(beat).exe"#,
          process: UInt64(beat + 1)))
    }
    let beacon = try #require(hunt(table, by: HuntRules(parity: .seed)).beacons.first)
    #expect(beacon.clock == .changingNames)
    #expect(beacon.programs.count == 30)
  }

  @Test("One process with a rhythm is not hidden by another one without")
  func process() throws {
    var table = FactTable()
    var random = Random(4)
    for beat in 0..<60 as Range<Int64> {
      table.absorb(call(&table, at: Self.start + beat * 60, process: 1))
    }
    for _ in 0..<200 {
      table.absorb(
        call(&table, at: Self.start + Int64.random(in: 0..<3600, using: &random), process: 2))
    }
    let beacon = try #require(hunt(table, by: HuntRules(parity: .seed)).beacons.first)
    #expect(beacon.clock == .process)
    #expect(beacon.period == "60")
  }

  @Test("An office program as the parent of a script host speaks, and what started it is told")
  func parents() throws {
    var table = FactTable()
    var start = ProcessStart()
    start.host = table.texts.intern("WS01")
    start.process = ProcessGuid(high: 1, low: 7)
    start.image = table.texts.intern(#"C:\Windows\System32\wscript.exe"#)
    start.parent = table.texts.intern(#"C:\Program Files\Microsoft Office\WINWORD.EXE"#)
    start.commandLine = table.texts.intern("wscript.exe //e:jscript x.txt")
    start.details.parentProcess = ProcessGuid(high: 1, low: 6)
    table.absorb(start)
    start.process = ProcessGuid(high: 1, low: 6)
    start.image = start.parent
    start.parent = table.texts.intern(#"C:\Windows\explorer.exe"#)
    start.details.parentProcess = .none
    table.absorb(start)
    for beat in 0..<20 as Range<Int64> {
      table.absorb(
        call(&table, at: Self.start + beat * 60, image: #"C:\Windows\System32\wscript.exe"#))
    }
    let beacon = try #require(hunt(table, by: HuntRules(parity: .seed)).beacons.first)
    #expect(beacon.reasons.contains { $0.evidence == .scriptParent })
    #expect(beacon.process?.commandLine == "wscript.exe //e:jscript x.txt")
    #expect(
      beacon.process?.ancestors.map { baseName($0.image) } == ["WINWORD.EXE", "explorer.exe"])
  }
}
