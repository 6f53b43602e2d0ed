import Facts
import Knowledge
import Testing

/// STIX bundles, MISP events and Sigma rules.
@Suite struct ThreatDocumentTests {
  @Test(
    "STIX patterns",
    arguments: [
      ("[network-traffic:dst_port = 4444]", ["4444"]),
      ("[network-traffic:dst_port IN (1224, 1244)]", ["1224", "1244"]),
      (
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = "
          + "'198.51.100.7' AND network-traffic:dst_port = 8443]",
        ["198.51.100.7 8443"]
      ),
      (
        "[ipv4-addr:value = '198.51.100.0/24'] OR [ipv6-addr:value = '2001:db8::1']",
        ["198.51.100.0/24", "2001:db8::1"]
      ),
      (
        "[(network-traffic:dst_port = 1 OR network-traffic:dst_port = 2) AND "
          + "network-traffic:protocols[*] = 'udp']", ["1/udp", "2/udp"]
      ),
      ("[network-traffic:dst_port >= 4000 AND network-traffic:dst_port <= 4100]", ["4000-4100"]),
      ("[network-traffic:dst_port > 1000]", ["1001-65535"]),
      ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", ["203.0.113.0/24"]),
      (
        "[domain-name:value = 'c2.example.test' AND network-traffic:dst_port = 8443]",
        ["8443 DestinationHostname c2.example.test"]
      ),
      (
        "[network-traffic:dst_port = 4444 AND network-traffic:dst_ref.value NOT ISSUBSET '10.0.0.0/8']",
        ["4444 not DestinationIp 10.0.0.0/8"]
      ),
    ])
  func stixPatterns(pattern: String, subjects: [String]) throws {
    #expect(try IntelFeedTests.subjects(Self.bundle(pattern)) == subjects)
  }

  @Test(
    "STIX patterns that cannot be honoured are refused as a whole",
    arguments: [
      "[file:hashes.MD5 = 'x']", "[network-traffic:dst_port != 443]",
      "[network-traffic:dst_port = 1 AND file:name = 'x']",
      "[network-traffic:dst_port = 1] AND [network-traffic:dst_port = 2]",
      "[network-traffic:dst_port = 1] WITHIN 5 SECONDS", "[network-traffic:src_port = 1]",
      "[network-traffic:dst_port = 70000]", "[", "", "[network-traffic:dst_port = 1", "]]]",
      "[network-traffic:protocols[*] = 'http' AND network-traffic:dst_port = 80]",
      "[process:command_line = 'nc 203.0.113.9 AND network-traffic:dst_port = 9999']",
    ])
  func stixRefusals(pattern: String) throws {
    let feed = try IntelFeedTests.feed(Self.bundle(pattern))
    #expect(feed.indicators.isEmpty)
    #expect(feed.refused.count == 1)
  }

  static func bundle(_ pattern: String) -> String {
    let quoted = pattern.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return """
      {"type":"bundle","id":"bundle--1","objects":[
        {"type":"indicator","spec_version":"2.1","id":"indicator--1","pattern_type":"stix",
         "pattern":"\(quoted)","valid_from":"2024-01-01T00:00:00Z",
         "valid_until":"2025-01-01T00:00:00.000Z"},
        {"type":"intrusion-set","id":"intrusion-set--1","name":"WIRTE",
         "external_references":[{"source_name":"mitre-attack","external_id":"G0090"}]},
        {"type":"relationship","id":"relationship--1","relationship_type":"indicates",
         "source_ref":"indicator--1","target_ref":"intrusion-set--1"}]}
      """
  }

