import Foundation
import Subprocess
import Testing

/// Partials that a ledger takes in.
@Suite struct LedgerImportTests: MapReduceSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A ledger that partials were imported into answers as one that has read the archives")
  func ledgerImport() async throws {
    let plan = try await plan(LedgerRunTests.samples, "--target", "4K")
    let parts = try await map(plan, LedgerRunTests.samples, shards: 3)
    let (read, imported) = (folder.path + "/read.ledger", folder.path + "/imported.ledger")
    _ = try await Program.run("ledger", "add", LedgerRunTests.samples, "--ledger", read)
    let some = try await Program.run("ledger", "import", imported, parts[0])
    #expect(some.status == .exited(69))
    let outcome = try await Program.run(["ledger", "import", imported] + parts)
    #expect(outcome.status == .exited(0), "\(outcome.complaints)")
    #expect(outcome.output.hasSuffix("known 0, refused 0\n"))
    for ask in [["hunt", "-q"], ["sweep", "--port", "8088"], ["hunt", "--window", "1d"]] {
      let expected = try await Program.run(ask + ["--ledger", read, "--format", "json"])
      #expect(
        try await Program.run(ask + ["--ledger", imported, "--format", "json"]) == expected)
      #expect(expected.output.contains("findings"))
    }
    for table in ["archives", "connections", "processes"] {
      let expected = try await Program.run("ledger", "export", read, table)
      func rows(_ outcome: Program.Outcome) -> [Substring] {
        outcome.output.split(separator: "\n").sorted()
      }
      let exported = try await Program.run("ledger", "export", imported, table)
      #expect(rows(exported).count == rows(expected).count)
    }
    let again = try await Program.run(["ledger", "import", imported] + parts)
    #expect(again.output.hasPrefix("imported 0, known "))
    // Nor are they read again.
    let added = try await Program.run(
      "hunt", LedgerRunTests.samples, "--ledger", imported, "-q", "--format", "json")
    let whole = try await Program.run("hunt", "--ledger", read, "-q", "--format", "json")
    #expect(added.output == whole.output)
  }

  @Test("An archive that may have grown out of a known one is named and not imported")
  func ledgerImportOfGrown() async throws {
    let night = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let (ledger, part) = (folder.path + "/ledger", folder.path + "/part")
    _ = try await Program.run("ledger", "add", night, "--ledger", ledger)
    _ = try folder.write(Events.powershellTo4444 + Events.curlTo8088, to: "night.jsonl")
    _ = try await Program.run("map", night, "--output", part)
    let outcome = try await Program.run("ledger", "import", ledger, part)
    #expect(outcome.status == .exited(2))
    #expect(outcome.output == "imported 0, known 0, refused 1\n")
    #expect(outcome.complaints.contains("night.jsonl: is not imported"))
    _ = try await Program.run("map", night, "--from", "2020-01-01", "--output", part)
    #expect(try await Program.run("ledger", "import", ledger, part).status == .exited(64))
  }
}
