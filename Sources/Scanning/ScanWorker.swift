import Archives
import Facts
import JSON
import Synchronization
import Telemetry

/// The tools of one worker, used again from chunk to chunk. Only one task at a time holds it.
final class ScanWorker: @unchecked Sendable {
  private var chunks: ChunkReader
  private let lines: LineReader
  private let filter = LineFilter(needles: Needles.all)
  private let checkAll: Bool

  /// After this many observations without another line between them the filter is not asked: where there
  /// are many, asking is a waste.
  private static let minRun = 4

  init(_ options: ScanOptions) {
    chunks = ChunkReader(limits: options.limits, hashesContent: options.hashesContent)
    lines = LineReader(options.reading, rememberedKeys: options.rememberedKeys)
    checkAll = options.checkAll
  }

  /// - Throws: `CancellationError`.
  func read(
    _ chunk: Chunk, of archive: Archive, ordinal: Int32, openLineBytes: Int?,
    into facts: inout WorkerFacts
  ) throws -> ChunkPart {
    var part = ChunkPart()
    part.end = try unsafe chunks.read(chunk, of: archive, openLineBytes: openLineBytes) {
      slice, offset in
      let start = Place(
        archive: ordinal, chunk: Int32(truncatingIfNeeded: chunk.index), line: 0, offset: offset)
      unsafe take(slice, at: start, &part, &facts)
    }
    part.isPutOff = part.end == nil
    return part
  }

  /// Reads a share of what is unpacked by turns: as many slices as it gets.
  ///
  /// - Throws: `CancellationError`.
  func read(_ share: StreamShare, into facts: inout WorkerFacts, progress: @Sendable (Int) -> Void)
    async throws -> ChunkPart
  {
    var part = ChunkPart()
    let hasJoined = await share.stream.join()
    guard hasJoined || share.isFirst else {
      part.isLate = true
      return part
    }
    var buffer = SliceBuffer()
    while let slice = try await share.stream.next(into: &buffer) {
      let start = Place(
        archive: share.ordinal, chunk: Int32(share.chunk), line: 0, offset: slice.offset)
      unsafe take(buffer.slice, at: start, &part, &facts)
      progress(slice.packedBytes)
    }
    if share.isFirst {
      part.helpers = await share.stream.readers - (hasJoined ? 1 : 0)
      part.end = await share.stream.end
      part.isPutOff = part.end == nil
      if share.isOfStream { part.summary = try await share.stream.summary() }
    }
    return part
  }

  private func take(
    _ slice: UnsafeRawBufferPointer, at start: Place, _ part: inout ChunkPart,
    _ facts: inout WorkerFacts
  ) {
    let count = unsafe read(slice, at: start, into: &facts)
    part.slices.append(ChunkPart.Slice(offset: start.offset, lines: count))
  }

  /// Reads a line that is in no slice as a whole.
  func read(_ line: LineStitcher.Line, at place: Place, into facts: inout WorkerFacts) {
    unsafe line.withSlice { slice in _ = unsafe read(slice, at: place, into: &facts) }
  }

  /// Reads whole lines, each with its line feed.
  ///
  /// - Returns: How many there are.
  private func read(_ slice: UnsafeRawBufferPointer, at start: Place, into facts: inout WorkerFacts)
    -> Int
  {
    var place = start
    var at = 0
    var count = 0
    var inARow = 0
    // The first malformed lines are read one by one, to be shown as examples.
    var malformed = 0
    var texts = unsafe TextEvents(slice)
    while at < slice.count {
      let isRun = inARow >= Self.minRun
      let found =
        unsafe checkAll || isRun
        ? filter.line(in: slice, at: at) : filter.next(in: slice, from: at)
      facts.table.coverage.lines.irrelevant += found.passed
      if found.passed > 0, !facts.table.coverage.isSysmonSeen {
        unsafe noteNaming(
          in: .init(rebasing: slice[..<found.line.lowerBound]), from: at,
          Place(
            archive: start.archive, chunk: start.chunk, line: start.line + count,
            offset: start.offset + at), &facts)
      }
      count += found.passed
      guard found.line.lowerBound < slice.count else { break }
      if unsafe found.line.isEmpty || slice[found.line.lowerBound] != UInt8(ascii: "{") {
        let run = unsafe LineFilter.plainLines(
          in: UnsafeRawBufferPointer(
            rebasing: slice[..<texts.plainEnd(from: found.line.lowerBound)]),
          from: found.line.lowerBound, onlyBlank: malformed < Coverage.examplesPerReason)
        if run.lines > 0 {
          facts.table.coverage.countPlain(run)
          count += run.lines
          at = run.next
          inARow = 0
          continue
        }
      }
      place.line = start.line + count
      place.offset = start.offset + found.line.lowerBound
      let line = unsafe UnsafeRawBufferPointer(rebasing: slice[found.line])
      let result = unsafe read(line, at: place, mustMatter: isRun && !checkAll, into: &facts)
      switch result {
      case .observation?: inARow = found.passed == 0 ? inARow + 1 : 0
      case .malformed?:
        malformed += 1
        inARow = 0
      case .blank?, .irrelevant?, .notUnderstood?, nil: inARow = 0
      }
      count += 1
      at = found.next
    }
    return count
  }

