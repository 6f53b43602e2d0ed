import Facts

/// The catalogue. The first shape whose conditions hold is that of the event.
package enum Shapes {
  /// In order of precedence.
  package static let all: [Shape] =
    Shape.defenders + [
      .ocsf, .udm, .udmProto, .beatsECS, .beats, .beatsECSFields, .beatsFields, .wazuh, .evtxECmd,
      .evtxDump,
      .velociraptor, .hayabusa, .fluentBit, .fluentd, .asim, .securityEvent,
      .commonSecurityLog, .cim, .cimProcess, .ossem, .ossemProcess, .vector,
      .beats6, .flatText, .flatObject, .flat,
    ]

  /// What `oddport shapes` shows, by name: each shape, and what an event can be written in or travel in.
  package static var catalogue: [Sample] {
    (all.map { Sample(name: $0.name, title: $0.title, line: $0.sample) } + carriers)
      .sorted { $0.name < $1.name }
  }

  /// A made-up line.
  package struct Sample: Sendable {
    package let name: String
    package let title: String
    package let line: String
  }

  /// Envelopes, and texts that hold an event: of any shape, wherever they are.
  static let carriers: [Sample] = [
    Sample(
      name: "array", title: "A JSON array of events in one line, or as a whole file",
      line:
        ##"[{"EventTime":"2024-05-01 06:00:01","Hostname":"WS01.example.test","SourceName":"Microsoft-Windows-Sysmon","EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444","host":"collector01"}]"##
    ),
    Sample(
      name: "records",
      title: "Azure Event Hub and Log Analytics batches: records, value, Events, results, tables",
      line:
        ##"{"records":[{"time":"2024-05-01T10:01:00.2286134Z","operationName":"Publish","category":"AdvancedHunting-DeviceNetworkEvents","properties":{"Timestamp":"2024-05-01T10:00:00.12Z","DeviceName":"ws01.example.test","ActionType":"ConnectionSuccess","RemoteIP":"203.0.113.9","RemotePort":4444,"RemoteUrl":null,"LocalIP":"192.0.2.10","LocalPort":50123,"Protocol":"Tcp","RemoteIPType":"Public","InitiatingProcessFileName":"powershell.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe","InitiatingProcessId":4321,"InitiatingProcessCreationTime":"2024-05-01T09:59:58Z","InitiatingProcessParentFileName":"WINWORD.EXE","InitiatingProcessAccountDomain":"example","InitiatingProcessAccountName":"alice","InitiatingProcessVersionInfoOriginalFileName":"PowerShell.EXE"}}]}"##
    ),
    Sample(
      name: "es_hits",
      title: "Elasticsearch: one hit (_source), or a whole search response (hits.hits)",
      line:
        ##"{"took":3,"hits":{"total":{"value":1},"hits":[{"_index":"winlogbeat","_source":{"@timestamp":"2024-05-01T10:00:01.376Z","event":{"code":"3","provider":"Microsoft-Windows-Sysmon"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":"3","provider_name":"Microsoft-Windows-Sysmon","process":{"pid":2980},"event_data":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}}}]}}"##
    ),
    Sample(
      name: "splunk_result",
      title: "Splunk search export (result, results), previews counted apart",
      line:
        ##"{"preview":false,"offset":0,"result":{"EventTime":"2024-05-01 06:00:01","Hostname":"WS01.example.test","SourceName":"Microsoft-Windows-Sysmon","EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444","host":"collector01"}}"##
    ),
    Sample(
      name: "tables",
      title:
        "Names and rows apart: Splunk json_rows and json_cols, Log Analytics, ES|QL, ClickHouse, BigQuery, Kusto, pandas",
      line:
        ##"{"preview":false,"fields":["_time","host","source","EventCode","Image","User","Initiated","DestinationIp","DestinationPort"],"rows":[["2024-05-01T10:00:01.000+00:00","WS01","XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","3","C:\\Windows\\System32\\cmd.exe","EXAMPLE\\alice","true","203.0.113.9","4444"]]}"##
    ),
    Sample(
      name: "splunk_hec", title: "Splunk HTTP Event Collector: an event as object or text",
      line:
        ##"{"time":1714557601.376,"host":"WS01","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","sourcetype":"XmlWinEventLog","event":{"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"EventData":{"UtcTime":"2024-05-01 10:00:00.120","Image":"C:\\Windows\\System32\\cmd.exe","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}}"##
    ),
    Sample(
      name: "otlp", title: "OpenTelemetry windowseventlog, as OTLP/JSON or one body a line",
      line:
        ##"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1714557601376543200","body":{"kvlistValue":{"values":[{"key":"channel","value":{"stringValue":"Microsoft-Windows-Sysmon/Operational"}},{"key":"computer","value":{"stringValue":"WS01"}},{"key":"event_id","value":{"kvlistValue":{"values":[{"key":"id","value":{"intValue":"3"}}]}}},{"key":"event_data","value":{"kvlistValue":{"values":[{"key":"Image","value":{"stringValue":"C:\\Windows\\System32\\cmd.exe"}},{"key":"User","value":{"stringValue":"EXAMPLE\\alice"}},{"key":"Initiated","value":{"stringValue":"true"}},{"key":"DestinationIp","value":{"stringValue":"203.0.113.9"}},{"key":"DestinationPort","value":{"stringValue":"4444"}}]}}}]}}}]}]}]}"##
    ),
    Sample(
      name: "xml",
      title:
        "An event as XML, in a line by itself or in a text of any field (_raw, message, body, RawXml, SyslogMessage …)",
      line:
        ##"{"_time":"2024-05-01T10:00:01Z","_raw":"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>3</EventID><TimeCreated SystemTime='2024-05-01T10:00:01.376Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS01</Computer></System><EventData><Data Name='UtcTime'>2024-05-01 10:00:00.120</Data><Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='User'>EXAMPLE\\alice</Data><Data Name='Protocol'>tcp</Data><Data Name='Initiated'>true</Data><Data Name='DestinationIp'>203.0.113.9</Data><Data Name='DestinationPort'>4444</Data></EventData></Event>"}"##
    ),
    Sample(
      name: "xml_line", title: "A line of XML, with or without a prefix",
      line:
        ##"<14>May  1 10:00:01 lx01 sysmon: <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>3</EventID><TimeCreated SystemTime='2024-05-01T10:00:01.376Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS01</Computer></System><EventData><Data Name='UtcTime'>2024-05-01 10:00:00.120</Data><Data Name='Image'>C:\Windows\System32\cmd.exe</Data><Data Name='User'>EXAMPLE\alice</Data><Data Name='Protocol'>tcp</Data><Data Name='Initiated'>true</Data><Data Name='DestinationIp'>203.0.113.9</Data><Data Name='DestinationPort'>4444</Data></EventData></Event>"##
    ),
    Sample(
      name: "json_text",
      title: "An event as JSON in a text of any field, with or without a syslog prefix",
      line:
        ##"{"message":"<14>1 2024-05-01T10:00:01Z WS01 sysmon 2980 - - {\"EventTime\":\"2024-05-01 06:00:01\",\"Hostname\":\"WS01.example.test\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"EventID\":3,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"UtcTime\":\"2024-05-01 10:00:00.120\",\"ProcessGuid\":\"{11111111-2222-3333-4444-555555555555}\",\"ProcessId\":\"4321\",\"Image\":\"C:\\\\Windows\\\\System32\\\\WindowsPowerShell\\\\v1.0\\\\powershell.exe\",\"User\":\"EXAMPLE\\\\alice\",\"Protocol\":\"tcp\",\"Initiated\":\"true\",\"DestinationIp\":\"203.0.113.9\",\"DestinationPort\":\"4444\",\"host\":\"collector01\"}"}"##
    ),
    Sample(
      name: "message",
      title:
        "The rendered message of an event, where nothing else has its fields (PowerShell, Kinesis, Splunk text)",
      line:
        ##"{"Id":3,"ProviderName":"Microsoft-Windows-Sysmon","LogName":"Microsoft-Windows-Sysmon/Operational","MachineName":"WS01","TimeCreated":"2024-05-01T12:00:01.376+02:00","Message":"Network connection detected:\r\nRuleName: -\r\nUtcTime: 2024-05-01 10:00:00.120\r\nProcessGuid: {11111111-2222-3333-4444-555555555555}\r\nProcessId: 4321\r\nImage: C:\\Windows\\System32\\cmd.exe\r\nUser: EXAMPLE\\alice\r\nProtocol: tcp\r\nInitiated: true\r\nSourceIsIpv6: false\r\nSourceIp: 192.0.2.10\r\nSourceHostname: WS01\r\nSourcePort: 50123\r\nSourcePortName: -\r\nDestinationIsIpv6: false\r\nDestinationIp: 203.0.113.9\r\nDestinationHostname: -\r\nDestinationPort: 4444\r\nDestinationPortName: -"}"##
    ),
    Sample(
      name: "xml_in_json",
      title:
        "XML as converters write it in JSON, with any mark of attributes and texts (xml2js, fast-xml-parser, BadgerFish …)",
      line:
        ##"{"Event":{"System":{"Provider":{"@_Name":"Microsoft-Windows-Sysmon"},"EventID":3,"TimeCreated":{"@_SystemTime":"2024-05-01T10:00:01.376Z"},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"Data":[{"@_Name":"UtcTime","#text":"2024-05-01 10:00:00.120"},{"@_Name":"Image","#text":"C:\\Windows\\System32\\cmd.exe"},{"@_Name":"User","#text":"EXAMPLE\\alice"},{"@_Name":"Protocol","#text":"tcp"},{"@_Name":"Initiated","#text":"true"},{"@_Name":"DestinationIp","#text":"203.0.113.9"},{"@_Name":"DestinationPort","#text":"4444"}]}}}"##
    ),
    Sample(
      name: "typed_values",
      title:
        "Values with their type: DynamoDB, MongoDB, Avro, protocol buffers",
      line:
        ##"{"Item":{"EventID":{"S":"3"},"Channel":{"S":"Microsoft-Windows-Sysmon/Operational"},"Computer":{"S":"WS01"},"TimeCreated":{"S":"2024-05-01T10:00:01.376Z"},"UtcTime":{"S":"2024-05-01 10:00:00.120"},"Image":{"S":"C:\\Windows\\System32\\cmd.exe"},"User":{"S":"EXAMPLE\\alice"},"Protocol":{"S":"tcp"},"Initiated":{"S":"true"},"DestinationIp":{"S":"203.0.113.9"},"DestinationPort":{"S":"4444"}}}"##
    ),
    Sample(
      name: "loki",
      title:
        "Grafana Loki: streams of texts; any list of texts that are events",
      line:
        ##"{"streams":[{"stream":{"job":"sysmon"},"values":[["1714557601376000000","{\"EventID\":\"3\",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"WS01\",\"TimeCreated\":\"2024-05-01T10:00:01.376Z\",\"UtcTime\":\"2024-05-01 10:00:00.120\",\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"User\":\"EXAMPLE\\\\alice\",\"Protocol\":\"tcp\",\"Initiated\":\"true\",\"DestinationIp\":\"203.0.113.9\",\"DestinationPort\":\"4444\"}"]]}]}"##
    ),
    Sample(
      name: "message_line",
      title:
        "A rendered message in one line, after a header of WinCollect, Snare or the CloudWatch agent",
      line:
        ##"{"timestamp":"2024-05-01T10:00:01.376Z","message":"[Microsoft-Windows-Sysmon/Operational] [INFORMATION] [3] [Microsoft-Windows-Sysmon] [WS01] [Network connection detected: RuleName: - UtcTime: 2024-05-01 10:00:00.120 Image: C:\\Windows\\System32\\cmd.exe User: EXAMPLE\\alice Protocol: tcp Initiated: true DestinationIp: 203.0.113.9 DestinationPort: 4444 DestinationPortName: -]"}"##
    ),
    Sample(
      name: "flattened",
      title: "Keys with a prefix or dots: Graylog, Wazuh through Graylog, Elasticsearch fields",
      line:
        ##"{"timestamp":"2024-05-01T10:00:01.376Z","winlogbeat_winlog_event_id":3,"winlogbeat_winlog_provider_name":"Microsoft-Windows-Sysmon","winlogbeat_winlog_channel":"Microsoft-Windows-Sysmon/Operational","winlogbeat_winlog_computer_name":"WS01","winlogbeat_winlog_event_data_UtcTime":"2024-05-01 10:00:00.120","winlogbeat_winlog_event_data_Image":"C:\\Windows\\System32\\cmd.exe","winlogbeat_winlog_event_data_User":"EXAMPLE\\alice","winlogbeat_winlog_event_data_Initiated":"true","winlogbeat_winlog_event_data_DestinationIp":"203.0.113.9","winlogbeat_winlog_event_data_DestinationPort":"4444"}"##
    ),
    Sample(
      name: "named_values",
      title:
        "Names and values in a text: Key=value, Key: value; ..., syslog's structured data",
      line:
        ##"{"ProviderName":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":3,"Computer":"WS01","TimeCreated":"2024-05-01T10:00:01.376Z","EventData":"UtcTime: 2024-05-01 10:00:00.120; Image: C:\\Windows\\System32\\cmd.exe; User: EXAMPLE\\alice; Initiated: true; DestinationIp: 203.0.113.9; DestinationPort: 4444"}"##
    ),
    Sample(
      name: "parameter_xml",
      title:
        "Azure's Event table: values without names as XML",
      line:
        ##"{"TimeGenerated":"2024-05-01T10:00:01.376Z","Source":"Microsoft-Windows-Sysmon","EventLog":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"ParameterXml":"<Param>-</Param><Param>2024-05-01 10:00:00.120</Param><Param>{11111111-2222-3333-4444-555555555555}</Param><Param>4321</Param><Param>C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe</Param><Param>EXAMPLE\\alice</Param><Param>tcp</Param><Param>true</Param><Param>false</Param><Param>192.0.2.10</Param><Param>WS01</Param><Param>50123</Param><Param>-</Param><Param>false</Param><Param>203.0.113.9</Param><Param>-</Param><Param>4444</Param><Param>-</Param>","Type":"Event"}"##
    ),
    Sample(
      name: "header_row",
      title:
        "Rows of which the first is the names: Athena",
      line:
        ##"{"ResultSet":{"Rows":[{"Data":[{"VarCharValue":"ProviderName"},{"VarCharValue":"Channel"},{"VarCharValue":"EventID"},{"VarCharValue":"Computer"},{"VarCharValue":"TimeCreated"},{"VarCharValue":"UtcTime"},{"VarCharValue":"Image"},{"VarCharValue":"User"},{"VarCharValue":"Initiated"},{"VarCharValue":"DestinationIp"},{"VarCharValue":"DestinationPort"}]},{"Data":[{"VarCharValue":"Microsoft-Windows-Sysmon"},{"VarCharValue":"Microsoft-Windows-Sysmon/Operational"},{"VarCharValue":"3"},{"VarCharValue":"WS01"},{"VarCharValue":"2024-05-01T10:00:01.376Z"},{"VarCharValue":"2024-05-01 10:00:00.120"},{"VarCharValue":"C:\\Windows\\System32\\cmd.exe"},{"VarCharValue":"EXAMPLE\\alice"},{"VarCharValue":"true"},{"VarCharValue":"203.0.113.9"},{"VarCharValue":"4444"}]}]}}"##
    ),
    Sample(
      name: "base64",
      title:
        "An event in base64: Kinesis, Firehose, Pub/Sub, Kafka's REST proxy",
      line:
        ##"{"Records":[{"kinesis":{"partitionKey":"1","data":"eyJQcm92aWRlck5hbWUiOiJNaWNyb3NvZnQtV2luZG93cy1TeXNtb24iLCJDaGFubmVsIjoiTWljcm9zb2Z0LVdpbmRvd3MtU3lzbW9uL09wZXJhdGlvbmFsIiwiRXZlbnRJRCI6MywiQ29tcHV0ZXIiOiJXUzAxIiwiVGltZUNyZWF0ZWQiOiIyMDI0LTA1LTAxVDEwOjAwOjAxLjM3NloiLCJVdGNUaW1lIjoiMjAyNC0wNS0wMSAxMDowMDowMC4xMjAiLCJJbWFnZSI6IkM6XFxXaW5kb3dzXFxTeXN0ZW0zMlxcY21kLmV4ZSIsIlVzZXIiOiJFWEFNUExFXFxhbGljZSIsIkluaXRpYXRlZCI6InRydWUiLCJEZXN0aW5hdGlvbklwIjoiMjAzLjAuMTEzLjkiLCJEZXN0aW5hdGlvblBvcnQiOiI0NDQ0In0="},"eventSource":"aws:kinesis"}]}"##
    ),
    Sample(
      name: "defender_streaming", title: "Microsoft Defender, streaming API",
      line:
        ##"{"time":"2024-05-01T10:01:00.2286134Z","operationName":"Publish","category":"AdvancedHunting-DeviceNetworkEvents","properties":{"Timestamp":"2024-05-01T10:00:00.12Z","DeviceName":"ws01.example.test","ActionType":"ConnectionSuccess","RemoteIP":"203.0.113.9","RemotePort":4444,"RemoteUrl":null,"LocalIP":"192.0.2.10","LocalPort":50123,"Protocol":"Tcp","RemoteIPType":"Public","InitiatingProcessFileName":"powershell.exe","InitiatingProcessFolderPath":"c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe","InitiatingProcessId":4321,"InitiatingProcessCreationTime":"2024-05-01T09:59:58Z","InitiatingProcessParentFileName":"WINWORD.EXE","InitiatingProcessAccountDomain":"example","InitiatingProcessAccountName":"alice","InitiatingProcessVersionInfoOriginalFileName":"PowerShell.EXE"}}"##
    ),
    Sample(
      name: "journald", title: "journalctl -o json of Sysmon for Linux",
      line:
        ##"{"__REALTIME_TIMESTAMP":"1714557620465735","_HOSTNAME":"LX01","SYSLOG_IDENTIFIER":"sysmon","MESSAGE":"<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>3</EventID><TimeCreated SystemTime=\"2024-05-01T10:00:20.465735000Z\"/><Channel>Linux-Sysmon/Operational</Channel><Computer>LX01</Computer></System><EventData><Data Name=\"UtcTime\">2024-05-01 10:00:20.472</Data><Data Name=\"Image\">/usr/bin/curl</Data><Data Name=\"User\">root</Data><Data Name=\"Protocol\">tcp</Data><Data Name=\"Initiated\">true</Data><Data Name=\"DestinationIp\">203.0.113.9</Data><Data Name=\"DestinationPort\">8088</Data></EventData></Event>"}"##
    ),
    Sample(
      name: "syslog_xml", title: "Sentinel Syslog with Sysmon for Linux",
      line:
        ##"{"TimeGenerated":"2024-05-01T10:00:20.467Z","Computer":"LX01","ProcessName":"sysmon","Type":"Syslog","SyslogMessage":"<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>3</EventID><TimeCreated SystemTime=\"2024-05-01T10:00:20.465735000Z\"/><Channel>Linux-Sysmon/Operational</Channel><Computer>LX01</Computer></System><EventData><Data Name=\"UtcTime\">2024-05-01 10:00:20.472</Data><Data Name=\"Image\">/usr/bin/curl</Data><Data Name=\"User\">root</Data><Data Name=\"Protocol\">tcp</Data><Data Name=\"Initiated\">true</Data><Data Name=\"DestinationIp\">203.0.113.9</Data><Data Name=\"DestinationPort\">8088</Data></EventData></Event>"}"##
    ),
  ]
}

