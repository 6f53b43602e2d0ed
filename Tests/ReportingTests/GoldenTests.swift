import Facts
import Foundation
import Hunting
import Knowledge
import Reporting
import Testing

/// Whole reports, byte for byte. `RECORD_GOLDEN=1` records them again.
@Suite struct GoldenTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var report: String
    var format: ReportFormat
    var width = 80
    var color = false

    var file: String {
      let variant = (width == 80 ? "" : "-\(width)") + (color ? "-color" : "")
      return report + variant + format.fileName.dropFirst("report".count)
    }
    var testDescription: String { file }
  }

  static let cases =
    ReportFormat.allCases.flatMap { format in
      ["mixed", "poison"].map { Case(report: $0, format: format) }
    }
    + ["calm", "strict", "unrecognised"].flatMap { report in
      [ReportFormat.text, .markdown].map { Case(report: report, format: $0) }
    }
    + [40, 120, 200].map { Case(report: "mixed", format: .text, width: $0) }
    + [Case(report: "mixed", format: .text, color: true)]

  @Test("A report is the same, byte for byte, as the one that was looked at", arguments: cases)
  func reportIsGolden(_ example: Case) throws {
    let report = try #require(SampleReports.all[example.report])
    let got = Data(
      report.render(
        as: example.format, RenderOptions(width: example.width, color: example.color)))
    let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/\(example.file)")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try got.write(to: golden)
    }
    let expected = try Data(contentsOf: golden)
    #expect(String(decoding: got, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
    #expect(got == expected)
  }

  @Test("The order in which things were given does not show", arguments: ReportFormat.allCases)
  func orderDoesNotShow(format: ReportFormat) {
    let report = SampleReports.mixed
    var texts = TextTable()
    // Other numbers for the same hosts, everything else backwards.
    var coverage = Coverage()
    for host in report.coverage.hosts.reversed() {
      coverage.hosts[texts.intern(host.name ?? "")] = host.heard
    }
    coverage.lines = report.coverage.lines
    for entry in report.coverage.events.reversed() { coverage.events[entry.event] = entry.count }
    coverage.telemetryEvents = report.coverage.telemetryEvents
    coverage.invalidUTF8 = report.coverage.invalidUTF8
    coverage.setAside = report.coverage.setAside
    var other = report
    other.coverage = ReadCoverage(
      coverage, texts: texts, archives: report.coverage.archives.reversed(),
      examples: report.coverage.examples.reversed(), skipped: report.coverage.skipped.reversed())
    #expect(report.render(as: format) == other.render(as: format))
  }
}
