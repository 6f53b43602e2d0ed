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

  @Test("Talk of many hosts is one line with their number, after what one host does alone")
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
    let found = trail(
      of: .beacon(agents), in: facts, by: rules, judgedBy: verdict, BeaconGroups(facts))
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
    #expect(beacon.timekeeper == .changingAddresses)
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
    #expect(beacon.timekeeper == .changingNames)
    #expect(beacon.programs.count == 30)
  }

  @Test("Addresses of which each has a trace of one clock are one line, even two of them")
  func redirectors() throws {
    var table = FactTable()
    var random = Random(21)
    for beat in 0..<400 as Range<Int64> {
      table.absorb(
        call(
          &table, at: Self.start + beat * 120,
          address: random.unit() < 0.5 ? "203.0.113.5" : "198.51.100.6"))
    }
    let beacons = hunt(table, by: HuntRules(parity: .seed)).beacons
    #expect(beacons.count == 1)
    #expect(beacons.first?.timekeeper == .changingAddresses)
    #expect(beacons.first?.period == "120")
    #expect(beacons.first?.addresses == ["198.51.100.6", "203.0.113.5"])
  }

  @Test(
    "So they are where 30 % of the events are lost, and few names are like few addresses",
    arguments: [true, false])
  func fewOfOneClock(isNames: Bool) throws {
    var table = FactTable()
    var random = Random(22)
    for beat in 0..<900 as Range<Int64> {
      let (which, isLost) = (Int(random.unit() * 3), random.unit() < 0.3)
      guard !isLost else { continue }
      table.absorb(
        call(
          &table, at: Self.start + beat * 120 + Int64(random.unit() * 40),
          image: isNames ? #"C:\ProgramData\\#(which).exe"# : #"C:\agent.exe"#,
          address: isNames ? "203.0.113.5" : "203.0.\(which).5"))
    }
    let beacons = hunt(table, by: HuntRules(parity: .seed)).beacons
    #expect(beacons.count == 1)
    #expect(beacons.first?.timekeeper == (isNames ? .changingNames : .changingAddresses))
    #expect(beacons.first?.connectionCount == table.facts.reduce(0) { $0 + $1.count })
  }

  @Test("Two programs with clocks of their own towards one address stay two")
  func twoClocks() {
    var table = FactTable()
    for (name, period) in [("a", 60), ("b", 77)] as [(String, Int64)] {
      for beat in 0..<200 as Range<Int64> {
        table.absorb(call(&table, at: Self.start + beat * period, image: "C:\\\(name).exe"))
      }
    }
    let beacons = hunt(table, by: HuntRules(parity: .seed)).beacons
    #expect(beacons.map(\.timekeeper) == [.program, .program])
  }

  @Test("Names that change with each call do not fill the list")
  func manyRowsOfOneClock() throws {
    let table = callsUnderChangingNames(from: Self.start)
    let rules = HuntRules(parity: .tuned)
    let verdict = hunt(table, by: rules)
    let line = try #require(verdict.findings.first)
    #expect(verdict.findings.count == 1)
    #expect(line.members.count == 30)
    #expect(line.connectionCount == 30)
    #expect(line.beacon?.timekeeper == .changingNames)
    let found = trail(
      of: .finding(line, suppressedBy: nil), in: table, by: rules, judgedBy: verdict,
      BeaconGroups(table))
    #expect(found.connections == 30)
    #expect(hunt(table, by: HuntRules(parity: .seed)).findings.count == 30)
  }

  /// Thirty hosts with a browser that polls a site of its own on each; with what one of them does besides.
  private static func office(_ add: (inout FactTable) -> Void) -> [Finding] {
    var table = FactTable()
    for number in 0..<30 {
      let host = "WS\(number)"
      table.coverage.hosts[table.texts.intern(host)] = HostCoverage()
      for beat in 0..<40 as Range<Int64> {
        table.absorb(
          call(
            &table, at: start + beat * 60, host: host,
            image: #"C:\Users\u\#(number)\AppData\Local\Fox\fox.exe"#,
            address: "20.\(number).1.9"))
        table.absorb(
          call(
            &table, at: start + beat * 90, host: host, image: #"C:\Windows\System32\dllhost.exe"#,
            address: "192.0.2.10", port: "8443"))
      }
    }
    add(&table)
    return hunt(table, by: HuntRules(parity: .tuned)).findings
  }

  private static func evidence(_ address: String, in findings: [Finding]) -> [Evidence] {
    findings.first { $0.remoteAddresses.contains(address) }?.reasons.map(\.evidence) ?? []
  }

  @Test("A program with destinations of its own everywhere is below a part of Windows that has one")
  func roaming() throws {
    let findings = Self.office { table in
      for beat in 0..<40 as Range<Int64> {
        table.absorb(
          call(
            &table, at: Self.start + beat * 60, host: "WS3",
            image: #"C:\Windows\System32\dllhost.exe"#, address: "91.2.3.4"))
      }
    }
    #expect(findings.first?.remoteAddresses == ["91.2.3.4"])
    let injected = Self.evidence("91.2.3.4", in: findings)
    #expect(injected.contains(.partOfWindows))
    #expect(injected.contains(.unusualForProgram))
    let browser = Self.evidence("20.7.1.9", in: findings)
    #expect(browser.contains(.usualForProgram))
    #expect(!browser.contains(.writablePath), "everybody runs it from there")
  }

  @Test("A place where users can write speaks where nobody else runs anything from it")
  func unusualPlace() {
    let findings = Self.office { table in
      for beat in 0..<40 as Range<Int64> {
        table.absorb(
          call(
            &table, at: Self.start + beat * 60, host: "WS3",
            image: #"C:\Users\u\AppData\Roaming\Fox\fox.exe"#, address: "91.2.3.4"))
      }
    }
    #expect(Self.evidence("91.2.3.4", in: findings).contains(.writablePath))
  }

  @Test("A script that only talks inside is low, and no address inside is rare")
  func insideIsLow() throws {
    let findings = Self.office { table in
      for beat in 0..<40 as Range<Int64> {
        table.absorb(
          call(
            &table, at: Self.start + beat * 900, host: "WS3",
            image: #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#,
            address: "10.1.2.3"))
      }
    }
    let script = try #require(findings.first { $0.remoteAddresses == ["10.1.2.3"] })
    #expect(script.severity == .low)
    #expect(!script.reasons.contains { $0.evidence == .rare })
  }

  @Test(
    "Port 53 explains no program that has no business there",
    arguments: [
      (#"C:\Windows\System32\dllhost.exe"#, true), (#"C:\Windows\System32\rundll32.exe"#, true),
      (#"C:\ProgramData\a.exe"#, true), (#"C:\Windows\System32\dns.exe"#, false),
    ])
  func names(image: String, isFinding: Bool) {
    let findings = Self.office { table in
      for beat in 0..<40 as Range<Int64> {
        table.absorb(
          call(
            &table, at: Self.start + beat * 60, host: "WS3", image: image, address: "91.2.3.4",
            port: "53"))
      }
    }
    #expect(findings.contains { $0.remoteAddresses == ["91.2.3.4"] } == isFinding)
  }

  @Test("A program that had called for days before it used a port says so")
  func firstUseOfAPort() {
    let findings = Self.office { table in
      for beat in 0..<40 as Range<Int64> {
        table.absorb(
          call(
            &table, at: Self.start + 4 * 86_400 + beat * 60, host: "WS3",
            image: #"C:\Windows\System32\dllhost.exe"#, address: "91.2.3.4", port: "8081"))
      }
    }
    #expect(Self.evidence("91.2.3.4", in: findings).contains(.portFirstUsed))
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
    #expect(beacon.timekeeper == .process)
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
