package import Facts
import JSON

/// Reads lines of any shape into facts. One per worker; used again from line to line.
///
/// A line is opened (envelopes, prefixes, texts within texts), each event in it becomes a view of its fields,
/// the view determines the shape, and both give an observation. Nothing is carried from one line to the next.
@safe package struct LineReader: ~Copyable {
  /// Texts within texts, and envelopes within envelopes, are opened up to this depth.
  static let maxDepth = 6

  let catalogue: ShapeCatalogue
  let options: ReadingOptions
  let view: FieldView
  /// By depth.
  let readers: [JSONReader]
  let texts: [PaddedText]

  /// - Parameter rememberedKeys: See ``JSONReader``.
  package init(
    _ options: ReadingOptions = ReadingOptions(),
    rememberedKeys: Int = ReadingOptions.rememberedKeys
  ) {
    self.options = options
    let catalogue = options.hostField.map { ShapeCatalogue(hostField: $0) } ?? .shared
    self.catalogue = catalogue
    view = FieldView(catalogue.names)
    readers = (0...Self.maxDepth).map {
      JSONReader(catalogue.names, rememberedKeys: $0 == 0 ? rememberedKeys : 0)
    }
    texts = (0...Self.maxDepth).map { _ in PaddedText() }
  }

  /// Reads one line, without its line feed, and adds its observations to `facts`.
  ///
  /// The line must be followed by 64 readable bytes; what they hold does not matter. The line is not counted:
  /// that is ``count(_:at:in:)``'s.
  ///
  /// - Parameter hearsOthers: Whether events of Sysmon that the hunt does not use are noted as a sign of their host.
  package func read(
    _ line: UnsafeRawBufferPointer, at place: Place, hearsOthers: Bool = false,
    into facts: inout WorkerFacts
  ) -> LineOutcome {
    view.begin()
    let opening = unsafe Opening(line)
    guard opening.form != .blank else { return LineOutcome(.blank) }
    if unsafe opening.form == .unknown && LineFilter.isPlain(line) {
      return LineOutcome(.malformed(isJSON: false))
    }
    var found = Found(hearsOthers: hearsOthers)
    switch opening.form {
    case .json:
      unsafe readDocuments(
        .init(rebasing: line[opening.start...]), Level(depth: 0), at: place, &found, &facts)
    case .xml:
      unsafe read(opening, of: line, Level(depth: 0), at: place, &found, &facts)
    case .securityEvent, .namedValues:
      unsafe read(opening, of: line, Level(depth: 0), at: place, &found, &facts)
    case .string:
      unsafe readString(line, opening, Level(depth: 0), at: place, &found, &facts)
    case .message:
      // A heading alone is the first line of a message of many.
      guard unsafe line.contains("UtcTime:") else { break }
      unsafe read(opening, of: line, Level(depth: 0), at: place, &found, &facts)
    case .blank, .unknown: break
    }
    return unsafe outcome(of: line, opening, found)
  }

  private func outcome(
    of line: UnsafeRawBufferPointer, _ opening: Opening, _ found: Found
  ) -> LineOutcome {
    var outcome = LineOutcome(.irrelevant)
    outcome.sysmonEvents = found.sysmonEvents
    outcome.setAside = found.setAside
    outcome.outsideWindow = found.outsideWindow
    outcome.hadInvalidUTF8 = opening.form == .json && readers[0].hadInvalidUTF8
    // A line that is not one JSON object is read if there is an event in it, and malformed if not.
    let isObject = opening.isAtStart && found.documents == 1 && !found.isArray
    if found.isMalformed {
      outcome.result = .malformed(isJSON: opening.form == .json)
      if found.observations == 0 { outcome.rejectedEvent = unsafe Self.event(inBroken: line) }
    } else if found.observations > 0 {
      outcome.result = .observation
    } else if let reason = found.reason, unsafe found.namesSysmon || Self.namesSysmon(line) {
      outcome.result = .notUnderstood(reason)
    } else if unsafe found.recognised == 0 && Self.namesSysmon(line)
      && (Self.mayHoldEvent(line) || Self.mayBeNumbered(line))
    {
      outcome.result = .notUnderstood(.noEvent)
    } else if unsafe found.recognised == 0 && found.hasPackedText
      && (line.contains("\"awslogs\"") || Self.namesSysmon(line))
    {
      outcome.result = .notUnderstood(.packedText)
    } else if unsafe found.recognised == 0 && Self.isJournalWithoutText(line) {
      outcome.result = .notUnderstood(.noText)
    } else if !isObject, found.recognised == 0 {
      outcome.result = .malformed(isJSON: opening.form == .json)
    }
    return outcome
  }

  /// Whether a text has a name of what only events that matter here have, as Sysmon or others call it.
  ///
  /// Each is, or holds, one of ``Needles``, so that such a line is never passed over.
  static func mayHoldEvent(_ text: UnsafeRawBufferPointer) -> Bool {
    unsafe contains(text, anyOf: destinationPortNames)
      || contains(text, anyOf: parentImageNames)
      || contains(text, anyOf: ["dst_port", "dest_port", "\"dpt\"", "PortNumber", "Sysmon|"])
  }

  private static let destinationPortNames: [StaticString] = [
    "estinationPort", "estination_port", "ESTINATION_PORT", "ESTINATIONPORT", "estinationport",
  ]
  private static let parentImageNames: [StaticString] = [
    "ParentImage", "parentImage", "arent_image",
  ]

  private static func contains(
    _ text: UnsafeRawBufferPointer, anyOf names: [StaticString]
  ) -> Bool {
    names.contains { unsafe text.contains($0) }
  }

  /// Whether a text has a member like `"id":3`, as an event of Event ID 3 may have.
  ///
  /// Each is one of ``Needles``. A number that is written as a text is not: what looks for it finds too much else.
  static func mayBeNumbered(_ text: UnsafeRawBufferPointer) -> Bool {
    unsafe contains(
      text,
      anyOf: [
        "D\":3,", "d\":3,", "D\": 3,", "d\": 3,", "D\":3}", "d\":3}", "D\": 3}", "d\": 3}",
      ])
  }

  /// Whether a text is an entry of the journal of Sysmon for Linux without what was logged: journalctl leaves out what is
  /// longer than 4,096 bytes.
  private static func isJournalWithoutText(_ text: UnsafeRawBufferPointer) -> Bool {
    unsafe contains(text, anyOf: ["_IDENTIFIER\":\"sysmon\"", "_IDENTIFIER\": \"sysmon\""])
      && contains(
        text,
        anyOf: ["\"MESSAGE\":null", "\"MESSAGE\": null", "\"MESSAGE\":[", "\"MESSAGE\": ["])
  }

  /// What an event would have reported whose JSON is broken; nil where the text does not tell.
  static func event(inBroken text: UnsafeRawBufferPointer) -> EventKind? {
    let isConnection =
      unsafe contains(text, anyOf: destinationPortNames)
      || contains(text, anyOf: ["emotePort", "TgtPort", "dst_endpoint"])
      || contains(text, anyOf: ["estination", "ESTINATION"]) && namesSysmon(text)
    if isConnection { return .connection }
    return unsafe contains(text, anyOf: parentImageNames) ? .processStart : nil
  }

  /// Whether a text names Sysmon's provider, its channel or its GUID.
  static func namesSysmon(_ text: UnsafeRawBufferPointer) -> Bool {
    for name: StaticString in [
      "Windows-Sysmon", "Linux-Sysmon", "windows-sysmon", "\"Sysmon\"", "|Sysmon|",
      "5770385F-C22A-43E0-BF4C-06F5698FFBD9",
      "5770385f-c22a-43e0-bf4c-06f5698ffbd9",
    ] where unsafe text.contains(name) {
      return true
    }
    return false
  }
}

