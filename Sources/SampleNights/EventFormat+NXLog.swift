extension EventFormat {
  /// NXLog `im_msvistalog`: everything at the top, everything text, `EventTime` local without a zone.
  /// `Message` is dropped, as collectors do to save room.
  func writeNXLog(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let head = event.logHead
    let local = event.recordTime + Company.localOffsetMilliseconds
    line.field("EventTime", local.secondsText)
    line.field("Hostname", event.host.computer)
    // Sysmon's own `EventType` and NXLog's have one key; Sysmon's wins.
    if event["EventType"] == nil { line.field("EventType", "INFO") }
    line.field("SeverityValue", 2)
    line.field("Severity", "INFO")
    line.field("EventID", event.eventID)
    line.field("SourceName", head.provider)
    line.field("ProviderGuid", "{\(head.providerGuid.uppercased())}")
    line.field("Version", head.version)
    line.field("Task", event.eventID)
    line.field("OpcodeValue", 0)
    line.field("RecordNumber", event.recordNumber)
    line.field("ExecutionProcessID", head.processID)
    line.field("ExecutionThreadID", head.threadID)
    line.field("Channel", head.channel)
    line.field("Domain", "NT AUTHORITY")
    line.field("AccountName", "SYSTEM")
    line.field("UserID", "S-1-5-18")
    line.field("AccountType", "User")
    line.field("Category", event.taskName)
    line.field("Opcode", "Info")
    for field in event.fields { line.field(field.name, field.value.windowsText) }
    line.field("EventReceivedTime", (local + 1000).secondsText)
    line.field("SourceModuleName", "eventlog")
    line.field("SourceModuleType", "im_msvistalog")
    // The collector's name and the sender's port: never the endpoint, never a destination.
    line.field("port", 62387)
    line.field("host", "nh-collector01")
  }
}
