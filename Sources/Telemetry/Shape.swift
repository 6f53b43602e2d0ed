import Facts

/// Where a field may be: a ``Slot``, or a path whose keys are joined by dots.
enum FieldReference: ExpressibleByStringLiteral, Sendable {
  case slot(Slot)
  case path(String)

  init(stringLiteral path: String) { self = .path(path) }
}

/// A shape is data: how to know a product's events, and where it puts what others put elsewhere.
/// `oddport shapes` prints it.
///
/// What is general is not repeated here: Sysmon's own fields and those of the event log are found by their
/// names, envelopes and texts within texts are opened before.
package struct Shape: Sendable {
  /// What must hold of an event to be of this shape; all of it.
  enum Condition: Sendable {
    case object(FieldReference)
    case array(FieldReference)
    /// A string, number, true or false is there.
    case scalar(FieldReference)
    /// Something is there, even null.
    case present(FieldReference)
    case absent(FieldReference)
    /// Exactly this text is there.
    case text(FieldReference, String)
  }

  /// Whose event it is.
  enum Origin: Sendable {
    /// Sysmon's, if channel or provider say so; Event ID 1, 3 and 13 count.
    case sysmon
    /// Microsoft Defender's; `ActionType` says what happened.
    case defender
    /// OCSF Network Activity.
    case ocsf
  }

  /// How a shape says who opened the connection, where it has no `Initiated`.
  struct DirectionWords: Sendable {
    var place: FieldReference
    var outbound: [String]
    var inbound: [String]
  }

  package var name: String
  package var title: String
  /// A made-up line of this shape.
  package var sample: String
  var conditions: [Condition]
  var origin = Origin.sysmon
  /// What its events report, where their number does not say it.
  var observes = EventKind.connection
  var eventID: [FieldReference] = [
    .slot(.eventID), "winlog.event_id", "EventId", "event.code", "Id",
  ]
  var host: [FieldReference] = [.slot(.computer)]
  /// Who collected the event: named as the host only where the event names no other.
  var collector: [FieldReference] = ["host", "host.name", "_HOSTNAME", "agent.name"]
  /// Times of the record, with a zone.
  var recordTime: [FieldReference] = [
    .slot(.systemTime), .slot(.timeCreated), "TimeGenerated", "TimeGenerated [UTC]", "_time",
    "time",
    "timestamp", "Timestamp", "datetime", "columns.datetime", "EventTime", "event_time", "Time",
    "timeUnixNano",
  ]
  /// Other times with a zone, for want of better.
  var otherTimes: [FieldReference] = ["@timestamp"]
  /// Where a field is if it is not under Sysmon's own name.
  var fields: [Slot: [FieldReference]] = [:]
  /// Where the two parts of a user's name are, if there is a scalar at the third place; the best first.
  var userParts: [(domain: FieldReference, name: FieldReference, onlyWith: FieldReference?)] = []
  var direction: DirectionWords?
  /// Number and start time, which name a process together where it has no GUID.
  var processParts: (id: FieldReference, start: FieldReference)?
  /// The name of the registry value, where `TargetObject` is only its key.
  var valueName: FieldReference?
  /// `True` and `False` are this shape's way to write the words.
  var capitalizesBooleans = false
  /// Backslashes are doubled once more than JSON needs.
  var doublesBackslashes = false
}
