import Facts
import Knowledge
import Testing

@testable import Hunting

/// Points: what gives them, what takes them back, and that the published score never hears of them.
@Suite struct EvidenceTests {
  @Test func pointsAddUpAndAreNamed() throws {
    let finding = try #require(
      hunt(shell(port: "4444"), by: HuntRules(parity: .tuned)).findings.first)
    #expect(
      finding.reasons.map(\.evidence) == [
        .listedPort, .exactName, .oddPort, .publicAddress, .publicScript,
      ])
    #expect(finding.points == 65)
    #expect(finding.maxRiskScore == 3)
  }

  @Test func anActorTakesThePlaceOfAList() throws {
    var indicator = Indicator(ports: PortQuery("4444"))
    indicator.actor = "Somebody"
    indicator.attackID = "G0001"
    var rules = HuntRules(parity: .tuned)
    rules.intel = [indicator]
    let finding = try #require(hunt(shell(port: "4444"), by: rules).findings.first)
    #expect(
      finding.reasons.first
        == Reason(
          evidence: .attributedPort, points: 25, detail: "4444 Somebody, G0001"))
    #expect(!finding.reasons.contains { $0.evidence == .listedPort })
    #expect(finding.maxRiskScore == 3)
  }

  @Test func aTechniqueIsNoActor() throws {
    var indicator = Indicator(ports: PortQuery("4444"))
    indicator.actor = "generic"
    indicator.attackID = "T1571"
    var rules = HuntRules(parity: .tuned)
    rules.intel = [indicator]
    let finding = try #require(hunt(shell(port: "4444"), by: rules).findings.first)
    #expect(finding.reasons.first?.evidence == .listedPort)
  }

  @Test func remoteManagementInsideIsExplained() throws {
    let finding = try #require(
      hunt(shell(port: "5985", address: "10.0.0.5"), by: HuntRules(parity: .tuned)).findings.first)
    #expect(finding.services == [.winRM])
    #expect(finding.points == 0)
  }

  @Test func oneConnectionToAStrangerIsNotExcused() throws {
    var table = shell(port: "5985", address: "10.0.0.5")
    table.absorb(call(&table, at: 1_714_557_700, image: powershell, port: "5986"))
    let finding = try #require(hunt(table, by: HuntRules(parity: .tuned)).findings.first)
    #expect(!finding.reasons.contains { $0.evidence == .knownService })
  }

  @Test func dynamicPortsNeedTheirEndpointMapper() throws {
    var table = shell(port: "49674", address: "10.0.0.5")
    var finding = try #require(hunt(table, by: HuntRules(parity: .tuned)).findings.first)
    #expect(finding.services == [])
    table.absorb(call(&table, at: 1_714_557_600, address: "10.0.0.5", port: "135"))
    finding = try #require(hunt(table, by: HuntRules(parity: .tuned)).findings.first)
    #expect(finding.services == [.rpcDynamic])
  }

  @Test func aBeaconGivesPointsToItsFinding() throws {
    var table = FactTable()
    for beat in 0..<10 {
      table.absorb(
        call(&table, at: 1_714_557_600 + Int64(beat) * 60, image: powershell, port: "9001"))
    }
    let finding = try #require(hunt(table, by: HuntRules(parity: .tuned)).findings.first)
    #expect(finding.reasons.contains { $0.evidence == .beacon && $0.points == 30 })
    #expect(finding.beacon?.period == "60")
  }

  @Test func tunedIsOrderedByPointsAndSeedAsPublished() {
    var table = shell(port: "49999", address: "10.0.0.5")
    for _ in 0..<5 {
      table.absorb(
        call(&table, at: 1_714_557_600, image: powershell, address: "10.0.0.5", port: "5985"))
    }
    // More connections, but explained.
    var other = FactTable()
    other.merge(table)
    other.absorb(
      call(&other, at: 1_714_557_600, host: "WS02", image: #"C:\Users\a\x.exe"#, port: "6666"))
    let seed = hunt(other, by: HuntRules(parity: .seed)).findings
    let tuned = hunt(other, by: HuntRules(parity: .tuned)).findings
    #expect(seed.map(\.maxRiskScore) == [2, 1])
    #expect(tuned.map(\.maxRiskScore) == [1, 2])
  }

  @Test func weightsAreSettings() throws {
    var rules = HuntRules(parity: .tuned)
    rules.weights[.exactName] = 0
    rules.weights[.publicAddress] = 100
    let finding = try #require(hunt(shell(port: "4444"), by: rules).findings.first)
    #expect(!finding.reasons.contains { $0.evidence == .exactName })
    #expect(finding.points == 100)
  }

  @Test func rarityNeedsAFleet() throws {
    var table = shell(port: "4444")
    for host in ["A", "B", "C", "D", "WS01"] {
      table.coverage.hosts[table.texts.intern(host)] = HostCoverage()
    }
    let finding = try #require(hunt(table, by: HuntRules(parity: .seed)).findings.first)
    #expect(finding.reasons.contains { $0.evidence == .rare })
    #expect(
      finding.reasons.first { $0.evidence == .rare }?.detail
        == "1 of 5 hosts talks to 203.0.113.9 port 4444")
  }

  private let powershell = #"C:\Windows\System32\powershell.exe"#

  private func shell(port: String, address: String = "203.0.113.9") -> FactTable {
    var table = FactTable()
    table.absorb(call(&table, at: 1_714_557_600, image: powershell, address: address, port: port))
    return table
  }
}
