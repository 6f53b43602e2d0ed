import Archives
import Facts

/// Puts the chunks of one archive together, in their order, whatever the order in which they come.
///
/// A line that lies in two chunks or more is read here, once. What comes after a damaged chunk does not
/// count.
struct ArchiveAssembly {
  let ordinal: Int
  let chunkCount: Int
  private(set) var table = FactTable()
  private(set) var unpackedBytes = 0
  private(set) var damage: ArchiveDamage?
  /// Lines before each chunk that was put in place.
  private(set) var linesBefore: [Int] = []
  private var waiting: [Int: ChunkResult] = [:]
  private var isUTF16 = false
  /// The line that the last chunk left unfinished.
  private var open: [UInt8] = []
  private var openPlace: Place
  private var lines = 0

  init(ordinal: Int, chunkCount: Int) {
    self.ordinal = ordinal
    self.chunkCount = chunkCount
    openPlace = Place(archive: UInt32(ordinal), chunk: 0, line: 0, offset: 0)
  }

  var isComplete: Bool { linesBefore.count == chunkCount || damage != nil }

  mutating func add(_ result: ChunkResult, _ worker: ScanWorker, _ longestLine: Int) {
    guard !isComplete else { return }
    waiting[result.chunk.index] = result
    while !isComplete, let next = waiting.removeValue(forKey: linesBefore.count) {
      append(next, worker, longestLine)
    }
    if isComplete { waiting = [:] }
  }

  private mutating func append(_ result: ChunkResult, _ worker: ScanWorker, _ longestLine: Int) {
    if result.chunk.isFirst { isUTF16 = result.isUTF16 }
    let end = result.end
    var straddling = 0
    if !result.chunk.isFirst {
      open += end.head.bytes.prefix(max(0, longestLine + 1 - open.count))
      if end.hasLineFeed {
        readOpenLine(worker, longestLine)
        straddling = 1
      }
    }
    // The straddling line begins in an earlier chunk and counts there.
    linesBefore.append(lines + straddling)
    lines += straddling + Int(result.lines)
    table.merge(result.table)
    unpackedBytes += end.unpackedBytes
    if result.chunk.isFirst || end.hasLineFeed {
      open = end.tail.bytes
      openPlace = Place(
        archive: UInt32(ordinal), chunk: UInt32(result.chunk.index), line: result.lines,
        offset: UInt32(truncatingIfNeeded: end.tail.offset))
    }
    damage = end.damage
    if damage == nil, result.chunk.isLast, !open.isEmpty {
      readOpenLine(worker, longestLine)
      lines += 1
    }
  }

  private mutating func readOpenLine(_ worker: ScanWorker, _ longestLine: Int) {
    if open.count > longestLine {
      table.coverage.reject(
        RejectedLine(
          place: openPlace, reason: .tooLong, message: "longer than \(longestLine) bytes"))
    } else {
      worker.read(open, at: openPlace, isUTF16: isUTF16, into: &table)
    }
    open = []
  }

  /// The line of the archive, counted from 1, at which `place` stands.
  func lineNumber(of place: Place) -> Int {
    linesBefore[Int(place.chunk)] + Int(place.line) + 1
  }
}
