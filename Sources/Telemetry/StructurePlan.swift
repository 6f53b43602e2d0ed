import Facts
import JSON

/// What to do with all lines of one structure: the shapes that they may have, in order.
///
/// Whether a shape's conditions hold depends on which paths are there with values of which kind, and
/// so does where each field lies: both are the same for all lines with one fingerprint, and found out
/// once. What depends on the values themselves is left to each line.
final class StructurePlan {
  let candidates: [ReadingPlan]
  /// Whether a needle stands in the keys of every such line, so that no filter need be asked.
  let holdsNeedle: Bool
  /// The slots that decide all but the times of what a line says. Empty where that cannot be told from
  /// slots.
  let row: [Int]
  /// The slot of a JSON text that decides it as well; -1 where there is none.
  let rowCarrier: Int
  /// What has to be read beside the row.
  let readWithRow: [Int]
  /// The number of the clock that the last known connection among such lines went by; -1 where there was
  /// none.
  var clock = -1
  /// Where the source port of the last connection lay that is told apart by it; -1 where there was none.
  var sourcePort = -1

  /// - Parameter parser: Has just read a line of the structure.
  init(_ parser: LineParser, _ shapes: ShapeTable) {
    var candidates: [ReadingPlan] = []
    for shape in shapes.shapes where Self.mayHold(shape.tests, parser) {
      candidates.append(ReadingPlan(shape, parser, hostField: shapes.hostField))
      if candidates[candidates.count - 1].isCertain { break }
    }
    self.candidates = candidates
    let carrier = candidates.lazy.compactMap(\.nestedJSON).first ?? -1
    let isOfSlots = candidates.allSatisfy {
      $0.isOfSlots(andJSONAt: carrier) || $0.isExcluded(byJSONAt: carrier)
    }
    row = isOfSlots ? candidates.flatMap(\.deciding).filter { $0 != carrier } : []
    rowCarrier = carrier
    readWithRow =
      candidates.flatMap { $0.clock.slots + [$0.fields[Field.sourcePort.rawValue]] } + [carrier]
    holdsNeedle = shapes.paths.indices.contains { slot in
      shapes.holdsNeedle[slot] && parser.kind(slot) != .absent
    }
  }

  private static func mayHold(
    _ tests: [(test: CompiledShape.Test, slot: Int)], _ parser: LineParser
  ) -> Bool {
    tests.allSatisfy { test, slot in
      let kind = parser.kind(slot)
      return switch test {
      case .object: parser.isObject(slot)
      case .array: kind == .array
      case .scalar: kind.isScalar
      case .present: kind != .absent
      case .absent: kind == .absent
      case .text, .word, .eventXML: kind.isScalar && !parser.isObject(slot)
      }
    }
  }
}

/// Where the times lie that an event may have happened at.
struct Clock: Sendable {
  /// The best first; -1 fills the rest.
  typealias Slots = InlineArray<8, Int16>

  /// That of `UtcTime`; -1 where there is none.
  let utc: Int
  let record: Slots
  let others: Slots
  let epochUnitsPerSecond: Int64?

  init(utc: Int, record: [Int], others: [Int], epochUnitsPerSecond: Int64?) {
    precondition(max(record.count, others.count) <= Slots.count, "a shape with too many times")
    self.utc = utc
    self.record = Slots { $0 < record.count ? Int16(record[$0]) : -1 }
    self.others = Slots { $0 < others.count ? Int16(others[$0]) : -1 }
    self.epochUnitsPerSecond = epochUnitsPerSecond
  }

  /// All of them.
  var slots: [Int] {
    [utc] + record.indices.map { Int(record[$0]) } + others.indices.map { Int(others[$0]) }
  }
}

