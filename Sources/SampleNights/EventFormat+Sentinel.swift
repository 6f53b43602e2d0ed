extension EventFormat {
  /// Microsoft Sentinel's table `WindowsEvent`: `EventData` is a JSON object inside a string.
  func writeSentinel(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let head = event.logHead
    line.field("TenantId", "00000000-0000-0000-0000-000000000000")
    line.field("TimeGenerated", event.recordTime.isoText("9995Z"))
    line.field("Provider", head.provider)
    line.field("Channel", head.channel)
    line.field("Computer", event.host.computer)
    line.field("Task", 1)
    line.field("EventLevel", 4)
    line.field("EventLevelName", "Information")
    var data = JSONLineWriter()
    data.object { data in
      for field in event.fields {
        if case .time(let time) = field.value {
          data.field(field.name, time.isoText("0000Z"))
        } else {
          data.field(field.name, field.value.windowsText)
        }
      }
    }
    line.field("EventData", data.text)
    line.field("EventID", event.eventID)
    line.field("EventRecordId", String(event.recordNumber))
    line.field("Keywords", "0x8000000000000000")
    line.field("Opcode", "0")
    line.field("SystemProcessId", head.processID)
    line.field("SystemThreadId", head.threadID)
    line.field("SystemUserId", "S-1-5-18")
    line.field("Version", head.version)
    line.field("SourceSystem", "OpsManager")
    line.field("Type", "WindowsEvent")
  }
}
