package import Facts
import Glibc

/// An archive that can only be unpacked from the start to the end, read by several workers.
///
/// For standard input, pipes, gzip, and zstd in a single frame. Workers take turns: the one whose
/// turn it is unpacks the next slice into its own buffer, then reads it while the next one unpacks.
/// So slices are read where they are hot, no buffer changes hands and none can be lost.
package actor StreamedArchive {
  package nonisolated let name: String
  private let limits: ReadingLimits
  private var slices: SliceReader
  private let input: OpenInput
  private var isFinished = false
  private var hasBegun = false
  private var wasCancelled = false
  private var reportedOffset = 0
  /// How many have joined in reading.
  package private(set) var readers = 0

  private enum OpenInput {
    case archive(Archive, Chunk, openLineBytes: Int?)
    case stream(Int32, closes: Bool)
  }

  /// What a turn gave.
  package struct Slice: Equatable, Sendable {
    /// Its place in the unpacked chunk.
    package var offset: Int
    /// Bytes on disk that were used up since the turn before.
    package var packedBytes: Int
  }

  /// What is known when a stream has been read to its end.
  package struct Summary: Equatable, Sendable {
    package var container: Container
    package var sha256: String
    /// That came in.
    package var bytes: Int
  }

  /// Reads one chunk of an archive, mostly its only one.
  ///
  /// - Parameters:
  ///   - openLineBytes: Length so far of the line that the chunk continues; nil where that is not known
  ///     yet.
  ///   - hashesContent: Whether ``ChunkEnd/content`` is wanted.
  package init(
    _ chunk: Chunk, of archive: Archive, openLineBytes: Int? = 0,
    limits: ReadingLimits = ReadingLimits(), hashesContent: Bool = false
  ) {
    name = archive.name
    self.limits = limits
    input = .archive(archive, chunk, openLineBytes: openLineBytes)
    slices = SliceReader(limits: limits, hashesContent: hashesContent)
  }

  /// Reads standard input or a pipe.
  ///
  /// - Throws: ``ArchiveError`` where a pipe cannot be opened.
  package init(
    _ stream: InputFile, limits: ReadingLimits = ReadingLimits(), hashesContent: Bool = false
  ) throws(ArchiveError) {
    let isStandardInput = stream.path == InputFile.standardInput.path
    // A pipe without a writer must not hold up the run in a call that cannot be cancelled: it is waited for
    // where it is read.
    let descriptor =
      isStandardInput
      ? STDIN_FILENO
      : unsafe stream.withSystemPath {
        unsafe Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      }
    guard descriptor >= 0 else {
      throw .unreadable(path: stream.path, reason: systemReason())
    }
    self.init(
      descriptor: descriptor, closes: !isStandardInput, name: stream.name, limits: limits,
      hashesContent: hashesContent)
  }

  /// - Parameter closes: Whether `descriptor` is closed in the end.
  package init(
    descriptor: Int32, closes: Bool, name: String, limits: ReadingLimits = ReadingLimits(),
    hashesContent: Bool = false
  ) {
    self.name = name
    self.limits = limits
    input = .stream(descriptor, closes: closes)
    slices = SliceReader(limits: limits, hashesContent: hashesContent)
  }

  deinit {
    if case .stream(let descriptor, closes: true) = input { close(descriptor) }
  }

  /// Joins in reading, before the first slice.
  ///
  /// - Returns: Whether anything may be left to read.
  package func join() -> Bool {
    guard !isFinished else { return false }
    readers += 1
    return true
  }

  /// Unpacks the next slice into the caller's buffer. Workers may call this at the same time.
  ///
  /// - Returns: The slice's place; nil at the end.
  /// - Throws: `CancellationError`.
  package func next(into buffer: inout SliceBuffer) throws(CancellationError) -> Slice? {
    if !hasBegun {
      hasBegun = true
      switch input {
      case .archive(let archive, let chunk, let openLineBytes):
        slices.begin(chunk, of: archive, openLineBytes: openLineBytes)
        reportedOffset = chunk.range.lowerBound
      case .stream(let descriptor, _): slices.begin(stream: descriptor, name: name)
      }
    }
    guard !isFinished else { return nil }
    guard !wasCancelled else { throw CancellationError() }
    // What a cancelled worker has unpacked is lost, so no other may continue after it.
    wasCancelled = true
    let place = try slices.next(into: &buffer)
    wasCancelled = false
    isFinished = place == nil
    defer { reportedOffset = slices.packedOffset }
    return place.map { Slice(offset: $0, packedBytes: slices.packedOffset - reportedOffset) }
  }

  /// What became of the archive: for a ``LineStitcher``, after ``next(into:)`` has returned nil. Nil where it
  /// has to be known first how long the line is that the chunk continues; nothing was read then.
  package var end: ChunkEnd? {
    precondition(isFinished, "still being read")
    return slices.isPutOff ? nil : slices.end
  }

  /// What a stream was: reads what follows damage too, so that the hash covers all bytes.
  ///
  /// - Throws: `CancellationError`.
  package func summary() throws(CancellationError) -> Summary {
    precondition(isFinished, "still being read")
    let whole = try slices.drain()
    return Summary(container: slices.streamContainer, sha256: whole.sha256, bytes: whole.bytes)
  }
}
