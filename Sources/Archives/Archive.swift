package import Facts
import Glibc
import Hashing

/// One input file, open for reading by any number of workers.
///
/// Its size is that of the moment it was opened: what is appended meanwhile belongs to the next
/// run.
package final class Archive: Sendable {
  package let name: String
  /// On disk.
  package let bytes: Int
  /// Which file it is, whatever its name.
  package let inode: UInt
  package let container: Container
  let descriptor: Int32
  /// Where in the archive the first byte of the open file is: not 0 where it holds a range alone.
  let base: Int

  /// - Throws: ``ArchiveError/missing(path:)`` or ``ArchiveError/unreadable(path:reason:)``.
  package init(_ input: InputFile) throws(ArchiveError) {
    precondition(input.kind == .file, "a stream is read with StreamedArchive")
    let descriptor = unsafe input.withSystemPath { unsafe Glibc.open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(path: input.path) : .unreadable(path: input.path, reason: systemReason())
    }
    var status = stat()
    var first = [UInt8](repeating: 0, count: Container.sniffedBytes)
    guard unsafe fstat(descriptor, &status) == 0,
      case let got = unsafe first.withUnsafeMutableBytes({
        unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
      }), got >= 0
    else {
      let reason = systemReason()
      close(descriptor)
      throw .unreadable(path: input.path, reason: reason)
    }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    self.descriptor = descriptor
    base = 0
    name = input.name
    bytes = Int(status.st_size)
    inode = status.st_ino
    container = Container(name: input.name, firstBytes: Array(first.prefix(got)))
  }

  /// A range of an archive, which standard input gives; it is kept in a file without a name meanwhile.
  ///
  /// - Parameters:
  ///   - bytes: The size of the whole archive.
  ///   - range: What standard input is to hold; nil: the whole archive, of whatever size.
  ///   - container: Of the whole archive; nil where its first bytes are there to tell.
  /// - Throws: ``ArchiveError/unreadable(path:reason:)`` where it cannot be kept, or where standard input
  ///   holds more or less.
  package init(
    standardInputNamed name: String, range: Range<Int>?, of bytes: Int, _ container: Container?
  ) throws(ArchiveError) {
    let file = try SpooledInput(limit: range?.count)
    descriptor = file.descriptor
    base = range?.lowerBound ?? 0
    self.name = name
    self.bytes = range == nil ? file.bytes : bytes
    inode = 0
    self.container = container ?? Container(name: name, firstBytes: file.firstBytes)
  }

  deinit { close(descriptor) }

  /// SHA-256 of the bytes on disk, in lower-case hexadecimal, as `sha256sum` prints it.
  ///
  /// - Throws: `CancellationError`, or ``ArchiveError/unreadable(path:reason:)`` where the file
  ///   shrank or the disk failed: bytes that could not be read have no hash.
  /// - Complexity: O(*n*) in ``bytes``.
  package func sha256() throws -> String { try sha256(prefixes: []).whole }

  /// The same for a range of its bytes.
  package func sha256(of range: Range<Int>) throws -> String {
    try sha256(of: range, prefixes: []).whole
  }

  /// The same, and the hash of each beginning of one of these `sizes`, below its own size.
  ///
  /// - Parameter sizes: Ascending.
  package func sha256(prefixes sizes: [Int]) throws -> (whole: String, prefixes: [String]) {
    try sha256(of: 0..<bytes, prefixes: sizes)
  }

  /// The hash of all bytes, and of each range between two of these `borders`, in one go.
  ///
  /// - Parameter borders: Ascending, from 0 to ``bytes``.
  /// - Throws: As ``sha256()``.
  package func sha256(ofRangesBetween borders: [Int]) throws -> (whole: String, ranges: [String]) {
    if borders.count == 2 {
      let whole = try sha256()
      return (whole, [whole])
    }
    var source = ByteSource()
    source.open(self, 0..<bytes)
    var whole = SHA256()
    var ranges: [String] = []
    for (start, end) in zip(borders, borders.dropFirst()) {
      var hash = SHA256()
      while source.offset < end {
        try Task.checkCancellation()
        let count = min(source.available(1), end - source.offset)
        guard count > 0 else {
          throw ArchiveError.unreadable(
            path: name, reason: source.damage?.reason ?? "ends before byte \(start)")
        }
        let window = unsafe UnsafeRawBufferPointer(rebasing: source.window.prefix(count))
        unsafe whole.update(window)
        unsafe hash.update(window)
        _ = source.skip(count)
      }
      ranges.append(hash.finish())
    }
    return (whole.finish(), ranges)
  }

  private func sha256(
    of range: Range<Int>, prefixes sizes: [Int]
  ) throws -> (whole: String, prefixes: [String]) {
    var source = ByteSource()
    source.open(self, range)
    var hash = SHA256()
    var prefixes: [String] = []
    var waiting = sizes.filter { $0 > 0 && $0 < bytes }[...]
    while true {
      try Task.checkCancellation()
      var count = source.available(1)
      if count == 0 { break }
      if let size = waiting.first { count = min(count, size - source.offset) }
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: source.window.prefix(count)))
      _ = source.skip(count)
      if waiting.first == source.offset {
        prefixes.append(hash.digestSoFar())
        waiting.removeFirst()
      }
    }
    if let damage = source.damage {
      throw ArchiveError.unreadable(path: name, reason: damage.reason)
    }
    return (hash.finish(), prefixes)
  }
}
