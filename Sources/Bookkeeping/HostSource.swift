import Facts
import GRDB
import Hunting
import Scanning

/// Hands out the connections of all archives that have facts, host by host, to several tasks: those of bundles as these
/// have them, unless days are asked for.
///
/// Everything that changes is touched on the queue of the database alone, which does one thing at a time.
final class HostSource: @unchecked Sendable {
  /// The connections of a host.
  struct Host: Sendable {
    let number: Int64
    let id: TextID
    fileprivate(set) var parts: [Part] = []
  }

  /// Those of an archive or a bundle.
  struct Part: Sendable {
    var index: HostIndexReader
    /// Its archives, and their numbers among those that are recalled.
    let archives: [(id: Int64, ordinal: Int32)]
    /// By the places of the texts in the index.
    let programs: [CallNames.Program]
    let ports: [TextID]
    let transports: [TextID]
    /// The row of the table.
    fileprivate let row: Int64
  }

  let plan: RecallPlan
  let wanted: WantedConnections
  private let database: DatabaseQueue
  private var reader: FactReader
  private var groups = BeaconGroups()
  /// What addresses are called, by the numbers of their texts.
  private(set) var destinations = NumberMap(CallNames.Destination.none)
  /// What of them matters, once all hosts were looked at once.
  private(set) var traits = NumberMap<DestinationTraits?>(nil)
  private var look: SecondLook?
  private var bundles: [(id: Int64, archives: [(id: Int64, ordinal: Int32)])] = []
  /// Nil: all are.
  private var loose: [Int64]?
  private var hosts: [Int64] = []
  private var handedOut = 0
  private let ofBundle: FactStatement
  private let ofArchive: FactStatement
  private let ofHost: FactStatement
  private let wholeArchive: FactStatement
  private let factsOfBundle: FactStatement
  private let factsOfArchive: FactStatement
  private let originsOfBundle: FactStatement

  /// - Parameter database: That of `reader`, with a transaction that is open until this is done.
  init(_ database: DatabaseQueue, _ reader: FactReader, _ wanted: WantedConnections) throws {
    self.database = database
    self.reader = reader
    self.wanted = wanted
    plan = reader.plan
    let db = reader.db
    ofBundle = try FactStatement(
      db, "SELECT id, entries FROM bundle_index WHERE bundle = ? AND host = ?")
    ofArchive = try FactStatement(
      db, "SELECT id, archive, number, entries FROM connection_index WHERE host = ? AND archive = ?"
    )
    ofHost = try FactStatement(
      db,
      "SELECT id, archive, number, entries FROM connection_index WHERE host = ? ORDER BY archive")
    wholeArchive = try FactStatement(
      db, "SELECT number, entries, facts FROM connection_index WHERE host = ? AND archive = ?")
    factsOfBundle = try FactStatement(db, "SELECT facts FROM bundle_index WHERE id = ?")
    factsOfArchive = try FactStatement(db, "SELECT facts FROM connection_index WHERE id = ?")
    originsOfBundle = try FactStatement(db, "SELECT origins FROM bundle_index WHERE id = ?")
    let known = try Bundles(db)
    if plan.days == nil, !known.archives.isEmpty {
      // Older nights first, so that what they say comes in the order of time.
      bundles = known.archives.sorted { ($0.value.min() ?? 0) < ($1.value.min() ?? 0) }.map {
        id, archives in (id, archives.map { ($0, reader.ordinals[$0] ?? 0) })
      }
      loose = known.loose
    }
    hosts = try allHosts(db)
    if plan.looksAtCalls { try nameAddresses(db) }
  }

  private func allHosts(_ db: Database) throws -> [Int64] {
    guard let loose else {
      return try Int64.fetchAll(db, sql: "SELECT DISTINCT host FROM connection_index ORDER BY host")
    }
    var hosts: Set<Int64> = []
    for bundle in bundles {
      hosts.formUnion(
        try Int64.fetchAll(
          db, sql: "SELECT host FROM bundle_index WHERE bundle = ?", arguments: [bundle.id]))
    }
    for archive in loose {
      hosts.formUnion(
        try Int64.fetchAll(
          db, sql: "SELECT host FROM connection_index WHERE archive = ?", arguments: [archive]))
    }
    return hosts.sorted()
  }

  /// Gives each address its name, without its text.
  private func nameAddresses(_ db: Database) throws {
    let select = try FactStatement(db, "SELECT text, bytes FROM address")
    while try select.next() {
      guard let address = unsafe select.withBytes(1, { unsafe StoredAddress.address($0) }) else {
        throw StoredDamage("an address cannot be read")
      }
      destinations[select.integer(0)] = groups.names.destination(address)
    }
  }

  /// Runs `body` while nobody else asks.
  func alone<R>(_ body: (inout FactReader) throws -> R) throws -> R {
    try database.unsafeRead { _ in try body(&reader) }
  }

  // MARK: - Tasks

  /// Runs `body` in several tasks, of which each takes hosts as long as there are any.
  func each<R: Sendable>(
    _ workers: Int, _ body: @escaping @Sendable (HostSource) throws -> R
  ) async throws -> [R] {
    try await withThrowingTaskGroup(of: R.self) { tasks in
      for _ in 0..<max(1, workers) { tasks.addTask { try body(self) } }
      return try await tasks.reduce(into: []) { $0.append($1) }
    }
  }

