extension EventFormat {
  private static let moved: Set<String> = [
    "RuleName", "UtcTime", "ProcessGuid", "ProcessId", "Image", "User", "Protocol", "Initiated",
    "SourceIp", "SourceHostname", "SourcePort", "DestinationIp", "DestinationHostname",
    "DestinationPort", "ParentProcessGuid", "ParentProcessId", "ParentImage", "ParentCommandLine",
    "CommandLine", "CurrentDirectory", "OriginalFileName", "TargetObject", "TargetFilename",
    "QueryName",
  ]

  /// Winlogbeat 8 after Elastic's Sysmon pipeline: the event is rewritten to ECS, `@timestamp` is
  /// `UtcTime`, `Initiated` is a direction, and what is empty is gone.
  func writeElasticCommonSchema(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    guard event.isSysmon else {
      writeWinlogbeat(event, to: &line)
      return
    }
    line.field("@timestamp", (event.time("UtcTime") ?? event.recordTime).isoText())
    line.object("event") { line in
      line.field("action", event.taskName)
      line.field("code", String(event.eventID))
      line.field("created", event.recordTime.isoText())
      line.field("kind", "event")
      line.field("module", "sysmon")
      line.field("provider", event.logHead.provider)
    }
    writeProcess(event, to: &line)
    if event.eventID == 3 { writeNetwork(event, to: &line) }
    if let object = event.text("TargetObject") {
      line.object("registry") { line in
        line.field("hive", String(object.prefix(while: { $0 != "\\" })))
        line.field("path", object)
        line.field("value", Program.fileName(of: object))
      }
    }
    if let file = event.text("TargetFilename") {
      line.object("file") { line in
        line.field("name", Program.fileName(of: file))
        line.field("path", file)
      }
    }
    if let query = event.text("QueryName") {
      line.object("dns") { line in line.object("question") { $0.field("name", query) } }
    }
    if let user = event.text("User"), user != "-" {
      let parts = user.split(separator: "\\", maxSplits: 1).map(String.init)
      line.object("user") { line in
        if parts.count == 2 { line.field("domain", parts[0]) }
        line.field("id", "S-1-5-18")
        line.field("name", parts.last ?? user)
      }
    }
    writeWinlog(event, to: &line) { line in
      for field in event.fields where !EventFormat.moved.contains(field.name) {
        let text = field.value.windowsText
        if text != "-" && text != "" { line.field(field.name, text) }
      }
    }
    writeAgent(event, to: &line)
  }

  private func writeProcess(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    guard let image = event.text("Image") else { return }
    line.object("process") { line in
      if case .guid(let guid) = event["ProcessGuid"] { line.field("entity_id", guid.braced) }
      line.field("executable", image)
      line.field("name", Program.fileName(of: image))
      line.field("pid", event.number("ProcessId") ?? 0)
      guard event.eventID == 1, let process = event.process else { return }
      line.field("command_line", process.program.commandLine)
      line.field("working_directory", event.text("CurrentDirectory") ?? "")
      line.object("pe") { $0.field("original_file_name", process.program.originalFileName) }
      line.object("parent") { line in
        line.field("command_line", process.program.parentCommandLine)
        line.field("entity_id", process.parentGuid.braced)
        line.field("executable", process.program.parentImage)
        line.field("name", Program.fileName(of: process.program.parentImage))
        line.field("pid", process.parentProcessID)
      }
    }
  }

  private func writeNetwork(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let isEgress = event["Initiated"] == .flag(true)
    func endpoint(_ side: String, _ key: String, _ line: inout JSONLineWriter) {
      line.object(key) { line in
        if let name = event.text("\(side)Hostname"), name != "-" { line.field("domain", name) }
        line.field("ip", event.text("\(side)Ip") ?? "")
        line.field("port", event.number("\(side)Port") ?? 0)
      }
    }
    line.object("network") { line in
      line.field("direction", isEgress ? "egress" : "ingress")
      line.field("transport", event.text("Protocol") ?? "tcp")
      line.field("type", event["DestinationIsIpv6"] == .flag(true) ? "ipv6" : "ipv4")
    }
    endpoint("Source", "source", &line)
    endpoint("Destination", "destination", &line)
  }
}
