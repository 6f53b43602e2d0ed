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

  @Test("One that hides more than half of what would be shown is told, in the run and by the check")
  func broad() async throws {
    let file = try folder.write(
      "suppressions:\n" + rule(expires: "never", match: "port: [1-65535]")
        + rule(expires: "2020-01-01", match: "image: curl.exe")
        .replacing("name: tests", with: "name: old")
        + rule(expires: "never", match: "port: 1").replacing("name: tests", with: "name: idle"),
      to: "known.yaml")
    let archive = try folder.write(
      Events.powershellTo4444 + Events.curlTo8088, to: "night.jsonl")
    let broad = "hides 100 % of what would be shown (2 of 2 connections), more than 50 %"
    let run = try await Program.run("hunt", archive, "--suppressions", file, "--width", "200")
    #expect(run.output.contains("suppression tests of red \(broad)"))
    let arguments = ["suppress", "check", "--suppressions", file, "--width", "200"]
    let check = try await Program.run(arguments + [archive])
    #expect(check.status == .exited(1))
    #expect(
      check.output == """
        tests of red, without an end: agreed
          ! \(broad)
          hides 2 of 2 connections that would be shown (100 %), in 2 rows, and 0 beacons; 2 of them on the last day, 2024-05-01
          from 2024-05-01 10:00:00 to 2024-05-01 10:00:00 UTC
            High powershell.exe on WS01.corp.example to 4444, 1 connection
            Low curl.exe on WS01.corp.example to 8088, 1 connection

        old of red, until 2020-01-01: agreed
          ! expired on 2020-01-01: what came since then is shown

        idle of red, without an end: agreed
          ! fits nothing

        """)
    let ledger = folder.path + "/nights.ledger"
    _ = try await Program.run("ledger", "add", "--ledger", ledger, archive)
    #expect(try await Program.run(arguments + ["--ledger", ledger]) == check)
    let lenient = try await Program.run(arguments + ["--share", "100", archive])
    #expect(!lenient.output.contains("more than"))
    let none = try await Program.run("suppress", "check", archive)
    #expect(none.status == .exited(64))
    #expect(none.complaints.contains("--suppressions FILE"))
  }

  @Test("A suppression that does what it was made for is not told")
  func narrow() async throws {
    let file = try folder.write(
      "suppressions:\n" + rule(expires: "never", match: "port: 4444"), to: "known.yaml")
    let archive = try folder.write(
      Events.powershellTo4444 + Events.curlTo8088, to: "night.jsonl")
    let check = try await Program.run(
      "suppress", "check", "--suppressions", file, archive, "--width", "200")
    #expect(check.status == .exited(0))
    #expect(check.output.contains("hides 1 of 2 connections that would be shown (50 %)"))
  }

  @Test("A suppression that fits nothing is named")
  func fitsNothing() async throws {
    let outcome = try await hunt(rule(expires: "never", match: "port: 4445"))
    #expect(outcome.status == .exited(1))
    #expect(outcome.output.contains("suppression tests of red fits nothing"))
  }

  @Test("A suppression that an earlier one covers does not fit nothing")
  func shadowed() async throws {
    let file = try folder.write(
      "suppressions:\n" + rule(expires: "never", match: "port: 4444")
        + rule(expires: "never", match: "port: [4444, 4445]").replacing("tests", with: "others"),
      to: "known.yaml")
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let check = try await Program.run(
      "suppress", "check", "--suppressions", file, archive, "--width", "200")
    #expect(check.output.contains("! hides nothing that an earlier one does not hide"))
    #expect(!check.output.contains("fits nothing"))
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
