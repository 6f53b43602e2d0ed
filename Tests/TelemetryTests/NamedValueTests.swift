import Facts
import Foundation
import Testing

@testable import Telemetry

/// Texts of names and values, and what queues make of any text.
enum NamedValueForms {
  private typealias Forms = FormTests

  private static func event(_ data: String) -> String {
    Forms.object(Forms.log + [("EventData", data)])
  }

  private static func joined(
    _ mark: String, _ separator: String, _ quote: String = "",
    _ value: (String) -> String = { $0 }
  ) -> String {
    Forms.data.map { $0.0 + mark + quote + value($0.1) + quote }.joined(separator: separator)
  }

  private static func doubled(_ text: String) -> String { text.replacing("\\", with: "\\\\") }

  private static func base64(_ text: String) -> String {
    Data(text.utf8).base64EncodedString()
  }

  private static let head =
    #"EventID="3" Channel="Microsoft-Windows-Sysmon/Operational" Computer="WS01" TimeCreated="2024-05-01T10:00:01.376Z" "#
  private static let structured =
    "<14>1 2024-05-01T10:00:01.376Z WS01 Microsoft-Windows-Sysmon 2980 - [NXLOG@14506 EventID=\"3\" "
    + joined("=", " ", "\"", doubled) + "]"

  static let all: [(String, String)] = [
    ("Key: value;", event(joined(": ", "; "))), ("Key=value;", event(joined("=", "; "))),
    ("Key=value,", event(joined("=", ", "))), ("Key=value lines", event(joined("=", "\n"))),
    ("Key: value lines", event(joined(": ", "\r\n"))),
    ("PowerShell", event("@{" + joined("=", "; ") + "}")),
    ("Java", event("{" + joined("=", ", ") + "}")),
    (
      "Python",
      event(
        "{" + Forms.data.map { "'\($0.0)': '\(doubled($0.1))'" }.joined(separator: ", ") + "}")
    ),
    ("Splunk", Forms.object([("_raw", head + joined("=", " ", "\""))])),
    ("a line", head + joined("=", " ", "\"")),
    ("structured data", structured + " Network connection detected"),
    ("structured data and a message", structured + " Network connection detected: RuleName: -"),
    ("structured data in a text", Forms.object([("message", structured)])),
    (
      "ParameterXml",
      Forms.object(
        Forms.log + [("ParameterXml", Forms.data.map { "<Param>\($0.1)</Param>" }.joined())])
    ),
    (
      "XML without names",
      Forms.data.reduce(Forms.xml) {
        $0.replacing("<Data Name='\($1.0)'>", with: "<Data>")
      }
    ),
    (
      "Log Parser",
      Forms.object(
        Forms.log + [("Strings", Forms.data.map(\.1).joined(separator: "|"))])
    ),
    (
      "Kinesis",
      "{\"Records\":[{\"kinesis\":{\"data\":\"\(base64(Forms.flat))\"}}]}"
    ),
    ("Firehose", "{\"records\":[{\"recordId\":\"1\",\"data\":\"\(base64(Forms.xml))\"}]}"),
    ("Pub/Sub", "{\"message\":{\"data\":\"\(base64(Forms.flat))\",\"messageId\":\"1\"}}"),
    (
      "Athena",
      "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"EmptyOne\"},"
        + (Forms.log + Forms.data).map { "{\"VarCharValue\":\(Forms.quoted($0.0))}" }
        .joined(separator: ",") + "]},{\"Data\":[{},"
        + (Forms.log + Forms.data).map { "{\"VarCharValue\":\(Forms.quoted($0.1))}" }
        .joined(separator: ",") + "]}]}}"
    ),
    (
      "CloudWatch Logs Insights",
      "{\"results\":[["
        + (Forms.log + Forms.data).map {
          "{\"field\":\"\($0.0)\",\"value\":\(Forms.quoted($0.1))}"
        }.joined(separator: ",") + "]]}"
    ),
  ]
}

