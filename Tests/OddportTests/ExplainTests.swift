import Foundation
import Subprocess
import Testing

/// Why something was found, why a line was not, and the lines themselves.
@Suite struct ExplainTests {
  let folder: TemporaryFolder
  var ledger: String { folder.path + "/nights.ledger" }
  static let samples = LedgerRunTests.samples
  /// powershell.exe to 4444 on NH-WS01, and the beacon of powershell.exe to 9001 on NH-WS12.
  static let finding = "n6cg2zch5cwfu"
  static let beacon = "x7a3rk6chhayj"

  init() throws { folder = try TemporaryFolder() }

  @Test("A finding says why it matches, why not higher, and where to look further")
  func finding() async throws {
    let outcome = try await Program.run("explain", "n6cg", Self.samples)
    #expect(outcome.status == .exited(0))
    for text in [
      "on the list of known C2 ports: 4444", "High is the highest", "not beacon (+30)",
      #"Image="C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe""#,
      "- name: n6cg2zch5cwfu",
    ] { #expect(outcome.output.contains(text), "\(text)") }
  }

  @Test("A suppression that nearly applied is named with what is in its way")
  func nearMiss() async throws {
    let file = try folder.write(
      """
      suppressions:
        - name: tests
          reason: authorised
          owner: red team
          expires: never
          match: {port: 4444, user: "NORDHAFEN\\\\somebody.else"}

      """, to: "s.yaml")
    let outcome = try await Program.run("explain", "n6cg", Self.samples, "--suppressions", file)
    #expect(outcome.output.contains("tests would hide some of it but for: user"))
  }

  @Test("A beacon is explained by the numbers of its formula")
  func beacon() async throws {
    let outcome = try await Program.run("explain", Self.beacon, Self.samples)
    #expect(outcome.output.contains("10 sessions, half of the gaps within 0.0 s of 60 s"))
  }

  @Test("Of an address it is said why what is sent there is not a beacon, with the numbers")
  func address() async throws {
    for input in [[Self.samples], ["--ledger", ledger]] {
      if input.count == 2 {
        _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
      }
      let outcome = try await Program.run(
        ["explain", "203.0.113.188:8888", "--width", "200"] + input)
      #expect(outcome.status == .exited(0))
      #expect(outcome.output.contains("powershell.exe on NH-WS04.nordhafen.example"))
      #expect(outcome.output.contains("not a beacon"))
      #expect(outcome.output.contains("of which 70 are needed"))
    }
    let nobody = try await Program.run("explain", "192.0.2.222", Self.samples)
    #expect(nobody.output == "No outbound connection to 192.0.2.222.\n")
  }

  @Test(
    "A port and the names of a host, a program and a destination are explained as addresses are")
  func names() async throws {
    _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
    for (asked, words) in [
      (":4444", "a row of the published table, id n6cg2zch5cwfu, entry 11 of "),
      ("nh-ws04", "powershell.exe on NH-WS04.nordhafen.example to 203.0.113.188 port 8888"),
      ("NH-WS04.nordhafen.example", "a row of the published table, id y6gj2bqvgmbsd"),
      ("Chrome.exe", "not in the published table: the port is a standard or a reserved one"),
    ] {
      let outcome = try await Program.run("explain", asked, Self.samples, "--width", "300")
      #expect(outcome.status == .exited(0))
      #expect(outcome.output.hasPrefix(asked + ": "))
      #expect(outcome.output.contains(words), "\(outcome.output)")
      let recalled = try await Program.run("explain", asked, "--ledger", ledger, "--width", "300")
      #expect(recalled.output == outcome.output)
    }
    let file = try folder.write(
      Events.curlTo8088.replacing(
        "\"Initiated", with: #""DestinationHostname":"c2.example","Initiated"#),
      to: "night.jsonl")
    let destination = try await Program.run("explain", "C2.example", file)
    #expect(destination.output.contains("curl.exe on WS01.corp.example to 203.0.113.7 port 8088"))
  }

  @Test(
    "Of an address it is said what the hunt of the same input says", arguments: ["tuned", "seed"])
  func agreement(parity: String) async throws {
    _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
    let hunt = try await Program.run(
      "hunt", Self.samples, "--parity", parity, "--format", "json", "-q")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(hunt.output.utf8)) as? [String: Any])
    var said = 0
    for (list, words) in [
      ("beacons", "a beacon, id"), ("strobes", "a strobe or interactive channel, id"),
      ("expected_periodic", "listed apart, because it is expected"),
    ] {
      for beacon in (report[list] as? [[String: Any]] ?? []).prefix(2) {
        let (address, id) = (beacon["remote_ip"] as? String ?? "", beacon["id"] as? String ?? "")
        let asked = ["explain", address, "--parity", parity, "--width", "300"]
        let archives = try await Program.run(asked + [Self.samples])
        #expect(archives.output.contains(words))
        #expect(archives.output.contains(id))
        let recalled = try await Program.run(asked + ["--ledger", ledger])
        #expect(recalled.output == archives.output)
        said += 1
      }
    }
    #expect(said > 1)
  }

