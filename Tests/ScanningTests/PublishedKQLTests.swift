import Facts
import Hunting
import Knowledge
import Scanning
import Telemetry
import Testing

/// `--parity kql` against the published query, written down here a second time and apart.
@Suite struct PublishedKQLTests {
  /// A row of DeviceNetworkEvents.
  private struct Event {
    var action: String
    var addressType: String
    var file: String
    var port: Int
    var parent: String?

    var line: String {
      let parent = parent.map { #","InitiatingProcessParentFileName":"\#($0)""# } ?? ""
      let address = addressType == "Private" ? "10.1.2.3" : "203.0.113.9"
      return
        #"{"Timestamp":"2024-05-01T10:00:00Z","DeviceName":"ws01","ActionType":"\#(action)","RemoteIP":"\#(address)","RemoteIPType":"\#(addressType)","RemotePort":\#(port),"LocalIP":"192.0.2.10","LocalPort":50123,"Protocol":"Tcp","InitiatingProcessFileName":"\#(file)","InitiatingProcessFolderPath":"c:\\x\\\#(file)","InitiatingProcessId":7,"InitiatingProcessAccountDomain":"ex","InitiatingProcessAccountName":"alice"\#(parent)}"#
    }

    /// As published: filter, two conditions, score.
    var score: Int {
      guard action == "ConnectionSuccess", addressType == "Public" else { return 0 }
      let isHighRisk = [
        "cmd.exe", "powershell.exe", "pwsh.exe", "wscript.exe", "cscript.exe", "mshta.exe",
        "rundll32.exe", "regsvr32.exe", "certutil.exe", "bitsadmin.exe", "msiexec.exe",
        "svchost.exe",
      ].contains(file.lowercased())
      let isKnown = [
        444, 587, 1224, 1337, 2083, 2087, 4443, 4444, 4445, 6666, 6667, 6668, 7777, 8008, 8088,
        8888, 9001, 9090, 31337,
      ].contains(port)
      let isOdd =
        isHighRisk && port > 1024
        && ![80, 443, 8080, 8443, 3000, 5000, 5001, 9000].contains(port)
      return isHighRisk && isKnown ? 3 : isOdd ? 2 : isKnown ? 1 : 0
    }
  }

  private static let events: [Event] = {
    var events: [Event] = []
    let files = ["powershell.exe", "PowerShell.EXE", "svchost.exe", "dsregcmd.exe", "agent.exe"]
    for file in files {
      for port in [25, 53, 80, 443, 444, 1024, 1025, 4444, 5000, 5001, 8080, 9001, 49_999] {
        for action in ["ConnectionSuccess", "ConnectionRequest", "ConnectionFailed"] {
          for type in ["Public", "Private", "FourToSixMapping"] {
            let parent = port % 2 == 0 ? "WINWORD.EXE" : nil
            events.append(
              Event(action: action, addressType: type, file: file, port: port, parent: parent))
          }
        }
      }
    }
    return events
  }()

  @Test("The table is that of the published query, for every action, address, process and port")
  func table() {
    struct Row: Equatable {
      var image: String
      var parent: String
      var ports: [Int]
      var count: Int
      var score: Int
    }
    var expected: [Row] = []
    for event in Self.events where event.score > 0 {
      let (image, parent) = ("c:\\x\\" + event.file, event.parent ?? "")
      let at =
        expected.firstIndex { $0.image == image && $0.parent == parent } ?? expected.count
      if at == expected.count {
        expected.append(Row(image: image, parent: parent, ports: [], count: 0, score: 0))
      }
      if !expected[at].ports.contains(event.port) { expected[at].ports.append(event.port) }
      expected[at].count += 1
      expected[at].score = max(expected[at].score, event.score)
    }
    for at in expected.indices { expected[at].ports.sort() }
    expected.sort {
      if $0.score != $1.score { return $0.score > $1.score }
      if $0.count != $1.count { return $0.count > $1.count }
      return $0.image == $1.image ? $0.parent < $1.parent : $0.image < $1.image
    }
    let verdict = hunt(DefenderTwinTests.read(Self.events.map(\.line)), by: HuntRules(parity: .kql))
    let found = verdict.findings.map {
      Row(
        image: $0.image, parent: $0.parentImage, ports: $0.portsUsed.compactMap(\.number),
        count: $0.connectionCount, score: $0.maxRiskScore)
    }
    #expect(!expected.isEmpty)
    #expect(found == expected)
  }

  @Test(
    "The query compares the file's name, whatever the path beside it ends with",
    arguments: [
      (#"c:\\windows\\system32"#, "powershell.exe", 3),
      (#"c:\\x\\renamed.exe"#, "PowerShell.EXE", 3),
      (#"c:\\x\\powershell.exe"#, "agent.exe", 1), (#"C:\\X\\POWERSHELL.EXE"#, "powershell.exe", 3),
      ("", "powershell.exe", 3), ("/usr/bin/pwsh.exe", "pwsh.exe", 3),
    ])
  func fileName(path: String, file: String, score: Int) throws {
    let event = Event(action: "ConnectionSuccess", addressType: "Public", file: "F", port: 4444)
    let line = event.line.replacing(#""F""#, with: "\"\(file)\"")
      .replacing(#""c:\\x\\F""#, with: "\"\(path)\"")
    let finding = try #require(
      hunt(DefenderTwinTests.read([line]), by: HuntRules(parity: .kql)).findings.first)
    #expect(finding.maxRiskScore == score)
    #expect(finding.image.lowercased().hasSuffix(file.lowercased()))
  }

  @Test("Sysmon's lines are not Defender's, and without a type the address tells")
  func others() {
    let sysmon =
      #"{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","UtcTime":"2024-05-01 10:00:00.000","Image":"C:\\powershell.exe","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}"#
    #expect(hunt(DefenderTwinTests.read([sysmon]), by: HuntRules(parity: .kql)).findings.isEmpty)
    let event = Event(
      action: "ConnectionSuccess", addressType: "Public", file: "powershell.exe", port: 4444)
    let bare = event.line.replacing(#""RemoteIPType":"Public","#, with: "")
    #expect(hunt(DefenderTwinTests.read([bare]), by: HuntRules(parity: .kql)).findings.count == 1)
    let inside = bare.replacing("203.0.113.9", with: "192.168.1.1")
    #expect(hunt(DefenderTwinTests.read([inside]), by: HuntRules(parity: .kql)).findings.isEmpty)
  }
}
