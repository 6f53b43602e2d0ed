/// All facts of some archives: what was seen, by whom and how often, without any opinion about it.
///
/// Tables of parts merge into the table of the whole, in any order and grouping.
@safe package struct FactTable: Sendable {
  package var texts = TextTable()
  private var numbers = NumberedKeys<ConnectionKey>()
  /// By key.
  package private(set) var facts = SegmentedArray<ConnectionFact>()
  package private(set) var processes: [ProcessKey: ProcessFact] = [:]
  package private(set) var registryChanges: [RegistryChange] = []
  package var coverage = Coverage()

  package init() {}

  package var keys: SegmentedArray<ConnectionKey> { numbers.keys }

  package var isEmpty: Bool {
    keys.isEmpty && processes.isEmpty && registryChanges.isEmpty && coverage.lines.total == 0
  }
}

// MARK: - Absorbing

extension FactTable {
  /// - Returns: The index of the connection's fact.
  /// - Complexity: O(1) amortized.
  @discardableResult
  package mutating func absorb(_ connection: Connection) -> Int {
    absorb(
      Arrival(
        time: connection.time, arrivalSecond: connection.arrivalSecond, place: connection.place),
      of: ConnectionKey(
        host: connection.host, image: connection.image, user: connection.user,
        parent: connection.parent, process: connection.process, address: connection.address,
        port: connection.port, transport: connection.transport,
        originalFileName: connection.originalFileName,
        day: connection.time?.day ?? ConnectionKey.noDay, direction: connection.direction,
        source: connection.source, action: connection.action, addressType: connection.addressType),
      destinationName: connection.destinationName)
  }

  /// Adds one more connection of `key`, which is of the arrival's day.
  ///
  /// - Returns: The index of its fact.
  package mutating func absorb(
    _ arrival: Arrival, of key: ConnectionKey, destinationName: TextID
  ) -> Int {
    let (index, isNew) = numbers.insert(key)
    if isNew {
      facts.append(ConnectionFact(arrival, destinationName: destinationName))
    } else {
      facts[index].absorb(arrival)
      facts[index].destinationName = smaller(facts[index].destinationName, destinationName)
    }
    return index
  }

  package mutating func absorb(_ start: ProcessStart) {
    guard start.process != .none else { return }
    absorb(
      ProcessFact(
        time: start.time, image: start.image, parent: start.parent, user: start.user,
        originalFileName: start.originalFileName, commandLine: start.commandLine,
        details: start.details),
      of: ProcessKey(host: start.host, process: start.process))
  }

  package mutating func absorb(_ change: RegistryChange) { registryChanges.append(change) }

  /// Adds a fact that is put together already; what is there under its key is merged with it.
  package mutating func absorb(_ fact: ConnectionFact, of key: ConnectionKey) {
    let (index, isNew) = numbers.insert(key)
    guard !isNew else { return facts.append(fact) }
    if facts[index].isLater(than: fact.first, at: fact.place) { facts[index].place = fact.place }
    // Stored counts may be damaged.
    let count = facts[index].count.addingReportingOverflow(fact.count)
    facts[index].count = count.overflow ? .max : count.partialValue
    facts[index].first = .earlier(facts[index].first, fact.first)
    facts[index].last = .later(facts[index].last, fact.last)
    facts[index].arrivals.merge(fact.arrivals)
    facts[index].destinationName = smaller(facts[index].destinationName, fact.destinationName)
  }

  package mutating func absorb(_ fact: ProcessFact, of key: ProcessKey) {
    if let known = processes[key], !precedes(fact, known) { return }
    processes[key] = fact
  }

  /// Of two texts the one that sorts first; `none` gives way to any.
  private func smaller(_ a: TextID, _ b: TextID) -> TextID {
    if b == .none || a == b { return a }
    return a == .none || texts.isOrdered(b, before: a) ? b : a
  }

