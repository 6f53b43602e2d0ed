import Diagnostics
import Foundation
import Testing

@testable import Knowledge

/// A document that is read element by element means the same as one that is read as a whole.
@Suite final class LargeDocumentTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static func attribute(_ number: Int, _ more: String = "") -> String {
    #"{"type": "ip-dst|port", "uuid": "a\#(number)", "value": "203.0.113.\#(number)|\#(4000 + number)", "to_ids": \#(number % 5 != 3)\#(more)}"#
  }

  private static func event(_ from: Int, tag: String) -> String {
    let attributes = (from..<from + 8).map {
      attribute($0, $0 % 3 == 0 ? #", "comment": "a \"word\" \\", "Tag": [{"name": "t"}]"# : "")
    }
    let object =
      #"{"name": "ip-port", "uuid": "o\#(from)", "Attribute": [{"type": "ip-dst", "object_relation": "ip", "value": "198.51.100.\#(from)"}, {"type": "port", "object_relation": "dst-port", "value": "8443"}]}"#
    // What the event says of itself comes before, between and after.
    return
      #"{"Event": {"id": "1", "Attribute": [\#(attributes.joined(separator: ",\n "))], "info": "event \#(from)", "Object": [\#(object)], "RelatedEvent": [{"Event": {"info": "another"}}], "Tag": [{"name": "misp-galaxy:threat-actor=\"\#(tag)\""}]}}"#
  }

  private static func indicator(_ number: Int, _ version: Int = 1, _ more: String = "") -> String {
    #"{"type": "indicator", "spec_version": "2.1", "id": "indicator--\#(number)", "name": "n\#(number)", "modified": "2024-05-0\#(version)T00:00:00Z", "created_by_ref": "identity--1", "pattern": "[ipv4-addr:value = '203.0.113.\#(number)']", "pattern_type": "stix", "valid_from": "2024-05-01T00:00:00Z"\#(more)}"#
  }

  private static let bundle =
    #"{"type": "bundle", "id": "bundle--1", "objects": ["#
    + ([
      indicator(1), indicator(2, 1, #", "labels": ["a", "b"], "confidence": 40"#), indicator(1, 2),
      #"{"type": "relationship", "id": "relationship--1", "relationship_type": "indicates", "source_ref": "indicator--2", "target_ref": "malware--1"}"#,
      #"{"type": "malware", "id": "malware--1", "name": "Bad \u00e9", "external_references": [{"source_name": "mitre-attack", "external_id": "S0001"}]}"#,
      #"{"type": "identity", "id": "identity--1", "name": "CERT"}"#,
      indicator(3, 1, #", "revoked": true"#), #"{"type": "ipv4-addr", "value": "203.0.113.9"}"#,
    ] + (10..<20).map { indicator($0) }).joined(separator: ",\n") + "]}"

  private static func uuid(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return "0a1b2c3d-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  /// Names of hosts, one of which is an asterisk that is none of a wildcard; ids that are UUIDs, some of them
  /// twice; and what some of them indicate, before and after them.
  private static let related =
    #"{"type": "bundle", "id": "bundle--1", "objects": ["#
    + (0..<40).flatMap { number -> [String] in
      let name = number % 7 == 5 ? "*.example.test" : "H\(number).example.test"
      let target = number % 5 == 0 ? "malware--1" : "malware--2"
      let indicator =
        #"{"type": "indicator", "spec_version": "2.1", "id": "indicator--\#(uuid(number % 37))", "name": "Bad \#(number % 3)", "modified": "2024-05-0\#(1 + number % 9)T00:00:00Z", "pattern": "[domain-name:value = '\#(name)']", "pattern_type": "stix", "valid_from": "2024-05-01T00:00:00Z"}"#
      let relationship =
        #"{"type": "relationship", "id": "relationship--\#(uuid(number))", "relationship_type": "indicates", "source_ref": "indicator--\#(uuid(number))", "target_ref": "\#(target)"}"#
      return switch number % 4 {
      case 0: [relationship, indicator]
      case 1: [indicator, relationship]
      case 2: [indicator]
      default: [indicator, relationship, relationship.replacing(target, with: "malware--1")]
      }
    }.joined(separator: ",")
    + #", {"type": "malware", "id": "malware--1", "name": "Bad 1"}, {"type": "malware", "id": "malware--2"}]}"#

  private static let warned =
    #"{"response": {"Attribute": [\#((0..<9).map { attribute($0, #", "warnings": [{"warninglist_name": "shared \#($0 % 2)"}]"#) }.joined(separator: ","))]}}"#

  private static let documents = [
    event(1, tag: "A"),
    #"{"response": [\#(event(1, tag: "A")), \#(event(20, tag: "B"))]}"#,
    #"{"response": {"Attribute": [\#((0..<9).map { attribute($0) }.joined(separator: ","))]}}"#,
    "[\(event(1, tag: "A")),\(event(40, tag: "C"))]", bundle,
    related, warned,
  ]

  @Test("Whatever is read at once", arguments: documents.indices, [300, 700])
  func pieces(document: Int, head: Int) throws {
    let text = Self.documents[document]
    let whole = try IntelFeed(Array(text.utf8), name: "feed", file: "feed")
    let path = folder.appending(path: "feed").path
    try Data(text.utf8).write(to: URL(filePath: path))
    for piece in [1, 60, 1_000] {
      let read = try IntelFeed(FeedFile(path), headBytes: head, pieceBytes: piece)
      #expect(read.format == whole.format)
      #expect(read.entryCount == whole.entryCount && read.takenCount == whole.takenCount)
      #expect(read.indicators == whole.indicators)
      #expect(read.indicators.map(\.identity) == whole.indicators.map(\.identity))
      #expect(read.indicators.map(\.words) == whole.indicators.map(\.words))
      #expect(read.refused == whole.refused && read.remarks == whole.remarks)
      #expect(read.byteCount == whole.byteCount)
    }
  }

  @Test("An element means the same whatever is around it", arguments: 0..<30)
  func alone(seed: Int) throws {
    var random = SystemRandomNumberGenerator()
    func object(_ choices: [(String, [String])]) -> String {
      let members = choices.compactMap { name, values in
        values.randomElement(using: &random).flatMap { $0.isEmpty ? nil : "\"\(name)\": \($0)" }
      }
      return "{" + members.shuffled(using: &random).joined(separator: ", ") + "}"
    }
    let addresses = ["203.0.113.1", "203.0.113.2", "2001:db8::1", "x", "10.0.0.0/8", "192.0.2.1"]
    let ports = ["80", "4444", "0", "65536", "080"]
    let pairs = addresses.flatMap { one in ports.map { "\"\(one)|\($0)\"" } }
    let attributes = (0..<60).map { number in
      object([
        ("type", [#""ip-dst|port""#, #""ip-dst""#, #""ip-src""#, #""domain|ip""#]),
        ("value", pairs + addresses.map { "\"\($0)\"" }), ("uuid", ["\"u\(number)\"", "null"]),
        ("to_ids", ["true", "false", ""]), ("comment", [#""a""#, #""b""#, ""]),
        ("Tag", [#"[{"name": "t"}]"#, "", ""]), ("deleted", ["false", "true", ""]),
        ("first_seen", ["", "null", #""2024-01-01""#]), ("timestamp", ["\"\(number)\""]),
      ])
    }
    let objects = (0..<80).map { number in
      let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        object([
          (
            "type",
            ["ip-dst", "port", "ip-src", "hostname", "text", "ip-dst|port", "counter"].map {
              "\"\($0)\""
            }
          ), ("object_relation", [#""ip""#, #""dst-port""#, #""src-port""#, #""ip-src""#, ""]),
          (
            "value",
            (addresses + ports + ["C2.example.test", "1.2.3.4|80"]).map { "\"\($0)\"" } + ["80"]
          ), ("uuid", ["\"a\(number)\""]), ("to_ids", ["true", "false", "", ""]),
          ("deleted", ["", "", "true"]), ("first_seen", ["", "", #""2024-01-01""#]),
          ("comment", ["", #""c""#]), ("Tag", ["", "", #"[{"name": "t"}]"#]),
        ])
      }.joined(separator: ", ")
      return object([
        ("name", [#""ip-port""#, #""domain-ip""#, #""c2-list""#]), ("uuid", ["\"o\(number)\""]),
        ("comment", ["", #""a""#]), ("deleted", ["", "", "true"]), ("Attribute", ["[\(parts)]"]),
      ])
    }
    let patterns = addresses.flatMap { one in
      ports.map {
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '\(one)' AND network-traffic:dst_port = \($0)]"
      } + [
        "[ipv4-addr:value = '\(one)']",
        "[ipv6-addr:value='\(one)'] OR [ipv4-addr:value = '\(one)']",
      ]
    }
    let indicators = (0..<60).map { number in
      object([
        ("type", [#""indicator""#]), ("spec_version", [#""2.1""#]),
        ("id", (0..<50).map { "\"indicator--\($0)\"" }), ("pattern", patterns.map { "\"\($0)\"" }),
        ("modified", (1..<9).map { "\"2024-01-0\($0)T00:00:00Z\"" }),
        ("name", ["", #""n""#, "\"n\(number)\"", "null"]), ("revoked", ["true", "false", "", ""]),
        ("valid_from", [#""2024-01-01T00:00:00Z""#, #""2024-02-01""#, #""x""#, ""]),
        ("valid_until", ["", "", #""2024-01-15T00:00:00Z""#]), ("confidence", ["", "40", "400"]),
        ("labels", ["", #"["a", "b"]"#]), ("description", ["", #""d""#]),
      ])
    }
    let relation =
      #"{"type": "relationship", "id": "r", "relationship_type": "indicates", "source_ref": "indicator--3", "target_ref": "malware--1"}, {"type": "malware", "id": "malware--1", "name": "Bad"}"#
    let path = folder.appending(path: "feed").path
    for text in [
      #"{"Event": {"info": "e", "Attribute": [\#(attributes.joined(separator: ","))]}}"#,
      #"{"Event": {"info": "e", "Object": [\#(objects.joined(separator: ", "))]}}"#,
      #"{"type": "bundle", "objects": [\#(indicators.joined(separator: ",")), \#(relation)]}"#,
    ] {
      let whole = try IntelFeed(Array(text.utf8), name: "feed", file: "feed")
      try Data(text.utf8).write(to: URL(filePath: path))
      let read = try IntelFeed(FeedFile(path), headBytes: 300, pieceBytes: 500)
      #expect(read.takenCount == whole.takenCount && read.entryCount == whole.entryCount)
      #expect(read.indicators == whole.indicators, "\(text)")
      #expect(read.indicators.map(\.identity) == whole.indicators.map(\.identity))
      #expect(read.refused == whole.refused)
      #expect(read.remarks == whole.remarks)
    }
  }

  @Test("One that breaks off is not a feed")
  func broken() throws {
    let path = folder.appending(path: "feed").path
    for text in Self.documents {
      for cut in stride(from: 400, to: text.utf8.count, by: 97) {
        try Data(text.utf8.prefix(cut)).write(to: URL(filePath: path))
        #expect(throws: JobFileError.self) {
          try IntelFeed(FeedFile(path), headBytes: 300, pieceBytes: 100)
        }
      }
    }
  }

  @Test("A part of a MISP object, torn from the others, is refused")
  func torn() throws {
    let csv = try IntelFeedTests.feed(
      """
      uuid,type,value,to_ids,object_relation,object_uuid
      "1","ip-dst|port","203.0.113.9|4444",1,"",""
      "2","ip-dst","203.0.113.10",1,"ip","o1"
      """)
    #expect(csv.indicators.map(\.subject) == ["203.0.113.9 4444"])
    let search = try IntelFeedTests.feed(
      #"{"response":{"Attribute":[{"type":"ip-dst","value":"203.0.113.10","object_relation":"ip"},{"type":"ip-dst","value":"203.0.113.11","object_relation":null}]}}"#
    )
    #expect(search.indicators.map(\.subject) == ["203.0.113.11"])
    #expect(search.refusedCount == 1)
  }

  @Test("A table whose header says nothing is not a list, in which a score would be a port")
  func unknownHeader() throws {
    #expect(throws: JobFileError.self) {
      try IntelFeedTests.feed("\"Name\",\"Risk\"\n\"203.0.113.9\",\"99\"\n")
    }
    #expect(try IntelFeedTests.subjects("203.0.113.9,99\n") == ["203.0.113.9 99"])
  }
}
