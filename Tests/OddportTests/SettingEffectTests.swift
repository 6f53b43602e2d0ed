import Foundation
import Knowledge
import SampleNights
import Subprocess
import Testing

/// Every setting at every command: it has an effect, or it is refused by its name. A setting that is added to
/// the table is walked as well, and fails here until it is said how its effect shows.
@Suite struct SettingEffectTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A command with what it has to be given, so that every setting it takes can show.
  struct Base: CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    /// Settings that change nothing here although they are taken, because they describe how the finding that
    /// is asked for came about: the same settings as of the report give the same ids.
    var repeatsSettings = false
    /// Settings of the command that say what is asked, so that giving them is not a change.
    var asks: Set<String> = []

    var testDescription: String { name }
  }

  static let bases = [
    Base(name: "hunt", arguments: ["hunt", "in"]),
    Base(
      name: "hunt of a night",
      arguments: [
        "hunt", "late", "--ledger", "night.ledger", "--only-new", "--out", "nights", "--format",
        "text",
      ], asks: ["only-new"]),
    Base(
      name: "hunt over a ledger", arguments: ["hunt", "--ledger", "all.ledger"],
      asks: ["accept"]),
    Base(name: "sweep", arguments: ["sweep", "--port", "4444", "in"]),
    Base(
      name: "sweep over a ledger",
      arguments: ["sweep", "--port", "4444", "--ledger", "all.ledger"], asks: ["accept"]),
    Base(name: "ledger add", arguments: ["ledger", "add", "in", "--ledger", "new.ledger"]),
    Base(name: "explain", arguments: ["explain", "ID", "in"], repeatsSettings: true),
    Base(
      name: "explain over a ledger", arguments: ["explain", "ID", "--ledger", "all.ledger"],
      repeatsSettings: true),
    Base(
      name: "explain an address", arguments: ["explain", "203.0.113.9", "in"],
      repeatsSettings: true),
    Base(
      name: "explain a line", arguments: ["explain", "--line", "in/night.jsonl:2"],
      asks: ["assume-tz"]),
    Base(name: "evidence", arguments: ["evidence", "ID", "in"], repeatsSettings: true),
    Base(
      name: "evidence over a ledger", arguments: ["evidence", "ID", "--ledger", "all.ledger"],
      repeatsSettings: true),
    Base(name: "plan", arguments: ["plan", "in"]),
    Base(name: "map", arguments: ["map", "in"]),
    Base(
      name: "map of a plan", arguments: ["map", "--plan", "all.plan", "in"], asks: ["archives"]),
    Base(name: "reduce", arguments: ["reduce", "all.partial"]),
    Base(name: "verify", arguments: ["verify", "report", "in"], asks: ["ledger"]),
  ]

  /// How each setting is given so that it changes something, and what has to be given beside it in both runs.
  static let probes: [String: (given: [String], beside: [String])] = [
    "accept": (["--accept", "passed-over", "--accept", "clock-off"], []),
    "archives": (["extra"], []),
    "assume-tz": (["--assume-tz", "+03:00"], []),
    "check-all": (["--check-all"], []),
    "chunk-size": (["--chunk-size", "64K"], []),
    "memory": (["--memory", "64M"], []),
    "color": (["--color", "always"], []),
    "csv-bom": (["--csv-bom"], ["--format", "csv"]),
    "dedupe": (["--dedupe"], []),
    "fail-on": (["--fail-on", "low"], []),
    "format": (["--format", "markdown"], []),
    "from": (["--from", "2024-05-03"], []),
    "high-risk": (["--high-risk", "tool.exe"], ["--parity", "tuned"]),
    "host": (["--host", "WS2"], []),
    "host-field": (["--host-field", "agent.name"], []),
    "intel": (["--intel", "feed.csv"], []),
    "keep": (["--keep", "1"], []),
    "ledger": (["--ledger", "other.ledger"], []),
    "max-age": (["--max-age", "1h"], []),
    "max-line": (["--max-line", "2K"], []),
    "max-ratio": (["--max-ratio", "5"], []),
    "max-window": (["--max-window", "1K"], []),
    "min-severity": (["--min-severity", "high"], []),
    "only-new": (["--only-new"], []),
    "only-published": (["--only-published"], []),
    "out": (["--out", "folder"], []),
    "parity": (["--parity", "strict"], []),
    "port": (["--port", "8088"], []),
    "quiet": (["--quiet"], []),
    "sigma": (["--sigma", "rule.yml"], []),
    "since": (["--since", "1h"], []),
    "sort": (["--sort", "host"], []),
    "suppressions": (["--suppressions", "known.yaml"], []),
    "textfile": (["--textfile", "oddport.prom"], []),
    "time": (["--time", "utc"], []),
    "to": (["--to", "2024-05-02"], []),
    "top": (["--top", "1"], []),
    "validity": (["--validity", "apply"], ["--intel", "feed.csv"]),
    "verbose": (["--verbose"], []),
    "weight": (["--weight", "exact-name=1", "--weight", "odd-port=50"], ["--parity", "tuned"]),
    "width": (["--width", "50"], []),
    "window": (["--window", "1d"], []),
    "workers": (["--workers", "1"], []),
  ]

  /// Of an incomplete reading the status says so, whatever was found.
  private static func beside(_ setting: any AnySetting, _ base: Base) -> [String]? {
    if setting.name == "fail-on", ["hunt", "sweep", "reduce"].contains(base.arguments[0]) {
      return ReadingReason.allCases.flatMap { ["--accept", $0.rawValue] }
    }
    return probes[setting.name]?.beside
  }

  private static func event(
    _ host: String, _ image: String, _ port: Int, day: Int, _ more: String = ""
  ) -> String {
    #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"\#(host)","#
      + #""EventTime":"2024-05-0\#(day)T12:00:00Z","UtcTime":"2024-05-0\#(day) 10:00:00.000","#
      + #""Image":"C:\\Tools\\\#(image)","User":"CORP\\ada","Initiated":"true","Protocol":"tcp","#
      + #""DestinationIp":"203.0.113.9","DestinationPort":"\#(port)","agent":{"name":"EDGE"}\#(more)}"#
  }

  private func prepare() async throws -> String {
    let lines =
      [
        Self.event("WS1", "powershell.exe", 4444, day: 1),
        Self.event("WS2", "tool.exe", 4444, day: 2),
        Self.event(
          "WS3", "powershell.exe", 8088, day: 1,
          #","CommandLine":"\#(String(repeating: "x", count: 3000))""#),
        #"{"EventID":11, broken"#,
        // A local time, and no other.
        #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS4","EventTime":"2024-05-02 01:00:00","#
          + #""Image":"C:\\Tools\\cmd.exe","User":"CORP\\ada","Initiated":"true","Protocol":"tcp","#
          + #""DestinationIp":"203.0.113.9","DestinationPort":"4444","agent":{"name":"EDGE"}}"#,
      ].joined(separator: "\n") + "\n"
    try folder.write(lines, to: "base/in/night.jsonl")
    try folder.write(lines, to: "base/in/copy.jsonl")
    let packed = (0..<2000).map {
      Self.event("WS\($0 % 7)", "svchost.exe", 443 + $0, day: 1 + $0 % 2)
    }.joined(separator: "\n")
    try folder.write(
      ZstdFrame.packed(Array((packed + "\n").utf8)[...], .init(level: 3)),
      to: "base/in/packed.jsonl.zst")
    try folder.write("{}", to: "base/in/coming.jsonl.part")
    try folder.write(Self.event("WS9", "powershell.exe", 4444, day: 1), to: "base/more/other.jsonl")
    try folder.write(
      Self.event("WS8", "powershell.exe", 8088, day: 2), to: "base/extra/another.jsonl")
    try folder.write(
      "port,actor,valid_from,valid_until\n4444,APT0,2020-01-01,2021-01-01\n443,APT1,,\n",
      to: "base/feed.csv")
    try folder.write(
      """
      title: Port 8088
      logsource: {category: network_connection, product: windows}
      detection: {selection: {DestinationPort: 8088}, condition: selection}
      """, to: "base/rule.yml")
    try folder.write(
      """
      suppressions:
        - {name: known, reason: known, owner: me, expires: 2090-01-01, match: {port: [4444]}}
      """, to: "base/known.yaml")
    let outcome = try await Program.shell(
      #"""
      cd "$1/base"
      touch -d 2024-05-03 in/*
      "$0" ledger add in --ledger all.ledger >log 2>&1
      cp all.ledger other.ledger; "$0" ledger add more --ledger other.ledger >>log 2>&1
      "$0" map in --output all.partial >>log 2>&1
      "$0" plan in --output all.plan >>log 2>&1
      "$0" hunt in --out report >>log 2>&1
      "$0" hunt in --ledger night.ledger --only-new --out nights --format text >>log 2>&1
      touch -d 2024-05-03 more/*; mkdir late; cp -p more/other.jsonl in/coming.jsonl.part late/
      "$0" hunt --ledger all.ledger --format json -q | sed -n 's/.*"id": "\([a-z0-9]*\)".*/\1/p' | head -1
      rm log
      """#, folder.path)
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What a run leaves: its outcome, what the files hold, and how a ledger was read.
  private func run(_ arguments: [String]) async throws -> (outcome: Program.Outcome, left: String) {
    let outcome = try await Program.shell(
      #"""
      cd "$1"; rm -rf run; cp -a base run; cd run; shift
      exec "$0" "$@"
      """#, arguments: [folder.path] + arguments)
    let left = try await Program.shell(
      #"""
      cd "$1/run"; find . -type f ! -name '*.ledger*' ! -name run.json -exec sha256sum {} + | sort
      find . -type f -name '*.ledger' | sort
      for file in *.ledger; do "$0" ledger status $file | grep -v ^size; done
      """#, arguments: [folder.path])
    return (outcome, left.output)
  }

  @Test("A setting has an effect, or is refused by its name", arguments: bases)
  func walk(base: Base) async throws {
    let id = try await prepare()
    let arguments = base.arguments.map { $0 == "ID" ? id : $0 }
    var plain: [[String]: (outcome: Program.Outcome, left: String)] = [:]
    let unchanged = try await run(arguments)
    try #require(
      ![64, 65, 66, 73].contains(unchanged.outcome.code), "\(unchanged.outcome.complaints)")
    let untouched = try await run(["--version"]).left
    for setting in SettingTable.all {
      let probe = try #require(Self.probes[setting.name], "no probe for \(setting.name)")
      let beside = try #require(Self.beside(setting, base))
      let name = Comment(rawValue: "\(base.name) \(setting.name)")
      if plain[beside] == nil { plain[beside] = try await run(arguments + beside) }
      let without = try #require(plain[beside])
      let with = try await run(arguments + beside + probe.given)
      if isRefusal(with.outcome, of: setting) {
        #expect(with.left == untouched, name)
        continue
      }
      // What it needs beside it is refused here.
      if isRefusal(without.outcome, of: nil) { continue }
      let isOther =
        base.repeatsSettings && with.outcome.complaints.contains("no finding, beacon or")
      #expect(
        isOther || ![64, 65, 66, 73].contains(with.outcome.code),
        "\(name): \(with.outcome.complaints)")
      let isSame = with.outcome == without.outcome && with.left == without.left
      switch setting.effect {
      case .run where setting.name != "quiet":
        #expect(isSame, name)
      case .run: break
      case .facts, .selection, .judgement:
        if base.repeatsSettings || base.asks.contains(setting.name) { break }
        #expect(!isSame || setting.name == "max-ratio", name)
      case .input, .output:
        #expect(
          !isSame || base.asks.contains(setting.name)
            || base.repeatsSettings && setting.effect == .input, name)
      }
    }
  }

  /// - Parameter setting: Nil: of any.
  private func isRefusal(_ outcome: Program.Outcome, of setting: (any AnySetting)?) -> Bool {
    guard [64, 66].contains(outcome.code) else { return false }
    return setting.map { outcome.complaints.contains($0.name) || $0.name == "archives" } ?? true
  }
}

extension Program.Outcome {
  fileprivate var code: Int32 {
    guard case .exited(let code) = status else { return -1 }
    return code
  }
}
