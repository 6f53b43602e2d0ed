import Facts
import Hunting

/// Passes one host after the other for what matters of it. The texts of its connections have the numbers of the ledger,
/// but for those of processes.
struct HostPass {
  /// An entry of an index. There are many.
  private struct Entry {
    /// The place of the index among the parts of the host.
    var part: Int32
    /// The number of the group of calls that it is part of; nil where it is part of nothing regular.
    var group: Int?
    var key: EntryKey
    var facts: Range<Int>
    var origins: Range<Int>
  }

  private let source: HostSource
  private var calls: CallReader
  private var host: HostSource.Host?
  private var entries: [Entry] = []

  init(_ source: HostSource) {
    self.source = source
    calls = CallReader(source)
  }

  /// Reads the entries of the next host that may matter, and gives its calls the second look.
  mutating func read(_ host: HostSource.Host, _ look: inout SecondLook?) throws {
    self.host = host
    entries.removeAll(keepingCapacity: true)
    look?.begin(host.id)
    for (number, part) in host.parts.enumerated() {
      var index = part.index
      // By the place of the program.
      var talks = Array(repeating: DestinationTraits(), count: part.programs.count)
      while try index.next() {
        let (day, direction) = try index.dayAndDirection()
        guard source.isAsked(day) else { continue }
        var group: Int?
        if look != nil, index.isCall(direction) {
          let traits = try traits(of: index.address)
          talks[index.image].formUnion(traits)
          group = try look?.number(traits) { try calls.call(index, of: part, on: day) }
        }
        guard group != nil || source.wanted.mayWant(index) else { continue }
        entries.append(
          Entry(
            part: Int32(truncatingIfNeeded: number), group: group, key: try EntryKey(index),
            facts: index.facts, origins: index.origins))
      }
      for (program, traits) in zip(part.programs, talks) where !traits.isEmpty {
        look?.note(program, talksTo: traits)
      }
    }
  }

  private mutating func traits(of address: Int64) throws -> DestinationTraits {
    try source.traits[address] ?? source.traits(of: calls.destination(address))
  }

  /// Passes the connections of calls that may matter, with the numbers of their groups.
  func eachFact(_ body: (ConnectionKey, ConnectionFact, Int) throws -> Void) throws {
    guard let host else { return }
    var last: (part: Int32, facts: PartFacts)?
    for entry in entries {
      guard let group = entry.group else { continue }
      if last?.part != entry.part {
        last = (entry.part, try source.facts(of: host.parts[Int(entry.part)]))
      }
      try last?.facts.each(entry.facts, entry.key.key(on: host.number)) { try body($0, $1, group) }
    }
  }

  /// Passes what is wanted, and what helps to explain it.
  func eachWanted(_ body: (ConnectionKey, ConnectionFact) throws -> Void) throws {
    guard let host else { return }
    let wanted = source.wanted
    var explained: Set<UInt32> = []
    for entry in entries
    where wanted.ports[entry.key.port].contains(.explained) && wanted.isWanted(entry.key) {
      explained.insert(entry.key.address)
    }
    let matter = entries.filter { entry in
      wanted.isWanted(entry.key)
        || wanted.ports[entry.key.port].contains(.helper) && explained.contains(entry.key.address)
    }
    var next = 0
    while next < matter.count {
      let start = next
      while next < matter.count, matter[next].part == matter[start].part { next += 1 }
      let part = host.parts[Int(matter[start].part)]
      if part.index.isBundle {
        try eachOrigin(of: matter[start..<next], in: part, host, body)
      } else {
        let facts = try source.facts(of: part)
        for entry in matter[start..<next] {
          try facts.each(entry.facts, entry.key.key(on: host.number), body)
        }
      }
    }
  }

  /// Passes what entries of a bundle were made of.
  private func eachOrigin(
    of entries: ArraySlice<Entry>, in bundle: HostSource.Part, _ host: HostSource.Host,
    _ body: (ConnectionKey, ConnectionFact) throws -> Void
  ) throws {
    let origins = try source.origins(of: bundle)
    var references: [HostIndex.Reference] = []
    for entry in entries { references += try HostIndex.references(origins, entry.origins) }
    references.sort { ($0.archive, $0.rows.lowerBound) < ($1.archive, $1.rows.lowerBound) }
    var batches: [(archive: (id: Int64, ordinal: Int32), rows: [Range<Int64>])] = []
    var last: Int64?
    for reference in references {
      if reference.archive != last {
        batches.append((try bundle.archives.archive(reference.archive), []))
        last = reference.archive
      }
      batches[batches.count - 1].rows.append(reference.rows)
    }
    let archives = try source.archives(batches.map(\.archive), of: host)
    for ((whole, facts), (_, rows)) in zip(archives, batches) {
      var index = whole
      var left = rows.reduce(0) { $0 + $1.count }
      var at = 0
      while left > 0, try index.next() {
        while at < rows.count - 1, index.rows.lowerBound >= rows[at].upperBound { at += 1 }
        guard rows[at].contains(index.rows.lowerBound) else { continue }
        left -= index.rows.count
        try facts.each(index.facts, EntryKey(index).key(on: host.number), body)
      }
      guard left == 0 else { throw StoredDamage("a bundle names \(left) rows that are missing") }
    }
  }
}

