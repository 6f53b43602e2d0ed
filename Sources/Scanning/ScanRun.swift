import Archives
import Facts

/// What a task may be told to do.
enum ScanJob: Sendable {
  case open(ScanInput, ordinal: Int32)
  case hash(Archive, ordinal: Int32)
  case chunk(Chunk, of: Archive, ordinal: Int32, openLineBytes: Int?, into: ArchiveParts)
  case share(StreamShare, into: ArchiveParts)

  /// - Throws: `CancellationError`.
  func run(
    _ pool: WorkerPool, _ options: ScanOptions, _ progress: @Sendable (Int) -> Void
  ) async throws -> ScanOutcome {
    switch self {
    case .open(let input, let ordinal):
      let outcome = try OpenArchive.open(input, ordinal, options)
      guard case .opened(let archive) = outcome, let (chunk, file) = archive.onlyChunk(options)
      else { return outcome }
      // Small archives are read where they are opened: a task for each step would cost more than the step.
      let parts = ArchiveParts()
      let part = try await pool.read(
        chunk, of: file, ordinal: ordinal, openLineBytes: 0, into: parts)
      progress(chunk.range.count)
      return .read(archive, part, parts)
    case .hash(let archive, let ordinal):
      do {
        return .hashed(try archive.sha256(), ordinal)
      } catch let error as ArchiveError {
        return .unreadable(error, ordinal: ordinal)
      }
    case .chunk(let chunk, let archive, let ordinal, let openLineBytes, let parts):
      let part = try await pool.read(
        chunk, of: archive, ordinal: ordinal, openLineBytes: openLineBytes, into: parts)
      if !part.isPutOff { progress(chunk.range.count) }
      return .part(part, ordinal, chunk: chunk.index)
    case .share(let share, let parts):
      let part = try await pool.withWorker { worker in
        try await parts.lend(worker) {
          try await worker.read(share, into: &$0, progress: progress)
        }
      }
      return .part(part, share.ordinal, chunk: share.chunk)
    }
  }
}

/// What came of a ``ScanJob``.
enum ScanOutcome: Sendable {
  case opened(OpenArchive)
  /// Opened, and its only chunk read.
  case read(OpenArchive, ChunkPart, ArchiveParts)
  /// It need not be read: another archive has its bytes.
  case known(ArchiveRecord, ordinal: Int32)
  case unreadable(ArchiveError, ordinal: Int32)
  case hashed(String, Int32)
  case part(ChunkPart, Int32, chunk: Int)
}

/// An archive that is open and whose chunks are known.
struct OpenArchive: Sendable {
  enum Content: Sendable {
    case chunks([Chunk], of: Archive)
    case stream(StreamedArchive)
  }

  let ordinal: Int32
  let content: Content
  /// As far as it is known before reading.
  let record: ArchiveRecord
  /// Whether its hash is still to be taken.
  var isUnhashed = false
  /// As ``Archive/contentHeads(limits:)`` gives them, where content is hashed; of no use otherwise.
  var heads = ""

  /// A larger one is hashed by a task of its own, while others read it.
  private static let hashedAtOnceBytes = 1 << 20

  /// - Throws: `CancellationError`.
  static func open(_ input: ScanInput, _ ordinal: Int32, _ options: ScanOptions) throws
    -> ScanOutcome
  {
    do {
      if let unit = input.unit { return .opened(try open(unit, of: input.file, ordinal, options)) }
      switch input.file.kind {
      case .stream:
        let stream = try StreamedArchive(
          input.file, limits: options.limits, hashesContent: options.hashesContent)
        return .opened(
          OpenArchive(
            ordinal: ordinal, content: .stream(stream),
            record: ArchiveRecord(
              name: input.file.name, sha256: "", bytes: 0, unpackedBytes: 0, container: .plain,
              frames: 0)))
      case .file:
        let archive = try Archive(input.file)
        if let hashed = input.hashed, hashed.sha256 != nil,
          archive.inode != hashed.inode || archive.bytes < hashed.bytes
        {
          throw ArchiveError.unreadable(
            path: input.file.path, reason: "it was replaced or emptied meanwhile")
        }
        var record = ArchiveRecord(
          name: archive.name, sha256: input.sha256(of: archive) ?? "", bytes: archive.bytes,
          unpackedBytes: 0,
          container: archive.container, frames: 0)
        if input.readAs != nil { return .known(record, ordinal: ordinal) }
        let chunks = try archive.plan(targetUnpackedBytes: options.chunkBytes).chunks
        var isUnhashed = record.sha256.isEmpty
        if isUnhashed, archive.bytes <= hashedAtOnceBytes {
          record.sha256 = try archive.sha256()
          isUnhashed = false
        }
        return .opened(
          OpenArchive(
            ordinal: ordinal,
            content: .chunks(chunks, of: archive), record: record, isUnhashed: isUnhashed,
            heads: heads(of: archive, options)))
      }
    } catch let error as ArchiveError {
      return .unreadable(error, ordinal: ordinal)
    }
  }

