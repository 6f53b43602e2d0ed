/// Numbers that look random and are the same on every machine: xoshiro256**, seeded by SplitMix64.
///
/// Every part of a night draws from a generator of its own, named by the seed and a path, so that a
/// night can be made without those before it.
package struct SampleRandom: Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  package init(seed: UInt64, _ path: String...) {
    var mixed = seed
    for part in path {
      for byte in part.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
      mixed = SampleRandom.splitMix(&mixed)
    }
    state = (
      SampleRandom.splitMix(&mixed), SampleRandom.splitMix(&mixed), SampleRandom.splitMix(&mixed),
      SampleRandom.splitMix(&mixed)
    )
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  private static func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { (x << by) | (x >> (64 - by)) }

  package mutating func next() -> UInt64 {
    let result = SampleRandom.rotate(state.1 &* 5, 7) &* 9
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = SampleRandom.rotate(state.3, 45)
    return result
  }

  /// A number from 0 to `bound - 1`; `bound` is at least 1.
  package mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  package mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// True in `perMille` of 1000 cases.
  package mutating func chance(_ perMille: Int) -> Bool { below(1000) < perMille }

  package mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[below(choices.count)]
  }
}
