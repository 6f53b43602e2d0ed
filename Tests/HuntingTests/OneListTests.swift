import Facts
import Foundation
import Knowledge
import Testing

@testable import Hunting

/// What is in the one list is in it once, counts once, and answers to each of its names.
@Suite struct OneListTests {
  private static let start: Int64 = 1_714_557_600

  private static func powershell(_ beats: Range<Int64>) -> FactTable {
    var table = FactTable()
    for beat in beats {
      table.absorb(
        call(
          &table, at: start + beat * 60,
          image: #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#, port: "4444"))
    }
    return table
  }

  @Test("What a row and its beacon both say is told once")
  func details() throws {
    var rules = HuntRules(parity: .tuned)
    rules.intel = ["A", "B"].map { name in
      var indicator = Indicator(ports: PortQuery("4444"))
      indicator.actor = name
      return indicator
    }
    let finding = try #require(hunt(Self.powershell(0..<20), by: rules).findings.first)
    #expect(finding.kind == .tableRow && finding.beacon != nil)
    let reason = try #require(finding.reasons.first { $0.evidence == .attributedPort })
    #expect(reason.detail == "4444 A, 4444 B")
  }

  @Test("Of an address and of a port of it the same is not told twice")
  func rarity() throws {
    var table = Self.powershell(0..<20)
    table.coverage.hosts[table.texts.intern("WS01")] = HostCoverage()
    for number in 0..<9 {
      table.coverage.hosts[table.texts.intern("X\(number)")] = HostCoverage()
      table.absorb(call(&table, at: Self.start, host: "X\(number)", address: "198.51.100.7"))
    }
    let finding = try #require(hunt(table, by: HuntRules(parity: .tuned)).findings.first)
    let reason = try #require(finding.reasons.first { $0.evidence == .rare })
    #expect(reason.detail.components(separatedBy: "hosts").count == 2, "\(reason.detail)")
  }

  @Test("A line for several rows answers to the id of each of them")
  func names() throws {
    let table = callsUnderChangingNames(from: Self.start)
    let verdict = hunt(table, by: HuntRules(parity: .tuned))
    let line = try #require(verdict.findings.first)
    #expect(line.members.count == 30)
    for row in hunt(table, by: HuntRules(parity: .seed)).findings {
      #expect(verdict.subjects(named: row.id).count == 1)
    }
    #expect(verdict.subjects(named: line.id).count == 1)
  }

  @Test("A row and the rhythm in it are one piece of news")
  func news() throws {
    var verdict = hunt(Self.powershell(0..<20), by: HuntRules(parity: .tuned))
    let news = News(in: &verdict, reported: [:])
    #expect(news.new == News.Count(findings: 1))
    var again = hunt(Self.powershell(0..<20), by: HuntRules(parity: .tuned))
    #expect(News(in: &again, reported: news.states).new == News.Count())
    #expect(!again.hasAnything)
  }

  @Test("A rhythm that comes up in a row which was told is news of its own")
  func rhythmOfOldRow() throws {
    var first = hunt(Self.powershell(0..<3), by: HuntRules(parity: .tuned))
    let reported = News(in: &first, reported: [:]).states
    var verdict = hunt(Self.powershell(0..<20), by: HuntRules(parity: .tuned))
    let news = News(in: &verdict, reported: reported)
    #expect(news.new == News.Count(beacons: 1))
    #expect(news.continuing == News.Count(findings: 1))
    #expect(verdict.findings.map(\.kind) == [.beacon])
    #expect(verdict.findings.map(\.status) == [.new])
  }

  @Test("UDP that Sysmon for Linux says to go to this machine may go anywhere")
  func linuxDatagrams() throws {
    func findings(_ source: Source, _ transport: String) -> [Finding] {
      var table = FactTable()
      for beat in 0..<20 as Range<Int64> {
        var connection = call(
          &table, at: Self.start + beat * 60, image: "/usr/bin/ncat", address: "127.0.0.1",
          port: "4444")
        connection.source = source
        connection.transport = table.texts.intern(transport)
        table.absorb(connection)
      }
      return hunt(table, by: HuntRules(parity: .tuned)).findings
    }
    let linux = try #require(findings(.linuxSysmon, "udp").first)
    #expect(linux.mayGoAnywhere && linux.beacon != nil)
    for (source, transport) in [(Source.linuxSysmon, "tcp"), (.windowsSysmon, "udp")] {
      let other = try #require(findings(source, transport).first)
      #expect(!other.mayGoAnywhere && other.beacon == nil)
      #expect(other.reasons.contains { $0.evidence == .localAddress })
    }
  }

  /// Thirty hosts on which a program calls its maker; on one of them something else goes inside.
  private static func office(_ image: String, port: String) -> [Finding] {
    var table = FactTable()
    let agent = #"C:\Program Files\Sync\sync.exe"#
    for number in 0..<30 {
      table.coverage.hosts[table.texts.intern("WS\(number)")] = HostCoverage()
      for beat in 0..<20 as Range<Int64> {
        table.absorb(
          call(
            &table, at: start + beat * 61, host: "WS\(number)", image: agent,
            address: "198.51.100.7"))
      }
    }
    for beat in 0..<60 as Range<Int64> {
      table.absorb(
        call(
          &table, at: start + beat * 90, host: "WS3", image: image, address: "10.9.8.7", port: port)
      )
    }
    return hunt(table, by: HuntRules(parity: .tuned)).findings
  }

  @Test("Inside, a program that stays outside elsewhere is strange, and so is a part of Windows")
  func inside() throws {
    func reasons(_ image: String) throws -> Set<Evidence> {
      let findings = Self.office(image, port: "443")
      let finding = try #require(findings.first { $0.remoteAddresses == ["10.9.8.7"] })
      return Set(finding.reasons.map(\.evidence))
    }
    #expect(try reasons(#"C:\Program Files\Sync\sync.exe"#).contains(.unusualForProgram))
    #expect(try reasons(#"C:\Windows\explorer.exe"#).contains(.partOfWindows))
    let script = try reasons(#"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#)
    #expect(script.isDisjoint(with: [.partOfWindows, .unusualForProgram]))
  }
}
