import Diagnostics
import Testing

@Suite struct DidYouMeanTests {
  static let words = ["archives", "suppressions", "fail-on", "from", "format", "to"]

  @Test(
    "A slip of the keys is understood",
    arguments: [
      ("supressions", "suppressions"), ("suppresions", "suppressions"),
      ("spupressions", "suppressions"), ("archive", "archives"), ("ARCHIVES", "archives"),
      ("fail_on", "fail-on"), ("failon", "fail-on"), ("form", "from"), ("fromat", "format"),
      ("ot", "to"),
    ])
  func slips(typed: String, meant: String) {
    #expect(closest(to: typed, among: Self.words) == meant)
  }

  @Test(
    "A word that is nothing like any is not guessed at",
    arguments: ["", "x-ray", "suppose", "windows", String(repeating: "from", count: 1000)])
  func strangers(typed: String) {
    #expect(closest(to: typed, among: Self.words) == nil)
  }

  @Test("Of words equally close the first is meant")
  func ties() {
    #expect(closest(to: "bat", among: ["cat", "hat"]) == "cat")
    #expect(closest(to: "bat", among: ["hat", "cat"]) == "hat")
  }

  @Test("A quoted text cannot move the cursor, nor fill the screen")
  func quotedIsSafe() {
    #expect(quoted("\u{1B}]52;c;x\u{7}\u{202E}") == "'\\u{1B}]52;c;x\\u{7}\\u{202E}'")
    #expect(quoted(String(repeating: "a", count: 61)).count == 63)
  }
}
