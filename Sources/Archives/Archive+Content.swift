package import Hashing

extension Archive {
  /// The sizes of the beginnings that ``contentHeads(limits:)`` hashes: powers of two.
  private static let headSizes = (0...16).map { 1 << $0 }

  /// Hashes of the first 1, 2, 4, … 65,536 unpacked bytes, concatenated, 16 hexadecimal digits each. A
  /// shorter content has fewer.
  ///
  /// If one content begins with another, so do their heads. That shows which archive has grown out of
  /// which without unpacking more than a few of them.
  package func contentHeads(limits: ReadingLimits = ReadingLimits()) -> String {
    var unpacker = Unpacker(limits: limits, hashesContent: false)
    var buffer = SliceBuffer()
    unpacker.begin(whole, of: self)
    let largest = Self.headSizes.last ?? 0
    while !unpacker.isFinished, buffer.filled < largest {
      unpacker.unpack(largest - buffer.filled, into: &buffer)
    }
    var hash = SHA256()
    var heads = ""
    var hashed = 0
    for size in Self.headSizes where size <= buffer.filled {
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: buffer.contents[hashed..<size]))
      hashed = size
      heads += hash.digestSoFar().prefix(16)
    }
    return heads
  }

  /// The heads of all beginnings that are no longer than a content with these `heads`.
  package static func beginnings(ofHeads heads: String) -> [String] {
    stride(from: 16, through: heads.utf8.count, by: 16).map { String(heads.prefix($0)) }
  }

  /// The hash of all unpacked bytes, up to damage where there is some, and those of its beginnings.
  ///
  /// - Parameter sizes: Of the beginnings; those that are longer than the content are left out.
  /// - Throws: `CancellationError`.
  /// - Complexity: O(*n*) in the unpacked bytes.
  package func content(
    beginnings sizes: some Sequence<Int>, limits: ReadingLimits = ReadingLimits()
  )
    throws(CancellationError) -> (whole: ContentHash, beginnings: [ContentHash])
  {
    var unpacker = Unpacker(limits: limits, hashesContent: false)
    var buffer = SliceBuffer()
    unpacker.begin(whole, of: self)
    var hash = ContentHash()
    var beginnings: [ContentHash] = []
    var waiting = Set(sizes).sorted()[...]
    while !unpacker.isFinished {
      if Task.isCancelled { throw CancellationError() }
      buffer.empty()
      unpacker.unpack(limits.fillBytes, into: &buffer)
      var at = 0
      while let size = waiting.first, size - hash.byteCount <= buffer.filled - at {
        let next = at + size - hash.byteCount
        unsafe hash.append(UnsafeRawBufferPointer(rebasing: buffer.contents[at..<next]))
        at = next
        beginnings.append(hash)
        waiting.removeFirst()
      }
      unsafe hash.append(UnsafeRawBufferPointer(rebasing: buffer.contents[at...]))
    }
    return (hash, beginnings)
  }

  var whole: Chunk {
    Chunk(
      index: 0, range: 0..<bytes, estimatedUnpackedBytes: 0, largestFrameBytes: 0,
      unpackedBytesBefore: 0, hasExactStart: true)
  }
}
