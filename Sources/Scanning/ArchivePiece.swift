package import Archives
package import Facts
import Hashing

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

  /// SHA-256 of the bytes on disk that the piece is, in lower-case hexadecimal; of the first piece, the one
  /// that also knows the hash of the whole, those of all pieces. So all pieces prove to be of one archive.
  ///
  /// - Throws: `ArchiveError`, `CancellationError`.
  /// - Complexity: O(*n*) in the bytes of the piece, or of the archive.
  func hashes(of file: InputFile) throws -> [String] {
    let archive = try Archive(file)
    let chunks = try archive.plan(targetUnpackedBytes: Self.chunkBytes).chunks
    return try (number == 1 ? 1...count : number...number).map { number in
      let own = PieceNumber(number: number, count: count).of(chunks)
      guard let first = own.first, let last = own.last else { return "" }
      return try archive.sha256(of: first.range.lowerBound..<last.range.upperBound)
    }
  }
}

/// One piece of an archive of which others have the rest.
package struct ScannedPiece: Sendable {
  /// As far as it is known without reading; the first piece alone knows the hash.
  package var record: ArchiveRecord
  /// The archive's unit, which tells it from others of the run.
  package var unit: String
  package var number: PieceNumber
  /// As ``PieceNumber/hashes(of:)`` gives them; empty where the archive was gone before they were taken.
  package var hashes: [String]
  package var piece: ArchivePiece

  package init(
    record: ArchiveRecord, unit: String, number: PieceNumber, hashes: [String], piece: ArchivePiece
  ) {
    self.record = record
    self.unit = unit
    self.number = number
    self.hashes = hashes
    self.piece = piece
  }
}

/// The archives of a run, by their units and sizes: what all machines that share in it have to see alike.
package struct ArchiveList: Hashable, Sendable {
  /// In lower-case hexadecimal.
  package var sha256: String
  package var archives: Int
  /// On disk.
  package var bytes: Int

  package init(sha256: String, archives: Int, bytes: Int) {
    self.sha256 = sha256
    self.archives = archives
    self.bytes = bytes
  }

  /// - Parameter files: In the order in which they were found.
  package init(_ files: [InputFile]) {
    let sizes = files.map(\.bytesOnDisk)
    var text: [UInt8] = []
    // No name holds a NUL.
    for (file, size) in zip(files, sizes) { text += Array("\(file.unit)\0\(size)\n".utf8) }
    self.init(
      sha256: SHA256.hexadecimal(of: text), archives: files.count, bytes: sizes.reduce(0, +))
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
    var shares: [(share: Self, bytes: Int)] = []
    for file in files {
      let bytes = file.bytesOnDisk
      // What cannot be opened is one machine's.
      let chunks = try file.kind == .file && bytes > fair ? Self.chunks(of: file) : 1
      let pieces = min(chunks, (bytes + fair - 1) / fair)
      for piece in 1...max(1, pieces) {
        let number = pieces > 1 ? PieceNumber(number: piece, count: pieces) : nil
        shares.append((Self(file: file, piece: number), bytes / max(1, pieces)))
      }
    }
    shares.sort { a, b in
      if a.bytes != b.bytes { return a.bytes > b.bytes }
      if a.share.file.unit != b.share.file.unit {
        return a.share.file.unit.utf8.lexicographicallyPrecedes(b.share.file.unit.utf8)
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
