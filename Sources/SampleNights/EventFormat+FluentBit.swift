extension EventFormat {
  /// Fluent Bit's `winevtlog`: the names of fields are lost, their order is all; whole seconds.
  func writeFluentBit(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let head = event.logHead
    let local = event.recordTime + Company.localOffsetMilliseconds
    line.field("ProviderName", head.provider)
    line.field("ProviderGuid", "{\(head.providerGuid.uppercased())}")
    line.field("Qualifiers", "")
    line.field("EventID", event.eventID)
    line.field("Version", head.version)
    line.field("Level", 4)
    line.field("Task", event.eventID)
    line.field("Opcode", 0)
    line.field("Keywords", "0x8000000000000000")
    line.field("TimeCreated", "\(local.secondsText) +0200")
    line.field("EventRecordID", event.recordNumber)
    line.field("ActivityID", "")
    line.field("RelatedActivityID", "")
    line.field("ProcessID", head.processID)
    line.field("ThreadID", head.threadID)
    line.field("Channel", head.channel)
    line.field("Computer", event.host.computer)
    line.field("UserID", "NT AUTHORITY\\SYSTEM")
    line.field("Message", event.message)
    line.array("StringInserts") { line in
      for field in event.fields {
        switch field.value {
        case .number(let number): line.field(nil, number)
        case .flag(let flag): line.field(nil, flag)
        case let value: line.field(nil, value.windowsText)
        }
      }
    }
  }
}
