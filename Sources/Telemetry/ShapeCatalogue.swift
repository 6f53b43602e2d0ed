import Facts
import JSON

/// A shape with its places turned into slots.
final class CompiledShape: Sendable {
  /// The index in ``Shapes/all``.
  let index: Int
  let name: String
  let origin: Shape.Origin
  let observes: EventKind
  let eventID: [Int]
  let host: [Int]
  let collector: [Int]
  let recordTime: [Int]
  let otherTimes: [Int]
  /// By `Slot.rawValue`, of Sysmon's own fields: where else a field is, the best first.
  let fields: [[Int]]
  let userParts: [(domain: Int, name: Int, onlyWith: Int?)]
  let direction: Int?
  let processID: Int?
  let processStart: Int?
  let valueName: Int?
  let outboundWords: [[UInt8]]
  let inboundWords: [[UInt8]]
  let capitalizesBooleans: Bool
  let doublesBackslashes: Bool

  fileprivate init(_ shape: Shape, index: Int, _ table: inout SlotTable) {
    self.index = index
    name = shape.name
    origin = shape.origin
    observes = shape.observes
    eventID = table.slots(of: shape.eventID)
    host = table.slots(of: shape.host)
    collector = table.slots(of: shape.collector)
    // Whatever else a form says, what the event log calls so is the record's.
    let ofLog: [FieldReference] =
      shape.origin == .sysmon ? [.slot(.systemTime), .slot(.timeCreated)] : []
    recordTime = table.slots(of: shape.recordTime + ofLog)
    otherTimes = table.slots(of: shape.otherTimes)
    var fields: [[Int]] = []
    for raw in 0..<Slot.firstOfLog.rawValue {
      let places = Slot(rawValue: raw).flatMap { shape.fields[$0] } ?? []
      fields.append(table.slots(of: places))
    }
    self.fields = fields
    userParts = shape.userParts.map {
      (table.slot(of: $0.domain), table.slot(of: $0.name), $0.onlyWith.map { table.slot(of: $0) })
    }
    direction = shape.direction.map { table.slot(of: $0.place) }
    processID = shape.processParts.map { table.slot(of: $0.id) }
    processStart = shape.processParts.map { table.slot(of: $0.start) }
    valueName = shape.valueName.map { table.slot(of: $0) }
    outboundWords = shape.direction?.outbound.map { Array($0.utf8) } ?? []
    inboundWords = shape.direction?.inbound.map { Array($0.utf8) } ?? []
    capitalizesBooleans = shape.capitalizesBooleans
    doublesBackslashes = shape.doublesBackslashes
  }
}

/// All shapes, and the names of all their fields.
final class ShapeCatalogue: Sendable {
  let names: FieldNames
  let shapes: [CompiledShape]
  /// By `Slot.rawValue`, of Sysmon's own fields: slots of names that are the field's in another spelling. One form
  /// names them as its own, and in all others they are Sysmon's.
  let respelled: [[Int]]
  /// Those of each shape.
  private let tests: FieldTests
  /// The slot of `--host-field`.
  let hostField: Int?
  /// Where an event says whose it is: one of those that are there must name Sysmon.
  let markers: [Int]
  /// Where an event may say that it is Sysmon's, but need not.
  let hints: [Int]
  /// The slots of `param1` and so on.
  let parameters: [Int]
  let preview: Int
  /// Where the names of a table's columns may be, and its rows.
  let columns: [Int]
  let rows: [Int]
  /// Record times in the header of a message.
  let headerTimes: [(name: StaticString, slot: Int)]
  /// Where Defender may say who opened a connection that was attempted.
  let defenderDetails: Int
  let defenderDirection: Int
  /// Whether the other side of a connection is public, by Defender.
  let defenderAddressType: Int
  let defenderFileName: Int
  /// A time whose name says that it is UTC.
  let utcStamp: Int

  /// For all readers that are given no `--host-field`.
  static let shared = ShapeCatalogue(hostField: nil)

  init(hostField: String?) {
    var table = SlotTable()
    shapes = Shapes.all.enumerated().map { CompiledShape($1, index: $0, &table) }
    respelled = table.respelled
    tests = FieldTests(
      Shapes.all.map { shape in
        shape.conditions.map { condition in
          switch condition {
          case .object(let place): (.object, table.slot(of: place))
          case .array(let place): (.array, table.slot(of: place))
          case .scalar(let place): (.scalar, table.slot(of: place))
          case .present(let place): (.present, table.slot(of: place))
          case .absent(let place): (.absent, table.slot(of: place))
          case .text(let place, let text): (.text(text), table.slot(of: place))
          }
        }
      })
    self.hostField = hostField.map { table.slot(of: .path($0)) }
    markers = table.slots(of: [
      .slot(.channel), .slot(.eventLog), .slot(.provider), .slot(.sourceName), "event.provider",
      "source", "Source", "sourcetype", "EventProduct", "deviceProduct", "DeviceProduct",
    ])
    hints = table.slots(of: [
      .slot(.providerGuid), "data_stream.dataset", "event.dataset", "metadata.productName",
      "metadata.product_name",
    ])
    preview = table.slot(of: "preview")
    columns = table.slots(of: [
      "fields", "columns", "meta", "Columns", "schema.fields", "resultSetMetaData.rowType",
      "columnMetadata", "manifest.schema.columns", "header",
    ])
    rows = table.slots(of: [
      "rows", "values", "data", "Rows", "columns", "records", "result.data_array",
    ])
    headerTimes = [("TimeGenerated", table.slot(of: "TimeGenerated"))]
    defenderDetails = table.slot(of: "AdditionalFields")
    defenderAddressType = table.slot(of: "RemoteIPType")
    defenderFileName = table.slot(of: "InitiatingProcessFileName")
    defenderDirection = table.slot(of: "AdditionalFields.direction")
    utcStamp = table.slot(of: "TimeGenerated [UTC]")
    parameters = (0..<Slot.maxPositionalValues).map { table.slot(ofName: "param\($0 + 1)") }
    names = table.names()
  }