  /// Notes the first of some lines that were passed over which names Sysmon, if none before it does.
  ///
  /// - Parameters:
  ///   - lines: Whole lines, the last of them perhaps without its line feed.
  ///   - start: Where in them the first begins.
  ///   - place: Of the first.
  private func noteNaming(
    in lines: UnsafeRawBufferPointer, from start: Int, _ place: Place, _ facts: inout WorkerFacts
  ) {
    if let first = facts.table.coverage.firstNaming, first.place < place { return }
    guard let name = unsafe LineReader.sysmonName(in: lines, from: start) else { return }
    let before = unsafe UnsafeRawBufferPointer(rebasing: lines[start..<name])
    let lineStart = unsafe before.lastIndex(of: 0x0A).map { start + $0 + 1 } ?? start
    let feed = unsafe lines[name...].firstIndex(of: 0x0A) ?? lines.count
    var place = place
    place.line += unsafe lines[start..<lineStart].count { $0 == 0x0A }
    place.offset += lineStart - start
    // Of a table of its own: what the line gives is not counted.
    var unused = WorkerFacts()
    let outcome = unsafe self.lines.read(
      .init(rebasing: lines[lineStart..<feed]), at: place, into: &unused)
    facts.table.coverage.note(NamingLine(place: place, isOtherEvent: outcome.sysmonEvents > 0))
  }

  /// Reads and counts one line.
  ///
  /// - Parameter mustMatter: Whether the filter was not asked: a line that gives nothing counts as if it had
  ///   been.
  /// - Returns: What became of it; nil where it is in another encoding, or does not matter.
  private func read(
    _ line: UnsafeRawBufferPointer, at place: Place, mustMatter: Bool,
    into facts: inout WorkerFacts
  ) -> LineOutcome.Result? {
    if unsafe UTF16Line.isOne(line) {
      facts.table.coverage.reject(
        .utf16, at: place, message: "UTF-16; convert it with 'iconv -f UTF-16 -t UTF-8'")
      return nil
    }
    let outcome = unsafe lines.read(line, at: place, hearsOthers: checkAll, into: &facts)
    if mustMatter, outcome.result != .observation,
      unsafe filter.next(in: line, from: 0).passed > 0
    {
      facts.table.coverage.lines.irrelevant += 1
      return nil
    }
    lines.count(outcome, at: place, in: &facts.table.coverage)
    return outcome.result
  }
}

extension Coverage {
  /// Counts lines in which no event can begin.
  fileprivate mutating func countPlain(_ run: LineFilter.Run) {
    lines.blank += run.blank
    guard run.lines > run.blank else { return }
    lines.rejected[.malformed, default: 0] += run.lines - run.blank
  }
}

/// One worker's part in reading what can only be unpacked from the start to the end.
struct StreamShare: Sendable {
  let stream: StreamedArchive
  let ordinal: Int32
  let chunk: Int
  /// Whether this share brings home what is known at the end.
  let isFirst: Bool
  /// Whether it is a pipe, whose size and hash were not known.
  let isOfStream: Bool
}

/// What the lines of one archive say, one facts for each worker that has read some.
final class ArchiveParts: Sendable {
  private let idle = Mutex<[(worker: ObjectIdentifier, facts: WorkerFacts)]>([])

  /// Lends the worker its facts. Nobody else uses it.
  func lend<R: Sendable>(
    _ worker: ScanWorker, _ body: (inout WorkerFacts) async throws -> R
  ) async rethrows -> R {
    let name = ObjectIdentifier(worker)
    var facts = idle.withLock { idle in
      idle.firstIndex { $0.worker == name }.map { idle.remove(at: $0).facts } ?? WorkerFacts()
    }
    let result = try await body(&facts)
    idle.withLock { [facts] in $0.append((name, facts)) }
    return result
  }

  /// All facts, once no worker reads any more.
  func facts() -> FactTable {
    let tables = idle.withLock { idle in
      defer { idle = [] }
      return idle.map { $0.facts.facts() }
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

  /// Makes a worker for the first task that asks.
  func prepare() { withWorker { _ in } }

  /// - Throws: `CancellationError`.
  func read(
    _ chunk: Chunk, of archive: Archive, ordinal: Int32, openLineBytes: Int?,
    into parts: ArchiveParts
  ) async throws -> ChunkPart {
    try await withWorker { worker in
      try await parts.lend(worker) {
        try worker.read(
          chunk, of: archive, ordinal: ordinal, openLineBytes: openLineBytes, into: &$0)
      }
    }
  }

  private func next() -> ScanWorker { idle.withLock { $0.popLast() } ?? ScanWorker(options) }
}
