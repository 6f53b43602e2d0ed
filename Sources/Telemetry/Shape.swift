import Facts

/// What oddport wants to know of an event, by Sysmon's own words.
package enum Field: Int, CaseIterable, Sendable {
  case user, image, parentImage, processGuid, initiated, transport, sourceIP, sourcePort
  case destinationIP, destinationPort, destinationName, utcTime, originalFileName, commandLine
  case targetObject, details, previousDetails

  /// The name in Sysmon's `EventData`.
  package var sysmonName: String {
    switch self {
    case .user: "User"
    case .image: "Image"
    case .parentImage: "ParentImage"
    case .processGuid: "ProcessGuid"
    case .initiated: "Initiated"
    case .transport: "Protocol"
    case .sourceIP: "SourceIp"
    case .sourcePort: "SourcePort"
    case .destinationIP: "DestinationIp"
    case .destinationPort: "DestinationPort"
    case .destinationName: "DestinationHostname"
    case .utcTime: "UtcTime"
    case .originalFileName: "OriginalFileName"
    case .commandLine: "CommandLine"
    case .targetObject: "TargetObject"
    case .details: "Details"
    case .previousDetails: "PreviousDetails"
    }
  }
}

/// A shape is data: how to know it, and where each field lies. `oddport shapes` prints it.
///
/// Paths are keys joined by dots.
package struct Shape: Sendable {
  /// What must hold of a line to be of this shape; all of it.
  package enum Condition: Sendable {
    case object(String)
    case array(String)
    /// A string, number, true or false stands there.
    case scalar(String)
    /// Something stands there, even null.
    case present(String)
    case absent(String)
    /// A string stands there whose first byte that is no white space is this one.
    case text(String, startsWith: Character)
    /// Exactly this string stands there.
    case word(String, String)
    /// A string stands there that holds `<Event>` or `<Event `.
    case eventXML(String)
  }

  /// Where the fields of `EventData` lie, under Sysmon's names.
  package enum DataLayout: Sendable {
    /// In an object ("" is the line itself), each under its name, which may be written otherwise.
    case object(String, spelling: Spelling = .sysmon)
    /// In a string that holds a JSON object, or an object with `EventData.Data` as EvtxECmd writes it.
    case json(String)
    /// In a string that holds `<Data Name="…">…</Data>` elements.
    case xml(String)
    /// In a string that holds the whole `<Event>`, System and all.
    case event(String)
    /// In an array of values without names, in Sysmon's order.
    case positional(String)
    /// Nowhere: all fields have paths of their own.
    case none
  }

  /// How a shape writes Sysmon's field names.
  package enum Spelling: Sendable {
    case sysmon
    /// The first letter in lower case, as Wazuh does.
    case lowerCamel
    /// With something in front, as Graylog's Beats input does.
    case prefixed(String)
  }

  /// Whose event it is.
  package enum Origin: Sendable {
    /// Sysmon's, if a marker says so; Event ID 1, 3 and 13 count.
    case sysmon
    /// Microsoft Defender's; `ActionType` says what happened.
    case defender
    /// OCSF Network Activity.
    case ocsf
  }

  /// How a shape says who opened the connection, where it has no `Initiated`.
  package struct DirectionWords: Sendable {
    var path: String
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
  var eventID: [String] = []
  /// Channel, provider and the like: what tells Sysmon's events from others.
  var markers: [String] = []
  var host: [String] = []
  /// Who collected the event: named as the host only where the event names nobody else.
  var collector: [String] = ["host", "host.name"]
  /// Times of the record, with a zone.
  var recordTime: [String] = []
  /// Other times with a zone, for want of better.
  var otherTimes: [String] = ["@timestamp", "TimeGenerated", "EventTime", "_time"]
  /// `recordTime` counts whole parts of a second since 1970; nil where it is text or seconds.
  var epochUnitsPerSecond: Int64?
  var data = DataLayout.none
  /// More paths of a field, tried after `data`.
  var fields: [Field: [String]] = [:]
  /// The two parts of a user's name, in this order, if the third path holds a scalar.
  var userParts: (domain: String, name: String, onlyWith: String?)?
  var direction: DirectionWords?
  /// Number and start time, which name a process together where it has no GUID.
  var processParts: (id: String, start: String)?
  /// The name of the registry value, where `TargetObject` is only its key.
  var valueName: String?
  /// `True` and `False` are this shape's way to write the words.
  var capitalizesBooleans = false
  /// Backslashes are doubled once more than JSON needs.
  var doublesBackslashes = false
  /// The array whose elements are the events; each is read as a line of its own.
  var batch: String?
}

extension Shape {
  /// The same shape, one level down.
  func wrapped(in key: String, name prefix: String, when conditions: [Condition]) -> Shape {
    func below(_ path: String) -> String { path.isEmpty ? key : key + "." + path }
    var shape = self
    shape.name = prefix + "/" + name
    shape.conditions =
      conditions
      + self.conditions.map {
        switch $0 {
        case .object(let path): .object(below(path))
        case .array(let path): .array(below(path))
        case .scalar(let path): .scalar(below(path))
        case .present(let path): .present(below(path))
        case .absent(let path): .absent(below(path))
        case .text(let path, let first): .text(below(path), startsWith: first)
        case .word(let path, let word): .word(below(path), word)
        case .eventXML(let path): .eventXML(below(path))
        }
      }
    shape.eventID = eventID.map(below)
    shape.markers = markers.map(below)
    shape.host = host.map(below)
    shape.collector = collector.map(below)
    shape.recordTime = recordTime.map(below)
    shape.otherTimes = otherTimes.map(below)
    switch data {
    case .object(let path, let spelling): shape.data = .object(below(path), spelling: spelling)
    case .json(let path): shape.data = .json(below(path))
    case .xml(let path): shape.data = .xml(below(path))
    case .event(let path): shape.data = .event(below(path))
    case .positional(let path): shape.data = .positional(below(path))
    case .none: break
    }
    shape.fields = fields.mapValues { $0.map(below) }
    if let userParts {
      shape.userParts = (
        below(userParts.domain), below(userParts.name), userParts.onlyWith.map(below)
      )
    }
    if let processParts {
      shape.processParts = (below(processParts.id), below(processParts.start))
    }
    shape.valueName = valueName.map(below)
    direction.map {
      shape.direction = DirectionWords(
        path: below($0.path), outbound: $0.outbound, inbound: $0.inbound)
    }
    return shape
  }

  /// The paths at which `field` may stand, the best first.
  func paths(of field: Field) -> [String] {
    var paths: [String] = []
    if case .object(let prefix, let spelling) = data {
      let name: String =
        switch spelling {
        case .sysmon: field.sysmonName
        case .lowerCamel: field.sysmonName.prefix(1).lowercased() + field.sysmonName.dropFirst()
        case .prefixed(let start): start + field.sysmonName
        }
      paths.append(prefix.isEmpty ? name : prefix + "." + name)
    }
    return paths + (fields[field] ?? [])
  }
}
