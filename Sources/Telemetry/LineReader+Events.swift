import Facts
import JSON

// MARK: - From texts to events

extension LineReader {
  /// Reads the objects of a text, each as an event of its own on top of what the view holds.
  func readDocuments(
    _ text: UnsafeRawBufferPointer, _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) {
    let reader = readers[level.depth]
    unsafe reader.open(text)
    if level.depth == 0 { found.isArray = unsafe text.first == UInt8(ascii: "[") }
    while true {
      if level.depth == 0, reader.hasNext { view.clear() }
      switch reader.next(into: view, level: level.texts) {
      case .object:
        if level.depth == 0 { found.documents += 1 }
        readEvent(level, at: place, &found, &facts)
      case .end:
        // A line that is an array of texts, of arrays, or of the parts of an event.
        guard found.isArray, found.recognised == 0, found.reason == nil else { return }
        view.clear()
        return unsafe readLists(text, level.below, at: place, &found, &facts)
      case .malformed:
        if level.depth == 0 { found.isMalformed = true }
        return
      }
    }
  }

  /// Makes an observation of the event in the view; if it has none of its own, of those within it.
  func readEvent(
    _ level: Level, at place: Place, _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    let shape = catalogue.shape(of: view)
    switch recognise(shape) {
    case .event(let event):
      found.recognised += 1
      switch event.source {
      case .windowsSysmon, .linuxSysmon: found.sysmonEvents += 1
      case .defender, .ocsf: break
      }
      switch observe(event, shape, at: place, &facts) {
      case .observed: found.observations += 1
      case .outsideWindow: found.outsideWindow += 1
      case .nothing: break
      }
    case .other(let isSysmon):
      found.recognised += 1
      if isSysmon { found.sysmonEvents += 1 }
      if found.hearsOthers, isSysmon { hear(shape, &facts) }
    case .setAside(let row):
      found.recognised += 1
      found.setAside = row
    case .incomplete(let reason):
      let before = (found.recognised, found.reason)
      readWithin(level, at: place, &found, &facts)
      guard found.recognised == before.0, found.reason == before.1 else { return }
      found.reason = reason
      found.namesSysmon = namesSysmon()
      if found.namesSysmon { found.sysmonEvents += 1 }
    case .unknown:
      readWithin(level, at: place, &found, &facts)
    }
  }

  /// Reads what an event that lacks something, or something that is not an event, has within it: values
  /// without names, a text that is an event, or a list of events.
  private func readWithin(
    _ level: Level, at place: Place, _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    guard !level.isDeepest else { return }
    let recognised = found.recognised
    let arrays = view.arrays
    // XML and JSON name their values, and a message names them in words that may be shifted.
    let strings = view.strings
    for string in strings where string.beginsLikeMarkup {
      readText(string, level.within, at: place, &found, &facts)
      guard found.recognised == recognised else { return }
    }
    if readPositional(level) {
      readEvent(Level(depth: Self.maxDepth, texts: level.texts), at: place, &found, &facts)
      guard found.recognised == recognised else { return }
    }
    for string in strings where !string.beginsLikeMarkup {
      readText(string, level.within, at: place, &found, &facts)
      guard found.recognised == recognised else { return }
    }
    if readRows(level.below, at: place, &found, &facts) { return }
    for array in arrays {
      view.clear()
      unsafe readArray(array.bytes, level.below, at: place, &found, &facts)
      guard found.recognised == recognised else { return }
    }
  }

  /// Reads the objects of an array; if none is an event, what is in its texts and in arrays within it: Loki's
  /// streams, batches of XML.
  func readArray(
    _ array: UnsafeRawBufferPointer, _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) {
    guard !level.isDeepest else { return }
    let recognised = found.recognised
    let reader = readers[level.depth]
    unsafe reader.open(array)
    while reader.next(into: view, level: 0) == .object {
      readEvent(level, at: place, &found, &facts)
      view.clear()
    }
    guard found.recognised == recognised else { return }
    unsafe readLists(array, level, at: place, &found, &facts)
  }

  /// Reads an array whose objects are not events by themselves.
  private func readLists(
    _ array: UnsafeRawBufferPointer, _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) {
    guard !level.isDeepest else { return }
    if let text = unsafe ByteList.decode(array) {
      return readDecoded(text, level, at: place, &found, &facts)
    }
    if unsafe readPairs(array, level, at: place, &found, &facts) { return }
    let reader = readers[level.depth]
    unsafe reader.open(array)
    let elements = reader.elements() ?? []
    if readTable(elements, level, at: place, &found, &facts) { return }
    for element in elements {
      switch element.kind {
      case .string:
        unsafe element.raw.withUnsafeBytes {
          let text = unsafe FieldView.Text(bytes: $0, isEscaped: element.isEscaped)
          if text.mayBeInList { readText(text, level.within, at: place, &found, &facts) }
        }
      case .array:
        let inner = unsafe texts[level.depth].hold(element.raw)
        unsafe readArray(inner, level.below, at: place, &found, &facts)
      case .absent, .null, .number, .true, .false, .object: break
      }
    }
  }

