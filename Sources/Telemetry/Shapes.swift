import Facts

/// The catalogue. The first shape whose conditions hold is that of the line.
package enum Shapes {
  /// Shapes that are known by keys of their own.
  private static let marked: [Shape] =
    [
      .syslogXML("SyslogMessage"), .syslogXML("MESSAGE"), .evtxDump, .beatsECS, .beats, .vector,
      .beats6, .beats6Data, .wazuh, .evtxECmd, .velociraptor, .ocsf,
    ] + Shape.defenders + [
      .graylog, .graylogRaw, .fluentBit, .fluentd,
    ]

  private static let flats: [Shape] = [.flatObject, .flatJSON, .flatXML, .rawXML, .flat]

  /// Every shape as it stands in a line by itself, with its sample.
  package static let plain = marked + flats

  /// `plain`, and in the envelopes in which it travels; in order of precedence.
  package static let all: [Shape] = {
    let unwrapped: [Shape.Condition] = [.absent("EventID"), .absent("EventCode")]
    let result = plain.map {
      $0.wrapped(in: "result", name: "splunk_result", when: [.object("result")] + unwrapped)
    }
    let hit = plain.map {
      $0.wrapped(in: "_source", name: "es_hit", when: [.object("_source")])
    }
    var hec = Shape.flat.wrapped(
      in: "event", name: "splunk_hec",
      when: [.object("event"), .absent("winlog"), .present("sourcetype")] + unwrapped)
    hec.markers += ["source", "sourcetype"]
    hec.collector = ["host"]
    hec.recordTime = ["time"] + hec.recordTime
    var hecXML = Shape.rawXML
    hecXML.name = "splunk_hec/xml"
    hecXML.conditions = [.eventXML("event"), .present("sourcetype")]
    hecXML.data = .event("event")
    hecXML.recordTime = ["time"]
    return result + hit + [hec, hecXML] + marked + [.records] + flats
  }()
}

extension Shape {
  static let records = Shape(
    name: "records", title: "Azure Event Hub batch: one line, many events",
    sample:
      ##"{"records":[{"time":"2024-05-01T10:01:00Z","category":"AdvancedHunting-DeviceNetworkEvents","properties":{}}]}"##,
    conditions: [.array("records"), .absent("EventID"), .absent("EventCode")], batch: "records")

  static func syslogXML(_ key: String) -> Shape {
    var shape = Shape(
      name: key == "MESSAGE" ? "journald" : "syslog_xml",
      title: key == "MESSAGE"
        ? "journalctl -o json of Sysmon for Linux" : "Sentinel Syslog with Sysmon for Linux",
      sample: key == "MESSAGE"
        ? ##"{"__REALTIME_TIMESTAMP":"1714557620465735","_HOSTNAME":"LX01","SYSLOG_IDENTIFIER":"sysmon","MESSAGE":"<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>3</EventID><TimeCreated SystemTime=\"2024-05-01T10:00:20.465735000Z\"/><Channel>Linux-Sysmon/Operational</Channel><Computer>LX01</Computer></System><EventData><Data Name=\"UtcTime\">2024-05-01 10:00:20.472</Data><Data Name=\"Image\">/usr/bin/curl</Data><Data Name=\"User\">root</Data><Data Name=\"Protocol\">tcp</Data><Data Name=\"Initiated\">true</Data><Data Name=\"DestinationIp\">203.0.113.9</Data><Data Name=\"DestinationPort\">8088</Data></EventData></Event>"}"##
        : ##"{"TimeGenerated":"2024-05-01T10:00:20.467Z","Computer":"LX01","ProcessName":"sysmon","Type":"Syslog","SyslogMessage":"<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>3</EventID><TimeCreated SystemTime=\"2024-05-01T10:00:20.465735000Z\"/><Channel>Linux-Sysmon/Operational</Channel><Computer>LX01</Computer></System><EventData><Data Name=\"UtcTime\">2024-05-01 10:00:20.472</Data><Data Name=\"Image\">/usr/bin/curl</Data><Data Name=\"User\">root</Data><Data Name=\"Protocol\">tcp</Data><Data Name=\"Initiated\">true</Data><Data Name=\"DestinationIp\">203.0.113.9</Data><Data Name=\"DestinationPort\">8088</Data></EventData></Event>"}"##,
      conditions: [.eventXML(key)])
    if key == "MESSAGE" { shape.conditions.append(.absent("SyslogMessage")) }
    shape.data = .event(key)
    shape.host = ["Computer"]
    shape.collector += ["_HOSTNAME"]
    return shape
  }

