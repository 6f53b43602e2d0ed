import Facts
import Testing

@Suite struct TextTableTests {
  @Test("Equal texts have one number, different texts have different ones")
  func interns() {
    var table = TextTable()
    let texts = (0..<5000).map { String(repeating: "x", count: $0 % 40) + "\($0)" } + ["", "ü😀"]
    let ids = texts.map { table.intern($0) }
    #expect(Set(ids).count == texts.count)
    #expect(texts.map { table.intern($0) } == ids)
    #expect(ids.map { table[$0] } == texts)
    #expect(table.count == texts.count)
  }

  @Test func theEmptyTextIsNotTheMissingOne() {
    var table = TextTable()
    let empty = table.intern("")
    #expect(empty != .none)
    #expect(table.isEmpty(empty))
    #expect(table.isEmpty(.none))
  }

  @Test func textsSortByBytes() {
    var table = TextTable()
    let a = table.intern("Z")
    let b = table.intern("a")
    #expect(table.isOrdered(a, before: b))
    #expect(!table.isOrdered(b, before: a))
    #expect(!table.isOrdered(a, before: a))
  }
}
