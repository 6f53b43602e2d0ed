import Testing

@testable import Reporting

@Suite struct DisplayWidthTests {
  @Test(
    "A text is as wide as the columns it takes",
    arguments: [
      ("", 0), ("abc", 3), ("日本", 4), ("cafe\u{301}", 4), ("ｗ", 2), ("한글", 4), ("Å", 1),
      ("😀", 2), ("a\u{200B}b", 2), ("🇨🇭", 2), ("—", 1),
    ])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test(
    "Cutting leaves both ends and never half a character",
    arguments: [
      ("short", 10, "short"), (#"C:\Windows\System32\cmd.exe"#, 17, #"C:\W...32\cmd.exe"#),
      ("日本語日本語日本語", 10, "日...本語"), ("abcdef", 3, "abc"),
    ])
  func fitted(text: String, columns: Int, cut: String) {
    #expect(DisplayWidth.fitted(text, columns) == cut)
    #expect(DisplayWidth.of(DisplayWidth.fitted(text, columns)) <= columns)
  }

  @Test("A cut text does not begin with a mark that belongs to what was cut away")
  func marksStayWithTheirLetter() {
    #expect(DisplayWidth.suffix("xe\u{301}y", 1) == "y")
    #expect(DisplayWidth.suffix("xe\u{301}y", 2) == "e\u{301}y")
  }
}
