import Foundation
import Subprocess
import Testing

/// A ledger into which somebody else has written.
@Suite struct LedgerCheckTests {
  let folder: TemporaryFolder
  var ledger: String { folder.path + "/nights.ledger" }

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "Values that oddport never wrote are named, with status 2, and trap nobody",
    arguments: [
      "UPDATE connection SET count = 9223372036854775807",
      "UPDATE connection SET count = -1", "UPDATE connection SET count = 'many'",
      "UPDATE connection SET first_ms = 9223372036854775807",
      "UPDATE connection SET first_ms = x'00'", "UPDATE connection SET seconds = x'FFFFFFFFFFFF'",
      "UPDATE connection SET seconds = x'80'", "UPDATE connection SET line = -5",
      "UPDATE connection SET offset = 1e300", "UPDATE connection SET process = x'0011'",
      "UPDATE connection SET direction = 77", "UPDATE connection SET source = 300",
      "UPDATE connection SET host = 424242", "UPDATE connection SET day = 99999999999",
      "UPDATE connection_total SET count = 9223372036854775807",
      "UPDATE connection_total SET direction = 1.5",
      "UPDATE archive SET coverage = '{}'", "UPDATE archive SET coverage = 'no JSON'",
      "UPDATE archive SET coverage = json_set(coverage, '$.blank', 9223372036854775807)",
      "UPDATE archive SET hosts = x'0105'", "UPDATE archive SET hosts = x'00000000000000020404'",
      "UPDATE connection_index SET entries = substr(entries, 2)",
      "UPDATE connection_index SET entries = x''", "DELETE FROM connection_index",
      "UPDATE bundle_index SET rows = rows + 1", "DELETE FROM bundle_index WHERE id = 1",
      "UPDATE bundle_index SET entries = substr(entries, 2)", "DELETE FROM bundle_heard",
      "UPDATE bundle_heard SET hosts = x''", "UPDATE bundle SET place = -place",
      "UPDATE bundle SET bundle = 9", "INSERT INTO judgement VALUES (x'00', '', -1)",
      "UPDATE archive SET bytes = -1", "UPDATE archive SET unpacked_bytes = 9223372036854775807",
      "UPDATE archive SET container = 'rar'",
      "UPDATE archive SET damage_offset = 5, damage_reason = NULL",
      "UPDATE process SET time_ms = 'noon'", "UPDATE process SET image = 424242",
      "UPDATE port SET number = 443", "DELETE FROM port", "DELETE FROM address",
      "UPDATE address SET bytes = x'00'", "DELETE FROM text", "DELETE FROM archive",
      "DELETE FROM connection", "DROP TABLE connection", "DROP TABLE archive", "DROP TABLE port",
      "DROP TABLE grdb_migrations", "DROP INDEX connection_by_port",
      "ALTER TABLE connection DROP COLUMN transport", "PRAGMA application_id = 1",
      "INSERT INTO packing VALUES ('x', 999, '/x', 1)",
      """
      PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'coverage TEXT NOT NULL',
        'coverage TEXT'); PRAGMA writable_schema = RESET; UPDATE archive SET coverage = NULL
      """,
      """
      PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'count INTEGER NOT NULL',
        'count INTEGER'); PRAGMA writable_schema = RESET; UPDATE connection SET count = NULL
      """,
      "INSERT INTO reported VALUES ('x', x'00')",
    ])
  func values(sql: String) async throws {
    _ = try await Program.run(
      "ledger", "add", "--ledger", ledger, LedgerRunTests.samples + "/2024-05-06")
    #expect(try await Program.run("ledger", "check", ledger).output == "ok\n")
    let made = try await change(ledger, by: sql)
    #expect(made.complaints == "")
    let check = try await Program.run("ledger", "check", ledger)
    #expect(check.status == .exited(2) && !check.output.isEmpty && check.output != "ok\n")
    #expect(check.complaints == "")
    for command in [
      ["hunt", "-q", "--ledger", ledger], ["sweep", "--port", "1-65535", "-q", "--ledger", ledger],
      ["ledger", "status", ledger], ["ledger", "export", ledger, "connections"],
      ["hunt", "-q", "--ledger", ledger, "--only-new"],
    ] {
      let outcome = try await Program.run(command)
      guard case .exited(let status) = outcome.status else {
        Issue.record("\(command[0]) ended with \(outcome.status)")
        continue
      }
      #expect([0, 2, 64].contains(status), "\(command) \(outcome.complaints)")
    }
  }

  @Test("What somebody else has written is told, also where oddport could have written it")
  func otherHands() async throws {
    let night = LedgerRunTests.samples + "/2024-05-06"
    _ = try await Program.run("ledger", "add", "--ledger", ledger, night)
    let made = try await Program.shell(
      #"sqlite3 "$1" "UPDATE text SET value = value || 'x' WHERE value LIKE '%powershell.exe'""#,
      ledger)
    #expect(made.complaints == "")
    let check = try await Program.run("ledger", "check", ledger)
    #expect(check.status == .exited(2))
    #expect(check.output.contains("has been altered since it was written"))
    let sweep = try await Program.run("sweep", "--port", "1-65535", "-q", "--ledger", ledger)
    #expect(sweep.status == .exited(2))
    #expect(sweep.complaints.contains("a page has been altered since it was written"))
  }

  @Test(
    "What is not a file is named, and nobody waits for it", .timeLimit(.minutes(5)),
    arguments: [
      ("mkfifo \"$1\"", "a pipe"), ("ln -s /dev/null \"$1\"", "a device"),
      ("mkdir \"$1\"", "a folder"),
    ])
  func notAFile(make: String, kind: String) async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let check = try await Program.shell(
      make + #"; "$0" ledger check "$1"; echo $?"#, folder.path + "/other")
    #expect(check.output == "it is \(kind)\n2\n")
    let status = try await Program.run("ledger", "status", folder.path + "/other")
    #expect(status.status == .exited(66))
    #expect(status.complaints.contains("not a ledger of oddport, but \(kind)"))
    let hunt = try await Program.run("hunt", archive, "--ledger", folder.path + "/other")
    #expect(hunt.status == .exited(66))
  }

  @Test("Bytes after the last page, and a folder, are said to be what they are")
  func surplus() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    _ = try await Program.run("ledger", "add", archive, "--ledger", ledger, "-q")
    let outcome = try await Program.shell(
      #"printf rest >> "$1"; "$0" ledger check "$1"; echo $?; "$0" ledger check "$2"; echo $?"#,
      ledger, folder.path)
    #expect(
      outcome.output == "the file has 4 bytes after its last page\n2\nit is a folder\n2\n")
  }

  @Test("What is no ledger at all is said with status 2 as well")
  func noLedger() async throws {
    for contents in ["", "SQLite format 3\u{0}", String(repeating: "x", count: 9000)] {
      let file = try folder.write(contents, to: "other.ledger")
      let check = try await Program.run("ledger", "check", file)
      #expect(check.status == .exited(2) && check.output != "ok\n" && check.complaints == "")
    }
    #expect(
      try await Program.run("ledger", "check", folder.path + "/none").status == .exited(66))
  }
}
