extension EventFormat {
  /// EvtxECmd `--json`: the fields are a JSON document inside the string `Payload`, flags are
  /// capitalised, GUIDs have no braces.
  func writeEvtxECmd(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let head = event.logHead
    line.field("PayloadData1", "ProcessID: \(event.process?.processID ?? 0)")
    line.field("MapDescription", head.title)
    line.field("UserName", event.text("User") ?? "")
    if let image = event.text("Image") { line.field("ExecutableInfo", image) }
    line.field("ChunkNumber", event.recordNumber / 120)
    line.field("Computer", event.host.computer)
    var payload = JSONLineWriter()
    payload.object { payload in
      payload.object("EventData") { payload in
        payload.array("Data") { payload in
          for field in event.fields {
            payload.object { item in
              item.field("@Name", field.name)
              item.field("#text", EventFormat.payloadText(field.value))
            }
          }
        }
      }
    }
    line.field("Payload", payload.text)
    line.field("UserId", "S-1-5-18")
    line.field("Channel", head.channel)
    line.field("Provider", head.provider)
    line.field("EventId", event.eventID)
    line.field("EventRecordId", String(event.recordNumber))
    line.field("ProcessId", head.processID)
    line.field("ThreadId", head.threadID)
    line.field("Level", "Info")
    line.field("Keywords", "0x8000000000000000")
    line.field("SourceFile", "C:\\Triage\\Logs\\\(head.provider).evtx")
    line.field("ExtraDataOffset", 0)
    line.field("HiddenRecord", false)
    line.field("TimeCreated", event.recordTime.isoText("9995+00:00"))
    line.field("RecordNumber", event.recordNumber)
  }

  private static func payloadText(_ value: LogicalEvent.Value) -> String {
    switch value {
    case .flag(let flag): flag ? "True" : "False"
    case .guid(let guid): guid.lowerCased
    default: value.windowsText
    }
  }
}
