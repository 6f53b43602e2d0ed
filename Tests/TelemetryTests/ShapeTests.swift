import Facts
import JSON
import Telemetry
import Testing

@Suite struct ShapeTests {
  static func table(
    _ line: String, _ options: ReadingOptions = ReadingOptions(),
    rememberedKeys: Int = ReadingOptions.rememberedKeys
  ) -> FactTable {
    var facts = WorkerFacts()
    let bytes = Array(line.utf8) + [UInt8](repeating: 0, count: 64)
    unsafe bytes.withUnsafeBytes {
      let reader = LineReader(options, rememberedKeys: rememberedKeys)
      let place = Place(archive: 0, line: 1, offset: 0)
      let outcome = unsafe reader.read(
        .init(rebasing: $0[..<line.utf8.count]), at: place, into: &facts)
      reader.count(outcome, at: place, in: &facts.table.coverage)
    }
    return facts.facts()
  }

  static let events = Shapes.all.filter {
    !$0.name.hasSuffix("_process") && !$0.name.hasSuffix("_registry")
  }.map { ($0.name, $0.sample) }

  @Test("The sample line of every shape is read as that shape", arguments: events)
  func samples(name: String, sample: String) {
    #expect(Self.table(sample).coverage.events.keys.map(\.shape) == [name])
  }

  static let forms = Shapes.catalogue.filter {
    !$0.name.hasSuffix("_process") && !$0.name.hasSuffix("_registry")
  }.map { ($0.name, $0.line) }

