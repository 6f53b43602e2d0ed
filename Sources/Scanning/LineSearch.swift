package import Archives
package import Facts
import JSON
import Telemetry

/// Reads archives again, line by line, for the lines that some facts were made of.
package final class LineSearch {
  /// What lines were made of that were found.
  package struct Found: Equatable, Sendable {
    package var connections = 0
    package var processStarts = 0

    package init() {}
  }

  private var chunks: ChunkReader
  private let lines: LineReader
  private let filter = LineFilter(needles: Needles.all)
  private let options: ScanOptions
  /// Its texts are numbered as in ``facts``.
  private let wanted: FactTable
  private var facts = WorkerFacts()

  /// Texts of other lines that are kept: they come again.
  private static let maximumTexts = 1 << 16

  /// - Parameter wanted: Nothing but the facts whose lines are looked for.
  package init(_ wanted: FactTable, _ options: ScanOptions) {
    self.wanted = wanted
    self.options = options
    chunks = ChunkReader(limits: options.limits)
    lines = LineReader(options.reading, rememberedKeys: options.rememberedKeys)
    facts.table.texts = wanted.texts
  }

  /// Shows the lines of an archive that hold a wanted connection, the start of a wanted process, or begin at one of
  /// these offsets of what it unpacks to.
  ///
  /// - Parameter body: Gets each with its number, from 1, in order, without its line feed.
  /// - Throws: What `body` throws, or `CancellationError`. Damage is not an error: what is before it was read.
  /// - Complexity: O(*n*) in the unpacked bytes.
  package func read(
    _ archive: Archive, alsoAt offsets: Set<Int>,
    _ body: (_ number: Int, _ line: UnsafeRawBufferPointer) throws -> Void
  ) throws -> Found {
    var found = Found()
    var number = 0
    var next = 0
    // All of the archive as one chunk: lines are numbered from its start.
    let chunk = try archive.plan(targetUnpackedBytes: .max).chunks[0]
    let end = try unsafe chunks.read(chunk, of: archive) { slice, offset in
      // What is in no slice is a line that is too long.
      if offset > next { number += 1 }
      next = offset + slice.count
      try unsafe read(slice, at: offset, alsoAt: offsets, &number, &found, body)
    }
    if end.tailOffset > next { number += 1 }
    var stitcher = LineStitcher(limits: options.limits)
    _ = stitcher.add(end)
    if let last = stitcher.finish() {
      try unsafe last.withSlice {
        try unsafe read($0, at: last.start.offset, alsoAt: offsets, &number, &found, body)
      }
    }
    return found
  }

  private func read(
    _ slice: UnsafeRawBufferPointer, at offset: Int, alsoAt offsets: Set<Int>,
    _ number: inout Int, _ found: inout Found,
    _ body: (_ number: Int, _ line: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var at = 0
    while at < slice.count {
      let candidate =
        unsafe options.checkAll ? filter.line(in: slice, at: at) : filter.next(in: slice, from: at)
      number += candidate.passed
      guard candidate.line.lowerBound < slice.count else { break }
      number += 1
      let line = unsafe UnsafeRawBufferPointer(rebasing: slice[candidate.line])
      let events = unsafe wantedEvents(in: line)
      if events != Found() || offsets.contains(offset + candidate.line.lowerBound) {
        found.connections += events.connections
        found.processStarts += events.processStarts
        try unsafe body(number, line)
      }
      at = candidate.next
    }
  }

  private func wantedEvents(in line: UnsafeRawBufferPointer) -> Found {
    var found = Found()
    guard unsafe !UTF16Line.isOne(line) else { return found }
    if facts.table.texts.count > wanted.texts.count + Self.maximumTexts {
      facts = WorkerFacts()
      facts.table.texts = wanted.texts
    }
    _ = unsafe lines.read(line, at: Place(archive: 0, line: 0, offset: 0), into: &facts)
    for (key, fact) in zip(facts.table.keys, facts.table.facts) where wanted.contains(key) {
      found.connections += fact.count
    }
    for key in facts.table.processes.keys where wanted.processes[key] != nil {
      found.processStarts += 1
    }
    facts.table.forgetObservations()
    return found
  }
}
