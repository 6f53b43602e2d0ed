import Diagnostics
import Facts
import Foundation
import Knowledge
import Testing

/// What an entry says beside its address is kept or refused, whatever form it has: nothing is widened.
@Suite struct FeedConditionTests {
  static func feed(_ text: String) throws -> IntelFeed { try IntelFeedTests.feed(text) }

  @Test(
    "Words after an address in a list",
    arguments: [
      ("198.51.100.7 tcp 443", "198.51.100.7 443/tcp"), ("198.51.100.7,C2,4444", nil),
      ("198.51.100.7 | 4444", nil), ("198.51.100.7 port 4444", nil),
      ("198.51.100.7:4444,4445", nil), ("c2.example.test other.example.test", nil),
      ("c2.example.test:443 198.51.100.7:443", nil), ("198.51.100.7 Cobalt Strike", "198.51.100.7"),
      ("198.51.100.7:4444 seen 12 times", "198.51.100.7 4444"),
      ("198.51.100.0/24 seen 256 times", "198.51.100.0/24"),
      ("198.51.100.7 APT 28", "198.51.100.7"), ("198.51.100.7,C2,80", nil),
      ("198.51.100.7 seen 12 times", "198.51.100.7"), ("198.51.100.7 May 2024", "198.51.100.7"),
      ("198.51.100.7 APT 28 4444", nil), ("198.51.100.7 UNC 2452 port 443", nil),
      ("198.51.100.7 4444 APT 28", "198.51.100.7 4444"),
      ("198.51.100.7\t65535", "198.51.100.7 65535"),
      ("198.51.100.7 0", nil), ("198.51.100.7 65536 hits", "198.51.100.7"),
      ("C2.Example.Test:443 RAT", "443 DestinationHostname c2.example.test"),
      ("c2.example.test 443 RAT", "443 DestinationHostname c2.example.test"),
      ("c2.example.test. RAT", "DestinationHostname c2.example.test"),
      ("*.example.test udp", "udp DestinationHostname *.example.test"),
    ])
  func list(line: String, subject: String?) throws {
    let feed = try Self.feed("203.0.113.9:8080\n\(line)\n")
    #expect(feed.indicators.map(\.subject) == ["203.0.113.9 8080"] + [subject].compactMap(\.self))
    #expect(feed.refused.count == (subject == nil ? 1 : 0))
  }