  @Test("Under kql a line is told by what the published KQL query asks for")
  func kqlLines() async throws {
    func event(_ action: String, _ type: String, _ file: String, _ port: Int) -> String {
      #"{"Timestamp":"2024-05-01T10:00:00Z","DeviceName":"ws01","ActionType":"\#(action)","RemoteIP":"203.0.113.9","RemoteIPType":"\#(type)","RemotePort":\#(port),"Protocol":"Tcp","InitiatingProcessFileName":"\#(file)","InitiatingProcessFolderPath":"c:\\x\\\#(file)","InitiatingProcessId":7}"#
        + "\n"
    }
    let cases = [
      (event("ConnectionSuccess", "Public", "svchost.exe", 50_000), "It counts: Medium."),
      (
        event("ConnectionRequest", "Public", "cmd.exe", 4444), "its ActionType is ConnectionRequest"
      ),
      (
        event("ConnectionSuccess", "Private", "cmd.exe", 4444),
        "RemoteIPType Public, and this is Private"
      ),
      (
        event("ConnectionSuccess", "Public", "dsregcmd.exe", 50_000),
        "dsregcmd.exe is not the name of one"
      ),
      (event("ConnectionSuccess", "Public", "cmd.exe", 5001), "the port is a standard"),
      (Events.powershellTo4444, "rows of Microsoft Defender's DeviceNetworkEvents"),
    ]
    for (line, words) in cases {
      let outcome = try await Program.run(
        ["explain", "-", "--parity", "kql", "--width", "200"], input: line)
      #expect(outcome.output.contains(words), "\(outcome.output)")
    }
  }

  @Test("A row says as well why its calls are not a beacon")
  func rows() async throws {
    let outcome = try await Program.run("explain", "y6gj2bqvgmbsd", Self.samples)
    #expect(outcome.output.contains("Why its calls are not a beacon"))
    #expect(outcome.output.contains("started by C:\\Program Files\\Microsoft Office"))
  }

  @Test("A query for each tool that holds such events")
  func pivots() async throws {
    let windows = try await Program.run("explain", "n6cg", Self.samples)
    for text in ["EventCode=3", "Event | where Source ==", "winlog.channel:"] {
      #expect(windows.output.contains(text), "\(text)")
    }
    #expect(!windows.output.contains("DeviceNetworkEvents"))
    let linux = try await Program.run("explain", "jao4uctvksd42", Self.samples)
    for text in ["Syslog:Linux-Sysmon/Operational", "Syslog | where", "sysmon_linux.log"] {
      #expect(linux.output.contains(text), "\(text)")
    }
    let defender = try await Program.run("explain", "fkd35vvsinstn", Self.samples)
    #expect(defender.output.contains("DeviceNetworkEvents | where Timestamp between"))
    #expect(!defender.output.contains("EventCode"))
  }

