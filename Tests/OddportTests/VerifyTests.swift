import Subprocess
import Testing

@Suite struct VerifyTests {
  let folder: TemporaryFolder
  var report: String { folder.path + "/report" }

  init() throws { folder = try TemporaryFolder() }

  @Test("A report is made again byte for byte, with other workers and from another folder")
  func same() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "a/night.jsonl")
    _ = try await Program.run(
      "hunt", folder.path + "/a", "--out", report, "--parity", "tuned", "--format", "json",
      "--format", "csv", "-q")
    _ = try folder.write(Events.powershellTo4444, to: "b/night.jsonl")
    let outcome = try await Program.run("verify", report, folder.path + "/b", "--workers", "3")
    #expect(outcome.status == .exited(0))
    #expect(outcome.output == "report.csv: same\nreport.json: same\nmanifest.json: same\n")
    let other = try await Program.run("verify", report, archive)
    #expect(other.status == .exited(0))
  }

  @Test("What differs is named")
  func differs() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    _ = try await Program.run("sweep", "--port", "4444", archive, "--out", report, "-q")
    #expect(try await Program.run("verify", report, archive).status == .exited(0))
    _ = try folder.write(Events.curlTo8088, to: "night.jsonl")
    let outcome = try await Program.run("verify", report, archive)
    #expect(outcome.status == .exited(2))
    #expect(outcome.output.contains("report.csv: differs from byte"))
  }

  @Test("What was passed over, and what the clock said, is repeated from the manifest")
  func incompleteReading() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "a/night.jsonl")
    _ = try folder.write("{", to: "a/coming.jsonl.part")
    let ledger = folder.path + "/nights.ledger"
    let outcome = try await Program.shell(
      #"""
      touch -d 2024-05-02 "$1"; mkdir "$2/void"
      "$0" hunt "$2/a" "$2/void" --ledger "$3" --max-age 26h --out "$4" -q         --format prometheus --format json --format text >/dev/null 2>&1; echo $?
      """#, archive, folder.path, ledger, report)
    #expect(outcome.output == "3\n")
    for arguments in [["--ledger", ledger], [folder.path + "/a", folder.path + "/void"]] {
      let verified = try await Program.run(["verify", report] + arguments)
      #expect(verified.status == .exited(0))
      #expect(!verified.output.contains("differs"))
    }
    // Nothing was there to be read.
    let calm = folder.path + "/calm"
    _ = try await Program.run(
      "hunt", folder.path + "/void", "--ledger", ledger, "--out", calm, "-q")
    #expect(try await Program.run("verify", calm, "--ledger", ledger).status == .exited(0))
  }

  @Test("A night is told again, byte for byte, also when the ledger has gone on")
  func nights() async throws {
    let ledger = folder.path + "/nights.ledger"
    let lines = Events.powershellTo4444
    for night in 1...3 {
      let day = lines.replacing("2024-05-01", with: "2024-05-0\(night)")
      #expect(night == 1 || day != lines)
      _ = try folder.write(
        day.replacing("4444", with: "444\(night)"), to: "a/night-\(night).jsonl")
      let told = try await Program.run(
        "hunt", folder.path + "/a", "--ledger", ledger, "--only-new", "--out", report, "-q",
        "--format", "json", "--format", "csv", "--format", "prometheus")
      #expect(told.status == .exited(0))
    }
    let list = try await Program.shell(#"cd "$1"; ls -d *-night-*"#, report)
    let nights = list.output.split(separator: "\n").map { report + "/" + $0 }
    try #require(nights.count == 3)
    for night in nights + [report + "/latest"] {
      let verified = try await Program.run("verify", night, "--ledger", ledger)
      #expect(verified.status == .exited(0), "\(night) \(verified)")
      #expect(
        verified.output.contains("report.json: same\n") && !verified.output.contains("differs"))
    }
    // Without a ledger, or with one that no longer holds what was read, it says so.
    #expect(
      try await Program.run("verify", nights[0], folder.path + "/a").complaints
        .contains("is repeated from its ledger"))
    _ = try await Program.run("ledger", "forget", ledger, "night-2.jsonl")
    let forgotten = try await Program.run("verify", nights[2], "--ledger", ledger)
    #expect(forgotten.status == .exited(2))
    #expect(forgotten.complaints.contains("night-2.jsonl: is not in the ledger any more"))
    #expect(try await Program.run("verify", nights[0], "--ledger", ledger).status == .exited(0))
  }

  @Test("A folder without a manifest is no report")
  func noReport() async throws {
    let outcome = try await Program.run("verify", folder.path, "x.jsonl")
    #expect(outcome.status == .exited(64))
  }
}
