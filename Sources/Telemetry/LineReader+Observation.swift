import Facts
import JSON

extension LineReader {
  enum Observed { case observed, outsideWindow, nothing }

  /// Adds the event in the view to `facts`.
  func observe(
    _ event: RecognisedEvent, _ shape: CompiledShape, at place: Place, _ facts: inout WorkerFacts
  ) -> Observed {
    switch event.kind {
    case .connection: connection(shape, source: event.source, at: place, &facts)
    case .processStart: processStart(shape, &facts)
    case .registryChange: registryChange(shape, at: place, &facts)
    }
  }

  private func connection(
    _ shape: CompiledShape, source: Source, at place: Place, _ facts: inout WorkerFacts
  ) -> Observed {
    guard let direction = direction(shape) else { return .nothing }
    let time = time(shape)
    guard isInWindow(time.best) else { return .outsideWindow }
    var connection = Connection(place: place)
    connection.source = source
    // By pattern: to compare values of another module's raw type is a call.
    let isDefender = if case .defender = source { true } else { false }
    let isInbound = if case .inbound = direction { true } else { false }
    connection.direction = direction
    connection.time = time.best
    connection.arrivalSecond = time.arrival
    let host = host(shape, &facts.table)
    connection.host = host.id
    connection.image = intern(.image, shape, &facts.table)
    connection.user = user(shape, &facts.table)
    connection.parent = intern(.parentImage, shape, &facts.table)
    connection.process = process(shape, &facts.table)
    connection.transport = transport(shape, &facts.table)
    connection.destinationName = destinationName(shape, &facts.table)
    if isDefender {
      connection.image = defenderImage(shape, &facts.table)
      connection.originalFileName = intern(.originalFileName, shape, &facts.table)
      connection.action = intern(at: shape.direction, &facts.table)
      connection.addressType = intern(at: catalogue.defenderAddressType, &facts.table)
    }
    // An accepted connection: the other side is the source, and the port is the local one. Sysmon
    // writes an inbound UDP flow with the local end as its source.
    let isTurned = isInbound && !isDefender
    let isUDP = isTurned && isUDP(shape)
    let other: Slot = isTurned && !isUDP ? .sourceIP : .destinationIP
    let port: Slot =
      isUDP || isInbound && isDefender ? .sourcePort : .destinationPort
    connection.address = address(other, shape, &facts.table)
    connection.port = intern(port, shape, &facts.table)
    facts.table.absorb(connection)
    facts.notes.add(
      .connection, shape: shape.index, host: host.id, time: time,
      isFromCollector: host.isFromCollector)
    return .observed
  }

  /// The path of a process, which ends with the file name that the event gives beside it: the published KQL
  /// query compares that name, and the folder path mostly holds it, but need not.
  private func defenderImage(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let path = unsafe field(.image, shape),
      let name = unsafe view.bytes(catalogue.defenderFileName), unsafe !name.isEmpty
    else { return intern(.image, shape, &table) }
    let (folder, file) = unsafe (
      String(decoding: path, as: UTF8.self), String(decoding: name, as: UTF8.self)
    )
    let separator = folder.hasPrefix("/") ? "/" : "\\"
    let whole = folder.lowercased()
    guard whole != file.lowercased(), !whole.hasSuffix(separator + file.lowercased()) else {
      return unsafe table.texts.intern(path)
    }
    return table.texts.intern(
      folder.isEmpty || folder.hasSuffix(separator) ? folder + file : folder + separator + file)
  }

  private func processStart(_ shape: CompiledShape, _ facts: inout WorkerFacts) -> Observed {
    let time = time(shape)
    var start = ProcessStart()
    let host = host(shape, &facts.table)
    start.host = host.id
    start.process = process(shape, &facts.table)
    start.image = intern(.image, shape, &facts.table)
    start.parent = intern(.parentImage, shape, &facts.table)
    start.user = user(shape, &facts.table)
    start.originalFileName = intern(.originalFileName, shape, &facts.table)
    start.commandLine = intern(.commandLine, shape, &facts.table)
    start.time = time.best
    start.details.hashes = intern(.hashes, shape, &facts.table)
    start.details.integrityLevel = intern(.integrityLevel, shape, &facts.table)
    start.details.logonID = intern(.logonID, shape, &facts.table)
    start.details.processID = intern(.processID, shape, &facts.table)
    start.details.parentCommandLine = intern(.parentCommandLine, shape, &facts.table)
    if let parent = unsafe field(.parentProcessGuid, shape) {
      start.details.parentProcess = unsafe Self.guid(parent, &facts.table)
    }
    facts.table.absorb(start)
    facts.notes.add(
      .processStart, shape: shape.index, host: host.id, time: time,
      isFromCollector: host.isFromCollector)
    return .observed
  }

