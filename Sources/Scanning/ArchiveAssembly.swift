import Archives
package import Facts
import Hashing
import Telemetry

/// Puts archives together of what was read of them.
package struct ArchiveAssembler: Sendable {
  private let limits: ReadingLimits
  /// Whose worker reads the lines that lie in no slice: most archives have none.
  private let pool: WorkerPool

  package init(_ options: ScanOptions) {
    limits = options.limits
    pool = WorkerPool(options)
  }

  /// - Parameters:
  ///   - known: What was known of the archive before it was read.
  ///   - pieces: All of it, in order.
  ///   - ordinal: The archive's number in the run, which places then have.
  package func archive(_ known: ArchiveRecord, of pieces: [ArchivePiece], ordinal: Int32)
    -> ScannedArchive
  {
    var assembly = ArchiveAssembly(ordinal: ordinal, limits: limits)
    for piece in pieces where assembly.damage == nil { assembly.append(piece, pool) }
    if assembly.damage == nil { assembly.finish(pool) }
    var record = known
    if let summary = pieces.first?.chunks.first?.summary {
      record.sha256 = summary.sha256
      record.bytes = summary.bytes
      record.container = .init(summary.container)
    }
    record.unpackedBytes = assembly.unpackedBytes
    record.frames = assembly.frames
    record.damage = assembly.damage.map {
      .init(offset: $0.offset, reason: $0.reason, hint: $0.hint)
    }
    let facts = assembly.facts()
    record.coverage = facts.coverage
    record.coverage.hosts = [:]
    return ScannedArchive(record: record, facts: facts, content: assembly.content)
  }
}

/// One archive that is being put together, piece by piece.
///
/// A line that lies in two chunks or more is read here, once.
private struct ArchiveAssembly {
  let ordinal: Int32
  private var table = FactTable()
  /// What the lines say that lie in no slice, or are too long to be read.
  private var stitched = WorkerFacts()
  private var stitcher: LineStitcher
  private var places = LinePlaces()
  /// Unpacked bytes before each chunk.
  private var chunkOffsets: [Int] = []
  private let longestLine: Int

  init(ordinal: Int32, limits: ReadingLimits) {
    self.ordinal = ordinal
    stitcher = LineStitcher(limits: limits)
    longestLine = limits.maximumLineBytes
  }

  var damage: ArchiveDamage? { stitcher.damage }
  var unpackedBytes: Int { stitcher.unpackedBytes }
  var frames: Int { stitcher.frames }
  var content: ContentHash? { stitcher.content }

  /// All that the archive says.
  func facts() -> FactTable {
    var whole = table
    whole.merge(stitched.facts())
    return whole
  }

  mutating func append(_ piece: ArchivePiece, _ pool: WorkerPool) {
    for chunk in piece.chunks { append(chunk, pool) }
    var facts = piece.facts
    facts.mapPlaces { place in
      var absolute = places.absolute(place, chunkOffset: chunkOffsets[Int(place.chunk)])
      absolute.archive = ordinal
      return absolute
    }
    table.merge(facts)
  }

  private mutating func append(_ chunk: ChunkPart, _ pool: WorkerPool) {
    guard let end = chunk.end else { preconditionFailure("a chunk without an end") }
    let offset = stitcher.unpackedBytes
    chunkOffsets.append(offset)
    let known = stitcher.overlongLines.count
    if let line = stitcher.add(end) { read(line, pool) }

    let overlong = stitcher.overlongLines[known...].map(absoluteOffset)
    var runs = chunk.slices.map { (offset: offset + $0.offset, lines: $0.lines) }
    runs += overlong.map { (offset: $0, lines: 1) }
    runs.sort { $0.offset < $1.offset }
    for run in runs { places.append(run.lines, at: run.offset) }
    for offset in overlong { rejectAsTooLong(at: offset) }
  }

  mutating func finish(_ pool: WorkerPool) {
    let known = stitcher.overlongLines.count
    if let line = stitcher.finish() { read(line, pool) }
    for place in stitcher.overlongLines[known...] {
      let offset = absoluteOffset(place)
      places.append(1, at: offset)
      rejectAsTooLong(at: offset)
    }
  }

  /// Reads a line that lies in no slice.
  private mutating func read(_ line: LineStitcher.Line, _ pool: WorkerPool) {
    let offset = absoluteOffset(line.place)
    places.append(1, at: offset)
    let place = Place(archive: ordinal, line: places.count, offset: offset)
    pool.withWorker { $0.read(line, at: place, into: &stitched) }
  }

  private mutating func rejectAsTooLong(at offset: Int) {
    let start = Place(archive: ordinal, line: 0, offset: offset)
    stitched.table.coverage.reject(
      .tooLong, at: places.absolute(start, chunkOffset: 0),
      message: "longer than \(longestLine) bytes")
  }

  private func absoluteOffset(_ place: LineStitcher.Place) -> Int {
    chunkOffsets[place.chunk] + place.offset
  }
}