extension LineReader {
  /// Where a text names Sysmon as channel or provider: the whole of a value, or its beginning.
  package static func sysmonName(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var from = start
    while let at = unsafe text.firstIndex(of: "-Sysmon", from: from) {
      from = at + 7
      let before = unsafe UnsafeRawBufferPointer(rebasing: text[start..<at])
      for vendor: StaticString in ["Microsoft-Windows", "Linux"]
      where unsafe before.ends(with: vendor) {
        let name = before.count - vendor.utf8CodeUnitCount
        let mark = name > 0 ? unsafe before[name - 1] : 0
        let marks = [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ">"), UInt8(ascii: ":")]
        if marks.contains(mark) { return start + name }
      }
    }
    return nil
  }
}

/// How deep within texts and envelopes an event is.
struct Level {
  /// How many openings led to it.
  var depth: Int
  /// How many texts it is within: what an inner one says counts for more.
  var texts = 0

  var isDeepest: Bool { depth >= LineReader.maxDepth }

  var below: Level { Level(depth: depth + 1, texts: texts) }

  var within: Level { Level(depth: depth + 1, texts: texts + 1) }
}

/// What was found in a line so far.
struct Found {
  /// Whether other events are noted as a sign of their host.
  let hearsOthers: Bool
  var observations = 0
  /// Objects at the top of the line.
  var documents = 0
  var isArray = false
  /// What is left of the line is not JSON.
  var isMalformed = false
  /// Events that were known for what they are, of any product.
  var recognised = 0
  var sysmonEvents = 0
  var outsideWindow = 0
  var setAside: SetAside?
  /// Why an event that is or may be one of Sysmon's gave nothing.
  var reason: NotUnderstoodReason?
  /// Whether that event says itself that it is Sysmon's.
  var namesSysmon = false
  /// Whether there is a packed text in it.
  var hasPackedText = false
}

