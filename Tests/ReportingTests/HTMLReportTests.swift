import Facts
import Foundation
import Hashing
import Knowledge
import Testing

@testable import Hunting
@testable import Reporting

/// The page holds, whatever the events contain: no value becomes markup, nothing is loaded, and it
/// stays small.
@Suite struct HTMLReportTests {
  private func page(_ report: Report) -> String {
    String(decoding: report.render(as: .html), as: UTF8.self)
  }

  @Test("No field value becomes markup") func poison() throws {
    let page = page(SampleReports.poison)
    #expect(!page.contains("<img"))
    #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;"))
    #expect(page.ranges(of: "<script>").count == 1)
    #expect(page.ranges(of: "</script>").count == 1)
    for tag in page.matches(of: /<[a-z][^>]*>/).map({ String($0.0) }) {
      #expect(tag.firstMatch(of: /\son[a-z]+=/) == nil, "\(tag)")
      #expect(tag.firstMatch(of: /\ssrc=/) == nil, "\(tag)")
      #expect(tag.firstMatch(of: /\shref="(?!#)/) == nil, "\(tag)")
    }
    let hidden = page.unicodeScalars.filter { $0.isHidden && $0 != "\n" && $0 != " " }
    #expect(hidden.isEmpty)
  }

  @Test("What intelligence asked has a section beside its hits, without markup of theirs")
  func intelligence() throws {
    #expect(!page(SampleReports.poison).contains("id=\"asked\""))
    var report = SampleReports.poison
    report.asked = [
      AskedFeed(try IntelFeed(Array("6666\n".utf8), name: "<img src=y>", file: "feed"))
    ]
    report.verdict.intelHits = [SampleReports.beacon]
    let page = page(report)
    #expect(page.contains("href=\"#asked\">What intelligence asked</a>"))
    #expect(page.contains("<section id=\"asked\">"))
    #expect(page.contains("<section id=\"intelligence\">"))
    #expect(!page.contains("<img") && page.contains("&lt;img src=y&gt; (plain list)"))
  }

  @Test("The policy names the style and the script that are there") func policy() throws {
    let page = page(SampleReports.mixed)
    for tag in ["style", "script"] {
      let start = try #require(page.range(of: "<\(tag)>"))
      let end = try #require(page.range(of: "</\(tag)>"))
      let text = String(page[start.upperBound..<end.lowerBound])
      let hash = Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString()
      #expect(page.contains("\(tag)-src 'sha256-\(hash)'"))
    }
    #expect(page.contains("default-src 'none'"))
    #expect(!page.contains("style=\""))
  }

  @Test("What is to be copied has its lines") func stanzas() {
    var report = SampleReports.mixed
    report.settings = "parity: seed\nport:\n  - 6666\n"
    let page = page(report)
    #expect(page.contains("parity: seed\nport:\n  - 6666\n</pre>"))
    #expect(page.contains("\n  reason: &quot;&quot;\n  owner: &quot;&quot;\n"))
    #expect(!page.contains("\\u{A}"))
  }

  @Test("Every anchor that is pointed to is there, once") func anchors() {
    let page = page(SampleReports.mixed)
    let targets = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
    let ids = page.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
    #expect(Set(targets).isSubset(of: Set(ids)))
    #expect(Set(ids).count == ids.count)
  }

  @Test("A row, its card and its lane are known by the finding's id")
  func ids() throws {
    let report = SampleReports.mixed
    let page = page(report)
    for finding in report.verdict.all {
      #expect(page.contains("<tr data-id=\"\(finding.id)\""))
      #expect(page.contains("href=\"#\(finding.id)\""))
      #expect(page.contains("<div id=\"\(finding.id)\" class=\"body\">"))
    }
  }

  @Test("Elements are closed in the order in which they were opened") func balance() {
    for report in [SampleReports.mixed, SampleReports.poison, SampleReports.calm] {
      var open: [String] = []
      let page = page(report).replacing(/<script>(.|\n)*?<\/script>/, with: "")
      for match in page.matches(of: /<(\/?)([a-z][a-z0-9]*)([^>]*)>/) {
        let name = String(match.2)
        if match.3.hasSuffix("/") || ["meta", "input", "br", "link"].contains(name) { continue }
        if match.1.isEmpty {
          open.append(name)
        } else {
          #expect(open.popLast() == name)
        }
      }
      #expect(open.isEmpty)
    }
  }

  @Test(
    "A thousand findings fit into four megabytes; of more the number is told",
    arguments: [1000, 3000])
  func size(count: Int) {
    var report = SampleReports.mixed
    report.rules = HuntRules(parity: .tuned)
    report.verdict.findings = (0..<count).map { number in
      var finding = SampleReports.weighed
      finding.id = "id\(number)"
      finding.host = "WS-\(number).corp.example"
      finding.arrivals.add(ArrivalTimes((0..<60).map { 1_714_557_600 + UInt32($0) * 977 }))
      return finding
    }
    let bytes = report.render(as: .html)
    #expect(bytes.count < 4_000_000)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.contains(
        count == 1000
          ? "of 1,000 findings follow in detail" : "The first 1,000 of 3,000 findings are listed"))
  }

  @Test(
    "Details of a reading that was not complete are folded, but not where nothing was understood")
  func trust() {
    #expect(
      page(SampleReports.poison).contains("<details id=\"trust\"><summary><strong class=\"alarm\">")
    )
    var report = SampleReports.unrecognised
    report.reading = ReadingVerdict([ReadingNote(.nothingRecognised, names: ["night.jsonl"])])
    #expect(page(report).contains("<details id=\"trust\" open>"))
  }

  @Test("A host's name is whole, however it is broken over lines") func hosts() {
    #expect(
      page(SampleReports.mixed).contains(
        "<td class=\"host\"><div>WS-0042<span class=\"domain\">.corp.example</span></div></td>"))
  }

  @Test("No telemetry looks otherwise than calm") func strip() {
    let cells = Drawing.cells(["quiet", "quiet", nil, "high"])
    #expect(cells.contains(#"<rect class="k-quiet" x="0" width="2""#))
    #expect(cells.contains(#"<path class="hatch" d="M2 12l1 -12"/>"#))
    #expect(cells.contains(#"<rect class="k-high" x="3" width="1""#))
    #expect(Drawing.cells([]) == "")
  }
}
