import Facts
import Hunting
import Knowledge
import Telemetry
import Testing

/// The published detection has a twin over Defender's tables: the same traffic gives the same findings,
/// whichever of the two has watched it.
@Suite struct DefenderTwinTests {
  struct Process {
    var number: Int
    var image: String
    var parent: String
    var port: Int
    var count: Int
  }

  static let processes = [
    Process(
      number: 1, image: #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#,
      parent: #"C:\Program Files\Microsoft Office\winword.exe"#, port: 4444, count: 12),
    Process(
      number: 2, image: #"C:\Windows\System32\rundll32.exe"#, parent: #"C:\Windows\explorer.exe"#,
      port: 50_001, count: 3),
    Process(
      number: 3, image: #"C:\Users\a\AppData\svc.exe"#, parent: #"C:\Windows\explorer.exe"#,
      port: 6666, count: 2),
    Process(
      number: 4, image: #"C:\Program Files\Browser\browser.exe"#,
      parent: #"C:\Windows\explorer.exe"#, port: 443, count: 9),
  ]

  @Test("The same traffic gives the same table", arguments: [Parity.seed, .tuned], [true, false])
  func table(parity: Parity, parentIsOnEvent: Bool) {
    var sysmon = hunt(Self.read(Self.sysmon), by: HuntRules(parity: parity))
    var defender = hunt(
      Self.read(Self.defender(parentIsOnEvent: parentIsOnEvent)), by: HuntRules(parity: parity))
    sysmon.findings.removeAll { $0.kind != .tableRow }
    defender.findings.removeAll { $0.kind != .tableRow }
    #expect(sysmon.findings.count == 3)
    #expect(sysmon.findings.map(Self.row) == defender.findings.map(Self.row))
    #expect(sysmon.findings.map(\.points) == defender.findings.map(\.points))
    #expect(sysmon.beacons.map(\.score) == defender.beacons.map(\.score))
    #expect(defender.beacons.map(\.isSampled) == [true, true])
    #expect(
      defender.findings.map(\.parentSource)
        == defender.findings.map { _ in parentIsOnEvent ? .event : .processStart })
    #expect(sysmon.remoteDesktopChanges.map(\.newPort) == [33_890])
    #expect(defender.remoteDesktopChanges.map(\.newPort) == [33_890])
    #expect(
      defender.remoteDesktopChanges.map(\.followUp) == sysmon.remoteDesktopChanges.map(\.followUp))
  }

  /// Defender writes names in lower case, and of a parent on a network event only the file's name.
  private static func row(_ finding: Finding) -> [String] {
    let parent = finding.parentImage.lowercased().split(separator: "\\").last.map(String.init) ?? ""
    return [
      finding.host.lowercased(), finding.image.lowercased(), finding.user.lowercased(), parent,
      finding.portsUsed.map(\.text).joined(separator: " "),
      finding.remoteAddresses.joined(separator: " "), "\(finding.connectionCount)",
      "\(finding.maxRiskScore)", finding.firstSeen?.description ?? "",
      finding.lastSeen?.description ?? "",
    ]
  }

  private static func escaped(_ path: String) -> String {
    path.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: #"\\"#)
  }

  private static func clock(_ second: Int) -> String {
    let (minutes, seconds) = (second / 60, second % 60)
    return "10:\(minutes < 10 ? "0" : "")\(minutes):\(seconds < 10 ? "0" : "")\(seconds)"
  }

