extension LogicalEvent {
  private static func security(
    _ eventID: Int, on host: Host, at moment: Moment, by process: RunningProcess?,
    _ fields: [Field]
  ) -> LogicalEvent {
    LogicalEvent(.security, eventID, on: host, at: moment, by: process, fields)
  }

  private static func subject(_ host: Host) -> [Field] {
    [
      Field("SubjectUserSid", .text("S-1-5-18")),
      Field("SubjectUserName", .text("\(host.name)$")),
      Field("SubjectDomainName", .text(Company.domain)), Field("SubjectLogonId", .text("0x3e7")),
    ]
  }

  /// Security 4624, a logon; 4634, its end; 4672, its privileges.
  package static func logon(
    _ eventID: Int, account: String, logonID: Int, from address: String, on host: Host,
    at moment: Moment
  ) -> LogicalEvent {
    let sid = "S-1-5-21-1004336348-1177238915-682003330-\(1100 + account.utf8.count * 7)"
    let id = "0x\(String(logonID, radix: 16))"
    let target = [
      Field("TargetUserSid", .text(sid)), Field("TargetUserName", .text(account)),
      Field("TargetDomainName", .text(Company.domain)), Field("TargetLogonId", .text(id)),
    ]
    switch eventID {
    case 4624:
      return security(
        4624, on: host, at: moment, by: nil,
        subject(host) + target + [
          Field("LogonType", .text("3")), Field("LogonProcessName", .text("Kerberos")),
          Field("AuthenticationPackageName", .text("Kerberos")),
          Field("WorkstationName", .text("-")), Field("LogonGuid", .text("{\(nullGuid)}")),
          Field("TransmittedServices", .text("-")), Field("LmPackageName", .text("-")),
          Field("KeyLength", .text("0")), Field("ProcessId", .text("0x0")),
          Field("ProcessName", .text("-")), Field("IpAddress", .text(address)),
          Field("IpPort", .text("0")), Field("ImpersonationLevel", .text("%%1833")),
          Field("ElevatedToken", .text("%%1842")),
        ])
    case 4634:
      return security(
        4634, on: host, at: moment, by: nil, target + [Field("LogonType", .text("3"))])
    default:
      return security(
        4672, on: host, at: moment, by: nil,
        [
          Field("SubjectUserSid", .text(sid)), Field("SubjectUserName", .text(account)),
          Field("SubjectDomainName", .text(Company.domain)), Field("SubjectLogonId", .text(id)),
          Field("PrivilegeList", .text("SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege")),
        ])
    }
  }

  private static let nullGuid = "00000000-0000-0000-0000-000000000000"

  /// Security 4688, a process start as the Security log tells it.
  package static func auditedStart(_ process: RunningProcess, on host: Host, at moment: Moment)
    -> LogicalEvent
  {
    security(
      4688, on: host, at: moment, by: process,
      subject(host) + [
        Field("NewProcessId", .text("0x\(String(process.processID, radix: 16))")),
        Field("NewProcessName", .text(process.program.image)),
        Field("TokenElevationType", .text("%%1936")),
        Field("ProcessId", .text("0x\(String(process.parentProcessID, radix: 16))")),
        Field("CommandLine", .text(process.program.commandLine)),
        Field("TargetUserSid", .text("S-1-0-0")), Field("TargetUserName", .text("-")),
        Field("TargetDomainName", .text("-")), Field("TargetLogonId", .text("0x0")),
        Field("ParentProcessName", .text(process.program.parentImage)),
        Field("MandatoryLabel", .text("S-1-16-16384")),
      ])
  }

  /// Security 5156: the filtering platform lets a connection through.
  package static func filteredConnection(
    _ process: RunningProcess, to peer: Peer, from sourcePort: Int, on host: Host,
    at moment: Moment
  ) -> LogicalEvent {
    let device = "\\device\\harddiskvolume3" + process.program.image.dropFirst(2).lowercased()
    return security(
      5156, on: host, at: moment, by: process,
      [
        Field("ProcessID", .text(String(process.processID))), Field("Application", .text(device)),
        Field("Direction", .text("%%14593")), Field("SourceAddress", .text(host.address)),
        Field("SourcePort", .text(String(sourcePort))), Field("DestAddress", .text(peer.address)),
        Field("DestPort", .text(String(peer.port))), Field("Protocol", .text("6")),
        Field("FilterRTID", .text("66841")), Field("LayerName", .text("%%14611")),
        Field("LayerRTID", .text("48")), Field("RemoteUserID", .text("S-1-0-0")),
        Field("RemoteMachineID", .text("S-1-0-0")),
      ])
  }

  /// Security 4663: an audited object is opened.
  package static func objectAccess(
    _ process: RunningProcess, _ object: String, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    security(
      4663, on: host, at: moment, by: process,
      subject(host) + [
        Field("ObjectServer", .text("Security")), Field("ObjectType", .text("File")),
        Field("ObjectName", .text(object)), Field("HandleId", .text("0x1a4c")),
        Field("AccessList", .text("%%4416\r\n\t\t\t\t")), Field("AccessMask", .text("0x1")),
        Field("ProcessId", .text("0x\(String(process.processID, radix: 16))")),
        Field("ProcessName", .text(process.program.image)),
        Field("ResourceAttributes", .text("S:AI")),
      ])
  }

  /// Security 4658: a handle is closed.
  static func handleClosed(
    _ process: RunningProcess, _ handle: Int, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    security(
      4658, on: host, at: moment, by: process,
      subject(host) + [
        Field("ObjectServer", .text("Security")),
        Field("HandleId", .text("0x\(String(handle, radix: 16))")),
        Field("ProcessId", .text("0x\(String(process.processID, radix: 16))")),
        Field("ProcessName", .text(process.program.image)),
      ])
  }

  /// Security 4769: a domain controller grants a service ticket.
  static func ticket(
    account: String, service: String, from address: String, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    security(
      4769, on: host, at: moment, by: nil,
      [
        Field("TargetUserName", .text("\(account)@\(Company.dnsDomain.uppercased())")),
        Field("TargetDomainName", .text(Company.dnsDomain.uppercased())),
        Field("ServiceName", .text(service)),
        Field("TicketOptions", .text("0x40810000")), Field("TicketEncryptionType", .text("0x12")),
        Field("IpAddress", .text("::ffff:\(address)")), Field("IpPort", .text("0")),
        Field("Status", .text("0x0")), Field("LogonGuid", .text("{\(nullGuid)}")),
        Field("TransmittedServices", .text("-")),
      ])
  }

  /// PowerShell 4104: a script block.
  package static func scriptBlock(
    _ script: String, _ process: RunningProcess, on host: Host, at moment: Moment
  ) -> LogicalEvent {
    LogicalEvent(
      .powerShell, 4104, on: host, at: moment, by: process,
      [
        Field("MessageNumber", .text("1")), Field("MessageTotal", .text("1")),
        Field("ScriptBlockText", .text(script)),
        Field("ScriptBlockId", .text(process.guid.lowerCased)),
        Field("Path", .text("C:\\ProgramData\\Nordhafen\\Inventory\\Get-Inventory.ps1")),
      ])
  }

  /// A line of syslog that has nothing to do with Sysmon.
  package static func syslog(_ program: String, _ message: String, on host: Host, at moment: Moment)
    -> LogicalEvent
  {
    LogicalEvent(
      .syslog(program), 0, on: host, at: moment, by: nil, [Field("Message", .text(message))])
  }
}
