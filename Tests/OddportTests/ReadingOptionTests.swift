import Foundation
import Subprocess
import Testing

/// What is read, and how, as the options ask for it: the executable on archives made for the purpose.
@Suite struct ReadingOptionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A connection of PowerShell to port 4444, High.
  static func line(utc: String, more: String = "") -> String {
    #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01.corp.example","#
      + #""UtcTime":"\#(utc)","Image":"C:\\Tools\\powershell.exe","User":"CORP\\ada","#
      + #""Initiated":"true","DestinationIp":"203.0.113.7","DestinationPort":"4444"\#(more)}"#
      + "\n"
  }

  /// The cells of the published table: host, connections, first and last time of each row.
  private func rows(_ arguments: String...) async throws -> [String] {
    let outcome = try await Program.run(
      ["hunt", "--format", "csv", "--only-published"] + arguments)
    #expect(outcome.status == .exited(0))
    return outcome.output.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return [0, 6, 9, 10].map { String(cells[$0]) }.joined(separator: " ")
    }
  }

  @Test(
    "--from is the first moment that counts, --to the first that does not",
    arguments: [
      ([], "3 2024-05-01 09:59:59 2024-05-01 10:00:01"),
      (["--from", "2024-05-01T10:00:00Z"], "2 2024-05-01 10:00:00 2024-05-01 10:00:01"),
      (["--to", "2024-05-01T10:00:00Z"], "1 2024-05-01 09:59:59 2024-05-01 09:59:59"),
      (
        ["--from", "2024-05-01T12:00:00+02:00", "--to", "2024-05-01T10:00:01Z"],
        "1 2024-05-01 10:00:00 2024-05-01 10:00:00"
      ),
      (["--from", "2024-05-02"], nil), (["--to", "2024-05-01"], nil),
      (
        ["--from", "2024-05-01", "--to", "2024-05-02"], "3 2024-05-01 09:59:59 2024-05-01 10:00:01"
      ),
    ])
  func timeRange(options: [String], expected: String?) async throws {
    let times = ["09:59:59.999", "10:00:00.000", "10:00:01.000"]
    let archive = try folder.write(
      times.map { Self.line(utc: "2024-05-01 \($0)") }.joined(), to: "night.jsonl")
    let outcome = try await Program.run(
      ["hunt", "--format", "csv", "--only-published", archive] + options)
    let lines = outcome.output.split(separator: "\n").dropFirst()
    guard let expected else { return #expect(lines.isEmpty) }
    let cells = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false)
    #expect([6, 9, 10].map { String(cells[$0]) }.joined(separator: " ") == expected)
    #expect(lines.count == 1)
  }

  @Test("--host-field names the endpoint by another field, where a line has it")
  func hostField() async throws {
    let agent = #","agent":{"name":"LAPTOP-7"}"#
    let archive = try folder.write(
      Self.line(utc: "2024-05-01 10:00:00.000", more: agent)
        + Self.line(utc: "2024-05-01 10:00:00.000"), to: "night.jsonl")
    let time = "1 2024-05-01 10:00:00 2024-05-01 10:00:00"
    #expect(
      try await rows(archive) == ["WS01.corp.example 2 2024-05-01 10:00:00 2024-05-01 10:00:00"])
    #expect(
      try await rows(archive, "--host-field", "agent.name")
        == ["LAPTOP-7 \(time)", "WS01.corp.example \(time)"])
  }

  @Test("The same archive under two names counts twice, and once with --dedupe")
  func dedupe() async throws {
    let line = Self.line(utc: "2024-05-01 10:00:00.000")
    try folder.write(line, to: "nights/a.jsonl")
    try folder.write(line, to: "nights/copy.jsonl")
    try folder.write(Self.line(utc: "2024-05-01 11:00:00.000"), to: "nights/other.jsonl")
    let nights = folder.path + "/nights"
    let times = "2024-05-01 10:00:00 2024-05-01 11:00:00"
    #expect(try await rows(nights) == ["WS01.corp.example 3 \(times)"])
    #expect(try await rows(nights, "--dedupe") == ["WS01.corp.example 2 \(times)"])
    let outcome = try await Program.run("hunt", nights, "--dedupe")
    #expect(outcome.output.contains("1 archive has the same bytes as another one: counted once."))
  }

  @Test("--window judges only the last days of a ledger, counted from the last event")
  func window() async throws {
    let ledger = folder.path + "/nights.ledger"
    try folder.write(
      Self.line(utc: "2024-04-01 10:00:00.000") + Self.line(utc: "2024-04-29 10:00:00.000")
        + Self.line(utc: "2024-05-01 10:00:00.000"), to: "nights/a.jsonl")
    let nights = folder.path + "/nights"
    #expect(
      try await rows(nights, "--ledger", ledger)
        == ["WS01.corp.example 3 2024-04-01 10:00:00 2024-05-01 10:00:00"])
    #expect(
      try await rows("--ledger", ledger, "--window", "3d")
        == ["WS01.corp.example 2 2024-04-29 10:00:00 2024-05-01 10:00:00"])
    #expect(
      try await rows("--ledger", ledger, "--window", "1d")
        == ["WS01.corp.example 1 2024-05-01 10:00:00 2024-05-01 10:00:00"])
  }

  @Test("What a window leaves out of a ledger weighs nothing, as if archives were cut there")
  func windowWeighs() async throws {
    let nights = LedgerRunTests.root + "/sample-data/nights"
    let ledger = folder.path + "/weighed.ledger"
    #expect(try await Program.run("ledger", "add", "--ledger", ledger, nights).status == .exited(0))
    let asked = ["--parity", "tuned", "--format", "json"]
    let ofLedger = try await Program.run(
      ["hunt", "--ledger", ledger, "--window", "2d"] + asked)
    let ofArchives = try await Program.run(["hunt", nights, "--from", "2024-05-09"] + asked)
    for list in ["findings", "beacons"] {
      let (a, b) = try (Self.list(list, ofLedger.output), Self.list(list, ofArchives.output))
      #expect(a.count > 1)
      #expect(a == b)
    }
  }

  /// A list of a report, each member as its JSON text.
  private static func list(_ name: String, _ report: String) throws -> [String] {
    let whole = try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any]
    return try #require(whole?[name] as? [[String: Any]]).map {
      let data = try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys])
      return String(decoding: data, as: UTF8.self)
    }
  }

  /// One archive of a night of the sample data in plain lines, `night.jsonl`: some 40 MB.
  private func unpackedNight() async throws -> String {
    let nights = LedgerRunTests.root + "/sample-data/nights/2024-05-07"
    let outcome = try await Program.shell(
      #"""
      set -e; cd "$2"
      find "$1" -type f | LC_ALL=C sort | while read -r f; do
        case $f in *.zst) zstd -qdc "$f";; *.gz) gzip -dc "$f";; *) cat "$f";; esac
      done > night.jsonl
      """#, nights, folder.path)
    #expect(outcome.status == .exited(0) && outcome.complaints == "")
    return folder.path + "/night.jsonl"
  }

  @Test("One large frame gives the same report, whatever the number of workers and size of chunks")
  func oneLargeFrame() async throws {
    let night = try await unpackedNight()
    let packed = try await Program.shell(#"zstd -q --content-size "$1""#, night)
    #expect(packed.status == .exited(0))
    let archive = night + ".zst"
    let one = try await Program.run("hunt", "--format", "json", "--workers", "1", archive)
    #expect(one.status == .exited(0) && one.output.contains(#""max_risk_score": 3"#))
    for options in [
      ["--workers", "4"], ["--workers", "4", "--chunk-size", "64K"],
      ["--workers", "2", "--chunk-size", "1M", "--check-all"],
    ] {
      let other = try await Program.run(["hunt", "--format", "json", archive] + options)
      if options.contains("--check-all") {
        let rows = { (text: String) in text.components(separatedBy: #""max_risk_score": "#).count }
        #expect(rows(other.output) == rows(one.output))
      } else {
        #expect(other == one)
      }
    }
  }

  @Test("What was read before and after a damaged frame does not depend on workers and chunks")
  func damagedFrame() async throws {
    let night = try await unpackedNight()
    let made = try await Program.shell(
      #"""
      set -e; cd "$1"; mkdir parts; split -C 2M night.jsonl parts/p.; zstd -q --rm parts/p.*
      # A byte in the middle of the fifth frame.
      fifth=$(ls parts/*.zst | sed -n 5p); size=$(($(wc -c < "$fifth") / 2))
      (head -c $size "$fifth"; printf '\377\377\377\377'; tail -c +$((size + 5)) "$fifth") > parts/changed
      mv parts/changed "$fifth"; cat parts/*.zst > night.jsonl.zst; rm night.jsonl
      """#, folder.path)
    #expect(made.status == .exited(0))
    let archive = night + ".zst"
    let one = try await Program.run("hunt", "--format", "json", "--workers", "1", archive)
    #expect(one.status == .exited(2))
    #expect(one.output.contains(#""damaged""#))
    for options in [["--workers", "4"], ["--workers", "3", "--chunk-size", "64K"]] {
      #expect(try await Program.run(["hunt", "--format", "json", archive] + options) == one)
    }
    // A ledger takes the same lines, and the whole archive in their place once it is there.
    let ledger = folder.path + "/n.ledger"
    let kept = try await Program.run("hunt", "--format", "json", "--ledger", ledger, archive)
    #expect(kept == one)
  }

  @Test("Files that cannot be read are named, and the good ones among them are read")
  func unreadableFiles() async throws {
    try folder.write(Self.line(utc: "2024-05-01 10:00:00.000"), to: "nights/a.jsonl")
    try folder.write(Self.line(utc: "2024-05-01 11:00:00.000"), to: "nights/z.jsonl")
    try folder.write(Self.line(utc: "2024-05-01 12:00:00.000"), to: "nights/m.jsonl")
    // Nobody but root may read it; root is not asked, and becomes nobody for the run.
    let outcome = try await Program.shell(
      Program.withoutProfile + #"""
        chmod 000 "$1/m.jsonl"; ln -s nowhere "$1/link.jsonl"; chmod 755 "$1/.." "$1"
        if [ "$(id -u)" = 0 ]; then
          cp "$0" "$1/../oddport"; exec setpriv --reuid 65534 --clear-groups "$1/../oddport" hunt "$1"
        fi
        exec "$0" hunt "$1"
        """#, folder.path + "/nights")
    #expect(outcome.status == .exited(2))
    #expect(outcome.output.contains("m.jsonl") && outcome.output.contains("link.jsonl"))
    #expect(outcome.output.contains("2 connections"))
    #expect(outcome.output.contains("unreadable"))
  }

  @Test(
    "With --check-all a host is heard by events that are not used, in a ledger and on a page as well"
  )
  func otherEvents() async throws {
    func query(_ host: String, hour: Int) -> String {
      #"{"EventID":22,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"\#(host)","#
        + #""UtcTime":"2024-05-01 \#(hour):30:00.000","QueryName":"example.com"}"# + "\n"
    }
    let lines = (10...15).map { query("WS01.corp.example", hour: $0) } + [query("WS02", hour: 11)]
    let archive = try folder.write(
      Self.line(utc: "2024-05-01 10:00:00.000") + lines.joined()
        + Self.line(utc: "2024-05-01 17:00:00.000"), to: "night.jsonl")
    let ledger = ["--ledger", folder.path + "/nights.ledger", "--check-all"]
    for (options, heard, legend) in [
      ([], 2, "no event that the hunt uses"), (["--check-all"], 7, "no event of Sysmon"),
      (ledger, 7, "no event of Sysmon"), (ledger, 7, "no event of Sysmon"),
    ] {
      let outcome = try await Program.run(["hunt", archive, "--format", "json"] + options)
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      let coverage = try #require(report["coverage"] as? [String: Any])
      let hosts = try #require(coverage["hosts"] as? [[String: Any]])
      // A host of which nothing is used says nothing about a finding.
      #expect(hosts.map { $0["host"] as? String } == ["WS01.corp.example"])
      #expect(hosts.first?["hours_heard"] as? Int == heard)
      #expect(hosts.first?["hours_missing"] as? Int == 8 - heard)
      let page = try await Program.run(["hunt", archive, "--format", "html"] + options)
      #expect(page.output.contains("heard in \(heard) of 8 hours"))
      #expect(page.output.contains("</svg> " + legend))
    }
  }
}
