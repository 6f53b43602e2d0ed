import Facts

/// Shapes of those who give Sysmon's fields names of their own.
extension Shape {
  static let beatsFields = Shape(
    name: "winlogbeat_fields",
    title: "Winlogbeat 7 and 8 with whole names as keys, as Elasticsearch gives fields",
    sample:
      ##"{"_index":"winlogbeat","fields":{"@timestamp":["2024-05-01T10:00:01.376Z"],"winlog.event_id":["3"],"winlog.channel":["Microsoft-Windows-Sysmon/Operational"],"winlog.computer_name":["WS01"],"winlog.event_data.UtcTime":["2024-05-01 10:00:00.120"],"winlog.event_data.Image":["C:\\Windows\\System32\\cmd.exe"],"winlog.event_data.User":["EXAMPLE\\alice"],"winlog.event_data.Initiated":["true"],"winlog.event_data.DestinationIp":["203.0.113.9"],"winlog.event_data.DestinationPort":["4444"]}}"##,
    conditions: [.scalar("winlog.event_id")], recordTime: ["@timestamp"], otherTimes: zoned)

  static let beatsECSFields = Shape(
    name: "winlogbeat_ecs_fields",
    title: "The same after the Sysmon ingest pipeline (ECS)",
    sample:
      ##"{"_index":"winlogbeat","fields":{"@timestamp":["2024-05-01T10:00:00.120Z"],"event.created":["2024-05-01T10:00:01.376Z"],"winlog.event_id":["3"],"winlog.channel":["Microsoft-Windows-Sysmon/Operational"],"winlog.computer_name":["WS01"],"process.executable":["C:\\Windows\\System32\\cmd.exe"],"network.direction":["egress"],"destination.ip":["203.0.113.9"],"destination.port":[4444],"user.domain":["EXAMPLE"],"user.name":["alice"]}}"##,
    conditions: [.scalar("winlog.event_id"), .scalar("process.executable")],
    recordTime: ["event.created"], otherTimes: zoned, fields: ecsFields,
    userParts: [("user.domain", "user.name", onlyWith: "process.executable")],
    direction: ecsDirection)

  /// Source: learn.microsoft.com, "ASIM Network Session schema reference", and its parser for Sysmon.
  static let asim = Shape(
    name: "asim", title: "Microsoft Sentinel ASIM, network sessions of Sysmon",
    sample:
      ##"{"TimeGenerated":"2024-05-01T10:00:01.376Z","EventProduct":"Sysmon","EventOriginalType":"3","EventSchema":"NetworkSession","Dvc":"WS01","NetworkDirection":"Outbound","NetworkProtocol":"TCP","DstIpAddr":"203.0.113.9","DstPortNumber":4444,"SrcProcessName":"C:\\Windows\\System32\\cmd.exe","SrcUsername":"EXAMPLE\\alice"}"##,
    conditions: [.scalar("DstPortNumber"), .text("EventProduct", "Sysmon")],
    eventID: ["EventOriginalType"], host: ["DvcFQDN", "DvcHostname", "Dvc"], collector: [],
    recordTime: ["TimeGenerated"],
    fields: [
      .user: ["SrcUsername", "DstUsername", "ActorUsername"],
      .image: ["SrcProcessName", "DstProcessName", "Process"],
      .processGuid: ["SrcProcessGuid", "DstProcessGuid"],
      .processID: ["SrcProcessId", "DstProcessId"], .transport: ["NetworkProtocol"],
      .sourceIP: ["SrcIpAddr"], .sourcePort: ["SrcPortNumber"], .destinationIP: ["DstIpAddr"],
      .destinationPort: ["DstPortNumber"], .destinationName: ["DstHostname"],
    ],
    direction: .init(
      place: "NetworkDirection", outbound: ["Outbound", "Local"], inbound: ["Inbound"]))

