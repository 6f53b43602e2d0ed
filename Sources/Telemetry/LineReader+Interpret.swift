import Facts
import Glibc
import JSON

extension LineReader {
  /// Makes an observation of the event that the parser holds; whether there was one to make.
  mutating func interpret(_ plan: ReadingPlan, at place: Place, into intake: inout Intake) -> Bool {
    switch plan.shape.origin {
    case .ocsf:
      guard plan.eventID >= 0, unsafe parser.bytes(plan.eventID).spells("4001") else {
        return false
      }
      intake.table.coverage.telemetryEvents += 1
      return connection(plan, source: .ocsf, at: place, into: &intake)
    case .defender:
      intake.table.coverage.telemetryEvents += 1
      switch plan.shape.observes {
      case .connection: return connection(plan, source: .defender, at: place, into: &intake)
      case .processStart: return processStart(plan, into: &intake)
      case .registryChange: return registryChange(plan, at: place, into: &intake)
      }
    case .sysmon:
      let carried = unsafe values.eventID
      guard unsafe carried != nil || plan.eventID >= 0, let source = sysmonSource(plan) else {
        return false
      }
      let id = unsafe carried ?? parser.bytes(plan.eventID)
      intake.table.coverage.telemetryEvents += 1
      if unsafe id.spells("3") { return connection(plan, source: source, at: place, into: &intake) }
      if unsafe id.spells("1") { return processStart(plan, into: &intake) }
      if unsafe id.spells("13") { return registryChange(plan, at: place, into: &intake) }
      return false
    }
  }

  // MARK: - Observations

  /// A connection without a destination port, not even an empty or odd one, has nothing that a finding
  /// could use, and the filter would pass over it: it counts as irrelevant.
  private mutating func connection(
    _ plan: ReadingPlan, source: Source, at place: Place, into intake: inout Intake
  ) -> Bool {
    guard let direction = direction(plan), unsafe bytes(.destinationPort, plan) != nil else {
      return false
    }
    let time = time(plan)
    guard isInWindow(time.best) else {
      intake.table.coverage.outsideWindow += 1
      return false
    }
    var connection = Connection(place: place)
    connection.source = source
    connection.direction = direction
    connection.time = time.best
    connection.beat = time.beat
    let isFromCollector = host(plan, &intake.table, &connection.host)
    connection.image = field(.image, plan, &intake.table)
    connection.user = user(plan, &intake.table)
    connection.parent = field(.parentImage, plan, &intake.table)
    connection.process = guid(plan, &intake.table)
    connection.transport = transport(plan, &intake.table)
    connection.destinationName = name(plan, &intake.table)
    if source == .defender {
      connection.originalFileName = field(.originalFileName, plan, &intake.table)
      if plan.direction >= 0 { connection.action = intern(plan.direction, &intake.table) }
    }
    // An accepted connection: the other side is the source, and the port is the local one. Sysmon
    // writes an inbound UDP flow with the local end as its source.
    let isTurned = direction == .inbound && source != .defender
    let isUDP = connection.transport != .none && intake.table.texts[connection.transport] == "udp"
    let other: Field = isTurned && !isUDP ? .sourceIP : .destinationIP
    let port: Field =
      isTurned && isUDP || direction == .inbound && source == .defender
      ? .sourcePort : .destinationPort
    connection.address = address(other, plan, &intake.table)
    connection.port = field(port, plan, &intake.table)
    let fact = intake.table.absorb(connection)
    note(.connection, plan, connection.host, time, isFromCollector, &intake)
    // A row does not hold the port of the source: it changes from line to line.
    if port == .sourcePort {
      let isNested = !values.isEmpty
      guard connection.port != .none, isNested == (lastCarrier >= 0) else { return true }
      lastPort = isNested ? shapes.flatSourcePort : plan.fields[port.rawValue]
    }
    lastConnection = KnownConnections.Entry(
      fact: Int32(fact), day: intake.table.keys[fact].day,
      destinationName: connection.destinationName, host: connection.host,
      shape: Int16(plan.shape.index), clock: number(ofClock: plan),
      isFromCollector: isFromCollector, isBySourcePort: port == .sourcePort)
    return true
  }

  private mutating func number(ofClock plan: ReadingPlan) -> Int16 {
    if plan.clockNumber < 0 {
      plan.clockNumber = clocks.count
      clocks.append(plan.clock)
    }
    return Int16(plan.clockNumber)
  }

