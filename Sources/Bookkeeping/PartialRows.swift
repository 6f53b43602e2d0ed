import Facts

/// The facts of one archive, or of a run of its bytes, row by row, in the order of their bytes.
struct PartialRows {
  let facts: FactTable
  /// The number of each text in the section, by its number in `facts`.
  var numbers: [UInt64]
  /// Whether the rows are of several archives, and each tells its own.
  var tellsArchives = false

  /// Texts that facts mention, in byte order, and the number that each then has, from 1. Which others a table
  /// holds depends on how it came about.
  static func texts(of facts: FactTable) -> (sorted: [TextID], numbers: [UInt64]) {
    var isUsed = [Bool](repeating: false, count: facts.texts.count + 1)
    func use(_ id: TextID) { isUsed[Int(id.raw)] = true }
    func use(_ process: ProcessGuid) { if let text = process.text { use(text) } }
    for (key, fact) in zip(facts.keys, facts.facts) { for id in texts(of: key, fact) { use(id) } }
    for (key, fact) in facts.processes { for id in texts(of: key, fact) { use(id) } }
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

  /// All that its row mentions.
  static func texts(of key: ConnectionKey, _ fact: ConnectionFact) -> [TextID] {
    fields(of: key, fact) + [key.process.text].compactMap(\.self)
  }

  /// All that its row mentions.
  static func texts(of key: ProcessKey, _ fact: ProcessFact) -> [TextID] {
    [key.host] + fields(of: fact)
      + [key.process.text, fact.details.parentProcess.text].compactMap(\.self)
  }

  private static func fields(of key: ConnectionKey, _ fact: ConnectionFact) -> [TextID] {
    [
      key.host, key.image, key.user, key.parent, key.address, key.port, key.transport,
      key.originalFileName, fact.destinationName, key.action, key.addressType,
    ]
  }

  private static func fields(of fact: ProcessFact) -> [TextID] {
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
    if tellsArchives { writer.number(Int(place.archive)) }
    writer.number(place.line)
    writer.number(place.offset)
  }

  func row(_ key: ConnectionKey, _ fact: ConnectionFact) -> [UInt8] {
    var writer = PartialWriter()
    for id in Self.fields(of: key, fact) { writer.number(number(id)) }
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

  func row(_ key: ProcessKey, _ fact: ProcessFact) -> [UInt8] {
    var writer = PartialWriter()
    writer.number(number(key.host))
    write(key.process, to: &writer)
    writer.optional(fact.time?.milliseconds)
    for id in Self.fields(of: fact) { writer.number(number(id)) }
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

  /// - Parameter ids: What the numbers of texts stand for.
  static func read(
    _ reader: inout PartialReader, _ ids: [TextID], into table: inout FactTable
  ) throws {
    var rows = PartialRowReader(reader: reader, ids: ids)
    for _ in 0..<(try rows.reader.count()) { try rows.readConnection(into: &table) }
    for _ in 0..<(try rows.reader.count()) { try rows.readProcess(into: &table) }
    for _ in 0..<(try rows.reader.count()) { try rows.readChange(into: &table) }
    reader = rows.reader
  }
}

/// Reads what ``PartialRows`` wrote.
struct PartialRowReader {
  var reader: PartialReader
  /// What the numbers of texts stand for.
  let ids: [TextID]
  /// Where rows tell their archives: the numbers that these have at last, by those that are written.
  var archives: [Int32: Int32]?

  mutating func readConnection(into table: inout FactTable) throws {
    let (host, image, user, parent) = (try text(), try text(), try text(), try text())
    let (address, port, transport) = (try text(), try text(), try text())
    let (originalFileName, destinationName) = (try text(), try text())
    let (action, addressType) = (try text(), try text())
    let process = try process()
    let day = try reader.optional()
    guard let day = Int32(exactly: day ?? Int64(ConnectionKey.noDay)),
      let direction = Direction(rawValue: UInt8(truncatingIfNeeded: try reader.number())),
      let source = Source(rawValue: UInt8(truncatingIfNeeded: try reader.number()))
    else { throw reader.malformed() }
    let key = ConnectionKey(
      host: host, image: image, user: user, parent: parent, process: process, address: address,
      port: port, transport: transport, originalFileName: originalFileName, day: day,
      direction: direction, source: source, action: action, addressType: addressType)
    let fact = ConnectionFact(
      count: try reader.integer(), first: try time(), last: try time(),
      arrivals: try StoredSeconds.times(try reader.blob()), place: try place(),
      destinationName: destinationName)
    table.absorb(fact, of: key)
  }

  mutating func readProcess(into table: inout FactTable) throws {
    let key = ProcessKey(host: try text(), process: try process())
    var fact = ProcessFact(
      time: try time(), image: try text(), parent: try text(), user: try text(),
      originalFileName: try text(), commandLine: try text())
    for field in ProcessDetails.texts { fact.details[keyPath: field] = try text() }
    fact.details.parentProcess = try process()
    table.absorb(fact, of: key)
  }

  mutating func readChange(into table: inout FactTable) throws {
    let (host, image, user) = (try text(), try text(), try text())
    let (target, details, previous) = (try text(), try text(), try text())
    let process = try process()
    let time = try time()
    var change = RegistryChange(place: try place())
    change.host = host
    change.image = image
    change.user = user
    change.target = target
    change.details = details
    change.previous = previous
    change.process = process
    change.time = time
    table.absorb(change)
  }

  private mutating func text() throws -> TextID {
    let number = try reader.number()
    guard number < UInt64(ids.count) else { throw reader.malformed() }
    return ids[Int(number)]
  }

  private mutating func process() throws -> ProcessGuid {
    switch try reader.number() {
    case 0: .none
    case 1: ProcessGuid(text: try text())
    case 2: StoredGuid.guid(Array(try reader.bytes(StoredGuid.byteCount)))
    default: throw reader.malformed()
    }
  }

  private mutating func time() throws -> UTCTime? {
    try reader.optional().map { UTCTime(milliseconds: $0) }
  }

  private mutating func place() throws -> Place {
    let archive = archives == nil ? 0 : Int32(truncatingIfNeeded: try reader.integer())
    let line = try reader.integer()
    return Place(archive: archive, line: line, offset: try reader.integer())
      .renumbered(archives ?? [:])
  }
}
