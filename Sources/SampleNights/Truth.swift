/// What is in the nights, known because it was put there.
package struct Truth: Sendable {
  /// One archive, as a reader should count it.
  package struct ArchiveCount: Hashable, Sendable {
    package var path: String
    package var shape: EventFormat
    package var encoding: Encoding
    package var lines: Int
    /// Unpacked.
    package var bytes: Int
    /// CRC-32 of the unpacked bytes.
    package var checksum: UInt32
    package var kinds: [LogicalEvent.Kind: Int]
  }

  /// What was seen of one plant.
  package struct Sighting: Hashable, Sendable {
    package var archives: Set<String> = []
    package var host = ""
    package var image = ""
    package var user = ""
    package var ports: Set<Int> = []
    package var addresses: Set<String> = []
    package var connections = 0
    package var first: Moment?
    package var last: Moment?
    package var seedScore = 0
    package var tunedScore = 0
  }

  /// One row of the published table.
  package struct Row: Hashable, Sendable {
    package var host: String
    package var image: String
    package var user: String
    package var parent: String
    package var ports: Set<Int> = []
    package var addresses: Set<String> = []
    package var scores: Set<Int> = []
    package var count = 0
    package var first: Moment
    package var last: Moment
    package var plants: Set<String> = []

    package var score: Int { scores.max() ?? 0 }
  }

  package private(set) var archives: [ArchiveCount] = []
  package private(set) var sightings: [String: Sighting] = [:]

  private struct ProcessKey: Hashable {
    var host: String
    var guid: SampleGuid
  }

  private struct Connection {
    var key: ProcessKey?
    var row: Row
    var ownOriginalName: String?
    var port: Int
  }

  private struct Start {
    var time: Moment
    var parent: String
    var originalName: String
  }

  private var starts: [ProcessKey: Start] = [:]
  private var connections: [Connection] = []

  package init() {}

  /// Takes note of an archive and its unpacked bytes.
  package mutating func add(_ archive: Night.Archive, unpacked: [UInt8]) {
    var kinds: [LogicalEvent.Kind: Int] = [:]
    for event in archive.events {
      kinds[event.kind, default: 0] += 1
      note(event, in: archive)
    }
    archives.append(
      ArchiveCount(
        path: archive.path, shape: archive.shape, encoding: archive.encoding,
        lines: archive.events.count, bytes: unpacked.count,
        checksum: Encoding.checksum(unpacked), kinds: kinds))
  }

  private mutating func note(_ event: LogicalEvent, in archive: Night.Archive) {
    let shape = archive.shape
    let host = shape.host(event)
    if let plant = event.plant { notePlant(plant, event, in: archive) }
    guard event.isSysmon, let process = event.process else { return }
    let key = shape.joinsByGuid ? ProcessKey(host: host, guid: process.guid) : nil
    if event.kind == .processStart, let key {
      let start = Start(
        time: shape.time(event), parent: process.program.parentImage,
        originalName: process.program.originalFileName)
      if let known = starts[key], known.time <= start.time { return }
      starts[key] = start
    } else if event.kind == .networkOutbound, let port = event.number("DestinationPort") {
      let time = shape.time(event)
      var row = Row(
        host: host, image: shape.image(event), user: shape.user(event),
        parent: shape.parent(event) ?? "", first: time, last: time)
      row.ports = [port]
      row.addresses = [event.text("DestinationIp") ?? ""]
      row.count = 1
      if let plant = event.plant { row.plants = [plant] }
      connections.append(
        Connection(
          key: key, row: row, ownOriginalName: shape.originalFileName(event), port: port))
    }
  }

  private mutating func notePlant(
    _ id: String, _ event: LogicalEvent, in archive: Night.Archive
  ) {
    let shape = archive.shape
    var sighting = sightings[id, default: Sighting()]
    sighting.archives.insert(archive.path)
    sighting.host = shape.host(event)
    // A process start tells nothing that the connections do not.
    if event.kind != .processStart {
      sighting.image = shape.image(event)
      sighting.user = shape.user(event)
      let time = shape.time(event)
      sighting.first = min(sighting.first ?? time, time)
      sighting.last = max(sighting.last ?? time, time)
    }
    if event.isSysmon, event.eventID == 3, let port = event.number("DestinationPort") {
      let isOutbound = event.kind == .networkOutbound
      sighting.connections += 1
      sighting.ports.insert(port)
      sighting.addresses.insert(event.text(isOutbound ? "DestinationIp" : "SourceIp") ?? "")
      if isOutbound {
        func score(_ parity: PublishedRule.Parity) -> Int {
          PublishedRule.score(
            image: sighting.image, originalFileName: event.process?.program.originalFileName,
            port: port, parity: parity)
        }
        sighting.seedScore = max(sighting.seedScore, score(.seed))
        sighting.tunedScore = max(sighting.tunedScore, score(.tuned))
      }
    }
    sightings[id] = sighting
  }

  /// The published table over everything noted so far, in its total order.
  package func rows(_ parity: PublishedRule.Parity) -> [Row] {
    struct Key: Hashable { var host, image, user, parent: String }
    var rows: [Key: Row] = [:]
    for connection in connections {
      let start = connection.key.flatMap { starts[$0] }
      let score = PublishedRule.score(
        image: connection.row.image,
        originalFileName: connection.ownOriginalName ?? start?.originalName,
        port: connection.port, parity: parity)
      guard score > 0 else { continue }
      var row = connection.row
      if row.parent.isEmpty { row.parent = start?.parent ?? "" }
      row.scores = [score]
      let key = Key(host: row.host, image: row.image, user: row.user, parent: row.parent)
      guard var known = rows[key] else {
        rows[key] = row
        continue
      }
      known.ports.formUnion(row.ports)
      known.addresses.formUnion(row.addresses)
      known.scores.formUnion(row.scores)
      known.plants.formUnion(row.plants)
      known.count += 1
      known.first = min(known.first, row.first)
      known.last = max(known.last, row.last)
      rows[key] = known
    }
    return rows.values.sorted { a, b in
      if a.score != b.score { return a.score > b.score }
      if a.count != b.count { return a.count > b.count }
      for (x, y) in [(a.host, b.host), (a.image, b.image), (a.user, b.user), (a.parent, b.parent)]
      where x != y {
        return x.utf8.lexicographicallyPrecedes(y.utf8)
      }
      return false
    }
  }
}
