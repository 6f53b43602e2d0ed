import Facts

/// The facts of one archive, or of a run of its bytes, row by row, in the order of their bytes.
struct PartialRows {
  let facts: FactTable
  /// The number of each text in the section, by its number in `facts`.
  let numbers: [UInt64]

  /// Texts that facts mention, in byte order, and the number that each then has, from 1. Which others a table
  /// holds depends on how it came about.
  static func texts(of facts: FactTable) -> (sorted: [TextID], numbers: [UInt64]) {
    var isUsed = [Bool](repeating: false, count: facts.texts.count + 1)
    func use(_ id: TextID) { isUsed[Int(id.raw)] = true }
    func use(_ process: ProcessGuid) { if let text = process.text { use(text) } }
    for (key, fact) in zip(facts.keys, facts.facts) {
      for id in texts(of: key, fact) { use(id) }
      use(key.process)
    }
    for (key, fact) in facts.processes {
      for id in [key.host] + texts(of: fact) { use(id) }
      use(key.process)
      use(fact.details.parentProcess)
    }
    for change in facts.registryChanges {
      for id in texts(of: change) { use(id) }
      use(change.process)
    }
    let sorted = isUsed.indices.dropFirst().filter { isUsed[$0] }
      .map { TextID(raw: UInt32($0)) }.sorted { facts.texts.isOrdered($0, before: $1) }
    var numbers = [UInt64](repeating: 0, count: isUsed.count)
    for (index, id) in sorted.enumerated() { numbers[Int(id.raw)] = UInt64(index + 1) }
    return (sorted, numbers)
  }

  private static func texts(of key: ConnectionKey, _ fact: ConnectionFact) -> [TextID] {
    [
      key.host, key.image, key.user, key.parent, key.address, key.port, key.transport,
      key.originalFileName, fact.destinationName, key.action, key.addressType,
    ]
  }

  private static func texts(of fact: ProcessFact) -> [TextID] {
    [fact.image, fact.parent, fact.user, fact.originalFileName, fact.commandLine]
      + ProcessDetails.texts.map { fact.details[keyPath: $0] }
  }

  private static func texts(of change: RegistryChange) -> [TextID] {
    [change.host, change.image, change.user, change.target, change.details, change.previous]
  }

  func write(to writer: inout PartialWriter) {
    let connections = zip(facts.keys, facts.facts).map { row($0, $1) }
    let processes = facts.processes.map { row($0.key, $0.value) }
    let changes = facts.registryChanges.map { row($0) }
    for rows in [connections, processes, changes] {
      writer.number(rows.count)
      for row in rows.sorted(by: { $0.lexicographicallyPrecedes($1) }) { writer.raw(row) }
    }
  }

  private func number(_ id: TextID) -> UInt64 { numbers[Int(id.raw)] }

  private func write(_ process: ProcessGuid, to writer: inout PartialWriter) {
    if let text = process.text {
      writer.number(1 as UInt64)
      writer.number(number(text))
    } else if process == .none {
      writer.number(0 as UInt64)
    } else {
      writer.number(2 as UInt64)
      writer.raw(StoredGuid.bytes(of: process))
    }
  }

  private func write(_ place: Place, to writer: inout PartialWriter) {
    writer.number(place.line)
    writer.number(place.offset)
  }

  private func row(_ key: ConnectionKey, _ fact: ConnectionFact) -> [UInt8] {
    var writer = PartialWriter()
    for id in Self.texts(of: key, fact) { writer.number(number(id)) }
    write(key.process, to: &writer)
    writer.optional(key.day == ConnectionKey.noDay ? nil : Int64(key.day))
    writer.number(UInt64(key.direction.rawValue))
    writer.number(UInt64(key.source.rawValue))
    writer.number(fact.count)
    writer.optional(fact.first?.milliseconds)
    writer.optional(fact.last?.milliseconds)
    writer.blob(StoredSeconds.bytes(of: fact.arrivals))
    write(fact.place, to: &writer)
    return writer.bytes
  }

