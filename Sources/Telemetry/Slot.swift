/// A field that most events have, by Sysmon's own words or by those of the event log.
///
/// Those of ``Shape``s alone have slots after these, one for each path.
enum Slot: Int, CaseIterable, Sendable {
  // Sysmon's own fields: they are taken from one object of an event.
  case user, image, parentImage, processGuid, initiated, transport, sourceIP, sourcePort
  case destinationIP, destinationPort, destinationName, utcTime, originalFileName, commandLine
  case targetObject, details, processID, parentProcessGuid, parentProcessID, parentCommandLine
  case hashes, integrityLevel, logonID
  /// Of a registry value, by Microsoft Defender.
  case previousDetails
  /// What the hunt does not use, but what distinguishes Sysmon's fields from others.
  case unused

  // What the event log says of every event.
  case eventID, channel, eventLog, provider, sourceName, providerGuid, computer, systemTime
  case timeCreated

  // These may be objects and arrays as well.
  case eventData, positional

  /// The first that is not one of Sysmon's own.
  static let firstOfLog = Slot.eventID
  /// The first that need not be a scalar.
  static let firstOfAnyKind = Slot.eventData
}

extension Slot {
  /// The names of Sysmon's own fields, as its manifest writes them.
  ///
  /// Source: `sysmon -s`, schema 4.90, of Event ID 1, 3 and 13.
  static let sysmonNames: [(name: String, slot: Slot)] = [
    ("User", .user), ("Image", .image), ("ParentImage", .parentImage),
    ("ProcessGuid", .processGuid), ("Initiated", .initiated), ("Protocol", .transport),
    ("SourceIp", .sourceIP), ("SourcePort", .sourcePort), ("DestinationIp", .destinationIP),
    ("DestinationPort", .destinationPort), ("DestinationHostname", .destinationName),
    ("UtcTime", .utcTime), ("OriginalFileName", .originalFileName), ("CommandLine", .commandLine),
    ("TargetObject", .targetObject), ("Details", .details), ("ProcessId", .processID),
    ("ParentProcessGuid", .parentProcessGuid), ("ParentProcessId", .parentProcessID),
    ("ParentCommandLine", .parentCommandLine), ("Hashes", .hashes),
    ("IntegrityLevel", .integrityLevel), ("LogonId", .logonID), ("RuleName", .unused),
    ("SourceIsIpv6", .unused), ("SourceHostname", .unused), ("SourcePortName", .unused),
    ("DestinationIsIpv6", .unused), ("DestinationPortName", .unused), ("LogonGuid", .unused),
    ("TerminalSessionId", .unused), ("ParentUser", .unused), ("CurrentDirectory", .unused),
  ]

  /// The names of what the event log says of every event, the best first where several mean the same.
  static let logNames: [(name: String, slot: Slot, rank: Int)] = [
    ("EventID", .eventID, 0), ("EventCode", .eventID, 2), ("EventIdentifier", .eventID, 4),
    ("Channel", .channel, 0), ("LogName", .eventLog, 0), ("EventLog", .eventLog, 2),
    ("Provider", .provider, 0), ("ProviderName", .provider, 0), ("SourceName", .sourceName, 0),
    ("EventSourceName", .sourceName, 2), ("ProviderGuid", .providerGuid, 0),
    ("Computer", .computer, 0), ("ComputerName", .computer, 0), ("MachineName", .computer, 2),
    ("Hostname", .computer, 4), ("SystemTime", .systemTime, 0), ("TimeCreated", .timeCreated, 0),
  ]

  /// How many values without names an event may have.
  static let maxPositionalValues = 24
}