  /// The first shape whose conditions hold; the last one has none.
  func shape(of view: FieldView) -> CompiledShape {
    shapes[view.firstMatch(tests) ?? shapes.count - 1]
  }
}

/// Gives out slots, and remembers for which names.
fileprivate struct SlotTable {
  private var paths: [String: Int] = [:]
  private var anywhere: [(name: String, slot: Int)] = []
  private var count = Slot.allCases.count

  mutating func slot(of place: FieldReference) -> Int {
    switch place {
    case .slot(let slot): return slot.rawValue
    case .path(let path):
      // A name that is known at every path has one slot.
      if let name = Slot.sysmonNames.first(where: { $0.name == path }) { return name.slot.rawValue }
      if let known = paths[path] { return known }
      defer { count += 1 }
      paths[path] = count
      return count
    }
  }

  /// By `Slot.rawValue`, of Sysmon's own fields.
  var respelled: [[Int]] {
    (0..<Slot.firstOfLog.rawValue).map { raw in
      let names = Slot.sysmonNames.filter { $0.slot.rawValue == raw && $0.slot != .unused }
      let spelled = names.map { $0.name.lowercased() }
      return paths.filter { spelled.contains($0.key.replacing("_", with: "").lowercased()) }
        .map(\.value).sorted()
    }
  }

  mutating func slots(of places: [FieldReference]) -> [Int] { places.map { slot(of: $0) } }

  mutating func slot(ofName name: String) -> Int {
    defer { count += 1 }
    anywhere.append((name, count))
    return count
  }

  func names() -> FieldNames {
    let names = FieldNames(
      dataSlots: Slot.firstOfLog.rawValue, scalarSlots: Slot.firstOfAnyKind.rawValue, count: count,
      positional: Slot.positional.rawValue)
    for (name, slot) in Slot.sysmonNames { names.add(anywhere: name, slot: slot.rawValue) }
    for (name, slot, rank) in Slot.logNames {
      names.add(anywhere: name, slot: slot.rawValue, rank: rank, readAs: Self.containers[name])
    }
    names.add(anywhere: "EventData", slot: Slot.eventData.rawValue, readAs: "EventData")
    for (name, path) in [
      ("UserData", "EventData"), ("System", "System"), ("Provider_attributes", "Provider"),
      ("TimeCreated_attributes", "TimeCreated"),
    ] {
      names.add(anywhere: name, slot: nil, readAs: path)
    }
    for name in ["StringInserts", "InsertionStrings", "strings", "Properties"] {
      names.add(anywhere: name, slot: Slot.positional.rawValue)
    }
    for (name, slot) in anywhere { names.add(anywhere: name, slot: slot) }
    for (path, slot) in paths { names.add(path: path, slot: slot) }
    for key in ["Name", "@Name", "name"] {
      names.add(path: "Provider." + key, slot: Slot.provider.rawValue)
    }
    for key in ["Guid", "@Guid", "guid"] {
      names.add(path: "Provider." + key, slot: Slot.providerGuid.rawValue)
    }
    names.add(path: "EventID.id", slot: Slot.eventID.rawValue, rank: 1)
    names.add(path: "EventData", role: .data)
    for path in ["EventData.Data", "EventData.data"] { names.add(path: path, role: .data) }
    for path in Self.wrappers { names.add(path: path, role: .wrapper) }
    for path in Self.opaque { names.add(path: path, role: .opaque) }
    return names
  }

  /// Names that may be an object with the value, or with more than that, in it.
  private static let containers = [
    "EventID": "EventID", "Provider": "Provider", "TimeCreated": "TimeCreated",
  ]

  /// Keys that have a meaning of their own, and in which whole events are sent as well.
  private static let wrappers = [
    "event", "data", "Event", "System", "win", "metadata", "fields", "result", "header", "manifest",
  ]

  /// Objects of well-known schemas that speak of other things than the event: of those who collected it,
  /// of the account that wrote it, of what was looked up later.
  private static let opaque = [
    "agent", "observer", "beat", "ecs", "cloud", "related", "log", "input", "host", "process",
    "user", "source", "destination", "network", "registry", "file", "dns", "rule", "@metadata",
    "winlog.user", "winlog.process", "Execution", "Security", "decoder", "predecoder", "manager",
    "cluster", "device", "connection_info", "src_endpoint", "dst_endpoint", "actor", "principal",
    "target", "execution", "security", "Execution_attributes", "Security_attributes",
    "data_stream", "kubernetes", "container", "geo", "enrichments", "AdditionalFields",
  ]
}
