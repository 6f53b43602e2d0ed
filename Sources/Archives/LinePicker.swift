import Glibc

/// Reads single lines of an archive again, and unpacks only what is needed for them.
package struct LinePicker: ~Copyable {
  private struct Done: Error {}

  private let archive: Archive
  private let limits: ReadingLimits
  private let chunkBytes: Int
  private var reader: ChunkReader

  /// - Parameter chunkBytes: Unpacked bytes that are read for a line at least, where frames allow it.
  package init(
    _ archive: Archive, limits: ReadingLimits = ReadingLimits(), chunkBytes: Int = 1 << 20
  ) {
    self.archive = archive
    self.limits = limits
    self.chunkBytes = chunkBytes
    reader = ChunkReader(limits: limits)
  }

  /// The lines that begin at these offsets in the unpacked archive, without their line
  /// feeds; those that are not there are not among them.
  ///
  /// - Throws: `CancellationError`.
  /// - Complexity: O(*n*) in the unpacked bytes of the frames that hold them; where frames do not say
  ///   what they unpack to, in all up to the last of these lines.
  package mutating func lines(at offsets: some Sequence<Int>) throws -> [Int: [UInt8]] {
    var wanted = Set(offsets)
    var found: [Int: [UInt8]] = [:]
    let chunks = try archive.plan(targetUnpackedBytes: chunkBytes).chunks
    var starts = chunks.map(\.unpackedBytesBefore)
    var stitcher: LineStitcher?
    for chunk in chunks where !wanted.isEmpty {
      let start = starts[chunk.index]
      let next = chunk.index + 1 < chunks.count ? chunks[chunk.index + 1] : nil
      if let next, next.hasExactStart, stitcher == nil,
        !wanted.contains(where: { $0 >= start && $0 < next.unpackedBytesBefore })
      {
        continue
      }
      var stitching = stitcher ?? LineStitcher(limits: limits, from: chunk.index)
      guard let end = try pick(chunk, from: start, &wanted, &found) else { break }
      if let line = stitching.add(end) { take(line, starts, &wanted, &found) }
      if end.damage != nil { break }
      if let next, !next.hasExactStart { starts[next.index] = start + end.unpackedBytes }
      if next == nil, let line = stitching.finish() { take(line, starts, &wanted, &found) }
      // Lines that reach into the next chunk, and chunks whose places are only known by reading them.
      let isOpen = stitching.openLine.map { wanted.contains(starts[$0.chunk] + $0.offset) } ?? false
      stitcher = isOpen || next?.hasExactStart == false ? stitching : nil
    }
    return found
  }

  /// A line by its number, from 1; nil where the archive has fewer.
  ///
  /// - Throws: `CancellationError`.
  /// - Complexity: O(*n*) in the unpacked bytes up to it.
  package mutating func line(number: Int) throws -> [UInt8]? {
    let chunk = try archive.plan(targetUnpackedBytes: .max).chunks[0]
    var lines = 0
    var offset = 0
    var found: [UInt8]?
    do {
      let end = try unsafe reader.read(chunk, of: archive) { slice, place in
        // What is in no slice is a line that is too long.
        if place > offset { lines += 1 }
        var at = 0
        while at < slice.count {
          let next = unsafe Self.lineEnd(slice, from: at)
          lines += 1
          if lines == number {
            found = unsafe Array(slice[at..<next])
            throw Done()
          }
          at = next + 1
        }
        offset = place + slice.count
      }
      if end.tailOffset > offset { lines += 1 }
      return lines + 1 == number && end.tail.byteCount > 0 ? end.tail.bytes : nil
    } catch is Done {
      return found
    }
  }

  /// - Returns: The bytes at the chunk's ends; nil once everything was found.
  private mutating func pick(
    _ chunk: Chunk, from start: Int, _ wanted: inout Set<Int>, _ found: inout [Int: [UInt8]]
  ) throws -> ChunkEnd? {
    do {
      return try unsafe reader.read(chunk, of: archive) { slice, place in
        let range = start + place..<start + place + slice.count
        for offset in wanted where range.contains(offset) {
          let at = offset - range.lowerBound
          found[offset] = unsafe Array(slice[at..<Self.lineEnd(slice, from: at)])
          wanted.remove(offset)
        }
        if wanted.isEmpty { throw Done() }
      }
    } catch is Done {
      return nil
    }
  }

  private func take(
    _ line: LineStitcher.Line, _ starts: [Int], _ wanted: inout Set<Int>,
    _ found: inout [Int: [UInt8]]
  ) {
    let offset = starts[line.start.chunk] + line.start.offset
    guard wanted.remove(offset) != nil else { return }
    found[offset] = unsafe line.withSlice { unsafe Array($0.dropLast()) }
  }

  private static func lineEnd(_ slice: UnsafeRawBufferPointer, from at: Int) -> Int {
    guard let base = slice.baseAddress else { return at }
    let feed = unsafe memchr(base + at, 0x0A, slice.count - at)
    return unsafe feed.map { unsafe UnsafeRawPointer($0) - base } ?? slice.count
  }
}
