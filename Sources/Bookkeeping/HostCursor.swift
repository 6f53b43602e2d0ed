import Facts
import GRDB
import Hunting
import Scanning

/// Passes the calls of all archives that have facts, host by host: those of bundles as these have them, unless days
/// are asked for.
struct HostCursor {
  /// An entry of an index.
  struct Place {
    var address: Int64
    var port: Int64
    fileprivate var index: Int
    fileprivate var rows: Range<Int64>
    fileprivate var packed: Range<Int>
    fileprivate var packedReferences: Range<Int>
  }

  /// Rows of `connection` that follow each other.
  struct Rows {
    var archive: Int64
    var numbers: Range<Int64>
  }

  /// An index of the host at hand.
  fileprivate struct Index {
    var reader: HostIndexReader
    /// Its archives, and their numbers among those that are recalled.
    var archives: [(id: Int64, ordinal: Int32)]
    /// Where they were asked for.
    var processes: [ProcessGuid] = []
  }

  /// Of the host at hand, in the days that are asked for; their texts are numbered as those that were recalled. Of
  /// bundles they state the first day.
  private(set) var calls: [Call] = []
  /// By the same numbers.
  private(set) var places: [Place] = []
  private var indexes: [Index] = []
  private var hosts: ArraySlice<Int64> = []
  private var bundles: [(id: Int64, archives: [(id: Int64, ordinal: Int32)])] = []
  /// Nil: all are.
  private var loose: [Int64]?
  private let ofBundle: FactStatement
  private let ofArchive: FactStatement
  private let ofHost: FactStatement