/// Where each field lies in lines of one structure that have one shape.
final class ReadingPlan {
  let shape: CompiledShape
  /// The conditions that only the values can tell.
  let contentTests: [(test: CompiledShape.Test, slot: Int)]
  /// An array of named values; -1 where there is none.
  let namedValues: Int
  // Slots; -1 where nothing fit is there.
  let eventID: Int
  let hostField: Int
  let host: Int
  let collector: Int
  let userName: Int
  let userDomain: Int
  let direction: Int
  let processID: Int
  let processStart: Int
  let valueName: Int
  /// By `Field.rawValue`.
  let fields: [Int]
  // Slots that hold something fit, the best first.
  let markers: [Int]
  let clock: Clock
  /// Among the clocks of the reader's known connections; -1 until it is one.
  var clockNumber = -1
  /// The texts at `markers` when they were last looked at, and whose Sysmon they name.
  var knownMarkers: [[UInt8]] = []
  var knownSource: Source?

  init(_ shape: CompiledShape, _ parser: LineParser, hostField: Int) {
    func isScalar(_ slot: Int) -> Bool { slot >= 0 && parser.kind(slot).isScalar }
    func isPlain(_ slot: Int) -> Bool { isScalar(slot) && !parser.isObject(slot) }
    func first(_ slots: [Int]) -> Int { slots.first(where: isScalar) ?? -1 }
    self.shape = shape
    contentTests = shape.tests.filter { $0.test.isOfContent }
    namedValues =
      shape.namedValues >= 0 && parser.kind(shape.namedValues) == .array ? shape.namedValues : -1
    eventID = first(shape.eventID)
    self.hostField = first([hostField])
    host = first(shape.host)
    collector = shape.collector.first(where: isPlain) ?? -1
    let namesUser = shape.userOnlyWith < 0 || isScalar(shape.userOnlyWith)
    userName = namesUser ? first([shape.userName]) : -1
    userDomain = first([shape.userDomain])
    direction = first([shape.direction])
    processID = first([shape.processID])
    processStart = first([shape.processStart])
    valueName = first([shape.valueName])
    fields = shape.fields.map(first)
    markers = shape.markers.filter(isScalar)
    clock = Clock(
      utc: fields[Field.utcTime.rawValue], record: shape.recordTime.filter(isPlain),
      others: shape.otherTimes.filter(isPlain), epochUnitsPerSecond: shape.epochUnitsPerSecond)
  }

  /// The slot of a JSON text that fields stand in.
  var nestedJSON: Int? {
    if case .json(let slot) = shape.carrier { slot } else { nil }
  }

  /// Whether slots, and a JSON text in one of them, decide what is read.
  func isOfSlots(andJSONAt carrier: Int) -> Bool {
    // What such a test asks of the text follows from how it is written.
    guard contentTests.allSatisfy({ $0.slot != carrier || $0.test.isOfFirstByte }) else {
      return false
    }
    return switch shape.carrier {
    case .none: namedValues < 0
    case .json(let slot): slot == carrier
    case .xml, .event, .positional, .batch: false
    }
  }

  /// Whether a line with a JSON object at `carrier` cannot have the shape.
  func isExcluded(byJSONAt carrier: Int) -> Bool {
    contentTests.contains { $0.slot == carrier && $0.test.isOfFirstByte && !$0.test.allowsObject }
  }

  /// Slots of all that a connection is made of but the times and the port of the source.
  var deciding: [Int] {
    let parts = [
      eventID, hostField, host, collector, userName, userDomain, direction, processID, processStart,
    ]
    let read = Field.allCases.filter(\.isOfRow).map { fields[$0.rawValue] }
    return (parts + read + markers + contentTests.map(\.slot)).filter { $0 >= 0 }
  }

  /// Whether every line of the structure has the shape, whatever its values.
  var isCertain: Bool {
    guard contentTests.isEmpty else { return false }
    return switch shape.carrier {
    case .none, .batch: true
    case .json, .xml, .event, .positional: false
    }
  }
}

extension Field {
  /// Whether it is the same in all connections of one process to one address.
  var isOfRow: Bool { self != .utcTime && self != .sourcePort }
}

extension CompiledShape.Test {
  fileprivate var isOfContent: Bool {
    switch self {
    case .text, .word, .eventXML: true
    case .object, .array, .scalar, .present, .absent: false
    }
  }
  fileprivate var isOfFirstByte: Bool {
    if case .text = self { true } else { false }
  }

  fileprivate var allowsObject: Bool {
    if case .text(let first) = self { first == UInt8(ascii: "{") } else { true }
  }
}