/// Why an event that is or may be Sysmon's Event ID 1, 3 or 13 gave no observation.
package enum NotUnderstoodReason: Equatable, Sendable {
  case noEvent
  case noEventID
  case noDestinationPort
  case noParentImage
  case noTargetObject
  /// An entry of the journal without its text.
  case noText
  /// What is packed may be events.
  case packedText
  /// The text of a message was refused.
  case message(String)

  package var description: String {
    switch self {
    case .noEvent: "no event was found in it"
    case .noEventID: "no Event ID was found"
    case .noDestinationPort: "Event ID 3 without a DestinationPort"
    case .noParentImage: "Event ID 1 without Image and ParentImage"
    case .noTargetObject: "Event ID 13 without a TargetObject"
    case .noText:
      "the journal's entry has no text that can be read (journalctl --all keeps what is long)"
    case .packedText: "its data is packed with gzip, and damaged or far larger than it seems"
    case .message(let reason): reason
    }
  }
}

/// What became of one line.
package struct LineOutcome: Sendable {
  package enum Result: Equatable, Sendable {
    case blank
    /// It gave at least one observation.
    case observation
    case irrelevant
    /// It is neither one JSON object nor anything else that holds an event.
    case malformed(isJSON: Bool)
    case notUnderstood(NotUnderstoodReason)
  }

  package var result: Result
  package var sysmonEvents = 0
  package var outsideWindow = 0
  package var setAside: SetAside?
  package var hadInvalidUTF8 = false
  /// What a malformed line would have reported, where it tells.
  package var rejectedEvent: EventKind?

  init(_ result: Result) { self.result = result }
}

extension LineReader {
  /// Counts a line, as all lines are counted exactly once.
  package func count(_ outcome: LineOutcome, at place: Place, in coverage: inout Coverage) {
    coverage.telemetryEvents += outcome.sysmonEvents
    coverage.outsideWindow += outcome.outsideWindow
    if let row = outcome.setAside { coverage.setAside[row, default: 0] += 1 }
    if outcome.hadInvalidUTF8 { coverage.invalidUTF8 += 1 }
    switch outcome.result {
    case .blank: coverage.lines.blank += 1
    case .observation: coverage.lines.observations += 1
    case .irrelevant: coverage.lines.irrelevant += 1
    case .malformed(let isJSON):
      coverage.reject(
        .malformed, at: place, event: outcome.rejectedEvent, message: message(isJSON: isJSON))
    case .notUnderstood(let reason):
      coverage.markNotUnderstood(
        at: place,
        NotUnderstoodLine(
          place: place, nearestShape: catalogue.shape(of: view).name, reason: reason.description))
    }
  }

  /// Why the last line was malformed.
  func message(isJSON: Bool) -> String {
    let error = isJSON ? readers[0].error : ""
    return error.isEmpty ? "not a JSON object, and no event in it" : error
  }
}
