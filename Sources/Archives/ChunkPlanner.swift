import Facts

/// Finds the frames of an archive from their headers, without unpacking any, and joins them.
struct ChunkPlanner: ~Copyable {
  private let archive: Archive
  private let range: Range<Int>
  private let target: Int
  private var source: ByteSource
  private var chunks: [Chunk] = []
  /// The chunk that is being put together.
  private var start: Int
  private let firstIndex: Int
  private var unpacked = 0
  private var largestFrame = 0
  private var unpackedBefore: Int
  private var hasExactStart = true
  private var isExact = true

  /// - Parameters:
  ///   - range: On borders that a plan of the whole archive found.
  ///   - unpackedBytesBefore: What is known to be before the range.
  init(_ archive: Archive, _ range: Range<Int>, target: Int, unpackedBytesBefore: Int) {
    precondition(target > 0, "a chunk holds at least something")
    self.archive = archive
    self.range = range
    self.target = target
    start = range.lowerBound
    unpackedBefore = unpackedBytesBefore
    // The first chunk of an archive alone has the number 0.
    firstIndex = range.lowerBound > 0 ? 1 : 0
    // From block to block, so that of a large archive not all has to be read.
    source = ByteSource(
      readBytes: range.count > ByteSource.readBytes ? 1 << 10 : ByteSource.readBytes)
  }

  consuming func plan() throws(CancellationError) -> ChunkPlan {
    switch archive.container {
    case .zstd: try planFrames()
    case .gzip:
      unpacked =
        range.count.multipliedReportingOverflow(by: 10).overflow ? .max : range.count * 10
      largestFrame = unpacked
    case .plain: planRanges()
    }
    if start < range.upperBound || chunks.isEmpty { close(at: range.upperBound) }
    return ChunkPlan(chunks: chunks)
  }

  private mutating func planRanges() {
    while range.upperBound - start > target {
      unpacked = target
      close(at: start + target)
    }
    unpacked = range.upperBound - start
  }

  /// Stops at the first bytes that are not a sound frame: they, and all after them, are the last chunk's.
  private mutating func planFrames() throws(CancellationError) {
    source.open(archive, range)
    var frames = 0
    while let size = nextFrame() {
      let end = source.offset
      if unpacked > 0, unpacked + size > target, size >= target {
        // A big frame is a chunk of its own, so that the small ones before it need not wait for it.
        close(at: frameStart)
      }
      unpacked += size
      largestFrame = max(largestFrame, size)
      if unpacked >= target, end < range.upperBound { close(at: end) }
      frames += 1
      if frames % 256 == 0, Task.isCancelled { throw CancellationError() }
    }
  }

  private var frameStart = 0

  /// Passes one frame.
  /// - Returns: What it unpacks to, or nil where there is no whole frame.
  private mutating func nextFrame() -> Int? {
    frameStart = source.offset
    guard source.available(8) >= 8 else { return nil }
    let magic = unsafe source.window.littleEndian32()
    if ZstdFrame.isSkippable(magic) {
      return source.skip(8 + (unsafe Int(source.window.littleEndian32(at: 4)))) ? 0 : nil
    }
    guard magic == ZstdFrame.dataMagic else { return nil }
    let headerBytes = unsafe ZstdFrame.Header.bytes(descriptor: source.window[4])
    guard source.available(headerBytes) >= headerBytes else { return nil }
    let header = unsafe ZstdFrame.Header(source.window)
    _ = source.skip(headerBytes)
    var limit = 0
    while true {
      guard source.available(ZstdFrame.Block.headerBytes) >= ZstdFrame.Block.headerBytes else {
        return nil
      }
      let block = unsafe ZstdFrame.Block(source.window)
      guard !block.isReserved, source.skip(ZstdFrame.Block.headerBytes + block.bodyBytes) else {
        return nil
      }
      limit += block.unpackedLimit
      if block.isLast { break }
    }
    guard !header.hasChecksum || source.skip(4) else { return nil }
    if header.contentBytes == nil { isExact = false }
    // All blocks but the last are full, mostly; and no header makes a frame larger than its blocks.
    return min(header.contentBytes ?? limit, limit)
  }

  private mutating func close(at end: Int) {
    chunks.append(
      Chunk(
        index: firstIndex + chunks.count, range: start..<end, estimatedUnpackedBytes: unpacked,
        largestFrameBytes: largestFrame, unpackedBytesBefore: unpackedBefore,
        hasExactStart: hasExactStart))
    hasExactStart = isExact
    start = end
    unpackedBefore += unpacked
    unpacked = 0
    largestFrame = 0
  }
}

extension Archive {
  /// Cuts the archive into chunks, which may be read in any order by any number of workers.
  ///
  /// An archive written as one frame, one in gzip, and one that holds a document over many lines (see
  /// ``DocumentLines``) is one chunk. Plain text is cut anywhere.
  ///
  /// - Parameter target: A chunk unpacks to about this many bytes, or more where a frame does.
  /// - Throws: `CancellationError`.
  /// - Complexity: O(*n*) in the bytes on disk for zstd: each block's header is looked at.
  package func plan(targetUnpackedBytes target: Int = 2 << 20) throws(CancellationError)
    -> ChunkPlan
  {
    let plan = try ChunkPlanner(self, 0..<bytes, target: target, unpackedBytesBefore: 0).plan()
    guard plan.chunks.count > 1, isDocument else { return plan }
    // Where its elements end is only known when it is read from its start.
    let unpacked = plan.estimatedUnpackedBytes
    return ChunkPlan(chunks: [
      Chunk(
        index: 0, range: 0..<bytes, estimatedUnpackedBytes: unpacked, largestFrameBytes: unpacked,
        unpackedBytesBefore: 0, hasExactStart: true)
    ])
  }
  /// The same of a range alone: nothing else of the archive is looked at.
  ///
  /// - Parameters:
  ///   - range: Not the whole archive, and on borders that a plan of the whole found.
  ///   - unpackedBytesBefore: What is known to be before the range.
  package func plan(
    of range: Range<Int>, unpackedBytesBefore: Int, targetUnpackedBytes target: Int
  ) throws(CancellationError) -> [Chunk] {
    try ChunkPlanner(self, range, target: target, unpackedBytesBefore: unpackedBytesBefore).plan()
      .chunks
  }
}