  private func precedes(_ a: ProcessFact, _ b: ProcessFact) -> Bool {
    let aNames = hasText(a.parent)
    if aNames != hasText(b.parent) { return aNames }
    if a.time != b.time {
      guard let aTime = a.time else { return false }
      return b.time.map { aTime < $0 } ?? true
    }
    for field in [\ProcessFact.parent, \.image, \.originalFileName, \.user, \.commandLine] {
      if texts.isOrdered(a[keyPath: field], before: b[keyPath: field]) { return true }
      if texts.isOrdered(b[keyPath: field], before: a[keyPath: field]) { return false }
    }
    for field in ProcessDetails.texts {
      let (left, right) = (a.details[keyPath: field], b.details[keyPath: field])
      if texts.isOrdered(left, before: right) { return true }
      if texts.isOrdered(right, before: left) { return false }
    }
    let (left, right) = (a.details.parentProcess, b.details.parentProcess)
    return left != right && left.description(texts) < right.description(texts)
  }

  private func hasText(_ id: TextID) -> Bool { !texts.isEmpty(id) }
}

extension ConnectionKey: NumberedKey {
  @inline(__always)
  package func hash(_ hash: KeyedHash) -> UInt32 {
    func pair(_ a: TextID, _ b: TextID) -> UInt64 { UInt64(a.raw) << 32 | UInt64(b.raw) }
    var state = hash.joined(hash.start, pair(host, image), pair(user, parent))
    state = hash.joined(state, process.high, process.low)
    state = hash.joined(state, pair(address, port), pair(transport, originalFileName))
    let rest =
      UInt64(UInt32(bitPattern: day)) << 16 | UInt64(direction.rawValue) << 8
      | UInt64(source.rawValue)
    return hash.finished(hash.joined(state, pair(action, addressType), rest))
  }
}

// MARK: - Some of it

extension FactTable {
  package func contains(_ key: ConnectionKey) -> Bool { numbers.contains(key) }

  /// Some of its connections, by their numbers, and of its processes, with their texts alone.
  package func only(connections: [Int], processes: Set<ProcessKey>) -> FactTable {
    var some = FactTable()
    func there(_ id: TextID) -> TextID {
      id == .none ? .none : unsafe texts.withBytes(of: id) { unsafe some.texts.intern($0) }
    }
    for at in connections {
      var fact = facts[at]
      fact.destinationName = there(fact.destinationName)
      some.absorb(fact, of: keys[at].renumbered(there))
    }
    for key in processes {
      guard let fact = self.processes[key] else { continue }
      some.absorb(
        fact.renumbered(there),
        of: ProcessKey(host: there(key.host), process: key.process.renumbered(there)))
    }
    return some
  }
}

// MARK: - Letting go

extension FactTable {
  /// Lets go of what was seen, once it was judged; texts and coverage stay.
  package mutating func forgetObservations() {
    numbers = NumberedKeys()
    facts = SegmentedArray()
    processes = [:]
    registryChanges = []
  }
}

// MARK: - Places

extension FactTable {
  /// Gives every line its place in the whole, once that is known. `absolute` keeps the order of places.
  package mutating func mapPlaces(_ absolute: (Place) -> Place) {
    for index in facts.indices { facts[index].place = absolute(facts[index].place) }
    for index in registryChanges.indices {
      registryChanges[index].place = absolute(registryChanges[index].place)
    }
    coverage.mapPlaces(absolute)
  }
}

// MARK: - Merging

extension FactTable: Mergeable {
  package static var empty: Self { Self() }

  package mutating func merge(_ other: FactTable) {
    if isEmpty {
      self = other
      return
    }
    let numbers = texts.intern(all: other.texts)
    func here(_ id: TextID) -> TextID { numbers[Int(id.raw)] }
    for (at, key) in other.keys.enumerated() {
      var fact = other.facts[at]
      fact.destinationName = here(fact.destinationName)
      absorb(fact, of: key.renumbered(here))
    }
    for (key, fact) in other.processes {
      absorb(
        fact.renumbered(here),
        of: ProcessKey(host: here(key.host), process: key.process.renumbered(here)))
    }
    mergeRest(of: other, renumbering: here)
  }

  /// Merges what is neither a connection nor a process: registry changes and the coverage.
  ///
  /// - Complexity: O(*n*) in these alone; no other text is looked at.
  package mutating func mergeRest(of other: FactTable) {
    var numbers: [TextID: TextID] = [.none: .none]
    // The coverage is merged apart, because both would change the table at once.
    var coverage = self.coverage
    self.coverage = Coverage()
    func here(_ id: TextID) -> TextID {
      if let known = numbers[id] { return known }
      let number = unsafe other.texts.withBytes(of: id) { unsafe texts.intern($0) }
      numbers[id] = number
      return number
    }
    for change in other.registryChanges { registryChanges.append(change.renumbered(here)) }
    coverage.merge(other.coverage, renumbering: here)
    self.coverage = coverage
  }

