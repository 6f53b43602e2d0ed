import Facts

extension Shape {
  /// By what happened; connections, which are known by their direction, last.
  static let defenders = [defenderProcess, defenderRegistry, defenderNetwork]

  private static func defender(_ name: String, title: String, sample: String) -> Shape {
    Shape(
      name: name, title: "Microsoft Defender \(title)",
      sample:
        #"{"Timestamp":"2024-05-01T10:00:00.12Z","DeviceName":"ws01.example.test","ActionType":"#
        + sample + "}",
      conditions: [
        .scalar("ActionType"), .present("DeviceName"), .absent(.slot(.eventID)),
      ],
      origin: .defender, eventID: ["ActionType"], host: ["DeviceName"], collector: [],
      recordTime: ["Timestamp", "TimeGenerated", "TimeGenerated [UTC]"], otherTimes: [],
      fields: [
        .image: ["InitiatingProcessFolderPath", "InitiatingProcessFileName"],
        .processGuid: ["InitiatingProcessUniqueId"], .processID: ["InitiatingProcessId"],
        .commandLine: ["InitiatingProcessCommandLine"],
      ],
      userParts: [
        ("InitiatingProcessAccountDomain", "InitiatingProcessAccountName", onlyWith: nil)
      ],
      processParts: ("InitiatingProcessId", "InitiatingProcessCreationTime"))
  }

  private static let defenderNetwork: Shape = {
    var shape = defender(
      "defender", title: "DeviceNetworkEvents",
      sample:
        ##""ConnectionSuccess","RemoteIP":"203.0.113.9","RemotePort":4444,"RemoteUrl":null,"LocalIP":"192.0.2.10","LocalPort":50123,"Protocol":"Tcp","RemoteIPType":"Public","InitiatingProcessFileName":"powershell.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe","InitiatingProcessId":4321,"InitiatingProcessCreationTime":"2024-05-01T09:59:58Z","InitiatingProcessParentFileName":"WINWORD.EXE","InitiatingProcessAccountDomain":"example","InitiatingProcessAccountName":"alice","InitiatingProcessVersionInfoOriginalFileName":"PowerShell.EXE""##
    )
    shape.fields.merge(
      [
        .parentImage: ["InitiatingProcessParentFileName"], .transport: ["Protocol"],
        .sourceIP: ["LocalIP"], .sourcePort: ["LocalPort"], .destinationIP: ["RemoteIP"],
        .destinationPort: ["RemotePort"], .destinationName: ["RemoteUrl"],
        .originalFileName: ["InitiatingProcessVersionInfoOriginalFileName"],
      ], uniquingKeysWith: { _, new in new })
    shape.direction = .init(
      place: "ActionType",
      outbound: [
        "ConnectionSuccess", "ConnectionRequest", "ConnectionAttempt",
        "ConnectionSuccessAggregatedReport",
      ],
      inbound: ["InboundConnectionAccepted", "InboundConnectionAcceptedAggregatedReport"])
    return shape
  }()

  /// The one who acts is the parent of the process that the event is about.
  private static let defenderProcess: Shape = {
    var shape = defender(
      "defender_process", title: "DeviceProcessEvents",
      sample:
        ##""ProcessCreated","FileName":"powershell.exe","FolderPath":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","ProcessId":4321,"ProcessCommandLine":"powershell.exe -nop","ProcessCreationTime":"2024-05-01T09:59:58Z","AccountDomain":"example","AccountName":"alice","ProcessVersionInfoOriginalFileName":"PowerShell.EXE","InitiatingProcessFileName":"winword.exe","InitiatingProcessFolderPath":"c:\\program files\\microsoft office\\winword.exe","InitiatingProcessParentFileName":"explorer.exe""##
    )
    // The table has that column in every row; it is also what the byte filter looks for.
    shape.conditions += [
      .text("ActionType", "ProcessCreated"), .present("InitiatingProcessParentFileName"),
    ]
    shape.observes = .processStart
    shape.fields = [
      .image: ["FolderPath", "FileName"], .processGuid: ["ProcessUniqueId"],
      .processID: [.slot(.processID)],
      .parentImage: ["InitiatingProcessFolderPath", "InitiatingProcessFileName"],
      .originalFileName: ["ProcessVersionInfoOriginalFileName"],
      .commandLine: ["ProcessCommandLine"],
      .parentCommandLine: ["InitiatingProcessCommandLine"],
      .integrityLevel: ["ProcessIntegrityLevel"], .hashes: ["SHA256"], .logonID: [.slot(.logonID)],
    ]
    shape.userParts = [("AccountDomain", "AccountName", onlyWith: nil)]
    shape.processParts = (.slot(.processID), "ProcessCreationTime")
    return shape
  }()

  private static let defenderRegistry: Shape = {
    var shape = defender(
      "defender_registry", title: "DeviceRegistryEvents",
      sample:
        ##""RegistryValueSet","RegistryKey":"HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\Terminal Server\\WinStations\\RDP-Tcp","RegistryValueName":"PortNumber","RegistryValueData":"33890","PreviousRegistryValueData":"3389","InitiatingProcessFileName":"reg.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\reg.exe","InitiatingProcessAccountDomain":"example","InitiatingProcessAccountName":"alice""##
    )
    shape.conditions.append(.text("ActionType", "RegistryValueSet"))
    shape.observes = .registryChange
    shape.fields.merge(
      [
        .targetObject: ["RegistryKey"], .details: ["RegistryValueData"],
        .previousDetails: ["PreviousRegistryValueData"],
      ], uniquingKeysWith: { _, new in new })
    shape.valueName = "RegistryValueName"
    return shape
  }()
}
