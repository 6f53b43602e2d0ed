extension EventFormat {
  /// Wazuh's `archives.json`: names begin small, and backslashes stay doubled after decoding.
  func writeWazuh(_ event: LogicalEvent, to line: inout JSONLineWriter) {
    let head = event.logHead
    line.field("timestamp", (event.recordTime + 730).isoText("+0000"))
    line.object("agent") { line in
      line.field("id", Moment.padded(event.host.number, 3))
      line.field("name", event.host.name)
      line.field("ip", event.host.address)
    }
    line.object("manager") { $0.field("name", "nh-wazuh01") }
    line.object("decoder") { $0.field("name", "windows_eventchannel") }
    line.object("data") { line in
      line.object("win") { line in
        line.object("system") { line in
          line.field("providerName", head.provider)
          line.field("providerGuid", "{\(head.providerGuid)}")
          line.field("eventID", String(event.eventID))
          line.field("version", String(head.version))
          line.field("level", "4")
          line.field("task", String(event.eventID))
          line.field("opcode", "0")
          line.field("keywords", "0x8000000000000000")
          line.field("systemTime", event.recordTime.isoText("9995Z"))
          line.field("eventRecordID", String(event.recordNumber))
          line.field("processID", String(head.processID))
          line.field("threadID", String(head.threadID))
          line.field("channel", head.channel)
          line.field("computer", event.host.computer)
          line.field("severityValue", "INFORMATION")
          line.field("message", "\"\(head.title)\"")
        }
        line.object("eventdata") { line in
          for field in event.fields {
            line.field(
              EventFormat.smallFirst(field.name), EventFormat.doubled(field.value.windowsText))
          }
        }
      }
    }
    line.field("location", "EventChannel")
  }

  private static func smallFirst(_ name: String) -> String {
    name.prefix(1).lowercased() + name.dropFirst()
  }

  private static func doubled(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      bytes.append(byte)
      if byte == UInt8(ascii: "\\") { bytes.append(byte) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
