import Foundation
import Subprocess
import Testing

@Suite struct LedgerRunTests {
  let folder: TemporaryFolder
  var ledger: String { folder.path + "/nights.ledger" }
  static let samples = LedgerRunTests.root + "/sample-data/nights"
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  init() throws { folder = try TemporaryFolder() }

  @Test("A run that was killed loses nothing that the next one does not repair")
  func killed() async throws {
    let report = folder.path + "/report"
    let plain = try await Program.run("hunt", Self.samples, "--out", folder.path + "/plain", "-q")
    #expect(plain.status == .exited(0))
    // From before the first transaction to after the last one.
    for milliseconds in [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90] {
      _ = try await Program.shell(
        #"timeout -s KILL "$1" "$0" hunt --ledger "$2" "$3" --out "$4" -q"#,
        "0.\(String(1000 + milliseconds).dropFirst())", ledger, Self.samples, report)
    }
    let last = try await Program.run(
      "hunt", "--ledger", ledger, Self.samples, "--out", report, "-q")
    #expect(last == .init(status: .exited(0), output: "", complaints: ""))
    let difference = try await Program.shell(#"diff -r "$1" "$2""#, folder.path + "/plain", report)
    #expect(difference.output == "")
  }

  /// Every version of the schema that was ever released leaves a ledger in `Golden`, and the present one
  /// does, made of the archive beside them.
  @Test("A ledger of an earlier version opens, and says what its archives say", arguments: [1, 4])
  func earlierVersion(number: Int) async throws {
    let golden = Self.root + "/Tests/OddportTests/Golden/version-"
    let archive = folder.path + "/night.jsonl"
    try FileManager.default.copyItem(atPath: golden + "\(number).ledger", toPath: ledger)
    try FileManager.default.copyItem(atPath: golden + "1.jsonl", toPath: archive)
    let options = ["-q", "--format", "json", "--parity", "tuned", "--check-all"]
    let whole = try await Program.run(["hunt", archive] + options)
    #expect(whole.output.contains("u37toptdc4y6l"))
    let recalled = try await Program.run(["hunt", "--ledger", ledger] + options)
    #expect(Self.withoutMessages(recalled) == Self.withoutMessages(whole))
    let again = try await Program.run(["hunt", "--ledger", ledger, archive] + options)
    #expect(Self.withoutMessages(again) == Self.withoutMessages(whole))
    let check = try await Program.run("ledger", "check", ledger)
    #expect(check.status == .exited(0))
    let status = try await Program.run("ledger", "status", ledger)
    #expect(status.output.contains("1, 5538 bytes"))
  }

  @Test(
    "A night in which nothing came is told without judging again, and the same as if all were judged"
  )
  func nothingCame() async throws {
    let night = ["hunt", "--ledger", ledger, "--only-new", "--out", folder.path + "/nights"]
    func run(_ more: String...) async throws -> (outcome: Program.Outcome, run: [String?]) {
      let outcome = try await Program.run(night + more)
      let bytes = try Data(contentsOf: URL(filePath: folder.path + "/nights/run.json"))
      let run = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
      let told = ["summary", "tool_version"].map { run?[$0] as? String }
      return (outcome, told)
    }
    let hidden = try folder.write(
      """
      suppressions:
        - {name: tests, reason: agreed, owner: red, expires: never, match: {port: 4444}}

      """, to: "known.yaml")
    let archive = try folder.write(
      Events.powershellTo4444 + Events.curlTo8088, to: "night.jsonl")
    let first = try await run(archive, "--suppressions", hidden)
    #expect(first.outcome.output.contains("new: "))
    // Whatever is told is told once.
    let kept = try await run(archive, "--suppressions", hidden)
    let judged = try await run(archive, "--suppressions", hidden, "--rejudge")
    let asked = try await run("--suppressions", hidden)
    for night in [kept, judged, asked] {
      #expect(night.outcome.output == "" && night.outcome.complaints == "")
      #expect(night.outcome.status == .exited(0))
      #expect(night.run == judged.run)
    }
    let changed = try await run(archive)
    #expect(changed.outcome.complaints.contains("everything is judged again"))
    #expect(!changed.outcome.output.isEmpty)
  }

  @Test("An empty folder is a blind night, also the first one, and the latest report says so")
  func emptyFolder() async throws {
    let (mount, out) = (folder.path + "/mount", folder.path + "/nights")
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    func night() async throws -> (Program.Outcome, latest: String) {
      let outcome = try await Program.run(
        "hunt", mount, "--ledger", ledger, "--only-new", "-q", "--format", "json", "--out", out)
      return (outcome, try String(contentsOfFile: out + "/latest/report.json", encoding: .utf8))
    }
    let blind = #""verdict": "blind""#
    let (first, firstReport) = try await night()
    #expect(first.status == .exited(3) && first.output.contains("no-archive"))
    #expect(firstReport.contains(blind))
    try folder.write(Events.powershellTo4444, to: "mount/night.jsonl")
    let (second, secondReport) = try await night()
    #expect(second.status == .exited(0) && !secondReport.contains(blind))
    try FileManager.default.removeItem(atPath: mount + "/night.jsonl")
    let (third, thirdReport) = try await night()
    #expect(third.status == .exited(3) && thirdReport.contains(blind))
    let verified = try await Program.run("verify", out + "/latest", "--ledger", ledger)
    #expect(verified.status == .exited(0), "\(verified)")
  }

  @Test("A pipe that nothing comes through is blind, and --rejudge goes with --only-new")
  func nothingToJudge() async throws {
    let pipe = try await Program.run("hunt", "-", "-q")
    #expect(pipe.status == .exited(3) && pipe.output.contains("blind (nothing-recognised)"))
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let rejudged = try await Program.run("hunt", archive, "--rejudge")
    #expect(rejudged.status == .exited(64) && rejudged.output.isEmpty)
    #expect(rejudged.complaints.contains("--rejudge: has no effect without --only-new"))
  }

  @Test("A night whose metrics could not be written is reported again")
  func metricsFail() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let night = ["hunt", archive, "--ledger", ledger, "--only-new", "-q", "--textfile"]
    let failed = try await Program.run(night + [folder.path + "/missing/oddport.prom"])
    #expect(failed.status == .exited(73))
    let again = try await Program.run(night + [folder.path + "/oddport.prom"])
    #expect(again.output.contains("new: 1 finding"))
  }

