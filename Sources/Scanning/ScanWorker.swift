import Archives
import Facts
import JSON
import Synchronization
import Telemetry

/// The tools of one worker, used again from chunk to chunk. Only one task at a time holds it.
final class ScanWorker: @unchecked Sendable {
  private var chunks: ChunkReader
  private var lines: LineReader
  private let filter: LineFilter
  private let checkAll: Bool
  private static let enoughInARow = 4

  init(_ options: ScanOptions) {
    chunks = ChunkReader(limits: options.limits, hashesContent: options.hashesContent)
    filter = LineFilter(needles: Needles.all)
    lines = LineReader(options.reading, filter: filter, checksAll: options.checkAll)
    checkAll = options.checkAll
  }

  /// - Throws: `CancellationError`.
  func read(_ chunk: Chunk, of archive: Archive, ordinal: Int32, into intake: inout Intake) throws
    -> ChunkPart
  {
    var part = ChunkPart()
    part.end = try unsafe chunks.read(chunk, of: archive) { slice, offset in
      let start = Place(archive: ordinal, chunk: Int32(chunk.index), line: 0, offset: offset)
      unsafe take(slice, at: start, &part, &intake)
    }
    return part
  }

  /// Reads a share of what is unpacked by turns: as many slices as it gets.
  ///
  /// - Throws: `CancellationError`.
  func read(_ share: StreamShare, into intake: inout Intake, progress: @Sendable (Int) -> Void)
    async throws -> ChunkPart
  {
    var part = ChunkPart()
    var buffer = SliceBuffer()
    while let slice = try await share.stream.next(into: &buffer) {
      let start = Place(
        archive: share.ordinal, chunk: Int32(share.chunk), line: 0, offset: slice.offset)
      unsafe take(buffer.slice, at: start, &part, &intake)
      progress(slice.packedBytes)
    }
    if share.isFirst {
      part.end = await share.stream.end
      if share.isOfStream { part.summary = try await share.stream.summary() }
    }
    return part
  }

  private func take(
    _ slice: UnsafeRawBufferPointer, at start: Place, _ part: inout ChunkPart,
    _ intake: inout Intake
  ) {
    let count = unsafe read(slice, at: start, into: &intake)
    part.slices.append(ChunkPart.Slice(offset: start.offset, lines: count))
  }

  /// Reads a line that lies in no slice.
  func read(_ line: LineStitcher.Line, at place: Place, into intake: inout Intake) {
    unsafe line.withSlice { slice in _ = unsafe read(slice, at: place, into: &intake) }
  }

  /// Reads whole lines, each with its line feed.
  ///
  /// - Returns: How many there are.
  private func read(_ slice: UnsafeRawBufferPointer, at start: Place, into intake: inout Intake)
    -> Int
  {
    var place = start
    var at = 0
    var count = 0
    // Candidates without another line between them: where there are many, asking is a waste.
    var inARow = 0
    while at < slice.count {
      if inARow >= Self.enoughInARow {
        place.line = start.line + count
        place.offset = start.offset + at
        let run = unsafe lines.readRun(.init(rebasing: slice[at...]), at: place, into: &intake)
        count += run.lines
        at += run.bytes
        if at == slice.count { break }
      }
      let found =
        unsafe checkAll ? filter.line(in: slice, at: at) : filter.next(in: slice, from: at)
      intake.table.coverage.lines.irrelevant += found.passed
      count += found.passed
      inARow = found.passed == 0 ? inARow + 1 : 0
      guard found.line.lowerBound < slice.count else { break }
      place.line = start.line + count
      place.offset = start.offset + found.line.lowerBound
      let line = unsafe UnsafeRawBufferPointer(rebasing: slice[found.line])
      if unsafe UTF16Line.isOne(line) {
        intake.table.coverage.reject(
          RejectedLine(
            place: place, reason: .utf16,
            message: "UTF-16; convert it with 'iconv -f UTF-16 -t UTF-8'"))
      } else {
        unsafe lines.read(line, at: place, into: &intake)
      }
      count += 1
      at = found.next
    }
    return count
  }
}

/// One worker's part in reading what can only be unpacked from the start to the end.
struct StreamShare: Sendable {
  let stream: StreamedArchive
  let ordinal: Int32
  let chunk: Int
  /// Whether this share brings home what is known at the end.
  let isFirst: Bool
  /// Whether it is a pipe, whose size and hash nobody knew.
  let isOfStream: Bool
}

/// What the lines of one archive say, one intake for each worker that has read some.
final class Intakes: Sendable {
  private let idle = Mutex<[(worker: ObjectIdentifier, intake: Intake)]>([])

  /// Lends the worker its intake. Nobody else uses it.
  func lend<R: Sendable>(
    _ worker: ScanWorker, _ body: (inout Intake) async throws -> R
  ) async rethrows -> R {
    let name = ObjectIdentifier(worker)
    var intake = idle.withLock { idle in
      idle.firstIndex { $0.worker == name }.map { idle.remove(at: $0).intake } ?? Intake()
    }
    let result = try await body(&intake)
    idle.withLock { [intake] in $0.append((name, intake)) }
    return result
  }

  /// All facts, once nobody reads any more.
  func facts() -> FactTable {
    let tables = idle.withLock { idle in
      defer { idle = [] }
      return idle.map { $0.intake.facts() }
    }
    // Into the largest it is least work.
    var whole = FactTable()
    for table in tables.sorted(by: { $0.keys.count > $1.keys.count }) { whole.merge(table) }
    return whole
  }
}

/// Workers that are not at work.
final class WorkerPool: Sendable {
  private let idle: Mutex<[ScanWorker]>
  private let options: ScanOptions

  init(_ options: ScanOptions) {
    idle = Mutex([])
    self.options = options
  }

  func withWorker<R: Sendable>(_ body: (ScanWorker) async throws -> R) async rethrows -> R {
    let worker = next()
    defer { idle.withLock { $0.append(worker) } }
    return try await body(worker)
  }

  func withWorker<R>(_ body: (ScanWorker) throws -> R) rethrows -> R {
    let worker = next()
    defer { idle.withLock { $0.append(worker) } }
    return try body(worker)
  }

  /// Makes a worker for whoever comes first.
  func prepare() { withWorker { _ in } }

  /// - Throws: `CancellationError`.
  func read(_ chunk: Chunk, of archive: Archive, ordinal: Int32, into intakes: Intakes) async throws
    -> ChunkPart
  {
    try await withWorker { worker in
      try await intakes.lend(worker) {
        try worker.read(chunk, of: archive, ordinal: ordinal, into: &$0)
      }
    }
  }

  private func next() -> ScanWorker { idle.withLock { $0.popLast() } ?? ScanWorker(options) }
}