  init(_ db: Database, _ reader: FactReader) throws {
    ofBundle = try FactStatement(
      db, "SELECT entries FROM bundle_index WHERE bundle = ? AND host = ?")
    ofArchive = try FactStatement(
      db,
      "SELECT archive, number, entries FROM connection_index WHERE host = ? AND archive = ?")
    ofHost = try FactStatement(
      db,
      "SELECT archive, number, entries FROM connection_index WHERE host = ? ORDER BY archive")
    let known = try Bundles(db)
    if reader.plan.days == nil, !known.archives.isEmpty {
      // Older nights first, so that what they say comes in the order of time.
      bundles = known.archives.sorted { ($0.value.min() ?? 0) < ($1.value.min() ?? 0) }.map {
        id, archives in
        (id, archives.map { ($0, reader.ordinals[$0] ?? 0) })
      }
      loose = known.loose
    }
    hosts = try allHosts(db)[...]
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

  /// - Returns: Whether there was another host.
  mutating func next(_ reader: inout FactReader, _ groups: inout BeaconGroups) throws -> Bool {
    calls.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    indexes.removeAll(keepingCapacity: true)
    guard let host = hosts.popFirst() else { return false }
    for bundle in bundles {
      ofBundle.bind(bundle.id, at: 1)
      ofBundle.bind(host, at: 2)
      while try ofBundle.next() {
        let index = try HostIndexReader(ofBundle.bytes(0), first: nil)
        try read(Index(reader: index, archives: bundle.archives), of: host, &reader, &groups)
      }
    }
    if let loose {
      for archive in loose {
        ofArchive.bind(archive, at: 2)
        try readArchives(ofArchive, of: host, &reader, &groups)
      }
    } else {
      try readArchives(ofHost, of: host, &reader, &groups)
    }
    return true
  }

  private mutating func readArchives(
    _ select: FactStatement, of host: Int64, _ reader: inout FactReader,
    _ groups: inout BeaconGroups
  ) throws {
    select.bind(host, at: 1)
    while try select.next() {
      guard let ordinal = reader.ordinals[select.integer(0)] else { continue }
      let index = try HostIndexReader(select.bytes(2), first: select.integer(1))
      try read(
        Index(reader: index, archives: [(select.integer(0), ordinal)]), of: host, &reader, &groups)
    }
  }

  private mutating func read(
    _ whole: Index, of host: Int64, _ reader: inout FactReader, _ groups: inout BeaconGroups
  ) throws {
    var index = whole.reader
    var call = Call()
    call.host = try reader.text(host)
    call.day = 0
    call.isNamed = true
    // Where calls are not looked at, only what is wanted has to be known.
    let isLookedAt = reader.plan.looksAtCalls
    while try index.next() {
      let changed = index.changed
      if isLookedAt {
        if changed & 1 != 0 { call.image = try reader.text(index.image) }
        if changed & 2 != 0 { call.address = try reader.name(ofAddress: index.address, &groups) }
        if changed & 4 != 0 { call.port = try reader.text(index.port) }
        if changed & 8 != 0 { call.transport = try reader.text(index.transport) }
      }
      if changed & 16 != 0 {
        guard let day = Int32(exactly: index.day) else { throw StoredDamage("day is \(index.day)") }
        call.day = day
      }
      if changed & 32 != 0 {
        guard let direction = UInt8(exactly: index.direction).flatMap(Direction.init) else {
          throw StoredDamage("direction \(index.direction) does not exist")
        }
        call.direction = direction
      }
      call.count = Int(index.count)
      if let days = reader.plan.days, !days.contains(call.day) { continue }
      calls.append(call)
      places.append(
        Place(
          address: index.address, port: index.port, index: indexes.count, rows: index.rows,
          packed: index.packed, packedReferences: index.packedReferences))
    }
    indexes.append(whole)
  }

  /// What an entry of the host at hand was made of.
  func rows(of place: Place) throws -> [Rows] {
    let index = indexes[place.index]
    if place.packedReferences.isEmpty {
      return [Rows(archive: index.archives[0].id, numbers: place.rows)]
    }
    return try index.reader.references(place.packedReferences).map { reference in
      Rows(archive: try index.archive(reference.archive).id, numbers: reference.rows)
    }
  }

  /// Passes the connections of an entry of the host at hand, as far as they are packed; their address is a name.
  mutating func unpack(
    _ at: Int, _ reader: inout FactReader, _ body: (ConnectionKey, ConnectionFact) throws -> Void
  ) throws {
    let (call, place) = (calls[at], places[at])
    if indexes[place.index].processes.isEmpty {
      indexes[place.index].processes = try indexes[place.index].reader.processes().map { process in
        switch process {
        case .none: .none
        case .guid(let high, let low): ProcessGuid(high: high, low: low)
        case .text(let bytes): ProcessGuid(text: reader.recalled.scan.facts.texts.intern(bytes))
        }
      }
    }
    var rows = indexes[place.index].reader.rows(place.packed)
    while try rows.next(indexes[place.index].processes.count) {
      guard let source = UInt8(exactly: rows.source).flatMap(Source.init) else {
        throw StoredDamage("source \(rows.source) does not exist")
      }
      let key = ConnectionKey(
        host: call.host, image: call.image, user: try reader.text(rows.user),
        parent: try reader.text(rows.parent),
        process: indexes[place.index].processes[rows.process], address: call.address,
        port: call.port, transport: call.transport, originalFileName: .none, day: call.day,
        direction: call.direction, source: source)
      let fact = ConnectionFact(
        count: Int(rows.count), first: rows.first.map { UTCTime(milliseconds: $0) },
        last: rows.last.map { UTCTime(milliseconds: $0) }, arrivals: rows.seconds,
        place: Facts.Place(
          archive: try indexes[place.index].archive(rows.archive).ordinal, line: Int(rows.line),
          offset: Int(rows.offset)), destinationName: try reader.text(rows.destinationName))
      try body(key, fact)
    }
  }
}

extension HostCursor.Index {
  func archive(_ place: Int64) throws -> (id: Int64, ordinal: Int32) {
    guard place >= 0, place < archives.count else {
      throw StoredDamage("a bundle names an archive that it has not")
    }
    return archives[Int(place)]
  }
}
