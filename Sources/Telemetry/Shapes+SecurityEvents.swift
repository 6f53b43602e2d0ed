import Facts

/// Shapes of the formats in which collectors hand events to a SIEM.
extension Shape {
  /// Sources: "Implementing ArcSight Common Event Format", version 25, by the short and the full names of its
  /// fields (as Logstash and Vector write them); IBM's "LEEF event components".
  static let securityEvent = Shape(
    name: "cef",
    title: "CEF and LEEF, as text (in a line, a field, after a syslog header) or as JSON",
    sample:
      ##"{"message":"CEF:0|Microsoft|Sysmon|15.0|3|Network connection detected|3|rt=1714557601376 dvchost=WS01 src=192.0.2.10 spt=50123 dst=203.0.113.9 dpt=4444 proto=TCP deviceDirection=1 sntdom=EXAMPLE suser=alice sproc=C:\\\\Windows\\\\System32\\\\cmd.exe"}"##,
    conditions: [.scalar("deviceProduct")],
    eventID: ["deviceEventClassId", "externalId", .slot(.eventID)],
    host: [.slot(.computer), "dvchost", "deviceHostName", "identHostName", "shost", "dvc"],
    recordTime: [
      .slot(.systemTime), .slot(.timeCreated), "rt", "deviceReceiptTime", "devTime", "end", "start",
      "timestamp",
    ],
    fields: [
      .image: [
        "sproc", "sourceProcessName", "deviceProcessName", "dproc", "destinationProcessName",
      ],
      .transport: ["proto", "transportProtocol"],
      .sourceIP: ["src", "sourceAddress"], .sourcePort: ["spt", "srcPort"],
      .destinationIP: ["dst", "destinationAddress"], .destinationPort: ["dpt", "dstPort"],
      .destinationName: ["dhost"], .processID: ["spid", "sourceProcessId"],
    ],
    userParts: [
      ("sntdom", "suser", onlyWith: nil), ("dntdom", "duser", onlyWith: nil),
      ("sourceNtDomain", "sourceUserName", onlyWith: nil), ("domain", "usrName", onlyWith: nil),
    ],
    direction: .init(place: "deviceDirection", outbound: ["1"], inbound: ["0"]))

  /// Source: learn.microsoft.com, "Azure Monitor Logs reference - CommonSecurityLog".
  static let commonSecurityLog = Shape(
    name: "common_security_log", title: "Microsoft Sentinel CommonSecurityLog: CEF in a table",
    sample:
      ##"{"TimeGenerated":"2024-05-01T10:00:01.376Z","DeviceVendor":"Microsoft","DeviceProduct":"Sysmon","DeviceEventClassID":"3","Computer":"WS01","SourceIP":"192.0.2.10","SourcePort":50123,"DestinationIP":"203.0.113.9","DestinationPort":4444,"Protocol":"TCP","SourceUserName":"EXAMPLE\\alice","SourceProcessName":"C:\\Windows\\System32\\cmd.exe","CommunicationDirection":"Outbound","Type":"CommonSecurityLog"}"##,
    conditions: [.scalar("DeviceProduct"), .scalar("DeviceEventClassID")],
    eventID: ["DeviceEventClassID"], host: ["DeviceName", .slot(.computer)],
    recordTime: ["TimeGenerated", "TimeGenerated [UTC]"],
    fields: [
      .image: ["SourceProcessName", "ProcessName", "DestinationProcessName"],
      .sourceIP: ["SourceIP"], .destinationIP: ["DestinationIP"],
      .destinationName: ["DestinationHostName"],
    ],
    userParts: [
      ("SourceNTDomain", "SourceUserName", onlyWith: nil),
      ("DestinationNTDomain", "DestinationUserName", onlyWith: nil),
    ],
    direction: .init(
      place: "CommunicationDirection", outbound: ["Outbound", "1"], inbound: ["Inbound", "0"]))
}
