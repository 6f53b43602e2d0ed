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
        // A line that is an array of texts, or of arrays.
        guard found.isArray, found.documents == 0 else { return }
        view.clear()
        return unsafe readArray(text, level.below, at: place, &found, &facts)
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
      if event.source <= .linuxSysmon { found.sysmonEvents += 1 }
      switch observe(event, shape, at: place, &facts) {
      case .observed: found.observations += 1
      case .outsideWindow: found.outsideWindow += 1
      case .nothing: break
      }
    case .other(let isSysmon):
      found.recognised += 1
      if isSysmon { found.sysmonEvents += 1 }
    case .setAside(let row):
      found.recognised += 1
      found.setAside = row
    case .incomplete(let reason):
      let before = (found.recognised, found.reason)
      readWithin(level, at: place, &found, &facts)
      guard found.recognised == before.0, found.reason == before.1 else { return }
      found.reason = reason
      found.namesSysmon = namesSysmon(shape)
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
    unsafe reader.open(array)
    for element in reader.elements() ?? [] {
      switch element.kind {
      case .string:
        unsafe element.raw.withUnsafeBytes {
          let text = unsafe FieldView.Text(bytes: $0, isEscaped: element.isEscaped)
          if text.beginsLikeMarkup { readText(text, level.within, at: place, &found, &facts) }
        }
      case .array:
        let inner = unsafe texts[level.depth].hold(element.raw)
        unsafe readArray(inner, level.below, at: place, &found, &facts)
      case .absent, .null, .number, .true, .false, .object: break
      }
    }
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
    let opening = unsafe Opening(text)
    guard opening.form != .unknown, opening.form != .blank else { return }
    let state = view.save()
    unsafe read(opening, of: text, level, at: place, &found, &facts)
    view.restore(state)
  }

  /// Reads an opened text on top of what the view holds.
  func read(
    _ opening: Opening, of text: UnsafeRawBufferPointer, _ level: Level, at place: Place,
    _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    let content = unsafe UnsafeRawBufferPointer(rebasing: text[opening.start...])
    switch opening.form {
    case .blank, .unknown: return
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
        found.namesSysmon = namesSysmon(catalogue.shape(of: view))
      }
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
      let (outcome, end) = unsafe XMLEvent.read(
        rest, into: view, names: catalogue.names, level: max(1, level.texts))
      guard outcome != .malformed else { return }
      readEvent(Level(depth: Self.maxDepth, texts: level.texts), at: place, &found, &facts)
      unsafe rest = .init(rebasing: rest[end...])
      guard outcome == .whole, unsafe XMLEvent.start(in: rest) != nil else { return }
      view.restore(state)
    }
  }

  // MARK: - Values without names

  private func readPositional(_ level: Level) -> Bool {
    let shape = catalogue.shape(of: view)
    guard let id = unsafe first(shape.eventID) else { return false }
    let eventID = unsafe Array(id)
    var values: [[UInt8]] = []
    if let array = unsafe view.array(Slot.positional.rawValue) {
      let reader = readers[Self.maxDepth]
      unsafe reader.open(array)
      values = reader.elements()?.map(\.text) ?? []
    } else {
      values = catalogue.parameters.map { view.text($0) }
      guard values.contains(where: { !$0.isEmpty }) else { return false }
    }
    return unsafe eventID.withUnsafeBytes {
      unsafe PositionalValues.read(values, eventID: $0, into: view, level: level.texts + 1)
    }
  }

  // MARK: - Rows

  /// Reads rows of values whose names are in a list of their own: Splunk's `json_rows` and `json_cols`, the
  /// tables of Log Analytics, Elasticsearch's ES|QL, ClickHouse, Trino, BigQuery and pandas.
  ///
  /// - Returns: Whether there were such rows.
  private func readRows(
    _ level: Level, at place: Place, _ found: inout Found, _ facts: inout WorkerFacts
  ) -> Bool {
    guard let columns = catalogue.columns.first(where: { view.kind($0) == .array }),
      let rows = catalogue.rows.first(where: { view.kind($0) == .array && $0 != columns }),
      let namesText = unsafe view.array(columns), let rowsText = unsafe view.array(rows)
    else { return false }
    let reader = readers[level.depth]
    unsafe reader.open(namesText)
    let names = reader.elements() ?? []
    unsafe reader.open(rowsText)
    let lists = (reader.elements() ?? []).filter { $0.kind == .array }
    guard !lists.isEmpty else { return false }
    var values = lists.map { list in
      unsafe reader.open(texts[level.depth].hold(list.raw))
      return reader.elements() ?? []
    }
    // `json_cols` names its columns in `fields`.
    if catalogue.columns.contains(rows) { values = Self.transposed(values) }
    for row in values {
      var object: [UInt8] = []
      for (name, value) in zip(names, row) where value.kind != .array {
        object.append(UInt8(ascii: object.isEmpty ? "{" : ","))
        object += name.token + [UInt8(ascii: ":")] + value.token
      }
      guard !object.isEmpty else { continue }
      object.append(UInt8(ascii: "}"))
      view.clear()
      unsafe reader.open(texts[level.depth].hold(object))
      guard reader.next(into: view, level: 0) == .object else { continue }
      readEvent(level, at: place, &found, &facts)
    }
    return true
  }

  /// Columns of equal length as rows.
  private static func transposed(_ columns: [[JSONReader.Element]]) -> [[JSONReader.Element]] {
    (0..<(columns.map(\.count).min() ?? 0)).map { row in columns.map { $0[row] } }
  }
}

extension FieldView.Text {
  /// Whether the text is XML or JSON by its first character.
  fileprivate var beginsLikeMarkup: Bool {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes.drop { $0.isBlank })
    return unsafe rest.starts(with: "<") || rest.starts(with: "{") || rest.starts(with: "[")
      || rest.starts(with: "\\u003c") || rest.starts(with: "\\u003C")
  }
}
