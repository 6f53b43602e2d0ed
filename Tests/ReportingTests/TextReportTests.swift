import Facts
import Hunting
import Knowledge
import Testing

@testable import Reporting

@Suite struct TextReportTests {
  @Test("No line is wider than the page", arguments: [1, 40, 41, 60, 80, 143, 144, 200])
  func linesFit(width: Int) {
    for report in SampleReports.all.values {
      let text = String(decoding: report.render(as: .text, width: width), as: UTF8.self)
      for line in text.split(separator: "\n") {
        #expect(DisplayWidth.of(String(line)) <= max(40, width), "\(line)")
        #expect(line.last != " ")
      }
    }
  }

  @Test("A table is as wide as the page at most, and no column of it is cut by the page's edge")
  func table() throws {
    for width in [40, 60, 80, 100, 150, 200] {
      let text = String(
        decoding: SampleReports.mixed.render(as: .text, width: width), as: UTF8.self)
      let heads = text.split(separator: "\n").filter { $0.hasPrefix("LEVEL") }
      #expect(!heads.isEmpty)
      for head in heads { #expect(!head.contains("..") && head.count <= width, "\(head)") }
    }
  }

  @Test("A host is called by its first label where that names no other one")
  func shortHosts() {
    let hosts = [
      "WS01.corp.example", "ws01.corp.example", "DC1.a.example", "DC1.b.example", "203.0.113.7",
      "web",
      ".hidden", "",
    ]
    let names = ShortHostNames(hosts)
    #expect(
      hosts.map(names.short) == [
        "WS01", "ws01", "DC1.a.example", "DC1.b.example", "203.0.113.7", "web", ".hidden", "",
      ])
  }

  @Test("Colour adds nothing but colour")
  func colorIsOnlyColor() {
    let colored = String(
      decoding: SampleReports.mixed.render(as: .text, width: 80, color: true), as: UTF8.self)
    let plain = String(decoding: SampleReports.mixed.render(as: .text), as: UTF8.self)
    #expect(colored != plain)
    #expect(colored.replacing(#/\u{1B}\[[0-9;]+m/#, with: "") == plain)
  }

  @Test("The verdict is on the first line")
  func verdictFirst() {
    #expect(
      SampleReports.mixed.verdictLine
        == "2 High, 1 Medium, 1 Low in 4 archives (1.8 GB, 1,004,754 lines);"
        + " 1 archive damaged; 8 lines rejected; 1 beacon; 1 RDP port change")
    #expect(
      SampleReports.calm.verdictLine == "0 High, 0 Medium, 0 Low in 1 archive (612 MB, 1 line)")
    #expect(SampleReports.unrecognised.verdictLine.hasSuffix("; NOTHING RECOGNISED"))
  }

  @Test("Strict parity says why it shows nothing")
  func strictExplainsItself() {
    let notes = SampleReports.strict.notes
    #expect(notes.count == 2)
    #expect(
      notes[0].hasPrefix(
        "13 events passed all filters, 0 groups kept: ParentImage missing on 13, User missing on 2."
      ))
    #expect(notes[1].hasPrefix("SPL's sort keeps 10,000 rows: 4 more rows are"))
  }

  @Test(
    "Sizes are told in powers of ten, with a digit after the point where it matters",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_960, "10 kB"),
      (612_480_002, "612 MB"), (999_600, "1.0 MB"), (1_234_567_890, "1.2 GB"),
    ])
  func sizes(bytes: Int, text: String) {
    #expect(Figures.bytes(bytes) == text)
  }

  @Test(
    "Numbers are grouped by three", arguments: [(0, "0"), (999, "999"), (1_004_709, "1,004,709")])
  func grouping(number: Int, text: String) {
    #expect(Figures.grouped(number) == text)
  }

  @Test("The counts of lines add up in every report")
  func linesAddUp() {
    for report in SampleReports.all.values {
      let lines = report.coverage.lines
      #expect(
        lines.total == lines.observations + lines.notUnderstood + lines.irrelevant + lines.blank
          + lines.rejectedTotal)
    }
  }
}