extension WantedConnections {
  /// Whether the entry at hand is wanted, or may help to explain what is.
  fileprivate func mayWant(_ index: borrowing HostIndexReader) -> Bool {
    !ports[index.ports[index.port]].isEmpty
      || !addresses.isEmpty && addresses.contains(index.address)
  }

  fileprivate func isWanted(_ key: EntryKey) -> Bool {
    ports[key.port].contains(.wanted)
      || !addresses.isEmpty && addresses.contains(Int64(key.address))
  }
}

/// What the connections of an entry have in common.
private struct EntryKey {
  let address: UInt32
  let day: Int32
  private let image: UInt32
  private let portText: UInt32
  private let transport: UInt32
  private let direction: Direction

  var port: Int64 { Int64(portText) }

  init(_ index: borrowing HostIndexReader) throws {
    (day, direction) = try index.dayAndDirection()
    address = try TextID(stored: index.address).raw
    image = try TextID(stored: index.images[index.image]).raw
    portText = try TextID(stored: index.ports[index.port]).raw
    transport = try TextID(stored: index.transports[index.transport]).raw
  }

  func key(on host: Int64) throws -> ConnectionKey {
    ConnectionKey(
      host: try TextID(stored: host), image: TextID(raw: image), user: .none, parent: .none,
      process: .none, address: TextID(raw: address), port: TextID(raw: portText),
      transport: TextID(raw: transport), originalFileName: .none, day: day, direction: direction,
      source: .windowsSysmon)
  }
}

/// The facts of the connections of a host in an archive or a bundle.
struct PartFacts: Sendable {
  private let archives: [(id: Int64, ordinal: Int32)]
  private let facts: HostFacts
  /// Of those that are named by texts.
  private let processes: [ProcessGuid]

  init(
    _ facts: HostFacts, _ archives: [(id: Int64, ordinal: Int32)], _ texts: inout TextTable
  ) throws {
    self.facts = facts
    self.archives = archives
    var processes: [ProcessGuid] = []
    for text in facts.processTexts { processes.append(ProcessGuid(text: texts.intern(text))) }
    self.processes = processes
  }

  /// Passes the connections of an entry.
  ///
  /// - Parameters:
  ///   - part: Where they are in the facts.
  ///   - common: What they have in common.
  fileprivate func each(
    _ part: Range<Int>, _ common: ConnectionKey,
    _ body: (ConnectionKey, ConnectionFact) throws -> Void
  ) throws {
    var rows = try facts.rows(part)
    while try rows.next() {
      guard let source = UInt8(exactly: rows.source).flatMap(Source.init) else {
        throw StoredDamage("source \(rows.source) does not exist")
      }
      var key = common
      key.user = try TextID(stored: rows.user)
      key.parent = try TextID(stored: rows.parent)
      key.process = try process(rows.process)
      key.originalFileName = try TextID(stored: rows.originalFileName)
      key.source = source
      key.action = try TextID(stored: rows.action)
      key.addressType = try TextID(stored: rows.addressType)
      let fact = ConnectionFact(
        count: Int(rows.count), first: rows.first.map { UTCTime(milliseconds: $0) },
        last: rows.last.map { UTCTime(milliseconds: $0) }, arrivals: rows.seconds,
        place: Place(
          archive: try archives.archive(rows.archive).ordinal, line: Int(rows.line),
          offset: Int(rows.offset)), destinationName: try TextID(stored: rows.destinationName))
      try body(key, fact)
    }
  }

  private func process(_ number: Int) throws -> ProcessGuid {
    if number == 0 { return .none }
    if number % 2 == 1, number / 2 < processes.count { return processes[number / 2] }
    return try facts.guid(number)
  }
}

extension [(id: Int64, ordinal: Int32)] {
  fileprivate func archive(_ place: Int64) throws -> Element {
    guard place >= 0, place < count else {
      throw StoredDamage("a bundle names an archive that it has not")
    }
    return self[Int(place)]
  }
}

extension TextID {
  /// The number of a text in the ledger.
  fileprivate init(stored number: Int64) throws {
    guard let raw = UInt32(exactly: number) else {
      throw StoredDamage("an index names text \(number)")
    }
    self.init(raw: raw)
  }
}