  /// Reads an array that is the pairs of names and values of one event.
  private func readPairs(
    _ array: UnsafeRawBufferPointer, _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) -> Bool {
    let start = unsafe array.dropFirst().first { !$0.isBlank }
    guard start == UInt8(ascii: "{") else { return false }
    let recognised = found.recognised
    let reason = found.reason
    view.clear()
    let reader = readers[level.depth]
    let object = unsafe Array("{\"event\":".utf8) + Array(array) + [UInt8(ascii: "}")]
    unsafe reader.open(texts[level.depth].hold(object))
    defer { view.clear() }
    guard reader.next(into: view, level: 0) == .object, view.arrays.isEmpty else { return false }
    readEvent(level, at: place, &found, &facts)
    return found.recognised > recognised || found.reason != reason
  }

  /// Reads a text that is one JSON string.
  func readString(
    _ text: UnsafeRawBufferPointer, _ opening: Opening, _ level: Level, at place: Place,
    _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    guard !level.isDeepest, let end = unsafe text.lastIndex(of: UInt8(ascii: "\"")) else { return }
    let content = unsafe UnsafeRawBufferPointer(rebasing: text[(opening.start + 1)..<end])
    let string = unsafe FieldView.Text(bytes: content, isEscaped: true)
    readText(string, level.within, at: place, &found, &facts)
  }

  private func readText(
    _ string: FieldView.Text, _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) {
    let text = unsafe texts[level.depth].hold(string.bytes, isEscaped: string.isEscaped)
    let opening = unsafe Opening(text, isPart: true)
    switch opening.form {
    case .blank: return
    case .unknown:
      guard !level.isDeepest, let decoded = unsafe Base64Text.decode(text) else { return }
      guard decoded.isGzip else { return readDecoded(decoded, level, at: place, &found, &facts) }
      guard let unpacked = PackedText.unpack(decoded) else { return found.hasPackedText = true }
      readDecoded(unpacked, level, at: place, &found, &facts)
    case .json, .xml, .message, .string, .securityEvent, .namedValues:
      let state = view.save()
      unsafe read(opening, of: text, level, at: place, &found, &facts)
      view.restore(state)
    }
  }

  /// Reads a text that was in base64, or in numbers: what it names counts as if it had been in the line.
  private func readDecoded(
    _ decoded: [UInt8], _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) {
    let text = unsafe texts[level.depth + 1].hold(decoded)
    let opening = unsafe Opening(text, isPart: true)
    let recognised = found.recognised
    if opening.form != .unknown, opening.form != .blank {
      let state = view.save()
      unsafe read(opening, of: text, level.within, at: place, &found, &facts)
      view.restore(state)
    }
    guard found.recognised == recognised, unsafe Self.namesSysmon(text) else { return }
    if unsafe found.reason == nil && Self.mayHoldEvent(text) { found.reason = .noEvent }
    if found.reason != nil { found.namesSysmon = true }
  }

  /// Reads an opened text on top of what the view holds.
  func read(
    _ opening: Opening, of text: UnsafeRawBufferPointer, _ level: Level, at place: Place,
    _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    let content = unsafe UnsafeRawBufferPointer(rebasing: text[opening.start...])
    switch opening.form {
    case .blank, .unknown: return
    case .securityEvent:
      // Each is a line.
      let lines = unsafe text.split(separator: 0x0A).map {
        unsafe UnsafeRawBufferPointer(rebasing: $0)
      }
      for index in unsafe lines.indices {
        let line = unsafe lines[index]
        guard let start = unsafe SecurityEventFormat.start(in: line) else { continue }
        unsafe read(
          SecurityEventFormat.read(line, at: start), of: line, level, at: place, &found, &facts)
      }
    case .namedValues:
      // Names that others have as well make no event of Sysmon's.
      guard unsafe content.contains("UtcTime") || Self.namesSysmon(text) || namesSysmon() else {
        return
      }
      unsafe read(
        NamedValues.read(content, names: catalogue.names), of: text, level, at: place, &found,
        &facts)
    case .string: return unsafe readString(text, opening, level, at: place, &found, &facts)
    case .json:
      let state = view.save()
      let reader = readers[level.depth]
      unsafe reader.open(content)
      view.clearData()
      while reader.next(into: view, level: level.texts) == .object {
        readEvent(level, at: place, &found, &facts)
        view.restore(state)
        view.clearData()
      }
    case .xml:
      unsafe readXML(content, level, at: place, &found, &facts)
    case .message:
      let header = unsafe UnsafeRawBufferPointer(rebasing: text[..<opening.start])
      let texts = max(1, level.texts)
      unsafe MessageHeader.read(
        header, into: view, names: catalogue.names, times: catalogue.headerTimes, level: texts)
      switch unsafe MessageText.read(
        content, into: view, names: catalogue.names, level: texts)
      {
      case .read:
        readEvent(Level(depth: Self.maxDepth, texts: texts), at: place, &found, &facts)
      case .refused(let reason):
        found.reason = .message(reason.description)
        found.namesSysmon = namesSysmon()
      }
    }
  }