  /// Of the registry only the port of Remote Desktop is kept.
  private func registryChange(
    _ shape: CompiledShape, at place: Place, _ facts: inout WorkerFacts
  ) -> Observed {
    let name =
      unsafe shape.valueName.flatMap { unsafe view.bytes($0) } ?? field(.targetObject, shape)
    guard let name = unsafe name, unsafe name.ends(with: "PortNumber") else { return .nothing }
    let time = time(shape)
    guard isInWindow(time.best) else { return .outsideWindow }
    var change = RegistryChange(place: place)
    let host = host(shape, &facts.table)
    change.host = host.id
    change.image = intern(.image, shape, &facts.table)
    change.user = user(shape, &facts.table)
    change.process = process(shape, &facts.table)
    change.target = changedValue(shape, &facts.table)
    change.details = intern(.details, shape, &facts.table)
    change.previous = intern(.previousDetails, shape, &facts.table)
    change.time = time.best
    facts.table.absorb(change)
    facts.notes.add(
      .registryChange, shape: shape.index, host: host.id, time: time,
      isFromCollector: host.isFromCollector)
    return .observed
  }

  /// Notes that the host of an event was heard that is not used.
  func hear(_ shape: CompiledShape, _ facts: inout WorkerFacts) {
    guard let time = time(shape).best else { return }
    facts.notes.hear(host(shape, &facts.table).id, at: time)
  }

  private func isInWindow(_ time: UTCTime?) -> Bool {
    guard options.from != nil || options.to != nil else { return true }
    guard let time else { return false }
    if let from = options.from, time < from { return false }
    if let to = options.to, time >= to { return false }
    return true
  }

  // MARK: - Fields

  private func intern(_ slot: Slot, _ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = unsafe field(slot, shape) else { return .none }
    if shape.doublesBackslashes, let halved = unsafe Array(text).withHalvedBackslashes {
      return table.texts.intern(halved)
    }
    return unsafe table.texts.intern(text)
  }

  private func intern(at slot: Int?, _ table: inout FactTable) -> TextID {
    guard let slot, let text = unsafe view.bytes(slot) else { return .none }
    return unsafe table.texts.intern(text)
  }

  /// The host, and whether only the collector's field could name it.
  private func host(_ shape: CompiledShape, _ table: inout FactTable) -> (
    id: TextID, isFromCollector: Bool
  ) {
    if let slot = catalogue.hostField, let text = unsafe view.bytes(slot) {
      return (unsafe table.texts.intern(text), false)
    }
    if let text = unsafe first(shape.host) { return (unsafe table.texts.intern(text), false) }
    if let text = unsafe first(shape.collector) { return (unsafe table.texts.intern(text), true) }
    return (.none, false)
  }

  private func user(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    let whole = intern(.user, shape, &table)
    guard whole == .none else { return whole }
    for parts in shape.userParts {
      guard let name = unsafe view.bytes(parts.name),
        parts.onlyWith.map({ view.kind($0).isScalar }) ?? true
      else { continue }
      guard let domain = unsafe view.bytes(parts.domain),
        unsafe !domain.isEmpty || shape.origin == .sysmon
      else { return unsafe table.texts.intern(name) }
      return table.texts.intern(unsafe Array(domain) + [UInt8(ascii: "\\")] + Array(name))
    }
    return whole
  }

  /// Key and value, where they are apart, as Sysmon writes them.
  private func changedValue(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let name = unsafe shape.valueName.flatMap({ unsafe view.bytes($0) }),
      let key = unsafe field(.targetObject, shape)
    else { return intern(.targetObject, shape, &table) }
    return table.texts.intern(unsafe Array(key) + [UInt8(ascii: "\\")] + Array(name))
  }

