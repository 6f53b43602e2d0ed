extension EventFormat {
  /// Winlogbeat 8 without an ingest pipeline after it: `winlog.event_data` is all text.
  func writeWinlogbeat(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    line.field("@timestamp", event.recordTime.isoText())
    line.object("@metadata") { line in
      line.field("beat", "winlogbeat")
      line.field("type", "_doc")
      line.field("version", "8.13.2")
    }
    line.object("event") { line in
      line.field("action", event.taskName)
      line.field("code", String(event.eventID))
      line.field("created", (event.recordTime + 1400).isoText())
      line.field("kind", "event")
      line.field("provider", event.logHead.provider)
    }
    writeWinlog(event, to: &line) { line in
      for field in event.fields { line.field(field.name, field.value.windowsText) }
    }
    writeAgent(event, to: &line)
  }

  /// The part that is the same before and after a pipeline.
  func writeWinlog(
    _ event: LogicalEvent, to line: inout JSONLineWriter,
    data: (inout JSONLineWriter) -> Void
  ) {
    let head = event.logHead
    line.object("winlog") { line in
      line.field("api", "wineventlog")
      line.field("channel", head.channel)
      line.field("computer_name", event.host.computer)
      line.object("event_data", data)
      line.field("event_id", String(event.eventID))
      line.field("opcode", "Info")
      line.object("process") { line in
        line.field("pid", head.processID)
        line.object("thread") { $0.field("id", head.threadID) }
      }
      line.field("provider_guid", "{\(head.providerGuid)}")
      line.field("provider_name", head.provider)
      line.field("record_id", event.recordNumber)
      line.field("task", event.taskName)
      // Who wrote the event, not who did what it tells.
      line.object("user") { line in
        line.field("domain", "NT AUTHORITY")
        line.field("identifier", "S-1-5-18")
        line.field("name", "SYSTEM")
        line.field("type", "User")
      }
      line.field("version", head.version)
    }
  }

  func writeAgent(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    line.object("agent") { line in
      line.field("ephemeral_id", "5f0a2f44-8b7e-4d6f-9c55-1c9d6c1a7e10")
      line.field("id", "b7d0c8f2-3a41-4c0e-8d11-0a6f2b9e4c37")
      line.field("name", "NH-WEC01")
      line.field("type", "winlogbeat")
      line.field("version", "8.13.2")
    }
    line.object("ecs") { $0.field("version", "8.0.0") }
    line.object("host") { $0.field("name", "NH-WEC01.\(Company.dnsDomain)") }
    line.object("log") { $0.field("level", "information") }
  }
}