  /// Reads the names and values of a text as an object on top of what the view holds.
  private func read(
    _ values: NamedValues.Outcome, of text: UnsafeRawBufferPointer, _ level: Level,
    at place: Place, _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    switch values {
    case .none: return
    case .refused(let reason):
      guard found.reason == nil else { return }
      found.reason = .message(reason.description)
      if unsafe namesSysmon() || Self.namesSysmon(text) { found.namesSysmon = true }
    case .object(let object):
      guard !level.isDeepest else { return }
      let state = view.save()
      let reader = readers[level.depth + 1]
      unsafe reader.open(texts[level.depth + 1].hold(object))
      view.clearData()
      if reader.next(into: view, level: max(1, level.texts)) == .object {
        readEvent(level.below, at: place, &found, &facts)
      }
      view.restore(state)
    }
  }

  /// Reads the events of an XML text one after the other, each on top of what the view holds.
  private func readXML(
    _ text: UnsafeRawBufferPointer, _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) {
    let state = view.save()
    var rest = unsafe text
    while true {
      view.clearData()
      let (outcome, end, unnamed) = unsafe XMLEvent.read(
        rest, into: view, names: catalogue.names, level: max(1, level.texts))
      guard outcome != .malformed else { return }
      if !unnamed.isEmpty { _ = name(unnamed, level) }
      readEvent(Level(depth: Self.maxDepth, texts: level.texts), at: place, &found, &facts)
      unsafe rest = .init(rebasing: rest[end...])
      guard outcome == .whole, unsafe XMLEvent.start(in: rest) != nil else { return }
      view.restore(state)
    }
  }

  // MARK: - Values without names

  private func readPositional(_ level: Level) -> Bool {
    var values: [[UInt8]] = []
    if let array = unsafe view.array(Slot.positional.rawValue) {
      let reader = readers[Self.maxDepth]
      unsafe reader.open(array)
      values = reader.elements()?.map(\.text) ?? []
    } else if let text = unsafe view.bytes(Slot.positional.rawValue) {
      // As Microsoft's Log Parser joins them.
      values = unsafe text.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        .map { unsafe Array($0) }
    } else {
      values = catalogue.parameters.map { view.text($0) }
      guard values.contains(where: { !$0.isEmpty }) else { return false }
    }
    return name(values, level)
  }

  /// Gives values their names, by the event's number.
  private func name(_ values: [[UInt8]], _ level: Level) -> Bool {
    guard let id = unsafe first(catalogue.shape(of: view).eventID) else { return false }
    let eventID = unsafe Array(id)
    return unsafe eventID.withUnsafeBytes {
      unsafe PositionalValues.read(values, eventID: $0, into: view, level: level.texts + 1)
    }
  }
}

extension FieldView.Text {
  /// Whether the text may be an event among others in a list, by its first characters: markup, CEF or LEEF, or in
  /// base64 JSON or what is packed with gzip.
  fileprivate var mayBeInList: Bool {
    beginsLikeMarkup || (unsafe bytes.starts(with: "CEF:"))
      || (unsafe bytes.starts(with: "LEEF:")) || (unsafe bytes.starts(with: "eyJ"))
      || (unsafe bytes.starts(with: "H4sI"))
  }

  /// Whether the text is XML or JSON by its first character.
  fileprivate var beginsLikeMarkup: Bool {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes.drop { $0.isBlank })
    return unsafe rest.starts(with: "<") || rest.starts(with: "{") || rest.starts(with: "[")
      || rest.starts(with: "\\u003c") || rest.starts(with: "\\u003C")
  }
}
