package import Archives
package import Diagnostics
package import Facts
package import Hashing

/// A rejected line, by the name of its archive and its number there, counted from 1.
package struct RejectedExample: Equatable, Sendable {
  package var archive: String
  package var line: Int
  package var reason: RejectionReason
  package var message: String
}

/// One archive that was read.
package struct ScannedArchive: Sendable {
  package var record: ArchiveRecord
  package var facts: FactTable
  /// The hash of what it unpacks to; nil where nobody asked for it.
  package var content: ContentHash?

  package init(record: ArchiveRecord, facts: FactTable, content: ContentHash? = nil) {
    self.record = record
    self.facts = facts
    self.content = content
  }
}

/// What was read, and what came of it.
package struct ScanResult: Sendable {
  package var facts = FactTable()
  /// By name, then by hash. The number of an archive in ``facts`` is its index here.
  package var archives: [ArchiveRecord] = []
  package var examples: [RejectedExample] = []
  /// Archives that could not even be opened.
  package var unreadable: [Diagnostic] = []

  private var namesByHash: [String: String] = [:]

  package init() {}

  /// Adds the archive that is next in order, and notes which one before it has the same bytes.
  package mutating func append(_ archive: ArchiveRecord) {
    var record = archive
    record.sameBytesAs = namesByHash[record.sha256]
    if record.sameBytesAs == nil { namesByHash[record.sha256] = record.name }
    archives.append(record)
    examples += record.coverage.examples.map {
      RejectedExample(
        archive: record.name, line: $0.place.line, reason: $0.reason, message: $0.message)
    }
  }
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
  var facts = FactTable()
  var (result, numbers) = try await scan(files, options, progress: progress) { facts.merge($0) }
  if !numbers.isEmpty { facts.mapPlaces { $0.renumbered(numbers) } }
  result.facts = facts
  return result
}

/// The same, with the facts of each archive given into somebody's hands.
///
/// - Parameter body: Gets the facts of each archive when it is complete, in no order, never two at once.
/// - Returns: What came of it, without facts, and the numbers that archives have at last, by those in their facts,
///   where they differ.
/// - Throws: What `body` throws, or `CancellationError`.
package func scan(
  _ files: [InputFile], _ options: ScanOptions = ScanOptions(),
  progress: @escaping @Sendable (Int) -> Void = { _ in },
  collecting body: (FactTable) throws -> Void
) async throws -> (result: ScanResult, numbers: [Int32: Int32]) {
  let assembler = ArchiveAssembler(options)
  let inputs = try await ScanInput.ordered(files, options)
  let outcomes = try await scan(inputs, options, progress) { known, piece, _, ordinal in
    let archive = assembler.archive(known, of: [piece], ordinal: ordinal)
    try body(archive.facts)
    return archive.record
  }
  var result = ScanResult()
  var numbers: [Int32: Int32] = [:]
  for (ordinal, outcome) in outcomes.enumerated() {
    switch outcome {
    case nil: preconditionFailure("an input without an outcome")
    case .failure(let error)?: result.unreadable.append(error.diagnostic)
    case .success(let record)?:
      numbers[Int32(ordinal)] = Int32(result.archives.count)
      result.append(record)
    }
  }
  return (result, result.unreadable.isEmpty ? [:] : numbers)
}

/// What a task reads: an archive, or a unit of a plan.
package struct ScanUnit: Sendable {
  package var file: InputFile
  /// Nil where it is all of the file, whatever that is.
  package var planned: PlannedUnit?

  package init(file: InputFile, planned: PlannedUnit? = nil) {
    self.file = file
    self.planned = planned
  }
}

