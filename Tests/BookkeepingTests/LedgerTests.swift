import Archives
import Bookkeeping
import Facts
import Foundation
import Hunting
import Knowledge
import SampleNights
import Scanning
import Testing

@Suite final class LedgerTests {
  static let samples = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "sample-data/nights")
    .path
  static let days = ["06", "07", "08", "09", "10"].map { "\(samples)/2024-05-\($0)" }

  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
  var path: String { folder + "/nights.ledger" }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Reads what the ledger does not hold; how many archives that were.
  @discardableResult
  static func add(_ paths: [String], to ledger: Ledger) async throws -> Int {
    let files = try ArchiveFinder.find(paths: paths).archives
    var options = ScanOptions()
    options.workers = 2
    options.hashesContent = true
    let known = try ledger.knownArchives()
    let identified = try await identify(files, besides: known, options).files
    let unread = ledger.unread(identified, besides: known)
    _ = try await scan(unread, options) { archive, file in try ledger.add(archive, of: file) }
    try ledger.note(identified)
    return unread.count
  }

  static func verdict(of ledger: Ledger, _ parity: Parity = .seed) async throws -> Verdict {
    let recalled = try await ledger.recall(.hunt(), workers: 2)
    return hunt(
      recalled.scan.facts, by: HuntRules(parity: parity), totals: recalled.totals,
      groups: recalled.groups)
  }

  func opened() throws -> Ledger { try Ledger(path, for: .adding(["time": "record"])) }

  @Test("Nights in any order say the same as all of them at once", arguments: Parity.allCases)
  func nights(parity: Parity) async throws {
    let ledger = try opened()
    for day in Self.days.reversed() { try await Self.add([day], to: ledger) }
    let whole = try await scan(ArchiveFinder.find(paths: Self.days).archives)
    #expect(
      try await Self.verdict(of: ledger, parity) == hunt(whole.facts, by: HuntRules(parity: parity))
    )
    let recalled = try await ledger.recall(RecallPlan { _ in true }, workers: 2)
    #expect(recalled.scan.facts.coverage.lines == whole.facts.coverage.lines)
    #expect(recalled.scan.archives == whole.archives)
  }

  @Test("What is known is not read again, under whatever name it comes")
  func known() async throws {
    let ledger = try opened()
    let first = try await Self.add([Self.days[0]], to: ledger)
    #expect(first > 0)
    let before = try await Self.verdict(of: ledger)
    try FileManager.default.copyItem(atPath: Self.days[0], toPath: folder + "/resent")
    #expect(try await Self.add([Self.days[0], folder + "/resent"], to: ledger) == 0)
    #expect(try await Self.verdict(of: ledger) == before)
  }

  @Test("An archive that has grown takes the place of what it was")
  func grown() async throws {
    let names = ["a", "b", "c"]
    let lines = names.map {
      #"{"Hostname":"\#($0)","EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:00.120","Image":"C:\\x\\powershell.exe","User":"u","Initiated":"true","DestinationIp":"203.0.113.1","DestinationPort":"4444"}"#
        + "\n"
    }
    let live = folder + "/live.jsonl"
    let ledger = try opened()
    for count in 1...3 {
      try Data(lines[..<count].joined().utf8).write(to: URL(filePath: live))
      #expect(try await Self.add([live], to: ledger) == 1)
      let verdict = try await Self.verdict(of: ledger)
      #expect(verdict.findings.map(\.connectionCount) == Array(repeating: 1, count: count))
      #expect(verdict.outboundConnections == count)
    }
    // What it once was is known, though its facts have given way.
    try Data(lines[0].utf8).write(to: URL(filePath: folder + "/old.jsonl"))
    #expect(try await Self.add([folder + "/old.jsonl"], to: ledger) == 0)
  }

  @Test("Only news are told, and only once they were told are they known")
  func news() async throws {
    let ledger = try opened()
    try await Self.add([Self.days[0]], to: ledger)
    let first = try await Self.verdict(of: ledger)
    let (news, counts) = try self.news(first, ledger)
    #expect(news.findings.map(\.status) == first.findings.map { _ in .new })
    #expect(news.beacons.map(\.id) == first.beacons.map(\.id))
    #expect(news.beacons.map(\.status) == first.beacons.map { _ in .new })
    #expect(!first.beacons.isEmpty)
    #expect(try ledger.night().number == 1)
    try ledger.remember(counts, at: 1_714_557_600)
    #expect(try ledger.night().number == 2)
    #expect(try !self.news(first, ledger).verdict.hasAnything)
    // What merely goes on is counted and is not news.
    var more = first
    more.findings[0].connectionCount += 1
    more.beacons[0].score.sessions += 1
    let (quiet, going) = try self.news(more, ledger)
    #expect(!quiet.hasAnything)
    #expect(going.continuing == News.Count(findings: 1, beacons: 1, changes: 0))
    #expect(quiet.continuing.map(\.status) == first.beacons.map { _ in .continuing })
    // A beacon that falls silent is told once, and again when it comes back.
    var silent = first
    silent.beacons[0].isOver = true
    let (ended, end) = try self.news(silent, ledger)
    #expect(ended.beacons.map(\.status) == [.gone])
    #expect(end.gone == News.Count(beacons: 1))
    var vanished = first
    vanished.beacons.removeFirst()
    #expect(try self.news(vanished, ledger).news.gone == News.Count(beacons: 1))
    try ledger.remember(end, at: 1_714_557_700)
    #expect(try self.news(silent, ledger).verdict.hasAnything == false)
    #expect(try self.news(first, ledger).verdict.beacons.map(\.status) == [.changed])
    // Another port is.
    more.findings[0].portsUsed.append(PortText(text: "1", number: 1))
    #expect(try self.news(more, ledger).verdict.findings.map(\.status) == [.changed])
  }

  private func news(_ verdict: Verdict, _ ledger: Ledger) throws -> (verdict: Verdict, news: News) {
    var verdict = verdict
    let news = try ledger.keepNews(in: &verdict)
    return (verdict, news)
  }

  @Test("Facts that were read otherwise are refused, and so are other files")
  func refusals() throws {
    _ = try opened()
    #expect(throws: LedgerError.self) { try Ledger(self.path, for: .adding(["time": "utc"])) }
    let other = folder + "/notes.txt"
    try Data("not a database, but long enough to be one".utf8).write(to: URL(filePath: other))
    #expect(throws: LedgerError.self) { try Ledger(other, for: .adding([:])) }
    #expect(!FileManager.default.fileExists(atPath: other + ".lock"))
    #expect(throws: LedgerError.self) { try Ledger(self.folder + "/none", for: .asking) }
  }

  @Test("A window of days judges those alone")
  func window() async throws {
    let ledger = try opened()
    try await Self.add(Self.days, to: ledger)
    let last = try #require(TelemetryFrame(try ledger.hosts())).hours.upperBound / 24
    let recalled = try await ledger.recall(
      RecallPlan(days: last..<last + 1) { _ in true }, workers: 2)
    #expect(recalled.scan.facts.keys.allSatisfy { $0.day == last })
    #expect(recalled.totals == ConnectionTotals(recalled.scan.facts))
  }
}
