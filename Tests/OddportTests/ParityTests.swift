import Foundation
import Subprocess
import Testing

/// The published table beside that of an oracle in another language, over archives of this repository.
///
/// `Tests/oracle` holds the oracle, the archives that `oddport-samples parity` made, and the oracle's answers:
/// where there is no Python, those alone are compared with.
@Suite struct ParityTests {
  static let oracle = LedgerRunTests.root + "/Tests/oracle"

  struct Case: Sendable, CustomTestStringConvertible {
    var parity: String
    var archive: String
    var testDescription: String { parity + " " + archive }
    var expected: String { "\(ParityTests.oracle)/expected/\(archive).\(parity).json" }
    var path: String { "\(ParityTests.oracle)/archives/\(archive).jsonl.gz" }
  }

  static let cases = ["seed", "strict"].flatMap { parity in
    ["beats", "flat", "mixed", "nested"].map { Case(parity: parity, archive: $0) }
  }

  private struct Row: Codable, Equatable {
    var host, Image, User, ParentImage: String
    var ports_used: [Int]
    var remote_ips: [String]
    var connection_count, max_risk_score: Int
    var severity: [String]
    var first_seen_ms, last_seen_ms: Int64
  }

  private struct Report: Decodable { var findings: [Row] }

  private static func rows(_ text: String) throws -> [Row] {
    try JSONDecoder().decode([Row].self, from: Data(text.utf8))
  }

  @Test("Every row of the published table is that of the independent oracle", arguments: cases)
  func agrees(_ example: Case) async throws {
    let expected = try Self.rows(String(contentsOfFile: example.expected, encoding: .utf8))
    #expect(expected.count > 15)
    for options in [[], ["--check-all", "--workers", "1", "--chunk-size", "64K"]] {
      let outcome = try await Program.run(
        ["hunt", "--format", "json", "--only-published", "--parity", example.parity, example.path]
          + options)
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
      for (row, wanted) in zip(report.findings, expected) { #expect(row == wanted) }
      #expect(report.findings.count == expected.count)
    }
  }

  @Test(
    "The committed answers are those of the oracle", .enabled(if: PackagingTests.hasPython),
    arguments: cases)
  func answersAreOracles(_ example: Case) async throws {
    let outcome = try await Program.shell(
      #"python3 "$1" "$2" "$3""#, Self.oracle + "/oracle.py", example.parity, example.path)
    #expect(outcome.status == .exited(0), "\(outcome.complaints)")
    let committed = try String(contentsOfFile: example.expected, encoding: .utf8)
    #expect(outcome.output == committed)
  }

  @Test("The archives are what oddport-samples makes")
  func archivesAreReproducible() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Program.shell(
      #"""
      "$3" parity --output "$1" && cd "$1" && for a in *.gz; do
        gzip -dc "$a" > ours; gzip -dc "$2/$a" | cmp - ours || echo "$a differs"; done
      """#, folder.path, Self.oracle + "/archives", Program.samples)
    #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
  }
}
