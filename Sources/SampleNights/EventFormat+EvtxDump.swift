extension EventFormat {
  /// `evtx_dump -o jsonl`: numbers and flags keep their types, GUIDs are in capitals without braces.
  func writeEvtxDump(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let head = event.logHead
    line.object("Event") { line in
      line.object("#attributes") {
        $0.field("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event")
      }
      line.object("System") { line in
        line.object("Provider") { line in
          line.object("#attributes") {
            $0.field("Name", head.provider)
            $0.field("Guid", head.providerGuid.uppercased())
          }
        }
        line.field("EventID", event.eventID)
        line.field("Version", head.version)
        line.field("Level", 4)
        line.field("Task", event.eventID)
        line.field("Opcode", 0)
        line.field("Keywords", "0x8000000000000000")
        line.object("TimeCreated") { line in
          line.object("#attributes") {
            $0.field("SystemTime", event.recordTime.isoText("999Z"))
          }
        }
        line.field("EventRecordID", event.recordNumber)
        line.null("Correlation")
        line.object("Execution") { line in
          line.object("#attributes") {
            $0.field("ProcessID", head.processID)
            $0.field("ThreadID", head.threadID)
          }
        }
        line.field("Channel", head.channel)
        line.field("Computer", event.host.computer)
        line.object("Security") { line in
          line.object("#attributes") { $0.field("UserID", "S-1-5-18") }
        }
      }
      line.object("EventData") { line in
        for field in event.fields {
          switch field.value {
          case .text(let text): line.field(field.name, text)
          case .number(let number): line.field(field.name, number)
          case .flag(let flag): line.field(field.name, flag)
          case .guid(let guid): line.field(field.name, guid.upperCased)
          case .time(let time): line.field(field.name, time.sysmonText)
          }
        }
      }
    }
  }
}