  @Test("A STIX bundle says who and until when")
  func stixAttribution() throws {
    let indicator = try #require(
      try IntelFeedTests.feed(Self.bundle("[network-traffic:dst_port = 2083]")).indicators.first)
    #expect(indicator.actor == "WIRTE")
    #expect(indicator.attackID == "G0090")
    #expect(indicator.validUntil?.iso8601 == "2025-01-01T00:00:00Z")
  }

  @Test("Of a STIX object the newest version rules, and where that is revoked nothing is taken")
  func stixVersions() throws {
    func version(_ day: Int, _ port: Int, _ revoked: Bool = false) -> String {
      """
      {"type":"indicator","spec_version":"2.1","id":"indicator--1","pattern_type":"stix",
       "modified":"2024-0\(day)-01T00:00:00Z","revoked":\(revoked),
       "pattern":"[network-traffic:dst_port = \(port)]"}
      """
    }
    func feed(_ versions: String...) throws -> IntelFeed {
      let objects = versions.joined(separator: ",")
      return try IntelFeedTests.feed(#"{"type":"bundle","objects":[\#(objects)]}"#)
    }
    let newest = try feed(version(1, 4444), version(3, 4445), version(2, 4446))
    #expect(newest.indicators.map(\.subject) == ["4445"])
    #expect(newest.refusedCount == 2)
    #expect(try feed(version(1, 4444), version(2, 4444, true)).indicators.isEmpty)
  }

  @Test("A MISP export")
  func misp() throws {
    let feed = try IntelFeedTests.feed(
      #"""
      {"response":[{"Event":{"info":"Campaign X","Tag":[{"name":"misp-galaxy:threat-actor=\"APT33\""}],
       "Attribute":[
        {"uuid":"1","type":"port","value":"8531","to_ids":true},
        {"uuid":"2","type":"ip-dst|port","value":"198.51.100.7|4444","to_ids":true},
        {"uuid":"3","type":"ip-dst","value":"198.51.100.8","to_ids":false},
        {"uuid":"4","type":"ip-src","value":"198.51.100.9","to_ids":true},
        {"uuid":"5","type":"md5","value":"x","to_ids":true}],
       "Object":[{"Attribute":[{"uuid":"6","type":"ip-dst","value":"2001:db8::1","to_ids":true}]}]}}]}
      """#)
    #expect(feed.format == .misp)
    #expect(feed.indicators.map(\.subject) == ["8531", "198.51.100.7 4444", "2001:db8::1"])
    #expect(feed.indicators.allSatisfy { $0.actor == "APT33" && $0.source == "Campaign X" })
    #expect(feed.refused.map(\.place) == ["3", "4", "5"])
  }

  @Test("Attributes of one MISP object belong together, and the caller's side is not looked for")
  func mispObject() throws {
    let feed = try IntelFeedTests.feed(
      #"""
      {"Event":{"info":"X","Attribute":[],"Object":[
       {"name":"ip-port","uuid":"o1","Attribute":[
        {"type":"ip-dst","object_relation":"ip","value":"203.0.113.9","to_ids":true},
        {"type":"port","object_relation":"dst-port","value":"443","to_ids":false},
        {"type":"port","object_relation":"src-port","value":"50000","to_ids":true}]},
       {"name":"ip-port","uuid":"o2","Attribute":[
        {"type":"port","object_relation":"dst-port","value":"443","to_ids":true}]},
       {"name":"file","uuid":"o3","Attribute":[{"type":"md5","value":"x","to_ids":true}]}]}}
      """#)
    #expect(feed.indicators.map(\.subject) == ["203.0.113.9 443"])
    #expect(feed.refused.map(\.place) == ["o2", "o3"])
    #expect(feed.remarks.values.reduce(0, +) == 1)
  }

  @Test(
    "A Sigma rule is kept as it is written",
    arguments: [
      ("selection", "Image: 'C:\\x.exe'", true),
      ("selection and not filter", "DestinationPort: 1", true),
      ("1 of them", "Initiated: 'true'", true), ("selection", "SourcePort: 1", false),
      ("selection", "Image|base64: x", false), ("selection", "CommandLine|windash: x", false),
      ("selection | count() > 5", "DestinationPort: 1", false),
      ("other", "DestinationPort: 1", false),
      ("selection", "Image|re: '(a)\\1'", false), ("selection", "Image|re: '(a+)+$'", true),
    ])
  func sigma(condition: String, selection: String, isTaken: Bool) throws {
    let feed = try IntelFeedTests.feed(
      """
      title: A rule
      logsource: {category: network_connection, product: windows}
      detection:
        selection:
          \(selection)
        filter:
          DestinationIp|cidr: 10.0.0.0/8
        condition: \(condition)
      """)
    #expect(feed.format == .sigma)
    #expect(feed.indicators.count == (isTaken ? 1 : 0))
    #expect(feed.refusedCount == (isTaken ? 0 : 1))
  }

  @Test("Correlations and rules of other categories are refused by name")
  func otherRules() throws {
    let feed = try IntelFeedTests.feed(
      """
      title: Many
      correlation: {type: event_count}
      ---
      title: Other
      logsource: {category: process_creation}
      detection: {selection: {Image: x}, condition: selection}
      """)
    #expect(feed.indicators.isEmpty)
    #expect(
      feed.refused.map(\.reason).allSatisfy {
        $0.contains("correlation") || $0.contains("process_creation")
      })
  }
}