  /// Source: docs.splunk.com, "Common Information Model", Network Traffic, as the add-on for Sysmon fills it.
  static let cim = Shape(
    name: "splunk_cim", title: "Splunk exports with the fields of its Common Information Model",
    sample:
      ##"{"_time":"2024-05-01T10:00:01.376Z","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","EventCode":"3","dvc":"WS01","app":"C:\\Windows\\System32\\cmd.exe","user":"EXAMPLE\\alice","direction":"outbound","transport":"tcp","dest_ip":"203.0.113.9","dest_port":"4444"}"##,
    conditions: [.scalar("dest_port"), .scalar(.slot(.eventID))],
    host: [.slot(.computer), "dvc"], otherTimes: cimTimes,
    fields: [
      .image: ["process_path", "app"], .transport: ["transport"], .sourceIP: ["src_ip"],
      .sourcePort: ["src_port"], .destinationIP: ["dest_ip"], .destinationPort: ["dest_port"],
      .destinationName: ["dest_host"], .parentImage: ["parent_process_path"],
    ],
    direction: .init(place: "direction", outbound: ["outbound"], inbound: ["inbound"]))

  /// Source: the same, Endpoint: Processes.
  static let cimProcess = Shape(
    name: "splunk_cim_process",
    title: "Splunk exports with the fields of its Common Information Model: starts of processes",
    sample:
      ##"{"_time":"2024-05-01T10:00:01.376Z","source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational","EventCode":"1","dvc":"WS01","process_path":"C:\\Windows\\System32\\cmd.exe","process_guid":"{11111111-2222-3333-4444-555555555555}","parent_process_path":"C:\\Windows\\explorer.exe","user":"EXAMPLE\\alice"}"##,
    conditions: [.scalar("parent_process_path"), .scalar(.slot(.eventID))],
    host: [.slot(.computer), "dvc"], otherTimes: cimTimes,
    fields: [.image: ["process_path"], .parentImage: ["parent_process_path"]])

  /// The last as Exabeam names it, in milliseconds.
  private static let cimTimes: [FieldReference] = ["@timestamp", "approxLogTime"]

  /// Source: OSSEM's common data model (ossemproject.com), and HELK's pipeline for Sysmon.
  static let ossem = Shape(
    name: "ossem", title: "HELK and others with OSSEM's names",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:01.376Z","event_id":3,"log_name":"Microsoft-Windows-Sysmon/Operational","source_name":"Microsoft-Windows-Sysmon","host_name":"WS01","process_path":"c:\\windows\\system32\\cmd.exe","user_account":"example\\alice","network_initiated":"true","dst_ip_addr":"203.0.113.9","dst_port":4444}"##,
    conditions: [.scalar("dst_port"), .scalar(.slot(.eventID))], recordTime: ossemTimes,
    otherTimes: zoned, fields: ossemFields)

  static let ossemProcess = Shape(
    name: "ossem_process", title: "HELK and others with OSSEM's names: starts of processes",
    sample:
      ##"{"@timestamp":"2024-05-01T10:00:01.376Z","event_id":1,"log_name":"Microsoft-Windows-Sysmon/Operational","source_name":"Microsoft-Windows-Sysmon","host_name":"WS01","process_path":"c:\\windows\\system32\\cmd.exe","process_parent_path":"c:\\windows\\explorer.exe","user_account":"example\\alice"}"##,
    conditions: [.scalar("process_parent_path"), .scalar(.slot(.eventID))],
    recordTime: ossemTimes, otherTimes: zoned, fields: ossemFields)

  private static let ossemTimes: [FieldReference] = [
    .slot(.systemTime), .slot(.timeCreated), "event_original_time", "@timestamp",
  ]

  private static let ossemFields: [Slot: [FieldReference]] = [
    .user: ["user_account", "user_name"], .image: ["process_path", "process_file_path"],
    .parentImage: ["process_parent_path"], .processGuid: ["process_guid"],
    .processID: ["process_id"], .initiated: ["network_initiated", "network_connection_initiated"],
    .transport: ["network_protocol"], .sourceIP: ["src_ip_addr", "src_ip"],
    .sourcePort: ["src_port"], .destinationIP: ["dst_ip_addr", "dst_ip"],
    .destinationPort: ["dst_port"], .destinationName: ["dst_host_name"],
    .parentProcessGuid: ["process_parent_guid"], .commandLine: ["process_command_line"],
    .parentCommandLine: ["process_parent_command_line"],
    .originalFileName: ["file_name_original"],
  ]
}