  private func row(_ key: ProcessKey, _ fact: ProcessFact) -> [UInt8] {
    var writer = PartialWriter()
    writer.number(number(key.host))
    write(key.process, to: &writer)
    writer.optional(fact.time?.milliseconds)
    for id in Self.texts(of: fact) { writer.number(number(id)) }
    write(fact.details.parentProcess, to: &writer)
    return writer.bytes
  }

  private func row(_ change: RegistryChange) -> [UInt8] {
    var writer = PartialWriter()
    for id in Self.texts(of: change) { writer.number(number(id)) }
    write(change.process, to: &writer)
    writer.optional(change.time?.milliseconds)
    write(change.place, to: &writer)
    return writer.bytes
  }

  // MARK: - Reading

  private struct Source {
    var reader: PartialReader
    let ids: [TextID]

    mutating func text() throws -> TextID {
      let number = try reader.number()
      guard number < UInt64(ids.count) else { throw reader.damage() }
      return ids[Int(number)]
    }

    mutating func process() throws -> ProcessGuid {
      switch try reader.number() {
      case 0: return .none
      case 1: return ProcessGuid(text: try text())
      case 2:
        var bytes: [UInt8] = []
        for _ in 0..<16 { bytes.append(try reader.byte()) }
        return StoredGuid.guid(bytes)
      default: throw reader.damage()
      }
    }

    mutating func time() throws -> UTCTime? {
      try reader.optional().map { UTCTime(milliseconds: $0) }
    }

    mutating func place() throws -> Place {
      let line = try reader.integer()
      return Place(archive: 0, line: line, offset: try reader.integer())
    }
  }

  /// - Parameter ids: What the numbers of texts stand for.
  static func read(
    _ reader: inout PartialReader, _ ids: [TextID], into table: inout FactTable
  ) throws {
    var source = Source(reader: reader, ids: ids)
    for _ in 0..<(try source.reader.count()) {
      var texts: [TextID] = []
      for _ in 0..<11 { texts.append(try source.text()) }
      let process = try source.process()
      let day = try source.reader.optional()
      guard let day = Int32(exactly: day ?? Int64(ConnectionKey.noDay)),
        let direction = Direction(rawValue: UInt8(truncatingIfNeeded: try source.reader.number())),
        let origin = Facts.Source(rawValue: UInt8(truncatingIfNeeded: try source.reader.number()))
      else { throw source.reader.damage() }
      let key = ConnectionKey(
        host: texts[0], image: texts[1], user: texts[2], parent: texts[3], process: process,
        address: texts[4], port: texts[5], transport: texts[6], originalFileName: texts[7],
        day: day, direction: direction, source: origin, action: texts[9], addressType: texts[10])
      let fact = ConnectionFact(
        count: try source.reader.integer(), first: try source.time(), last: try source.time(),
        arrivals: try StoredSeconds.times(try source.reader.blob()), place: try source.place(),
        destinationName: texts[8])
      table.absorb(fact, of: key)
    }
    for _ in 0..<(try source.reader.count()) {
      let key = ProcessKey(host: try source.text(), process: try source.process())
      var fact = ProcessFact(
        time: try source.time(), image: try source.text(), parent: try source.text(),
        user: try source.text(), originalFileName: try source.text(),
        commandLine: try source.text())
      for field in ProcessDetails.texts { fact.details[keyPath: field] = try source.text() }
      fact.details.parentProcess = try source.process()
      table.absorb(fact, of: key)
    }
    for _ in 0..<(try source.reader.count()) {
      var texts: [TextID] = []
      for _ in 0..<6 { texts.append(try source.text()) }
      let process = try source.process()
      let time = try source.time()
      var change = RegistryChange(place: try source.place())
      change.host = texts[0]
      change.image = texts[1]
      change.user = texts[2]
      change.target = texts[3]
      change.details = texts[4]
      change.previous = texts[5]
      change.process = process
      change.time = time
      table.absorb(change)
    }
    reader = source.reader
  }
}
