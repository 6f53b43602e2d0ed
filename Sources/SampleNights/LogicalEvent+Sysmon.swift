extension LogicalEvent {
  /// One side of a connection to another machine.
  package struct Peer: Hashable, Sendable {
    package var address: String
    package var port: Int
    /// `-` where no name is known, as Sysmon writes it.
    package var hostname: String

    package init(_ address: String, _ port: Int, _ hostname: String = "-") {
      self.address = address
      self.port = port
      self.hostname = hostname
    }

    var isIPv6: Bool { address.utf8.contains(UInt8(ascii: ":")) }
  }

  private static func sysmon(
    _ eventID: Int, _ process: RunningProcess, on host: Host, at utc: Moment, lag: Int,
    _ fields: [Field]
  ) -> LogicalEvent {
    LogicalEvent(
      host.role == .linux ? .linuxSysmon : .sysmon, eventID, on: host, at: utc + lag, by: process,
      fields)
  }

  /// The head that most Sysmon events have in common.
  private static func head(_ process: RunningProcess, _ utc: Moment) -> [Field] {
    [
      Field("RuleName", .text("-")), Field("UtcTime", .time(utc)),
      Field("ProcessGuid", .guid(process.guid)), Field("ProcessId", .number(process.processID)),
      Field("Image", .text(process.program.image)),
    ]
  }

  /// Event ID 1.
  package static func processStart(_ process: RunningProcess, on host: Host, lag: Int = 12)
    -> LogicalEvent
  {
    let program = process.program
    let isSystem = process.logonID == 0x3e7
    return sysmon(
      1, process, on: host, at: process.started, lag: lag,
      head(process, process.started) + [
        Field("FileVersion", .text(program.fileVersion)),
        Field("Description", .text(program.description)),
        Field("Product", .text(program.product)), Field("Company", .text(program.company)),
        Field("OriginalFileName", .text(program.originalFileName)),
        Field("CommandLine", .text(program.commandLine)),
        Field(
          "CurrentDirectory", .text(host.role == .linux ? "/" : "C:\\Windows\\system32\\")),
        Field("User", .text(process.user)), Field("LogonGuid", .guid(process.logonGuid)),
        Field("LogonId", .text("0x\(String(process.logonID, radix: 16))")),
        Field("TerminalSessionId", .number(isSystem ? 0 : 1)),
        Field("IntegrityLevel", .text(isSystem ? "System" : "Medium")),
        Field("Hashes", .text(process.hashes)),
        Field("ParentProcessGuid", .guid(process.parentGuid)),
        Field("ParentProcessId", .number(process.parentProcessID)),
        Field("ParentImage", .text(program.parentImage)),
        Field("ParentCommandLine", .text(program.parentCommandLine)),
        Field("ParentUser", .text(process.user)),
      ])
  }

  /// Event ID 3.
  ///
  /// - Parameters:
  ///   - utc: When the connection was made: `UtcTime`, but for a host whose clock had stopped.
  ///   - lag: Milliseconds until the event log has it; Sysmon writes connections in batches.
  ///   - initiated: False for an accepted connection, whose own side is then the destination.
  package static func connection(
    _ process: RunningProcess, on host: Host, to peer: Peer, from sourcePort: Int, at utc: Moment,
    lag: Int, protocol transport: String = "tcp", initiated: Bool = true
  ) -> LogicalEvent {
    var stamped = utc
    if case .networkClockBehind(let seconds) = host.quirk { stamped = utc + -1000 * seconds }
    let isLoopback = peer.address == "127.0.0.1" || peer.address == "0:0:0:0:0:0:0:1"
    let own = isLoopback ? peer.address : host.address
    let source = initiated ? Peer(own, sourcePort) : Peer(peer.address, sourcePort, peer.hostname)
    let destination = initiated ? peer : Peer(own, peer.port, host.computer)
    var event = sysmon(
      3, process, on: host, at: utc, lag: lag,
      head(process, stamped) + [
        Field("User", .text(process.user)), Field("Protocol", .text(transport)),
        Field("Initiated", .flag(initiated)), Field("SourceIsIpv6", .flag(source.isIPv6)),
        Field("SourceIp", .text(source.address)), Field("SourceHostname", .text(source.hostname)),
        Field("SourcePort", .number(source.port)), Field("SourcePortName", .text("-")),
        Field("DestinationIsIpv6", .flag(destination.isIPv6)),
        Field("DestinationIp", .text(destination.address)),
        Field("DestinationHostname", .text(destination.hostname)),
        Field("DestinationPort", .number(destination.port)),
        Field("DestinationPortName", .text(portNames[destination.port] ?? "-")),
      ])
    if initiated, host.role != .linux, own == host.address {
      event.fields[10].value = .text(host.computer)
    }
    return event
  }

  private static let portNames = [
    53: "domain", 80: "http", 88: "kerberos", 135: "epmap", 389: "ldap", 443: "https",
    445: "microsoft-ds",
  ]

  /// Event ID 5.
  package static func processEnd(_ process: RunningProcess, on host: Host, at utc: Moment)
    -> LogicalEvent
  {
    sysmon(
      5, process, on: host, at: utc, lag: 3,
      head(process, utc) + [Field("User", .text(process.user))])
  }

  /// Event ID 7.
  package static func imageLoad(
    _ process: RunningProcess, _ library: Vocabulary.Library, on host: Host, at utc: Moment,
    lag: Int
  ) -> LogicalEvent {
    sysmon(
      7, process, on: host, at: utc, lag: lag,
      head(process, utc) + [
        Field("ImageLoaded", .text(library.path)),
        Field("FileVersion", .text("10.0.19041.3996 (WinBuild.160101.0800)")),
        Field("Description", .text(library.description)),
        Field("Product", .text("Microsoft® Windows® Operating System")),
        Field("Company", .text("Microsoft Corporation")),
        Field("OriginalFileName", .text(Program.fileName(of: library.path))),
        Field("Hashes", .text(library.hashes)), Field("Signed", .text("true")),
        Field("Signature", .text("Microsoft Windows")), Field("SignatureStatus", .text("Valid")),
        Field("User", .text(process.user)),
      ])
  }

  /// Event ID 10.
  package static func processAccess(
    _ process: RunningProcess, _ target: RunningProcess, callTrace: String, on host: Host,
    at utc: Moment, lag: Int
  ) -> LogicalEvent {
    sysmon(
      10, process, on: host, at: utc, lag: lag,
      [
        Field("RuleName", .text("-")), Field("UtcTime", .time(utc)),
        Field("SourceProcessGUID", .guid(process.guid)),
        Field("SourceProcessId", .number(process.processID)),
        Field("SourceThreadId", .number(process.processID + 416)),
        Field("SourceImage", .text(process.program.image)),
        Field("TargetProcessGUID", .guid(target.guid)),
        Field("TargetProcessId", .number(target.processID)),
        Field("TargetImage", .text(target.program.image)),
        Field("GrantedAccess", .text("0x1410")), Field("CallTrace", .text(callTrace)),
        Field("SourceUser", .text(process.user)), Field("TargetUser", .text(target.user)),
      ])
  }

  /// Event ID 11, or 23 for a deletion.
  package static func file(
    _ process: RunningProcess, _ path: String, isDeletion: Bool, on host: Host, at utc: Moment,
    lag: Int
  ) -> LogicalEvent {
    if isDeletion {
      return sysmon(
        23, process, on: host, at: utc, lag: lag,
        head(process, utc) + [
          Field("User", .text(process.user)), Field("TargetFilename", .text(path)),
          Field("Hashes", .text("SHA256=\(String(repeating: "0", count: 64))")),
          Field("IsExecutable", .flag(false)), Field("Archived", .text("true")),
        ])
    }
    return sysmon(
      11, process, on: host, at: utc, lag: lag,
      head(process, utc) + [
        Field("TargetFilename", .text(path)), Field("CreationUtcTime", .time(utc)),
        Field("User", .text(process.user)),
      ])
  }

  /// Event ID 13 where there are `details`, else 12.
  package static func registry(
    _ process: RunningProcess, _ target: String, details: String?, on host: Host, at utc: Moment,
    lag: Int
  ) -> LogicalEvent {
    var fields = head(process, utc)
    fields.insert(
      Field("EventType", .text(details == nil ? "CreateKey" : "SetValue")), at: 1)
    fields.append(Field("TargetObject", .text(target)))
    if let details { fields.append(Field("Details", .text(details))) }
    fields.append(Field("User", .text(process.user)))
    return sysmon(details == nil ? 12 : 13, process, on: host, at: utc, lag: lag, fields)
  }

  /// Event ID 22.
  package static func nameQuery(
    _ process: RunningProcess, _ name: Vocabulary.Site, on host: Host, at utc: Moment, lag: Int
  ) -> LogicalEvent {
    sysmon(
      22, process, on: host, at: utc, lag: lag,
      [
        Field("RuleName", .text("-")), Field("UtcTime", .time(utc)),
        Field("ProcessGuid", .guid(process.guid)), Field("ProcessId", .number(process.processID)),
        Field("QueryName", .text(name.name)), Field("QueryStatus", .text("0")),
        Field("QueryResults", .text("::ffff:\(name.address);")),
        Field("Image", .text(process.program.image)), Field("User", .text(process.user)),
      ])
  }
}
