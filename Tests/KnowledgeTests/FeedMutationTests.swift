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
    ThreatDocumentTests.bundle(
      "[network-traffic:dst_port IN (1, 2) AND ipv4-addr:value = '203.0.113.9']"),
    #"{"Event":{"Object":[{"name":"ip-port","Attribute":[{"type":"ip-dst","object_relation":"ip","#
      + #""value":"203.0.113.9"},{"type":"port","object_relation":"dst-port","value":"4444"}]}]}}"#,
    #"[{"ioc_value":"203.0.113.9:4444","ioc_type":"ip:port"},{"url":"http://c2.example.test/"}]"#,
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

  /// One entry in several forms: an address and a port. The name that is mistaken is the address's.
  private static let pairs = [
    ("address,port,x\n203.0.113.9,4444,1\n", "address"),
    ("x;dst_port;dst_ip\n1;4444;203.0.113.9\n", "dst_ip"),
    (#"[{"port":4444,"ip":"203.0.113.9"}]"#, "ip"),
    (
      #"{"Event":{"Object":[{"name":"ip-port","Attribute":[{"type":"ip-dst","object_relation":"ip","#
        + #""value":"203.0.113.9"},{"type":"port","object_relation":"dst-port","value":"4444"}]}]}}"#,
      "ip-dst"
    ),
    (
      ThreatDocumentTests.bundle(
        "[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port = 4444]"),
      "dst_ref"
    ),
  ]

  @Test("However its address is misspelt, an entry does not mean all addresses", arguments: 0..<400)
  func neverWider(seed: Int) throws {
    var random = Random(state: UInt64(seed))
    for (text, name) in Self.pairs {
      var other = Array(name)
      for _ in 0..<Int.random(in: 1...4, using: &random) where !other.isEmpty {
        let at = Int.random(in: other.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: other[at] = Array("abipxyz_- ").randomElement(using: &random) ?? "q"
        case 1: other.remove(at: at)
        default: other.insert(Array("adport_1").randomElement(using: &random) ?? "q", at: at)
        }
      }
      let changed = text.replacing(name, with: String(other), maxReplacements: 1)
      guard let read = try? IntelFeed(Array(changed.utf8), name: "feed", file: "feed") else {
        continue
      }
      for indicator in read.indicators {
        #expect(indicator.address != nil, "\(changed): \(indicator.subject)")
      }
    }
  }
}
