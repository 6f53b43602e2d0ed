import Facts
import JSON

/// A shape with its paths turned into slots of one ``PathTable``.
struct CompiledShape: Sendable {
  enum Test: Sendable {
    case object, array, scalar, present, absent, text(UInt8), word([UInt8]), eventXML
  }

  enum Carrier: Sendable {
    case none, json(Int), xml(Int), event(Int), positional(Int), batch(Int)
  }

  /// The place of the shape's own entry in ``Shapes/all``.
  var index: Int
  var name: String
  var origin: Shape.Origin
  var observes: EventKind
  var tests: [(test: Test, slot: Int)]
  var eventID: [Int]
  var markers: [Int]
  var host: [Int]
  var collector: [Int]
  var recordTime: [Int]
  var otherTimes: [Int]
  var epochUnitsPerSecond: Int64?
  /// By `Field.rawValue`.
  var fields: [[Int]]
  var carrier: Carrier
  /// Where `EventData.Data` would stand as an array of named values; -1 where it cannot.
  var namedValues: Int
  var userDomain: Int
  var userName: Int
  var userOnlyWith: Int
  var direction: Int
  var processID: Int
  var processStart: Int
  var valueName: Int
  var outboundWords: [[UInt8]]
  var inboundWords: [[UInt8]]
  var capitalizesBooleans: Bool
  var doublesBackslashes: Bool
}

/// All shapes over one table of paths.
struct ShapeTable: Sendable {
  private(set) var paths: [[String]] = []
  private(set) var shapes: [CompiledShape] = []
  /// The slot of `--host-field`; -1 without it.
  private(set) var hostField = -1
  private var slots: [String: Int] = [:]
  /// Where Sysmon's fields stand in a JSON object of their own, by `Field.rawValue`.
  private(set) var flatFields: [Int] = []
  /// Those of them that decide what an event says but for its time, and the one that tells that.
  private(set) var flatRow: [Int] = []
  private(set) var flatUtcTime = -1
  private(set) var flatSourcePort = -1
  /// Where EvtxECmd's payload holds its named values.
  private(set) var payloadData: Int?
  /// By slot: whether a needle stands in the keys on the way there.
  private(set) var holdsNeedle: [Bool] = []

  /// For all readers that are told no `--host-field`: to make it takes a few milliseconds.
  static let shared = ShapeTable(hostField: nil)

  init(hostField path: String?) {
    for (index, shape) in Shapes.all.enumerated() {
      shapes.append(compile(shape, index: index))
    }
    if let path { hostField = slot(path) }
    flatFields = shapes[shapes.count - 1].fields.map { $0[0] }
    flatRow = Field.allCases.filter(\.isOfRow).map { flatFields[$0.rawValue] }
    flatUtcTime = flatFields[Field.utcTime.rawValue]
    flatSourcePort = flatFields[Field.sourcePort.rawValue]
    payloadData = shapes.first { $0.name == "flat_object" }?.namedValues
    holdsNeedle = paths.map { keys in keys.contains { Needles.stand(inKey: $0) } }
  }

  private mutating func slot(_ path: String) -> Int {
    if let known = slots[path] { return known }
    let new = paths.count
    slots[path] = new
    paths.append(path.split(separator: ".").map(String.init))
    return new
  }

  private mutating func compile(_ shape: Shape, index: Int) -> CompiledShape {
    var tests: [(CompiledShape.Test, Int)] = []
    for condition in shape.conditions {
      switch condition {
      case .object(let path): tests.append((.object, slot(path)))
      case .array(let path): tests.append((.array, slot(path)))
      case .scalar(let path): tests.append((.scalar, slot(path)))
      case .present(let path): tests.append((.present, slot(path)))
      case .absent(let path): tests.append((.absent, slot(path)))
      case .text(let path, let first): tests.append((.text(first.asciiValue ?? 0), slot(path)))
      case .word(let path, let word): tests.append((.word(Array(word.utf8)), slot(path)))
      case .eventXML(let path): tests.append((.eventXML, slot(path)))
      }
    }
    let carrier: CompiledShape.Carrier =
      switch shape.data {
      case .json(let path): .json(slot(path))
      case .xml(let path): .xml(slot(path))
      case .event(let path): .event(slot(path))
      case .positional(let path): .positional(slot(path))
      case .object, .none: shape.batch.map { .batch(slot($0)) } ?? .none
      }
    var namedValues = -1
    if case .object(let path, _) = shape.data, !path.isEmpty { namedValues = slot(path + ".Data") }
    return CompiledShape(
      index: index, name: shape.name, origin: shape.origin, observes: shape.observes, tests: tests,
      eventID: shape.eventID.map { slot($0) }, markers: shape.markers.map { slot($0) },
      host: shape.host.map { slot($0) }, collector: shape.collector.map { slot($0) },
      recordTime: shape.recordTime.map { slot($0) }, otherTimes: shape.otherTimes.map { slot($0) },
      epochUnitsPerSecond: shape.epochUnitsPerSecond,
      fields: Field.allCases.map { field in shape.paths(of: field).map { slot($0) } },
      carrier: carrier, namedValues: namedValues,
      userDomain: shape.userParts.map { slot($0.domain) } ?? -1,
      userName: shape.userParts.map { slot($0.name) } ?? -1,
      userOnlyWith: shape.userParts.flatMap { $0.onlyWith }.map { slot($0) } ?? -1,
      direction: shape.direction.map { slot($0.path) } ?? -1,
      processID: shape.processParts.map { slot($0.id) } ?? -1,
      processStart: shape.processParts.map { slot($0.start) } ?? -1,
      valueName: shape.valueName.map { slot($0) } ?? -1,
      outboundWords: shape.direction?.outbound.map { Array($0.utf8) } ?? [],
      inboundWords: shape.direction?.inbound.map { Array($0.utf8) } ?? [],
      capitalizesBooleans: shape.capitalizesBooleans, doublesBackslashes: shape.doublesBackslashes)
  }
}
