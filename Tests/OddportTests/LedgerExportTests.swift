import Foundation
import SampleNights
import Subprocess
import Testing

/// What other programs and other ledgers get of a ledger.
@Suite struct LedgerExportTests {
  let folder: TemporaryFolder
  var ledger: String { folder.path + "/nights.ledger" }

  static let tables = [
    "archives", "coverage", "hosts", "connections", "processes", "registry_changes", "findings",
  ]

  init() throws { folder = try TemporaryFolder() }

  private func add(_ archives: String..., to ledger: String) async throws {
    for archive in archives {
      let added = try await Program.run("ledger", "add", archive, "--ledger", ledger)
      #expect(added.status == .exited(0), "\(added.complaints)")
    }
  }

  private func export(
    _ ledger: String, _ table: String, _ format: String = "jsonl"
  ) async throws -> String {
    let outcome = try await Program.run("ledger", "export", ledger, table, "--format", format)
    #expect(outcome.status == .exited(0), "\(outcome.complaints)")
    return outcome.output
  }

  private func rows(_ jsonLines: String) throws -> [[String: Any]] {
    try jsonLines.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func bytes(_ path: String) throws -> Data {
    try #require(FileManager.default.contents(atPath: path))
  }

  @Test("What one ledger exports whole, another one takes, and then says the same in every table")
  func roundTrip() async throws {
    let (part, again, other) = (folder.path + "/1", folder.path + "/2", folder.path + "/other")
    try await add(LedgerRunTests.samples, to: ledger)
    let damaged = LedgerRunTests.root + "/sample-data/damaged/truncated.jsonl.zst"
    _ = try await Program.run("ledger", "add", damaged, "--ledger", ledger)
    let written = try await Program.run(
      "ledger", "export", ledger, "--format", "partial", "--output", part)
    #expect(written == .init(status: .exited(0), output: "", complaints: ""))
    let imported = try await Program.run("ledger", "import", other, part)
    #expect(imported.output.hasSuffix("known 0, refused 0\n"))
    #expect(imported.status == .exited(2), "an archive is damaged")
    _ = try await Program.run("ledger", "export", other, "--format", "partial", "--output", again)
    #expect(try bytes(part) == bytes(again))
    for table in Self.tables where table != "findings" {
      for format in ["csv", "jsonl"] {
        let expected = try await export(ledger, table, format)
        #expect(expected.count > 100)
        #expect(try await export(other, table, format) == expected)
      }
    }
    let hunts = [["hunt", "--ledger", ledger], ["hunt", "--ledger", other], ["reduce", part]]
    var reports: Set<String> = []
    for hunt in hunts {
      reports.insert(try await Program.run(hunt + ["-q", "--format", "json"]).output)
    }
    #expect(reports.count == 1)
  }

  @Test("An archive that comes in two packings is imported once and known once")
  func packings() async throws {
    _ = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    _ = try await Program.shell(
      #"cd "$1"; gzip -k night.jsonl; "$0" map night.jsonl night.jsonl.gz --output both"#,
      folder.path)
    let imported = try await Program.run("ledger", "import", ledger, folder.path + "/both")
    #expect(imported.output == "imported 1, known 1, refused 0\n")
    #expect(try rows(await export(ledger, "connections")).count == 1)
  }

  @Test("A ledger's partial is the bytes that map writes of the same archives")
  func sameAsMap() async throws {
    let nights = LedgerRunTests.samples + "/2024-05-06"
    let (mapped, exported) = (folder.path + "/1", folder.path + "/2")
    try await add(nights, to: ledger)
    _ = try await Program.run("map", nights, "--output", mapped)
    _ = try await Program.run(
      "ledger", "export", ledger, "--format", "partial", "--output", exported)
    #expect(try bytes(mapped) == bytes(exported))
  }

  @Test("Rows are the same bytes in whatever order archives were added")
  func anyOrder() async throws {
    let days = try FileManager.default.contentsOfDirectory(atPath: LedgerRunTests.samples).sorted()
      .map { LedgerRunTests.samples + "/" + $0 }
    let other = folder.path + "/other.ledger"
    for day in days { try await add(day, to: ledger) }
    for day in days.reversed() { try await add(day, to: other) }
    for table in Self.tables {
      #expect(try await export(ledger, table) == export(other, table))
    }
  }

  @Test("Counts add up from table to table")
  func countsAddUp() async throws {
    try await add(LedgerRunTests.samples, to: ledger)
    func sum(_ table: String, _ column: String) async throws -> Int {
      try rows(await export(ledger, table)).reduce(0) { $0 + ($1[column] as? Int ?? 0) }
    }
    let connections = try await sum("connections", "count")
    #expect(connections > 1000)
    #expect(try await sum("coverage", "connections") == connections)
    #expect(try await sum("hosts", "connections") == connections)
    #expect(
      try await sum("coverage", "process_starts") == sum("hosts", "process_starts"))
    let archives = try rows(await export(ledger, "archives"))
    #expect(try rows(await export(ledger, "coverage")).count == archives.count)
    let hashes = Set(archives.compactMap { $0["sha256"] as? String })
    for table in ["connections", "processes"] {
      let sources = try rows(await export(ledger, table)).compactMap {
        $0["archive_sha256"] as? String
      }
      #expect(!sources.isEmpty && hashes.isSuperset(of: sources))
    }
    let seconds = try rows(await export(ledger, "connections")).compactMap {
      $0["seconds"] as? [Int]
    }
    #expect(seconds.allSatisfy { $0 == $0.sorted() } && seconds.contains { $0.count > 100 })
  }

