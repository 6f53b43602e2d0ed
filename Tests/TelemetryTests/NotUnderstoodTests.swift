import Facts
import Telemetry
import Testing

/// What names Sysmon and gives nothing is counted, with the reason.
@Suite struct NotUnderstoodTests {
  static let sysmon = #""ProviderName":"Microsoft-Windows-Sysmon","Computer":"WS01""#

  static let lines: [(String, String)] = [
    (
      #"{"SYSLOG_IDENTIFIER":"sysmon","MESSAGE":null}"#,
      "the journal's entry has no text that can be read (journalctl --all keeps what is long)"
    ),
    (
      #"{"MESSAGE": [7, 7], "SYSLOG_IDENTIFIER": "sysmon"}"#,
      "the journal's entry has no text that can be read (journalctl --all keeps what is long)"
    ),
    (#"{"EventID":3,\#(sysmon),"Image":"C:\\a.exe"}"#, "Event ID 3 without a DestinationPort"),
    (
      #"{"EventID":3,\#(sysmon),"tgt":"203.0.113.9","tgt_p":4444}"#,
      "Event ID 3 without a DestinationPort"
    ),
    (#"{"EventID":1,\#(sysmon),"proc":"C:\\a.exe"}"#, "Event ID 1 without Image and ParentImage"),
    (#"{"EventID":13,\#(sysmon),"key":"HKLM"}"#, "Event ID 13 without a TargetObject"),
    (#"{"number":3,\#(sysmon),"Image":"x","DestinationPort":"4444"}"#, "no Event ID was found"),
    (
      #"<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>3</EventID></System><EventData><Data Name='Image'>C:\a.exe</Data><Data Name='Destin"#,
      "Event ID 3 without a DestinationPort"
    ),
    (
      #"{"Id":3,\#(sysmon),"Message":"Network connection detected:\r\nUtcTime: 2024-05-01 10:00:00.120\r\nProcessId: {1}\r\nDestinationPort: 4444"}"#,
      "the values of its message do not fit their names"
    ),
    (
      #"{"Id":3,\#(sysmon),"Message":"Network connection detected:\r\nUtcTime: 2024-05-01 10:00:00.120\r\nImage: C:\\a.e"}"#,
      "its message is cut"
    ),
    (
      #"{"message":"CEF:0|Microsoft|Sysmon|15|3|Network connection|3|dst=203.0.113.9 dpt"}"#,
      "Event ID 3 without a DestinationPort"
    ),
    (
      #"{"rows":{"0":["Microsoft-Windows-Sysmon"]},"DestinationPort":{"0":4444,"1":80}}"#,
      "no event was found in it"
    ),
    (
      "{\"message\":\"Network connection detected: UtcTime: 2024-05-01 10:00:00.120 Image: C:\\\\a.exe DestinationPort: 80 DestinationPort: 4444\",\(sysmon)}",
      "its message has a name twice, in one line"
    ),
    (
      #"{"prov":"Microsoft-Windows-Sysmon","id":3,"host":"WS01","d":{"a":"C:\\a.exe","b":"4444"}}"#,
      "no event was found in it"
    ),
    (
      #"{"d":{"a":"C:\\a.exe","b":"4444","id":3},"log":"Microsoft-Windows-Sysmon/Operational"}"#,
      "no event was found in it"
    ),
  ]

  @Test("An event of Sysmon's that gives nothing is counted, with the reason", arguments: lines)
  func counted(line: String, reason: String) {
    let coverage = ShapeTests.table(line).coverage
    #expect(coverage.lines.notUnderstood == 1)
    #expect(coverage.lines.total == 1)
    #expect(coverage.notUnderstood.map(\.reason) == [reason])
  }

  @Test("Nor is it passed over unread", arguments: [1, 3], ["id", "EventID", "Event ID"])
  func unread(id: Int, name: String) {
    for line in [#"{"a":1,"\#(name)":\#(id),"b":2}"#, #"{"\#(name)": \#(id), "a": 1}"#] {
      #expect(HiddenKeyTests.isCandidate(line))
    }
  }

  @Test(
    "Other events, other products and rows that are set aside are not among them",
    arguments: [
      #"{"EventID":5,\#(sysmon)}"#, #"{"EventID":13,\#(sysmon),"TargetObject":"HKLM\\x"}"#,
      #"{"EventID":1,\#(sysmon),"Image":"C:\\a.exe"}"#,
      #"{"EventID":3,"Channel":"Microsoft-Windows-Bits-Client/Operational"}"#,
      #"{"EventID":4104,"Channel":"Windows PowerShell","Message":"Get-WinEvent Microsoft-Windows-Sysmon/Operational"}"#,
      #"{"preview":true,"result":{"EventCode":"3","source":"Microsoft-Windows-Sysmon","DestinationPort":"4444"}}"#,
      #"{"class_uid":4001,"time":1714557600120,"dst_endpoint":{"ip":"203.0.113.9","port":4444}}"#,
    ])
  func others(line: String) {
    let coverage = ShapeTests.table(line).coverage
    #expect(coverage.lines.irrelevant == 1)
    #expect(coverage.lines.total == 1)
  }

  @Test(
    "What a broken line would have reported is counted with it",
    arguments: [
      (#"{"EventID":3,\#(sysmon),"DestinationPort":"44"#, EventKind.connection),
      (#"{"x":{"destination":{"port":4444},"z":"Microsoft-Windows-Sysmon"}"#, .connection),
      (#"{"ActionType":"ConnectionSuccess","RemotePort":4444,"#, .connection),
      (#"{"EventID":1,\#(sysmon),"ParentImage":"C:\\a"#, .processStart),
      (#"{"destination":{"port":4444},"#, nil), (#"{"a":1,"parent":"#, nil),
    ] as [(String, EventKind?)])
  func broken(line: String, event: EventKind?) {
    let coverage = ShapeTests.table(line).coverage
    #expect(coverage.lines.rejected == [.malformed: 1])
    #expect(coverage.rejectedEvents == (event.map { [$0: 1] } ?? [:]))
  }

  @Test("Previews and flows without a process are counted apart")
  func setAside() {
    let preview = ShapeTests.table(
      #"{"preview":true,"result":{"EventCode":"3","source":"Microsoft-Windows-Sysmon","DestinationPort":"4444"}}"#
    )
    #expect(preview.coverage.setAside == [.previewRow: 1])
    #expect(preview.keys.isEmpty)
    let flow = ShapeTests.table(
      #"{"class_uid":4001,"time":1714557600120,"dst_endpoint":{"ip":"203.0.113.9","port":4444}}"#)
    #expect(flow.coverage.setAside == [.flowWithoutProcess: 1])
    #expect(flow.keys.isEmpty)
  }
}
