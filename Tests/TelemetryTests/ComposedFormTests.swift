import Facts
import Foundation
import Testing

@testable import Telemetry

/// Spellings of names, forms of data, records and envelopes, put together in any way: an event of each kind that
/// matters is read from all of them.
@Suite struct ComposedFormTests {
  private typealias Fields = [(name: String, value: String)]

  private static let connection: Fields = FormTests.data.map { (name: $0.0, value: $0.1) }

  private static let start: Fields = [
    ("RuleName", "-"), ("UtcTime", "2024-05-01 09:59:58.000"),
    ("ProcessGuid", "{11111111-2222-3333-4444-555555555555}"), ("ProcessId", "4321"),
    ("Image", #"C:\Windows\System32\cmd.exe"#), ("FileVersion", "10.0"),
    ("Description", "Shell: \"a\""), ("Product", "Windows"), ("Company", "Microsoft"),
    ("OriginalFileName", "Cmd.Exe"), ("CommandLine", #"cmd /c "echo" > C:\x"#),
    ("CurrentDirectory", #"C:\"#), ("User", #"EXAMPLE\alice"#),
    ("LogonGuid", "{11111111-2222-3333-4444-000000000000}"), ("LogonId", "0x3e7"),
    ("TerminalSessionId", "1"), ("IntegrityLevel", "High"), ("Hashes", "MD5=00,SHA256=11"),
    ("ParentProcessGuid", "{11111111-2222-3333-4444-666666666666}"), ("ParentProcessId", "99"),
    ("ParentImage", #"C:\Program Files\WINWORD.EXE"#), ("ParentCommandLine", "winword.exe x"),
    ("ParentUser", #"EXAMPLE\alice"#),
  ]

  private static let change: Fields = [
    ("RuleName", "-"), ("EventType", "SetValue"), ("UtcTime", "2024-05-01 10:00:00.120"),
    ("ProcessGuid", "{11111111-2222-3333-4444-555555555555}"), ("ProcessId", "4321"),
    ("Image", #"C:\Windows\System32\reg.exe"#),
    (
      "TargetObject",
      #"HKLM\System\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp\PortNumber"#
    ), ("Details", "DWORD (0x00001f90)"), ("User", #"EXAMPLE\alice"#),
  ]

  private static func words(_ name: String, _ separator: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      if ("A"..."Z").contains(scalar), let last = text.unicodeScalars.last,
        !("A"..."Z").contains(last)
      {
        text += separator
      }
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  private static let spellings: [@Sendable (String) -> String] = [
    { $0 }, { $0.lowercased() }, { $0.uppercased() }, { words($0, "_").lowercased() },
    { words($0, "-").lowercased() }, { words($0, " ") },
    { $0.prefix(1).lowercased() + $0.dropFirst() },
  ]

  private static func object(_ fields: Fields) -> String {
    FormTests.object(fields.map { ($0.name, $0.value) })
  }

  private static func list(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ", ") + "]"
  }

  /// Sysmon's own fields.
  private static func data(_ fields: Fields, _ random: inout some RandomNumberGenerator) -> String {
    let spelling = spellings.randomElement(using: &random) ?? { $0 }
    let spelled = fields.map { (name: spelling($0.name), value: $0.value) }
    let names = [
      ("Name", "#text"), ("@Name", "#text"), ("name", "value"), ("Name", "Value"),
      ("key", "value"), ("Name", "text"), ("_Name", "__text"), ("name", "content"),
      ("field", "value"), ("k", "v"),
    ]
    let (name, value) = names.randomElement(using: &random) ?? ("Name", "Value")
    let pairs = list(
      fields.map { object([(name: name, value: $0.name), (name: value, value: $0.value)]) })
    let maps = list(spelled.map { object([$0]) })
    let arrays = spelled.map {
      FormTests.quoted($0.name) + ": [" + FormTests.quoted($0.value) + "]"
    }
    let forms = [
      object(spelled), pairs, #"{"Data": \#(pairs)}"#, maps, #"{"Data": \#(maps)}"#,
      "{" + arrays.joined(separator: ", ") + "}", FormTests.quoted(object(spelled)),
    ]
    return forms.randomElement(using: &random) ?? ""
  }

  /// What the event log says of an event, and its data.
  private static func record(
    _ id: Int, _ fields: Fields, _ random: inout some RandomNumberGenerator
  ) -> String {
    func any(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
    let time = #""2024-05-01T10:00:01.376Z""#
    let sysmon = #""Microsoft-Windows-Sysmon""#
    func holding(_ key: String, _ json: String) -> String { "{\"\(key)\": \(json)}" }
    let number = any([
      "\(id)", "\"\(id)\"", holding("#text", "\(id)"), holding("Value", "\(id)"),
      holding("_value", "\(id)"),
    ])
    let created = any([
      time, holding("SystemTime", time), holding("@SystemTime", time),
      holding("#attributes", holding("SystemTime", time)),
      holding("$", holding("SystemTime", time)),
    ])
    let provider = any([
      sysmon, holding("Name", sysmon), holding("@Name", sysmon),
      holding("#attributes", holding("Name", sysmon)),
    ])
    let channel = #""Microsoft-Windows-Sysmon/Operational""#
    let system =
      #""Provider": \#(provider), "EventID": \#(number), "TimeCreated": \#(created), "Channel": \#(channel), "Computer": "WS01""#
    let data = data(fields, &random)
    let spelling = spellings.randomElement(using: &random) ?? { $0 }
    let prefix = any([
      "", "EventData.", "event_data_", "win.eventdata.", "winlog.event_data.",
      "data_win_eventdata_",
      "my.own.", "x_",
    ])
    let flat = fields.map { (name: prefix + spelling($0.name), value: $0.value) }
    let host = any(["Computer", "ComputerName", "computer_name", "Hostname", "MachineName"])
    let source = any(["Channel", "channel", "log_name", "SourceName", "ProviderName", "provider"])
    let idName = any(["EventID", "event_id", "EventCode", "EventId", "eventid"])
    return any([
      #"{"Event": {"System": {\#(system)}, "EventData": \#(data)}}"#,
      #"{"System": {\#(system)}, "EventData": \#(data)}"#,
      #"{\#(system), "EventData": \#(data)}"#,
      #"{"@timestamp": \#(time), "winlog": {"channel": \#(channel), "provider_name": \#(sysmon), "event_id": "\#(id)", "computer_name": "WS01", "event_data": \#(data)}}"#,
      #"{"TimeCreated": \#(time), "\#(host)": "WS01", "\#(idName)": "\#(id)", "\#(source)": \#(sysmon), "#
        + object(flat).dropFirst(),
    ])
  }

  private static func enveloped(
    _ record: String, _ random: inout some RandomNumberGenerator
  ) -> String {
    func any(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
    let text = FormTests.quoted(record)
    let array = any(["records", "events", "value", "items", "data", "entries"])
    let inner = any(["payload", "foo", "content", "document", "body", "attributes"])
    let string = any(["message", "log", "_raw", "event", "body", "MESSAGE", "foo"])
    let base64 = Data(record.utf8).base64EncodedString()
    // What collectors say of themselves is not the event's.
    let beside = #""ingest": {"time": "2025-01-01T00:00:00Z", "timestamp": 1735689600}"#
    return any([
      record.dropLast() + ", \(beside)}", "{\(beside), " + record.dropFirst(),
      #"{\#(beside), "\#(string)": \#(text)}"#, #"{"x": {\#(beside), "y": {"z": \#(record)}}}"#,
      record, record, record, "[\(record)]", #"{"\#(array)": [\#(record)]}"#,
      #"{"preview": false, "result": \#(record)}"#, #"{"_index": "x", "_source": \#(record)}"#,
      #"{"\#(inner)": \#(record)}"#, #"{"x": {"y": \#(record)}}"#,
      #"{"host": "relay", "\#(string)": \#(text)}"#, #"{"event": {"original": \#(text)}}"#,
      "<134>May  1 10:00:01 relay sysmon: \(record)", "\u{1E}\(record)", "[\(text)]",
      #"{"took": 1, "hits": {"hits": [{"_source": \#(record)}]}}"#, #"{"data": "\#(base64)"}"#,
      #"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": \#(text)}}]}]}]}"#,
    ])
  }

  private static func line(_ id: Int, _ fields: Fields) -> String {
    var random = SystemRandomNumberGenerator()
    return enveloped(record(id, fields, &random), &random)
  }

  @Test("A connection", arguments: 0..<300)
  func connection(seed: Int) throws {
    let line = Self.line(3, Self.connection)
    let table = ShapeTests.table(line)
    let key = try #require(table.keys.first, "\(line)")
    #expect(table.texts[key.host] == "WS01", "\(line)")
    #expect(table.texts[key.image] == #"C:\Windows\System32\cmd.exe"#, "\(line)")
    #expect(table.texts[key.user] == #"EXAMPLE\alice"#, "\(line)")
    #expect(table.texts[key.address] == "203.0.113.9", "\(line)")
    #expect(table.texts[key.port] == "4444" && key.direction == .outbound, "\(line)")
    #expect(
      key.process.description(table.texts) == "{11111111-2222-3333-4444-555555555555}", "\(line)")
    #expect(table.facts[0].first?.milliseconds == 1_714_557_601_376, "\(line)")
    #expect(table.keys.count == 1 && table.coverage.lines.observations == 1, "\(line)")
  }

  @Test("The start of a process", arguments: 0..<300)
  func start(seed: Int) throws {
    let line = Self.line(1, Self.start)
    let table = ShapeTests.table(line)
    let (key, fact) = try #require(table.processes.first, "\(line)")
    let texts = table.texts
    #expect(texts[key.host] == "WS01", "\(line)")
    #expect(key.process.description(texts) == "{11111111-2222-3333-4444-555555555555}", "\(line)")
    #expect(texts[fact.image] == #"C:\Windows\System32\cmd.exe"#, "\(line)")
    #expect(texts[fact.parent] == #"C:\Program Files\WINWORD.EXE"#, "\(line)")
    #expect(texts[fact.user] == #"EXAMPLE\alice"#, "\(line)")
    #expect(texts[fact.originalFileName] == "Cmd.Exe", "\(line)")
    #expect(texts[fact.commandLine] == #"cmd /c "echo" > C:\x"#, "\(line)")
    #expect(texts[fact.details.hashes] == "MD5=00,SHA256=11", "\(line)")
    #expect(texts[fact.details.integrityLevel] == "High", "\(line)")
    #expect(
      fact.details.parentProcess.description(texts) == "{11111111-2222-3333-4444-666666666666}",
      "\(line)")
    #expect(table.processes.count == 1 && table.coverage.lines.observations == 1, "\(line)")
  }

  @Test("A change of the port for remote desktops", arguments: 0..<300)
  func change(seed: Int) throws {
    let line = Self.line(13, Self.change)
    let table = ShapeTests.table(line)
    let change = try #require(table.registryChanges.first, "\(line)")
    #expect(table.texts[change.host] == "WS01", "\(line)")
    #expect(table.texts[change.target].hasSuffix(#"RDP-Tcp\PortNumber"#), "\(line)")
    #expect(table.texts[change.details] == "DWORD (0x00001f90)", "\(line)")
    #expect(table.texts[change.image] == #"C:\Windows\System32\reg.exe"#, "\(line)")
    #expect(change.time?.milliseconds == 1_714_557_601_376, "\(line)")
    #expect(table.coverage.lines.observations == 1, "\(line)")
  }
}
