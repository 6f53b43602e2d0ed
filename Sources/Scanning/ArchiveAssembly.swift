import Archives
import Facts
import Telemetry

/// Puts the chunks of one archive together, in their order, whatever the order in which they come.
///
/// A line that lies in two chunks or more is read here, once. What comes after a damaged chunk does not
/// count; what its lines say is in the intakes by then, and only reading again gets it out.
struct ArchiveAssembly {
  private struct Waiting {
    var parts: [ChunkPart] = []
    var awaited: Int
  }

  let ordinal: Int32
  private let intakes: Intakes
  /// What the lines say that lie in no slice, or were rejected before they were read.
  private var stitched = Intake()
  private(set) var summary: StreamedArchive.Summary?
  private var waiting: [Waiting]
  private var done = 0
  private var stitcher: LineStitcher
  private var places = LinePlaces()
  /// Unpacked bytes before each chunk.
  private var chunkOffsets: [Int] = []
  private var isUTF16 = false
  private let longestLine: Int

  /// - Parameter parts: For each chunk, in how many parts it will come.
  init(ordinal: Int32, parts: [Int], intakes: Intakes, limits: ReadingLimits) {
    self.ordinal = ordinal
    self.intakes = intakes
    waiting = parts.map { Waiting(awaited: $0) }
    stitcher = LineStitcher(limits: limits)
    longestLine = limits.maximumLineBytes
  }

  /// How many chunks there are up to the damaged one, if others were read behind it.
  var chunksBeforeRest: Int? {
    damage != nil && chunkOffsets.count < waiting.count ? chunkOffsets.count : nil
  }

  /// All that the archive says, once it is complete.
  func facts() -> FactTable {
    var parts = intakes.facts()
    if isUTF16 { parts = [] }
    var whole = FactTable()
    for var part in parts {
      part.mapPlaces { places.absolute($0, chunkOffset: chunkOffsets[Int($0.chunk)]) }
      whole.merge(part)
    }
    whole.merge(stitched.facts())
    return whole
  }

  var damage: ArchiveDamage? { stitcher.damage }
  var unpackedBytes: Int { stitcher.unpackedBytes }
  var frames: Int { stitcher.frames }

  /// Takes a part, and puts in place what now can be.
  ///
  /// - Returns: Whether the archive is complete.
  mutating func add(_ part: ChunkPart, ofChunk chunk: Int, _ worker: ScanWorker) -> Bool {
    waiting[chunk].parts.append(part)
    waiting[chunk].awaited -= 1
    while done < waiting.count, waiting[done].awaited == 0 {
      let parts = waiting[done].parts
      waiting[done].parts = []
      if damage == nil { append(parts, worker) }
      done += 1
      if done == waiting.count, damage == nil { finish(worker) }
    }
    return done == waiting.count
  }

  private mutating func append(_ parts: [ChunkPart], _ worker: ScanWorker) {
    guard let end = parts.lazy.compactMap(\.end).first else {
      preconditionFailure("a chunk without an end")
    }
    if let found = parts.lazy.compactMap(\.summary).first { summary = found }
    if chunkOffsets.isEmpty { isUTF16 = end.startsAsUTF16 }
    let offset = stitcher.unpackedBytes
    chunkOffsets.append(offset)
    let known = stitcher.overlongLines.count
    if let line = stitcher.add(end) { read(line, worker) }

    let overlong = stitcher.overlongLines[known...].map(absoluteOffset)
    var runs = parts.flatMap(\.slices).map { (offset: offset + $0.offset, lines: $0.lines) }
    runs += overlong.map { (offset: $0, lines: 1) }
    runs.sort { $0.offset < $1.offset }
    let before = places.count
    for run in runs { places.append(run.lines, at: run.offset) }
    if isUTF16 {
      rejectAsUTF16(places.count - before)
    } else {
      for offset in overlong { rejectAsTooLong(at: offset) }
    }
  }

  private mutating func finish(_ worker: ScanWorker) {
    let known = stitcher.overlongLines.count
    if let line = stitcher.finish() { read(line, worker) }
    for place in stitcher.overlongLines[known...] {
      let offset = absoluteOffset(place)
      places.append(1, at: offset)
      if isUTF16 { rejectAsUTF16(1) } else { rejectAsTooLong(at: offset) }
    }
  }

  /// Reads a line that lies in no slice.
  private mutating func read(_ line: LineStitcher.Line, _ worker: ScanWorker) {
    let offset = absoluteOffset(line.place)
    places.append(1, at: offset)
    if isUTF16 { return rejectAsUTF16(1) }
    let place = Place(archive: ordinal, line: places.count, offset: offset)
    worker.read(line, at: place, into: &stitched)
  }

  private mutating func rejectAsTooLong(at offset: Int) {
    let start = Place(archive: ordinal, line: 0, offset: offset)
    stitched.table.coverage.reject(
      RejectedLine(
        place: places.absolute(start, chunkOffset: 0), reason: .tooLong,
        message: "longer than \(longestLine) bytes"))
  }

  /// One example says it all.
  private mutating func rejectAsUTF16(_ lines: Int) {
    guard lines > 0 else { return }
    let isFirst = stitched.table.coverage.lines.rejected[.utf16] == nil
    stitched.table.coverage.lines.rejected[.utf16, default: 0] += lines
    guard isFirst else { return }
    stitched.table.coverage.keep([
      RejectedLine(
        place: Place(archive: ordinal, line: 1, offset: 0), reason: .utf16,
        message: "UTF-16; convert it with 'iconv -f UTF-16 -t UTF-8'")
    ])
  }

  private func absoluteOffset(_ place: LineStitcher.Place) -> Int {
    chunkOffsets[place.chunk] + place.offset
  }
}
