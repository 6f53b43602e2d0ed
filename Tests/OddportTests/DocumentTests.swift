import Subprocess
import Testing

/// Whole files that are one JSON document, as people export them.
@Suite struct DocumentTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let events = [Events.powershellTo4444, Events.powershellTo443, Events.curlTo8088]
    .map { String($0.dropLast()) }

  /// An object as it is pretty-printed: a line for each value.
  private static func pretty(_ event: String) -> String {
    event.replacing(",\"", with: ",\n  \"").replacing("{", with: "{\n  ").replacing(
      "}", with: "\n}")
  }

  static let documents: [String] = [
    "[\n" + events.joined(separator: ",\n") + "\n]\n",
    "[" + events.map(pretty).joined(separator: ",\n") + "]",
    events.map(pretty).joined(separator: "\n") + "\n",
    events.map { "\u{1E}" + pretty($0) + "\n" }.joined(),
  ]

  @Test(
    "Arrays, pretty-printed objects and text sequences are read like lines, from a file or a pipe",
    arguments: documents)
  func sameAsLines(document: String) async throws {
    let fields = ["--format", "csv"]
    let lines = Self.events.joined(separator: "\n") + "\n"
    let expected = try await Program.run(["hunt", "-"] + fields, input: lines)
    #expect(expected.output.contains("powershell.exe"))
    let archive = try folder.write(document, to: "night.json")
    _ = try await Program.shell(#"gzip -k "$1"; zstd -q "$1""#, archive)
    for suffix in ["", ".gz", ".zst"] {
      let outcome = try await Program.run(["hunt", archive + suffix] + fields)
      #expect(
        outcome.output.replacing("night.json" + suffix, with: "-").count == expected.output.count)
      #expect(outcome.status == expected.status)
    }
    let piped = try await Program.run(["hunt", "-"] + fields, input: document)
    #expect(piped.output == expected.output)
    let counts = try await Program.run("hunt", archive)
    #expect(counts.output.contains("3 lines: 3 used"))
    let explained = try await Program.run("explain", "--line", archive + ":1")
    #expect(explained.output.contains("4444"))
  }

  @Test("A large document is whole however many workers and machines read it")
  func large() async throws {
    let many = Array(repeating: Self.events.map(Self.pretty), count: 5000).flatMap(\.self)
    let archive = try folder.write(
      "[\n" + many.joined(separator: ",\n") + "\n]\n", to: "night.json")
    let one = try await Program.run("hunt", archive, "--workers", "1")
    #expect(one.output.contains("15,000 lines: 15,000 used"))
    let several = try await Program.run("hunt", archive, "--workers", "4")
    #expect(several == one)
    let plan = folder.path + "/plan"
    _ = try await Program.run("plan", archive, "--target", "100K", "--output", plan)
    for shard in 1...2 {
      let part = try await Program.run(
        "map", "--plan", plan, archive, "--shard", "\(shard)/2", "--output",
        folder.path + "/\(shard).partial")
      #expect(part.status == .exited(0))
    }
    let reduced = try await Program.run(
      "reduce", folder.path + "/1.partial", folder.path + "/2.partial")
    #expect(reduced == one)
  }

  @Test("A pipe without a writer does not hold up a signal", .timeLimit(.minutes(15)))
  func pipeWithoutWriter() async throws {
    let outcome = try await Program.shell(
      #"mkfifo "$1"; "$0" hunt "$1" & sleep 1; kill $!; wait $!"#, folder.path + "/pipe.jsonl")
    #expect(outcome.status == .exited(143))
  }

  @Test("A named pipe is read when its writer comes")
  func pipe() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let outcome = try await Program.shell(
      #"mkfifo "$1.pipe"; (sleep 1; cat "$1" > "$1.pipe") & "$0" hunt "$1.pipe""#, archive)
    #expect(outcome.output.contains("powershell.exe"))
    #expect(outcome.status == .exited(0))
  }
}
