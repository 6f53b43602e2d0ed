/// What a reader of a shape can know of a connection, which is less than what happened.
extension EventFormat {
  /// The endpoint as the shape spells it.
  package func host(_ event: LogicalEvent) -> String {
    self == .defender ? event.host.computer.lowercased() : event.host.computer
  }

  package func image(_ event: LogicalEvent) -> String {
    let image = event.text("Image") ?? ""
    return self == .defender ? image.lowercased() : image
  }

  package func user(_ event: LogicalEvent) -> String {
    let user = event.text("User") ?? ""
    return self == .defender ? user.lowercased() : user
  }

  /// The parent that the connection itself names, where the shape has one.
  package func parent(_ event: LogicalEvent) -> String? {
    guard self == .defender, let process = event.process else { return nil }
    return Program.fileName(of: process.program.parentImage)
  }

  /// `OriginalFileName` on the connection itself, where the shape has it.
  package func originalFileName(_ event: LogicalEvent) -> String? {
    self == .defender ? event.process?.program.originalFileName : nil
  }

  /// The time that counts: that of the record where the shape gives it a zone, else `UtcTime`.
  package func time(_ event: LogicalEvent) -> Moment {
    switch self {
    case .nxlog, .defender: event.time("UtcTime") ?? event.recordTime
    case .fluentBit: Moment(milliseconds: event.recordTime.milliseconds / 1000 * 1000)
    default: event.recordTime
    }
  }

  /// Whether process starts of this shape can be joined to its connections by GUID.
  package var joinsByGuid: Bool { self != .defender }
}
