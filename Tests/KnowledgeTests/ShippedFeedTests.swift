import Foundation
import Knowledge
import Testing

@testable import ShippedFeed

/// The feed that is shipped says what its sources say.
@Suite struct ShippedFeedTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "intel")

  private static func source(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: root.appending(path: "sources/\(name)")))
  }

  private static let header =
    "port,protocol,direction,actor_or_software,attack_id,source,url,note,confidence,quote\n"
  private static let one =
    "4444,tcp,callback,X,S1,MITRE ATT&CK v1 T1571,https://x.test,,40,X has used port 4444.\n"

  /// A feed of one source, beside empty ones.
  private static func feed(_ rows: String) throws -> ShippedFeed {
    try ShippedFeed { name in
      switch name {
      case "attack.csv": Array((header + rows).utf8)
      case "everyday.csv": Array("port,protocol,service,because\n80,tcp,http,IANA\n".utf8)
      default: Array(header.utf8)
      }
    }
  }

  @Test("The committed feed is what its sources give")
  func committed() throws {
    let feed = try ShippedFeed(Self.source)
    let text = try String(contentsOf: Self.root.appending(path: "t1571.csv"), encoding: .utf8)
    #expect(feed.text == text, "run 'make intel'")
    #expect(try feed.difference(from: text) == ShippedFeed.Difference())
  }

  @Test("It covers ATT&CK, C2 frameworks and remote access tools, and marks everyday ports")
  func coverage() throws {
    let feed = try IntelFeed(reading: Self.root.appending(path: "t1571.csv").path)
    func names(_ subject: String) -> Set<String> {
      Set(feed.indicators.filter { $0.subject == subject }.map(\.actor))
    }
    for (subject, name) in [
      ("808/tcp", "APT33 (Elfin)"), ("880/tcp", "APT33 (Elfin)"), ("443/tcp", "TrickBot"),
      ("50050/tcp", "Cobalt Strike"), ("40056/tcp", "Havoc"), ("7443/tcp", "Mythic"),
      ("4782/tcp", "QuasarRAT"), ("6606/tcp", "AsyncRAT"), ("5938/tcp", "TeamViewer"),
      ("21116/udp", "RustDesk"), ("4899/tcp", "Radmin"), ("7000/tcp", "frp"),
    ] { #expect(names(subject).contains(name), "\(subject) \(name)") }
    #expect(feed.indicators.allSatisfy { $0.confidence != nil })
    let wide = feed.indicators.filter { ($0.ports?.ports.count ?? 1) > 1_000 }
    #expect(!wide.isEmpty && wide.allSatisfy(\.isCommon))
  }

  @Test("What changed is told by row and column")
  func difference() throws {
    let feed = try Self.feed(Self.one)
    #expect(feed.rows.count == 1)
    let old = feed.text.replacing(",40,", with: ",50,") + "99,tcp,callback,Y,,Z,https://z,,1,\n"
    let difference = try feed.difference(from: old)
    #expect(difference.added == [])
    #expect(difference.removed == ["99 tcp callback Y Z"])
    #expect(
      difference.changed == ["4444 tcp callback X MITRE ATT&CK v1 T1571: confidence '50' to '40'"])
    #expect(try Self.feed("").difference(from: feed.text).removed.count == 1)
  }

  @Test(
    "A fact that its source does not say is refused",
    arguments: [
      one.replacing("port 4444", with: "port 4445"), one.replacing("port 4444", with: "APT4444"),
      one.replacing("4444,tcp", with: "0,tcp"), one.replacing(",tcp,", with: ",icmp,"),
      one.replacing("callback", with: "out"), one.replacing(",40,", with: ",400,"),
      one.replacing("https://x.test", with: "from memory"), one.replacing(",X,", with: ",,"),
      one + one, one.replacing(",S1,", with: ",S1,S2,"),
    ])
  func refused(rows: String) {
    #expect(throws: FeedSourceError.self) { try Self.feed(rows) }
  }

  @Test(
    "Numbers that can be ports are found in prose",
    arguments: [
      ("ports 53, 80, 443, and 8080.", [53, 80, 443, 8080]), ("greater than 30,000 to", [30_000]),
      ("APT33 and UNC3886 used v18.1 of 203.0.113.9", []), ("TCP/6856; 70000; 0", [6856]),
      ("(e.g 14146) over 443/tcp", [14_146, 443]), ("ports 1,2,3", [1, 2, 3]),
    ])
  func numbers(text: String, ports: [Int]) { #expect(PortNumbers.all(in: text) == ports) }

  @Test("A release of ATT&CK is compared with the facts")
  func release() throws {
    func bundle(_ text: String) -> String {
      """
      {"type":"bundle","objects":[
      {"type":"x-mitre-collection","id":"c","x_mitre_version":"19.0"},
      {"type":"attack-pattern","id":"t","external_references":[{"external_id":"T1571"}],
       "description":"HTTPS over port 8088(Citation: X 2019) as opposed to port 443."},
      {"type":"malware","id":"m","name":"X","external_references":[{"external_id":"S1"}]},
      {"type":"malware","id":"n","name":"APT-C-36","external_references":[{"external_id":"G9"}]},
      {"type":"malware","id":"o","revoked":true,"external_references":[{"external_id":"S3"}]},
      {"type":"relationship","id":"r1","relationship_type":"uses","source_ref":"m","target_ref":"t",
       "description":"[X](https://x) has used port \(text).(Citation: Y)"},
      {"type":"relationship","id":"r2","relationship_type":"uses","source_ref":"n","target_ref":"t",
       "description":"APT-C-36 has used many ports."},
      {"type":"relationship","id":"r3","relationship_type":"uses","source_ref":"o","target_ref":"t",
       "description":"used port 7"}]}
      """
    }
    let rows =
      Self.one
      + Self.one.replacing("4444", with: "8088").replacing(",S1,", with: ",T1571,")
      .replacing("X has used port 8088.", with: "HTTPS over port 8088")
    let facts = try Self.feed(rows).facts
    let same = try AttackRelease(Array(bundle("4444").utf8), file: "b.json")
    #expect(same.version == "19.0")
    #expect(same.procedures.map(\.attackID) == ["G9", "S1", "T1571"])
    #expect(same.compared(with: facts).isEmpty)
    let other = try AttackRelease(Array(bundle("4444 and 99").utf8), file: "b.json")
    let comparison = other.compared(with: facts)
    #expect(comparison.missing == ["S1 X 99: X has used port 4444 and 99."])
    #expect(comparison.reworded.count == 1 && comparison.unsaid.isEmpty)
    let lacking = facts + (try Self.feed(Self.one.replacing(",S1,", with: ",S2,")).facts)
    #expect(same.compared(with: lacking).unsaid.count == 1)
    #expect(throws: FeedSourceError.self) { try AttackRelease(Array("{}".utf8), file: "b.json") }
  }
}