/// Reads archives and units of a plan one by one into somebody's hands.
///
/// - Parameters:
///   - units: Of units, only their own bytes are read.
///   - body: Gets each with its index when it is complete, in no order, never two at once: what was read, or
///     why nothing could be.
/// - Throws: What `body` throws, or `CancellationError`.
package func scan(
  _ units: [ScanUnit], _ options: ScanOptions = ScanOptions(),
  progress: @escaping @Sendable (Int) -> Void = { _ in },
  each body: (Result<ArchiveSpan, ArchiveError>, _ index: Int) async throws -> Void
) async throws {
  let inputs = units.map { unit in
    ScanInput(
      file: unit.file, bytes: unit.planned?.range.count ?? unit.file.bytesOnDisk,
      unit: unit.planned)
  }
  let assembler = ArchiveAssembler(options)
  let outcomes = try await scan(inputs, options, progress) { record, piece, heads, ordinal in
    let unit = units[Int(ordinal)]
    var record = record
    record.add(piece.chunks.first?.summary)
    let archive =
      unit.planned?.archive
      ?? PlannedArchive(
        name: record.name, unit: unit.file.unit, bytes: record.bytes, sha256: record.sha256,
        container: record.container)
    var span = assembler.span(
      of: archive, unit.planned?.range ?? 0..<record.bytes, piece)
    span.heads = heads
    try await body(.success(span), Int(ordinal))
    return record
  }
  for (index, outcome) in outcomes.enumerated() {
    if case .failure(let error)? = outcome { try await body(.failure(error), index) }
  }
}

/// Reads archives one by one into somebody's hands.
///
/// - Parameter body: Gets each archive when it is complete, in no order, never two at once.
/// - Returns: What could not be opened.
/// - Throws: What `body` throws, or `CancellationError`.
package func scan(
  _ files: [IdentifiedFile], _ options: ScanOptions = ScanOptions(),
  progress: @escaping @Sendable (Int) -> Void = { _ in },
  each body: (ScannedArchive, IdentifiedFile) async throws -> Void
) async throws -> [Diagnostic] {
  let inputs = files.map {
    ScanInput(
      file: $0.file, bytes: $0.bytes, sha256: $0.sha256, hashed: $0)
  }
  let assembler = ArchiveAssembler(options)
  let outcomes = try await scan(inputs, options, progress) { known, piece, _, ordinal in
    let archive = assembler.archive(known, of: [piece], ordinal: ordinal)
    try await body(archive, files[Int(ordinal)])
    return archive.record
  }
  return outcomes.compactMap {
    if case .failure(let error)? = $0 { error.diagnostic } else { nil }
  }
}

private func scan(
  _ inputs: [ScanInput], _ options: ScanOptions, _ progress: @escaping @Sendable (Int) -> Void,
  each body: (_ known: ArchiveRecord, ArchivePiece, _ heads: String, _ ordinal: Int32) async throws
    -> ArchiveRecord
) async throws -> [Result<ArchiveRecord, ArchiveError>?] {
  let pool = WorkerPool(options)
  // One who will read the first archive, made while that is opened.
  async let prepared: Void = options.workers > 1 && !inputs.isEmpty ? pool.prepare() : ()
  let largestFirst = inputs.indices.sorted { inputs[$0].bytes > inputs[$1].bytes }
  var run = ScanRun(options)
  var outcomes: [Result<ArchiveRecord, ArchiveError>?] = Array(repeating: nil, count: inputs.count)
  func goOn(_ outcome: ScanRun.Outcome, _ ordinal: Int32) async throws -> FollowUp<ScanJob> {
    switch outcome {
    case .waiting: break
    case .next(let jobs): return jobs
    case .complete(let known, let piece, let heads):
      outcomes[Int(ordinal)] = .success(try await body(known, piece, heads, ordinal))
    }
    return FollowUp()
  }
  try await mapReduce(
    largestFirst.map { ScanJob.open(inputs[$0], ordinal: Int32($0)) }, atMost: options.workers,
    map: { job in try await job.run(pool, options, progress) },
    reduce: { (outcome: ScanOutcome) in
      switch outcome {
      case .opened(let archive):
        return run.begin(archive)
      case .read(let archive, let part, let parts):
        return try await goOn(run.take(archive, part, parts), archive.ordinal)
      case .known(let record, let ordinal):
        outcomes[Int(ordinal)] = .success(record)
      case .unreadable(let error, let ordinal):
        run.drop(ordinal)
        outcomes[Int(ordinal)] = .failure(error)
      case .hashed(let hash, let ordinal):
        return try await goOn(run.take(hash: hash, ordinal), ordinal)
      case .part(let part, let ordinal, let chunk):
        return try await goOn(run.take(part, ordinal, ofChunk: chunk), ordinal)
      }
      return FollowUp()
    })
  await prepared
  return outcomes
}
