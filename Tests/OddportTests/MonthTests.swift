import Foundation
import SampleNights
import Subprocess
import Testing

/// A month of nights, each with what happens to nights: every blind spot is told in the night it opens,
/// in words and in the status; a calm night is silent; nothing is told twice as new.
@Suite struct MonthTests {
  let folder: TemporaryFolder
  var inbox: String { folder.path + "/archives" }
  var out: String { folder.path + "/reports" }

  init() throws { folder = try TemporaryFolder() }

  /// What differs from an ordinary day.
  private struct Day {
    var number: Int
    /// Hosts of which no connections come.
    var withoutConnections: Range<Int> = 0..<0
    /// A host whose clock is this many days ahead.
    var ahead: (host: Int, days: Int)?
    /// Whether the implant on host 0 calls home.
    var calls = false
    /// Whether the sender writes in another form.
    var isStrange = false
  }

  private static let hosts = 6

  private func write(_ day: Day) throws {
    try folder.write(lines(of: day), to: "archives/sysmon-\(100 + day.number).jsonl")
  }

  private func lines(of day: Day) -> String {
    var lines: [String] = []
    for host in 0..<Self.hosts {
      let date = day.number + (day.ahead?.host == host ? day.ahead?.days ?? 0 : 0)
      for hour in stride(from: 0, to: 24, by: 2) {
        let time = Self.time(day: date, hour: hour, minute: (host * 7 + hour * 5 + day.number) % 60)
        lines.append(Self.event(1, host, time, #""ParentImage":"C:\\Windows\\explorer.exe""#))
        guard !day.withoutConnections.contains(host) else { continue }
        let address = "198.51.\(hour).\(host * 31 + day.number)"
        lines.append(Self.connection(host, time, "svchost.exe", address, 443))
      }
      if day.calls, host == 0 {
        let time = Self.time(day: date, hour: 11, minute: 11)
        lines.append(Self.connection(host, time, "powershell.exe", "203.0.113.9", 4444))
      }
    }
    if day.isStrange {
      lines = lines.map { $0.replacing(#"""#, with: "'") }.map {
        "{\"raw\":\"\($0.replacing("\\", with: "/"))\"}"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func time(day: Int, hour: Int, minute: Int) -> String {
    let second = 1_714_521_600 + (day - 1) * 86_400 + hour * 3600 + minute * 60
    return Date(timeIntervalSince1970: Double(second)).formatted(
      .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false)
        .timeSeparator(.colon)
    ).replacing("T", with: " ").replacing("Z", with: "")
  }

  private static func event(_ id: Int, _ host: Int, _ time: String, _ more: String) -> String {
    #"{"EventID":\#(id),"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS0\#(host)","#
      + #""UtcTime":"\#(time).000","Image":"C:\\Windows\\System32\\svchost.exe","User":"CORP\\ada",\#(more)}"#
  }

  private static func connection(
    _ host: Int, _ time: String, _ image: String, _ address: String, _ port: Int
  ) -> String {
    #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS0\#(host)","UtcTime":"\#(time).000","#
      + #""Image":"C:\\Windows\\System32\\\#(image)","User":"CORP\\ada","Initiated":"true","#
      + #""DestinationIp":"\#(address)","DestinationPort":"\#(port)"}"#
  }

  private func night(_ more: String..., from archives: String? = nil) async throws
    -> Program.Outcome
  {
    try await Program.run(
      [
        "hunt", archives ?? inbox, "--ledger", folder.path + "/nights.ledger", "--only-new",
        "--max-age", "26h", "--fail-on", "high", "--parity", "tuned", "--window", "30d", "-q",
        "--format", "json", "--out", out,
      ] + more)
  }

  private static let calm = Program.Outcome(status: .exited(0), output: "", complaints: "")

  @Test(
    "Each blind spot is told in its night, and a calm night is silent", .timeLimit(.minutes(15)))
  func month() async throws {
    for number in 1...9 {
      try write(Day(number: number))
      #expect(try await night() == Self.calm, "night \(number)")
    }
    // A finding is new once, also where delivering it fails at first; then it goes on.
    try write(Day(number: 10, calls: true))
    let blocked = try folder.write("", to: "blocked")
    let failed = try await night("--out", blocked + "/reports")
    #expect(failed.status == .exited(73))
    let told = try await night()
    #expect(told.status == .exited(1))
    #expect(told.output.contains("1 new archive with 6 hosts"))
    #expect(told.output.contains("new: 1 finding"))
    try write(Day(number: 11, calls: true))
    #expect(try await night() == Self.calm)
    // The mount is empty.
    try FileManager.default.createDirectory(
      atPath: folder.path + "/mount", withIntermediateDirectories: true)
    try await expect(night(from: folder.path + "/mount"), 3, "no-archive")
    // The sender changes form; the day before comes late.
    try write(Day(number: 12))
    try write(Day(number: 13, isStrange: true))
    try await expect(night(), 2, "not-understood")
    try FileManager.default.removeItem(atPath: inbox + "/sysmon-113.jsonl")
    try write(Day(number: 13))
    try write(Day(number: 14))
    #expect(try await night() == Self.calm)
    // A clock jumps; nothing else moves.
    try write(Day(number: 15, ahead: (host: 5, days: 200)))
    let jumped = try await night()
    try await expect(jumped, 2, "clock-off")
    #expect(jumped.output.contains("WS05 (200 days ahead)"))
    #expect(!jumped.output.contains("WS04"))
    try write(Day(number: 16))
    #expect(try await night() == Self.calm)
    // A feed becomes an error page.
    let page = try folder.write("<!DOCTYPE html>\n<p>Not found</p>\n", to: "feed.csv")
    try write(Day(number: 17))
    try await expect(night("--intel", page), 2, "feed-empty")
    // Event ID 3 stops on a third of the hosts.
    try write(Day(number: 18, withoutConnections: 2..<4))
    let deaf = try await night()
    try await expect(deaf, 2, "kind-silent")
    #expect(deaf.output.contains("WS02 (no connections for 1 day), WS03"))
    try write(Day(number: 19))
    #expect(try await night() == Self.calm)
    // Nothing comes, then both days at once.
    try await expect(night(), 3, "nothing-new")
    try write(Day(number: 20))
    try write(Day(number: 21))
    #expect(try await night() == Self.calm)
    // Two days of which nobody has heard anything.
    try write(Day(number: 24))
    try await expect(night(), 2, "fleet-silent")
    // A file that is still being written, and a rotated one that is read.
    try write(Day(number: 25))
    try folder.write("{}", to: "archives/sysmon-126.jsonl.part")
    try await expect(night(), 2, "passed-over")
    #expect(try await night("--accept", "passed-over", "--accept", "nothing-new") == Self.calm)
    try FileManager.default.removeItem(atPath: inbox + "/sysmon-126.jsonl.part")
    try write(Day(number: 26))
    #expect(try await night() == Self.calm)

    try await adversities()

    // The report of the night with the finding is still there.
    let nights = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
    #expect(nights.contains("latest") && nights.contains("run.json"))
    let first = try #require(nights.first { $0.hasSuffix("-night-10") })
    let report = try String(contentsOfFile: out + "/" + first + "/report.json", encoding: .utf8)
    #expect(report.contains("203.0.113.9"))
  }

  /// What befalls the machine and not the telemetry.
  private func adversities() async throws {
    // Rotation packs and renames yesterday's file.
    let yesterday = inbox + "/sysmon-126.jsonl"
    let read = Array(try #require(FileManager.default.contents(atPath: yesterday)))
    try folder.write(
      ZstdFrame.packed(read[...], .init(level: 3)), to: "archives/sysmon-126.jsonl.1.zst")
    try FileManager.default.removeItem(atPath: yesterday)
    try write(Day(number: 27))
    #expect(try await night() == Self.calm)
    // A folder loses its permissions.
    try write(Day(number: 28))
    try folder.write(lines(of: Day(number: 29)), to: "archives/site/sysmon-129.jsonl")
    try await expect(asAnother("chmod 000 $inbox/site"), 2, "unreadable")
    #expect(try await asAnother("chmod 755 $inbox/site") == Self.calm)
    // The ledger is a copy that nobody may write to.
    try write(Day(number: 30))
    let copied = try await asAnother(
      "mkdir $root/copy; cp $ledger $root/copy/; chmod 444 $root/copy/*; ledger=$root/copy/nights.ledger;"
        + " chmod 555 $root/copy")
    #expect(copied.status == .exited(73))
    #expect(copied.complaints.contains("cannot be written"))
    // The disk fills: as far as a process can tell, its files may not grow.
    let full = try await asAnother("trap '' XFSZ; ulimit -f 8")
    #expect(full.status == .exited(73))
    #expect(full.complaints.contains("hint: make room"))
    let check = try await Program.run("ledger", "check", folder.path + "/nights.ledger")
    #expect(check.output == "ok\n")
    #expect(try await night() == Self.calm)
    // The machine is off for two days.
    try write(Day(number: 31))
    let aged = try await change(
      folder.path + "/nights.ledger", by: "UPDATE night SET told_s = told_s - 172800")
    #expect(aged.status == .exited(0))
    try await expect(night(), 2, "missed-runs")
    try write(Day(number: 32))
    #expect(try await night() == Self.calm)
  }

  /// The night, after what is done to the machine, run by somebody who is not above permissions.
  private func asAnother(_ preparation: String) async throws -> Program.Outcome {
    try await Program.shell(
      #"""
      \#(Program.withoutProfile) root=$1 inbox=$1/archives ledger=$1/nights.ledger; umask 000
      chmod -R a+rwX "$root"
      \#(preparation)
      if [ "$(id -u)" = 0 ]; then as="setpriv --reuid 65534 --regid 65534 --clear-groups"; fi
      $as "$0" hunt "$inbox" --ledger "$ledger" --only-new --max-age 26h --fail-on high --parity tuned --window 30d -q --format json --out "$root/reports"
      """#, folder.path)
  }

  private func expect(_ outcome: Program.Outcome, _ status: Int32, _ reason: String) async throws {
    #expect(outcome.status == .exited(status), "\(reason)")
    #expect(outcome.output.contains(reason), "\(outcome.output)")
  }
}