  @Test("Findings are those of a hunt over the ledger, with the settings of a job")
  func findings() async throws {
    try await add(LedgerRunTests.samples, to: ledger)
    let hunt = ["hunt", "--ledger", ledger, "--format", "csv", "-q"]
    #expect(try await export(ledger, "findings", "csv") == Program.run(hunt).output)
    let job = try folder.write("parity: tuned\nhigh-risk: [chrome.exe]\n", to: "job.yaml")
    let tuned = try await Program.run(
      "ledger", "export", ledger, "--table", "findings", "--job", job)
    #expect(tuned.output == (try await Program.run(hunt + ["--job", job]).output))
    let ids = try rows(await export(ledger, "findings")).compactMap { $0["id"] as? String }
    let expected = try rows(
      await Program.run("hunt", "--ledger", ledger, "--format", "jsonl").output
    )
    .compactMap { $0["kind"] as? String == "table-row" ? $0["id"] as? String : nil }
    #expect(!ids.isEmpty && ids == expected)
  }

  @Test(
    "What a spreadsheet would take for a formula is disarmed in CSV, and as it is in JSON Lines")
  func poison() async throws {
    let event = Events.powershellTo4444.replacing("powershell.exe", with: "=cmd|'x'!A1.exe\\u202e")
    let night = try folder.write(
      event.replacing(#""C:\\"#, with: #""=C:\\"#), to: "night.jsonl")
    try await add(night, to: ledger)
    let csv = try await export(ledger, "connections", "csv")
    let text = try #require(
      try rows(await export(ledger, "connections")).first?["Image"] as? String)
    #expect(text.hasPrefix("=C:\\") && text.hasSuffix(".exe\u{202E}"))
    #expect(csv.contains(",'=C:\\") && !csv.contains("\u{202E}") && csv.contains("\\u{202E}"))
  }

  @Test("The schema is the one that the docs have, and names the columns that are written")
  func schema() async throws {
    let outcome = try await Program.run("ledger", "schema")
    let docs = String(decoding: try bytes(LedgerRunTests.root + "/docs/tables.md"), as: UTF8.self)
    #expect(docs.hasSuffix("\n" + outcome.output))
    try await add(try folder.write(Events.powershellTo4444, to: "night.jsonl"), to: ledger)
    for table in Self.tables {
      let spark = try await Program.run("ledger", "schema", table, "--as", "spark").output
      let names = spark.split(separator: "`").enumerated().filter { $0.offset % 2 == 0 }
        .map { String($0.element) }
      let csv = try await export(ledger, table, "csv")
      #expect(csv.split(separator: "\n").first == names.joined(separator: ",")[...])
      if let row = try rows(await export(ledger, table)).first {
        #expect(Set(row.keys) == Set(names))
      }
      let duckDB = try await Program.run("ledger", "schema", table, "--as", "duckdb").output
      for name in names { #expect(duckDB.contains("'\(name)': '")) }
    }
  }

  @Test("What cannot be done is refused with what can")
  func refusals() async throws {
    try await add(try folder.write(Events.powershellTo4444, to: "night.jsonl"), to: ledger)
    func refused(_ arguments: String..., because words: String) async throws {
      let outcome = try await Program.run(["ledger"] + arguments)
      #expect(outcome.output == "" && outcome.complaints.contains(words), "\(outcome.complaints)")
      #expect(outcome.status == .exited(64) || outcome.status == .exited(65))
    }
    try await refused("export", ledger, because: "which table?")
    try await refused("export", ledger, "connection", because: "connections")
    try await refused("export", ledger, "hosts", "--format", "partial", because: "all tables")
    try await refused("export", ledger, "hosts", "--job", "x.yaml", because: "no effect")
    try await refused("export", ledger, "hosts", "--table", "archives", because: "two tables")
    try await refused(
      "export", ledger, "hosts", "--format", "parquet", because: "ledger schema hosts --as duckdb")
    let rows = try folder.write(try await export(ledger, "connections"), to: "rows.jsonl")
    try await refused(
      "import", folder.path + "/other.ledger", rows, because: "ledger export --format partial")
  }
}