  /// Nothing but the unit's own bytes is read, once to see that they are those of the plan.
  ///
  /// - Throws: `ArchiveError`, `CancellationError`.
  private static func open(
    _ unit: PlannedUnit, of file: InputFile, _ ordinal: Int32, _ options: ScanOptions
  ) throws -> OpenArchive {
    let planned = unit.archive
    let archive =
      file.kind == .file
      ? try Archive(file)
      : try Archive(
        standardInputNamed: planned.name, range: unit.range, of: planned.bytes,
        .init(planned.container))
    guard archive.bytes == planned.bytes, archive.container == planned.container,
      try archive.sha256(of: unit.range) == unit.sha256
    else { throw ArchiveError.changed(path: file.path) }
    let chunks =
      unit.isWhole
      ? try archive.plan(targetUnpackedBytes: options.chunkBytes).chunks
      : try archive.plan(
        of: unit.range, unpackedBytesBefore: unit.unpackedBytesBefore,
        targetUnpackedBytes: options.chunkBytes)
    return OpenArchive(
      ordinal: ordinal, content: .chunks(chunks, of: archive),
      record: ArchiveRecord(
        name: planned.name, sha256: planned.sha256, bytes: planned.bytes, unpackedBytes: 0,
        container: planned.container, frames: 0),
      heads: unit.range.lowerBound == 0 ? heads(of: archive, options) : "")
  }

  private static func heads(of archive: Archive, _ options: ScanOptions) -> String {
    guard options.keepsHeads else { return "" }
    var limits = options.limits
    // Large frames need not be unpacked for it.
    limits.oneShotBytes = 0
    return archive.contentHeads(limits: limits)
  }

  /// The chunk that one worker is to read, where nothing else is to be done.
  func onlyChunk(_ options: ScanOptions) -> (Chunk, of: Archive)? {
    guard !isUnhashed, case .chunks(let chunks, let archive) = content, chunks.count == 1,
      chunks[0].largestFrameBytes < options.streamedFrameBytes
    else { return nil }
    return (chunks[0], archive)
  }
}

/// The archives that are being read.
struct ScanRun {
  /// One of them, and what is there of its chunks.
  private struct Reading {
    let archive: OpenArchive
    let parts: ArchiveParts
    /// Nil until it is known.
    var sha256: String?
    var chunks: [ChunkPart]
    /// For each chunk, how many parts are still to come.
    var awaited: [Int]
    /// Chunks that wait to know how long the line is that they go on with, by their index in `chunks`.
    var putOff: [Int] = []
    /// The number of the first chunk.
    let first: Int
  }

  private let options: ScanOptions
  private var open: [Int32: Reading] = [:]

  init(_ options: ScanOptions) { self.options = options }

  /// What is to be done to read `archive`.
  mutating func begin(_ archive: OpenArchive) -> FollowUp<ScanJob> {
    let hash = archive.isUnhashed ? nil : archive.record.sha256
    switch archive.content {
    case .stream: return begin(archive, chunks: 1, hash)
    case .chunks(let chunks, let file):
      var jobs = begin(archive, chunks: chunks.count, hash)
      if archive.isUnhashed { jobs.next.insert(.hash(file, ordinal: archive.ordinal), at: 0) }
      return jobs
    }
  }

  /// Reads the first chunks of an archive. Help with what must be unpacked in one go comes last: it is
  /// for workers who have nothing else to do.
  private mutating func begin(_ archive: OpenArchive, chunks count: Int, _ sha256: String?)
    -> FollowUp<ScanJob>
  {
    var jobs = FollowUp<ScanJob>()
    var awaited: [Int] = []
    var first = 0
    let parts = ArchiveParts()
    switch archive.content {
    case .stream(let stream):
      awaited.append(share(stream, ofChunk: 0, of: archive, into: parts, &jobs))
    case .chunks(let chunks, let file):
      first = chunks.first?.index ?? 0
      for chunk in chunks.prefix(count) {
        awaited.append(
          read(
            chunk, of: file, archive, openLineBytes: chunk.index == first ? 0 : nil, into: parts,
            &jobs))
      }
    }
    open[archive.ordinal] = Reading(
      archive: archive, parts: parts, sha256: sha256,
      chunks: Array(repeating: ChunkPart(), count: awaited.count), awaited: awaited, first: first)
    return jobs
  }

