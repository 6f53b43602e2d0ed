import Archives
import ArgumentParser
import Bookkeeping
import Facts
import Scanning

/// A ledger of many facts, to measure how long an answer takes.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Makes a ledger of many facts, a night to each 100,000.")

  @Option(help: "How many connection facts.")
  var facts = 10_000_000

  @Option(help: "The ledger to make.")
  var output: String

  private static let factsPerNight = 100_000
  private static let hosts = 2000
  private static let images = 40
  private static let addresses = 200_000
  private static let usualPorts = [443, 443, 443, 443, 443, 80, 80, 53, 445, 88, 389, 135]
  /// One fact in this many has the rare port.
  private static let rarity = 500_000
  private static let rarePort = 31_337

  mutating func run() throws {
    let ledger = try Ledger(output, for: .adding([:]))
    var random = SystemlessRandom(state: 1571)
    var made = 0
    var night = 0
    while made < facts {
      let table = table(night, min(Self.factsPerNight, facts - made), made, &random)
      made += table.keys.count
      var record = ArchiveRecord(
        name: "night-\(night).jsonl.zst", sha256: "bench-\(night)", bytes: 1_000_000 + night,
        unpackedBytes: 50_000_000, container: .zstd, frames: 1)
      record.coverage = table.coverage
      try ledger.add(
        ScannedArchive(record: record, facts: table),
        of: IdentifiedFile(file: InputFile(name: record.name, path: record.name)))
      night += 1
    }
    print("{\"facts\":\(made)}")
  }

  private func table(
    _ night: Int, _ count: Int, _ made: Int, _ random: inout SystemlessRandom
  ) -> FactTable {
    var table = FactTable()
    let midnight = Int64(19_844 + night) * 86_400_000
    for at in 0..<count {
      let host = random.below(Self.hosts)
      let time = UTCTime(milliseconds: midnight + Int64(random.below(86_400_000)))
      var connection = Connection(
        place: Place(archive: Int32(night), line: at + 1, offset: at * 1200))
      connection.host = table.texts.intern("ws-\(host).example.test")
      connection.image = table.texts.intern(
        "C:\\Program Files\\App\(random.below(Self.images)).exe")
      connection.user = table.texts.intern("EXAMPLE\\user\(host)")
      // Each process of its own, so that no two facts are one.
      connection.process = ProcessGuid(high: UInt64(host) << 32, low: UInt64(made + at))
      let address = random.below(Self.addresses)
      connection.address = table.texts.intern("198.18.\(address / 256 % 256).\(address % 256)")
      connection.port = table.texts.intern(String(port(made + at, &random)))
      connection.transport = table.texts.intern("tcp")
      connection.direction = .outbound
      connection.time = time
      connection.arrivalSecond = UInt32(exactly: time.second)
      table.absorb(connection)
    }
    return table
  }

  private func port(_ number: Int, _ random: inout SystemlessRandom) -> Int {
    if number % Self.rarity == Self.rarity / 2 { return Self.rarePort }
    if random.below(10) == 0 { return 49_152 + random.below(16_000) }
    return Self.usualPorts[random.below(Self.usualPorts.count)]
  }
}

/// The same numbers on every machine.
private struct SystemlessRandom {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(limit))
  }
}
