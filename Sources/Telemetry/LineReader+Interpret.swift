import Facts
import JSON

extension LineReader {
  /// Makes an observation of the event that the parser holds; whether there was one to make.
  func interpret(_ shape: CompiledShape, at place: Place, into table: inout FactTable)
    -> Bool
  {
    switch shape.origin {
    case .ocsf:
      guard text(shape.eventID).map({ $0.elementsEqual("4001".utf8) }) ?? false else {
        return false
      }
      table.coverage.telemetryEvents += 1
      return connection(shape, source: .ocsf, at: place, into: &table)
    case .defender:
      table.coverage.telemetryEvents += 1
      if text(shape.fields[Field.destinationPort.rawValue]) != nil {
        return connection(shape, source: .defender, at: place, into: &table)
      }
      return registryChange(shape, at: place, into: &table)
    case .sysmon:
      var id = values.eventID
      if id == nil { id = text(shape.eventID) }
      guard let id, let source = sysmonSource(shape) else { return false }
      table.coverage.telemetryEvents += 1
      if id.elementsEqual("3".utf8) {
        return connection(shape, source: source, at: place, into: &table)
      }
      if id.elementsEqual("1".utf8) { return processStart(shape, into: &table) }
      if id.elementsEqual("13".utf8) { return registryChange(shape, at: place, into: &table) }
      return false
    }
  }

  // MARK: - Observations

  private func connection(
    _ shape: CompiledShape, source: Source, at place: Place, into table: inout FactTable
  ) -> Bool {
    guard let direction = direction(shape) else { return false }
    let time = time(shape)
    guard isInWindow(time.best) else {
      table.coverage.outsideWindow += 1
      return false
    }
    var connection = Connection(place: place)
    connection.source = source
    connection.direction = direction
    connection.time = time.best
    connection.beat = (time.utc ?? time.best).flatMap { UInt32(exactly: $0.second) }
    let isFromCollector = host(shape, &table, &connection.host)
    connection.image = field(.image, shape, &table)
    connection.user = user(shape, &table)
    connection.parent = field(.parentImage, shape, &table)
    connection.process = guid(shape, &table)
    connection.transport = transport(shape, &table)
    connection.destinationName = name(shape, &table)
    if source == .defender {
      connection.originalFileName = field(.originalFileName, shape, &table)
    }
    // An accepted connection: the other side is the source, and the port is the local one. Sysmon
    // writes an inbound UDP flow with the local end as its source.
    let isTurned = direction == .inbound && source != .defender
    let isUDP = connection.transport != .none && table.texts[connection.transport] == "udp"
    let other: Field = isTurned && !isUDP ? .sourceIP : .destinationIP
    let port: Field =
      isTurned && isUDP || direction == .inbound && source == .defender
      ? .sourcePort : .destinationPort
    connection.address = address(other, shape, &table)
    connection.port = field(port, shape, &table)
    table.absorb(connection)
    note(.connection, shape, connection.host, time, isFromCollector, &table)
    return true
  }

  private func isInWindow(_ time: UTCTime?) -> Bool {
    guard options.from != nil || options.to != nil else { return true }
    guard let time else { return false }
    if let from = options.from, time < from { return false }
    if let to = options.to, time >= to { return false }
    return true
  }

  /// A start that names no parent has nothing that a finding could use, and most of what carries such
  /// fields (loaded images, drivers) is no start at all: it counts as irrelevant.
  private func processStart(_ shape: CompiledShape, into table: inout FactTable) -> Bool {
    guard fieldBytes(.parentImage, shape) != nil else { return false }
    let time = time(shape)
    var start = ProcessStart()
    let isFromCollector = host(shape, &table, &start.host)
    start.process = guid(shape, &table)
    start.image = field(.image, shape, &table)
    start.parent = field(.parentImage, shape, &table)
    start.user = user(shape, &table)
    start.originalFileName = field(.originalFileName, shape, &table)
    start.commandLine = field(.commandLine, shape, &table)
    start.time = time.best
    table.absorb(start)
    note(.processStart, shape, start.host, time, isFromCollector, &table)
    return true
  }

