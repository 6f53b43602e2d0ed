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
  /// What lies at the chunk's ends; nil in all shares of a chunk but one.
  package var end: ChunkEnd?
  /// Whether nothing was read, because it has to be known first how long the line is that the chunk goes on
  /// with.
  var isPutOff = false
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

/// Which piece of how many an archive's chunks are dealt out in.
package struct PieceNumber: Equatable, Sendable {
  /// From 1.
  package var number: Int
  package var count: Int

  package init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// Unpacked bytes of a chunk of an archive that is dealt out: whoever reads a piece cuts alike.
  static let chunkBytes = 1 << 20

  /// Those of `chunks` that belong to the piece: the same number in each, about, and at least one.
  func of(_ chunks: [Chunk]) -> ArraySlice<Chunk> {
    chunks[chunks.count * (number - 1) / count..<chunks.count * number / count]
  }
}

/// One piece of an archive of which others have the rest.
package struct ScannedPiece: Sendable {
  /// As far as it is known without reading; the first piece alone knows the hash.
  package var record: ArchiveRecord
  package var number: PieceNumber
  package var piece: ArchivePiece

  package init(record: ArchiveRecord, number: PieceNumber, piece: ArchivePiece) {
    self.record = record
    self.number = number
    self.piece = piece
  }
}

/// A whole file, or a piece of one, for one machine to read.
package struct ArchiveShare: Sendable {
  package var file: InputFile
  /// Nil where it is the whole file.
  package var piece: PieceNumber?

  /// Deals files out to several machines, the largest first to whoever has least.
  ///
  /// A file that is more than one machine's share is dealt out in pieces, where its frames allow it.
  /// All machines that are given the same files find the same shares.
  ///
  /// - Parameters:
  ///   - number: Whose share it is, from 1.
  ///   - count: How many machines there are.
  /// - Throws: `CancellationError`.
  package static func dealt(_ files: [InputFile], to number: Int, of count: Int) throws -> [Self] {
    guard count > 1 else { return files.map { Self(file: $0) } }
    let total = files.reduce(0) { $0 + $1.bytesOnDisk }
    let fair = max(1, (total + count - 1) / count)
    let perName = Dictionary(files.map { ($0.name, 1) }, uniquingKeysWith: +)
    var shares: [(share: Self, bytes: Int)] = []
    for file in files {
      let bytes = file.bytesOnDisk
      // What cannot be opened, or told apart by its name, is one machine's.
      let mayBeCut = file.kind == .file && bytes > fair && perName[file.name] == 1
      let chunks = try mayBeCut ? Self.chunks(of: file) : 1
      let pieces = min(chunks, (bytes + fair - 1) / fair)
      for piece in 1...max(1, pieces) {
        let number = pieces > 1 ? PieceNumber(number: piece, count: pieces) : nil
        shares.append((Self(file: file, piece: number), bytes / max(1, pieces)))
      }
    }
    shares.sort { a, b in
      if a.bytes != b.bytes { return a.bytes > b.bytes }
      if a.share.file.name != b.share.file.name {
        return a.share.file.name.utf8.lexicographicallyPrecedes(b.share.file.name.utf8)
      }
      return a.share.piece?.number ?? 0 < b.share.piece?.number ?? 0
    }
    var loads = [Int](repeating: 0, count: count)
    var own: [Self] = []
    for (share, bytes) in shares {
      let least = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[least] += bytes + 1
      if least == number - 1 { own.append(share) }
    }
    return own
  }

  /// How many chunks there are to deal out; 1 where that cannot be told.
  private static func chunks(of file: InputFile) throws -> Int {
    do {
      return try Archive(file).plan(targetUnpackedBytes: PieceNumber.chunkBytes).chunks.count
    } catch is ArchiveError {
      return 1
    }
  }
}
