import Facts
import JSON

/// What the fields of a view make up.
enum Recognition {
  /// An event that has what an observation of it needs.
  case event(RecognisedEvent)
  /// An event of another kind, or of another product.
  case other(isSysmon: Bool)
  /// A row that is deliberately not used.
  case setAside(SetAside)
  /// An event that is or may be Sysmon's Event ID 1, 3 or 13 and lacks something.
  case incomplete(NotUnderstoodReason)
  /// Not an event.
  case unknown
}

struct RecognisedEvent {
  var kind: EventKind
  var source: Source
}

extension LineReader {
  func recognise(_ shape: CompiledShape) -> Recognition {
    if view.kind(catalogue.preview) == .true { return .setAside(.previewRow) }
    switch shape.origin {
    case .sysmon: return recogniseSysmon(shape)
    case .defender:
      guard unsafe shape.observes != .connection || field(.destinationPort, shape) != nil else {
        return .other(isSysmon: false)
      }
      return .event(RecognisedEvent(kind: shape.observes, source: .defender))
    case .ocsf:
      guard unsafe first(shape.eventID)?.equals("4001") ?? false else {
        return .other(isSysmon: false)
      }
      guard unsafe field(.image, shape) != nil else { return .setAside(.flowWithoutProcess) }
      return .event(RecognisedEvent(kind: .connection, source: .ocsf))
    }
  }

  private func recogniseSysmon(_ shape: CompiledShape) -> Recognition {
    let source = source()
    guard let id = unsafe first(shape.eventID) else {
      let hasFields =
        unsafe field(.destinationPort, shape) != nil || field(.parentImage, shape) != nil
      guard case .sysmon? = source, hasFields else { return .unknown }
      return .incomplete(.noEventID)
    }
    switch source {
    case .other: return .other(isSysmon: false)
    case .sysmon(let source): return unsafe recognise(id, of: source, shape)
    // An event that names neither channel nor provider is taken for Windows Sysmon's.
    case nil: return unsafe recognise(id, of: .windowsSysmon, shape)
    }
  }

  private func recognise(
    _ id: UnsafeRawBufferPointer, of source: Source, _ shape: CompiledShape
  ) -> Recognition {
    func event(_ kind: EventKind) -> Recognition {
      .event(RecognisedEvent(kind: kind, source: source))
    }
    if unsafe id.equals("3") {
      guard unsafe field(.destinationPort, shape) != nil else {
        return .incomplete(.noDestinationPort)
      }
      return event(.connection)
    }
    if unsafe id.equals("1") {
      if unsafe field(.parentImage, shape) != nil { return event(.processStart) }
      // Others carry such fields as well (loaded images, drivers): not the start of a process.
      return unsafe field(.image, shape) == nil
        ? .incomplete(.noParentImage) : .other(isSysmon: true)
    }
    if unsafe id.equals("13") {
      guard unsafe field(.targetObject, shape) != nil else {
        return .incomplete(.noTargetObject)
      }
      return event(.registryChange)
    }
    return .other(isSysmon: true)
  }

  // MARK: - Whose event

  private enum Owner {
    case sysmon(Source)
    case other
  }

  /// Whose event it is, by the texts that name channel and provider; nil where there are none.
  private func source() -> Owner? {
    var owner: Owner?
    for slot in catalogue.markers {
      guard view.kind(slot) == .string, let text = unsafe view.bytes(slot) else { continue }
      switch unsafe Self.source(named: text) {
      case .windowsSysmon?: return .sysmon(.windowsSysmon)
      case .some(let source): owner = .sysmon(source)
      case nil: owner = owner ?? .other
      }
    }
    if case .sysmon? = owner { return owner }
    for slot in catalogue.hints {
      guard view.kind(slot) == .string, let text = unsafe view.bytes(slot) else { continue }
      if unsafe text.containsIgnoringCase("5770385f-c22a-43e0-bf4c-06f5698ffbd9")
        || text.containsIgnoringCase("sysmon")
      {
        return .sysmon(.windowsSysmon)
      }
      if unsafe text.containsIgnoringCase("ff032593-a8d3-4f13-b0d6-01fc615a0f97") {
        return .sysmon(.linuxSysmon)
      }
    }
    return owner
  }

  private static func source(named marker: UnsafeRawBufferPointer) -> Source? {
    if unsafe marker.equals("Microsoft-Windows-Sysmon/Operational")
      || marker.equals("Microsoft-Windows-Sysmon")
    {
      return .windowsSysmon
    }
    guard unsafe marker.containsIgnoringCase("sysmon") else { return nil }
    if unsafe marker.containsIgnoringCase("microsoft-windows-sysmon") { return .windowsSysmon }
    if unsafe marker.containsIgnoringCase("linux-sysmon") { return .linuxSysmon }
    // As Hayabusa shortens it.
    return unsafe marker.equals("Sysmon") ? .windowsSysmon : nil
  }

  /// Whether the event in the view says that it is Sysmon's.
  func namesSysmon() -> Bool {
    if case .sysmon? = source() { true } else { false }
  }

  // MARK: - Fields

  /// The first scalar at some slots, there until the view is cleared.
  func first(_ slots: [Int]) -> UnsafeRawBufferPointer? {
    for slot in slots {
      if let text = unsafe view.bytes(slot) { return unsafe text }
    }
    return nil
  }

  /// One of Sysmon's own fields, there until the view is cleared; nil where it is not there.
  func field(_ slot: Slot, _ shape: CompiledShape) -> UnsafeRawBufferPointer? {
    if let text = unsafe view.bytes(slot.rawValue) { return unsafe text }
    let places = shape.fields[slot.rawValue]
    if !places.isEmpty, let text = unsafe first(places) { return unsafe text }
    guard shape.origin == .sysmon else { return nil }
    let others = catalogue.respelled[slot.rawValue]
    return unsafe others.isEmpty ? nil : first(others)
  }
}
