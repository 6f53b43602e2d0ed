/// One event as it happened, before any shipper has spelled it.
///
/// The fields are in the order of the event's manifest: some shippers keep nothing but the order.
package struct LogicalEvent: Sendable {
  /// The event log it was written to.
  package enum Log: Hashable, Sendable {
    case sysmon, linuxSysmon, security, powerShell
    /// That of another part of Windows.
    case provider(Provider)
    /// A line of syslog of this program.
    case syslog(String)
  }

  package enum Value: Hashable, Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case guid(SampleGuid)
    case time(Moment)
  }

  package struct Field: Hashable, Sendable {
    package var name: String
    package var value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What truth counts events by.
  package enum Kind: String, CaseIterable, Sendable {
    case networkOutbound = "network_outbound"
    case networkInbound = "network_inbound"
    case processStart = "process_start"
    case registryValueSet = "registry_value_set"
    case other
  }

  package var log: Log
  package var eventID: Int
  package var recordNumber = 0
  /// When the event log wrote it, by the host's clock.
  package var recordTime: Moment
  package var host: Host
  package var fields: [Field]
  /// The process that acted, with what only some shippers know of it on every event.
  package var process: RunningProcess?
  /// What planted it, or nil for ordinary noise.
  package var plant: String?

  package init(
    _ log: Log, _ eventID: Int, on host: Host, at recordTime: Moment, by process: RunningProcess?,
    _ fields: [Field]
  ) {
    self.log = log
    self.eventID = eventID
    self.host = host
    self.recordTime = recordTime
    self.process = process
    self.fields = fields
  }

  package var isSysmon: Bool { log == .sysmon || log == .linuxSysmon }

  package var kind: Kind {
    guard isSysmon else { return .other }
    switch eventID {
    case 1: return .processStart
    case 3: return self["Initiated"] == .flag(false) ? .networkInbound : .networkOutbound
    case 13: return .registryValueSet
    default: return .other
    }
  }

  package subscript(name: String) -> Value? { fields.first { $0.name == name }?.value }

  /// A field that is text.
  package func text(_ name: String) -> String? {
    if case .text(let text) = self[name] { text } else { nil }
  }

  /// A field that is a number.
  package func number(_ name: String) -> Int? {
    if case .number(let number) = self[name] { number } else { nil }
  }

  /// A field that is a time.
  package func time(_ name: String) -> Moment? {
    if case .time(let time) = self[name] { time } else { nil }
  }
}
