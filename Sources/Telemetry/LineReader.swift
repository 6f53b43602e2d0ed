package import Facts
package import JSON

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
  /// What a source port is hashed with.
  private let portKeys: (UInt64, UInt64) = (.random(in: 0 ... .max), .random(in: 0 ... .max))
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
  /// The number of the clock that its last connection went by; -1 where there was none.
  private(set) var lastClock = -1
  /// The slot of the source port, in what has to be unpacked if something has, that the last connection
  /// was told apart by; -1 where there was none.
  var lastPort = -1
  /// Where a line stands that is not written like earlier ones, so that nobody need look again.
  var missed: UnsafeRawPointer?
  /// Matched lines whose rows are still to be looked up.
  var waiting = MatchedLines()

  /// Tells the lines that can matter.
  package let filter: LineFilter
  /// Whether the others are read as well.
  private let checksAll: Bool

  package init(
    _ options: ReadingOptions = ReadingOptions(),
    filter: LineFilter = LineFilter(needles: Needles.all), checksAll: Bool = false
  ) {
    self.options = options
    self.filter = filter
    self.checksAll = checksAll
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
    if unsafe line.baseAddress != missed,
      unsafe parser.match(line) == line.count
    {
      readMatched(wholeRow(), at: place, into: &intake)
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

  /// - Parameter row: The matched line's.
  mutating func readMatched(
    _ row: KnownConnections.Row, at place: Place, into intake: inout Intake
  ) {
    if !row.isEmpty, let at = intake.known.place(of: row) {
      var known = intake.known[at]
      let time = timeOfRow(clocks[Int(known.clock)])
      count(connectionAgain(&known, time, at: place, into: &intake), in: &intake.table)
      intake.known[at] = known
      return
    }
    parser.take()
    let structure = structure()
    if !parser.isRowDecided { parser.setRow(structure.row, reading: structure.readWithRow) }
    lastConnection = nil
    let portOfRow = lastPort
    count(readEvent(at: place, into: &intake), in: &intake.table)
    guard !row.isEmpty, let lastConnection else { return }
    structure.clock = Int(lastConnection.clock)
    lastClock = structure.clock
    if lastConnection.isBySourcePort {
      structure.sourcePort = lastPort
      guard portOfRow == lastPort else { return }
    }
    intake.known.add(row, lastConnection)
  }

  /// All that decides what the matched line says but its times; empty where that is not at hand.
  mutating func wholeRow() -> KnownConnections.Row {
    var row = KnownConnections.Row(hash: RowHash(parser.row))
    guard !row.isEmpty else { return row }
    if parser.fingerprint != lastFingerprint { _ = structure() }
    if lastCarrier >= 0 {
      let inner = nestedRow()
      guard !inner.isNone else { return KnownConnections.Row() }
      row.hash = row.hash.joined(with: inner)
    }
    if lastPort >= 0, let port = sourcePort() { row.withPort = row.hash.joined(with: port) }
    return row
  }

  /// What stands for the source port; nil where that is no number.
  private mutating func sourcePort() -> RowHash? {
    let port = unsafe lastCarrier >= 0 ? nestedParser.bytes(lastPort) : parser.bytes(lastPort)
    guard (1...5).contains(port.count) else { return nil }
    var word = UInt64(port.count)
    for at in 0..<port.count {
      let byte = unsafe port[at]
      guard (0x30...0x39).contains(byte) else { return nil }
      word = word << 8 | UInt64(byte)
    }
    let product = (word &+ portKeys.0).multipliedFullWidth(by: portKeys.1)
    return RowHash(high: product.high, low: product.low)
  }

  private mutating func nestedRow() -> RowHash {
    let text = unsafe nestedText.hold(parser.bytes(lastCarrier))
    guard unsafe !text.isEmpty, unsafe nestedParser.match(text) == text.count else { return .none }
    if !nestedParser.isRowDecided {
      nestedParser.setRow(shapes.flatRow, reading: [shapes.flatUtcTime, shapes.flatSourcePort])
    }
    return RowHash(nestedParser.row)
  }

  /// Whether a line is to be read.
  func canMatter(_ line: UnsafeRawBufferPointer) -> Bool {
    unsafe checksAll || filter.next(in: line, from: 0).passed == 0
  }

  func count(_ isUsed: Bool, in table: inout FactTable) {
    if isUsed {
      table.coverage.lines.observations += 1
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

  mutating func structure() -> StructurePlan {
    let fingerprint = parser.fingerprint
    if fingerprint == lastFingerprint, let lastStructure { return lastStructure }
    let structure = structures[fingerprint] ?? StructurePlan(parser, shapes)
    if structures.count >= Self.mostStructures { structures = [:] }
    structures[fingerprint] = structure
    (lastFingerprint, lastStructure) = (fingerprint, structure)
    lastCarrier = structure.rowCarrier
    lastClock = structure.clock
    lastPort = structure.sourcePort
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