@Suite struct NamedValueTests {
  static let header = "CEF:0|Microsoft|Sysmon|15.0|3|Network connection detected|3|"
  static let cef =
    header
    + #"rt=1714557601376 dvchost=WS01 src=192.0.2.10 spt=50123 dst=203.0.113.9 dpt=4444 proto=TCP deviceDirection=1 suser=alice sntdom=EXAMPLE sproc=C:\\Program Files\\a\=b.exe"#
  static let connector =
    #"CEF:0|Microsoft|Sysmon||Microsoft-Windows-Sysmon:3|Network connection detected|Low| externalId=3 rt=May 01 2024 10:00:01.376 UTC cs1Label=Image cs1=C:\Program Files\a=b.exe src=192.0.2.10 dst=203.0.113.9 dpt=4444 proto=tcp duser=EXAMPLE\alice dvchost=WS01 deviceDirection=1"#
  static let leef = [
    "devTime=1714557601376", "identHostName=WS01", "dst=203.0.113.9", "dstPort=4444", "proto=TCP",
    #"usrName=EXAMPLE\alice"#, #"Image=C:\Program Files\a=b.exe"#, "Initiated=true",
  ]

  @Test(
    "CEF and LEEF give a connection, in a line, in a text, and after a header of syslog",
    arguments: [
      cef, "<14>May  1 10:00:01 ws01 " + cef, connector, FormTests.object([("message", cef)]),
      FormTests.object([("message", "<14>May  1 10:00:01 ws01 " + cef)]),
      FormTests.object([("batch", cef)]), "{\"events\":[\(FormTests.quoted(cef))]}",
      "LEEF:1.0|Microsoft|Sysmon|15|3|" + leef.joined(separator: "\t"),
      "LEEF:2.0|Microsoft|Sysmon|15|3|^|" + leef.joined(separator: "^"),
      "<13>May  1 10:00:01 WS01 LEEF:2.0|Microsoft|Sysmon|15|3|0x7C|" + leef.joined(separator: "|"),
    ])
  func security(line: String) throws {
    let table = ShapeTests.table(line)
    let key = try #require(table.keys.first)
    #expect(table.texts[key.host] == "WS01")
    #expect(table.texts[key.image] == #"C:\Program Files\a=b.exe"#)
    #expect(table.texts[key.user] == #"EXAMPLE\alice"#)
    #expect(table.texts[key.address] == "203.0.113.9")
    #expect(table.texts[key.port] == "4444")
    #expect(key.direction == .outbound)
    #expect(table.facts[0].first?.milliseconds == 1_714_557_601_376)
    #expect(table.coverage.lines.observations == 1)
  }

  @Test("Each event of CEF in one text counts, and none of another product")
  func several() {
    let two = Self.cef + "\n" + Self.cef.replacing("4444", with: "1337")
    #expect(ShapeTests.table(FormTests.object([("message", two)])).keys.count == 2)
    for other in [
      "CEF:0|Vendor|Firewall|1|3|traffic|3|src=192.0.2.10 dst=203.0.113.9 dpt=4444 sproc=x",
      Self.cef.replacing("|3|Network", with: "|22|Network"),
    ] {
      #expect(ShapeTests.table(other).keys.isEmpty)
      #expect(ShapeTests.table(other).coverage.lines.irrelevant == 1)
    }
  }

  @Test("Lists of pairs within a list are as many events")
  func lists() {
    func pairs(_ port: String) -> String {
      "["
        + (FormTests.log + FormTests.data).map {
          "{\"Name\":\"\($0.0)\",\"Value\":\(FormTests.quoted($0.0 == "DestinationPort" ? port : $0.1))}"
        }.joined(separator: ",") + "]"
    }
    for line in [
      "{\"results\":[\(pairs("4444")),\(pairs("1337"))]}", "[\(pairs("4444")),\(pairs("1337"))]",
    ] {
      let table = ShapeTests.table(line)
      #expect(table.keys.map { table.texts[$0.port] }.sorted() == ["1337", "4444"])
      #expect(table.facts.map(\.count) == [1, 1])
    }
    #expect(ShapeTests.table(pairs("4444")).keys.count == 1)
  }

