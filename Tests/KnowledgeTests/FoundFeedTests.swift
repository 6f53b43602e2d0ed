import Diagnostics
import Facts
import Knowledge
import Testing

/// Feeds as they are found: each entry is kept whole, or refused with a reason.
@Suite struct FoundFeedTests {
  @Test(
    "Lists, tables and answers that say what they ask for in their own way",
    arguments: [
      ("203.0.113.9\n198.51.100.7 tcp/443\n", ["203.0.113.9", "198.51.100.7 443/tcp"]),
      (
        "sep=;\r\nip;port;process\r\n198.51.100.7;4444;a.exe\r\n203.0.113.9;80;\r\n",
        ["198.51.100.7 4444 Image a.exe, *\\a.exe, */a.exe", "203.0.113.9 80"]
      ),
      (
        "C2,Process\n198.51.100.7:4444,a.exe\n",
        ["198.51.100.7 4444 Image a.exe, *\\a.exe, */a.exe"]
      ),
      (
        "Datum;Ziel-IP;Zielport;Protokoll;Beschreibung\n01.02.2024;198.51.100.7;4444;TCP;C2\n",
        ["198.51.100.7 4444/tcp"]
      ),
      (
        "# DShield\nStart\tEnd\tNetmask\tAttacks\n198.51.100.0\t198.51.100.255\t24\t1000\n",
        ["198.51.100.0/24"]
      ),
      (
        #"{"took":1,"hits":{"total":{"value":1},"hits":[{"_source":{"threat":{"indicator":{"ip":"198.51.100.7","port":4444}}}}]}}"#,
        ["198.51.100.7 4444"]
      ),
      (
        #"{"meta":{"limit":1},"objects":[{"value":"198.51.100.7","itype":"c2_ip","status":"active"},{"value":"203.0.113.9","itype":"c2_ip","status":"falsepos"}]}"#,
        ["198.51.100.7"]
      ),
      (#"[{"family":"remcos","c2":"198.51.100.7:2404"}]"#, ["198.51.100.7 2404"]),
      (
        "#first_seen,ip,port,protocol,ioc\n2024-01-01,198.51.100.7,8443,tcp,Sliver\n",
        ["198.51.100.7 8443/tcp"]
      ),
      ("[Adblock Plus]\n||evil.example.test^\n203.0.113.9:80\n", ["203.0.113.9 80"]),
    ])
  func kept(text: String, subjects: [String]) throws {
    #expect(try IntelFeedTests.subjects(text) == subjects)
  }

  @Test(
    "What narrows an entry, takes it back or excepts it",
    arguments: [
      "203.0.113.9\n198.51.100.7 RAT tcp/443\n",
      "#fields\tindicator\tindicator_type\tmeta.if_in\n198.51.100.7\tIntel::ADDR\tConn::IN_ORIG\n203.0.113.9\tIntel::ADDR\t-\n",
      "ip,is_threat\n198.51.100.7,false\n203.0.113.9,true\n",
      "ip,classification\n198.51.100.7,benign\n203.0.113.9,malicious\n",
      "ip,expired\n198.51.100.7,true\n203.0.113.9,false\n",
      "Start,End,Netmask\n198.51.100.0,198.51.100.255,25\n203.0.113.9,203.0.113.9,32\n",
      "ip,processCommandLine\n198.51.100.7,a.exe -x\n203.0.113.9,\n",
      "ip,x_source_host\n198.51.100.7,WS1\n203.0.113.9,\n",
      #"[{"ip":"198.51.100.7","xUserAgent":"curl"},{"ip":"203.0.113.9"}]"#,
      "evil.example.test CNAME rpz-passthru.\n203.0.113.9\n",
      #"[{"threat":{"indicator":{"ip":"198.51.100.7"}},"process":{"name":"a.exe"}},{"threat":{"indicator":{"ip":"203.0.113.9"}}}]"#,
      #"[{"threat":{"indicator":{"ip":"198.51.100.7"}},"destination":{"port":4444}},{"threat":{"indicator":{"ip":"203.0.113.9"}}}]"#,
    ])
  func refused(text: String) throws {
    let feed = try IntelFeedTests.feed(text)
    #expect(feed.indicators.compactMap(\.address).map(\.base.description) == ["203.0.113.9"])
    #expect(feed.refusedCount == 1)
  }

  @Test(
    "What names what is harmless, or has other ends of lines",
    arguments: [
      #"{"description":"of a cloud","list":["203.0.113.0/24"],"name":"AWS","type":"cidr","version":1}"#,
      "198.51.100.7:4444\r198.51.100.8:4445\r",
    ])
  func others(text: String) {
    #expect(throws: JobFileError.self) { try IntelFeedTests.feed(text) }
  }
}