  @Test(
    "Pivots ask where such events are kept, in the fields that they have there",
    arguments: [
      (
        #""log_name":"Microsoft-Windows-Sysmon/Operational","source_name":"Microsoft-Windows-Sysmon","computer_name":"WS01","event_id":3,"event_data":{DATA}"#,
        #"event_id: 3 and log_name: "Microsoft-Windows-Sysmon/Operational" and computer_name: ("WS01") and event_data.Image: "#
      ),
      (
        #""winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":3,"provider_name":"Microsoft-Windows-Sysmon","event_data":{DATA}}"#,
        #"winlog.computer_name: ("WS01") and winlog.event_data.Image: "#
      ),
    ])
  func elasticPivots(shape: String, query: String) async throws {
    let data =
      #""Image":"C:\\cmd.exe","User":"C\\a","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444""#
    let file = try folder.write(
      #"{"@timestamp":"2024-05-01T10:00:01.000Z","# + shape.replacing("DATA", with: data) + "}\n",
      to: "night.jsonl")
    let hunt = try await Program.run("hunt", file, "--format", "jsonl", "-q")
    let id = String(try #require(hunt.output.firstMatch(of: /"id":"([a-z2-7]+)"/)?.1))
    let outcome = try await Program.run("explain", id, file)
    #expect(outcome.output.contains(query), "\(outcome.output)")
    #expect(!outcome.output.contains("KQL (Sentinel)") && !outcome.output.contains("SPL"))
  }

  @Test("The first line of each fact is given, or every line and the starts of its processes")
  func allEvidence() async throws {
    let guid = #""ProcessGuid":"{5a3c0101-97e9-6638-0000-6c8700000601}","Image""#
    func call(_ minute: Int, _ port: Int) -> String {
      Events.connection(image: "powershell.exe", port: port).replacing(
        "10:00:00", with: "10:\(minute):00"
      ).replacing("\"Image\"", with: guid)
    }
    let start = Events.start(image: "powershell.exe").replacing("\"Image\"", with: guid)
    let day = (10..<35).map { call($0, 4444) } + [start] + (35..<60).map { call($0, 4445) }
    let others = [call(59, 443), Events.curlTo8088, "{\"a\":1}\n"]
    _ = try folder.write((others + day).joined(), to: "day.jsonl")
    // The last line of an archive without its line feed, of a fact that begins in another one.
    let later = String(call(59, 4444).dropLast())
    let second = try folder.write(later, to: "later.jsonl")
    let input = ["day", "later"].map { "\(folder.path)/\($0).jsonl" }
    let hunt = try await Program.run(["hunt", "--format", "jsonl", "--only-published"] + input)
    let id = String(
      try #require(hunt.output.firstMatch(of: /"id":"([a-z2-7]+)".*powershell/)?.1))
    let first = try await Program.run(["evidence", id] + input)
    #expect(first.output == call(10, 4444) + call(35, 4445))
    #expect(first.complaints.contains("2 lines: the first of each process"))
    #expect(first.complaints.contains("of 51 connections, each with --all"))
    #expect(first.complaints.contains("command  powershell.exe -nop"))
    let whole = try await Program.run(["evidence", id, "--all"] + input)
    #expect(whole.status == .exited(0))
    #expect(whole.output == day.joined() + later + "\n")
    #expect(whole.complaints.contains("day.jsonl:29\n"))
    #expect(whole.complaints.contains("51 connections and 1 process start\n"))

    _ = try await Program.run(["ledger", "add", "--ledger", ledger] + input)
    let recalled = try await Program.run("evidence", id, "--all", "--ledger", ledger)
    #expect(recalled.output == whole.output)
    // What is gone cannot be shown, and nothing is claimed of it.
    try FileManager.default.removeItem(atPath: second)
    let rest = try await Program.run("evidence", id, "--all", "--ledger", ledger)
    #expect(rest.status == .exited(2))
    #expect(rest.output == day.joined())
    #expect(
      rest.complaints.contains(
        "50 of 51 connections and 1 process start; 1 archive may hold the others and cannot be read"
      ))
  }

  @Test(
    "What Event ID 1 says of a process is in every format that machines read",
    arguments: ["json", "jsonl", "csv", "html", "ecs", "sarif", "ocsf"])
  func story(format: String) async throws {
    let report = try await Program.run(
      "hunt", Self.samples, "--parity", "tuned", "--format", format, "-q")
    // Of C:\ProgramData\iph1psvc.exe on NH-FS01, a service.
    for text in ["424E7A16F69E", "0x3e7", "System", "services.exe"] {
      #expect(report.output.localizedCaseInsensitiveContains(text), "\(text)")
    }
    guard format == "ocsf" else { return }
    let line = try #require(
      report.output.split(separator: "\n").first { $0.contains("pnuwyheof7whh") })
    let finding = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let evidence = try #require((finding["evidences"] as? [[String: Any]])?.first)
    let process = try #require((evidence["actor"] as? [String: Any])?["process"] as? [String: Any])
    #expect(process["pid"] as? Int == 11_848)
    #expect(process["integrity"] as? String == "System")
    #expect(process["integrity_id"] as? Int == 5)
    #expect((process["session"] as? [String: Any])?["uid"] as? String == "0x3e7")
    #expect(process["lineage"] as? [String] == [#"C:\Windows\System32\services.exe"#])
    let file = try #require(process["file"] as? [String: Any])
    let hash = try #require((file["hashes"] as? [[String: Any]])?.first)
    #expect(hash["algorithm_id"] as? Int == 3)
    #expect((finding["unmapped"] as? [String: String])?["OriginalFileName"] == "-")
  }

