package import Facts
import JSON

/// Reads lines of any shape into facts. One per worker; used again from line to line.
///
/// Every line is counted exactly once: as blank, rejected, irrelevant or used.
@safe package final class LineReader {
  let shapes: ShapeTable
  let options: ReadingOptions
  var parser: LineParser
  /// For JSON inside of a JSON string, and for the events of a batch.
  var nestedParser: LineParser
  var values = EventValues()
  /// Which marker texts name Sysmon; numbers of `markerTexts`.
  private var markerTexts = TextTable()
  private var markerKinds: [Source?] = [nil]
  /// Shapes by the object that must be there for any of them, so that most are passed over at once.
  private let gates: [(slot: Int, shapes: Range<Int>)]

  package init(_ options: ReadingOptions = ReadingOptions()) {
    self.options = options
    let shapes = ShapeTable(hostField: options.hostField)
    self.shapes = shapes
    let paths = PathTable(paths: shapes.paths)
    parser = LineParser(paths)
    nestedParser = LineParser(paths)
    gates = Self.gates(of: shapes)
  }

  private static func gates(of shapes: ShapeTable) -> [(slot: Int, shapes: Range<Int>)] {
    var gates: [(slot: Int, shapes: Range<Int>)] = []
    for (index, shape) in shapes.shapes.enumerated() {
      var slot = -1
      if case .object? = shape.tests.first?.test { slot = shape.tests[0].slot }
      if let last = gates.last, last.slot == slot {
        gates[gates.count - 1].shapes = last.shapes.lowerBound..<index + 1
      } else {
        gates.append((slot, index..<index + 1))
      }
    }
    return gates
  }

  /// Reads one line, without its line feed, and adds what it says to `table`.
  ///
  /// The line must be followed by 64 readable bytes; what they hold does not matter.
  package func read(
    _ line: UnsafeRawBufferPointer, at place: Place, into table: inout FactTable
  ) {
    guard unsafe !Self.isBlank(line) else {
      table.coverage.lines.blank += 1
      return
    }
    switch unsafe parser.parse(line) {
    case .notObject(let message):
      table.coverage.reject(RejectedLine(place: place, reason: .malformed, message: message))
    case .object:
      if parser.hadInvalidUTF8 { table.coverage.invalidUTF8 += 1 }
      if readEvent(at: place, into: &table) {
        table.coverage.lines.used += 1
      } else {
        table.coverage.lines.irrelevant += 1
      }
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
  private func readEvent(at place: Place, into table: inout FactTable) -> Bool {
    guard let index = shape() else { return false }
    let shape = shapes.shapes[index]
    if case .batch(let slot) = shape.carrier { return readBatch(slot, at: place, into: &table) }
    return interpret(shape, at: place, into: &table)
  }

  /// Each element is read as if it stood in a line by itself.
  private func readBatch(_ slot: Int, at place: Place, into table: inout FactTable) -> Bool {
    var isUsed = false
    for element in parser.serialised(elementsOf: slot) {
      let padded = element + [UInt8](repeating: 0, count: 64)
      let isObject = unsafe padded.withUnsafeBytes { bytes in
        if case .object = unsafe parser.parse(.init(rebasing: bytes[..<element.count])) {
          return true
        }
        return false
      }
      guard isObject, let index = self.shape() else { continue }
      let shape = shapes.shapes[index]
      if case .batch = shape.carrier { continue }
      if interpret(shape, at: place, into: &table) { isUsed = true }
    }
    return isUsed
  }
}

// MARK: - Which shape

extension LineReader {
  /// The first shape whose conditions hold and whose event data can be read.
  private func shape() -> Int? {
    for gate in gates {
      if gate.slot >= 0, !parser.isObject(gate.slot) { continue }
      for index in gate.shapes {
        let shape = shapes.shapes[index]
        guard holdsAll(shape.tests) else { continue }
        values.clear()
        guard readCarrier(of: shape) else { continue }
        return index
      }
    }
    return nil
  }

  private func holdsAll(_ tests: [(test: CompiledShape.Test, slot: Int)]) -> Bool {
    for (test, slot) in tests where !holds(test, slot) { return false }
    return true
  }

  private func holds(_ test: CompiledShape.Test, _ slot: Int) -> Bool {
    let kind = parser.kind(slot)
    switch test {
    case .object: return parser.isObject(slot)
    case .array: return kind == .array
    case .scalar: return kind == .string || kind == .number || kind == .true || kind == .false
    case .present: return kind != .absent
    case .absent: return kind == .absent
    case .text(let first):
      guard kind == .string, !parser.isObject(slot) else { return false }
      return unsafe parser.bytes(slot).first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
        == first
    case .eventXML:
      guard kind == .string, !parser.isObject(slot) else { return false }
      return unsafe EventValues.eventStart(in: parser.bytes(slot)) != nil
    }
  }

  /// Unpacks event data that lie in a string or an array; whether they could be read.
  private func readCarrier(of shape: CompiledShape) -> Bool {
    switch shape.carrier {
    case .none:
      if shape.namedValues >= 0, parser.kind(shape.namedValues) == .array,
        let elements = parser.value(of: shape.namedValues)
      {
        values.readNamed(elements)
      }
      return true
    case .batch: return true
    case .json(let slot):
      let text = bytes(slot)
      let padded = text + [UInt8](repeating: 0, count: 64)
      let isObject = unsafe padded.withUnsafeBytes { bytes in
        if case .object = unsafe nestedParser.parse(.init(rebasing: bytes[..<text.count])) {
          return true
        }
        return false
      }
      guard isObject else { return false }
      if let named = shapes.payloadData, nestedParser.kind(named) == .array,
        let elements = nestedParser.value(of: named)
      {
        values.readNamed(elements)
      } else {
        for field in Field.allCases {
          let slot = shapes.flatFields[field.rawValue]
          values[field] = Self.isScalar(nestedParser.kind(slot)) ? nestedParser.text(slot) : nil
        }
      }
      return true
    case .xml(let slot): return values.readData(bytes(slot))
    case .event(let slot): return values.readEvent(bytes(slot))
    case .positional(let slot):
      guard let elements = parser.value(of: slot) else { return false }
      let eventID = text(shape.eventID)
      return values.readPositional(elements, eventID: eventID ?? [])
    }
  }

  static func isScalar(_ kind: ValueKind) -> Bool {
    kind == .string || kind == .number || kind == .true || kind == .false
  }

  func bytes(_ slot: Int) -> [UInt8] { parser.text(slot) }

  /// Whose Sysmon it is, by the texts that name channel and provider; nil for other products.
  ///
  /// An event that names neither is taken for Windows Sysmon's.
  func sysmonSource(_ shape: CompiledShape) -> Source? {
    var isNamed = false
    var source: Source?
    func add(_ found: Source?) {
      isNamed = true
      if let found, source == nil || found < source! { source = found }
    }
    if values.isWholeEvent {
      for marker in values.markers { add(Self.source(named: marker)) }
    }
    for slot in shape.markers where Self.isScalar(parser.kind(slot)) {
      let id = unsafe markerTexts.intern(parser.bytes(slot))
      if Int(id.raw) == markerKinds.count {
        markerKinds.append(Self.source(named: Array(markerTexts[id].utf8)))
      }
      add(markerKinds[Int(id.raw)])
    }
    return isNamed ? source : .windowsSysmon
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