  @Test("The sample line of every form is read with its fields", arguments: forms)
  func fields(name: String, sample: String) throws {
    let table = Self.table(sample)
    #expect(table.coverage.lines.observations == 1)
    let key = try #require(table.keys.first)
    let fact = try #require(table.facts.first)
    #expect(table.texts[key.address] == "203.0.113.9")
    #expect(["4444", "8088", "9001"].contains(table.texts[key.port]))
    #expect(
      ["WS01", "WS01.example.test", "ws01.example.test", "LX01"].contains(table.texts[key.host]))
    #expect(!table.texts[key.image].isEmpty)
    #expect(key.direction == .outbound || key.direction == .outboundBySpelling)
    let time = try #require(fact.first)
    #expect((1_714_557_600_000..<1_714_557_621_000).contains(time.milliseconds))
  }

  /// A line of Defender's advanced hunting as it is, and as its streaming API sends it.
  static let wrappings =
    [{ $0 }, { #"{"time":"2024-05-01T10:01:00Z","properties":\#($0)}"# }]
    as [@Sendable (String) -> String]

  @Test("Defender's process starts name the parent", arguments: [0, 1])
  func defenderProcesses(wrapping: Int) throws {
    let wrapped = Self.wrappings[wrapping]
    let shape = try #require(Shapes.all.first { $0.name == "defender_process" })
    let table = Self.table(wrapped(shape.sample))
    #expect(table.coverage.events.keys.map(\.shape) == [shape.name])
    let (key, fact) = try #require(table.processes.first)
    #expect(table.texts[fact.parent] == #"c:\program files\microsoft office\winword.exe"#)
    #expect(table.texts[fact.originalFileName] == "PowerShell.EXE")
    #expect(table.texts[fact.user] == #"example\alice"#)
    // Its connections, which carry no GUID either, find it.
    let network = try #require(Shapes.all.first { $0.name == "defender" })
    let connections = Self.table(wrapped(network.sample))
    #expect(
      key.process.text.map { table.texts[$0] }
        == connections.keys[0].process.text.map { connections.texts[$0] })
  }

  @Test("Defender's registry events change the RDP port", arguments: [0, 1])
  func defenderRegistry(wrapping: Int) throws {
    let shape = try #require(Shapes.all.first { $0.name == "defender_registry" })
    let table = Self.table(Self.wrappings[wrapping](shape.sample))
    #expect(table.coverage.events.keys.map(\.shape) == [shape.name])
    let change = try #require(table.registryChanges.first)
    #expect(table.texts[change.target].hasSuffix(#"\WinStations\RDP-Tcp\PortNumber"#))
    #expect(table.texts[change.details] == "33890")
    #expect(table.texts[change.previous] == "3389")
  }

  @Test("HEC's envelope gives time and host where the event has none")
  func splunkHEC() throws {
    let event =
      #"{"EventCode":3,"Computer":"WS01","Image":"C:\\a.exe","DestinationIp":"203.0.113.9","DestinationPort":"4444"}"#
    let table = Self.table(
      #"{"time":1714557600.5,"sourcetype":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","event":\#(event)}"#
    )
    #expect(table.facts.first?.first?.milliseconds == 1_714_557_600_500)
    let raw =
      #"<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>3</EventID><Computer>WS01</Computer></System><EventData><Data Name='DestinationPort'>4444</Data></EventData></Event>"#
    let xml = Self.table(
      #"{"time":1714557600.5,"sourcetype":"XmlWinEventLog","event":"\#(raw)"}"#)
    #expect(xml.keys.first.map { xml.texts[$0.port] } == "4444")
    #expect(xml.facts.first?.first?.milliseconds == 1_714_557_600_500)
  }

  @Test("A time in an object of another name is the record's only where the event is in it")
  func timeBeside() throws {
    let data =
      #""UtcTime":"2024-05-01 10:00:00.120","Image":"C:\\a.exe","DestinationIp":"203.0.113.9","DestinationPort":"4444""#
    let event =
      #"{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01",\#(data)}"#
    let time = #""time":"2025-01-01T00:00:00Z""#
    func first(_ line: String) -> Int64? { Self.table(line).facts.first?.first?.milliseconds }
    for beside in [#""kafka":{\#(time)}"#, #""a":{"b":{\#(time)}}"#] {
      #expect(first("{\(beside)," + event.dropFirst()) == 1_714_557_600_120)
      #expect(first(event.dropLast() + ",\(beside)}") == 1_714_557_600_120)
      #expect(first("{\(beside),\"message\":\(FormTests.quoted(event))}") == 1_714_557_600_120)
      let undated = event.replacing(#""UtcTime":"2024-05-01 10:00:00.120","#, with: "")
      #expect(first("{\(beside)," + undated.dropFirst()) == 1_735_689_600_000)
    }
    #expect(first(#"{"x":{\#(time),"y":\#(event)}}"#) == 1_735_689_600_000)
    #expect(first(#"{"x":{\#(time),"m":\#(FormTests.quoted(event))}}"#) == 1_735_689_600_000)
  }

  @Test("A batch is as many events as it holds")
  func batches() throws {
    let sample = try #require(Shapes.catalogue.first { $0.name == "defender_streaming" }).line
    let table = Self.table(#"{"records":[\#(sample),\#(sample),{"other":1}]}"#)
    #expect(table.facts.first?.count == 2)
    #expect(table.coverage.lines.total == 1)
  }

  @Test("Shapes are read in their envelopes too", arguments: ["result", "_source"])
  func envelopes(key: String) throws {
    for name in ["flat", "winlogbeat", "evtx_dump", "windows_event"] {
      let sample = try #require(Shapes.all.first { $0.name == name }).sample
      let table = Self.table(#"{"\#(key)":\#(sample)}"#)
      #expect(table.facts.count == 1, "\(name) in \(key)")
    }
  }

  @Test("Named values in an array are read as evtx_dump writes them")
  func namedValues() throws {
    let table = Self.table(
      ##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":{"#attributes":{"Qualifiers":""},"#text":3},"TimeCreated":{"#attributes":{"SystemTime":"2024-05-01T10:00:01Z"}},"Computer":"WS01"},"EventData":{"Data":[{"#attributes":{"Name":"Image"},"#text":"C:\\cmd.exe"},{"#attributes":{"Name":"DestinationPort"},"#text":"4444"}]}}}"##
    )
    let key = try #require(table.keys.first)
    #expect(table.texts[key.image] == "C:\\cmd.exe")
    #expect(table.texts[key.port] == "4444")
  }

  @Test("The byte filter lets every sample through, with blanks around its colons as well")
  func filterIsSound() throws {
    let filter = LineFilter(needles: Needles.all)
    for form in Shapes.catalogue {
      for colon in [":", ": ", " : ", " :", ":  "] {
        let line = form.line.replacing("\":", with: "\"" + colon)
        let bytes = Array(line.utf8) + [UInt8](repeating: 0, count: 64)
        let found = unsafe bytes.withUnsafeBytes {
          unsafe filter.next(in: .init(rebasing: $0[..<line.utf8.count]), from: 0)
        }
        #expect(!found.line.isEmpty, "\(form.name)")
      }
    }
  }

  @Test("A value that is empty ends nothing, even where it is the first one that is kept")
  func emptyValues() throws {
    let line =
      ##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":3,"Computer":"WS01"},"EventData":{"Data":[{"#attributes":{"Name":"Image"},"#text":""},{"#attributes":{"Name":"DestinationPort"},"#text":"4444"}]}}}"##
    let table = Self.table(line)
    #expect(table.keys.first.map { table.texts[$0.port] } == "4444")
  }

  @Test("An RDP port change is seen whatever the data look like")
  func registryChange() throws {
    let table = Self.table(
      #"{"EventID":13,"Hostname":"WS01","Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:00.631","Image":"C:\\Windows\\regedit.exe","TargetObject":"HKLM\\System\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\\PortNumber","Details":"DWORD (0x00008462)"}"#
    )
    let change = try #require(table.registryChanges.first)
    #expect(table.texts[change.details] == "DWORD (0x00008462)")
  }

  @Test(
    "What is not ours is irrelevant, what is no object is malformed, and both are counted",
    arguments: [
      (
        #"{"EventID":3,"Channel":"Microsoft-Windows-Bits-Client/Operational","DestinationPort":"4444"}"#,
        0, 1
      ),
      (#"{"EventID":3"#, 1, 0), ("[1]", 1, 0), ("{}", 0, 1), (#"{"a":1} x"#, 1, 0),
      (#"{"a":1}{"b":2}"#, 1, 0), (#"[{"EventID":3}]"#, 1, 0), ("<Event><System/></Event>", 1, 0),
      (#"[{"EventID":4624,"Channel":"Security"}]"#, 0, 1), ("x", 1, 0),
    ])
  func others(line: String, malformed: Int, irrelevant: Int) {
    let counts = Self.table(line).coverage.lines
    #expect(counts.rejected[.malformed, default: 0] == malformed)
    #expect(counts.irrelevant == irrelevant)
    #expect(counts.total == 1)
  }

  @Test(
    "A connection counts only with a destination port, whatever it holds",
    arguments: [
      (#","DestinationIp":"203.0.113.9""#, 0), (#","DestinationPort":null"#, 0),
      (#","SourcePort":"3389","Initiated":"false","Protocol":"udp""#, 0),
      (#","DestinationPort":[4444]"#, 1), (#","DestinationPort":"""#, 1),
      (#","DestinationPort":"-""#, 1), (#","DestinationPort":"4444""#, 1),
    ])
  func connectionsWithoutPort(fields: String, used: Int) {
    for head in [
      #"{"EventID":3,"Computer":"WS01""#, #"{"EventID":3,"Computer":"WS01","EventData":{"a":1"#,
    ] {
      let line = head + fields + (head.contains("EventData") ? "}}" : "}")
      let counts = Self.table(line).coverage.lines
      #expect(counts.observations == used)
      #expect(counts.irrelevant == 1 - used)
    }
  }

  static let strays = [
    #""EventData":[]"#, #""StringInserts":[]"#, #""StringInserts":["x","y"]"#, #""records":[]"#,
    #""records":[{"a":1}]"#, #""data":{"win":{}}"#, #""EventId":5,"Payload":"{}""#,
    #""EventId":5,"Payload":"{\"Image\":\"x\"}""#, #""System":{}"#,
    #""class_uid":4001,"dst_endpoint":{}"#, #""ActionType":"x","DeviceName":"d""#,
    #""Message":"Network connection detected:\r\nDestinationPort: 1""#,
    #""message":"{\"EventID\":3,\"DestinationPort\":\"1\"}""#,
    #""hits":{"hits":[{"EventID":3,"DestinationPort":"1","Image":"x"}]}"#,
    #""param15":"x","param1":"2024-05-01 10:00:00""#,
    #""fields":["DestinationPort"],"rows":[["1"]]"#,
  ]

  @Test(
    "What other forms have beside an event takes nothing from it",
    arguments: strays, ["EventID", "EventCode"])
  func strayKeys(stray: String, idKey: String) throws {
    let line =
      #"{"\#(idKey)":3,"ProviderName":"Microsoft-Windows-Sysmon","Computer":"WS01","Image":"C:\\cmd.exe","DestinationIp":"203.0.113.9","DestinationPort":"4444",\#(stray)}"#
    let table = Self.table(line)
    #expect(table.coverage.lines.observations == 1)
    #expect(table.keys.map { table.texts[$0.port] } == ["4444"])
    // Nor does the event become Sysmon's, if it is somebody else's.
    let other = Self.table(line.replacing("Microsoft-Windows-Sysmon", with: "Something"))
    #expect(other.coverage.lines.irrelevant == 1)
  }

  @Test(
    "An event of another product stays that, whatever Sysmon's fields stand beside it",
    arguments: [
      #""Event":{"System":{"EventID":3,"Channel":"Security"}}"#,
      #""winlog":{"event_id":3,"channel":"Security"}"#,
      #""data":{"win":{"system":{"eventID":"3","channel":"Security"}}}"#,
      #""System":{"EventID":3,"Channel":"Security"},"EventData":{"DestinationPort":"4444"}"#,
    ])
  func otherProducts(event: String) {
    let line =
      #"{\#(event),"Computer":"WS01","DestinationIp":"203.0.113.9","DestinationPort":"4444"}"#
    #expect(Self.table(line).coverage.lines.irrelevant == 1)
    let flat = line.replacing("\"Computer\"", with: "\"EventID\":3,\"Computer\"")
    #expect(Self.table(flat).coverage.lines.irrelevant == 1)
  }

  private static func inXML(user: String, time: String) -> FactTable {
    table(
      #"{"SyslogMessage":"<Event><System><Provider Name='Linux-Sysmon'/><EventID>3</EventID><TimeCreated SystemTime='\#(time)'/></System><EventData><Data Name='User'>\#(user)</Data><Data Name='DestinationPort'>8088</Data></EventData></Event>"}"#
    )
  }

  @Test("An epoch is a time in XML as it is in JSON")
  func epochInXML() {
    let table = Self.inXML(user: "root", time: "1714557601.5")
    #expect(table.facts.first?.first?.milliseconds == 1_714_557_601_500)
  }

  @Test(
    "Line breaks in XML are line feeds in texts, and blanks in attributes",
    arguments: [
      (#"ro\r\not"#, "ro\not"), (#"ro\rot"#, "ro\not"), (#"ro\n\tot"#, "ro\n\tot"),
      (#"ro&#13;&#10;ot"#, "ro\r\not"), (#"<![CDATA[ro\r\not]]>"#, "ro\not"),
    ])
  func lineBreaksInXML(text: String, user: String) throws {
    let table = Self.inXML(user: text, time: #"2024-05-01\n10:00:00Z"#)
    let key = try #require(table.keys.first)
    #expect(table.texts[key.user] == user)
    #expect(table.facts.first?.first?.description == "2024-05-01 10:00:00")
    let referred = Self.inXML(user: text, time: "2024-05-01&#10;10:00:00Z")
    #expect(referred.facts.first?.first == nil)
  }

  @Test("Local times serve only where a zone is assumed")
  func assumedZone() throws {
    let line =
      #"{"EventTime":"2024-03-01 09:00:00","Hostname":"h","EventID":3,"DestinationPort":"4444"}"#
    #expect(Self.table(line).facts.first?.first == nil)
    var options = ReadingOptions()
    options.assumedSecondsEast = 32_400
    #expect(
      Self.table(line, options).facts.first?.first?.description == "2024-03-01 00:00:00")
  }

  @Test(
    "An impossible record time gives way to the event's own",
    arguments: ["1601-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2131-01-01T00:00:00Z"])
  func corruptRecordTime(record: String) {
    let line =
      #"{"TimeCreated":"\#(record)","UtcTime":"2024-05-01 10:00:00.120","EventID":3,"DestinationPort":"4444"}"#
    #expect(Self.table(line).facts.first?.first?.description == "2024-05-01 10:00:00")
    let alone = line.replacing(#""UtcTime":"2024-05-01 10:00:00.120","#, with: "")
    #expect(Self.table(alone).facts.first?.first?.description.hasPrefix(record.prefix(4)) == true)
  }

  @Test("A connection that names no port is none, whoever reports it")
  func withoutPort() throws {
    for (name, port) in [("defender", "RemotePort"), ("ocsf", "\"port\":4444")] {
      let sample = try #require(Shapes.all.first { $0.name == name }).sample
      let table = Self.table(sample.replacing(port, with: port.replacing("ort", with: "rt")))
      #expect(table.keys.isEmpty)
      #expect(table.coverage.lines.irrelevant == 1)
    }
  }
}
