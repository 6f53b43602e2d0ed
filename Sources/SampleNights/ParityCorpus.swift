/// Small archives that are dense in what decides the published table: names that only contain a listed one,
/// ports at every border and ports that are not numbers, directions in every spelling, fields that are missing,
/// empty or `-`, parents that only Event ID 1 knows, and lines that are not events at all.
///
/// They hold nothing on which the meaning of the detection leaves a choice, so that an oracle written from its
/// description alone has to agree row by row.
package struct ParityCorpus {
  /// How the events of an archive are written.
  package enum Form: String, CaseIterable, Sendable {
    /// NXLog: all fields at the top, as text.
    case flat
    /// evtx_dump: `Event.System` and `Event.EventData`, with numbers and booleans.
    case nested
    /// Winlogbeat: `winlog.event_data`, as text.
    case beats
    /// Each line in another of these forms.
    case mixed
  }

  private struct Process {
    var guid: String
    var image: String?
    var user: String?
    var parent: String
    var host: String
    var hasStart: Bool
  }

  private var random: SampleRandom
  private let form: Form
  private var clock = 1_714_550_400_000
  private var record = 1000

  package init(form: Form, seed: UInt64) {
    random = SampleRandom(seed: seed, "parity", form.rawValue)
    self.form = form
  }

  private static let images: [String?] = [
    #"C:\Windows\System32\cmd.exe"#, #"C:\Windows\System32\dsregcmd.exe"#,
    #"C:\Tools\cmd.exe.bak\agent.exe"#,
    #"C:\Windows\System32\WindowsPowerShell\v1.0\PowerShell.EXE"#,
    #"C:\Program Files\PowerShell\7\pwsh.exe"#, #"C:\WINDOWS\SYSWOW64\RUNDLL32.EXE"#,
    #"C:\Windows\System32\mshta.exe"#, #"C:\Windows\System32\svchost.exe"#,
    #"C:\Users\Zoë\AppData\Local\Temp\curl.exe"#, "certutil.exe", "cmd.ex", "-", "", nil,
  ]
  private static let users: [String?] = [
    #"CORP\ada"#, #"NT AUTHORITY\SYSTEM"#, #"CORP\Zoë "quote" O'Neil"#, "-", "", nil,
  ]
  private static let parents = [
    #"C:\Windows\explorer.exe"#, #"C:\Program Files\Microsoft Office\WINWORD.EXE"#, "-",
  ]
  private static let hosts = ["WS01.corp.example", "WS02.corp.example", "SRV-DC1"]
  /// Listed, standard, at the border of 1024, at the ends, and unremarkable.
  private static let ports = [
    444, 587, 1224, 1337, 2083, 2087, 4443, 4444, 4445, 6666, 6667, 6668, 7777, 8008, 8088, 8888,
    9001, 9090, 31337, 80, 443, 8080, 8443, 53, 25, 3000, 5000, 9000, 0, 1, 1023, 1024, 1025, 5001,
    8081, 49671, 65535,
  ]
  private static let addresses = [
    "203.0.113.7", "198.51.100.83", "10.1.2.3", "127.0.0.1", "2001:db8:0:0:0:0:0:7", "fe80::1",
  ]

  /// All lines of the archive, each with its LF.
  package mutating func lines(connections: Int) -> [UInt8] {
    let processes = (0..<40).map { index in
      Process(
        guid:
          "{5770385F-C22A-43E0-BF4C-0600000000\(String(16 + index, radix: 16, uppercase: true))}",
        image: random.pick(Self.images), user: random.pick(Self.users),
        parent: random.pick(Self.parents), host: random.pick(Self.hosts),
        hasStart: random.chance(600))
    }
    var bytes: [UInt8] = []
    // Half of the starts come before the connections, half after all of them.
    let starts = processes.filter(\.hasStart)
    for process in starts.prefix(starts.count / 2) { append(start(of: process), to: &bytes) }
    for _ in 0..<connections {
      if random.chance(80) { append(noise(), to: &bytes) }
      append(connection(of: random.pick(processes)), to: &bytes)
    }
    for process in starts.dropFirst(starts.count / 2) { append(start(of: process), to: &bytes) }
    return bytes
  }

  private func append(_ line: [UInt8], to bytes: inout [UInt8]) {
    bytes += line
    bytes.append(UInt8(ascii: "\n"))
  }

  /// A line that is not an event of interest.
  private mutating func noise() -> [UInt8] {
    switch random.below(4) {
    case 0: return []
    case 1: return Array(#"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Image":"#.utf8)
    case 2: return Array(#"{"message":"cmd.exe connected to port 4444","level":"info"}"#.utf8)
    default:
      return line(
        5, on: random.pick(Self.hosts), [("Image", .text(#"C:\Windows\System32\cmd.exe"#))])
    }
  }

  private enum Value {
    case text(String)
    case number(Int)
    case flag(Bool)
    case null
  }

  private mutating func start(of process: Process) -> [UInt8] {
    var fields: [(String, Value)] = [("ProcessGuid", .text(process.guid))]
    fields.append(("Image", .text(process.image ?? #"C:\Windows\System32\unknown.exe"#)))
    fields.append(("ParentImage", .text(process.parent)))
    return line(1, on: process.host, fields)
  }

  private mutating func connection(of process: Process) -> [UInt8] {
    var fields: [(String, Value)] = []
    if !random.chance(50) { fields.append(("ProcessGuid", .text(process.guid))) }
    if let image = process.image { fields.append(("Image", .text(image))) }
    if let user = process.user { fields.append(("User", .text(user))) }
    if random.chance(150) { fields.append(("ParentImage", .text(random.pick(Self.parents)))) }
    switch random.below(20) {
    case 0: fields.append(("Initiated", .text("false")))
    case 1: fields.append(("Initiated", .flag(false)))
    case 2: fields.append(("Initiated", .text("True")))
    case 3: fields.append(("Initiated", .text("")))
    case 4: fields.append(("Initiated", .null))
    case 5: break
    case 6...12: fields.append(("Initiated", .flag(true)))
    default: fields.append(("Initiated", .text("true")))
    }
    fields.append(("DestinationIp", .text(random.pick(Self.addresses))))
    let port = random.pick(Self.ports)
    switch random.below(20) {
    case 0:
      fields.append(("DestinationPort", .text(random.pick(["-", "abc", "", "44 44", "0x115C"]))))
    case 1: fields.append(("DestinationPort", .null))
    case 2: break
    case 3...9: fields.append(("DestinationPort", .number(port)))
    default: fields.append(("DestinationPort", .text(String(port))))
    }
    return line(3, on: process.host, fields)
  }

  private mutating func line(_ event: Int, on host: String, _ fields: [(String, Value)]) -> [UInt8]
  {
    clock += random.within(1...90_000)
    record += 1
    // Where the record has a time of its own, it is some milliseconds later than Sysmon's, or a second.
    let utc = Moment(milliseconds: clock)
    let recorded = Moment(milliseconds: clock + random.within(0...1500))
    let forms = Form.allCases.filter { $0 != .mixed }
    var writer = JSONLineWriter()
    let number = record
    switch form == .mixed ? random.pick(forms) : form {
    case .flat, .mixed:
      writer.object { line in
        // A local time without a zone: it does not count.
        line.field("EventTime", (recorded + 7_200_000).secondsText)
        line.field("Hostname", host)
        line.field("EventID", event)
        line.field("SourceName", "Microsoft-Windows-Sysmon")
        line.field("RecordNumber", number)
        line.field("Channel", "Microsoft-Windows-Sysmon/Operational")
        line.field("UtcTime", utc.sysmonText)
        Self.write(fields, to: &line)
        line.field("host", "collector01")
      }
    case .nested:
      writer.object { line in
        line.object("Event") { line in
          line.object("System") { line in
            line.object("Provider") { line in
              line.object("#attributes") { $0.field("Name", "Microsoft-Windows-Sysmon") }
            }
            line.field("EventID", event)
            line.object("TimeCreated") { line in
              line.object("#attributes") { $0.field("SystemTime", recorded.isoText()) }
            }
            line.field("EventRecordID", number)
            line.field("Channel", "Microsoft-Windows-Sysmon/Operational")
            line.field("Computer", host)
          }
          line.object("EventData") { line in
            line.field("UtcTime", utc.sysmonText)
            Self.write(fields, to: &line)
          }
        }
      }
    case .beats:
      writer.object { line in
        line.field("@timestamp", utc.isoText())
        line.object("host") { $0.field("name", "collector01") }
        line.object("winlog") { line in
          line.field("channel", "Microsoft-Windows-Sysmon/Operational")
          line.field("provider_name", "Microsoft-Windows-Sysmon")
          line.field("computer_name", host)
          line.field("event_id", String(event))
          line.field("record_id", number)
          line.object("event_data") { line in
            line.field("UtcTime", utc.sysmonText)
            Self.write(fields, to: &line)
          }
        }
      }
    }
    return writer.bytes
  }

  private static func write(_ fields: [(String, Value)], to line: inout JSONLineWriter) {
    for (name, value) in fields {
      switch value {
      case .text(let text): line.field(name, text)
      case .number(let number): line.field(name, number)
      case .flag(let flag): line.field(name, flag)
      case .null: line.null(name)
      }
    }
  }
}
