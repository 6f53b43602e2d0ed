import Diagnostics
import Facts
import Testing

@testable import Knowledge

/// What services and products write.
@Suite struct FeedFormTests {
  static func feed(_ text: String) throws -> IntelFeed { try IntelFeedTests.feed(text) }

  @Test("Microsoft Sentinel's table of indicators")
  func sentinel() throws {
    let feed = try Self.feed(
      #"""
      [{"TimeGenerated":"2024-05-01T10:00:00Z","IndicatorId":"A1","Action":"alert","Active":true,
        "ConfidenceScore":80,"Description":"C2","ExpirationDateTime":"2025-01-01T00:00:00Z",
        "NetworkDestinationIP":"198.51.100.7","NetworkDestinationPort":4444,"NetworkProtocol":6,
        "NetworkIP":"","Tags":"x","Type":"ThreatIntelligenceIndicator"},
       {"IndicatorId":"A2","Active":true,"NetworkSourceIP":"198.51.100.8","Type":"ThreatIntelligenceIndicator"},
       {"IndicatorId":"A3","Active":false,"NetworkIP":"198.51.100.9","Type":"ThreatIntelligenceIndicator"}]
      """#)
    #expect(feed.indicators.map(\.subject) == ["198.51.100.7 4444/tcp"])
    #expect(feed.indicators.first?.validUntil?.iso8601 == "2025-01-01T00:00:00Z")
    #expect(feed.refusedCount == 2)
  }

  @Test(
    "Forms of services and products",
    arguments: [
      (
        #"{"threat.indicator.ip":"198.51.100.7","threat.indicator.port":4444,"threat.indicator.confidence":"Not Specified"}"#,
        ["198.51.100.7 4444"]
      ),
      (
        #"[{"_source":{"threat":{"indicator":{"ip":"198.51.100.7","port":4444,"type":"ipv4-addr"}}}}]"#,
        ["198.51.100.7 4444"]
      ),
      (
        #"{"version":1,"c2":[{"host":"198.51.100.7","port":4444,"protocol":"tcp"}],"none":[]}"#,
        ["198.51.100.7 4444/tcp"]
      ),
      (#"{"ips":["198.51.100.7:80"],"whitelist":["198.51.100.8"]}"#, ["198.51.100.7 80"]),
      (#"[{"indicator":"198.51.100.7:8443","type":"ip_address_port"}]"#, ["198.51.100.7 8443"]),
      ("ip,port,parent_domain,hosts\n198.51.100.7,4444,example.com,3\n", ["198.51.100.7 4444"]),
      (
        "203.0.113.9:80\n2001:db8::1#443\n198.51.100.7#8443\n198.51.100.8#4#2#Malicious\n",
        ["203.0.113.9 80", "198.51.100.8"]
      ),
    ])
  func services(text: String, subjects: [String]) throws {
    #expect(try IntelFeedTests.subjects(text) == subjects)
  }

  @Test("A pattern says more than the observable beside it")
  func patterns() throws {
    let pattern = "[ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 4444]"
    let forms = [
      #"[{"Pattern":"\#(pattern)","ObservableKey":"ipv4-addr:value","ObservableValue":"198.51.100.7"}]"#,
      #"{"value":[{"kind":"indicator","name":"n1","properties":{"pattern":"\#(pattern)","patternType":"ipv4-addr","displayName":"C2"}}]}"#,
      "name,pattern_type,pattern,main_observable_type\nC2,stix,\"\(pattern)\",IPv4-Addr\n",
    ]
    for form in forms {
      let feed = try Self.feed(form)
      #expect(feed.indicators.map(\.subject) == ["198.51.100.7 4444"], "\(form)")
    }
    let feed = try Self.feed(
      "name,pattern,value\na,[file:name = 'x'],198.51.100.7\nb,alert tcp any any,198.51.100.7\n"
        + "c,,198.51.100.7\n")
    #expect(feed.indicators.map(\.subject) == ["198.51.100.7"])
    #expect(feed.refusedCount == 2)
  }

  @Test("Decisions of CrowdSec, by alert and as a stream")
  func crowdSec() throws {
    let decision = { (value: String, scope: String) in
      #"{"duration":"3h","id":1,"origin":"CAPI","scenario":"ssh-bf","scope":"\#(scope)","type":"ban","value":"\#(value)"}"#
    }
    let alerts =
      "[{\"id\":1,\"scenario\":\"ssh-bf\",\"source\":{\"ip\":\"198.51.100.7\"},\"decisions\":["
      + decision("198.51.100.7", "Ip") + "," + decision("198.51.100.0/24", "Range") + ","
      + decision("CN", "Country") + "]}]"
    let feed = try Self.feed(alerts)
    #expect(feed.indicators.map(\.subject) == ["198.51.100.7", "198.51.100.0/24"])
    #expect(feed.refusedCount == 1)
    let stream = try Self.feed(
      "{\"deleted\":[\(decision("198.51.100.9", "Ip"))],\"new\":[\(decision("198.51.100.7", "Ip"))]}"
    )
    #expect(stream.indicators.map(\.subject) == ["198.51.100.7"])
    #expect(stream.refusedCounts == ["revoked, deleted or known as harmless": 1])
  }

  @Test(
    "What is packed says how, and with what it is unpacked",
    arguments: [
      ([0x1F, 0x8B, 8, 0], "gzip -d"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd -d"),
      (Array("BZh91AY".utf8), "bzip2 -d"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz -d"),
      (Array("PK\u{3}\u{4}".utf8), "unzip"), ([0x04, 0x22, 0x4D, 0x18, 1], "lz4 -d"),
    ])
  func packed(bytes: [UInt8], command: String) {
    let error = #expect(throws: JobFileError.self) {
      try IntelFeed(bytes + Array(repeating: 7, count: 50), name: "feed", file: "feed")
    }
    #expect(error?.diagnostic.hint == "unpack it first: \(command)")
  }

  @Test("Hosts and programs are columns of a feed of our own")
  func columns() throws {
    let feed = try Self.feed(
      #"""
      port,host,image,parent
      4444,c2.example.test,rundll32.exe,
      ,*.example.test,,!explorer.exe
      443,,C:\Windows\*\x.exe,winword.exe
      80,,,
      """#)
    #expect(feed.takenCount == 4)
    for indicator in feed.indicators {
      let columns = try #require(ConditionColumns(indicator.condition))
      let again = try Self.feed(
        "port,host,image,parent\n\(indicator.ports?.description ?? ""),\(columns.host),"
          + "\(columns.image),\(columns.parent)\n")
      #expect(again.indicators == [indicator])
    }
    let rule = Condition.test(FieldTest(.user, [.matches(TextPattern(literal: "x"))]))
    #expect(ConditionColumns(rule) == nil)
    #expect(ConditionColumns(.any([IntelText.named("a.b"), rule])) == nil)
  }

  @Test(
    "Wildcards stand for characters, not for bytes",
    arguments: [
      ("?", "\u{e9}", true), ("??", "\u{e9}", false), ("*?x", "\u{20ac}x", true),
      ("*\u{e9}?", "a\u{e9}b", true), ("?\u{df}*", "x\u{df}", true), ("*", "", true),
      ("?*", "", false),
      ("\u{c9}*", "\u{e9}t\u{e9}", true),
    ])
  func wildcards(pattern: String, text: String, fits: Bool) {
    #expect(TextPattern(sigma: pattern).matches(text) == fits)
  }
}