  @Test("Another run is turned away, with the process that holds the ledger")
  func held() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let outcome = try await Program.shell(
      #"""
      mkfifo "$1.fifo"
      "$0" hunt --ledger "$1" "$1.fifo" >/dev/null & first=$!
      exec 3>"$1.fifo"
      while ! "$0" hunt --ledger "$1" "$2" 2>&1 | grep -q "process $first"; do sleep 0.05; done
      "$0" hunt --ledger "$1" "$2" 2>/dev/null; echo "status $?"
      exec 3>&-
      wait $first; echo "first $?"
      """#, ledger, archive)
    // Nothing came through the pipe.
    #expect(outcome.output == "status 75\nfirst 3\n")
  }

  /// What readers of different versions say of the same rejected line may differ.
  private static func withoutMessages(_ outcome: Program.Outcome) -> [Substring] {
    outcome.output.split(separator: "\n").filter { !$0.contains("\"message\":") }
  }

  @Test("A calm night prints nothing")
  func calm() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let first = try await Program.run("hunt", "--ledger", ledger, archive, "--only-new")
    #expect(first.output.contains("status  new"))
    let second = try await Program.run(
      "hunt", "--ledger", ledger, archive, "--only-new", "--fail-on", "low")
    #expect(second == .init(status: .exited(0), output: "", complaints: ""))
  }

  @Test("A full disk is said, and the ledger stays whole")
  func fullDisk() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    _ = try await Program.run("hunt", "--ledger", ledger, archive)
    let outcome = try await Program.shell(
      Program.withoutProfile
        + #"ulimit -f 1; trap '' XFSZ; "$0" hunt --ledger "$1" "$2" >/dev/null"#, ledger,
      Self.samples)
    #expect(outcome.status == .exited(73))
    #expect(outcome.complaints.contains("nights.ledger"))
    let after = try await Program.run("hunt", "--ledger", ledger)
    #expect(after.output.hasPrefix("1 High, 0 Medium, 0 Low in 1 archive"))
  }

  @Test(
    "A sweep says the same from the ledger as from the archives",
    arguments: [["6666"], ["31337", "443/tcp"], ["1-65535"], ["53/udp"], ["8530-8531", "5985"]])
  func sweeps(ports: [String]) async throws {
    _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
    let query = ports.flatMap { ["--port", $0] }
    var reports: [String] = []
    for source in [["--ledger", ledger], [Self.samples]] {
      let report = folder.path + "/report\(reports.count)"
      let outcome = try await Program.run(["sweep"] + query + source + ["--out", report, "-q"])
      #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      reports.append(report)
    }
    let difference = try await Program.shell(#"diff -r "$1" "$2""#, reports[0], reports[1])
    #expect(difference.output == "")
  }

  @Test("Upkeep: status, check, prune, export")
  func upkeep() async throws {
    _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
    #expect(try await Program.run("ledger", "check", ledger).output == "ok\n")
    let status = try await Program.run("ledger", "status", ledger)
    #expect(status.output.contains("connections          1196 in 754 facts"))
    let connections = try await Program.run("ledger", "export", ledger, "connections")
    #expect(connections.output.split(separator: "\n").count == 755)
    let pruned = try await Program.run("ledger", "prune", ledger, "--before", "2024-05-08")
    #expect(pruned.output.hasPrefix("pruned "))
    #expect(try await Program.run("ledger", "check", ledger).output == "ok\n")
    // What was pruned stays known.
    let again = try await Program.run("hunt", "--ledger", ledger, Self.samples)
    let lasting = try await Program.run("hunt", "--ledger", ledger)
    #expect(again == lasting)
  }

  @Test(
    "Intelligence says the same of a ledger as of its archives",
    arguments: [
      // As a vendor's list has them; ports that everybody uses and names; the shipped one.
      "198.51.100.0/24\n203.0.113.45:4445\n2001:db8::/32\n10.20.0.0/16\n49152-65535\n",
      "port,host,common\n443,,yes\n8080,,yes\n6666,c2.example,\n9001,,\n443,c2.example,\n", nil,
    ])
  func intelligence(feed: String?) async throws {
    _ = try await Program.run("ledger", "add", "--ledger", ledger, Self.samples)
    let shipped = Self.root + "/intel/t1571.csv"
    let path = try feed.map { try folder.write($0, to: "own.csv") } ?? shipped
    for command in ["sweep", "hunt"] {
      let reports = [folder.path + "/ledger-\(command)", folder.path + "/archive-\(command)"]
      for (source, report) in zip([["--ledger", ledger], [Self.samples]], reports) {
        let outcome = try await Program.run(
          [command, "--intel", path, "--out", report, "-q"] + source)
        #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      }
      let difference = try await Program.shell(#"diff -r "$1" "$2""#, reports[0], reports[1])
      #expect(difference.output == "")
    }
  }

  @Test("Intelligence leaves the published table as it is")
  func published() async throws {
    let shipped = Self.root + "/intel/t1571.csv"
    let plain = try await Program.run(
      "hunt", Self.samples, "--format", "csv", "--only-published")
    let attributed = try await Program.run(
      "hunt", Self.samples, "--format", "csv", "--only-published", "--intel", shipped)
    #expect(plain == attributed)
  }
}
