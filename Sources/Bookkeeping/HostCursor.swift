import Facts
import GRDB
import Hunting
import Scanning

/// Passes the calls of all archives that have facts, host by host.
struct HostCursor {
  /// An entry of an index.
  struct Place {
    var archive: Int64
    /// The numbers of its rows there.
    var rows: Range<Int64>
    var address: Int64
    var port: Int64
    fileprivate var index: Int
    fileprivate var packed: ArraySlice<UInt8>
  }

  /// Of the host at hand, in the days that are asked for; their texts are numbered as those that were recalled.
  private(set) var calls: [Call] = []
  /// By the same numbers.
  private(set) var places: [Place] = []
  private var indexes: [HostIndexReader] = []
  /// Of each index, where they were asked for.
  private var processes: [[StoredProcess]] = []
  private let select: FactStatement
  /// Whether the statement is at the first row of the next host.
  private var isAhead = false
  private var isAtEnd = false

  init(_ db: Database) throws {
    select = try FactStatement(
      db, "SELECT host, archive, number, entries FROM connection_index ORDER BY host, archive")
  }

  /// - Returns: Whether there was another host.
  mutating func next(_ reader: inout FactReader) throws -> Bool {
    calls.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    indexes.removeAll(keepingCapacity: true)
    processes.removeAll(keepingCapacity: true)
    var host: Int64?
    while try isAhead || !isAtEnd && select.next() {
      isAhead = host != nil && select.integer(0) != host
      if isAhead { return true }
      host = select.integer(0)
      if reader.ordinals[select.integer(1)] != nil { try readIndex(&reader) }
    }
    isAtEnd = true
    return host != nil
  }

  private mutating func readIndex(_ reader: inout FactReader) throws {
    var index = try HostIndexReader(select.bytes(3), first: select.integer(2))
    let archive = select.integer(1)
    var call = Call()
    call.host = try reader.text(select.integer(0))
    call.day = 0
    while try index.next() {
      let changed = index.changed
      if changed & 1 != 0 { call.image = try reader.text(index.image) }
      if changed & 2 != 0 { call.address = try reader.text(index.address) }
      if changed & 4 != 0 { call.port = try reader.text(index.port) }
      if changed & 8 != 0 { call.transport = try reader.text(index.transport) }
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
          archive: archive, rows: index.rows, address: index.address, port: index.port,
          index: indexes.count, packed: index.packed))
    }
    indexes.append(index)
    processes.append([])
  }

  /// The connections of an entry of the host at hand, as far as they are packed.
  mutating func unpack(
    _ at: Int, _ reader: inout FactReader
  ) throws -> [(ConnectionKey, ConnectionFact)] {
    let (call, place) = (calls[at], places[at])
    if processes[place.index].isEmpty {
      processes[place.index] = try indexes[place.index].processes()
    }
    let rows = try HostIndexReader.rows(place.packed, processes[place.index])
    return try rows.map { row in
      guard let source = UInt8(exactly: row.source).flatMap(Source.init) else {
        throw StoredDamage("source \(row.source) does not exist")
      }
      let process: ProcessGuid =
        switch row.process {
        case .none: .none
        case .guid(let high, let low): ProcessGuid(high: high, low: low)
        case .text(let bytes): ProcessGuid(text: reader.recalled.scan.facts.texts.intern(bytes))
        }
      let key = ConnectionKey(
        host: call.host, image: call.image, user: try reader.text(row.user),
        parent: try reader.text(row.parent), process: process, address: call.address,
        port: call.port, transport: call.transport, originalFileName: .none, day: call.day,
        direction: call.direction, source: source)
      let fact = ConnectionFact(
        count: Int(row.count), first: row.first.map { UTCTime(milliseconds: $0) },
        last: row.last.map { UTCTime(milliseconds: $0) }, arrivals: ArrivalTimes(row.seconds),
        place: Facts.Place(
          archive: reader.ordinals[place.archive] ?? 0, line: Int(row.line), offset: Int(row.offset)
        ),
        destinationName: try reader.text(row.destinationName))
      return (key, fact)
    }
  }
}
