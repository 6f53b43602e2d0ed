/// A part of an archive that one worker reads by itself: a run of whole frames, or a piece of text.
package struct Chunk: Equatable, Sendable {
  /// Counted from 0 in the order of the archive.
  package var index: Int
  /// The bytes on disk.
  package var bytes: Range<Int>
  package var isFirst: Bool
  package var isLast: Bool
}

extension Archive {
  /// Cuts the archive into chunks of about `target` unpacked bytes, on frame borders.
  ///
  /// Only headers are looked at. What is no frame any more belongs to the last chunk, whose reader
  /// will find the damage; a gzip file and standard input are one chunk.
  package func chunks(target: Int) -> [Chunk] {
    var borders: [Int] = [0]
    switch container {
    case .gzip: break
    case .plain:
      if !isStandardInput {
        borders += stride(from: max(1, target), to: byteCount, by: max(1, target))
      }
    case .zstd:
      var unpacked = 0
      var walk = FrameWalk(archive: self)
      while let frame = walk.next() {
        if unpacked >= target {
          borders.append(frame.start)
          unpacked = 0
        }
        unpacked += frame.unpacked
      }
      frameCount = walk.frames
    }
    return borders.indices.map { index in
      let end = index + 1 < borders.count ? borders[index + 1] : byteCount
      return Chunk(
        index: index, bytes: borders[index]..<end, isFirst: index == 0,
        isLast: index + 1 == borders.count)
    }
  }
}
