package import Facts
import JSON

/// Reads lines of any shape into facts. One per worker; used again from line to line.
///
/// Every line is counted exactly once: as blank, rejected, irrelevant or used.
@safe package struct LineReader: ~Copyable {
  let shapes: ShapeTable
  let options: ReadingOptions
  let parser: LineParser
  /// For JSON inside of a JSON string.
  lazy var nestedParser = LineParser(paths)
  /// What the parsers of elements and of nested JSON have read: their values point into it.
  private let elementText = PaddedText()
  private let nestedText = PaddedText()
  private let rowText = PaddedText()
  private let paths: PathTable
  var values = EventValues()
  /// What the last event gave, if an equal row will give the same.
  var lastConnection: KnownConnections.Entry?
  /// Those that tell the times of known connections, by number.
  var clocks: [Clock] = []
  private var structures: [UInt64: StructurePlan] = [:]
  private var lastFingerprint: UInt64 = 0
  private var lastStructure: StructurePlan?
  /// The slot of what has to be unpacked for the row of its lines; -1 where nothing has.
  private(set) var lastCarrier = -1

  package init(_ options: ReadingOptions = ReadingOptions()) {
    self.options = options
    let shapes = options.hostField.map { ShapeTable(hostField: $0) } ?? .shared
    self.shapes = shapes
    paths = PathTable(paths: shapes.paths)
    parser = LineParser(paths)
  }

  /// Reads one line, without its line feed, and adds what it says to `intake`, which gets lines of this
  /// reader alone.
  ///
  /// The line must be followed by 64 readable bytes; what they hold does not matter.
  package mutating func read(
    _ line: UnsafeRawBufferPointer, at place: Place, into intake: inout Intake
  ) {
    guard unsafe !Self.isBlank(line) else {
      intake.table.coverage.lines.blank += 1
      return
    }
    if unsafe parser.match(line) == line.count {
      _ = readMatched(at: place, isCandidate: true, into: &intake)
      return
    }
    switch unsafe parser.parseAnew(line) {
    case .notObject(let message):
      intake.table.coverage.reject(
        RejectedLine(place: place, reason: .malformed, message: message))
    case .object:
      if parser.hadInvalidUTF8 { intake.table.coverage.invalidUTF8 += 1 }
      count(readEvent(at: place, into: &intake), in: &intake.table)
    }
  }

  /// Reads the first line of some whole ones, if it is written like earlier ones and the filter would
  /// not pass over it; else leaves it for ``read(_:at:into:)``.
  ///
  /// - Returns: The line's length without its line feed; 0 where it was not read.
  package mutating func readLearned(
    _ lines: UnsafeRawBufferPointer, at place: Place, into intake: inout Intake
  ) -> Int {
    let length = unsafe parser.match(lines)
    guard length > 0, readMatched(at: place, isCandidate: false, into: &intake) else { return 0 }
    return length
  }

  /// - Parameter isCandidate: Whether the filter does not pass over the line.
  /// - Returns: Whether the line was read.
  private mutating func readMatched(
    at place: Place, isCandidate: Bool, into intake: inout Intake
  ) -> Bool {
    let row = unsafe row()
    if unsafe !row.isEmpty, let known = unsafe intake.known.place(of: row) {
      count(connectionAgain(known, at: place, into: &intake), in: &intake.table)
      return true
    }
    parser.take()
    let structure = structure()
    guard isCandidate || structure.holdsNeedle else { return false }
    if !parser.isRowDecided { parser.setRow(structure.row, reading: structure.readWithRow) }
    lastConnection = nil
    count(readEvent(at: place, into: &intake), in: &intake.table)
    if unsafe !row.isEmpty, let lastConnection { unsafe intake.known.add(row, lastConnection) }
    return true
  }

  /// All that decides what the matched line says but its times; empty where that is not at hand. There
  /// until the next line.
  private mutating func row() -> UnsafeRawBufferPointer {
    let outer = unsafe parser.row
    guard unsafe !outer.isEmpty else { return unsafe outer }
    if parser.fingerprint != lastFingerprint { _ = structure() }
    guard lastCarrier >= 0 else { return unsafe outer }
    let text = unsafe nestedText.hold(parser.bytes(lastCarrier))
    guard unsafe !text.isEmpty, unsafe nestedParser.match(text) == text.count else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    if !nestedParser.isRowDecided {
      nestedParser.setRow(shapes.flatRow, reading: [shapes.flatUtcTime])
    }
    let inner = unsafe nestedParser.row
    guard unsafe !inner.isEmpty else { return unsafe inner }
    return unsafe rowText.hold(outer, inner)
  }

  private func count(_ isUsed: Bool, in table: inout FactTable) {
    if isUsed {
      table.coverage.lines.used += 1
    } else {
      table.coverage.lines.irrelevant += 1
    }
  }

  /// White space alone, byte order marks in front of it allowed.
  package static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at + 2 < line.count, unsafe line[at] == 0xEF, unsafe line[at + 1] == 0xBB,
      unsafe line[at + 2] == 0xBF
    {
      at += 3
    }
    while at < line.count {
      let byte = unsafe line[at]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { return false }
      at += 1
    }
    return true
  }

  /// Reads the event that the parser holds; whether it gave an observation.
  private mutating func readEvent(at place: Place, into intake: inout Intake) -> Bool {
    guard let plan = plan() else { return false }
    if case .batch(let slot) = plan.shape.carrier {
      return readBatch(slot, at: place, into: &intake)
    }
    return interpret(plan, at: place, into: &intake)
  }

  /// Each element is read as if it stood in a line by itself.
  private mutating func readBatch(_ slot: Int, at place: Place, into intake: inout Intake) -> Bool {
    var isUsed = false
    for element in parser.serialised(elementsOf: slot) {
      let text = unsafe element.withUnsafeBytes { unsafe elementText.hold($0) }
      guard unsafe parser.parse(text) == .object, let plan = plan() else { continue }
      if case .batch = plan.shape.carrier { continue }
      if interpret(plan, at: place, into: &intake) { isUsed = true }
    }
    return isUsed
  }

}