  @Test(
    "A text with a name twice, or with values that do not fit, is not understood",
    arguments: [
      "UtcTime: 2024-05-01 10:00:00.120; Image: C:\\a; DestinationPort: 80; DestinationPort: 4444",
      "UtcTime: 2024-05-01 10:00:00.120; Image: C:\\a; DestinationPort: tcp",
    ])
  func refused(text: String) {
    let table = ShapeTests.table(FormTests.object(FormTests.log + [("EventData", text)]))
    #expect(table.keys.isEmpty)
    #expect(table.coverage.lines.notUnderstood == 1)
  }

  @Test("Names and values that a process may write, or another product, are no event")
  func hostile() {
    let written = "EventID=3 UtcTime=2024-05-01 DestinationPort=4444 Image=C:\\a.exe"
    for line in [
      FormTests.object([("EventID", "1"), ("Channel", "Microsoft-Windows-Sysmon/Operational")])
        .dropLast()
        + ",\"process\":{\"args\":\(FormTests.quoted(written + String(repeating: " ", count: 80)))}}",
      FormTests.object([("message", "EventID=3 Image=x DestinationPort=4444 SourceName=Foo")]),
      FormTests.object([
        ("message", "port DestinationPort=4444 of a firewall's rule, EventID=3, Action=allow")
      ]),
    ] {
      #expect(ShapeTests.table(line).keys.isEmpty, "\(line)")
    }
  }

  private func texts(_ table: FactTable) -> [String] {
    (0..<table.texts.count).map { table.texts[TextID(raw: UInt32($0))] }
  }

  @Test("A process start keeps what comes after a command line with names in it")
  func commandLine() throws {
    let text =
      #"EventID="1" Channel="Microsoft-Windows-Sysmon/Operational" Computer="WS01" UtcTime="2024-05-01 10:00:00.120" ProcessGuid="{11111111-2222-3333-4444-555555555555}" Image="C:\a.exe" CommandLine="a.exe "x" --set b=c" CurrentDirectory="C:\Windows\" User="EXAMPLE\alice" ParentImage="C:\p.exe""#
    let table = ShapeTests.table(FormTests.object([("_raw", text)]))
    #expect(table.coverage.lines.observations == 1)
    #expect(texts(table).contains(#"EXAMPLE\alice"#))
    #expect(texts(table).contains(#"C:\p.exe"#))
  }

  @Test(
    "What CloudWatch packs is not understood where it is damaged; what names Sysmon in base64 counts as well"
  )
  func packed() {
    let gzip = Data([0x1F, 0x8B] + [UInt8](repeating: 7, count: 60)).base64EncodedString()
    let line = "{\"awslogs\":{\"data\":\"\(gzip)\"}}"
    #expect(
      ShapeTests.table(line).coverage.notUnderstood.map(\.reason) == [
        "its data is packed with gzip, and damaged or far larger than it seems"
      ])
    let named = Data(
      #"{"provider":"Microsoft-Windows-Sysmon","DestinationPort":{"port":4444}}"#.utf8)
    let table = ShapeTests.table("{\"data\":\"\(named.base64EncodedString())\"}")
    #expect(table.coverage.lines.notUnderstood == 1)
    #expect(table.keys.isEmpty)
  }

  @Test("Values in the order of an old schema get their names")
  func oldSchema() throws {
    let old = [
      "2024-05-01 10:00:00.120", "{11111111-2222-3333-4444-555555555555}", "1", #"C:\a.exe"#,
      "a.exe -x",
      #"C:\"#, #"EXAMPLE\alice"#, "{2}", "0x1", "1", "High", "SHA1=0",
      "{11111111-2222-3333-4444-555555555556}", "2", #"C:\p.exe"#, "p.exe",
    ]
    let line =
      #"{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","StringInserts":["#
      + old.map(FormTests.quoted).joined(separator: ",") + "]}"
    let table = ShapeTests.table(line)
    #expect(texts(table).contains(#"C:\p.exe"#))
    #expect(texts(table).contains("a.exe -x"))
    #expect(!texts(table).contains("SHA1=0,"))
  }
}
