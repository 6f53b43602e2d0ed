import Foundation
import Knowledge
import Subprocess
import Testing

/// `docs/schemas` says what the reports for machines hold: everything, and nothing else.
@Suite struct SchemaTests {
  let folder: TemporaryFolder
  static let schemas = URL(filePath: LedgerRunTests.root + "/docs/schemas")
  static let nights = LedgerRunTests.samples

  init() throws { folder = try TemporaryFolder() }

  struct Run: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var testDescription: String { name }
  }

  private static let root = LedgerRunTests.root
  private static let feed = root + "/intel/t1571.csv"

  /// Of each kind of run, and what one may not see: damage, nothing recognised, nothing at all.
  static let runs = [
    Run(name: "seed", arguments: ["hunt", nights]),
    Run(name: "strict", arguments: ["hunt", nights, "--parity", "strict"]),
    Run(name: "kql", arguments: ["hunt", nights, "--parity", "kql"]),
    Run(
      name: "tuned with intelligence and suppressions",
      arguments: [
        "hunt", nights, "--parity", "tuned", "--intel", feed, "--suppressions",
        root + "/jobs/suppressions.example.yaml",
      ]),
    Run(name: "seed with intelligence", arguments: ["hunt", nights, "--intel", feed]),
    Run(name: "only the published table", arguments: ["hunt", nights, "--only-published"]),
    Run(name: "partial", arguments: ["hunt", root + "/sample-data/damaged"]),
    Run(name: "blind", arguments: ["hunt", root + "/docs/reading.md"]),
    Run(name: "a window of time", arguments: ["hunt", nights, "--from", "2024-05-09"]),
    Run(name: "sweep of ports", arguments: ["sweep", nights, "--port", "443", "--port", "53/udp"]),
    Run(name: "sweep of a feed", arguments: ["sweep", nights, "--intel", feed]),
    Run(name: "other forms", arguments: ["hunt", root + "/Tests/oracle/archives"]),
  ]

  /// Both reports of a run, as files.
  private func reports(_ arguments: [String]) async throws -> [String] {
    let out = folder.path + "/report"
    let outcome = try await Program.run(
      arguments + ["--out", out, "--format", "json", "--format", "jsonl", "-q"])
    let names = ["report.json", "report.jsonl"].map { out + "/" + $0 }
    #expect(FileManager.default.fileExists(atPath: names[0]), "\(outcome.complaints)")
    return names
  }

  /// What of the files is not as the schemas say.
  private func errors(_ files: [String]) throws -> [String] {
    let report = try JSONSchema("urn:oddport:schema:report-1", in: Self.schemas)
    let finding = try JSONSchema("urn:oddport:schema:finding-1", in: Self.schemas)
    return try files.flatMap { file in
      let data = try Data(contentsOf: URL(filePath: file))
      guard file.hasSuffix(".jsonl") else { return try report.errors(in: data) }
      return try data.split(separator: UInt8(ascii: "\n")).flatMap {
        try finding.errors(in: Data($0))
      }
    }
  }

  @Test("Every report is as its schema says", arguments: runs) func fits(_ run: Run) async throws {
    let files = try await reports(run.arguments)
    #expect(try errors(files) == [])
    if run.name == "seed" { #expect(try Data(contentsOf: URL(filePath: files[1])).count > 10_000) }
  }

  @Test("So are those of nights and their ledger") func ofNights() async throws {
    let ledger = folder.path + "/nights.ledger"
    for day in ["06", "07", "08"] {
      let out = folder.path + "/night-\(day)"
      _ = try await Program.run(
        "hunt", Self.nights + "/2024-05-" + day, "--ledger", ledger, "--only-new", "--out", out,
        "--format", "json", "--format", "jsonl", "-q")
      let files = ["report.json", "report.jsonl"].map { out + "/latest/" + $0 }
      #expect(try errors(files) == [])
    }
    #expect(try errors(try await reports(["hunt", "--ledger", ledger])) == [])
  }

  @Test("So are those that were looked at, with the worst values", arguments: ["mixed", "poison"])
  func golden(name: String) throws {
    let files = [".json", ".jsonl"].map {
      Self.root + "/Tests/ReportingTests/Golden/" + name + $0
    }
    #expect(try errors(files) == [])
  }

  private static let hasJSONSchema: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import jsonschema, referencing"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(
    "Another validator agrees",
    .enabled(if: hasJSONSchema, "Python's jsonschema 4.18 is not installed"),
    arguments: [runs[0], runs[3], runs[6], runs[7], runs[10]])
  func agrees(_ run: Run) async throws {
    let files = try await reports(run.arguments)
    let outcome = try await Program.shell(
      #"exec "$1"/checks/schema "$2" "$3""#, Self.root, files[0], files[1])
    #expect(outcome.complaints == "")
    #expect(outcome.status == .exited(0))
  }

  /// Paths to where something is added to a report, and to where something is taken away.
  static let places = [
    [], ["verdict"], ["coverage"], ["coverage", "archives", "0"], ["coverage", "lines"],
    ["coverage", "hosts", "0"], ["findings", "0"], ["findings", "0", "reasons", "0"],
    ["findings", "0", "first_line"], ["beacons", "0"], ["beacons", "0", "intervals"],
    ["rdp_port_changes", "0"], ["detection"], ["reading"], ["counts"],
  ]

  @Test("A field that the schema does not know, or that it misses, is an error")
  func strict() async throws {
    let files = try await reports(["hunt", Self.nights])
    let bytes = try Data(contentsOf: URL(filePath: files[0]))
    let report = try JSONSerialization.jsonObject(with: bytes)
    let schema = try JSONSchema("urn:oddport:schema:report-1", in: Self.schemas)
    for path in Self.places {
      let more = Self.changed(report, path[...]) { $0["surprise"] = 1 }
      let errors = try schema.errors(in: JSONSerialization.data(withJSONObject: more))
      #expect(errors.contains { $0.hasSuffix("/surprise: not allowed") }, "\(path)")
      let name = path.last == "first_line" ? "line" : path.last == "intervals" ? "counts" : nil
      let less = Self.changed(report, path[...]) { object in
        object[name ?? object.keys.sorted()[0]] = nil
      }
      #expect(
        try !schema.errors(in: JSONSerialization.data(withJSONObject: less)).isEmpty, "\(path)")
    }
  }

  private static func changed(
    _ value: Any, _ path: ArraySlice<String>, _ change: (inout [String: Any]) -> Void
  ) -> Any {
    guard let first = path.first else {
      var object = value as? [String: Any] ?? [:]
      change(&object)
      return object
    }
    if var array = value as? [Any], let index = Int(first) {
      array[index] = changed(array[index], path.dropFirst(), change)
      return array
    }
    var object = value as? [String: Any] ?? [:]
    object[first] = changed(object[first] ?? [:], path.dropFirst(), change)
    return object
  }

  @Test("The schemas name the evidence and reasons of the code, and no others")
  func names() throws {
    let finding = try Self.object("finding-1")
    let report = try Self.object("report-1")
    func names(_ schema: Any?, _ path: String) -> Set<String> {
      var value = schema
      for name in path.split(separator: "/") { value = (value as? [String: Any])?[String(name)] }
      return Set(value as? [String] ?? [])
    }
    #expect(
      names(finding, "$defs/reason/properties/evidence/enum")
        == Set(Evidence.allCases.map(\.rawValue)))
    #expect(
      names(report, "$defs/reading/properties/reasons/items/properties/reason/enum")
        == Set(ReadingReason.allCases.map(\.rawValue)))
    #expect(
      names(report, "properties/detection/properties/parity/enum")
        == Set(Parity.allCases.map(\.rawValue)))
  }

  private static func object(_ name: String) throws -> Any {
    try JSONSerialization.jsonObject(
      with: Data(contentsOf: schemas.appending(path: name + ".schema.json")))
  }
}