  private func registryChange(
    _ shape: CompiledShape, at place: Place, into table: inout FactTable
  ) -> Bool {
    let target = fieldBytes(.targetObject, shape) ?? []
    let value = Array("PortNumber".utf8)
    guard target.count >= value.count, target.suffix(value.count).elementsEqual(value) else {
      return false
    }
    let time = time(shape)
    var change = RegistryChange(place: place)
    let isFromCollector = host(shape, &table, &change.host)
    change.image = field(.image, shape, &table)
    change.user = user(shape, &table)
    change.process = guid(shape, &table)
    change.target = field(.targetObject, shape, &table)
    change.details = field(.details, shape, &table)
    change.previous = field(.previousDetails, shape, &table)
    change.time = time.best
    table.absorb(change)
    note(.registryChange, shape, change.host, time, isFromCollector, &table)
    return true
  }

  // MARK: - Fields

  /// The decoded bytes of the first of `slots` that holds a scalar.
  func text(_ slots: [Int]) -> [UInt8]? {
    for slot in slots where Self.isScalar(parser.kind(slot)) { return parser.text(slot) }
    return nil
  }

  private func fieldBytes(_ field: Field, _ shape: CompiledShape) -> [UInt8]? {
    if !values.isEmpty, let carried = values[field] { return carried }
    return text(shape.fields[field.rawValue])
  }

  private func field(_ field: Field, _ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    if !values.isEmpty, let carried = values[field] { return table.texts.intern(carried) }
    for slot in shape.fields[field.rawValue] where Self.isScalar(parser.kind(slot)) {
      if shape.doublesBackslashes {
        return table.texts.intern(Self.undoubled(parser.text(slot)))
      }
      return intern(slot, &table)
    }
    return .none
  }

  private func intern(_ slot: Int, _ table: inout FactTable) -> TextID {
    unsafe table.texts.intern(parser.bytes(slot))
  }

