import Foundation
import Subprocess
import Testing

/// Who may ask, and who may write, when.
@Suite struct LedgerAccessTests {
  let folder: TemporaryFolder
  var ledger: String { folder.path + "/nights.ledger" }

  init() throws { folder = try TemporaryFolder() }

  /// Somebody who may read the ledger and write nowhere near it.
  private static let reader =
    Program.withoutProfile + #"""
      chmod 755 "$1"; chmod 444 "$1/nights.ledger"; chmod 555 "$1"
      if [ "$(id -u)" = 0 ]; then as="setpriv --reuid 65534 --regid 65534 --clear-groups"; fi
      """#

  private func make() async throws -> String {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    #expect(
      try await Program.run("ledger", "add", "--ledger", ledger, archive).status == .exited(0))
    return archive
  }

  @Test("After a run the ledger is one file")
  func oneFile() async throws {
    _ = try await make()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["night.jsonl", "nights.ledger"])
  }

  @Test("Asking takes no permission to write, and writes nothing")
  func readOnly() async throws {
    _ = try await make()
    let outcome = try await Program.shell(
      #"id=$("$0" hunt --ledger "$1/nights.ledger" --format json -q"#
        + #" | sed -n 's/.*"id": "\([a-z0-9]*\)".*/\1/p' | head -1);"# + Self.reader + #"""

          for question in "sweep --port 4444 -q --format csv --ledger" "ledger status" "ledger check" \
            "hunt -q --format csv --ledger" "explain $id --ledger" "ledger export"; do
            $as "$0" $question "$1/nights.ledger" $([ "$question" = "ledger export" ] && echo archives) \
              > /dev/null 2>"$2" || { echo "$question: $?"; cat "$2"; }
          done
          $as sqlite3 -readonly "$1/nights.ledger" 'SELECT sum(count) FROM connection'
          ls "$1"; chmod 755 "$1"
          """#, folder.path, folder.path + "/../complaints-\(UUID().uuidString)")
    #expect(outcome.output == "1\nnight.jsonl\nnights.ledger\n")
  }

  @Test(
    "So does asking a ledger of an earlier version, or one left with SQLite's log switched on",
    arguments: ["true", #"sqlite3 "$1/nights.ledger" 'PRAGMA journal_mode = wal' > /dev/null"#])
  func leftByOthers(preparation: String) async throws {
    let golden = LedgerRunTests.root + "/Tests/OddportTests/Golden/version-1.ledger"
    try FileManager.default.copyItem(atPath: golden, toPath: ledger)
    let outcome = try await Program.shell(
      preparation + "\n" + Self.reader + #"""

        $as "$0" sweep --port 1-65535 --ledger "$1/nights.ledger" --format csv -q | wc -l
        "$0" ledger check "$1/nights.ledger"; ls "$1"; chmod 755 "$1"
        """#, folder.path)
    #expect(outcome.output.hasPrefix("2\nok; without checksums as yet"))
    #expect(outcome.output.hasSuffix("\nnights.ledger\n"))
    #expect(outcome.complaints == "")
  }

  @Test("While a run writes others ask, and are turned away where they want to write, by any link")
  func whileWriting() async throws {
    let archive = try await make()
    let outcome = try await Program.shell(
      #"""
      cd "$1"; mkfifo pipe; ln -s nights.ledger soft.ledger; ln nights.ledger hard.ledger
      "$0" ledger add --ledger nights.ledger pipe & first=$!
      exec 3>pipe
      while ! "$0" ledger add --ledger nights.ledger "$2" 2>&1 | grep -q "process $first"; do
        sleep 0.05
      done
      "$0" sweep --port 4444 --ledger soft.ledger -q --format csv | wc -l
      for name in soft hard; do
        "$0" ledger prune $name.ledger --before 2030-01-01 2>/dev/null; echo "$name $?"
      done
      exec 3>&-; wait $first; echo "first $?"
      "$0" ledger prune soft.ledger --before 2030-01-01
      """#, folder.path, archive)
    #expect(outcome.output == "2\nsoft 75\nhard 75\nfirst 0\npruned 2 archives\n")
  }

  @Test("A killed run leaves a ledger that others can ask")
  func killed() async throws {
    _ = try await make()
    let outcome = try await Program.shell(
      #"""
      mkfifo "$1/pipe"; "$0" ledger add --ledger "$1/nights.ledger" "$1/pipe" & first=$!
      exec 3>"$1/pipe"
      while [ ! -e "$1/nights.ledger-wal" ]; do sleep 0.05; done
      kill -9 $first; wait $first 2>/dev/null; exec 3>&-
      """# + "\n" + Self.reader + #"""

        $as "$0" sweep --port 4444 --ledger "$1/nights.ledger" -q --format csv | wc -l; chmod 755 "$1"
        chmod 644 "$1/nights.ledger"; "$0" ledger prune "$1/nights.ledger" --before 2000-01-01
        ls "$1"
        """#, folder.path)
    #expect(outcome.output == "2\npruned 0 archives\nnight.jsonl\nnights.ledger\npipe\n")
  }

  @Test(
    "Facts that were read otherwise are not mixed",
    arguments: [
      ["--max-line", "1K"], ["--max-window", "1M"], ["--max-ratio", "50"], ["--time", "utc"],
      ["--assume-tz", "UTC"], ["--host-field", "agent.name"], ["--check-all"],
    ])
  func otherSettings(options: [String]) async throws {
    let archive = try await make()
    let name = String(options[0].dropFirst(2))
    for command in [["ledger", "add", archive], ["hunt"], ["sweep", "--port", "1"]] {
      let outcome = try await Program.run(command + ["--ledger", ledger] + options)
      #expect(outcome.status == .exited(64) && outcome.complaints.contains("read with \(name) "))
    }
    // The other way round: what was settled need not be said again to ask.
    let other = folder.path + "/other.ledger"
    _ = try await Program.run(["ledger", "add", archive, "--ledger", other] + options)
    #expect(try await Program.run("sweep", "--port", "1", "--ledger", other).status == .exited(0))
    let defaults = try await Program.run("ledger", "add", archive, "--ledger", other)
    #expect(defaults.status == .exited(64) && defaults.complaints.contains("read with \(name) "))
  }
}
