import Foundation
import Subprocess
import Testing

@Suite struct SuppressionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func hunt(_ rules: String) async throws -> Program.Outcome {
    let file = try folder.write("suppressions:\n" + rules, to: "known.yaml")
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    return try await Program.run("hunt", archive, "--suppressions", file, "--fail-on", "low")
  }

  private func rule(expires: String, match: String) -> String {
    "  - {name: tests, reason: agreed, owner: red, expires: \(expires), match: {\(match)}}\n"
  }

  @Test("What is suppressed is out of the table, counted and listed")
  func hides() async throws {
    let outcome = try await hunt(rule(expires: "never", match: "port: 4444, image: powershell.exe"))
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.hasPrefix("0 High, 0 Medium, 0 Low in 1 archive"))
    #expect(outcome.output.contains("; 1 suppressed"))
    #expect(outcome.output.contains("High powershell.exe on"))
    #expect(outcome.output.contains("by tests"))
  }

  @Test("An expired suppression hides nothing that came since, and is named")
  func expires() async throws {
    let outcome = try await hunt(rule(expires: "2020-01-01", match: "port: 4444"))
    #expect(outcome.status == .exited(1))
    #expect(outcome.output.hasPrefix("1 High"))
    #expect(outcome.output.contains("suppression tests of red expired on 2020-01-01"))
  }

  @Test("A suppression that fits nothing is named")
  func fitsNothing() async throws {
    let outcome = try await hunt(rule(expires: "never", match: "port: 4445"))
    #expect(outcome.status == .exited(1))
    #expect(outcome.output.contains("suppression tests of red fits nothing"))
  }

  @Test(
    "The stanza of a finding hides it and nothing else",
    arguments: ["*", "?", "[*]", "[", "*.exe", #"new\\*"#])
  func stanza(program: String) async throws {
    let programs = [program, "x", "beacon.exe", #"new\\a\\b.exe"#]
    let archive = try folder.write(
      programs.map { Events.connection(image: $0, port: 4444) }.joined(), to: "night.jsonl")
    let image = #"C:\Tools\"# + program.replacing(#"\\"#, with: #"\"#)
    let findings = try await self.findings(in: archive)
    #expect(findings.count == 4)
    let stanza = try #require(findings[image])
    let completed = stanza.replacing("reason: \"\"", with: "reason: known")
      .replacing("owner: \"\"", with: "owner: me")
    let known = try folder.write("suppressions:\n" + completed, to: "known.yaml")
    let left = try await self.findings(in: archive, "--suppressions", known)
    #expect(Set(left.keys) == Set(findings.keys).subtracting([image]))
  }

  /// - Returns: The stanza of each finding by its program.
  private func findings(in archive: String, _ more: String...) async throws -> [String: String] {
    let outcome = try await Program.run(["hunt", archive, "--format", "json"] + more)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    var stanzas: [String: String] = [:]
    for finding in try #require(report["findings"] as? [[String: Any]]) {
      let image = try #require(finding["Image"] as? String)
      stanzas[image] = try #require(finding["suppression_stanza"] as? String)
    }
    return stanzas
  }
}
