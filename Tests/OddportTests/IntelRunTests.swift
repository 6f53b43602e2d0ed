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

  /// A name without wildcards is looked up, one with them is compared with each connection.
  @Test("Names are found however many there are, in either case, and what has none is counted")
  func names() async throws {
    let events = zip(
      ["c2.example.test", "C2.Example.TEST", "x.c2.example.test", "-", "c3.example.test"],
      ["443", "443", "443", "443", "8443"]
    ).enumerated().map { number, pair in
      #"{"TimeCreated":"2024-05-01T10:00:0\#(number).376Z","Hostname":"WS0\#(number)","EventID":3,"#
        + #""Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\a.exe","User":"E\\a","#
        + #""Protocol":"tcp","Initiated":"true","SourceIp":"192.0.2.10","SourcePort":"50123","#
        + #""DestinationIp":"203.0.113.9","DestinationHostname":"\#(pair.0)","DestinationPort":"\#(pair.1)"}"#
    }
    let file = try folder.write(events.joined(separator: "\n") + "\n", to: "events.jsonl")
    let filler = (0..<500).map { "n\($0).example.test:\($0 + 9_000)\n" }.joined()
    for (names, hosts) in [
      (["c2.example.test", "c2.example.tes*"], ["WS00", "WS01"]),
      (["c2.example.test:443", "c2.example.tes*:443"], ["WS00", "WS01"]),
      (["c3.example.test:443", "c3.example.tes*:443"], []),
    ] {
      var said: [String] = []
      for name in names {
        let feed = try folder.write(name + "\n" + filler, to: "feed.txt")
        let outcome = try await Program.run("sweep", "--intel", feed, "--format", "json", file)
        let report = try #require(
          try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let found = try #require(report["findings"] as? [[String: Any]]).compactMap {
          $0["host"] as? String
        }
        #expect(found.sorted() == hosts)
        let asked = try #require(report["intelligence"] as? [String: Any])
        said.append("\(asked["nameless_connections"] ?? "")")
      }
      #expect(said[0] == said[1] && said[0] == "1")
    }
  }

  @Test("Hosts and programs are listed, and the list is the same feed")
  func hostsAndPrograms() async throws {
    let feed = try folder.write(
      "port,host,image,parent\n443,c2.example.test,,\n4444,,rundll32.exe,!explorer.exe\n",
      to: "feed.csv")
    let list = try await Program.run("intel", "list", feed)
    #expect(list.output.contains("443,,,c2.example.test,,,callback"))
    #expect(list.output.contains("4444,,,,rundll32.exe,!explorer.exe,callback"))
    let copy = try folder.write(list.output, to: "copy.csv")
    #expect(try await Program.run("intel", "list", copy).output == list.output)
    let plain = try await Program.run("intel", "convert", "--to", "list", feed)
    #expect(plain.output == "c2.example.test 443\n")
    #expect(plain.complaints.hasPrefix("1 left out"))
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
