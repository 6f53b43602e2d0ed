import Facts
import Testing

@Suite struct KeyedHashTests {
  /// Texts whose sixteen-byte words made the former, unkeyed hash forget what came before: its first factor
  /// was zero wherever a word was this constant.
  static let flood: [[UInt8]] = (0..<20_000).map { number in
    func bytes(_ word: UInt64) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
    return bytes(0xE703_7ED1_A0B4_28DB) + bytes(UInt64(number))
  }

  @Test("Texts made to collide are told apart, each with a number of its own")
  func floods() {
    var table = TextTable()
    let numbers = Set(Self.flood.map { table.intern($0) })
    #expect(numbers.count == Self.flood.count)
    #expect(table.count == Self.flood.count)
    #expect(Self.flood.allSatisfy { numbers.contains(table.intern($0)) })
  }

  @Test("Texts of one table have the same numbers after a merge as if interned one by one")
  func merges() {
    var one = FactTable()
    var other = FactTable()
    for number in 0..<2000 {
      _ = one.texts.intern("text \(number)")
      _ = other.texts.intern("text \(number + 1000)")
    }
    var connection = Connection(place: Place(archive: 0, line: 1, offset: 0))
    connection.host = other.texts.intern("host")
    other.absorb(connection)
    var whole = FactTable()
    connection.host = whole.texts.intern("another")
    whole.absorb(connection)
    whole.merge(other)
    whole.merge(one)
    #expect(whole.keys.map { whole.texts[$0.host] } == ["another", "host"])
    #expect(whole.texts.count == 3002)
  }
}
