import RegexBuilder
import Subprocess
import Testing

@Suite struct CommandLineTests {
  @Test("Help names every exit status", arguments: [["--help"], ["hunt", "--help"]])
  func helpNamesEveryStatus(arguments: [String]) async throws {
    let outcome = try await Program.run(arguments)
    #expect(outcome.status == .exited(0))
    #expect(outcome.complaints == "")
    let listed = outcome.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
      .compactMap { Int($0.split(separator: " ").first ?? "") }
    #expect(listed == [0, 1, 2, 3, 64, 65, 66, 69, 71, 73, 75, 130, 143])
  }

  @Test("Help is for people: no line is longer than a terminal is wide")
  func helpIsNarrow() async throws {
    let outcome = try await Program.run("hunt", "--help")
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(
    "The version names the commit and every library that is linked",
    arguments: ["--version", "-V"])
  func version(option: String) async throws {
    let outcome = try await Program.run(option)
    #expect(outcome.status == .exited(0))
    let expected = Regex {
      /oddport \d+\.\d+\.\d+ \((unknown commit|[0-9a-f]{12}(-dirty)?)\)\n/
      /simdjson \d+[.\d]+, zstd 1[.\d]+, zlib 1[.\d]+, SQLite 3[.\d]+, OpenSSL [.\d]+[a-z]*\n/
    }
    #expect(outcome.output.wholeMatch(of: expected) != nil)
  }

  @Test("Without a command, help is shown")
  func noCommand() async throws {
    let outcome = try await Program.run()
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.contains("hunt"))
  }

  @Test(
    "A mistake is answered in two lines, and with status 64",
    arguments: [
      (["hunt"], "nothing to read", "name files or folders: oddport hunt nights/"),
      (["hunts", "x"], "unknown command 'hunts'", "did you mean 'hunt'?"),
      (
        ["xyz"], "unknown command 'xyz'",
        "there are hunt, sweep, ledger, intel, explain, evidence, plan, map, reduce, verify, suppress, shapes; see 'oddport --help'"
      ),
      (["--bogus"], "unknown option '--bogus'", "see 'oddport --help'"),
      (["hunt", "--partiy", "seed", "x"], "unknown option '--partiy'", "did you mean '--parity'?"),
      (
        ["hunt", "--frobnicate", "x"], "unknown option '--frobnicate'", "see 'oddport hunt --help'"
      ),
      (
        ["hunt", "x", "--parity"], "missing value for '--parity <parity>'",
        "see 'oddport hunt --help'"
      ),
      (
        ["hunt", "x", "--parity", "seeed"], "--parity: invalid value 'seeed'",
        "did you mean 'seed'?"
      ),
      (
        ["hunt", "x", "--workers", "none"], "--workers: 'none' is not a whole number",
        "it takes auto, or a whole number from 1 to 1024"
      ),
      (
        ["hunt", "x", "--from", "2024-05-01 10:00:00"],
        "--from: '2024-05-01 10:00:00' names no zone",
        "add Z for UTC, or an offset such as +09:00"
      ),
      (
        ["hunt", "x", "--from", "2024-05-01", "--to", "2024-05-01"],
        "--from: 2024-05-01T00:00:00Z is not before the end, 2024-05-01T00:00:00Z",
        "the end itself is left out: for one whole day, let it be the day after"
      ),
      (
        ["hunt", "x", "--format", "json", "--format", "csv"],
        "--format: several formats do not fit on standard output",
        "name a folder for them, with --out DIR or 'out:' in the job"
      ),
      (
        ["hunt", "x", "--format", "jsno"],
        "--format: invalid value 'jsno'", "did you mean 'json'?"
      ),
      (["shapes", "flat", "x"], "unexpected argument 'x'", "see 'oddport shapes --help'"),
    ])
  func mistakes(arguments: [String], message: String, hint: String) async throws {
    let outcome = try await Program.run(arguments)
    #expect(
      outcome
        == .init(
          status: .exited(64), output: "", complaints: "error: \(message)\n  hint: \(hint)\n"))
  }

  @Test("A run that ends at once leaves nothing that could break while the process ends")
  func shortRuns() async throws {
    for _ in 0..<150 {
      let outcome = try await Program.run("--version")
      #expect(outcome.status == .exited(0))
    }
  }

  @Test("An archive that is not there has a status of its own, and is named")
  func missingArchive() async throws {
    let outcome = try await Program.run("hunt", "no/such/night.jsonl.zst")
    #expect(outcome.status == .exited(66))
    #expect(outcome.complaints.hasPrefix("no/such/night.jsonl.zst: error: "))
    #expect(outcome.complaints.contains("\n  hint: "))
  }

  @Test("A reader that has seen enough ends the run without a word")
  func closedPipe() async throws {
    let outcome = try await Program.shell(#""$0" shapes | head -n 1 > /dev/null"#)
    #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
  }

  @Test("Results that standard output does not take end with status 73")
  func fullDisk() async throws {
    let outcome = try await Program.shell(#""$0" shapes > /dev/full"#)
    #expect(outcome.status == .exited(73))
    #expect(outcome.complaints.hasPrefix("standard output: error: "))
  }
}
