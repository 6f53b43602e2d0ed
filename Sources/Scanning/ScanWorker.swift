import Archives
import Facts
import JSON
import Synchronization
import Telemetry

/// What one worker made of a chunk, or of its share of one.
struct ChunkPart: Sendable {
  /// The lines of one slice.
  struct Slice: Sendable {
    /// Where it starts in the unpacked chunk.
    var offset: Int
    var lines: Int
  }

  var table = FactTable()
  var slices: [Slice] = []
  /// What lies at the chunk's ends; nil in all shares of a chunk but one.
  var end: ChunkEnd?
  /// What a stream was; nil in all shares but one, and where a file was read.
  var summary: StreamedArchive.Summary?
}

/// The tools of one worker, used again from chunk to chunk. Only one task at a time holds it.
final class ScanWorker: @unchecked Sendable {
  private var chunks: ChunkReader
  private var lines: LineReader
  private let filter: LineFilter
  private let checkAll: Bool
  private static let enoughInARow = 4

  init(_ options: ScanOptions) {
    chunks = ChunkReader(limits: options.limits)
    lines = LineReader(options.reading)
    filter = LineFilter(needles: Needles.all)
    checkAll = options.checkAll
  }

  /// - Throws: `CancellationError`.
  func read(_ chunk: Chunk, of archive: Archive, ordinal: Int32) throws -> ChunkPart {
    var part = ChunkPart()
    part.end = try unsafe chunks.read(chunk, of: archive) { slice, offset in
      unsafe take(slice, at: offset, ordinal, &part)
    }
    lines.finish(&part.table)
    return part
  }

  /// Reads a share of what is unpacked by turns: as many slices as it gets.
  ///
  /// - Throws: `CancellationError`.
  func read(_ share: StreamShare, progress: @Sendable (Int) -> Void) async throws -> ChunkPart {
    var part = ChunkPart()
    var buffer = SliceBuffer()
    while let slice = try await share.stream.next(into: &buffer) {
      unsafe take(buffer.slice, at: slice.offset, share.ordinal, &part)
      progress(slice.packedBytes)
    }
    lines.finish(&part.table)
    if share.isFirst {
      part.end = await share.stream.end
      if share.isOfStream { part.summary = try await share.stream.summary() }
    }
    return part
  }

  private func take(
    _ slice: UnsafeRawBufferPointer, at offset: Int, _ ordinal: Int32, _ part: inout ChunkPart
  ) {
    let start = Place(archive: ordinal, line: 0, offset: offset)
    let count = unsafe read(slice, at: start, into: &part.table)
    part.slices.append(ChunkPart.Slice(offset: offset, lines: count))
  }

  /// Reads a line that lies in no slice.
  func read(_ line: LineStitcher.Line, at place: Place, into table: inout FactTable) {
    unsafe line.withSlice { slice in _ = unsafe read(slice, at: place, into: &table) }
    lines.finish(&table)
  }

  /// Reads whole lines, each with its line feed.
  ///
  /// - Returns: How many there are.
  private func read(_ slice: UnsafeRawBufferPointer, at start: Place, into table: inout FactTable)
    -> Int
  {
    var at = 0
    var count = 0
    // Candidates without another line between them: where there are many, asking is a waste.
    var inARow = 0
    while at < slice.count {
      if inARow >= Self.enoughInARow {
        let next = unsafe filter.line(in: slice, at: at)
        let place = Place(
          archive: start.archive, line: start.line + count, offset: start.offset + at)
        if unsafe lines.readLearned(.init(rebasing: slice[next.line]), at: place, into: &table) {
          count += 1
          at = next.next
          continue
        }
      }
      let found =
        unsafe checkAll ? filter.line(in: slice, at: at) : filter.next(in: slice, from: at)
      table.coverage.lines.irrelevant += found.passed
      count += found.passed
      inARow = found.passed == 0 ? inARow + 1 : 0
      guard found.line.lowerBound < slice.count else { break }
      unsafe lines.read(
        UnsafeRawBufferPointer(rebasing: slice[found.line]),
        at: Place(
          archive: start.archive, line: start.line + count,
          offset: start.offset + found.line.lowerBound),
        into: &table)
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

/// Workers that are not at work.
final class WorkerPool: Sendable {
  private let idle: Mutex<[ScanWorker]>
  private let options: ScanOptions

  init(_ options: ScanOptions) {
    idle = Mutex([])
    self.options = options
  }

  func withWorker<R: Sendable>(_ body: (ScanWorker) async throws -> R) async rethrows -> R {
    let worker = idle.withLock { $0.popLast() } ?? ScanWorker(options)
    defer { idle.withLock { $0.append(worker) } }
    return try await body(worker)
  }
}