  private static var sysmon: [String] {
    let system =
      #""Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","User":"EX\\alice""#
    var lines = processes.flatMap { process -> [String] in
      let guid = "{11111111-2222-3333-4444-00000000000\(process.number)}"
      let image = escaped(process.image)
      let start =
        #"{"EventID":1,\#(system),"TimeCreated":"2024-05-01T09:59:58Z","ProcessGuid":"\#(guid)","Image":"\#(image)","ParentImage":"\#(escaped(process.parent))"}"#
      return [start]
        + (0..<process.count).map { beat in
          let time = clock(beat * 60)
          return
            #"{"EventID":3,\#(system),"TimeCreated":"2024-05-01T\#(time)Z","UtcTime":"2024-05-01 \#(time).000","ProcessGuid":"\#(guid)","Image":"\#(image)","Protocol":"tcp","Initiated":"true","SourceIp":"192.0.2.10","SourcePort":"50123","DestinationIp":"203.0.113.9","DestinationPort":"\#(process.port)"}"#
        }
    }
    lines.append(
      #"{"EventID":13,\#(system),"TimeCreated":"2024-05-01T10:00:00Z","Image":"C:\\Windows\\regedit.exe","TargetObject":"HKLM\\System\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\\PortNumber","Details":"DWORD (0x00008462)"}"#
    )
    lines.append(
      #"{"EventID":3,\#(system),"TimeCreated":"2024-05-01T10:30:00Z","UtcTime":"2024-05-01 10:30:00.000","Image":"C:\\Windows\\System32\\svchost.exe","Protocol":"tcp","Initiated":"false","SourceIp":"198.51.100.7","SourcePort":"50123","DestinationIp":"192.0.2.10","DestinationPort":"33890"}"#
    )
    return lines
  }

  private static func defender(parentIsOnEvent: Bool) -> [String] {
    let device = #""DeviceName":"ws01""#
    let account =
      #""InitiatingProcessAccountDomain":"ex","InitiatingProcessAccountName":"alice""#
    var lines = processes.flatMap { process -> [String] in
      let image = escaped(process.image).lowercased()
      let parent = escaped(process.parent).lowercased()
      let born = #""2024-05-01T09:59:58Z""#
      let start =
        #"{"Timestamp":"2024-05-01T09:59:58Z",\#(device),"ActionType":"ProcessCreated","FolderPath":"\#(image)","ProcessId":\#(process.number),"ProcessCreationTime":\#(born),"InitiatingProcessFolderPath":"\#(parent)","InitiatingProcessParentFileName":"explorer.exe"}"#
      return [start]
        + (0..<process.count).map { beat in
          let name = process.parent.split(separator: "\\").last.map(String.init) ?? ""
          let parent = parentIsOnEvent ? #","InitiatingProcessParentFileName":"\#(name)""# : ""
          return
            #"{"Timestamp":"2024-05-01T\#(clock(beat * 60))Z",\#(device),"ActionType":"ConnectionSuccess","RemoteIP":"203.0.113.9","RemotePort":\#(process.port),"LocalIP":"192.0.2.10","LocalPort":50123,"Protocol":"Tcp","InitiatingProcessFolderPath":"\#(image)","InitiatingProcessId":\#(process.number),"InitiatingProcessCreationTime":\#(born),\#(account)\#(parent)}"#
        }
    }
    lines.append(
      #"{"Timestamp":"2024-05-01T10:00:00Z",\#(device),"ActionType":"RegistryValueSet","RegistryKey":"HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\Terminal Server\\WinStations\\RDP-Tcp","RegistryValueName":"PortNumber","RegistryValueData":"33890","InitiatingProcessFolderPath":"c:\\windows\\regedit.exe",\#(account)}"#
    )
    lines.append(
      #"{"Timestamp":"2024-05-01T10:30:00Z",\#(device),"ActionType":"InboundConnectionAccepted","RemoteIP":"198.51.100.7","RemotePort":50123,"LocalIP":"192.0.2.10","LocalPort":33890,"Protocol":"Tcp","InitiatingProcessFolderPath":"c:\\windows\\system32\\svchost.exe",\#(account)}"#
    )
    return lines
  }

  static func read(_ lines: [String]) -> FactTable {
    var facts = WorkerFacts()
    let reader = LineReader(ReadingOptions())
    for (index, line) in lines.enumerated() {
      let bytes = Array(line.utf8) + [UInt8](repeating: 0, count: 64)
      unsafe bytes.withUnsafeBytes {
        _ = unsafe reader.read(
          .init(rebasing: $0[..<line.utf8.count]),
          at: Place(archive: 0, line: index + 1, offset: index), into: &facts)
      }
    }
    return facts.facts()
  }
}
