import Diagnostics
import Facts
import Foundation
import Testing

@testable import Knowledge

/// A feed means the same however much of it is read at once, and each entry the same as by itself.
@Suite final class LargeFeedTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let records = (0..<40).map { number in
    let ip = number % 7 == 3 ? "c\(number).example.test" : "203.0.113.\(number)"
    let note = number % 5 == 0 ? #"a \"quoted\" {note}, with ] and \\"# : "x"
    return
      #"{"id": \#(number), "ioc": "\#(ip):\#(4_000 + number)", "first_seen": "2024-01-0\#(number % 9 + 1)","#
      + #" "confidence_level": \#(number % 3 * 50), "last_seen": null, "comment": "\#(note)","#
      + #" "tags": ["t\#(number % 2)", "u"]}"#
  }

  private static let feeds: [String] = [
    // A table, with remarks, quotes and lines within them.
    "# a remark\n\"first_seen\",\"ioc\",\"malware\",\"tags\"\n"
      + (0..<40).map {
        $0 % 9 == 4
          ? "# another\n"
          : "2024-02-03 04:05:06, \"203.0.113.\($0):\($0 + 80)\", \"a\n\($0 % 3)\",\"x,\"\"y\"\"\"\n"
      }.joined(),
    "port;ip\n" + (1..<40).map { "\($0 * 7);203.0.113.\($0)\r\n" }.joined() + "80;nonsense\n80\n",
    "# list\n" + (0..<60).map { "203.0.113.\($0):\($0) label \($0 % 3)\n" }.joined() + "nonsense",
    records.joined(separator: "\n") + "\nnonsense\n",
    "[" + records.joined(separator: ",\n  ") + "\n]\n",
    #"{"query_status": "ok", "data": ["# + records.joined(separator: ",") + "]}",
    "{" + records.enumerated().map { "\"\($0.offset)\": [\($0.element)]" }.joined(separator: ",\n")
      + "}",
    // Records with something around them.
    records.enumerated().map {
      #"{"@timestamp": "x", "threat": {"indicator": \#($0.element), "feed": {"name": "f"}}\#($0.offset % 9 == 8 ? #", "process": {"name": "a"}"# : "")}"#
    }.joined(separator: "\n") + "\n",
    "["
      + records.map {
        #"{"created": "x", "decisions": [\#($0), {"value": "198.51.100.9"}], "source": {"ip": "x"}}"#
      }.joined(separator: ", ") + "]",
    #"{"deleted": null, "new": ["# + records.joined(separator: ",") + "]}",
    // Answers of Elasticsearch, OTX and Microsoft Sentinel.
    #"{"took": 1, "_shards": {"total": 1, "hits": []}, "hits": {"total": {"value": 40}, "hits": ["#
      + records.enumerated().map { #"{"_id": "\#($0.offset)", "_source": \#($0.element)}"# }
      .joined(separator: ", ") + #"]}, "status": 200}"#,
    #"{"count": 8, "results": ["#
      + stride(from: 0, to: 40, by: 5).map {
        #"{"id": "\#($0)", "tags": ["a"], "indicators": [\#(records[$0..<$0 + 5].joined(separator: ","))]}"#
      }.joined(separator: ", ") + "]}",
    #"{"value": ["#
      + (0..<40).map { number in
        let name = number % 7 == 3 ? "C\(number).example.test" : "203.0.113.\(number)"
        let field = number % 7 == 3 ? "domain-name:value" : "ipv4-addr:value"
        let port = number % 5 == 4 ? "network-traffic:dst_port = \(number)" : ""
        let pattern = port.isEmpty ? "[\(field) = '\(name)']" : "[\(port)]"
        let parsed =
          number % 11 == 8
          ? #"["\#(name)"]"# : #"[{"valueType": "\#(field)", "port\#(number % 3)": "\#(name)"}]"#
        return
          #"{"id": "/x/\#(number)", "name": "n\#(number)", "kind": "indicator", "properties": {"#
          + #""confidence": 75, "pattern": "\#(pattern)", "parsedPattern": \#(parsed), "#
          + #""revoked": \#(number % 9 == 7), "validFrom": "2024-01-0\#(number % 9 + 1)T00:00:00Z"}}"#
      }.joined(separator: ",\n") + "]}",
  ]

  @Test("Whatever is read at once", arguments: feeds.indices, [600, 777, 1_500, 4_000])
  func pieces(feed: Int, head: Int) throws {
    let text = Self.feeds[feed]
    let whole = try IntelFeed(Array(text.utf8), name: "feed", file: "feed")
    let path = folder.appending(path: "feed").path
    try Data(text.utf8).write(to: URL(filePath: path))
    for piece in [1, 64, 1_000] {
      let read = try IntelFeed(FeedFile(path), headBytes: head, pieceBytes: piece)
      #expect(read.format == whole.format)
      #expect(read.entryCount == whole.entryCount && read.takenCount == whole.takenCount)
      #expect(Set(read.indicators) == Set(whole.indicators))
      #expect(
        Dictionary(read.indicators.map { ($0.subject, $0.identity) }) { first, _ in first }
          == Dictionary(whole.indicators.map { ($0.subject, $0.identity) }) { first, _ in first })
      #expect(read.refusedCounts == whole.refusedCounts)
      #expect(Set(read.refused.map(\.place)) == Set(whole.refused.map(\.place)) || feed > 5)
      #expect(read.byteCount == whole.byteCount)
    }
  }

  @Test("An entry means the same whatever is around it", arguments: 0..<60)
  func alone(seed: Int) throws {
    var random = SystemRandomNumberGenerator()
    let choices: [(name: String, values: [String])] = [
      ("ioc", ["203.0.113.1:80", "203.0.113.2", "c2.example.test:8", "2001:db8::1", "", "x"]),
      ("ip", ["203.0.113.3", "198.51.100.0/24", "", "-", "c2.example.test"]),
      ("port", ["80", "443", "", "080", "1-9", "any", "70000", "53/udp"]),
      ("protocol", ["tcp", "udp", "", "icmp"]), ("host", ["", "c2.example.test"]),
      ("first_seen", ["2024-01-01", "1704067200", "", "never", "2024-01-01 10:00:00"]),
      ("valid_until", ["", "2025-01-01", "-"]), ("id", ["1", "a b", "", "\u{e9}"]),
      ("malware", ["X", "Y", "two words", ""]), ("confidence", ["50", "high", "", "101"]),
      ("tags", ["a,b", "", "None"]), ("direction", ["", "listener"]),
      ("reference", ["", "https://203.0.113.3:8443/", "https://example.test/x"]),
      ("my_port", ["", "80", "81"]), ("elsewhere", ["", "203.0.113.3", "203.0.113.9", "z"]),
      ("type", ["", "ip:port", "ip", "sha256"]), ("revoked", ["", "1"]),
      ("note", ["", "one", "two; more", "Listener on it", " x"]), ("comment", ["", "said"]),
      ("hostname", ["", "h1.example.test", "h2.example.test", "-", "203.0.113.3"]),
      ("uri", ["", "/gate", "https://203.0.113.3/x", "https://example.test/x"]),
      ("user", ["", "root", "analyst"]), ("seen", ["", "2024-01-01 10:00:00", "203.0.113.2:81"]),
      ("status", ["", "online", "expired"]),
      ("pattern", ["", "[ipv4-addr:value = '203.0.113.3']"]),
    ]
    let columns = choices.shuffled(using: &random).prefix(Int.random(in: 2...8))
    guard columns.contains(where: { ["ioc", "ip", "port"].contains($0.name) }) else { return }
    let header = columns.map(\.name).joined(separator: ";")
    let rows = (0..<60).map { _ in
      columns.map { $0.values.randomElement(using: &random) ?? "" }.joined(separator: ";")
    }.filter { $0.contains { $0 != ";" } && !$0.hasPrefix("#") }
    let objects = rows.map { row in
      "{"
        + zip(columns, row.split(separator: ";", omittingEmptySubsequences: false)).map {
          "\"\($0.name)\": \"\($1)\""
        }.joined(separator: ", ") + "}"
    }
    try compare(rows.map { header + "\n" + $0 }, header + "\n" + rows.joined(separator: "\n"))
    try compare(
      objects.map { $0 + "\n" + $0 }, ([objects.first ?? ""] + objects).joined(separator: "\n"))
  }

  @Test("However a feed is changed, it means the same whatever is read at once", arguments: 0..<150)
  func changedInPieces(seed: Int) throws {
    var random = SystemRandomNumberGenerator()
    let signs = Array("\n,;:|[]{}'\"\\#-/. 019az".utf8)
    var bytes = Array(Self.feeds[seed % Self.feeds.count].utf8)
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let at = Int.random(in: 200..<bytes.count - 40, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[at] = signs.randomElement(using: &random) ?? 0
      case 1: bytes.insert(signs.randomElement(using: &random) ?? 0, at: at)
      default: bytes.removeSubrange(at..<at + Int.random(in: 1...30, using: &random))
      }
    }
    let path = folder.appending(path: "feed").path
    try Data(bytes).write(to: URL(filePath: path))
    guard let read = try? IntelFeed(FeedFile(path), headBytes: 150, pieceBytes: 70),
      let other = try? IntelFeed(FeedFile(path), headBytes: 190, pieceBytes: 900)
    else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    for feed in [read, other] {
      #expect(
        feed.takenCount + feed.refusedCounts.values.reduce(0, +) == feed.entryCount, "\(text)")
      #expect(feed.indicators.allSatisfy { !$0.isEmpty }, "\(text)")
    }
    #expect(read.entryCount == other.entryCount, "\(text)")
    #expect(Set(read.indicators) == Set(other.indicators), "\(text)")
    #expect(read.refusedCounts == other.refusedCounts, "\(text)")
  }

  @Test("A line of a list means the same whatever is around it", arguments: 0..<60)
  func aloneInList(seed: Int) throws {
    var random = SystemRandomNumberGenerator()
    let subjects = [
      "203.0.113.1", "203.0.113.2:80", "203.0.113.1|443", "[2001:db8::1]:80", "2001:db8::2",
      "127.0.0.1",
      "c2.example.test", "C2.Example.Test:443", "*.example.test", "x", "8080", "0.0.0.0",
      "203.0.113.0/24",
    ]
    let words = [
      "443", "0", "70000", "tcp", "UDP", "RAT", "C2-Server", "APT", "28", "12", "times", "seen",
      "-", "port",
      "a.b", "203.0.113.9", "c3.example.test", "\"RAT\"", "(80)", "80/tcp", "1-9", "v2",
      "\u{e9}t\u{e9}",
      "# said", "localhost",
    ]
    let lines = (0..<80).map { _ in
      let count = Int.random(in: 0...3, using: &random)
      let rest = (0..<count).compactMap { _ in words.randomElement(using: &random) }
      let gap = [" ", ",", "; ", "\t"].randomElement(using: &random) ?? " "
      return ([subjects.randomElement(using: &random) ?? ""] + rest).joined(separator: gap)
    }
    // With all care, because what begins with a quote is not read quickly.
    let careful = lines.map { line in
      let end = line.firstIndex { " ,;\t".contains($0) } ?? line.endIndex
      return "\"" + line[..<end] + "\"" + line[end...]
    }
    try compare(lines, lines.joined(separator: "\n"))
    for (line, other) in zip(lines, careful) {
      let (a, b) = (
        try? IntelFeed(Array(line.utf8), name: "feed", file: "feed"),
        try? IntelFeed(Array(other.utf8), name: "feed", file: "feed")
      )
      #expect(a?.indicators == b?.indicators, "\(line)")
      #expect(a?.refusedCounts == b?.refusedCounts, "\(line)")
    }
  }

  private func compare(_ parts: [String], _ whole: String) throws {
    func read(_ text: String) -> IntelFeed? {
      try? IntelFeed(Array(text.utf8), name: "feed", file: "feed")
    }
    guard let all = read(whole), parts.allSatisfy({ read($0) != nil }) else { return }
    let each = parts.compactMap { read($0) }
    #expect(Set(all.indicators) == Set(each.flatMap(\.indicators)), "\(whole)")
    for feed in each where feed.indicators.isEmpty {
      #expect(feed.refused.allSatisfy { all.refusedCounts[$0.reason] != nil }, "\(whole)")
    }
    let names = Set(each.flatMap { $0.indicators.map(\.identity) })
    #expect(all.indicators.allSatisfy { names.contains($0.identity) }, "\(whole)")
  }

  @Test("A large list that breaks off is not a feed, nor is one of other bytes")
  func broken() throws {
    let path = folder.appending(path: "feed").path
    let array = "[" + Self.records.joined(separator: ",")
    for text in [array, array + "] x", array + "]]"] {
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(throws: JobFileError.self) {
        try IntelFeed(FeedFile(path), headBytes: 600, pieceBytes: 100)
      }
    }
    let list = (0..<99).map { "203.0.113.\($0)\n" }.joined()
    try Data(Array(list.utf8) + [0xFF, 10]).write(to: URL(filePath: path))
    #expect(throws: JobFileError.self) {
      try IntelFeed(FeedFile(path), headBytes: 600, pieceBytes: 100)
    }
  }

  @Test("Rules are read as a whole, however many there are")
  func rules() throws {
    let rules = (1...20).map {
      "title: R\($0)\nlogsource: {category: network_connection}\ndetection:\n"
        + "  a: {DestinationPort: \($0)}\n  condition: a\n"
    }
    let path = folder.appending(path: "feed").path
    try Data(rules.joined(separator: "---\n").utf8).write(to: URL(filePath: path))
    let feed = try IntelFeed(FeedFile(path), headBytes: 300, pieceBytes: 100)
    #expect(feed.format == .sigma && feed.takenCount == 20)
  }

  @Test("All bytes are observed, also of what is not a feed")
  func observed() throws {
    let path = folder.appending(path: "feed").path
    let bytes = Array(repeating: UInt8(ascii: " "), count: 3 << 20)
    try Data(bytes).write(to: URL(filePath: path))
    var count = 0
    let file = try FeedFile(path) { count += $0.count }
    #expect(throws: JobFileError.self) { try IntelFeed(file, headBytes: 1_000, pieceBytes: 100) }
    file.drain()
    #expect(count == bytes.count)
  }
}
