import Diagnostics
import Facts
import Knowledge
import Testing

/// However a feed is damaged, it ends, and every entry is accounted for.
@Suite struct FeedMutationTests {
  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let feeds = [
    "6666\n8444/tcp, RAT\n203.0.113.9:4444\n[2001:db8::1]:80\n203.0.113.0/24 # x\nc2.example.test:1\n",
    "port,protocol,address,note,valid_from\n4444,tcp,203.0.113.9,\"a, \"\"b\"\"\",2024-01-01\n1-9,,,x,\n",
    IntelFeedTests.bundle(
      "[network-traffic:dst_port IN (1, 2) AND ipv4-addr:value = '203.0.113.9']"),
    #"{"response":[{"Event":{"info":"X","Attribute":[{"type":"ip-dst|port","value":"203.0.113.9|1"}]}}]}"#,
    """
    title: A rule
    logsource: {category: network_connection}
    detection:
      a: {DestinationPort: [1, 2], Image|re: '^[a-z]+\\d{2,3}$'}
      b: {DestinationIp|cidr: 10.0.0.0/8}
      condition: a and not 1 of b*
    """,
  ]

  @Test("Taken and refused are all entries", arguments: feeds.indices, 0..<200)
  func accounted(feed: Int, seed: Int) {
    var random = Random(state: UInt64(seed &* 31 &+ feed))
    var bytes = Array(Self.feeds[feed].utf8)
    let signs = Array("\n\r,;:|[](){}'\"\\*#-/=<> 0129aF\u{0}".utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
      let at = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[at] = signs.randomElement(using: &random) ?? 0
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(signs.randomElement(using: &random) ?? 0, at: at)
      default: bytes.removeSubrange(at..<min(bytes.count, at + 20))
      }
    }
    guard let read = try? IntelFeed(bytes, name: "feed", file: "feed") else { return }
    #expect(read.entryCount > 0)
    #expect(read.takenCount + read.refusedCounts.values.reduce(0, +) == read.entryCount)
    #expect(read.takenCount == 0 || !read.indicators.isEmpty)
    #expect(read.indicators.allSatisfy { !$0.isEmpty })
  }
}