  private func process(_ shape: CompiledShape, _ table: inout FactTable) -> ProcessGuid {
    if let text = unsafe field(.processGuid, shape) {
      let guid = unsafe Self.guid(text, &table)
      if guid != .none { return guid }
    }
    guard let id = unsafe shape.processID.flatMap({ unsafe view.bytes($0) }),
      let start = unsafe shape.processStart.flatMap({ unsafe view.bytes($0) })
    else { return .none }
    return ProcessGuid(
      text: table.texts.intern(unsafe Array(id) + [UInt8(ascii: "@")] + Array(start)))
  }

  private static func guid(_ text: UnsafeRawBufferPointer, _ table: inout FactTable) -> ProcessGuid
  {
    if let guid = unsafe ProcessGuid(text) { return guid }
    let braces: Set<UInt8> = [UInt8(ascii: "{"), UInt8(ascii: "}")]
    var bare = unsafe Array(text)
    if bare.starts(with: "SYSMON:".utf8) { bare.removeFirst(7) }
    bare = bare.drop { braces.contains($0) }.reversed().drop { braces.contains($0) }.reversed()
    // "-", zeros and dashes alone name no process.
    if bare.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") }) { return .none }
    if let guid = ProcessGuid(bare) { return guid }
    return ProcessGuid(
      text: table.texts.intern(String(decoding: bare, as: UTF8.self).lowercased()))
  }

  private func transport(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = unsafe field(.transport, shape) else { return .none }
    if unsafe text.contains(where: { (0x41...0x5A).contains($0) }) {
      return table.texts.intern(unsafe text.map(\.lowercased))
    }
    return unsafe table.texts.intern(text)
  }

  private func isUDP(_ shape: CompiledShape) -> Bool {
    guard let text = unsafe field(.transport, shape) else { return false }
    return unsafe text.count == 3 && text.containsIgnoringCase("udp")
  }

  private func destinationName(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = unsafe field(.destinationName, shape), unsafe !text.isEmpty,
      unsafe !text.equals("-")
    else { return .none }
    return unsafe table.texts.intern(text)
  }

  /// The canonical text of an address; what is not one is kept as it is.
  private func address(_ slot: Slot, _ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = unsafe field(slot, shape) else { return .none }
    guard unsafe text.firstIndex(of: UInt8(ascii: ":"), from: 0) != nil,
      let address = unsafe Address(text)
    else { return unsafe table.texts.intern(text) }
    return table.texts.intern(address.description)
  }

  /// Nil where the event reports no connection of either direction.
  private func direction(_ shape: CompiledShape) -> Direction? {
    if let text = unsafe field(.initiated, shape) {
      if unsafe text.equals("true") { return .outbound }
      if unsafe text.equals("false") { return .inbound }
      if shape.capitalizesBooleans {
        if unsafe text.equals("True") { return .outboundBySpelling }
        if unsafe text.equals("False") { return .inbound }
      }
      return .unclear
    }
    guard let slot = shape.direction, let word = unsafe view.bytes(slot) else { return .unstated }
    if shape.origin == .defender, isReportedInbound { return .inbound }
    if shape.outboundWords.contains(where: { unsafe word.elementsEqual($0) }) {
      return shape.origin == .sysmon ? .outbound : .outboundBySpelling
    }
    if shape.inboundWords.contains(where: { unsafe word.elementsEqual($0) }) {
      return .inbound
    }
    switch shape.origin {
    case .sysmon: return .unstated
    case .defender: return unsafe word.starts(with: "Connection") ? .unclear : nil
    case .ocsf: return .unclear
    }
  }

  /// Whether Defender's additional fields, an object or JSON in a text, say so of an attempt.
  private var isReportedInbound: Bool {
    if let word = unsafe view.bytes(catalogue.defenderDirection) { return unsafe word.equals("In") }
    guard let details = unsafe view.bytes(catalogue.defenderDetails) else { return false }
    return unsafe details.contains(#""direction":"In""#)
      || details.contains(#""direction": "In""#)
  }
}