  /// - Returns: How many parts will come.
  private func read(
    _ chunk: Chunk, of file: Archive, _ archive: OpenArchive, openLineBytes: Int?,
    into parts: ArchiveParts, _ jobs: inout FollowUp<ScanJob>
  ) -> Int {
    guard chunk.largestFrameBytes >= options.streamedFrameBytes else {
      jobs.next.append(
        .chunk(
          chunk, of: file, ordinal: archive.ordinal, openLineBytes: openLineBytes, into: parts))
      return 1
    }
    let stream = StreamedArchive(
      chunk, of: file, openLineBytes: openLineBytes, limits: options.limits,
      hashesContent: options.hashesContent)
    return share(stream, ofChunk: chunk.index, of: archive, into: parts, &jobs)
  }

  private func share(
    _ stream: StreamedArchive, ofChunk chunk: Int, of archive: OpenArchive,
    into parts: ArchiveParts,
    _ jobs: inout FollowUp<ScanJob>
  ) -> Int {
    var isOfStream = false
    if case .stream = archive.content { isOfStream = true }
    let shares = (0..<options.sharesOfStream).map {
      ScanJob.share(
        StreamShare(
          stream: stream, ordinal: archive.ordinal, chunk: chunk, isFirst: $0 == 0,
          isOfStream: isOfStream), into: parts)
    }
    jobs.next.append(shares[0])
    jobs.last += shares.dropFirst()
    return shares.count
  }

  /// What comes of a part.
  enum Outcome {
    case waiting
    case complete(ArchiveRecord, ArchivePiece, heads: String)
    /// Chunks that can be read only now, or must be read again: all up to the damage, where what comes after
    /// it was read as well and must not count.
    case next(FollowUp<ScanJob>)
  }

  mutating func take(_ part: ChunkPart, _ ordinal: Int32, ofChunk chunk: Int) -> Outcome {
    guard !part.isLate, var reading = open.removeValue(forKey: ordinal) else { return .waiting }
    let index = chunk - reading.first
    reading.chunks[index].join(part)
    reading.awaited[index] -= 1
    // Whoever has not joined by the end is not waited for: an archive is not kept until the last one is read.
    if let helpers = part.helpers { reading.awaited[index] -= options.sharesOfStream - 1 - helpers }
    if part.isPutOff { reading.putOff.append(index) }
    reading.chunks.forgetOverlongLines(
      around: index, maximumLineBytes: options.limits.maximumLineBytes)
    let jobs = readPutOff(&reading)
    guard jobs.next.isEmpty else {
      open[ordinal] = reading
      return .next(jobs)
    }
    return goOn(reading, ordinal)
  }

  /// What can be read by now of what was put off, once nobody has a share of it any more.
  private func readPutOff(_ reading: inout Reading) -> FollowUp<ScanJob> {
    var jobs = FollowUp<ScanJob>()
    guard case .chunks(let chunks, let file) = reading.archive.content else { return jobs }
    for index in reading.putOff where reading.awaited[index] == 0 {
      guard
        let length = reading.chunks.openLineBytes(
          before: index, maximumLineBytes: options.limits.maximumLineBytes)
      else { continue }
      reading.awaited[index] = read(
        chunks[index], of: file, reading.archive, openLineBytes: length, into: reading.parts, &jobs)
      reading.putOff.removeAll { $0 == index }
    }
    return jobs
  }

  /// - Parameter part: All that there is of the archive.
  mutating func take(_ archive: OpenArchive, _ part: ChunkPart, _ parts: ArchiveParts) -> Outcome {
    goOn(
      Reading(
        archive: archive, parts: parts, sha256: archive.record.sha256, chunks: [part],
        awaited: [0], first: part.end?.chunk ?? 0), archive.ordinal)
  }

  mutating func take(hash: String, _ ordinal: Int32) -> Outcome {
    guard var reading = open.removeValue(forKey: ordinal) else { return .waiting }
    reading.sha256 = hash
    return goOn(reading, ordinal)
  }

  /// An archive that can no longer be read as a whole is as good as one that could not be opened.
  mutating func drop(_ ordinal: Int32) { open[ordinal] = nil }

  private mutating func goOn(_ reading: Reading, _ ordinal: Int32) -> Outcome {
    guard let sha256 = reading.sha256, reading.putOff.isEmpty,
      reading.awaited.allSatisfy({ $0 == 0 })
    else {
      open[ordinal] = reading
      return .waiting
    }
    let read = reading.chunks.prefix { $0.end?.damage == nil }.count + 1
    if read < reading.chunks.count {
      return .next(begin(reading.archive, chunks: read, sha256))
    }
    var record = reading.archive.record
    record.sha256 = sha256
    return .complete(
      record, ArchivePiece(chunks: reading.chunks, facts: reading.parts.facts()),
      heads: reading.archive.heads)
  }
}

extension ChunkPart {
  /// Adds what another worker has found of the same chunk.
  fileprivate mutating func join(_ other: ChunkPart) {
    slices += other.slices
    end = end ?? other.end
    summary = summary ?? other.summary
  }
}