  /// Scores the beacons among the calls.
  func score(_ workers: Int) async { await groups.score(atMost: workers) }

  /// What was read, and what goes with it.
  func finish() throws -> Recalled {
    try alone { reader in
      if plan.looksAtCalls { reader.recalled.groups = groups }
      try reader.readRest()
      return reader.recalled
    }
  }

  // MARK: - Handing out

  /// Begins with the first host again, once what was found of all of them at the first look is there.
  func restart(with looks: [FirstLook]) {
    for look in looks { groups.add(look) }
    let look = groups.secondLook()
    traits = destinations.mapped { $0.address == .none ? nil : look.traits(of: $0) }
    self.look = look
    handedOut = 0
  }

  /// Takes what was found at the second look.
  func take(_ looks: [SecondLook]) throws {
    for var look in looks {
      try alone { reader in
        try look.mapTexts { try reader.text(Int64($0.raw)) }
      }
      groups.add(look)
    }
    groups.sort()
  }

  /// - Returns: The next host; nil when there is none.
  func next() throws -> Host? {
    try alone { reader in
      guard handedOut < hosts.count else { return nil }
      let number = hosts[handedOut]
      handedOut += 1
      var host = Host(number: number, id: try reader.text(number))
      for bundle in bundles {
        ofBundle.bind(bundle.id, at: 1)
        ofBundle.bind(number, at: 2)
        while try ofBundle.next() {
          let index = try HostIndexReader(ofBundle.bytes(1), first: nil)
          host.parts.append(try part(index, bundle.archives, row: ofBundle.integer(0), &reader))
        }
      }
      if let loose {
        for archive in loose {
          ofArchive.bind(archive, at: 2)
          host.parts += try parts(ofArchive, of: number, &reader)
        }
      } else {
        host.parts += try parts(ofHost, of: number, &reader)
      }
      return host
    }
  }

  private func parts(
    _ select: FactStatement, of number: Int64, _ reader: inout FactReader
  ) throws -> [Part] {
    var parts: [Part] = []
    select.bind(number, at: 1)
    while try select.next() {
      let archive = select.integer(1)
      guard let ordinal = reader.ordinals[archive] else { continue }
      let index = try HostIndexReader(select.bytes(3), first: select.integer(2))
      parts.append(try part(index, [(archive, ordinal)], row: select.integer(0), &reader))
    }
    return parts
  }

  private func part(
    _ index: HostIndexReader, _ archives: [(id: Int64, ordinal: Int32)], row: Int64,
    _ reader: inout FactReader
  ) throws -> Part {
    // Where calls are not looked at, only what is wanted has to be known.
    guard plan.looksAtCalls else {
      return Part(
        index: index, archives: archives, programs: [], ports: [], transports: [], row: row)
    }
    return Part(
      index: index, archives: archives,
      programs: try index.images.map {
        groups.names.program(try reader.text($0), reader.recalled.scan.facts.texts)
      }, ports: try index.ports.map { try reader.text($0) },
      transports: try index.transports.map { try reader.text($0) }, row: row)
  }

  // MARK: - What matters

  /// A second look at hosts; nil where their calls are not looked at.
  func secondLook() throws -> SecondLook? { try alone { _ in look } }

  /// What matters of a destination that is not an address.
  func traits(of destination: CallNames.Destination) throws -> DestinationTraits {
    try alone { _ in look?.traits(of: destination) ?? [] }
  }

  /// What is stored of the connections of a part.
  func facts(of part: Part) throws -> PartFacts {
    try alone { reader in
      let bytes = try bytes(part.index.isBundle ? factsOfBundle : factsOfArchive, part.row)
      return try PartFacts(
        HostFacts(bytes, isBundle: part.index.isBundle), part.archives,
        &reader.recalled.scan.facts.texts)
    }
  }

  /// What the entries of a part of a bundle were made of.
  func origins(of part: Part) throws -> [UInt8] {
    try alone { _ in try bytes(originsOfBundle, part.row) }
  }

  /// What is stored of the connections of a host in archives that are bundled.
  func archives(
    _ archives: [(id: Int64, ordinal: Int32)], of host: Host
  ) throws -> [(index: HostIndexReader, facts: PartFacts)] {
    try alone { reader in
      try archives.map { archive in
        wholeArchive.bind(host.number, at: 1)
        wholeArchive.bind(archive.id, at: 2)
        defer { wholeArchive.restart() }
        guard try wholeArchive.next() else { throw StoredDamage("an index has lost a row") }
        return (
          try HostIndexReader(wholeArchive.bytes(1), first: wholeArchive.integer(0)),
          try PartFacts(
            HostFacts(wholeArchive.bytes(2), isBundle: false), [archive],
            &reader.recalled.scan.facts.texts)
        )
      }
    }
  }

  private func bytes(_ select: FactStatement, _ row: Int64) throws -> [UInt8] {
    select.bind(row, at: 1)
    defer { select.restart() }
    guard try select.next() else { throw StoredDamage("an index has lost a row") }
    return select.bytes(0)
  }

  /// What is called by something other than an address.
  func destination(_ number: Int64) throws -> CallNames.Destination {
    try alone { reader in
      let text = try reader.text(number)
      return groups.names.destination(reader.recalled.scan.facts.texts[text])
    }
  }
}
