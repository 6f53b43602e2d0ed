import Foundation
import Subprocess
import Testing

/// What a feed says, and that it says the same in another form.
@Suite struct IntelRunTests {
  static let shipped = LedgerRunTests.root + "/intel/t1571.csv"
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A feed that was converted to CSV is the same feed")
  func csv() async throws {
    let once = try await Program.run("intel", "convert", "--to", "csv", Self.shipped)
    let copy = try folder.write(once.output, to: "copy.csv")
    let twice = try await Program.run("intel", "convert", "--to", "csv", copy)
    #expect(once.status == .exited(0))
    #expect(once.output == twice.output)
    let check = try await Program.run("intel", "check", copy)
    #expect(check.status == .exited(0))
  }

  @Test("A plain list keeps ports, addresses and labels, and says what it has no place for")
  func list() async throws {
    let feed = try folder.write(
      """
      port,protocol,address,direction,actor
      6666,tcp,,callback,"Some, body #1"
      ,,198.51.100.0/24,callback,
      99,,2001:db8::1,callback,
      5190,tcp,,listener,DarkVishnya

      """, to: "feed.csv")
    let outcome = try await Program.run("intel", "convert", "--to", "list", feed)
    #expect(
      outcome.output == "6666/tcp,Some; body 1\n198.51.100.0/24\n[2001:db8::1]:99\n")
    #expect(outcome.complaints.hasPrefix("1 left out"))
    let list = try folder.write(outcome.output, to: "list.txt")
    let check = try await Program.run("intel", "check", list)
    #expect(check.output.hasPrefix("list.txt: plain list, 3 taken, 0 refused"))
  }

  /// The answers are pySigma's reading of each rule, evaluated over the events with what facts do not hold
  /// as unknown: the destination of an accepted connection, of UDP its port.
  @Test("A hundred Sigma rules mean what pySigma says they mean")
  func sigma() async throws {
    let golden = LedgerRunTests.root + "/Tests/OddportTests/Golden/sigma"
    let rules = golden + "/rules.yml"
    let events = golden + "/events.jsonl"
    let ledger = folder.path + "/events.ledger"
    _ = try await Program.run("ledger", "add", "--ledger", ledger, events)
    let expected = try String(contentsOfFile: golden + "/answers.txt", encoding: .utf8)
    for source in [[events], ["--ledger", ledger]] {
      let outcome = try await Program.run(
        ["sweep", "--sigma", rules, "--format", "json"] + source)
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      var hosts: [String: [String]] = [:]
      for finding in try #require(report["findings"] as? [[String: Any]]) {
        let host = try #require(finding["host"] as? String).prefix(4)
        for match in try #require(finding["intel"] as? [[String: Any]]) {
          hosts[try #require(match["source"] as? String), default: []].append(String(host))
        }
      }
      let intelligence = try #require(report["intelligence"] as? [String: Any])
      let undecided = try #require(intelligence["undecided_connections"] as? [String: Int])
      let answers = (1...100).map { number in
        let rule = "R\(number)"
        return ([rule, "undecided", "\(undecided[rule] ?? 0):"] + (hosts[rule] ?? []).sorted())
          .joined(separator: " ")
      }
      #expect(answers.joined(separator: "\n") + "\n" == expected)
    }
  }
}