  @Test(
    "Columns that narrow an entry, and those that take it back",
    arguments: [
      ("dst_ip,port,l4proto", "198.51.100.7,4444,udp", "198.51.100.7 4444/udp"),
      ("dst_address,server.port", "198.51.100.7,4444", "198.51.100.7 4444"),
      ("ip,port(s)", "[2001:db8::7],4444", "2001:db8::7 4444"),
      ("ip,port,command_line", "198.51.100.7,4444,a.exe -c", nil),
      ("ip,port,uri", "198.51.100.7,4444,/gate", nil), ("ip,mask", "198.51.100.0,24", nil),
      ("ip,port,active", "198.51.100.7,4444,false", nil),
      ("ip,port,whitelisted", "198.51.100.7,4444,true", nil),
      ("ip,port,action", "198.51.100.7,4444,allow", nil),
      ("ioc,type", "198.51.100.7,ip:port", nil),
      ("ip,port,protocol", "198.51.100.7,4444/tcp,udp", nil),
      ("ip,port,state", "198.51.100.7,4444,expired", nil), ("ip,p", "198.51.100.7,4444", nil),
      ("ip,port,computer", "198.51.100.7,4444,WS01", nil),
      ("ip,port,file_name", "198.51.100.7,4444,a.exe", nil),
      ("ip,port,file_name", "198.51.100.7,4444,report of May", "198.51.100.7 4444"),
      ("ip,port,user", "198.51.100.7,4444,analyst7", nil),
      ("ip,port,created_by_user", "198.51.100.7,4444,root2", "198.51.100.7 4444"),
      ("ip,port,user", "198.51.100.7,4444,EXAMPLE\\alice", nil),
      ("ip,port,user", "198.51.100.7,4444,SYSTEM", nil),
      ("ip,port,user_agent", "198.51.100.7,4444,curl", nil),
      ("ip,port,uri", "198.51.100.7,4444,https://example.test/report", "198.51.100.7 4444"),
      ("ip,port,uri", "198.51.100.7,80,http://198.51.100.7/gate", nil),
      ("ip,port,parent_id", "198.51.100.7,4444,77", "198.51.100.7 4444"),
      ("ip,port,process_user", "198.51.100.7,4444,alice", nil),
      ("ip,port,image_url", "198.51.100.7,4444,https://example.test/x.png", "198.51.100.7 4444"),
      ("ip,port,excluded_by", "198.51.100.7,4444,10.0.0.0/8", nil),
    ])
  func columns(header: String, row: String, subject: String?) throws {
    let filler = header.split(separator: ",").map { _ in "" }.dropFirst().joined(separator: ",")
    let feed = try Self.feed(
      "\(header)\n\(row)\n203.0.113.9\(filler.isEmpty ? "" : ",")\(filler)\n")
    #expect(
      feed.indicators.map(\.subject).filter { !$0.hasPrefix("203.") }
        == [subject].compactMap(\.self))
    #expect(feed.refused.contains { $0.place == "line 2" } == (subject == nil))
  }

  @Test("A direction that has the name of its ECS field is kept")
  func direction() throws {
    let feed = try Self.feed("ip,port,network.direction\n198.51.100.7,4444,inbound\n")
    #expect(feed.indicators.map(\.direction) == [.listener])
  }

  @Test(
    "Parts of JSON objects",
    arguments: [
      #"{"ip":{"address":"198.51.100.7"},"port":4444}"#,
      #"{"ip":"198.51.100.7","process":{"name":"a.exe"}}"#, #"{"ip":"198.51.100.7","port":true}"#,
    ])
  func parts(object: String) throws {
    let feed = try Self.feed("[\(object),{\"ip\":\"203.0.113.9\",\"port\":8080}]")
    #expect(feed.indicators.map(\.subject) == ["203.0.113.9 8080"])
    #expect(feed.refused.count == 1)
  }

  @Test("JSON records by their address")
  func byAddress() throws {
    let feed = try Self.feed(#"{"198.51.100.7":{"port":4444},"198.51.100.8":{"port":4445}}"#)
    #expect(feed.indicators.map(\.subject).sorted() == ["198.51.100.7 4444", "198.51.100.8 4445"])
  }

  /// - Parameter attributes: Relation, type and value of each.
  private static func object(_ name: String, _ attributes: [(String, String, String)]) -> String {
    let all = attributes.map {
      #"{"object_relation":"\#($0.0)","type":"\#($0.1)","value":"\#($0.2)","to_ids":true}"#
    }.joined(separator: ",")
    return #"{"Event":{"Object":[{"name":"\#(name)","Attribute":[\#(all)]}]}}"#
  }

  @Test("MISP objects whose address is not all that they say, or not where a connection goes")
  func objects() throws {
    let address = ("ip", "ip-dst", "198.51.100.7")
    for (name, attributes) in [
      ("url", [address, ("resource_path", "text", "/gate")]),
      ("process", [address, ("name", "text", "a.exe")]),
      ("ddos", [("ip-dst", "ip-dst", "198.51.100.7"), ("dst-port", "port", "80")]),
      ("netflow", [("ip-dst", "ip-dst", "198.51.100.7"), ("direction", "text", "Ingress")]),
    ] {
      let feed = try Self.feed(Self.object(name, attributes))
      #expect(feed.indicators.isEmpty, "\(name)")
      #expect(feed.refused.count == 1, "\(name)")
    }
    let list = Self.object("c2-list", [("c2-ipport", "ip-dst|port", "198.51.100.7|4444")])
    #expect(try Self.feed(list).indicators.map(\.subject) == ["198.51.100.7 4444"])
  }

  private static func rule(_ title: String, _ detection: String) -> String {
    """
    title: \(title)
    logsource: {product: windows, category: network_connection}
    detection:
      selection: {\(detection)}
      condition: selection

    """
  }

  @Test("A Sigma file that is no YAML from some rule on loses none in silence")
  func brokenFile() {
    let broken = [
      Self.rule("one", "DestinationPort: 4444"),
      Self.rule("two", "DestinationPort: 4445") + " x: y\n",
      Self.rule("three", "DestinationPort: 4446"),
    ].joined(separator: "---\n")
    #expect(throws: JobFileError.self) { try Self.feed(broken) }
  }

  @Test("Sigma rules that are parts of a collection, or of other events, are refused")
  func otherRules() throws {
    let collection =
      "action: global\n" + Self.rule("base", "Image: a.exe") + "---\n"
      + Self.rule("part", "DestinationPort: 4444")
    #expect(try Self.feed(collection).indicators.isEmpty)
    let feed = try Self.feed(Self.rule("start", "EventID: 1, Image: a.exe"))
    #expect(feed.indicators.isEmpty && feed.refused.count == 1)
  }

  @Test(
    "What a web server says instead of a feed is an error",
    arguments: ["404 page not found", "503: Service Unavailable\n", "HTTP/1.1 403 Forbidden"])
  func answers(text: String) {
    #expect(throws: JobFileError.self) { try Self.feed(text) }
  }

  @Test("A port that is no status of HTTP has a label, whatever that says")
  func label() throws {
    #expect(try Self.feed("443 access denied by proxy\n").indicators.map(\.subject) == ["443"])
  }
}
