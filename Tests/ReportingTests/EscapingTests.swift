import Knowledge
import Testing

@testable import Reporting

@Suite struct EscapingTests {
  static let hidden: [(String, String)] = [
    ("\u{1B}]52;c;AAAA\u{07}", #"\u{1B}]52;c;AAAA\u{7}"#), ("\u{9B}31m", #"\u{9B}31m"#),
    ("exe\u{202E}fdp.scr", #"exe\u{202E}fdp.scr"#), ("cmd\u{200B}.exe", #"cmd\u{200B}.exe"#),
    ("a\nb\rc\td", #"a\u{A}b\u{D}c\u{9}d"#), ("\u{7F}", #"\u{7F}"#), ("\u{0}", #"\u{0}"#),
    ("a\u{2028}b\u{2029}c", #"a\u{2028}b\u{2029}c"#), ("svchost\u{A0}.exe", #"svchost\u{A0}.exe"#),
    ("\u{2066}x\u{2069}", #"\u{2066}x\u{2069}"#), ("\u{FEFF}x", #"\u{FEFF}x"#),
    ("\u{E0041}x", #"\u{E0041}x"#), ("so\u{AD}ft", #"so\u{AD}ft"#), ("\u{301}x", "\\u{301}x"),
    ("cmd.exe ", #"cmd.exe\u{20}"#),
  ]

  @Test("A terminal sees no character that acts without being seen", arguments: hidden)
  func terminalShowsHidden(text: String, shown: String) {
    #expect(Escaping.terminal(text) == shown)
  }

  @Test(
    "What is only unusual stays as it is",
    arguments: ["", "-", #"C:\Users\Åsa\naïve.exe"#, "日本語.exe", "😀", "cafe\u{301}", "a b"])
  func harmlessStays(text: String) {
    #expect(Escaping.terminal(text) == text)
  }

  @Test("Marks are stacked no higher than a writing system needs")
  func marksAreLimited() {
    let stacked = "e" + String(repeating: "\u{301}", count: 6)
    #expect(
      Escaping.terminal(stacked)
        == "e" + String(repeating: "\u{301}", count: 4) + #"\u{301}\u{301}"#)
  }

  @Test(
    "Markdown cannot leave its code span, open a tag or end a table cell",
    arguments: [
      ("[x](javascript:alert(1))", "`[x](javascript:alert(1))`"),
      ("<img src=x onerror=1>", #"`\u{3C}img src=x onerror=1>`"#),
      ("a|b", #"`a\u{7C}b`"#), ("```x", #"`\u{60}\u{60}\u{60}x`"#), ("", ""),
      ("a\n# b", #"`a\u{A}# b`"#), (#"C:\a_b*c.exe"#, #"`C:\a_b*c.exe`"#),
      ("@admin #1", "`@admin #1`"),
    ])
  func markdown(text: String, escaped: String) {
    #expect(Escaping.markdown(text) == escaped)
  }

  @Test(
    "HTML gets no tag, entity or attribute end out of a value",
    arguments: [
      ("<img src=x onerror='1'>", "&lt;img src=x onerror=&#39;1&#39;&gt;"),
      (#""&amp;"#, "&quot;&amp;amp;"), ("a\u{202E}b", #"a\u{202E}b"#),
    ])
  func html(text: String, escaped: String) {
    #expect(Escaping.html(text) == escaped)
  }

  @Test(
    "A spreadsheet takes no cell for a formula, and cells keep their borders",
    arguments: [
      ("=cmd()", "'=cmd()"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("\u{FF1D}cmd()", "'\u{FF1D}cmd()"), ("\u{FF20}x", "'\u{FF20}x"),
      (" =1", #"'\u{20}=1"#), ("\"=1", "\"'\"\"=1\""), ("-", "-"), ("\t=1", #"'\u{9}=1"#),
      ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", #"a\u{A}b"#), ("", ""),
      (#"CORP\alice"#, #"CORP\alice"#),
    ])
  func csv(text: String, cell: String) {
    #expect(Escaping.csv(text) == cell)
  }

  @Test(
    "A raw cell is quoted where RFC 4180 asks for it, and otherwise untouched",
    arguments: [
      ("=cmd()", "=cmd()"), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""), ("a,b", "\"a,b\""),
      ("\u{1B}", "\u{1B}"),
    ])
  func rawCSV(text: String, cell: String) {
    #expect(Escaping.csv(text, raw: true) == cell)
  }

  @Test("No poison reaches a report alive", arguments: ReportFormat.allCases)
  func reportsHoldNoPoison(format: ReportFormat) {
    let bytes = SampleReports.poison.render(as: format)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(Array(text.utf8) == bytes)
    let alive = text.unicodeScalars.filter { $0 != "\n" && $0 != " " && $0.isHidden }
    #expect(alive.isEmpty)
    #expect(!text.contains("\n| fake"))
    #expect(!text.contains("\nHIGH  fake"))
    if format == .markdown { #expect(!text.contains("<")) }
  }
}