  func isInWindow(_ time: UTCTime?) -> Bool {
    guard options.from != nil || options.to != nil else { return true }
    guard let time else { return false }
    if let from = options.from, time < from { return false }
    if let to = options.to, time >= to { return false }
    return true
  }

  /// A start that names no parent has nothing that a finding could use, and most of what carries such
  /// fields (loaded images, drivers) is no start at all: it counts as irrelevant.
  private mutating func processStart(_ plan: ReadingPlan, into intake: inout Intake) -> Bool {
    guard unsafe bytes(.parentImage, plan) != nil else { return false }
    let time = time(plan)
    var start = ProcessStart()
    let isFromCollector = host(plan, &intake.table, &start.host)
    start.process = guid(plan, &intake.table)
    start.image = field(.image, plan, &intake.table)
    start.parent = field(.parentImage, plan, &intake.table)
    start.user = user(plan, &intake.table)
    start.originalFileName = field(.originalFileName, plan, &intake.table)
    start.commandLine = field(.commandLine, plan, &intake.table)
    start.time = time.best
    intake.table.absorb(start)
    note(.processStart, plan, start.host, time, isFromCollector, &intake)
    return true
  }

  private mutating func registryChange(
    _ plan: ReadingPlan, at place: Place, into intake: inout Intake
  ) -> Bool {
    let last =
      unsafe plan.valueName >= 0 ? parser.bytes(plan.valueName) : bytes(.targetObject, plan)
    guard let last = unsafe last, unsafe last.endsWith("PortNumber") else { return false }
    let time = time(plan)
    guard isInWindow(time.best) else {
      intake.table.coverage.outsideWindow += 1
      return false
    }
    var change = RegistryChange(place: place)
    let isFromCollector = host(plan, &intake.table, &change.host)
    change.image = field(.image, plan, &intake.table)
    change.user = user(plan, &intake.table)
    change.process = guid(plan, &intake.table)
    change.target = changedValue(plan, &intake.table)
    change.details = field(.details, plan, &intake.table)
    change.previous = field(.previousDetails, plan, &intake.table)
    change.time = time.best
    intake.table.absorb(change)
    note(.registryChange, plan, change.host, time, isFromCollector, &intake)
    return true
  }

  // MARK: - Fields

  /// The decoded bytes of a field, there until the next line; nil where it is not there.
  private func bytes(_ field: Field, _ plan: ReadingPlan) -> UnsafeRawBufferPointer? {
    unsafe bytes(field, slot: plan.fields[field.rawValue])
  }

  func bytes(_ field: Field, slot: Int) -> UnsafeRawBufferPointer? {
    if !values.isEmpty, let carried = unsafe values[field] { return unsafe carried }
    return unsafe slot >= 0 ? parser.bytes(slot) : nil
  }

