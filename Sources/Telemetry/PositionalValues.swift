import Facts
import JSON

/// Sysmon's values in its own order, for those who keep them without their names.
///
/// Source: Sysmon's manifest, schema version 5 for Event ID 3; older ones lack RuleName.
enum PositionalValues {
  private static let connection: [Slot?] = [
    .utcTime, .processGuid, .processID, .image, .user, .transport, .initiated, nil, .sourceIP, nil,
    .sourcePort, nil, nil, .destinationIP, .destinationName, .destinationPort, nil,
  ]

  private static let processStart: [Slot?] = [
    .utcTime, .processGuid, .processID, .image, nil, nil, nil, nil, .originalFileName, .commandLine,
    nil, .user, nil, .logonID, nil, .integrityLevel, .hashes, .parentProcessGuid, .parentProcessID,
    .parentImage, .parentCommandLine,
  ]

  /// Before schema version 4.22 without the name that the file's version has, before 4.10 without its version at all.
  private static let olderProcessStarts: [Int: [Slot?]] = [
    16: [
      .utcTime, .processGuid, .processID, .image, .commandLine, nil, .user, nil, .logonID, nil,
      .integrityLevel, .hashes, .parentProcessGuid, .parentProcessID, .parentImage,
      .parentCommandLine,
    ],
    20: [
      .utcTime, .processGuid, .processID, .image, nil, nil, nil, nil, .commandLine, nil, .user, nil,
      .logonID, nil, .integrityLevel, .hashes, .parentProcessGuid, .parentProcessID, .parentImage,
      .parentCommandLine,
    ],
  ]

  private static let registryChange: [Slot?] = [
    .utcTime, .processGuid, .processID, .image, .targetObject, .details, .user,
  ]

  /// Gives the values their names by the number of the event: the first of them that is a `UtcTime` tells
  /// where they begin.
  ///
  /// - Returns: Whether these can be the event's.
  static func read(
    _ values: [[UInt8]], eventID: UnsafeRawBufferPointer, into view: FieldView, level: Int
  ) -> Bool {
    guard
      let start = values.prefix(3).firstIndex(where: {
        UTCTime($0, withoutZone: .assumed(secondsEast: 0)) != nil
      })
    else { return false }
    let layout: [Slot?]
    if unsafe eventID.equals("3") {
      layout = connection
    } else if unsafe eventID.equals("1") {
      layout = olderProcessStarts[values.count - start] ?? processStart
    } else if unsafe eventID.equals("13") {
      layout = registryChange
    } else {
      return false
    }
    let named = zip(layout, values[start...])
    guard named.allSatisfy({ fits($1, $0) }) else { return false }
    for (slot, value) in named {
      guard let slot else { continue }
      unsafe value.withUnsafeBytes { unsafe view.set(slot.rawValue, $0, level: level) }
    }
    return true
  }

  /// Whether a value can be that of a field: where it cannot, the values are not in this order.
  private static func fits(_ value: [UInt8], _ slot: Slot?) -> Bool {
    switch slot {
    case .destinationPort: (1...5).contains(value.count) && value.allSatisfy(\.isDigit)
    case .initiated:
      ["true", "false"].contains(String(decoding: value, as: UTF8.self).lowercased())
    case .sourceIP, .destinationIP:
      value.isEmpty || value == [UInt8(ascii: "-")] || Address(value.span) != nil
    default: true
    }
  }
}
