extension EventFormat {
  /// Defender's streaming API: one table a category, the acting process on every event, its parent
  /// by name alone; the envelope's `time` is that of the export.
  func writeDefender(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let (table, action) = EventFormat.defenderTable(event)
    let moment = event.time("UtcTime") ?? event.recordTime
    line.field("time", (event.recordTime + 254_000).isoText("6134Z"))
    line.field("tenantId", "00000000-0000-0000-0000-000000000000")
    line.field("operationName", "Publish")
    line.field("category", "AdvancedHunting-\(table)")
    line.field("Tenant", "DefaultTenant")
    line.object("properties") { line in
      line.field("Timestamp", moment.isoText("9995Z"))
      line.field("DeviceName", event.host.computer.lowercased())
      line.field("DeviceId", "9f8e7d6c5b4a3928\(Moment.padded(event.host.number, 24))")
      line.field("ReportId", event.recordNumber)
      line.field("ActionType", action)
      writeDefenderDetails(event, to: &line)
      if let process = event.process { writeInitiator(process, of: event, to: &line) }
    }
  }

  private static func defenderTable(_ event: LogicalEvent) -> (table: String, action: String) {
    switch (event.log, event.eventID) {
    case (.security, 4624): ("DeviceLogonEvents", "LogonSuccess")
    case (.sysmon, 1), (.linuxSysmon, 1): ("DeviceProcessEvents", "ProcessCreated")
    case (.sysmon, 3), (.linuxSysmon, 3):
      event["Initiated"] == .flag(true)
        ? ("DeviceNetworkEvents", "ConnectionSuccess")
        : ("DeviceNetworkEvents", "InboundConnectionAccepted")
    case (.sysmon, 7): ("DeviceImageLoadEvents", "ImageLoaded")
    case (.sysmon, 11), (.linuxSysmon, 11): ("DeviceFileEvents", "FileCreated")
    case (.sysmon, 23), (.linuxSysmon, 23): ("DeviceFileEvents", "FileDeleted")
    case (.sysmon, 12): ("DeviceRegistryEvents", "RegistryKeyCreated")
    case (.sysmon, 13): ("DeviceRegistryEvents", "RegistryValueSet")
    case (.sysmon, 10): ("DeviceEvents", "OpenProcessApiCall")
    case (.sysmon, 22): ("DeviceEvents", "DnsQueryResponse")
    case (.powerShell, _): ("DeviceEvents", "PowerShellCommand")
    default: ("DeviceEvents", "OtherAlertRelatedActivity")
    }
  }

  private func writeDefenderDetails(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    if event.isSysmon, event.eventID == 3 {
      let isOutbound = event["Initiated"] == .flag(true)
      let far = isOutbound ? "Destination" : "Source"
      let near = isOutbound ? "Source" : "Destination"
      let name = event.text("\(far)Hostname") ?? "-"
      line.field("RemoteIP", event.text("\(far)Ip") ?? "")
      line.field("RemotePort", event.number("\(far)Port") ?? 0)
      if name == "-" { line.null("RemoteUrl") } else { line.field("RemoteUrl", name) }
      line.field("LocalIP", event.text("\(near)Ip") ?? "")
      line.field("LocalPort", event.number("\(near)Port") ?? 0)
      line.field("Protocol", event.text("Protocol") == "udp" ? "Udp" : "Tcp")
      let isPrivate = event.text("\(far)Ip")?.hasPrefix("10.") ?? false
      line.field("RemoteIPType", isPrivate ? "Private" : "Public")
    } else if event.eventID == 1, event.isSysmon, let process = event.process {
      line.field("FileName", process.program.fileName)
      line.field("FolderPath", process.program.image)
      line.field("ProcessId", process.processID)
      line.field("ProcessCommandLine", process.program.commandLine)
      line.field("ProcessVersionInfoOriginalFileName", process.program.originalFileName)
    } else if let object = event.text("TargetObject") {
      let value = Program.fileName(of: object)
      line.field("RegistryKey", String(object.dropLast(value.count + 1)))
      line.field("RegistryValueName", value)
      line.field("RegistryValueData", EventFormat.decimal(event.text("Details") ?? ""))
    } else if let path = event.text("TargetFilename") ?? event.text("ImageLoaded") {
      line.field("FileName", Program.fileName(of: path))
      line.field("FolderPath", path)
    } else {
      line.object("AdditionalFields") { line in
        for field in event.fields where field.name != "UtcTime" {
          line.field(field.name, field.value.windowsText)
        }
      }
    }
  }

  private func writeInitiator(
    _ process: RunningProcess, of event: LogicalEvent, to line: inout JSONLineWriter
  ) {
    let program = process.program
    // The one who acts in a process start is the parent.
    let isStart = event.isSysmon && event.eventID == 1
    let image = isStart ? program.parentImage : program.image
    let parent = isStart ? "explorer.exe" : Program.fileName(of: program.parentImage)
    let account = process.user.split(separator: "\\").map { $0.lowercased() }
    line.field("InitiatingProcessFileName", Program.fileName(of: image))
    line.field("InitiatingProcessFolderPath", image.lowercased())
    line.field("InitiatingProcessId", isStart ? process.parentProcessID : process.processID)
    line.field(
      "InitiatingProcessCommandLine", isStart ? program.parentCommandLine : program.commandLine)
    line.field("InitiatingProcessCreationTime", process.started.isoText("9995Z"))
    line.field("InitiatingProcessParentFileName", parent)
    line.field("InitiatingProcessAccountDomain", account.count == 2 ? account[0] : "")
    line.field("InitiatingProcessAccountName", account.last ?? "")
    line.field(
      "InitiatingProcessVersionInfoOriginalFileName",
      isStart ? Program.fileName(of: image) : program.originalFileName)
    line.field("InitiatingProcessUniqueId", "0")
  }

  /// `DWORD (0x00008462)` as Defender tells it: `33890`.
  private static func decimal(_ details: String) -> String {
    guard details.hasPrefix("DWORD (0x") else { return details }
    return String(Int(details.dropFirst(9).dropLast(), radix: 16) ?? 0)
  }
}
