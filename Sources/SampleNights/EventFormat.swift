/// How a shipper spells events as lines of JSON.
package enum EventFormat: String, CaseIterable, Sendable {
  case nxlog = "nxlog-flat"
  case evtxDump = "evtx-dump"
  case winlogbeat = "winlogbeat-8-raw"
  case elasticCommonSchema = "winlogbeat-8-ecs"
  case wazuh = "wazuh-archives"
  case sentinel = "sentinel-windowsevent"
  case linuxSyslog = "syslog-sysmon-xml"
  case defender = "defender-streaming"
  case fluentBit = "fluent-bit-positional"
  case evtxECmd = "evtxecmd"

  /// The event as this shipper's line, without its end.
  package func line(_ event: LogicalEvent) -> String { writer(event).text }

  /// The same as bytes.
  package func bytes(_ event: LogicalEvent) -> [UInt8] { writer(event).bytes }

  private func writer(_ event: LogicalEvent) -> JSONLineWriter {
    var writer = JSONLineWriter()
    writer.object { line in
      switch self {
      case .nxlog: writeNXLog(event, to: &line)
      case .evtxDump: writeEvtxDump(event, to: &line)
      case .winlogbeat: writeWinlogbeat(event, to: &line)
      case .elasticCommonSchema: writeElasticCommonSchema(event, to: &line)
      case .wazuh: writeWazuh(event, to: &line)
      case .sentinel: writeSentinel(event, to: &line)
      case .linuxSyslog: writeLinuxSyslog(event, to: &line)
      case .defender: writeDefender(event, to: &line)
      case .fluentBit: writeFluentBit(event, to: &line)
      case .evtxECmd: writeEvtxECmd(event, to: &line)
      }
    }
    return writer
  }
}

extension LogicalEvent.Value {
  /// The value as Windows renders it in text: braces about GUIDs, words for flags.
  var windowsText: String {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .flag(let flag): flag ? "true" : "false"
    case .guid(let guid): guid.braced
    case .time(let time): time.sysmonText
    }
  }
}

extension LogicalEvent {
  /// What the event log's own head says, whoever ships it.
  struct LogHead {
    var channel: String
    var provider: String
    var providerGuid: String
    /// Of the service that writes the log, never of the process in the event.
    var processID: Int
    var threadID: Int
    var version: Int
    var title: String
  }

  var logHead: LogHead {
    switch log {
    case .sysmon:
      LogHead(
        channel: "Microsoft-Windows-Sysmon/Operational", provider: "Microsoft-Windows-Sysmon",
        providerGuid: "5770385f-c22a-43e0-bf4c-06f5698ffbd9", processID: host.sysmonProcessID,
        threadID: host.sysmonProcessID + 824, version: 5, title: title)
    case .linuxSysmon:
      LogHead(
        channel: "Linux-Sysmon/Operational", provider: "Linux-Sysmon",
        providerGuid: "ff032593-a8d3-4f13-b0d6-01fc615a0f97", processID: host.sysmonProcessID,
        threadID: host.sysmonProcessID, version: 5, title: title)
    case .security:
      LogHead(
        channel: "Security", provider: "Microsoft-Windows-Security-Auditing",
        providerGuid: "54849625-5478-4994-a5ba-3e3b0328c30d", processID: 712, threadID: 7840,
        version: 1, title: title)
    case .powerShell:
      LogHead(
        channel: "Microsoft-Windows-PowerShell/Operational",
        provider: "Microsoft-Windows-PowerShell",
        providerGuid: "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
        processID: process?.processID ?? 0, threadID: 6120, version: 1, title: title)
    case .provider(let provider):
      LogHead(
        channel: provider.channel, provider: provider.name, providerGuid: provider.guid,
        processID: process?.processID ?? 788, threadID: 5212, version: 0, title: title)
    case .syslog(let program):
      LogHead(
        channel: "syslog", provider: program, providerGuid: "", processID: 1, threadID: 1,
        version: 1, title: title)
    }
  }

  private var title: String {
    switch (log, eventID) {
    case (.security, 4624): "An account was successfully logged on."
    case (.security, 4634): "An account was logged off."
    case (.security, 4672): "Special privileges assigned to new logon."
    case (.security, 4688): "A new process has been created."
    case (.security, 4658): "The handle to an object was closed."
    case (.security, 4663): "An attempt was made to access an object."
    case (.security, 4769): "A Kerberos service ticket was requested."
    case (.security, _): "The Windows Filtering Platform has permitted a connection."
    case (.powerShell, _): "Creating Scriptblock text (1 of 1):"
    case (.provider(let provider), _): provider.titles[eventID] ?? provider.name
    case (.syslog, _): ""
    case (_, 1): "Process Create"
    case (_, 3): "Network connection detected"
    case (_, 5): "Process terminated"
    case (_, 7): "Image loaded"
    case (_, 10): "Process accessed"
    case (_, 11): "File created"
    case (_, 12): "Registry object added or deleted"
    case (_, 13): "Registry value set"
    case (_, 22): "Dns query"
    case (_, 23): "File Delete archived"
    default: "Sysmon"
    }
  }

  /// `Network connection detected (rule: NetworkConnect)`, as the manifest names the task.
  var taskName: String {
    guard isSysmon else { return title }
    let rules = [
      1: "ProcessCreate", 3: "NetworkConnect", 5: "ProcessTerminate", 7: "ImageLoad",
      10: "ProcessAccess", 11: "FileCreate", 12: "RegistryEvent", 13: "RegistryEvent",
      22: "DnsQuery", 23: "FileDelete",
    ]
    return "\(title) (rule: \(rules[eventID] ?? "Rule"))"
  }

  /// The text that the Event Viewer shows.
  var message: String {
    var text = "\(title)\(isSysmon ? ":" : "")"
    for field in fields { text += "\r\n\(field.name): \(field.value.windowsText)" }
    return text
  }
}