// MARK: - Which shape

extension LineReader {
  private static let mostStructures = 4096

  /// The first shape whose conditions hold and whose event data can be read.
  private mutating func plan() -> ReadingPlan? {
    for plan in structure().candidates {
      values.clear()
      if holdsAll(plan.contentTests), readCarrier(plan) { return plan }
    }
    return nil
  }

  /// How the line that the parser holds is to be read; nil where no shape fits.
  var planAtHand: ReadingPlan? {
    mutating get { plan() }
  }

  private mutating func structure() -> StructurePlan {
    let fingerprint = parser.fingerprint
    if fingerprint == lastFingerprint, let lastStructure { return lastStructure }
    let structure = structures[fingerprint] ?? StructurePlan(parser, shapes)
    if structures.count >= Self.mostStructures { structures = [:] }
    structures[fingerprint] = structure
    (lastFingerprint, lastStructure) = (fingerprint, structure)
    lastCarrier = structure.rowCarrier
    return structure
  }

  private func holdsAll(_ tests: [(test: CompiledShape.Test, slot: Int)]) -> Bool {
    tests.allSatisfy { test, slot in
      guard parser.kind(slot) == .string else { return false }
      let text = unsafe parser.bytes(slot)
      switch test {
      case .text(let first):
        return unsafe text.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) } == first
      case .word(let word): return unsafe text.isEqual(to: word)
      case .eventXML: return unsafe EventValues.eventStart(in: text) != nil
      case .object, .array, .scalar, .present, .absent: return true
      }
    }
  }

  /// Unpacks event data that lie in a string or an array; whether they could be read.
  private mutating func readCarrier(_ plan: ReadingPlan) -> Bool {
    switch plan.shape.carrier {
    case .none:
      if plan.namedValues >= 0, let elements = parser.value(of: plan.namedValues) {
        values.readNamed(elements)
      }
      return true
    case .batch: return true
    case .json(let slot):
      guard unsafe nestedParser.parse(nestedText.hold(parser.bytes(slot))) == .object else {
        return false
      }
      if let named = shapes.payloadData, nestedParser.kind(named) == .array,
        let elements = nestedParser.value(of: named)
      {
        values.readNamed(elements)
      } else {
        for field in Field.allCases {
          let slot = shapes.flatFields[field.rawValue]
          guard nestedParser.kind(slot).isScalar else { continue }
          unsafe values.set(field, at: nestedParser.bytes(slot))
        }
      }
      return true
    case .xml(let slot): return values.readData(parser.text(slot))
    case .event(let slot): return values.readEvent(parser.text(slot))
    case .positional(let slot):
      let eventID = plan.eventID >= 0 ? parser.text(plan.eventID) : []
      let id = String(decoding: eventID, as: UTF8.self)
      // Most events are of no use, and need not be unpacked to know that.
      guard EventValues.hasLayout(id) else { return true }
      guard let elements = parser.value(of: slot) else { return false }
      return values.readPositional(elements, eventID: id)
    }
  }

  /// Whose Sysmon it is, by the texts that name channel and provider; nil for other products.
  ///
  /// An event that names neither is taken for Windows Sysmon's.
  func sysmonSource(_ plan: ReadingPlan) -> Source? {
    guard values.isWholeEvent else { return plainSource(plan) }
    var found: [Source?] = []
    for index in unsafe values.markers.indices {
      found.append(Self.source(named: unsafe Array(values.markers[index])))
    }
    for slot in plan.markers { found.append(Self.source(named: parser.text(slot))) }
    return Self.source(of: found)
  }

  private func plainSource(_ plan: ReadingPlan) -> Source? {
    let isKnown =
      plan.knownMarkers.count == plan.markers.count
      && plan.markers.indices.allSatisfy { index in
        unsafe parser.bytes(plan.markers[index]).isEqual(to: plan.knownMarkers[index])
      }
    if !isKnown || plan.markers.isEmpty {
      plan.knownMarkers = plan.markers.map { parser.text($0) }
      plan.knownSource = Self.source(of: plan.knownMarkers.map { Self.source(named: $0) })
    }
    return plan.knownSource
  }

  private static func source(of named: [Source?]) -> Source? {
    named.isEmpty ? .windowsSysmon : named.compactMap(\.self).min()
  }

  private static func source(named marker: [UInt8]) -> Source? {
    let lower = marker.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    func holds(_ word: StaticString) -> Bool {
      let word = Array(word.description.utf8)
      guard lower.count >= word.count else { return false }
      return (0...lower.count - word.count).contains {
        lower[$0..<$0 + word.count].elementsEqual(word)
      }
    }
    return holds("microsoft-windows-sysmon")
      ? .windowsSysmon : holds("linux-sysmon") ? .linuxSysmon : nil
  }
}
