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

  @Test("A folder without a manifest is no report")
  func noReport() async throws {
    let outcome = try await Program.run("verify", folder.path, "x.jsonl")
    #expect(outcome.status == .exited(64))
  }
}
