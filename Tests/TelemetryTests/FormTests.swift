import Facts
import Foundation
import Telemetry
import Testing

/// One event, in the forms in which people hold Sysmon's: each must give the same connection.
@Suite struct FormTests {
  static let data = [
    ("RuleName", "-"), ("UtcTime", "2024-05-01 10:00:00.120"),
    ("ProcessGuid", "{11111111-2222-3333-4444-555555555555}"), ("ProcessId", "4321"),
    ("Image", #"C:\Windows\System32\cmd.exe"#), ("User", #"EXAMPLE\alice"#), ("Protocol", "tcp"),
    ("Initiated", "true"), ("SourceIsIpv6", "false"), ("SourceIp", "192.0.2.10"),
    ("SourceHostname", "WS01"), ("SourcePort", "50123"), ("SourcePortName", "-"),
    ("DestinationIsIpv6", "false"), ("DestinationIp", "203.0.113.9"), ("DestinationHostname", "-"),
    ("DestinationPort", "4444"), ("DestinationPortName", "-"),
  ]

  static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\r\n", with: "\\r\\n").replacing("\n", with: "\\n")
      .replacing("\t", with: "\\t") + "\""
  }

  static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { quoted($0.0) + ":" + quoted($0.1) }.joined(separator: ",") + "}"
  }

  static let log = [
    ("EventID", "3"), ("Channel", "Microsoft-Windows-Sysmon/Operational"), ("Computer", "WS01"),
    ("TimeCreated", "2024-05-01T10:00:01.376Z"),
  ]

  static let flat = object(log + data)
  static let message =
    "Network connection detected:\r\n" + data.map { "\($0): \($1)" }.joined(separator: "\r\n")
  static let xml =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>3</EventID><TimeCreated SystemTime='2024-05-01T10:00:01.376Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS01</Computer></System><EventData>"
    + data.map { "<Data Name='\($0)'>\($1)</Data>" }.joined() + "</EventData></Event>"

  static func list(_ name: String, _ value: String) -> String {
    "["
      + data.map { "{\"\(name)\":\(quoted($0.0)),\"\(value)\":\(quoted($0.1))}" }
      .joined(separator: ",") + "]"
  }

  static let system =
    #""EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","TimeCreated":{"SystemTime":"2024-05-01T10:00:01.376Z"},"Provider":{"Name":"Microsoft-Windows-Sysmon"}"#

  static func nested(_ data: String) -> String {
    #"{"Event":{"System":{\#(system)},"EventData":\#(data)}}"#
  }

  private static func keyed(_ change: (String) -> String) -> String {
    object((log + data).map { (change($0.0), $0.1) })
  }

  static let forms: [(String, String)] = [
    ("flat", flat), ("nested", nested(object(data))),
    ("Data as an object", nested("{\"Data\":\(object(data))}")),
    ("Name, text", nested("{\"Data\":\(list("Name", "text"))}")),
    ("@Name, #text", nested("{\"Data\":\(list("@Name", "#text"))}")),
    ("Name, content", nested("{\"Data\":\(list("Name", "content"))}")),
    ("Name, _value", nested("{\"Data\":\(list("Name", "_value"))}")),
    ("name, value", nested("{\"Data\":\(list("name", "value"))}")),
    ("key, Value", nested("{\"Data\":\(list("key", "Value"))}")),
    (
      "one-key maps",
      nested("[" + data.map { object([$0]) }.joined(separator: ",") + "]")
    ),
    ("lower case", keyed { $0.lowercased() }), ("upper case", keyed { $0.uppercased() }),
    ("first letter small", keyed { $0.prefix(1).lowercased() + $0.dropFirst() }),
    ("dotted", keyed { "a.b." + $0 }), ("with a prefix", keyed { "gl2_x_" + $0 }),
    (
      "arrays of one",
      "{" + (log + data).map { "\(quoted($0.0)):[\(quoted($0.1))]" }.joined(separator: ",") + "}"
    ),
    ("array", "[\(flat)]"), ("records", "{\"records\":[\(flat)]}"),
    ("hits", "{\"hits\":{\"hits\":[{\"_id\":\"x\",\"_source\":\(flat)}]}}"),
    ("any envelope", "{\"batch\":{\"n\":1,\"lines\":[\(flat)]}}"),
    ("wrapped twice", "{\"a\":{\"b\":\(flat)}}"),
    ("XML line", xml), ("XML after a prefix", "<14>May  1 10:00:01 h sysmon: " + xml),
    ("XML with comments", "<!-- a --><?xml version='1.0'?><!-- b -->" + xml),
    (
      "XML cut after the port",
      String(
        xml[..<(xml.range(of: "<Data Name='DestinationPortName'")?.lowerBound ?? xml.endIndex)])
    ),
    ("XML in a text", object([("log", xml)])),
    ("JSON in a text", object([("message", flat)])),
    (
      "JSON after a prefix in a text",
      object([("message", "<14>1 2024-05-01T10:00:01Z h - - - " + flat)])
    ),
    ("JSON after a prefix", "2024-05-01T10:00:01Z host sysmon " + flat),
    ("JSON after NULs", "\0\0\0" + flat), ("JSON text sequence", "\u{1E}" + flat),
    ("JSON in JSON in JSON", object([("a", object([("b", flat)]))])),
    ("XML in JSON in JSON", object([("a", object([("b", xml)]))])),
    ("EventData as JSON text", object(log + [("EventData", object(data))])),
    (
      "EventData as XML text",
      object(
        log + [
          (
            "EventData",
            "<EventData>" + data.map { "<Data Name=\"\($0)\">\($1)</Data>" }.joined()
              + "</EventData>"
          )
        ])
    ),
    ("message", object(log + [("Message", message)])),
    (
      "message with a header",
      object([
        ("_time", "2024-05-01T10:00:01.376Z"),
        (
          "_raw",
          "05/01/2024 10:00:01 AM\nLogName=Microsoft-Windows-Sysmon/Operational\nEventCode=3\nComputerName=WS01\nMessage="
            + message
        ),
      ])
    ),
    (
      "values without names",
      "{" + log.map { quoted($0.0) + ":" + quoted($0.1) }.joined(separator: ",") + ",\"strings\":["
        + data.map { quoted($0.1) }.joined(separator: ",") + "]}"
    ),
    (
      "param1 and so on",
      object(log + data.enumerated().map { ("param\($0 + 1)", $1.1) })
    ),
    (
      "columns and rows",
      "{\"columns\":["
        + (log + data).map { "{\"name\":\(quoted($0.0)),\"type\":\"string\"}" }.joined(
          separator: ",")
        + "],\"rows\":[[" + (log + data).map { quoted($0.1) }.joined(separator: ",") + "]]}"
    ),
  ]

  @Test(
    "Every form of one event gives the same connection",
    arguments: forms + XMLAsJSONForms.all + TableForms.all + MessageForms.all + NamedValueForms.all)
  func same(name: String, line: String) throws {
    for remembered in [0, 2, ReadingOptions.rememberedKeys] {
      let table = ShapeTests.table(line, rememberedKeys: remembered)
      #expect(table.coverage.lines.observations == 1)
      #expect(table.coverage.lines.total == 1)
      let key = try #require(table.keys.first)
      #expect(table.keys.count == 1)
      #expect(table.texts[key.host] == "WS01")
      #expect(table.texts[key.image] == #"C:\Windows\System32\cmd.exe"#)
      #expect(table.texts[key.user] == #"EXAMPLE\alice"#)
      #expect(table.texts[key.address] == "203.0.113.9")
      #expect(table.texts[key.port] == "4444")
      #expect(table.texts[key.transport] == "tcp")
      #expect(key.direction == .outbound)
      #expect(key.process.description(table.texts) == "{11111111-2222-3333-4444-555555555555}")
      #expect(table.facts[0].first?.milliseconds == 1_714_557_601_376)
      #expect(table.facts[0].arrivals.seconds == [1_714_557_600])
    }
  }

  @Test("Several events in one line are as many", arguments: [2, 3, 40])
  func several(count: Int) {
    let events = (0..<count).map { flat(port: 4000 + $0) }
    let texts = (0..<count).map { Self.xml.replacing("4444", with: "\(4000 + $0)") }
    let bodies = events.map { "{\"body\":\($0),\"n\":1}" }.joined(separator: ",")
    let lines: [String] = [
      events.joined(), events.joined(separator: " "), "[" + events.joined(separator: ",") + "]",
      "{\"value\":[" + events.joined(separator: ",") + "]}",
      "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[\(bodies)]}]}]}",
      texts.joined(), "<Events>" + texts.joined(separator: "\n") + "</Events>",
      "[" + texts.map(Self.quoted).joined(separator: ",") + "]",
      "{\"events\":[" + texts.map(Self.quoted).joined(separator: ",") + "]}",
      "{\"batches\":[[" + events.joined(separator: "],[") + "]]}",
      "{\"results\":["
        + events.map { "{\"name\":\"x\",\"columns\":\($0)}" }.joined(separator: ",") + "]}",
      "{\"streams\":[{\"stream\":{\"job\":\"x\"},\"values\":["
        + events.map { "[\"1714557601376000000\",\(Self.quoted($0))]" }.joined(separator: ",")
        + "]}]}",
    ]
    for line in lines {
      let table = ShapeTests.table(line)
      #expect(table.keys.count == count)
      #expect(table.coverage.lines.observations == 1)
    }
  }

  private func flat(port: Int) -> String { Self.flat.replacing("4444", with: "\(port)") }

  @Test("A line without a bracket is malformed, whatever it names, however many there are")
  func plainLine() {
    for line in ["Microsoft-Windows-Sysmon 3 4444", #""\u003cEvent""#] {
      #expect(ShapeTests.table(line).coverage.lines.rejected == [.malformed: 1])
    }
  }

  @Test("Of joined objects those before a break are read, and the line is rejected")
  func brokenLine() {
    let table = ShapeTests.table(Self.flat + Self.flat.dropLast(20))
    #expect(table.keys.count == 1)
    #expect(table.coverage.lines.rejected == [.malformed: 1])
    let comma = ShapeTests.table(Self.flat + Self.flat + #"{"EventID":3,}"#)
    #expect(comma.facts.map(\.count) == [2])
    #expect(comma.coverage.lines.rejected == [.malformed: 1])
    #expect(ShapeTests.table(Self.flat + "trailer").keys.isEmpty)
    #expect(ShapeTests.table(Self.flat + ",").coverage.lines.rejected == [.malformed: 1])
  }

  @Test("A text that a process may write is never taken for an event")
  func hostileTexts() {
    for field in ["CommandLine", "Image", "ParentCommandLine", "User", "Details"] {
      let line = Self.object([
        ("EventID", "1"), ("Channel", "Microsoft-Windows-Sysmon/Operational"), ("Computer", "WS01"),
        (field, Self.flat),
      ])
      #expect(ShapeTests.table(line).keys.isEmpty, "\(field)")
    }
  }
}
