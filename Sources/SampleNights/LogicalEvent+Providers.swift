extension LogicalEvent {
  /// System 7036: a service runs, or no longer does.
  static func serviceState(_ service: String, isRunning: Bool, on host: Host, at moment: Moment)
    -> LogicalEvent
  {
    LogicalEvent(
      .provider(.services), 7036, on: host, at: moment, by: nil,
      [
        Field("param1", .text(service)),
        Field("param2", .text(isRunning ? "running" : "stopped")),
      ])
  }

  /// System 10016: a user may not start a COM server, which is harmless.
  static func componentRefused(on host: Host, at moment: Moment) -> LogicalEvent {
    LogicalEvent(
      .provider(.components), 10016, on: host, at: moment, by: nil,
      [
        Field("param1", .text("application-specific")), Field("param2", .text("Local")),
        Field("param3", .text("Activation")),
        Field("param4", .text("{2593F8B9-4EAF-457C-B68A-50F6B8EA6B54}")),
        Field("param5", .text("{15C20B67-12E7-4BB6-92BB-7AFF07997402}")),
        Field("param6", .text(Company.domain)), Field("param7", .text("\(host.name)$")),
        Field("param8", .text("S-1-5-18")), Field("param9", .text("LocalHost (Using LRPC)")),
        Field("param10", .text("Unavailable")), Field("param11", .text("Unavailable")),
      ])
  }

  /// PowerShell 600: one of the engine's own providers has started.
  static func shellProvider(
    _ name: String, number: Int, _ process: RunningProcess, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    let details = [
      "ProviderName=\(name)", "NewProviderState=Started", "", "SequenceNumber=\(number)", "",
      "HostName=ConsoleHost", "HostVersion=5.1.19041.4291", "HostId=\(process.guid.lowerCased)",
      "HostApplication=\(process.program.commandLine)", "EngineVersion=", "RunspaceId=",
      "PipelineId=", "CommandName=", "CommandType=", "ScriptName=", "CommandPath=", "CommandLine=",
    ]
    return LogicalEvent(
      .provider(.oldPowerShell), 600, on: host, at: moment, by: process,
      [
        Field("param1", .text(name)), Field("param2", .text("Started")),
        Field("param3", .text(details.map { "\t" + $0 }.joined(separator: "\r\n"))),
      ])
  }

  /// Task Scheduler 100, 102, 129, 200 and 201: a task's way from its start to its end.
  static func task(
    _ eventID: Int, _ name: String, _ process: RunningProcess, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    var fields = [Field("TaskName", .text(name))]
    switch eventID {
    case 129:
      fields += [
        Field("Path", .text(process.program.image)),
        Field("ProcessID", .number(process.processID)), Field("Priority", .text("16384")),
      ]
    case 200, 201:
      fields += [
        Field("ActionName", .text(process.program.image)),
        Field("TaskInstanceId", .guid(process.guid)),
        Field("EnginePID", .number(process.processID)),
      ]
    default:
      fields += [
        Field("UserContext", .text(process.user)), Field("InstanceId", .guid(process.guid)),
      ]
    }
    return LogicalEvent(.provider(.tasks), eventID, on: host, at: moment, by: nil, fields)
  }

  /// WMI 5857: a provider is asked to answer.
  static func managementProvider(
    _ name: String, _ process: RunningProcess, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    LogicalEvent(
      .provider(.management), 5857, on: host, at: moment, by: nil,
      [
        Field("ProviderName", .text(name)), Field("Code", .text("0x0")),
        Field("HostProcess", .text("wmiprvse.exe")),
        Field("ProcessID", .number(process.processID)),
        Field("ProviderPath", .text("%SystemRoot%\\system32\\wbem\\\(name.lowercased()).dll")),
      ])
  }
}
