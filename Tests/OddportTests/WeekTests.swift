import Foundation
import Subprocess
import Testing

/// Nights one after the other, with what happens to nights: one run is killed, an archive comes late,
/// another is sent again under a new name. In the end the ledger says what one clean run says.
@Suite struct WeekTests {
  let folder: TemporaryFolder
  var inbox: String { folder.path + "/archives" }
  var ledger: String { folder.path + "/nights.ledger" }
  static let days = ["06", "07", "08", "09", "10"].map { "2024-05-\($0)" }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: inbox, withIntermediateDirectories: true)
  }

  private func night(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.run(
      ["hunt", inbox, "--ledger", ledger, "--only-new", "--parity", "tuned", "-q"] + arguments)
  }

  @Test("A week of nights ends where one clean run ends")
  func week() async throws {
    let files = FileManager.default
    var held: [(from: String, to: String)] = []
    for (index, day) in Self.days.enumerated() {
      let source = LedgerRunTests.samples + "/" + day
      try files.createDirectory(atPath: inbox + "/" + day, withIntermediateDirectories: true)
      for name in try files.contentsOfDirectory(atPath: source).sorted() {
        let copy = (from: source + "/" + name, to: inbox + "/" + day + "/" + name)
        // Of the second night one archive comes late.
        if index == 1, held.isEmpty {
          held.append(copy)
        } else {
          try files.copyItem(atPath: copy.from, toPath: copy.to)
        }
      }
      if index == 2 {
        // This run is killed while it reads; the next one does the rest.
        _ = try await Program.shell(
          #""$0" hunt "$1" --ledger "$2" --only-new --parity tuned -q & sleep 0.03; kill -9 $!; wait $! 2>/dev/null; true"#,
          inbox, ledger)
      }
      if index == 3 {
        for copy in held { try files.copyItem(atPath: copy.from, toPath: copy.to) }
        let first = try #require(
          try files.contentsOfDirectory(atPath: inbox + "/" + Self.days[0]).min())
        try files.copyItem(
          atPath: inbox + "/" + Self.days[0] + "/" + first, toPath: inbox + "/sent-again.jsonl.zst")
      }
      let outcome = try await night()
      #expect(outcome.status == .exited(0))
      #expect(!outcome.output.isEmpty, "night \(index + 1) has news")
      let check = try await Program.run("ledger", "check", ledger)
      #expect(check.output == "ok\n")
    }
    let calm = try await night()
    #expect(calm == .init(status: .exited(0), output: "", complaints: ""))

    let arguments = ["--parity", "tuned", "-q", "--format", "json"]
    let lasting = try await Program.run(["hunt", "--ledger", ledger] + arguments)
    let clean = try await Program.run(
      ["hunt", LedgerRunTests.samples, "--ledger", folder.path + "/clean.ledger"] + arguments)
    #expect(Self.findings(lasting.output) == Self.findings(clean.output))
    #expect(!Self.findings(lasting.output).isEmpty)
  }

  /// All that was concluded; what differs are the names under which archives came.
  private static func findings(_ report: String) -> Substring {
    guard let start = report.range(of: "\n  \"counts\""),
      let end = report.range(of: "\n  \"schema\"")
    else { return "" }
    return report[start.lowerBound..<end.lowerBound]
  }
}
