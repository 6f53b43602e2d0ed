import Archives
import Bookkeeping
import Facts
import Foundation
import Hunting
import Knowledge
import Scanning
import Testing

/// Random nights of a small fleet, whose hunt over a ledger is compared with one over all facts in memory.
@Suite final class RandomNightsTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
  var path: String { folder + "/nights.ledger" }
  /// Findings in all comparisons.
  private var found = 0

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test(
    "A ledger says what all its facts say, in whatever order they came and whatever was forgotten",
    arguments: 1...12 as ClosedRange<UInt64>)
  func history(seed: UInt64) async throws {
    var fleet = RandomFleet(seed)
    let ledger = try Ledger(path, for: .adding(["time": "record"]))
    // One in which nothing is bundled.
    let plain = try Ledger(path + "-plain", for: .adding(["time": "record"]))
    var nights: [String: FactTable] = [:]
    for step in 0..<12 {
      if step > 3, fleet.below(4) == 0, let name = nights.keys.sorted().first {
        #expect(try ledger.forget([name]) == 1)
        #expect(try plain.forget([name]) == 1)
        nights[name] = nil
      } else {
        let name = "night-\(fleet.below(900) + 100).jsonl"
        guard nights[name] == nil else { continue }
        nights[name] = fleet.night(step)
        try add(nights[name] ?? FactTable(), as: name, to: ledger)
        try add(nights[name] ?? FactTable(), as: name, to: plain)
        if fleet.below(2) == 0 { try ledger.bundle(atLeast: 2 + fleet.below(3)) }
      }
      guard step % 3 == 2 else { continue }
      for parity in [Parity.seed, .tuned, .strict] {
        try await compare(ledger, with: whole(nights), HuntRules(parity: parity))
      }
      let day = Int32(19_844 + fleet.below(9))
      for days in [nil, day..<day + 3] {
        #expect(try await tell(ledger, days) == tell(plain, days))
      }
      var rules = HuntRules(parity: .tuned)
      rules.isSweep = true
      rules.intel = [PortQuery(443...443), PortQuery(49_700...49_800)].map { Indicator(ports: $0) }
      let recalled = try await ledger.recall(.sweep(for: IntelWanted(rules.intel)), workers: 2)
      let swept = hunt(recalled.scan.facts, by: rules, totals: recalled.totals)
      #expect(swept == hunt(whole(nights), by: rules))
    }
    #expect(try Ledger.problems(of: path) == [])
    #expect(found > 0)
  }

  private func compare(_ ledger: Ledger, with facts: FactTable, _ rules: HuntRules) async throws {
    let expected = hunt(facts, by: rules)
    for workers in [1, 3] {
      let recalled = try await ledger.recall(.hunt(), workers: workers)
      let told = hunt(
        recalled.scan.facts, by: rules, totals: recalled.totals, groups: recalled.groups)
      #expect(told == expected)
    }
    found += expected.findings.count
  }

  /// What a ledger says of some days.
  private func tell(_ ledger: Ledger, _ days: Range<Int32>?) async throws -> Verdict {
    let recalled = try await ledger.recall(.hunt(days: days), workers: 2)
    return hunt(
      recalled.scan.facts, by: HuntRules(parity: .tuned), totals: recalled.totals,
      groups: recalled.groups)
  }

  private func add(_ facts: FactTable, as name: String, to ledger: Ledger) throws {
    var record = ArchiveRecord(
      name: name, sha256: "hash of \(name)", bytes: 1, unpackedBytes: 1, container: .plain,
      frames: 0)
    record.coverage = facts.coverage
    try ledger.add(
      ScannedArchive(record: record, facts: facts),
      of: IdentifiedFile(file: InputFile(name: name, path: "/" + name)))
  }

  private func whole(_ nights: [String: FactTable]) -> FactTable {
    var whole = FactTable()
    for (ordinal, night) in nights.sorted(by: { $0.key < $1.key }).enumerated() {
      var facts = night.value
      facts.mapPlaces { Place(archive: Int32(ordinal), line: $0.line, offset: $0.offset) }
      whole.merge(facts)
    }
    return whole
  }
}

/// Programs that call home, browse or ask the endpoint mapper, at random: SplitMix64 from a seed.
struct RandomFleet {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }

  private static let images = [
    #"C:\Windows\System32\svchost.exe"#, #"C:\Users\u\AppData\Local\Temp\agent.exe"#,
    #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#,
    #"C:\Program Files\Browser\browser.exe"#, #"C:\Users\u\AppData\Roaming\a1.exe"#,
    #"C:\Users\u\AppData\Roaming\a2.exe"#, "",
  ]
  private static func addresses(_ host: Int) -> [String] {
    ["10.0.0.5", "93.184.216.\(host)", "93.184.216.34", "::ffff:93.184.216.34", "no address"]
  }
  private static let ports = ["443", "80", "4444", "135", "49700", "49800", "8081", "rpc"]

  /// A night of some hosts.
  mutating func night(_ day: Int) -> FactTable {
    var table = FactTable()
    var line = 0
    for host in 0..<9 where below(4) > 0 {
      for _ in 0..<(2 + below(6)) {
        let image = Self.images[below(Self.images.count)]
        let port = Self.ports[below(Self.ports.count)]
        let isPool = below(3) == 0
        let address = below(5)
        let first = Int64(19_844 + day) * 86_400 + Int64(below(40_000))
        let period = [1, 60, 300, 900][below(4)]
        let direction = Direction.allCases[below(20) % Direction.allCases.count]
        for beat in 0..<(1 + below(30)) {
          line += 1
          var connection = Connection(place: Place(archive: 0, line: line, offset: line * 100))
          connection.host = below(60) == 0 ? .none : table.texts.intern("host-\(host)")
          connection.image = table.texts.intern(image)
          connection.user = table.texts.intern("user-\(below(2))")
          connection.process = ProcessGuid(high: UInt64(host), low: UInt64(below(3)))
          connection.address = table.texts.intern(
            isPool ? "203.0.\(host).\(beat % 5)" : Self.addresses(host)[address])
          connection.port = table.texts.intern(port)
          connection.transport = table.texts.intern(below(40) == 0 ? "udp" : "tcp")
          connection.direction = direction
          let second = first + Int64(beat * period) + Int64(below(2))
          connection.time = below(50) == 0 ? nil : UTCTime(milliseconds: second * 1000)
          connection.arrivalSecond = UInt32(second)
          table.absorb(connection)
        }
        var start = ProcessStart()
        start.host = table.texts.intern("host-\(host)")
        start.process = ProcessGuid(high: UInt64(host), low: UInt64(below(3)))
        start.image = table.texts.intern(image)
        start.parent = table.texts.intern(below(2) == 0 ? #"C:\Office\WINWORD.EXE"# : "")
        start.originalFileName = table.texts.intern(below(5) == 0 ? "PowerShell.EXE" : "x.exe")
        start.time = UTCTime(milliseconds: first * 1000)
        table.absorb(start)
        let id = start.host
        table.coverage.hosts[id, default: HostCoverage()].hours.add(
          .init(Int32(first / 3600), events: 5, kinds: .connections))
      }
    }
    table.coverage.lines.observations = line
    return table
  }
}
