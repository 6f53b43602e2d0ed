package import Archives
package import Diagnostics
package import Facts

/// A rejected line, by the name of its archive and its number there, counted from 1.
package struct RejectedExample: Equatable, Sendable {
  package var archive: String
  package var line: Int
  package var reason: RejectionReason
  package var message: String
}

/// What was read, and what came of it.
package struct ScanResult: Sendable {
  package var facts = FactTable()
  /// By name, then by hash.
  package var archives: [ArchiveRecord] = []
  package var examples: [RejectedExample] = []
  /// Archives that could not even be opened.
  package var unreadable: [Diagnostic] = []
}

/// Reads archives into facts, several chunks at a time.
///
/// The result does not depend on the number of workers, the size of chunks or the order of files.
///
/// - Parameter progress: Told how many bytes on disk have been dealt with since the last call.
/// - Throws: `CancellationError`.
package func scan(
  _ files: [InputFile], _ options: ScanOptions = ScanOptions(),
  progress: @escaping @Sendable (Int) -> Void = { _ in }
) async throws -> ScanResult {
  var result = ScanResult()
  var opened: [OpenArchive] = []
  try await mapReduce(
    files, atMost: options.workers, map: { file in try OpenArchive.open(file, options) },
    reduce: { (outcome: Result<OpenArchive, ArchiveError>) in
      switch outcome {
      case .success(let archive): opened.append(archive)
      case .failure(let error): result.unreadable.append(error.diagnostic)
      }
    })
  opened.sort { a, b in
    a.record.name == b.record.name
      ? a.record.sha256 < b.record.sha256
      : a.record.name.utf8.lexicographicallyPrecedes(b.record.name.utf8)
  }
  markEqualBytes(&opened)

  var jobs: [Job] = []
  var assemblies: [ArchiveAssembly] = []
  for (ordinal, archive) in opened.enumerated() {
    let isRead = !(options.dedupe && archive.record.sameBytesAs != nil)
    assemblies.append(
      ArchiveAssembly(ordinal: ordinal, chunkCount: isRead ? archive.chunks.count : 0))
    guard isRead else { continue }
    jobs += archive.chunks.map { Job(ordinal: ordinal, chunk: $0, archive: archive.archive) }
  }
  // The biggest archives first, so that no long one is left for the end.
  jobs.sort { a, b in
    let sizes = (a.archive.byteCount, b.archive.byteCount)
    return sizes.0 == sizes.1
      ? (a.ordinal, a.chunk.index) < (b.ordinal, b.chunk.index) : sizes.0 > sizes.1
  }

  let pool = WorkerPool(options)
  let stitcher = ScanWorker(options)
  try await mapReduce(
    jobs, atMost: options.workers,
    map: { job in
      try pool.withWorker { try $0.read(job.chunk, of: job.archive, ordinal: job.ordinal) }
    },
    reduce: { (chunk: ChunkResult) in
      assemblies[chunk.archive].add(chunk, stitcher, options.limits.maximumLineBytes)
      if let streamed = chunk.streamed {
        opened[chunk.archive].record.sha256 = streamed.sha256
        opened[chunk.archive].record.bytes = streamed.bytes
        opened[chunk.archive].record.container = .init(streamed.container)
      }
      progress(chunk.chunk.bytes.count)
    })

  for (archive, assembly) in zip(opened, assemblies) {
    result.add(archive, assembly)
  }
  return result
}

private struct Job: Sendable {
  var ordinal: Int
  var chunk: Chunk
  var archive: Archive
}

private struct OpenArchive: Sendable {
  var archive: Archive
  var chunks: [Chunk]
  var record: ArchiveRecord

  static func open(_ file: InputFile, _ options: ScanOptions) throws -> Result<Self, ArchiveError> {
    try Task.checkCancellation()
    do {
      let archive = try Archive(file)
      let chunks = archive.chunks(target: options.chunkBytes)
      return .success(
        OpenArchive(
          archive: archive, chunks: chunks,
          record: ArchiveRecord(
            name: file.name, sha256: archive.isStandardInput ? "" : archive.sha256(),
            bytes: archive.byteCount, unpackedBytes: 0, container: .init(archive.container),
            frames: archive.frameCount)))
    } catch {
      return .failure(error)
    }
  }
}

/// Archives with equal bytes know of each other; the first by name is the original.
private func markEqualBytes(_ archives: inout [OpenArchive]) {
  var names: [String: String] = [:]
  for index in archives.indices where !archives[index].archive.isStandardInput {
    let record = archives[index].record
    if let original = names[record.sha256] {
      archives[index].record.sameBytesAs = original
    } else {
      names[record.sha256] = record.name
    }
  }
}

extension ScanResult {
  fileprivate mutating func add(_ archive: OpenArchive, _ assembly: ArchiveAssembly) {
    var record = archive.record
    record.unpackedBytes = assembly.unpackedBytes
    record.damage = assembly.damage.map { .init(offset: $0.offset, reason: $0.reason) }
    record.coverage = assembly.table.coverage
    record.coverage.hosts = [:]
    examples += assembly.table.coverage.examples.map {
      RejectedExample(
        archive: record.name, line: assembly.lineNumber(of: $0.place), reason: $0.reason,
        message: $0.message)
    }
    archives.append(record)
    facts.merge(assembly.table)
  }
}

extension ArchiveRecord.Container {
  fileprivate init(_ container: Container) {
    switch container {
    case .zstd: self = .zstd
    case .gzip: self = .gzip
    case .plain: self = .plain
    }
  }
}
