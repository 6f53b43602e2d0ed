import Archives
import Facts
import Foundation
import Hunting
import Knowledge
import Scanning
import Testing

/// The corpus of real archives beside this repository, if it is there.
enum Corpus {
  static let root: String? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path =
      ProcessInfo.processInfo.environment["ODDPORT_CORPUS"]
      ?? package.deletingLastPathComponent().appending(path: "shared/corpus").path
    return FileManager.default.fileExists(atPath: path + "/expected") ? path : nil
  }()

  /// Every expected answer to one archive, by its path below `expected/`.
  static let cases: [String] = {
    guard let root else { return [] }
    let all =
      FileManager.default.enumerator(atPath: root + "/expected")?.allObjects as? [String] ?? []
    return all.filter {
      $0.hasSuffix(".json") && $0.contains("/") && !$0.contains("+") && !$0.contains(".noresolve.")
    }.sorted()
  }()
}

private struct Expected: Decodable {
  struct Row: Decodable {
    var host, Image, User, ParentImage: String
    var ports_used, remote_ips, severity: [String]
    var connection_count, max_risk_score: Int
    var first_seen_ms, last_seen_ms: Int64?
  }

  struct Archive: Decodable {
    var status: String
    var lines, blank, malformed: Int
  }

  var rows: [Row]
  var archives: [Archive]

  init(_ name: String) throws {
    let root = try #require(Corpus.root)
    let data = try Data(contentsOf: URL(filePath: root + "/expected/" + name))
    self = try JSONDecoder().decode(Expected.self, from: data)
  }

  var words: [String] {
    rows.map { row in
      let addresses = Set(row.remote_ips.map { Address($0)?.description ?? $0 }).sorted()
      return [
        row.host, row.Image, row.User, row.ParentImage,
        row.ports_used.sorted().joined(separator: " "),
        addresses.joined(separator: " "), "\(row.connection_count)", "\(row.max_risk_score)",
        row.severity.sorted().joined(separator: " "), row.first_seen_ms.map(String.init) ?? "null",
        row.last_seen_ms.map(String.init) ?? "null",
      ].joined(separator: "|")
    }
  }
}

extension Verdict {
  fileprivate var words: [String] {
    findings.map { finding in
      [
        finding.host, finding.image, finding.user, finding.parentImage,
        finding.portsUsed.map(\.text).sorted().joined(separator: " "),
        finding.remoteAddresses.sorted().joined(separator: " "), "\(finding.connectionCount)",
        "\(finding.maxRiskScore)", finding.severities.map(\.name).sorted().joined(separator: " "),
        finding.firstSeen.map { "\($0.milliseconds)" } ?? "null",
        finding.lastSeen.map { "\($0.milliseconds)" } ?? "null",
      ].joined(separator: "|")
    }
  }
}

@Suite(.enabled(if: Corpus.root != nil, "no corpus beside this repository"))
struct ConformanceTests {
  private func scanned(_ name: String, _ options: ScanOptions) async throws -> ScanResult {
    let root = try #require(Corpus.root)
    return try await scan(ArchiveFinder.find(paths: [root + "/" + name]).archives, options)
  }

  /// Lines that the oracle, which reads JSON alone, takes for malformed: whole events as XML.
  static let linesOfXML = [
    "damaged/25-splunk-raw-xml.json": 40, "damaged/25-splunk-raw-xml.strict.json": 40,
  ]

  @Test(
    "Every archive gives the rows and counts of the independent oracle", arguments: Corpus.cases)
  func agrees(name: String) async throws {
    let isStrict = name.hasSuffix(".strict.json")
    let archive = String(name.dropLast(isStrict ? 12 : 5)) + ".jsonl.zst"
    let expected = try Expected(name)
    var options = ScanOptions()
    options.workers = 2
    options.checkAll = true
    let result = try await scanned(archive, options)
    let verdict = hunt(result.facts, by: HuntRules(parity: isStrict ? .strict : .seed))
    #expect(verdict.words == expected.words)
    let record = try #require(result.archives.first)
    let lines = record.coverage.lines
    #expect((record.damage == nil ? "ok" : "damaged") == expected.archives[0].status)
    #expect(lines.total == expected.archives[0].lines)
    #expect(lines.blank == expected.archives[0].blank)
    #expect(
      lines.rejectedTotal == expected.archives[0].malformed - Self.linesOfXML[name, default: 0])

    options.checkAll = false
    options.chunkBytes = 100_000
    let quick = try await scanned(archive, options)
    #expect(
      hunt(quick.facts, by: HuntRules(parity: isStrict ? .strict : .seed)).findings
        == verdict.findings)
    #expect(quick.archives.first?.coverage.lines.total == lines.total)
    #expect(quick.archives.first?.coverage.lines.blank == lines.blank)
  }

  @Test("All native archives together agree", arguments: [Parity.seed, .strict])
  func agreesTogether(parity: Parity) async throws {
    let result = try await scanned("native", ScanOptions())
    #expect(
      try hunt(result.facts, by: HuntRules(parity: parity)).words
        == Expected("NATIVE.\(parity.rawValue).json").words)
  }

  @Test("All archives of the corpus together agree")
  func agreesAltogether() async throws {
    let root = try #require(Corpus.root)
    let result = try await scan(ArchiveFinder.find(paths: [root]).archives, ScanOptions())
    #expect(
      try hunt(result.facts, by: HuntRules(parity: .seed)).words == Expected("ALL.seed.json").words)
  }

  @Test("tuned knows dsregcmd.exe from cmd.exe")
  func tunedMatchesWholeNames() async throws {
    let result = try await scanned("native", ScanOptions())
    let images = hunt(result.facts, by: HuntRules(parity: .tuned)).findings.map(\.image)
    #expect(images.contains { $0.hasSuffix("winx64_payload.exe") })
    #expect(!images.contains { $0.hasSuffix("dsregcmd.exe") })
  }
}
