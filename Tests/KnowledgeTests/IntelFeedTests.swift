import Diagnostics
import Facts
import Foundation
import Knowledge
import Testing

@Suite struct IntelFeedTests {
  static func feed(_ text: String) throws -> IntelFeed {
    try IntelFeed(Array(text.utf8), name: "feed", file: "feed")
  }

  static func subjects(_ text: String) throws -> [String] {
    try feed(text).indicators.map(\.subject)
  }

  @Test("A plain list holds ports, ranges, addresses, networks and pairs")
  func list() throws {
    let feed = try Self.feed(
      """
      # seen last week
      6666
      8444/tcp, some RAT
      31000-31010/udp   # a remark
      198.51.100.7
      198.51.100.0/24 C2 network
      198.51.100.7:4444
      [2001:db8::1]:4444
      70000
      nonsense
      """)
    #expect(feed.format == .list)
    #expect(
      feed.indicators.map(\.subject) == [
        "6666", "8444/tcp", "31000-31010/udp", "198.51.100.7", "198.51.100.0/24",
        "198.51.100.7 4444", "2001:db8::1 4444",
      ])
    #expect(feed.indicators[1].actor == "some RAT")
    #expect(feed.refused.map(\.place) == ["line 9", "line 10"])
  }

  @Test("CSV is read by its header, in any order, with quotes and remarks")
  func csv() throws {
    let feed = try Self.feed(
      #"""
      # remark
      actor_or_software,port,protocol,note,valid_until
      "WIRTE, the actor",2083,tcp,"callback; said ""so""",2025-01-01
      Listener,5900,udp,listener; opened by it,
      Vague,high-random,tcp,callback,
      Short,1
      """#)
    #expect(feed.format == .csv)
    #expect(feed.indicators.map(\.subject) == ["2083/tcp", "5900/udp"])
    #expect(feed.indicators.map(\.direction) == [.callback, .listener])
    #expect(feed.indicators[0].actor == "WIRTE, the actor")
    #expect(feed.indicators[0].validUntil?.iso8601 == "2025-01-01T00:00:00Z")
    #expect(feed.refused.map(\.place) == ["line 5", "line 6"])
  }

  @Test("A column that nobody knows is an error")
  func unknownColumn() {
    let error = #expect(throws: JobFileError.self) { try Self.feed("port,protocoll\n1,tcp\n") }
    #expect(error?.diagnostic.hint == "did you mean 'protocol'?")
  }

  @Test(
    "Feeds as others write them",
    arguments: [
      (
        "# Feodo\n\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\",\"malware\"\n"
          + "\"2024-01-01 10:00:00\",\"203.0.113.9\",\"443\",\"online\",\"\",\"Emotet\"\n",
        ["203.0.113.9 443"]
      ),
      (
        "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"malware_printable\",\"confidence_level\"\n"
          + "\"2024-01-01 10:00:00\", \"1\", \"203.0.113.9:8443\", \"ip:port\", \"X\", \"75\"\n"
          + "\"2024-01-01 10:00:00\", \"2\", \"http://e.test/\", \"url\", \"X\", \"75\"\n",
        ["203.0.113.9 8443", "80/tcp DestinationHostname e.test"]
      ),
      (
        #"{"1":[{"ioc_value":"203.0.113.9:8443","ioc_type":"ip:port","confidence_level":75}]}"#,
        ["203.0.113.9 8443"]
      ),
      (
        #"[{"ip_address":"203.0.113.9","port":443,"hostname":"a.example.test","malware":"X"}]"#,
        ["203.0.113.9 443"]
      ),
      ("proto;dst_port;dst_ip\ntcp;4444;203.0.113.9\n", ["203.0.113.9 4444/tcp"]),
      (
        "203.0.113.9 4444\n203.0.113[.]10:80\n203.0.113.11,4444,tcp,RAT\n",
        ["203.0.113.9 4444", "203.0.113.10 80", "203.0.113.11 4444/tcp"]
      ),
      ("127.0.0.1 c2.example.test\n", ["DestinationHostname c2.example.test"]),
    ])
  func foreign(text: String, subjects: [String]) throws {
    #expect(try Self.subjects(text) == subjects)
  }

  @Test(
    "A URL is a host and a port, or refused for its path",
    arguments: [
      ("http://203.0.113.9/", ["203.0.113.9 80/tcp"]),
      ("hxxps://203[.]0[.]113[.]9", ["203.0.113.9 443/tcp"]),
      ("https://c2.example.test:8443", ["8443/tcp DestinationHostname c2.example.test"]),
      ("udp://203.0.113.9:53", ["203.0.113.9 53/udp"]),
      ("http://[2001:db8::9]:8080/", ["2001:db8::9 8080/tcp"]),
      ("http://[2001:db8::9]", ["2001:db8::9 80/tcp"]), ("http://203.0.113.9/gate.php", []),
      ("http://203.0.113.9/?a", []), ("http://me@203.0.113.9/", []), ("gopher://203.0.113.9", []),
      ("http://", []), ("http://4444", []), ("http://203.0.113.0/24", []),
    ])
  func url(text: String, subjects: [String]) throws {
    for feed in [
      text + "\n", "id,url,url_status\n1,\(text),online\n",
      #"{"1":[{"url":"\#(text)","url_status":"x"}]}"#,
    ] {
      let read = try Self.feed(feed)
      #expect(read.indicators.map(\.subject) == subjects, "\(feed)")
      #expect(read.refusedCount == (subjects.isEmpty ? 1 : 0))
    }
  }

  @Test(
    "Where a record has a port, a URL says where to read more, unless it leads to the host itself")
  func reference() throws {
    let read = "port,url\n4444,https://reports.example/a\n"
    #expect(try Self.subjects(read) == ["4444"])
    let own = #"[{"host":"203.0.113.9","url":"http://203.0.113.9:8080/x"}]"#
    #expect(try Self.feed(own).refusedCount == 1)
  }

  @Test(
    "What narrows an entry and is not understood is never left out",
    arguments: [
      "ip_v4_x;port\n203.0.113.9;4444\n", "port,where\n443,203.0.113.0/24\n",
      "ip,listening_port\n203.0.113.9,4444\n", "domain,uri_path,port\nc2.example.test,/a,443\n",
      "ip,port,dst_port\n203.0.113.9,80,81\n", "dst_ip,ip\n203.0.113.9,203.0.113.10\n",
      #"[{"ip":"203.0.113.9","services":[{"port":4444}]}]"#,
      #"[{"port":4444,"target":"203.0.113.9"}]"#, "start_ip,end_ip,port\n203.0.113.9,x,443\n",
      "203.0.113.1,203.0.113.9\n", "127.0.0.1 localhost\n", "443 8443 x\n",
    ])
  func narrowed(text: String) throws {
    let feed = try Self.feed(text)
    #expect(feed.indicators.isEmpty, "\(feed.indicators.map(\.subject))")
    #expect(feed.refusedCount == 1)
  }

  @Test(
    "Lists of providers are read as they are meant",
    arguments: [
      ("#ip,port,ioc\n203.0.113.9,50050,Possible Cobaltstrike C2\n", ["203.0.113.9 50050"]),
      ("Start\tEnd\tNetblock\tName\n203.0.113.0\t203.0.113.255\t24\tX\n", ["203.0.113.0/24"]),
      ("start_ip,end_ip,port\n203.0.113.0,203.0.113.255,443\n", ["203.0.113.0/24 443"]),
      ("; Spamhaus DROP List\n; x\n203.0.113.0/24 ; SBL1\n", ["203.0.113.0/24"]),
      (
        "{\"cidr\":\"203.0.113.0/24\"}\n{\"type\":\"metadata\",\"size\":1}\n", ["203.0.113.0/24"]
      ), ("4444,8443,9001\n", ["4444", "8443", "9001"]), ("[2001:db8::1]:80\n", ["2001:db8::1 80"]),
      ("IndicatorType,IndicatorValue\nIpAddress,203.0.113.9\n", ["203.0.113.9"]),
      ("[\"203.0.113.9:4444\",\"8443/tcp\"]", ["203.0.113.9 4444", "8443/tcp"]),
      (
        #"{"results":[{"name":"P","indicators":[{"indicator":"203.0.113.9","type":"IPv4"}]}]}"#,
        ["203.0.113.9"]
      ),
      (#"[{"ip":3405803785,"ip_str":"203.0.113.9","port":50050}]"#, ["203.0.113.9 50050"]),
      (#"[{"networkIPv4":"203.0.113.9","networkPort":4444}]"#, ["203.0.113.9 4444"]),
      (
        "203[.]0[.]113[.]9\nevil[dot]example\n",
        ["203.0.113.9", "DestinationHostname evil.example"]
      ),
    ])
  func providers(text: String, subjects: [String]) throws {
    let feed = try Self.feed(text)
    #expect(feed.indicators.map(\.subject) == subjects)
    #expect(feed.refused.isEmpty)
    for isLittle in [true, false] {
      let units = Array(text.utf16)
      let bytes = units.flatMap { unit in
        let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
        return isLittle ? [low, high] : [high, low]
      }
      let mark: [UInt8] = isLittle ? [0xFF, 0xFE] : [0xFE, 0xFF]
      let wide = try IntelFeed(mark + bytes, name: "feed", file: "feed")
      #expect(wide.indicators == feed.indicators)
    }
  }

  @Test("Records one to a line are read line by line, and a line that is cut is refused alone")
  func lines() throws {
    let feed = try Self.feed(
      """
      {"ip":"203.0.113.9","port":4444,"malware":"X","n":null,"is":true}

      {"ip": "203.0.113.10" , "port": "80/tcp", "list": ["a"], "note": "a\\u0041"}\r
      {"ip":"203.0.113.11","ip":"203.0.113.11","port":1e2}
      {"port":0,"ip":"203.0.113.12"}
      {"ip":"203.0.113.13","po
      """)
    #expect(feed.format == .records)
    #expect(
      feed.indicators.prefix(2).map(\.subject) == ["203.0.113.9 4444", "203.0.113.10 80/tcp"])
    #expect(feed.indicators[0].actor == "X" && feed.indicators[1].note == "aA")
    #expect(feed.entryCount == 5)
    #expect(feed.refused.map(\.place).suffix(2) == ["line 5", "line 6"])
    #expect(feed.refused.last?.reason == "not valid JSON")
  }

  @Test("A port in a column of another name does not get lost")
  func portsElsewhere() throws {
    #expect(
      try Self.subjects("ip,port/proto\n203.0.113.1,4444/tcp\n203.0.113.2,80\n")
        == ["203.0.113.1 4444/tcp", "203.0.113.2 80"])
    for other in ["4444/tcp", "80,443", "1-9", "80"] {
      let feed = try Self.feed("ip;my port;x\n203.0.113.1;\(other);1\n")
      #expect(feed.indicators.isEmpty && feed.refusedCount == 1, "\(other)")
    }
  }

  @Test("Zeek's own lists, Splunk's names and entries that are not active are known")
  func othersNames() throws {
    let zeek = "#fields\tindicator\tindicator_type\tmeta.source\n"
    #expect(
      try Self.subjects(
        zeek + "203.0.113.1\tIntel::ADDR\tx\n203.0.113.0/24\tIntel::SUBNET\tx\n"
          + "c2.example.test\tIntel::DOMAIN\tx\nexample.test/x\tIntel::URL\tx\n"
      ).count == 3)
    #expect(
      try Self.subjects("_time,dest,dest_port,app\n2024-01-01,203.0.113.1,4444,x\n")
        == ["203.0.113.1 4444"])
    let pulse = try Self.feed(
      #"{"indicators":[{"indicator":"203.0.113.1","type":"IPv4","is_active":1},"#
        + #"{"indicator":"203.0.113.2","type":"IPv4","is_active":0}]}"#)
    #expect(pulse.indicators.map(\.subject) == ["203.0.113.1"])
  }

  @Test("A network of private addresses is taken, and told")
  func everywhere() throws {
    #expect(try Self.feed("10.0.0.0/8\n").remarks.count == 1)
    #expect(try Self.feed("203.0.113.0/24\n10.1.2.3\n").remarks.isEmpty)
  }

  @Test("The shipped feed is taken in full")
  func shipped() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "intel/t1571.csv").path
    let feed = try IntelFeed(reading: path)
    #expect(feed.refused.isEmpty)
    #expect(feed.indicators.count > 200)
    #expect(
      feed.indicators.contains { $0.subject == "2083/tcp" && $0.actor.contains("WIRTE") })
    #expect(feed.indicators.contains { $0.direction == .listener })
    let everyday = Set(feed.indicators.filter(\.isCommon).map(\.subject))
    #expect(everyday.isSuperset(of: ["22/tcp", "80/tcp", "443/tcp", "8080/tcp"]))
    #expect(everyday.isDisjoint(with: ["4444/tcp", "2083/tcp", "808/tcp"]))
    let elfin = feed.indicators.filter { $0.actor.contains("APT33") }.map(\.subject)
    #expect(elfin == ["808/tcp", "880/tcp"])
  }

  @Test(
    "What is not a feed is refused",
    arguments: [
      "{", "{}", "[1]", "", " \n", "# only a remark\n", "<!DOCTYPE html><html></html>",
      "port,actor\n", "<!-- x -->\n<html></html>",
      "rule A {\n  strings: $a = \"x\"\n  condition: $a\n}\n",
      #"{"list":["203.0.113.0/24"],"matching_attributes":["ip-dst"],"name":"AWS"}"#,
    ])
  func noFeed(text: String) {
    #expect(throws: JobFileError.self) { try Self.feed(text) }
  }

  @Test("An indicator holds while it is valid")
  func validity() throws {
    func time(_ day: String) -> UTCTime? {
      UTCTime(Array("\(day)T00:00:00Z".utf8).span, withoutZone: .refused)
    }
    var indicator = Indicator(ports: PortQuery("6666/tcp"))
    indicator.validFrom = time("2024-01-10")
    indicator.validUntil = time("2024-01-20")
    func holds(_ day: String) -> Bool { indicator.isValid(from: time(day), to: time(day)) }
    #expect(!holds("2024-01-09"))
    #expect(holds("2024-01-10"))
    #expect(holds("2024-01-19"))
    #expect(!holds("2024-01-20"))
    indicator.validUntil = indicator.validFrom
    #expect(indicator.isNeverValid && !holds("2024-01-10"))
  }
}