  static let evtxDump = Shape(
    name: "evtx_dump", title: "evtx_dump -o jsonl; also what Chainsaw, Hayabusa and Zircolite read",
    sample:
      ##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":3,"TimeCreated":{"#attributes":{"SystemTime":"2024-05-01T10:00:01.376030Z"}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"11111111-2222-3333-4444-555555555555","ProcessId":4321,"Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":true,"DestinationIp":"203.0.113.9","DestinationPort":9001}}}"##,
    conditions: [.object("Event.System")],
    eventID: ["Event.System.EventID"],
    markers: [
      "Event.System.Channel", "Event.System.Provider.#attributes.Name",
      "Event.System.Provider_attributes.Name",
    ],
    host: ["Event.System.Computer"],
    recordTime: [
      "Event.System.TimeCreated.#attributes.SystemTime",
      "Event.System.TimeCreated_attributes.SystemTime",
    ],
    data: .object("Event.EventData"))

  private static let beatsBase = Shape(
    name: "winlogbeat", title: "Winlogbeat 7 and 8, Elastic Agent, Logstash; fields as they came",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:01.376Z","event":{"code":"3","provider":"Microsoft-Windows-Sysmon"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":"3","provider_name":"Microsoft-Windows-Sysmon","process":{"pid":2980},"event_data":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}}"##,
    conditions: [.object("winlog")],
    eventID: ["winlog.event_id", "event.code"],
    markers: ["winlog.channel", "winlog.provider_name", "event.provider"],
    host: ["winlog.computer_name"],
    recordTime: ["@timestamp"],
    data: .object("winlog.event_data"),
    fields: [
      .image: ["process.executable"], .parentImage: ["process.parent.executable"],
      .processGuid: ["process.entity_id"], .transport: ["network.transport"],
      .sourceIP: ["source.ip"], .sourcePort: ["source.port"],
      .destinationIP: ["destination.ip"], .destinationPort: ["destination.port"],
      .destinationName: ["destination.domain"],
      .originalFileName: ["process.pe.original_file_name"],
      .commandLine: ["process.command_line"], .targetObject: ["registry.path"],
      .details: ["registry.data.strings"],
    ],
    userParts: ("user.domain", "user.name", onlyWith: "process.executable"),
    direction: .init(
      path: "network.direction", outbound: ["egress", "outbound"], inbound: ["ingress", "inbound"]))

  static let beats = beatsBase

  static let beatsECS: Shape = {
    var shape = beatsBase
    shape.name = "winlogbeat_ecs"
    shape.title = "Winlogbeat 7 and 8, Elastic Agent, after the Sysmon ingest pipeline (ECS)"
    shape.sample =
      ##"{"@timestamp":"2024-05-01T10:00:00.120Z","event":{"code":"3","provider":"Microsoft-Windows-Sysmon","created":"2024-05-01T10:00:01.376Z"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":"3","process":{"pid":2980}},"process":{"entity_id":"{11111111-2222-3333-4444-555555555555}","pid":4321,"executable":"C:\\Windows\\System32\\cmd.exe"},"network":{"direction":"egress","transport":"tcp"},"destination":{"ip":"203.0.113.9","port":4444},"user":{"domain":"EXAMPLE","name":"alice"}}"##
    shape.conditions.append(.scalar("process.executable"))
    // The pipeline puts UtcTime into @timestamp and the record time into event.created.
    shape.recordTime = ["event.created"]
    return shape
  }()

  static let beats6 = Shape(
    name: "winlogbeat6", title: "Winlogbeat 6",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:01.376Z","event_id":3,"log_name":"Microsoft-Windows-Sysmon/Operational","source_name":"Microsoft-Windows-Sysmon","computer_name":"WS01","event_data":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}"##,
    conditions: [.present("event_id"), .absent("EventID")],
    eventID: ["event_id"], markers: ["log_name", "source_name"], host: ["computer_name"],
    recordTime: ["@timestamp"], data: .object("event_data"))

  /// An `event_data` object beside a flat EventID: the event's number is Winlogbeat's all the same.
  static let beats6Data: Shape = {
    var shape = beats6
    shape.conditions = [.object("event_data")]
    return shape
  }()

  static let vector = Shape(
    name: "vector", title: "Vector windows_event_log",
    sample:
      ##"{"timestamp":"2024-05-01T10:00:01.376Z","event_id":3,"channel":"Microsoft-Windows-Sysmon/Operational","provider_name":"Microsoft-Windows-Sysmon","computer":"WS01","process_id":2980,"event_data":{"Image":"C:\\Windows\\System32\\cmd.exe","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444","UtcTime":"2024-05-01 10:00:00.120","User":"EXAMPLE\\alice"}}"##,
    conditions: [.object("event_data"), .scalar("provider_name"), .scalar("computer")],
    eventID: ["event_id"], markers: ["channel", "provider_name"], host: ["computer"],
    recordTime: ["timestamp"], data: .object("event_data"))

  static let wazuh = Shape(
    name: "wazuh", title: "Wazuh archives.json",
    sample:
      ##"{"timestamp":"2024-05-01T10:00:02.005+0000","agent":{"name":"WS01"},"data":{"win":{"system":{"providerName":"Microsoft-Windows-Sysmon","eventID":"3","systemTime":"2024-05-01T10:00:01.2750913Z","channel":"Microsoft-Windows-Sysmon/Operational","computer":"WS01"},"eventdata":{"utcTime":"2024-05-01 10:00:00.120","image":"C:\\\\Windows\\\\System32\\\\cmd.exe","initiated":"true","destinationIp":"203.0.113.9","destinationPort":"4444","user":"EXAMPLE\\\\alice"}}}}"##,
    conditions: [.object("data.win"), .scalar("data.win.system.eventID")],
    eventID: ["data.win.system.eventID"],
    markers: ["data.win.system.channel", "data.win.system.providerName"],
    host: ["data.win.system.computer"], collector: ["agent.name"],
    recordTime: ["data.win.system.systemTime", "timestamp"],
    data: .object("data.win.eventdata", spelling: .lowerCamel), doublesBackslashes: true)

  static let evtxECmd = Shape(
    name: "evtxecmd", title: "EvtxECmd --json",
    sample:
      ##"{"MapDescription":"Network connection","Computer":"WS01","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"UtcTime\",\"#text\":\"2024-05-01 10:00:00.120\"},{\"@Name\":\"Image\",\"#text\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\"},{\"@Name\":\"User\",\"#text\":\"EXAMPLE\\\\alice\"},{\"@Name\":\"Initiated\",\"#text\":\"True\"},{\"@Name\":\"DestinationIp\",\"#text\":\"203.0.113.9\"},{\"@Name\":\"DestinationPort\",\"#text\":\"4444\"}]}}","Channel":"Microsoft-Windows-Sysmon/Operational","Provider":"Microsoft-Windows-Sysmon","EventId":3,"ProcessId":2980,"TimeCreated":"2024-05-01T10:00:01.2784488+00:00"}"##,
    conditions: [
      .present("EventId"), .text("Payload", startsWith: "{"), .absent("EventID"),
      .absent("EventCode"),
    ],
    eventID: ["EventId"], markers: ["Channel", "Provider"], host: ["Computer"],
    recordTime: ["TimeCreated"], data: .json("Payload"), fields: [.user: ["UserName"]],
    capitalizesBooleans: true)

  static let velociraptor = Shape(
    name: "velociraptor", title: "Velociraptor parse_evtx",
    sample:
      ##"{"Timestamp":"2024-05-01T10:00:01Z","System":{"Provider":{"Name":"Microsoft-Windows-Sysmon"},"EventID":{"Value":3},"TimeCreated":{"SystemTime":1714557601.2784},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"Image":"C:\\Windows\\System32\\cmd.exe","Initiated":true,"DestinationIp":"203.0.113.9","DestinationPort":4444,"User":"EXAMPLE\\alice"}}"##,
    conditions: [.object("System"), .object("EventData"), .scalar("System.EventID")],
    eventID: ["System.EventID"], markers: ["System.Channel", "System.Provider.Name"],
    host: ["System.Computer"], recordTime: ["System.TimeCreated.SystemTime", "Timestamp"],
    data: .object("EventData"))

  static let ocsf = Shape(
    name: "ocsf", title: "OCSF Network Activity (class 4001)",
    sample:
      ##"{"class_uid":4001,"activity_id":1,"time":1714557600120,"device":{"hostname":"WS01"},"actor":{"process":{"name":"powershell.exe","pid":4321,"file":{"path":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"},"parent_process":{"name":"winword.exe"}},"user":{"name":"alice"}},"connection_info":{"direction_id":2,"protocol_name":"tcp"},"dst_endpoint":{"ip":"203.0.113.9","port":4444}}"##,
    conditions: [.scalar("class_uid"), .scalar("dst_endpoint.port")], origin: .ocsf,
    eventID: ["class_uid"], host: ["device.hostname", "device.name"], collector: [],
    recordTime: ["time"], otherTimes: [], epochUnitsPerSecond: 1000,
    fields: [
      .image: ["actor.process.file.path", "actor.process.path", "actor.process.name"],
      .parentImage: [
        "actor.process.parent_process.file.path", "actor.process.parent_process.path",
        "actor.process.parent_process.name",
      ],
      .processGuid: ["actor.process.uid"], .transport: ["connection_info.protocol_name"],
      .sourceIP: ["src_endpoint.ip"], .sourcePort: ["src_endpoint.port"],
      .destinationIP: ["dst_endpoint.ip"], .destinationPort: ["dst_endpoint.port"],
      .destinationName: ["dst_endpoint.hostname"],
    ],
    userParts: ("actor.user.domain", "actor.user.name", onlyWith: nil),
    // 1 inbound, 2 outbound, 3 lateral: a lateral connection is opened by the reporting process.
    direction: .init(
      path: "connection_info.direction_id", outbound: ["2", "3"], inbound: ["1"]))

  private static func defender(
    below key: String, table: String, title: String, _ event: String, sample: String
  ) -> Shape {
    func path(_ name: String) -> String { key.isEmpty ? name : key + "." + name }
    let start =
      #"{"Timestamp":"2024-05-01T10:00:00.12Z","DeviceName":"ws01.example.test","ActionType":"#
    let plain = start + sample + "}"
    return Shape(
      name: "defender" + (key.isEmpty ? "" : "_streaming") + event,
      title: "Microsoft Defender \(title), "
        + (key.isEmpty ? "advanced-hunting export" : "streaming API"),
      sample: key.isEmpty
        ? plain
        : #"{"time":"2024-05-01T10:01:00.2286134Z","operationName":"Publish","category":"AdvancedHunting-"#
          + table + #"","properties":"# + plain + "}",
      conditions: [
        .scalar(path("ActionType")), .present(path("DeviceName")), .absent("EventID"),
        .absent("EventCode"),
      ],
      origin: .defender, eventID: [path("ActionType")], host: [path("DeviceName")], collector: [],
      recordTime: [path("Timestamp")], otherTimes: [path("TimeGenerated")],
      fields: [
        .image: [path("InitiatingProcessFolderPath"), path("InitiatingProcessFileName")],
        .processGuid: [path("InitiatingProcessUniqueId")],
      ],
      userParts: (
        path("InitiatingProcessAccountDomain"), path("InitiatingProcessAccountName"), onlyWith: nil
      ),
      processParts: (path("InitiatingProcessId"), path("InitiatingProcessCreationTime")))
  }

  private static func defenderNetwork(below key: String) -> Shape {
    func path(_ name: String) -> String { key.isEmpty ? name : key + "." + name }
    var shape = defender(
      below: key, table: "DeviceNetworkEvents", title: "DeviceNetworkEvents", "",
      sample:
        ##""ConnectionSuccess","RemoteIP":"203.0.113.9","RemotePort":4444,"RemoteUrl":null,"LocalIP":"192.0.2.10","LocalPort":50123,"Protocol":"Tcp","RemoteIPType":"Public","InitiatingProcessFileName":"powershell.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe","InitiatingProcessId":4321,"InitiatingProcessCreationTime":"2024-05-01T09:59:58Z","InitiatingProcessParentFileName":"WINWORD.EXE","InitiatingProcessAccountDomain":"example","InitiatingProcessAccountName":"alice","InitiatingProcessVersionInfoOriginalFileName":"PowerShell.EXE""##
    )
    shape.fields.merge(
      [
        .parentImage: [path("InitiatingProcessParentFileName")], .transport: [path("Protocol")],
        .sourceIP: [path("LocalIP")], .sourcePort: [path("LocalPort")],
        .destinationIP: [path("RemoteIP")], .destinationPort: [path("RemotePort")],
        .destinationName: [path("RemoteUrl")],
        .originalFileName: [path("InitiatingProcessVersionInfoOriginalFileName")],
      ], uniquingKeysWith: { _, new in new })
    shape.direction = .init(
      path: path("ActionType"),
      outbound: ["ConnectionSuccess", "ConnectionRequest", "ConnectionAttempt"],
      inbound: ["InboundConnectionAccepted"])
    return shape
  }

  /// The one who acts is the parent of the process that the event is about.
  private static func defenderProcess(below key: String) -> Shape {
    func path(_ name: String) -> String { key.isEmpty ? name : key + "." + name }
    var shape = defender(
      below: key, table: "DeviceProcessEvents", title: "DeviceProcessEvents", "_process",
      sample:
        ##""ProcessCreated","FileName":"powershell.exe","FolderPath":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","ProcessId":4321,"ProcessCommandLine":"powershell.exe -nop","ProcessCreationTime":"2024-05-01T09:59:58Z","AccountDomain":"example","AccountName":"alice","ProcessVersionInfoOriginalFileName":"PowerShell.EXE","InitiatingProcessFileName":"winword.exe","InitiatingProcessFolderPath":"c:\\program files\\microsoft office\\winword.exe","InitiatingProcessParentFileName":"explorer.exe""##
    )
    // The table has that column in every row; it is also what the byte filter looks for.
    shape.conditions += [
      .word(path("ActionType"), "ProcessCreated"),
      .present(path("InitiatingProcessParentFileName")),
    ]
    shape.observes = .processStart
    shape.fields = [
      .image: [path("FolderPath"), path("FileName")], .processGuid: [path("ProcessUniqueId")],
      .parentImage: [path("InitiatingProcessFolderPath"), path("InitiatingProcessFileName")],
      .originalFileName: [path("ProcessVersionInfoOriginalFileName")],
      .commandLine: [path("ProcessCommandLine")],
    ]
    shape.userParts = (path("AccountDomain"), path("AccountName"), onlyWith: nil)
    shape.processParts = (path("ProcessId"), path("ProcessCreationTime"))
    return shape
  }

  private static func defenderRegistry(below key: String) -> Shape {
    func path(_ name: String) -> String { key.isEmpty ? name : key + "." + name }
    var shape = defender(
      below: key, table: "DeviceRegistryEvents", title: "DeviceRegistryEvents", "_registry",
      sample:
        ##""RegistryValueSet","RegistryKey":"HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\Terminal Server\\WinStations\\RDP-Tcp","RegistryValueName":"PortNumber","RegistryValueData":"33890","PreviousRegistryValueData":"3389","InitiatingProcessFileName":"reg.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\reg.exe","InitiatingProcessAccountDomain":"example","InitiatingProcessAccountName":"alice""##
    )
    shape.conditions.append(.word(path("ActionType"), "RegistryValueSet"))
    shape.observes = .registryChange
    shape.fields.merge(
      [
        .targetObject: [path("RegistryKey")], .details: [path("RegistryValueData")],
        .previousDetails: [path("PreviousRegistryValueData")],
      ], uniquingKeysWith: { _, new in new })
    shape.valueName = path("RegistryValueName")
    return shape
  }

  /// By what happened, each in both forms; connections, which are told by their direction, last.
  static let defenders = [defenderProcess, defenderRegistry, defenderNetwork].flatMap {
    [$0("properties"), $0("")]
  }

  private static func graylog(_ prefix: String) -> Shape {
    Shape(
      name: prefix.hasPrefix("_") ? "graylog_raw" : "graylog",
      title: prefix.hasPrefix("_")
        ? "Graylog GELF, raw, with a leading underscore" : "Graylog with a Winlogbeat input",
      sample:
        ##"{"timestamp":"2024-05-01T10:00:01.376Z","\##(prefix)winlog_event_id":3,"\##(prefix)winlog_provider_name":"Microsoft-Windows-Sysmon","\##(prefix)winlog_channel":"Microsoft-Windows-Sysmon/Operational","\##(prefix)winlog_computer_name":"WS01","\##(prefix)winlog_event_data_UtcTime":"2024-05-01 10:00:00.120","\##(prefix)winlog_event_data_Image":"C:\\Windows\\System32\\cmd.exe","\##(prefix)winlog_event_data_User":"EXAMPLE\\alice","\##(prefix)winlog_event_data_Initiated":"true","\##(prefix)winlog_event_data_DestinationIp":"203.0.113.9","\##(prefix)winlog_event_data_DestinationPort":"4444"}"##,
      conditions: [.present(prefix + "winlog_event_id")],
      eventID: [prefix + "winlog_event_id"],
      markers: [prefix + "winlog_channel", prefix + "winlog_provider_name"],
      host: [prefix + "winlog_computer_name"], collector: ["source"],
      recordTime: ["timestamp"],
      data: .object("", spelling: .prefixed(prefix + "winlog_event_data_")))
  }

  static let graylog = graylog("winlogbeat_")
  static let graylogRaw = graylog("_winlogbeat_")

  private static func positional(_ key: String, name: String, title: String, sample: String)
    -> Shape
  {
    Shape(
      name: name, title: title, sample: sample,
      conditions: [.array(key), .scalar("EventID"), .present("ProviderName")],
      eventID: ["EventID"], markers: ["Channel", "ProviderName"], host: ["Computer"],
      recordTime: ["TimeCreated"], data: .positional(key))
  }

  static let fluentBit = positional(
    "StringInserts", name: "fluent_bit", title: "Fluent Bit winevtlog (values without names)",
    sample:
      ##"{"ProviderName":"Microsoft-Windows-Sysmon","EventID":3,"TimeCreated":"2024-05-01 12:00:01 +0200","ProcessID":2980,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","Message":"Network connection detected:\r\nRuleName: -","StringInserts":["-","2024-05-01 10:00:00.120","{11111111-2222-3333-4444-555555555555}",4321,"C:\\Windows\\System32\\cmd.exe","EXAMPLE\\alice","tcp",true,false,"192.0.2.10","-",50123,"-",false,"203.0.113.9","-",4444,"-"]}"##
  )

  static let fluentd = positional(
    "EventData", name: "fluentd", title: "fluentd in_windows_eventlog2 (values without names)",
    sample:
      ##"{"ProviderName":"Microsoft-Windows-Sysmon","EventID":"3","TimeCreated":"2024/05/01 10:00:01.376000000","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","Description":"Network connection detected:","EventData":["-","2024-05-01 10:00:00.120","{11111111-2222-3333-4444-555555555555}","4321","C:\\Windows\\System32\\cmd.exe","EXAMPLE\\alice","tcp","true","false","192.0.2.10","-","50123","-","false","203.0.113.9","-","4444","-"]}"##
  )

  static let flat = Shape(
    name: "flat", title: "NXLog, Splunk-like and other exports with every field at the top",
    sample:
      ##"{"EventTime":"2024-05-01 06:00:01","Hostname":"WS01.example.test","SourceName":"Microsoft-Windows-Sysmon","EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444","host":"collector01"}"##,
    conditions: [],
    eventID: ["EventID", "EventCode"],
    markers: [
      "Channel", "SourceName", "Provider", "ProviderName", "EventSourceName", "EventLog", "Source",
      "source", "sourcetype",
    ],
    host: ["Computer", "Hostname"], recordTime: ["TimeCreated", "TimeGenerated", "_time"],
    data: .object(""))

  private static func flatNested(_ name: String, _ title: String, _ sample: String) -> Shape {
    var shape = flat
    shape.name = name
    shape.title = title
    shape.sample = sample
    return shape
  }

  static let flatObject: Shape = {
    var shape = flatNested(
      "flat_object", "System fields at the top, the rest in an EventData object",
      ##"{"TimeGenerated":"2024-05-01T10:00:01.347Z","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"EventData":{"UtcTime":"2024-05-01 10:00:00.120","Image":"C:\\Windows\\System32\\cmd.exe","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}"##
    )
    shape.conditions = [.object("EventData")]
    shape.data = .object("EventData")
    return shape
  }()

  static let flatJSON: Shape = {
    var shape = flatNested(
      "windows_event", "Sentinel WindowsEvent: EventData is a string that holds JSON",
      ##"{"TimeGenerated":"2024-05-01T10:00:01.347Z","Provider":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"Type":"WindowsEvent","EventData":"{\"UtcTime\":\"2024-05-01T10:00:00.1200000Z\",\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"Initiated\":\"true\",\"DestinationIp\":\"203.0.113.9\",\"DestinationPort\":\"4444\"}"}"##
    )
    shape.conditions = [.text("EventData", startsWith: "{")]
    shape.data = .json("EventData")
    return shape
  }()

  static let flatXML: Shape = {
    var shape = flatNested(
      "event_xml", "Sentinel Event: EventData is a string that holds XML",
      ##"{"TimeGenerated":"2024-05-01T10:00:01.347Z","Source":"Microsoft-Windows-Sysmon","EventLog":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"Type":"Event","EventData":"<DataItem type=\"System.XmlData\"><EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><Data Name=\"UtcTime\">2024-05-01 10:00:00.120</Data><Data Name=\"Image\">C:\\Windows\\System32\\cmd.exe</Data><Data Name=\"Initiated\">true</Data><Data Name=\"DestinationIp\">203.0.113.9</Data><Data Name=\"DestinationPort\">4444</Data></EventData></DataItem>"}"##
    )
    shape.conditions = [.text("EventData", startsWith: "<")]
    shape.data = .xml("EventData")
    return shape
  }()

  static let rawXML = Shape(
    name: "splunk_raw_xml", title: "Splunk _raw with the event as XML",
    sample:
      ##"{"_time":"2024-05-01T12:00:01.000+02:00","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","_raw":"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>3</EventID><TimeCreated SystemTime='2024-05-01T10:00:01.376Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS01</Computer></System><EventData><Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='Initiated'>true</Data><Data Name='DestinationIp'>203.0.113.9</Data><Data Name='DestinationPort'>4444</Data></EventData></Event>"}"##,
    conditions: [.eventXML("_raw"), .absent("EventID"), .absent("EventCode")],
    recordTime: ["_time"], data: .event("_raw"))
}

extension Shapes {
  /// What `oddport shapes` shows: each shape once, by name.
  package static var catalogue: [Shape] {
    var seen: Set<String> = []
    return ([.records] + plain + all.filter { $0.name.hasPrefix("splunk_hec") })
      .filter { seen.insert($0.name).inserted }
      .sorted { $0.name < $1.name }
  }
}
