import Archives
import Glibc
import Hashing
import Synchronization

/// A file of partial facts, read in pieces. No more than one of them all is open at a time, so that there may be
/// more than a process may open.
final class PartialInput: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// The one that is open.
  private static let open = Mutex<(path: String, descriptor: Int32)?>(nil)

  /// - Throws: `ArchiveError`, or ``PartialError`` where the file is shorter by now.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = try read(at: offset, count: count)
    guard bytes.count == count else {
      throw PartialError(path, "is shorter than it was a moment ago", hint: PartialError.again)
    }
    return bytes
  }

  /// - Returns: Fewer bytes only at the end of the file.
  func read(at offset: Int, count: Int) throws(ArchiveError) -> [UInt8] {
    // Nobody may close the file meanwhile.
    let result = Self.open.withLock { open -> Result<[UInt8], ArchiveError> in
      do throws(ArchiveError) {
        return .success(try read(at: offset, count: count, try descriptor(&open)))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func read(
    at offset: Int, count: Int, _ descriptor: Int32
  ) throws(ArchiveError) -> [UInt8] {
    var failure: String?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe pread(
          descriptor, buffer.baseAddress.unsafelyUnwrapped + filled, count - filled, offset + filled
        )
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = unsafe String(cString: strerror(errno)) }
        if got <= 0 { break }
        filled += got
      }
    }
    if let failure { throw .unreadable(path: path, reason: failure) }
    return bytes
  }

  private func descriptor(
    _ open: inout (path: String, descriptor: Int32)?
  ) throws(ArchiveError) -> Int32 {
    if let open, open.path == path { return open.descriptor }
    if let former = open.take() { close(former.descriptor) }
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(path: path)
        : .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    open = (path, descriptor)
    return descriptor
  }
}

/// Reads a file from its start to its end, hashing what it passes.
struct PartialScanner: ~Copyable {
  private static let windowBytes = 1 << 20

  private let file: PartialInput
  private var window: ArraySlice<UInt8> = []
  private(set) var offset = 0
  private var hash = SHA256()

  init(_ file: PartialInput) { self.file = file }

  /// Of all that was passed.
  consuming func digest() -> [UInt8] { hash.digest() }

  /// - Returns: At least `count` bytes, or what is left.
  mutating func peek(_ count: Int) throws(ArchiveError) -> ArraySlice<UInt8> {
    if window.count < count {
      window +=
        try file.read(
          at: offset + window.count, count: max(count, Self.windowBytes) - window.count)
    }
    return window
  }

  /// Skips bytes.
  ///
  /// - Returns: Whether the file had `count` bytes left.
  mutating func skip(_ count: Int) throws(ArchiveError) -> Bool {
    var left = count
    while left > 0 {
      let step = min(try peek(1).count, left)
      guard step > 0 else { return false }
      unsafe window.prefix(step).withUnsafeBytes { unsafe hash.update($0) }
      window = window.dropFirst(step)
      offset += step
      left -= step
    }
    return true
  }
}
