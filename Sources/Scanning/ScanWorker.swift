import Archives
import Facts
import JSON
import Synchronization
import Telemetry

/// What one chunk gave.
struct ChunkResult: Sendable {
  var archive: Int
  var chunk: Chunk
  var table = FactTable()
  var end = ChunkEnd()
  /// Whole lines in it; the one that straddles into the next chunk is not among them.
  var lines: UInt32 = 0
  var isUTF16 = false
  /// Standard input only: what was found out while reading.
  var streamed: (sha256: String, container: Container, bytes: Int)?
}

/// The tools of one worker, used again from chunk to chunk. Only one task at a time holds it.
final class ScanWorker: @unchecked Sendable {
  private let chunks: ChunkReader
  private let lines: LineReader
  private let filter: LineFilter
  private let options: ScanOptions

  init(_ options: ScanOptions) {
    chunks = ChunkReader(options.limits)
    lines = LineReader(options.reading)
    filter = LineFilter(needles: Needles.all)
    self.options = options
  }

  func read(_ chunk: Chunk, of archive: Archive, ordinal: Int) throws -> ChunkResult {
    var result = ChunkResult(archive: ordinal, chunk: chunk)
    if archive.isStandardInput {
      let hash = SHA256Hash()
      let (end, container, bytes) = try chunks.readStandardInput(hash) { piece in
        try take(piece, &result)
      }
      result.end = end
      result.streamed = (hash.hexadecimal(), container, bytes)
    } else {
      result.end = try chunks.read(chunk, of: archive) { piece in try take(piece, &result) }
    }
    return result
  }

  private func take(_ piece: ChunkReader.Piece, _ result: inout ChunkResult) throws {
    try Task.checkCancellation()
    switch piece {
    case .tooLong(let offset):
      result.table.coverage.reject(
        RejectedLine(
          place: place(result, offset), reason: .tooLong,
          message: "longer than \(options.limits.maximumLineBytes) bytes"))
      result.lines += 1
    case .lines(let bytes, let offset):
      if result.chunk.isFirst, offset == 0, unsafe Self.isUTF16(bytes) { result.isUTF16 = true }
      if result.isUTF16 || options.checkAll {
        unsafe readAll(bytes, offset, &result)
      } else {
        unsafe readCandidates(bytes, offset, &result)
      }
    }
  }

  private func readCandidates(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ result: inout ChunkResult
  ) {
    var at = 0
    while at < bytes.count {
      let found = unsafe filter.next(in: bytes, from: at)
      result.table.coverage.lines.irrelevant += found.passed
      result.lines += UInt32(found.passed)
      guard found.line.lowerBound < bytes.count else { return }
      unsafe lines.read(
        UnsafeRawBufferPointer(rebasing: bytes[found.line]),
        at: place(result, offset + found.line.lowerBound), into: &result.table)
      result.lines += 1
      at = found.next
    }
  }

  private func readAll(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ result: inout ChunkResult
  ) {
    var at = 0
    while at < bytes.count {
      let rest = unsafe bytes[at...]
      let end = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let place = place(result, offset + at)
      unsafe readWhole(
        UnsafeRawBufferPointer(rebasing: bytes[at..<end]), place, result.isUTF16, &result.table)
      result.lines += 1
      at = end + 1
    }
  }

  /// Reads a line that was put together from its parts.
  func read(_ line: [UInt8], at place: Place, isUTF16: Bool, into table: inout FactTable) {
    let padded = line + [UInt8](repeating: 0, count: 64)
    unsafe padded.withUnsafeBytes {
      unsafe readWhole(.init(rebasing: $0[..<line.count]), place, isUTF16, &table)
    }
  }

  private func readWhole(
    _ line: UnsafeRawBufferPointer, _ place: Place, _ isUTF16: Bool, _ table: inout FactTable
  ) {
    guard isUTF16 else { return unsafe lines.read(line, at: place, into: &table) }
    table.coverage.reject(
      RejectedLine(
        place: place, reason: .utf16,
        message: "UTF-16; convert it with 'iconv -f UTF-16 -t UTF-8'"))
  }

  private func place(_ result: ChunkResult, _ offset: Int) -> Place {
    Place(
      archive: UInt32(result.archive), chunk: UInt32(result.chunk.index), line: result.lines,
      offset: UInt32(truncatingIfNeeded: offset))
  }

  private static func isUTF16(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2 else { return false }
    let mark = unsafe (bytes[0], bytes[1])
    return mark == (0xFF, 0xFE) || mark == (0xFE, 0xFF)
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

  func withWorker<R>(_ body: (ScanWorker) throws -> R) rethrows -> R {
    let worker = idle.withLock { $0.popLast() } ?? ScanWorker(options)
    defer { idle.withLock { $0.append(worker) } }
    return try body(worker)
  }
}
