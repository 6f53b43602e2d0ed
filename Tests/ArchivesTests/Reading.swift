import Archives
import Facts

/// A whole archive, read chunk by chunk, and put in order again by the places of its lines.
struct Reading: Equatable {
  var lines: [[UInt8]] = []
  var damage: ArchiveDamage?
  var overlongLines = 0
  var unpackedBytes = 0
  var frames = 0
  var droppedTailBytes = 0
  /// How many chunks there were: that a test cuts at all.
  var chunks = 0

  var isDamaged: Bool { damage != nil }

  private struct PlacedLine {
    var chunk: Int
    var offset: Int
    var bytes: [UInt8]
  }

  /// - Parameter backwards: Reads the last chunk first, as another worker might.
  init(
    _ input: InputFile, target: Int = 2 << 20, limits: ReadingLimits = ReadingLimits(),
    backwards: Bool = false
  ) throws {
    let archive = try Archive(input)
    let plan = try archive.plan(targetUnpackedBytes: target)
    chunks = plan.chunks.count
    var reader = ChunkReader(limits: limits)
    var placed: [[PlacedLine]] = Array(repeating: [], count: chunks)
    var ends: [ChunkEnd?] = Array(repeating: nil, count: chunks)
    for chunk in backwards ? plan.chunks.reversed() : plan.chunks {
      ends[chunk.index] = try unsafe reader.read(chunk, of: archive) { slice, base in
        placed[chunk.index] += unsafe placedLines(slice, chunk.index, base)
      }
    }
    var stitcher = LineStitcher(limits: limits)
    var all: [PlacedLine] = []
    func take(_ line: LineStitcher.Line?) {
      guard let line else { return }
      all += unsafe line.withSlice {
        unsafe placedLines($0, line.start.chunk, line.start.offset)
      }
    }
    for (index, end) in ends.enumerated() {
      guard let end, stitcher.damage == nil else { continue }
      take(stitcher.add(end))
      all += placed[index]
    }
    take(stitcher.finish())
    all.sort { ($0.chunk, $0.offset) < ($1.chunk, $1.offset) }
    lines = all.map(\.bytes)
    damage = stitcher.damage
    overlongLines = stitcher.overlongLines.count
    unpackedBytes = stitcher.unpackedBytes
    frames = stitcher.frames
    droppedTailBytes = stitcher.droppedTailBytes
  }

  private func placedLines(_ slice: UnsafeRawBufferPointer, _ chunk: Int, _ base: Int)
    -> [PlacedLine]
  {
    precondition(unsafe slice.last == 10, "a slice ends after an LF")
    var result: [PlacedLine] = []
    var start = 0
    for index in slice.indices where unsafe slice[index] == 10 {
      result.append(
        PlacedLine(chunk: chunk, offset: base + start, bytes: unsafe Array(slice[start..<index])))
      start = index + 1
    }
    return result
  }
}

/// The lines of `text`, as the archive's reader must give them.
func lines(_ text: [UInt8], isWhole: Bool = true, maximum: Int = .max) -> [[UInt8]] {
  var parts = text.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
  if let last = parts.popLast(), isWhole, !last.isEmpty { parts.append(last) }
  return parts.filter { $0.count <= maximum }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
