import Foundation
import Subprocess
import Testing

/// An archive is counted once, however it is packed, and whatever rotation makes of it.
@Suite struct LedgerIdentityTests {
  let folder: TemporaryFolder
  var ledger: String { folder.path + "/nights.ledger" }

  init() throws { folder = try TemporaryFolder() }

  static func line(_ number: Int) -> String {
    Events.powershellTo4444.replacing("10:00:00", with: "10:00:0\(number % 10)")
      .replacing("203.0.113.7", with: "203.0.113.\(number)")
  }

  static let lines = (1...9).map(line)

  /// The connections that a hunt over the ledger counts once it has read `files`; the shell makes these.
  private func count(after script: String) async throws -> Int {
    let made = try await Program.shell(
      #"""
      set -e; mkdir -p "$1/nights"; cd "$1/nights"
      lines() { sed -n "$1p" ../all.jsonl; }
      \#(script)
      """#, folder.path)
    #expect(made == .init(status: .exited(0), output: "", complaints: ""))
    let read = try await Program.run(
      "hunt", "--ledger", ledger, folder.path + "/nights", "--format", "csv", "-q",
      "--only-published")
    #expect(read.status == .exited(0) && read.complaints == "")
    #expect(try await Program.run("ledger", "check", ledger).output == "ok\n")
    let connections = try await Program.run("ledger", "export", ledger, "connections")
    return connections.output.split(separator: "\n").dropFirst()
      .compactMap { Int($0.split(separator: ",", omittingEmptySubsequences: false)[11]) }
      .reduce(0, +)
  }

  private func prepare() throws { try folder.write(Self.lines.joined(), to: "all.jsonl") }

  @Test("Packed, packed again, and in another container it is the same archive")
  func packedAgain() async throws {
    try prepare()
    #expect(try await count(after: "lines 1,9 > x.jsonl") == 9)
    for step in [
      "zstd -q --rm x.jsonl", "zstd -qd --rm x.jsonl.zst; zstd -q -19 --rm x.jsonl",
      "zstd -qd --rm x.jsonl.zst; gzip x.jsonl",
      "gunzip x.jsonl.gz; split -l 2 x.jsonl p.; for p in p.*; do zstd -q --rm $p -o $p.zst; done;"
        + " cat p.*.zst > y.jsonl.zst; rm p.*",
      "rm *; lines 1,9 | gzip -1 > z.jsonl.gz",
    ] {
      #expect(try await count(after: step) == 9, "\(step)")
    }
  }

  @Test("Several forms of one archive in one run are one archive")
  func allAtOnce() async throws {
    try prepare()
    let script = "lines 1,9 > a.jsonl; gzip -k a.jsonl; zstd -q a.jsonl; cp a.jsonl b.jsonl"
    #expect(try await count(after: script) == 9)
    #expect(try await count(after: "rm a.jsonl b.jsonl") == 9)
  }

  @Test("Rotation packs what has grown since, and starts again")
  func rotation() async throws {
    try prepare()
    #expect(try await count(after: "lines 1,3 > x.jsonl") == 3)
    let rotate = "lines 1,6 | zstd -q > x-20240502.jsonl.zst; lines 7,7 > x.jsonl"
    #expect(try await count(after: rotate) == 7)
    #expect(try await count(after: "lines 8,9 >> x.jsonl") == 9)
    #expect(try await count(after: "zstd -q --rm x.jsonl -o x-20240503.jsonl.zst") == 9)
  }

  @Test("A beginning that comes beside the whole, or after it, is part of it")
  func beginnings() async throws {
    try prepare()
    #expect(try await count(after: "lines 1,4 | gzip > b.jsonl.gz; lines 1,9 > x.jsonl") == 9)
    #expect(try await count(after: "rm x.jsonl") == 9)
    #expect(try await count(after: "lines 1,9 > x.jsonl; lines 1,2 | zstd -q > c.jsonl.zst") == 9)
    #expect(try await count(after: "rm x.jsonl") == 9)
  }

  @Test("An archive that was cut off gives way to the whole one")
  func damaged() async throws {
    try prepare()
    let made = try await Program.shell(
      #"""
      cd "$1"; mkdir nights; split -l 3 all.jsonl p.; for p in p.*; do zstd -q --rm $p -o $p.zst; done
      cat p.*.zst > x.zst; head -c $(($(stat -c %s p.aa.zst) + 30)) x.zst > nights/x.jsonl.zst
      "$0" ledger add --ledger "$2" nights; echo "status $?"
      """#, folder.path, ledger)
    #expect(made.output == "status 2\n")
    #expect(try await count(after: "cp ../x.zst x.jsonl.zst") == 9)
  }

  @Test("A ledger of version 1 knows the packed copies of its archives")
  func earlierVersion() async throws {
    let golden = LedgerRunTests.root + "/Tests/OddportTests/Golden/version-1"
    let outcome = try await Program.shell(
      #"""
      cd "$1"; cp "$2.ledger" nights.ledger; cp "$2.jsonl" x.jsonl
      count() { "$0" ledger status nights.ledger | grep connections; }
      count; "$0" ledger add --ledger nights.ledger x.jsonl; count
      zstd -q --rm x.jsonl; "$0" ledger add --ledger nights.ledger x.jsonl.zst; count
      "$0" ledger check nights.ledger
      cp "$2.ledger" other.ledger; (cat "$2.jsonl"; head -1 "$2.jsonl") > x.jsonl
      "$0" ledger add --ledger other.ledger x.jsonl
      "$0" ledger export other.ledger archives | cut -d, -f1,7 | cut -c1-20
      """#, folder.path, golden)
    let count = "connections          13 in 2 facts\n"
    #expect(outcome.output.hasPrefix(count + count + count + "ok\n"))
    #expect(outcome.output.contains("\nx.jsonl,\n"))
    #expect(outcome.status == .exited(0))
  }

  @Test("What is forgotten is read again; what nobody knows cannot be forgotten")
  func forgetting() async throws {
    try prepare()
    #expect(try await count(after: "lines 1,3 > x.jsonl; lines 8,9 > y.jsonl") == 5)
    #expect(try await count(after: "lines 4,6 >> x.jsonl") == 8)
    let forgotten = try await Program.run("ledger", "forget", ledger, "x.jsonl")
    #expect(forgotten == .init(status: .exited(0), output: "forgot 2 archives\n", complaints: ""))
    #expect(try await Program.run("ledger", "check", ledger).output == "ok\n")
    let status = try await Program.run("ledger", "status", ledger)
    #expect(status.output.contains("connections          2 in"))
    #expect(try await count(after: "true") == 8)
    let unknown = try await Program.run("ledger", "forget", ledger, "nope.jsonl")
    #expect(unknown.status == .exited(64) && unknown.complaints.contains("'nope.jsonl'"))
  }

  @Test("What an earlier reader did not understand is read again, and told where it is gone")
  func reread() async throws {
    try prepare()
    #expect(try await count(after: "lines 1,3 > x.jsonl; lines 4,9 > y.jsonl") == 9)
    let none = try await Program.run("ledger", "reread", ledger, "--blind")
    #expect(none == .init(status: .exited(0), output: "read 0 archives again\n", complaints: ""))
    // As a reader that knew nothing would have left it.
    let blinded = try await change(
      ledger,
      by: """
        DELETE FROM connection; DELETE FROM connection_total; DELETE FROM connection_index;
        UPDATE archive SET reader = 1, coverage = json_set(coverage, '$.observations', 0)
        """)
    #expect(blinded.status == .exited(0))
    #expect(try await Program.run("ledger", "check", ledger).output == "ok\n")
    try FileManager.default.moveItem(
      atPath: folder.path + "/nights/y.jsonl", toPath: folder.path + "/y.jsonl")
    let again = try await Program.run("ledger", "reread", ledger, "--blind")
    #expect(again.status == .exited(2) && again.output == "read 1 archive again\n")
    #expect(again.complaints.hasPrefix("y.jsonl: is not where it was"))
    // A run that meets it reads it again unasked.
    #expect(try await count(after: "mv ../y.jsonl moved.jsonl") == 9)
    #expect(try await Program.run("ledger", "reread", ledger, "--blind").output.contains(" 0 "))
  }

  @Test("The raw lines are found in whatever the archive is packed now")
  func evidence() async throws {
    try prepare()
    #expect(try await count(after: "lines 1,9 > x.jsonl") == 9)
    let report = try await Program.run("hunt", "--ledger", ledger, "--format", "json", "-q")
    let id = try #require(report.output.firstMatch(of: /"id": "([a-z0-9]+)"/)).1
    #expect(try await count(after: "zstd -q --rm x.jsonl") == 9)
    let lines = try await Program.run("evidence", String(id), "--ledger", ledger, "-q")
    #expect(lines.status == .exited(0) && lines.output.hasPrefix(Self.lines[0]))
    let other = try await Program.shell(
      #"""
      zstd -qd --rm "$1/nights/x.jsonl.zst" -o "$1/other.jsonl"; gzip "$1/other.jsonl"
      "$0" evidence "$2" --ledger "$3" -q "$1/other.jsonl.gz"
      """#, folder.path, String(id), ledger)
    #expect(other.output == lines.output)
  }
}