  private mutating func mergeRest(of other: FactTable, renumbering here: (TextID) -> TextID) {
    for change in other.registryChanges { registryChanges.append(change.renumbered(here)) }
    coverage.merge(other.coverage, renumbering: here)
  }
}

// MARK: - Numbers of another table

extension ProcessGuid {
  fileprivate func renumbered(_ here: (TextID) -> TextID) -> Self {
    text.map { ProcessGuid(text: here($0)) } ?? self
  }
}

extension ConnectionKey {
  fileprivate func renumbered(_ here: (TextID) -> TextID) -> Self {
    ConnectionKey(
      host: here(host), image: here(image), user: here(user), parent: here(parent),
      process: process.renumbered(here), address: here(address), port: here(port),
      transport: here(transport), originalFileName: here(originalFileName), day: day,
      direction: direction, source: source, action: here(action), addressType: here(addressType))
  }
}

extension ProcessFact {
  fileprivate func renumbered(_ here: (TextID) -> TextID) -> Self {
    var details = ProcessDetails()
    for field in ProcessDetails.texts {
      details[keyPath: field] = here(self.details[keyPath: field])
    }
    details.parentProcess = self.details.parentProcess.renumbered(here)
    return ProcessFact(
      time: time, image: here(image), parent: here(parent), user: here(user),
      originalFileName: here(originalFileName), commandLine: here(commandLine), details: details)
  }
}

extension RegistryChange {
  fileprivate func renumbered(_ here: (TextID) -> TextID) -> Self {
    var change = self
    change.host = here(host)
    change.image = here(image)
    change.user = here(user)
    change.process = process.renumbered(here)
    change.target = here(target)
    change.details = here(details)
    change.previous = here(previous)
    return change
  }
}

// MARK: - Memory

extension FactTable {
  /// About how many bytes of memory it takes.
  ///
  /// - Complexity: O(1).
  package var memoryBytes: Int {
    let connection =
      MemoryLayout<ConnectionKey>.stride + MemoryLayout<ConnectionFact>.stride + Self.indexBytes
    let process =
      MemoryLayout<ProcessKey>.stride + MemoryLayout<ProcessFact>.stride + Self.indexBytes
    return facts.count * connection + processes.count * process
      + registryChanges.count * MemoryLayout<RegistryChange>.stride
      + texts.byteCount + texts.count * (Self.indexBytes + MemoryLayout<Int>.stride)
  }

  /// What finding something by its key takes, where the table is as full as it gets on average.
  private static let indexBytes = 16
}

extension Coverage {
  /// Adds another part whose hosts are numbered alike.
  package mutating func add(_ other: Coverage) { merge(other) { $0 } }

  fileprivate mutating func merge(_ other: Coverage, renumbering here: (TextID) -> TextID) {
    lines.add(other.lines)
    events.merge(other.events, uniquingKeysWith: +)
    telemetryEvents += other.telemetryEvents
    invalidUTF8 += other.invalidUTF8
    outsideWindow += other.outsideWindow
    for (host, heard) in other.hosts {
      hosts[here(host), default: HostCoverage()].merge(heard)
    }
    keep(other.examples)
    keepNotUnderstood(other.notUnderstood)
    setAside.merge(other.setAside, uniquingKeysWith: +)
    rejectedEvents.merge(other.rejectedEvents, uniquingKeysWith: +)
    if let naming = other.firstNaming { note(naming) }
    // Who read only some of the lines may have looked for what others knew.
    if isSysmonSeen { firstNaming = nil }
  }
}

extension HostCoverage: Mergeable {
  package static var empty: Self { Self() }

  package mutating func merge(_ other: Self) {
    connections += other.connections
    processStarts += other.processStarts
    registryChanges += other.registryChanges
    hours.merge(other.hours)
    skewedEvents += other.skewedEvents
    largestSkewMilliseconds = max(largestSkewMilliseconds, other.largestSkewMilliseconds)
    namedByCollector += other.namedByCollector
  }
}
