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
    var assembly = ArchiveAssembly(.whole, ordinal: ordinal, limits: limits)
    for piece in pieces where assembly.damage == nil { assembly.append(piece, pool) }
    if assembly.damage == nil { assembly.finish(pool) }
    var record = known
    record.add(pieces.first?.chunks.first?.summary)
    record.unpackedBytes = assembly.unpackedBytes
    record.frames = assembly.frames
    record.damage = assembly.damage
    let facts = assembly.facts()
    record.coverage = facts.coverage
    record.coverage.hosts = [:]
    return ScannedArchive(record: record, facts: facts, content: assembly.content)
  }

  /// What a run of an archive's bytes says, as far as it can be said without the rest.
  ///
  /// - Parameters:
  ///   - isStart: Whether the archive begins there.
  ///   - isEnd: Whether it ends there.
  ///   - next: Gives all pieces of the run, in order, then nil.
  /// - Throws: What `next` throws.
  func span(isStart: Bool, isEnd: Bool, _ next: () throws -> ArchivePiece?) rethrows -> (
    part: ChunkPart, facts: FactTable
  ) {
    let extent: ArchiveAssembly.Extent =
      isStart ? isEnd ? .whole : .beginning : .remainder
    var assembly = ArchiveAssembly(extent, ordinal: 0, limits: limits)
    while let piece = try next() {
      if assembly.damage == nil { assembly.append(piece, pool) }
    }
    if extent == .whole, assembly.damage == nil { assembly.finish(pool) }
    return (assembly.condensed(), assembly.facts())
  }
}

/// One archive, or a run of its bytes, that is being put together, piece by piece.
///
/// A line that spans two chunks or more is read here, once.
private struct ArchiveAssembly {
  enum Extent {
    case whole
    /// What comes after it is not known.
    case beginning
    /// What comes before it is not known: its first bytes may end a line.
    case remainder
  }

  private let extent: Extent
  let ordinal: Int32
  private var table = FactTable()
  /// What the lines say that lie in no slice, or are too long to be read.
  private var stitched = WorkerFacts()
  private var stitcher: LineStitcher
  private var places = LinePlaces()
  /// Unpacked bytes before each chunk.
  private var chunkOffsets: [Int] = []
  private let longestLine: Int
  private var hasLineFeed = false
  /// Of a remainder: the bytes up to its first LF, or all as long as there is none.
  private var openHead = LineFragment()

  init(_ extent: Extent, ordinal: Int32, limits: ReadingLimits) {
    self.extent = extent
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

  /// All of it as one chunk that was read: its places are in ``facts()``.
  func condensed() -> ChunkPart {
    let isHeadOpen = extent == .remainder && !hasLineFeed
    let end = ChunkEnd(
      chunk: 0, head: extent == .remainder && hasLineFeed ? openHead : nil,
      tail: isHeadOpen ? openHead : stitcher.openTail, hasLineFeed: hasLineFeed,
      unpackedBytes: unpackedBytes, frames: frames, overlongLines: [], damage: damage,
      content: content)
    let lines = places.firstOffset.map { [ChunkPart.Slice(offset: $0, lines: places.count)] }
    return ChunkPart(slices: lines ?? [], end: end)
  }

  /// Of what is not whole, lines count from the start of the slice that they will be in.
  private var firstLine: Int { extent == .whole ? 1 : 0 }

  mutating func append(_ piece: ArchivePiece, _ pool: WorkerPool) {
    let before = chunkOffsets.count - (piece.chunks.first?.end?.chunk ?? 0)
    for chunk in piece.chunks { append(chunk, pool) }
    var facts = piece.facts
    facts.mapPlaces { place in
      var absolute = places.absolute(
        place, chunkOffset: chunkOffsets[before + Int(place.chunk)], firstLine: firstLine)
      absolute.archive = ordinal
      return absolute
    }
    table.merge(facts)
  }

  private mutating func append(_ chunk: ChunkPart, _ pool: WorkerPool) {
    guard var end = chunk.end else { preconditionFailure("a chunk without an end") }
    end.chunk = chunkOffsets.count
    if extent == .remainder, !hasLineFeed { takeHead(of: &end) }
    hasLineFeed = hasLineFeed || end.hasLineFeed
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

  /// Takes what ends a line that begins before the remainder.
  private mutating func takeHead(of end: inout ChunkEnd) {
    if end.hasLineFeed {
      if let head = end.head { openHead.append(head, maximum: longestLine) }
      end.head = nil
    } else if end.damage == nil {
      openHead.append(end.tail, maximum: longestLine)
      end.tail = LineFragment()
    } else {
      // The unfinished last line of a damaged archive is not read.
      openHead = LineFragment()
    }
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

  /// Reads a line that is in no slice.
  private mutating func read(_ line: LineStitcher.Line, _ pool: WorkerPool) {
    let offset = absoluteOffset(line.start)
    places.append(1, at: offset)
    let place = Place(archive: ordinal, line: places.count - 1 + firstLine, offset: offset)
    pool.withWorker { $0.read(line, at: place, into: &stitched) }
  }

  private mutating func rejectAsTooLong(at offset: Int) {
    let start = Place(archive: ordinal, line: 0, offset: offset)
    stitched.table.coverage.reject(
      .tooLong, at: places.absolute(start, chunkOffset: 0, firstLine: firstLine),
      message: "longer than \(longestLine) bytes")
  }

  private func absoluteOffset(_ start: LineStitcher.ChunkOffset) -> Int {
    chunkOffsets[start.chunk] + start.offset
  }
}

extension ArchiveRecord {
  /// What is known of a stream once it has been read.
  mutating func add(_ summary: StreamedArchive.Summary?) {
    guard let summary else { return }
    sha256 = summary.sha256
    bytes = summary.bytes
    container = summary.container
  }
}