  /// Wazuh doubles each backslash once more: halved where every run is even.
  private static func undoubled(_ text: [UInt8]) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      guard text[at] == backslash else {
        result.append(text[at])
        at += 1
        continue
      }
      guard at + 1 < text.count, text[at + 1] == backslash else { return text }
      result.append(backslash)
      at += 2
    }
    return result
  }

  /// Sets `id`; whether only the collector's field could name the host.
  private func host(_ shape: CompiledShape, _ table: inout FactTable, _ id: inout TextID) -> Bool {
    if shapes.hostField >= 0, Self.isScalar(parser.kind(shapes.hostField)) {
      id = intern(shapes.hostField, &table)
      return false
    }
    if let carried = values.host {
      id = table.texts.intern(carried)
      return false
    }
    for slot in shape.host where Self.isScalar(parser.kind(slot)) {
      id = intern(slot, &table)
      return false
    }
    for slot in shape.collector where Self.isScalar(parser.kind(slot)) && !parser.isObject(slot) {
      id = intern(slot, &table)
      return true
    }
    return false
  }

  private func user(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    let whole = field(.user, shape, &table)
    guard whole == .none, shape.userName >= 0, let name = text([shape.userName]),
      shape.userOnlyWith < 0 || Self.isScalar(parser.kind(shape.userOnlyWith))
    else { return whole }
    guard let domain = text([shape.userDomain]), !domain.isEmpty || shape.origin == .sysmon else {
      return table.texts.intern(name)
    }
    return table.texts.intern((domain + [UInt8(ascii: "\\")] + name))
  }

  private func guid(_ shape: CompiledShape, _ table: inout FactTable) -> ProcessGuid {
    guard let text = fieldBytes(.processGuid, shape) else { return .none }
    if let guid = ProcessGuid(text) { return guid }
    let braces: Set<UInt8> = [UInt8(ascii: "{"), UInt8(ascii: "}")]
    guard let first = text.firstIndex(where: { !braces.contains($0) }),
      let last = text.lastIndex(where: { !braces.contains($0) })
    else { return .none }
    let bare = text[first...last]
    // "-", zeros and dashes alone name no process.
    if bare.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") }) { return .none }
    if let guid = ProcessGuid(Array(bare)) { return guid }
    return ProcessGuid(
      text: table.texts.intern(String(decoding: bare, as: UTF8.self).lowercased()))
  }

  private func transport(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = fieldBytes(.transport, shape) else { return .none }
    return table.texts.intern(text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
  }

  private func name(_ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = fieldBytes(.destinationName, shape), !text.isEmpty, text != [0x2D] else {
      return .none
    }
    return table.texts.intern(text)
  }

  /// The canonical text of an address; what is none is kept as it stands.
  private func address(_ field: Field, _ shape: CompiledShape, _ table: inout FactTable) -> TextID {
    guard let text = fieldBytes(field, shape) else { return .none }
    guard text.contains(UInt8(ascii: ":")), let address = Address(text) else {
      return table.texts.intern(text)
    }
    return table.texts.intern(address.description)
  }

  /// Nil where the event reports no connection of either direction.
  private func direction(_ shape: CompiledShape) -> Direction? {
    if let text = fieldBytes(.initiated, shape) {
      if text.elementsEqual("true".utf8) { return .outbound }
      if text.elementsEqual("false".utf8) { return .inbound }
      if shape.capitalizesBooleans {
        if text.elementsEqual("True".utf8) { return .outboundBySpelling }
        if text.elementsEqual("False".utf8) { return .inbound }
      }
      return .unclear
    }
    guard shape.direction >= 0 else { return .unstated }
    guard let word = text([shape.direction]) else { return .unstated }
    if shape.outboundWords.contains(word) {
      return shape.origin == .sysmon ? .outbound : .outboundBySpelling
    }
    if shape.inboundWords.contains(word) { return .inbound }
    switch shape.origin {
    case .sysmon: return .unstated
    case .defender: return word.starts(with: "Connection".utf8) ? .unclear : nil
    case .ocsf: return .unclear
    }
  }

  // MARK: - Time

  struct EventTime {
    /// The event's time by the clock that was asked for.
    var best: UTCTime?
    var record: UTCTime?
    var utc: UTCTime?
  }

  private func time(_ shape: CompiledShape) -> EventTime {
    var result = EventTime()
    result.utc = fieldBytes(.utcTime, shape).flatMap {
      UTCTime($0, withoutZone: .assumed(secondsEast: 0))
    }
    result.record = values.recordTime.flatMap { UTCTime($0, withoutZone: .refused) }
    if values.recordTime == nil {
      result.record = stamp(shape.recordTime, shape.epochUnitsPerSecond, .refused)
    }
    result.best =
      options.clock == .record ? result.record ?? result.utc : result.utc ?? result.record
    if result.best == nil { result.best = stamp(shape.otherTimes, nil, .refused) }
    if result.best == nil, let east = options.assumedSecondsEast {
      let rule = UTCTime.MissingZone.assumed(secondsEast: east)
      result.best = stamp(shape.recordTime + shape.otherTimes, nil, rule)
    }
    return result
  }

  private func stamp(_ slots: [Int], _ units: Int64?, _ rule: UTCTime.MissingZone) -> UTCTime? {
    for slot in slots where Self.isScalar(parser.kind(slot)) && !parser.isObject(slot) {
      let text = parser.text(slot)
      if let units, let time = UTCTime(epoch: text, unitsPerSecond: units) { return time }
      if let time = UTCTime(text, withoutZone: rule) ?? UTCTime(epochSeconds: text) {
        return time
      }
    }
    return nil
  }

  // MARK: - Coverage

  /// Record time and `UtcTime` this far apart count as clock skew.
  private static let skewMilliseconds: Int64 = 300_000

  private func note(
    _ kind: EventKind, _ shape: CompiledShape, _ host: TextID, _ time: EventTime,
    _ isFromCollector: Bool, _ table: inout FactTable
  ) {
    table.coverage.events[EventClass(shape: shape.name, kind: kind), default: 0] += 1
    var heard = table.coverage.hosts[host] ?? HostCoverage()
    table.coverage.hosts[host] = nil
    switch kind {
    case .connection: heard.connections += 1
    case .processStart: heard.processStarts += 1
    case .registryChange: heard.registryChanges += 1
    }
    if let best = time.best {
      heard.hours[Int32(truncatingIfNeeded: best.second / 3600), default: 0] += 1
    }
    if let record = time.record, let utc = time.utc {
      let skew = abs(record.milliseconds - utc.milliseconds)
      if skew > Self.skewMilliseconds {
        heard.skewedEvents += 1
        heard.largestSkewMilliseconds = max(heard.largestSkewMilliseconds, skew)
      }
    }
    if isFromCollector { heard.namedByCollector += 1 }
    table.coverage.hosts[host] = heard
  }
}