  private func field(_ field: Field, _ plan: ReadingPlan, _ table: inout FactTable) -> TextID {
    if !values.isEmpty, let carried = unsafe values[field] {
      return unsafe table.texts.intern(carried)
    }
    let slot = plan.fields[field.rawValue]
    guard slot >= 0 else { return .none }
    if plan.shape.doublesBackslashes {
      return table.texts.intern(Self.undoubled(parser.text(slot)))
    }
    return intern(slot, &table)
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
  private func host(_ plan: ReadingPlan, _ table: inout FactTable, _ id: inout TextID) -> Bool {
    if plan.hostField >= 0 {
      id = intern(plan.hostField, &table)
    } else if let carried = unsafe values.host {
      id = unsafe table.texts.intern(carried)
    } else if plan.host >= 0 {
      id = intern(plan.host, &table)
    } else if plan.collector >= 0 {
      id = intern(plan.collector, &table)
      return true
    }
    return false
  }

  private func user(_ plan: ReadingPlan, _ table: inout FactTable) -> TextID {
    let whole = field(.user, plan, &table)
    guard whole == .none, plan.userName >= 0 else { return whole }
    guard plan.userDomain >= 0,
      case let domain = parser.text(plan.userDomain),
      !domain.isEmpty || plan.shape.origin == .sysmon
    else { return intern(plan.userName, &table) }
    return table.texts.intern(domain + [UInt8(ascii: "\\")] + parser.text(plan.userName))
  }

  /// Key and value, where they stand apart, as Sysmon writes them.
  private func changedValue(_ plan: ReadingPlan, _ table: inout FactTable) -> TextID {
    guard plan.valueName >= 0, let key = unsafe bytes(.targetObject, plan) else {
      return field(.targetObject, plan, &table)
    }
    return table.texts.intern(
      unsafe Array(key) + [UInt8(ascii: "\\")] + parser.text(plan.valueName))
  }

  private func guid(_ plan: ReadingPlan, _ table: inout FactTable) -> ProcessGuid {
    let named = written(plan, &table)
    guard named == .none, plan.processID >= 0, plan.processStart >= 0 else { return named }
    return ProcessGuid(
      text: table.texts.intern(
        parser.text(plan.processID) + [UInt8(ascii: "@")] + parser.text(plan.processStart)))
  }

  private func written(_ plan: ReadingPlan, _ table: inout FactTable) -> ProcessGuid {
    guard let text = unsafe bytes(.processGuid, plan) else { return .none }
    if let guid = unsafe ProcessGuid(text) { return guid }
    let braces: Set<UInt8> = [UInt8(ascii: "{"), UInt8(ascii: "}")]
    let bare = unsafe Array(text.drop { braces.contains($0) })
      .reversed().drop { braces.contains($0) }.reversed()
    // "-", zeros and dashes alone name no process.
    if bare.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "-") }) { return .none }
    if let guid = ProcessGuid(Array(bare)) { return guid }
    return ProcessGuid(
      text: table.texts.intern(String(decoding: bare, as: UTF8.self).lowercased()))
  }

  private func transport(_ plan: ReadingPlan, _ table: inout FactTable) -> TextID {
    guard let text = unsafe bytes(.transport, plan) else { return .none }
    if unsafe text.contains(where: { (0x41...0x5A).contains($0) }) {
      let lower = unsafe text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      return table.texts.intern(lower)
    }
    return unsafe table.texts.intern(text)
  }

  private func name(_ plan: ReadingPlan, _ table: inout FactTable) -> TextID {
    guard let text = unsafe bytes(.destinationName, plan), unsafe !text.isEmpty,
      unsafe !text.spells("-")
    else { return .none }
    return unsafe table.texts.intern(text)
  }

  /// The canonical text of an address; what is none is kept as it stands.
  private func address(_ field: Field, _ plan: ReadingPlan, _ table: inout FactTable) -> TextID {
    guard let text = unsafe bytes(field, plan) else { return .none }
    guard unsafe text.contains(UInt8(ascii: ":")), let address = unsafe Address(text) else {
      return unsafe table.texts.intern(text)
    }
    return table.texts.intern(address.description)
  }

  /// Nil where the event reports no connection of either direction.
  private func direction(_ plan: ReadingPlan) -> Direction? {
    let shape = plan.shape
    if let text = unsafe bytes(.initiated, plan) {
      if unsafe text.spells("true") { return .outbound }
      if unsafe text.spells("false") { return .inbound }
      if shape.capitalizesBooleans {
        if unsafe text.spells("True") { return .outboundBySpelling }
        if unsafe text.spells("False") { return .inbound }
      }
      return .unclear
    }
    guard plan.direction >= 0 else { return .unstated }
    let word = parser.text(plan.direction)
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

  private mutating func note(
    _ kind: EventKind, _ plan: ReadingPlan, _ host: TextID, _ time: EventTime,
    _ isFromCollector: Bool, _ intake: inout Intake
  ) {
    intake.notes.add(
      kind, shape: plan.shape.index, host: host, time: time, isFromCollector: isFromCollector)
  }
}

extension UnsafeRawBufferPointer {
  func isEqual(to other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    return unsafe other.withUnsafeBytes { other in
      guard let here = baseAddress, let there = other.baseAddress else { return true }
      return unsafe memcmp(here, there, count) == 0
    }
  }

  /// Whether these bytes are those of `word`.
  fileprivate func spells(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount, let here = baseAddress else { return false }
    return unsafe memcmp(here, word.utf8Start, count) == 0
  }

  fileprivate func endsWith(_ word: StaticString) -> Bool {
    guard count >= word.utf8CodeUnitCount else { return false }
    return unsafe UnsafeRawBufferPointer(rebasing: suffix(word.utf8CodeUnitCount)).spells(word)
  }
}
