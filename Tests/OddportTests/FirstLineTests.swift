import Foundation
import Subprocess
import Testing

/// A finding names the archive and line of its earliest event, wherever its facts come from.
@Suite struct FirstLineTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func connection(_ host: String, minute: Int, port: Int = 4444) -> String {
    #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"\#(host)","#
      + #""UtcTime":"2024-05-01 10:\#(minute):00.000","Image":"C:\\Windows\\System32\\cmd.exe","#
      + #""User":"CORP\\ada","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"\#(port)"}"#
  }

  /// `host archive line` of each finding in the table.
  private func firstLines(_ arguments: String...) async throws -> [String] {
    let outcome = try await Program.run(["hunt", "--format", "json", "-q"] + arguments)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    return try #require(report?["findings"] as? [[String: Any]]).map { finding in
      let line = finding["first_line"] as? [String: Any]
      let place = [
        line?["archive"] as? String ?? "none", (line?["line"] as? Int)?.description ?? "-",
      ]
      return ([finding["host"] as? String ?? ""] + place).joined(separator: " ")
    }.sorted()
  }

  @Test("The earliest time counts, then the archive's name and the line")
  func earliest() async throws {
    let late = Self.connection("WS1", minute: 30)
    let early = Self.connection("WS1", minute: 10, port: 6666)
    let other = Self.connection("WS2", minute: 20)
    // The earliest of WS1 is in the second file, after a later one; WS2 has the same time in both.
    let a = try folder.write([other, late].joined(separator: "\n") + "\n", to: "in/a.jsonl")
    let b = try folder.write(
      ["{}", late, early, other].joined(separator: "\n") + "\n", to: "in/b.jsonl")
    let expected = ["WS1 b.jsonl 3", "WS2 a.jsonl 1"]
    #expect(try await firstLines(a, b) == expected)
    #expect(try await firstLines(b, a, "--workers", "1") == expected)
    let ledger = folder.path + "/nights.ledger"
    #expect(try await firstLines(b, "--ledger", ledger) == ["WS1 b.jsonl 3", "WS2 b.jsonl 4"])
    #expect(try await firstLines(a, "--ledger", ledger) == expected)
    #expect(try await firstLines("--ledger", ledger) == expected)
    for (number, file) in [a, b].enumerated() {
      _ = try await Program.run("map", file, "--output", folder.path + "/\(number).partial", "-q")
    }
    let reduced = try await Program.run(
      "reduce", folder.path + "/1.partial", folder.path + "/0.partial", "--format", "json", "-q")
    let plain = try await Program.run("hunt", a, b, "--format", "json", "-q")
    #expect(reduced.output == plain.output)
  }

  @Test("The line that is named is an event of the finding's host") func named() async throws {
    let outcome = try await Program.run(
      "hunt", LedgerRunTests.samples, "--parity", "tuned", "--format", "jsonl", "-q")
    let findings = try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(findings.count > 20)
    for finding in findings.prefix(12) {
      let line = try #require(finding["first_line"] as? [String: Any])
      let archive = try #require(line["archive"] as? String)
      let number = try #require(line["line"] as? Int)
      let told = try await Program.shell(
        #""$0" explain --line "$1/$2:$3""#, LedgerRunTests.samples, archive,
        String(number))
      let hosts = try #require(finding["hosts"] as? [String])
      #expect(hosts.contains { told.output.contains($0) }, "\(archive):\(number) \(told)")
    }
  }

  @Test("A file for a collector can be read by every user, whatever the mask")
  func collector() async throws {
    let file = folder.path + "/oddport.prom"
    let archive = try folder.write(Self.connection("WS1", minute: 1) + "\n", to: "a.jsonl")
    let run = #"umask 077; exec "$0" hunt "$1" --textfile "$2" -q >/dev/null"#
    _ = try await Program.shell(run, archive, file)
    _ = try await Program.shell(#"chmod 600 "$1""#, file)
    _ = try await Program.shell(run, archive, file)
    let mode = try await Program.shell(#"stat -c %a "$1""#, file)
    #expect(mode.output == "644\n")
  }
}
