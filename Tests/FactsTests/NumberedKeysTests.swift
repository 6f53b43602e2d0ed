import Facts
import Testing

/// Keys are numbered in the order in which they came, and what was forgotten is gone for good.
@Suite struct NumberedKeysTests {
  @Test("Numbers are those of a dictionary, over many segments and after keys were forgotten")
  func numbers() {
    var keys = NumberedKeys<TextIDs>()
    for count in [5000, 1, 1024, 1025, 40_000, 3, 2500] {
      var known: [TextIDs: Int] = [:]
      for value in 0..<count {
        // Some come twice.
        let key = TextIDs(
          TextID(raw: UInt32(value / 2 * 7919 % 65_536)), TextID(raw: UInt32(value / 2)))
        let number = known[key] ?? known.count
        #expect(keys.insert(key) == (number, known.updateValue(number, forKey: key) == nil))
      }
      #expect(keys.count == known.count && keys.keys.count == known.count)
      for (key, number) in known {
        #expect(keys.number(of: key) == number && keys.keys[number] == key)
      }
      #expect(!keys.contains(TextIDs(.none, TextID(raw: 99_999))))
      keys.removeAll()
      #expect(keys.count == 0 && keys.keys.isEmpty)
      #expect(known.keys.allSatisfy { !keys.contains($0) })
    }
  }

  @Test("A segmented array holds what an array would, and copies are apart")
  func segments() {
    var segmented = SegmentedArray<Int>()
    var array: [Int] = []
    for value in 0..<5000 {
      segmented.append(value)
      array.append(value)
    }
    let before = segmented
    for at in stride(from: 0, to: 5000, by: 7) {
      segmented[at] *= 2
      array[at] *= 2
    }
    #expect(Array(segmented) == array && Array(before) == Array(0..<5000))
    segmented.removeAll()
    #expect(segmented.isEmpty && before.count == 5000)
    segmented.append(3)
    #expect(Array(segmented) == [3])
  }
}
