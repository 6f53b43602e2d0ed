extension EventFormat {
  /// Microsoft Sentinel's table `Syslog`: Sysmon for Linux writes each event as XML in one message.
  func writeLinuxSyslog(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    line.field("TenantId", "00000000-0000-0000-0000-000000000000")
    line.field("TimeGenerated", (event.recordTime + 1).isoText())
    line.field("Computer", event.host.computer)
    line.field("EventTime", (event.recordTime).isoText().prefix(19) + "Z")
    line.field("Facility", "user")
    line.field("HostIP", event.host.address)
    line.field("HostName", event.host.computer)
    line.field("SeverityLevel", "info")
    if case .syslog(let program) = event.log {
      line.field("ProcessName", program)
      line.field("SyslogMessage", event.text("Message") ?? "")
    } else {
      line.field("ProcessName", "sysmon")
      line.field("ProcessID", event.logHead.processID)
      line.field("SyslogMessage", EventFormat.xml(event))
    }
    line.field("SourceSystem", "Linux")
    line.field("Type", "Syslog")
  }

  private static func xml(_ event: LogicalEvent) -> String {
    let head = event.logHead
    var text = "<Event><System><Provider Name=\"Linux-Sysmon\" Guid=\"{"
    text += "ff032593-a8d3-4f13-b0d6-01fc615a0f97}\"/><EventID>\(event.eventID)</EventID>"
    text += "<Version>\(head.version)</Version><Level>4</Level><Task>\(event.eventID)</Task>"
    text += "<Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
    text += "<TimeCreated SystemTime=\"\(event.recordTime.isoText("735000Z"))\"/>"
    text += "<EventRecordID>\(event.recordNumber)</EventRecordID><Correlation/>"
    text += "<Execution ProcessID=\"\(head.processID)\" ThreadID=\"\(head.threadID)\"/>"
    text += "<Channel>Linux-Sysmon/Operational</Channel>"
    text += "<Computer>\(escaped(event.host.computer))</Computer><Security UserId=\"0\"/>"
    text += "</System><EventData>"
    for field in event.fields {
      text += "<Data Name=\"\(field.name)\">\(escaped(field.value.windowsText))</Data>"
    }
    return text + "</EventData></Event>"
  }

  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3c || $0 == 0x3e || $0 == 0x22 })
    else { return text }
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
