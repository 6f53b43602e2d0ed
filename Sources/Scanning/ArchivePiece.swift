package import Archives
package import Facts

/// What was found of a chunk, or of a share of one, besides what its lines say.
package struct ChunkPart: Sendable {
  /// The lines of one slice.
  package struct Slice: Equatable, Sendable {
    /// Where it starts in the unpacked chunk.
    package var offset: Int
    package var lines: Int

    package init(offset: Int, lines: Int) {
      self.offset = offset
      self.lines = lines
    }
  }

  package var slices: [Slice] = []
  /// The parts of lines at the chunk's ends; nil in all shares of a chunk but one.
  package var end: ChunkEnd?
  /// Whether nothing was read, because it has to be known first how long the line is that the chunk
  /// continues.
  var isPutOff = false
  /// How many others have read shares of the stream; nil in their shares.
  var helpers: Int?
  /// Whether the share came when nothing was left to read: nobody waits for it.
  var isLate = false
  /// What a stream was; nil in all shares but one, and where a file was read.
  package var summary: StreamedArchive.Summary?

  package init(slices: [Slice] = [], end: ChunkEnd? = nil) {
    self.slices = slices
    self.end = end
  }
}

/// An archive, or a run of its chunks, as it was read: not yet put together.
package struct ArchivePiece: Sendable {
  /// In the order of the archive, without a gap. If one is damaged it is the last.
  package var chunks: [ChunkPart]
  /// What the lines say that lie in one chunk as a whole. Places are those in the chunk, lines counted
  /// from the start of their slice.
  package var facts: FactTable

  package init(chunks: [ChunkPart], facts: FactTable) {
    self.chunks = chunks
    self.facts = facts
  }
}
