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

  /// - Parameter parser: Has just read a line of the structure.
  init(_ parser: LineParser, _ shapes: ShapeTable) {
    var candidates: [ReadingPlan] = []
    for shape in shapes.shapes where Self.mayHold(shape.tests, parser) {
      candidates.append(ReadingPlan(shape, parser, hostField: shapes.hostField))
      if candidates[candidates.count - 1].isCertain { break }
    }
    self.candidates = candidates
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
  let recordTime: [Int]
  let otherTimes: [Int]
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
    recordTime = shape.recordTime.filter(isPlain)
    otherTimes = shape.otherTimes.filter(isPlain)
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

extension CompiledShape.Test {
  fileprivate var isOfContent: Bool {
    switch self {
    case .text, .word, .eventXML: true
    case .object, .array, .scalar, .present, .absent: false
    }
  }
}