extension Shape {
  /// Times with a zone that are not the record's.
  static let zoned: [FieldReference] = ["@timestamp", "TimeGenerated", "EventTime", "_time"]

  static let ecsFields: [Slot: [FieldReference]] = [
    .image: ["process.executable"], .parentImage: ["process.parent.executable"],
    .processGuid: ["process.entity_id"], .processID: ["process.pid"],
    .transport: ["network.transport"], .sourceIP: ["source.ip"], .sourcePort: ["source.port"],
    .destinationIP: ["destination.ip"], .destinationPort: ["destination.port"],
    .destinationName: ["destination.domain"],
    .originalFileName: ["process.pe.original_file_name"],
    .commandLine: ["process.command_line"], .parentProcessGuid: ["process.parent.entity_id"],
    .parentCommandLine: ["process.parent.command_line"], .targetObject: ["registry.path"],
    .details: ["registry.data.strings"],
  ]

  static let ecsDirection = DirectionWords(
    place: "network.direction", outbound: ["egress", "outbound"], inbound: ["ingress", "inbound"])

  static let beatsECS = Shape(
    name: "winlogbeat_ecs",
    title: "Winlogbeat 7 and 8, Elastic Agent, after the Sysmon ingest pipeline (ECS)",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:00.120Z","event":{"code":"3","provider":"Microsoft-Windows-Sysmon","created":"2024-05-01T10:00:01.376Z"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":"3","process":{"pid":2980}},"process":{"entity_id":"{11111111-2222-3333-4444-555555555555}","pid":4321,"executable":"C:\\Windows\\System32\\cmd.exe"},"network":{"direction":"egress","transport":"tcp"},"destination":{"ip":"203.0.113.9","port":4444},"user":{"domain":"EXAMPLE","name":"alice"}}"##,
    conditions: [.object("winlog"), .scalar("process.executable")],
    // The pipeline puts UtcTime into @timestamp and the record time into event.created.
    recordTime: ["event.created"], otherTimes: Shape.zoned,
    fields: Shape.ecsFields,
    userParts: [("user.domain", "user.name", onlyWith: "process.executable")],
    direction: Shape.ecsDirection)

  static let beats = Shape(
    name: "winlogbeat", title: "Winlogbeat 7 and 8, Elastic Agent, Logstash; fields as they came",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:01.376Z","event":{"code":"3","provider":"Microsoft-Windows-Sysmon"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":"3","provider_name":"Microsoft-Windows-Sysmon","process":{"pid":2980},"event_data":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}}"##,
    conditions: [.object("winlog")],
    recordTime: ["@timestamp"], otherTimes: Shape.zoned,
    fields: Shape.ecsFields,
    userParts: [("user.domain", "user.name", onlyWith: "process.executable")],
    direction: Shape.ecsDirection)

  static let wazuh = Shape(
    name: "wazuh", title: "Wazuh archives.json, and the event as its agent sends it",
    sample:
      ##"{"timestamp":"2024-05-01T10:00:02.005+0000","agent":{"name":"WS01"},"data":{"win":{"system":{"providerName":"Microsoft-Windows-Sysmon","eventID":"3","systemTime":"2024-05-01T10:00:01.2750913Z","channel":"Microsoft-Windows-Sysmon/Operational","computer":"WS01"},"eventdata":{"utcTime":"2024-05-01 10:00:00.120","image":"C:\\\\Windows\\\\System32\\\\cmd.exe","initiated":"true","destinationIp":"203.0.113.9","destinationPort":"4444","user":"EXAMPLE\\\\alice"}}}}"##,
    conditions: [.object("win")],
    collector: ["agent.name"], recordTime: [.slot(.systemTime), "timestamp"],
    doublesBackslashes: true)

  static let evtxECmd = Shape(
    name: "evtxecmd", title: "EvtxECmd --json",
    sample:
      ##"{"MapDescription":"Network connection","Computer":"WS01","Payload":"{\"EventData\":{\"Data\":[{\"@Name\":\"UtcTime\",\"#text\":\"2024-05-01 10:00:00.120\"},{\"@Name\":\"Image\",\"#text\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\"},{\"@Name\":\"User\",\"#text\":\"EXAMPLE\\\\alice\"},{\"@Name\":\"Initiated\",\"#text\":\"True\"},{\"@Name\":\"DestinationIp\",\"#text\":\"203.0.113.9\"},{\"@Name\":\"DestinationPort\",\"#text\":\"4444\"}]}}","Channel":"Microsoft-Windows-Sysmon/Operational","Provider":"Microsoft-Windows-Sysmon","EventId":3,"ProcessId":2980,"TimeCreated":"2024-05-01T10:00:01.2784488+00:00"}"##,
    conditions: [.scalar("EventId"), .scalar("Payload"), .absent(.slot(.eventID))],
    eventID: ["EventId"],
    fields: [.user: ["UserName"]], capitalizesBooleans: true)

  static let evtxDump = Shape(
    name: "evtx_dump",
    title:
      "evtx_dump -o jsonl; also what Chainsaw, Hayabusa and Zircolite read; golang-evtx, xmltodict",
    sample:
      ##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":3,"TimeCreated":{"#attributes":{"SystemTime":"2024-05-01T10:00:01.376030Z"}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"11111111-2222-3333-4444-555555555555","ProcessId":4321,"Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":true,"DestinationIp":"203.0.113.9","DestinationPort":9001}}}"##,
    conditions: [.object("Event")], recordTime: [.slot(.systemTime)],
    otherTimes: Shape.zoned)

  static let velociraptor = Shape(
    name: "velociraptor", title: "Velociraptor parse_evtx",
    sample:
      ##"{"Timestamp":"2024-05-01T10:00:01Z","System":{"Provider":{"Name":"Microsoft-Windows-Sysmon"},"EventID":{"Value":3},"TimeCreated":{"SystemTime":1714557601.2784},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"Image":"C:\\Windows\\System32\\cmd.exe","Initiated":true,"DestinationIp":"203.0.113.9","DestinationPort":4444,"User":"EXAMPLE\\alice"}}"##,
    conditions: [.object("System")],
    recordTime: [.slot(.systemTime), "Timestamp"], otherTimes: Shape.zoned)

  static let beats6 = Shape(
    name: "winlogbeat6", title: "Winlogbeat 6",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:01.376Z","event_id":3,"log_name":"Microsoft-Windows-Sysmon/Operational","source_name":"Microsoft-Windows-Sysmon","computer_name":"WS01","event_data":{"UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","Image":"C:\\Windows\\System32\\cmd.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}"##,
    conditions: [
      .scalar(.slot(.eventLog)), .scalar(.slot(.sourceName)), .scalar("@timestamp"),
    ],
    recordTime: ["@timestamp"], otherTimes: Shape.zoned)

  static let vector = Shape(
    name: "vector", title: "Vector windows_event_log",
    sample:
      ##"{"timestamp":"2024-05-01T10:00:01.376Z","event_id":3,"channel":"Microsoft-Windows-Sysmon/Operational","provider_name":"Microsoft-Windows-Sysmon","computer":"WS01","process_id":2980,"event_data":{"Image":"C:\\Windows\\System32\\cmd.exe","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444","UtcTime":"2024-05-01 10:00:00.120","User":"EXAMPLE\\alice"}}"##,
    conditions: [.object(.slot(.eventData)), .scalar("timestamp")],
    recordTime: [.slot(.systemTime), .slot(.timeCreated), "timestamp"])

  static let ocsf = Shape(
    name: "ocsf", title: "OCSF Network Activity (class 4001)",
    sample:
      ##"{"class_uid":4001,"activity_id":1,"time":1714557600120,"device":{"hostname":"WS01"},"actor":{"process":{"name":"powershell.exe","pid":4321,"file":{"path":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"},"parent_process":{"name":"winword.exe"}},"user":{"name":"alice"}},"connection_info":{"direction_id":2,"protocol_name":"tcp"},"dst_endpoint":{"ip":"203.0.113.9","port":4444}}"##,
    conditions: [.scalar("class_uid"), .scalar("dst_endpoint.port")], origin: .ocsf,
    eventID: ["class_uid"], host: ["device.hostname", "device.name"], collector: [],
    recordTime: ["time", "time_dt"], otherTimes: [],
    fields: [
      .image: ["actor.process.file.path", "actor.process.path", "actor.process.name"],
      .parentImage: [
        "actor.process.parent_process.file.path", "actor.process.parent_process.path",
        "actor.process.parent_process.name",
      ],
      .processGuid: ["actor.process.uid"], .processID: ["actor.process.pid"],
      .commandLine: ["actor.process.cmd_line"], .transport: ["connection_info.protocol_name"],
      .sourceIP: ["src_endpoint.ip"], .sourcePort: ["src_endpoint.port"],
      .destinationIP: ["dst_endpoint.ip"], .destinationPort: ["dst_endpoint.port"],
      .destinationName: ["dst_endpoint.hostname"],
    ],
    userParts: [
      ("actor.user.domain", "actor.user.name", onlyWith: nil),
      ("actor.process.user.domain", "actor.process.user.name", onlyWith: nil),
    ],
    // 1 inbound, 2 outbound, 3 lateral: a lateral connection is opened by the reporting process.
    direction: .init(
      place: "connection_info.direction_id", outbound: ["2", "3"], inbound: ["1"]))

  static let udm = Shape(
    name: "chronicle_udm", title: "Google Chronicle UDM export",
    sample:
      ##"{"metadata": {"eventTimestamp": "2024-05-01T10:00:01.376Z", "eventType": "NETWORK_CONNECTION", "vendorName": "Microsoft", "productName": "Microsoft-Windows-Sysmon", "productEventType": "3"}, "principal": {"hostname": "ws01.example.test", "ip": ["192.0.2.10"], "port": 50123, "user": {"userid": "alice"}, "process": {"pid": "4321", "file": {"fullPath": "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"}, "productSpecificProcessId": "SYSMON:{11111111-2222-3333-4444-555555555555}"}}, "target": {"ip": ["203.0.113.9"], "port": 4444}, "network": {"direction": "OUTBOUND", "ipProtocol": "TCP"}}"##,
    conditions: [.text("metadata.eventType", "NETWORK_CONNECTION"), .scalar("target.port")],
    eventID: ["metadata.productEventType"], host: ["principal.hostname"], collector: [],
    recordTime: ["metadata.eventTimestamp"], otherTimes: [],
    fields: [
      .user: ["principal.user.userid"], .image: ["principal.process.file.fullPath"],
      .parentImage: ["principal.process.parentProcess.file.fullPath"],
      .processGuid: ["principal.process.productSpecificProcessId"],
      .processID: ["principal.process.pid"], .transport: ["network.ipProtocol"],
      .sourceIP: ["principal.ip"], .sourcePort: ["principal.port"],
      .destinationIP: ["target.ip"], .destinationPort: ["target.port"],
      .destinationName: ["target.hostname"],
    ],
    direction: .init(
      place: "network.direction", outbound: ["OUTBOUND"], inbound: ["INBOUND"]))

  /// The same with the names of the fields as UDM's protocol buffers write them.
  static let udmProto: Shape = {
    var shape = udm
    shape.name = "chronicle_udm_proto"
    shape.title = "Google Chronicle UDM, names of fields with underscores"
    shape.sample =
      ##"{"metadata":{"event_timestamp":"2024-05-01T10:00:01.376Z","event_type":"NETWORK_CONNECTION","vendor_name":"Microsoft","product_name":"Microsoft-Windows-Sysmon","product_event_type":"3"},"principal":{"hostname":"WS01","user":{"userid":"EXAMPLE\\alice"},"process":{"file":{"full_path":"C:\\Windows\\System32\\cmd.exe"}}},"target":{"ip":["203.0.113.9"],"port":4444},"network":{"ip_protocol":"TCP","direction":"OUTBOUND"}}"##
    shape.conditions = [
      .text("metadata.event_type", "NETWORK_CONNECTION"), .scalar("target.port"),
    ]
    shape.eventID = ["metadata.product_event_type"]
    shape.recordTime = ["metadata.event_timestamp"]
    shape.fields.merge(
      [
        .image: ["principal.process.file.full_path"],
        .parentImage: ["principal.process.parent_process.file.full_path"],
        .processGuid: ["principal.process.product_specific_process_id"],
        .transport: ["network.ip_protocol"],
      ], uniquingKeysWith: { _, new in new })
    return shape
  }()

  static let hayabusa = Shape(
    name: "hayabusa", title: "Hayabusa json-timeline",
    sample:
      ##"{"Timestamp": "2024-05-01 10:00:01.376 +00:00", "RuleTitle": "Net Conn", "Level": "info", "Computer": "WS01.example.test", "Channel": "Sysmon", "EventID": 3, "RecordID": 77, "Details": {"Initiated": true, "Proto": "tcp", "SrcIP": "192.0.2.10", "SrcPort": 50123, "TgtIP": "203.0.113.9", "TgtPort": 4444, "Proc": "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "User": "EXAMPLE\\alice", "PID": 4321, "PGUID": "11111111-2222-3333-4444-555555555555"}, "ExtraFieldInfo": {"RuleName": "-", "UtcTime": "2024-05-01 10:00:00.120"}}"##,
    conditions: [.scalar("Details.TgtPort"), .scalar(.slot(.eventID))],
    recordTime: ["Timestamp"],
    fields: [
      .image: ["Details.Proc"], .user: ["Details.User"], .processGuid: ["Details.PGUID"],
      .processID: ["Details.PID"], .transport: ["Details.Proto"], .initiated: ["Details.Initiated"],
      .sourceIP: ["Details.SrcIP"], .sourcePort: ["Details.SrcPort"],
      .destinationIP: ["Details.TgtIP"], .destinationPort: ["Details.TgtPort"],
      .utcTime: ["ExtraFieldInfo.UtcTime"],
    ])

  static let fluentBit = Shape(
    name: "fluent_bit", title: "Fluent Bit winevtlog, and others that keep values without names",
    sample:
      ##"{"ProviderName":"Microsoft-Windows-Sysmon","EventID":3,"TimeCreated":"2024-05-01 12:00:01 +0200","ProcessID":2980,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","Message":"Network connection detected:\r\nRuleName: -","StringInserts":["-","2024-05-01 10:00:00.120","{11111111-2222-3333-4444-555555555555}",4321,"C:\\Windows\\System32\\cmd.exe","EXAMPLE\\alice","tcp",true,false,"192.0.2.10","-",50123,"-",false,"203.0.113.9","-",4444,"-"]}"##,
    conditions: [.array(.slot(.positional)), .absent(.slot(.eventData))])

  static let fluentd = Shape(
    name: "fluentd", title: "fluentd in_windows_eventlog2: values without names",
    sample:
      ##"{"ProviderName":"Microsoft-Windows-Sysmon","EventID":"3","TimeCreated":"2024/05/01 10:00:01.376000000","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","Description":"Network connection detected:","EventData":["-","2024-05-01 10:00:00.120","{11111111-2222-3333-4444-555555555555}","4321","C:\\Windows\\System32\\cmd.exe","EXAMPLE\\alice","tcp","true","false","192.0.2.10","-","50123","-","false","203.0.113.9","-","4444","-"]}"##,
    conditions: [.array(.slot(.eventData)), .array(.slot(.positional))])

  static let flatText = Shape(
    name: "windows_event",
    title: "Sentinel WindowsEvent and Event, Promtail: EventData is a text of JSON or XML",
    sample:
      ##"{"TimeGenerated":"2024-05-01T10:00:01.347Z","Provider":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"Type":"WindowsEvent","EventData":"{\"UtcTime\":\"2024-05-01T10:00:00.1200000Z\",\"Image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"Initiated\":\"true\",\"DestinationIp\":\"203.0.113.9\",\"DestinationPort\":\"4444\"}"}"##,
    conditions: [.scalar(.slot(.eventData))])

  static let flatObject = Shape(
    name: "flat_object", title: "System fields at the top, the rest in an EventData object",
    sample:
      ##"{"TimeGenerated":"2024-05-01T10:00:01.347Z","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventID":3,"EventData":{"UtcTime":"2024-05-01 10:00:00.120","Image":"C:\\Windows\\System32\\cmd.exe","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444"}}"##,
    conditions: [.object(.slot(.eventData))])

  static let flat = Shape(
    name: "flat", title: "NXLog, Splunk-like and other exports with every field at the top",
    sample:
      ##"{"EventTime":"2024-05-01 06:00:01","Hostname":"WS01.example.test","SourceName":"Microsoft-Windows-Sysmon","EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:00.120","ProcessGuid":"{11111111-2222-3333-4444-555555555555}","ProcessId":"4321","Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe","User":"EXAMPLE\\alice","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.9","DestinationPort":"4444","host":"collector01"}"##,
    conditions: [])
}
