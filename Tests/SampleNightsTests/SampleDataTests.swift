import Archives
import Facts
import Foundation
import Hunting
import Knowledge
import SampleNights
import Scanning
import Testing

/// The committed sample data against the generator that knows what it put there.
@Suite struct SampleDataTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "sample-data").path

  static let company = Company(seed: 1571)

  static let archives: [Night.Archive] = (0..<Company.days).flatMap {
    Night(of: company, day: $0).archives
  }

  static let truth: Truth = archives.reduce(into: Truth()) { truth, archive in
    truth.add(archive, unpacked: archive.lines())
  }

  static func scanned(_ options: ScanOptions = ScanOptions()) async throws -> ScanResult {
    try await scan(ArchiveFinder.find(paths: [folder + "/nights"]).archives, options)
  }

  @Test("The generator gives the committed lines again, and no other archives")
  func regenerates() throws {
    for archive in Self.archives {
      let committed = try Data(contentsOf: URL(filePath: Self.folder + "/nights/" + archive.path))
      #expect(Array(committed) == (try archive.encoding.pack(archive.lines())), "\(archive.path)")
    }
    let found = try ArchiveFinder.find(paths: [Self.folder + "/nights"]).archives
    #expect(found.count == Self.archives.count)
  }

  @Test(
    "A hunt finds the rows that were planted, and no others",
    arguments: [(Parity.seed, PublishedRule.Parity.seed), (.tuned, .tuned)])
  func findsTruth(parity: Parity, rule: PublishedRule.Parity) async throws {
    var rules = HuntRules(parity: parity)
    rules.isOnlyPublished = true
    let verdict = hunt(try await Self.scanned().facts, by: rules)
    let rows = Self.truth.rows(rule)
    #expect(verdict.findings.count == rows.count)
    for (finding, row) in zip(verdict.findings, rows) {
      #expect(finding.host == row.host)
      #expect(finding.image == row.image)
      #expect(finding.user == row.user)
      #expect(finding.parentImage == row.parent)
      #expect(finding.connectionCount == row.count)
      #expect(finding.maxRiskScore == row.score)
      #expect(Set(finding.portsUsed.compactMap(\.number)) == row.ports)
      let addresses = row.addresses.map { Address($0)?.description ?? $0 }
      #expect(Set(finding.remoteAddresses) == Set(addresses))
      #expect(Set(finding.severities.map(\.rawValue)) == row.scores)
      #expect(finding.firstSeen?.milliseconds == Int64(row.first.milliseconds))
      #expect(finding.lastSeen?.milliseconds == Int64(row.last.milliseconds))
    }
  }

  @Test("Every line of every archive is counted, whatever shape and encoding it has")
  func countsLines() async throws {
    let result = try await Self.scanned()
    let counted = Dictionary(
      uniqueKeysWithValues: result.archives.map { ($0.name, $0.coverage.lines.total) })
    for archive in Self.truth.archives { #expect(counted[archive.path] == archive.lines) }
    #expect(result.archives.allSatisfy { $0.damage == nil })
  }

  @Test("A few hundred thousand lines are read, of which few in a hundred can matter")
  func isMostlyNoise() async throws {
    let lines = try await Self.scanned().facts.coverage.lines
    #expect((200_000..<300_000).contains(lines.total))
    #expect(lines.observations * 100 < lines.total * 3)
  }

  @Test("What services do over and over changes nothing that is to be found")
  func routineIsNoise() {
    let company = Company(seed: Self.company.seed, hasRoutine: false)
    var truth = Truth()
    for day in 0..<Company.days {
      for archive in Night(of: company, day: day).archives { truth.add(archive, unpacked: []) }
    }
    #expect(truth.sightings == Self.truth.sightings)
    for parity in [PublishedRule.Parity.seed, .tuned] {
      #expect(truth.rows(parity) == Self.truth.rows(parity))
    }
  }

  @Test("Neither workers nor chunks show in what was found", arguments: [1, 2, 5])
  func anyWorkers(workers: Int) async throws {
    var options = ScanOptions()
    options.workers = workers
    options.chunkBytes = [1: 1, 2: 70_000, 5: 1 << 20][workers]!
    let one = try await Self.scanned()
    let other = try await Self.scanned(options)
    #expect(
      hunt(one.facts, by: HuntRules(parity: .seed))
        == hunt(other.facts, by: HuntRules(parity: .seed)))
    #expect(one.facts.coverage.lines == other.facts.coverage.lines)
    #expect(one.archives == other.archives)
  }

  @Test("What the filter passes over is of no use")
  func filterIsSound() async throws {
    var options = ScanOptions()
    options.checkAll = true
    let quick = try await Self.scanned()
    let thorough = try await Self.scanned(options)
    #expect(
      hunt(quick.facts, by: HuntRules(parity: .tuned))
        == hunt(thorough.facts, by: HuntRules(parity: .tuned)))
    #expect(quick.facts.coverage.lines.observations == thorough.facts.coverage.lines.observations)
    #expect(quick.facts.keys.count == thorough.facts.keys.count)
    #expect(quick.facts.processes.count == thorough.facts.processes.count)
  }
}