  @Test("Evidence of a changed port is the change, and who came in on it")
  func changedPortEvidence() async throws {
    let outcome = try await Program.run("evidence", "yjxzecwml42ku", Self.samples, "--all")
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.contains("PortNumber"))
    #expect(outcome.complaints.contains("5 connections and 0 process starts"))
    #expect(outcome.output.split(separator: "\n").count == 6)
  }

  @Test("Ids that nobody or several have are refused")
  func strangers() async throws {
    let unknown = try await Program.run("explain", "nobody", Self.samples)
    #expect(unknown.status == .exited(64))
    #expect(unknown.complaints.hasPrefix("error: no finding, beacon or change has the id 'nobody'"))
    let several = try await Program.run("explain", "", Self.samples)
    #expect(several.complaints.contains("ids begin with ''"))
  }

  @Test("A line says what it was read as, and why it does not count")
  func lines() async throws {
    let cases = [
      (Events.powershellTo4444, "A connection, shape flat", "It counts: High."),
      (
        Events.powershellTo443, "A connection, shape flat",
        "It does not count: the port is a standard"
      ),
      ("{\"a\":1}\n", "Not used, no known shape", "no event was found in it"),
      ("{\"a\":\n", "Not used, no known shape", "the line is malformed"),
      (
        #"{"EventID":11,"SourceName":"Microsoft-Windows-Sysmon","DestinationPort":"1"}"# + "\n",
        "Not used, shape flat", "the event is 11: neither a connection"
      ),
      (
        #"{"EventID":3,"SourceName":"Something","DestinationPort":"1"}"# + "\n",
        "Not used, shape flat", "event 3 is another product's"
      ),
    ]
    for (line, first, second) in cases {
      let outcome = try await Program.run("explain", "-", input: line)
      #expect(outcome.status == .exited(0))
      #expect(outcome.output.hasPrefix(first + "\n"))
      #expect(outcome.output.contains(second), "\(outcome.output)")
    }
    let file = try folder.write(
      Events.powershellTo443 + Events.powershellTo4444, to: "night.jsonl")
    let outcome = try await Program.run("explain", "--line", file + ":2")
    #expect(outcome.output.contains("It counts: High."))
    let beyond = try await Program.run("explain", "--line", file + ":3")
    #expect(beyond.complaints.contains("night.jsonl: error: has no line 3"))
  }

  @Test("Evidence is the lines themselves, from archives and from a ledger alike")
  func evidence() async throws {
    _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
    for id in [Self.finding, Self.beacon, "gcjv7we64oatz"] {
      let tuned = ["--parity", "tuned"]
      let fromArchives = try await Program.run(["evidence", id, Self.samples] + tuned)
      let fromLedger = try await Program.run(["evidence", id, "--ledger", ledger] + tuned)
      #expect(fromArchives.status == .exited(0))
      #expect(!fromArchives.output.isEmpty)
      #expect(fromArchives.output == fromLedger.output)
      for line in fromArchives.output.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        #expect(object is [String: Any])
      }
    }
  }

  @Test("An archive that is not the same any more gives no evidence")
  func changedArchive() async throws {
    let file = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let hunt = try await Program.run("hunt", "--ledger", ledger, file, "--format", "jsonl")
    let id = try #require(hunt.output.firstMatch(of: /"id":"([a-z2-7]+)"/)?.1)
    let before = try await Program.run("evidence", String(id), "--ledger", ledger)
    #expect(before.output == Events.powershellTo4444)
    _ = try folder.write(Events.curlTo8088, to: "night.jsonl")
    let after = try await Program.run("evidence", String(id), "--ledger", ledger)
    #expect(after.status == .exited(2))
    #expect(after.output == "")
    #expect(after.complaints.contains("night.jsonl: is not where it was"))
    // Under another name, in a folder that is named.
    _ = try folder.write(Events.powershellTo4444, to: "moved.jsonl")
    let moved = try await Program.run("evidence", String(id), "--ledger", ledger, folder.path)
    #expect(moved.output == Events.powershellTo4444)
  }
}
