import Bookkeeping
import Facts
import Foundation
import Hunting
import Knowledge
import Scanning
import Testing

/// What does not fit into memory says the same from a temporary file.
@Suite struct FactSpoolTests {
  /// Facts of each night in one table, with a registry change and a chain of processes now and then.
  private static func nights(_ seed: UInt64) -> [FactTable] {
    var fleet = RandomFleet(seed)
    return (0..<8).map { night in
      var facts = fleet.night(night)
      var change = RegistryChange(place: Place(archive: 0, line: 1, offset: night))
      change.host = facts.texts.intern("host-\(fleet.below(9))")
      change.target = facts.texts.intern(
        #"HKLM\System\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp\PortNumber"#)
      change.details = facts.texts.intern("DWORD (0x00001f91)")
      change.time = UTCTime(milliseconds: Int64(19_844 + night) * 86_400_000)
      facts.absorb(change)
      for (key, start) in Array(facts.processes) where fleet.below(2) == 0 {
        var start = start
        start.details.parentProcess = ProcessGuid(high: key.process.high, low: 1)
        facts.absorb(start, of: key)
      }
      return facts
    }
  }

  private func spool(_ nights: [FactTable], memory: Int) throws -> (FactSpool, whole: FactTable) {
    var spool = FactSpool(memory: memory)
    var whole = FactTable()
    for (ordinal, night) in nights.enumerated() {
      var facts = night
      facts.mapPlaces { Place(archive: Int32(ordinal), line: $0.line, offset: $0.offset) }
      try spool.add(facts)
      whole.merge(facts)
    }
    return (spool, whole)
  }

  @Test(
    "A hunt and a sweep say the same, however little fits into memory",
    arguments: 1...6 as ClosedRange<UInt64>, [1, 60_000, 400_000])
  func judgement(seed: UInt64, memory: Int) async throws {
    var (spool, whole) = try spool(Self.nights(seed), memory: memory)
    try #require(try spool.end() == nil)
    for parity in [Parity.seed, .tuned, .strict] {
      for isOnlyPublished in [false, true] {
        var rules = HuntRules(parity: parity)
        rules.isOnlyPublished = isOnlyPublished
        rules.intel = [Indicator(address: AddressBlock("93.184.216.0/24"))]
        let plan = RecallPlan.hunt(
          wanting: IntelWanted(rules.intel), isOnlyPublished: isOnlyPublished)
        let recalled = try await spool.recall(plan, of: ScanResult(), workers: 2)
        let told = await hunt(
          recalled.scan.facts, by: rules, totals: recalled.totals, groups: recalled.groups,
          workers: 2)
        #expect(await told == hunt(whole, by: rules, workers: 2))
      }
    }
    var rules = HuntRules(parity: .tuned)
    rules.isSweep = true
    rules.intel = [PortQuery(443...443), PortQuery(49_700...49_800)].map { Indicator(ports: $0) }
    let recalled = try await spool.recall(
      .sweep(for: IntelWanted(rules.intel)), of: ScanResult(), workers: 1)
    #expect(recalled.scan.facts.keys.count < whole.keys.count)
    let told = hunt(recalled.scan.facts, by: rules, totals: recalled.totals)
    #expect(told == hunt(whole, by: rules) && !told.findings.isEmpty)
  }

  @Test("Archives keep the places of their lines when their numbers change")
  func numbers() async throws {
    let nights = Self.nights(3)
    let numbers = Dictionary(uniqueKeysWithValues: (0..<8).map { (Int32($0), Int32(7 - $0)) })
    var (spool, whole) = try spool(nights, memory: 1)
    spool.renumberArchives(numbers)
    whole.mapPlaces { $0.renumbered(numbers) }
    try #require(try spool.end() == nil)
    let recalled = try await spool.recall(.hunt(), of: ScanResult(), workers: 1)
    let told = hunt(recalled.scan.facts, by: HuntRules(parity: .seed), groups: recalled.groups)
    #expect(told.findings == hunt(whole, by: HuntRules(parity: .seed)).findings)
    #expect(Set(told.findings.compactMap(\.firstPlace?.archive)).count > 1)
  }

  @Test("What fits into memory stays there")
  func small() throws {
    var (spool, whole) = try spool(Self.nights(1), memory: 1 << 30)
    let facts = try #require(try spool.end())
    #expect(facts.keys.count == whole.keys.count)
    #expect(facts.memoryBytes > 0 && FactTable().memoryBytes == 0)
  }
}
