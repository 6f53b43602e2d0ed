import Facts
import Glibc

/// What standard input holds, in a file without a name, so that it can be hashed first and then read anywhere.
struct SpooledInput {
  /// Whoever takes it closes it.
  let descriptor: Int32
  let bytes: Int
  /// As many as a container is told by.
  let firstBytes: [UInt8]

  /// - Parameter limit: How many bytes there have to be; nil: any number.
  /// - Throws: ``ArchiveError/unreadable(path:reason:)``.
  init(limit: Int?) throws(ArchiveError) {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var name = (folder + "/oddport-XXXXXX").utf8CString
    let file = unsafe name.withUnsafeMutableBufferPointer { name in
      guard let start = name.baseAddress else { return Int32(-1) }
      let file = unsafe mkstemp(start)
      if file >= 0 { unsafe unlink(start) }
      return file
    }
    guard file >= 0 else {
      throw .unreadable(path: "-", reason: "no file can be made in \(folder): \(systemReason())")
    }
    do throws(ArchiveError) {
      (bytes, firstBytes) = try Self.copy(to: file, limit: limit)
    } catch {
      close(file)
      throw error
    }
    descriptor = file
  }

  private static func copy(to file: Int32, limit: Int?) throws(ArchiveError) -> (
    bytes: Int, first: [UInt8]
  ) {
    var source = ByteSource()
    source.open(stream: STDIN_FILENO)
    var first: [UInt8] = []
    while source.available(Container.sniffedBytes) > 0 {
      if source.offset == 0 {
        first = unsafe Array(source.window.prefix(Container.sniffedBytes))
      }
      let count = unsafe source.window.count
      if let limit, source.offset + count > limit {
        throw .unreadable(path: "-", reason: "standard input holds more than \(limit) bytes")
      }
      var written = 0
      while written < count {
        let step = unsafe write(
          file, source.window.baseAddress.unsafelyUnwrapped + written, count - written)
        if step < 0, errno == EINTR { continue }
        guard step > 0 else { throw .unreadable(path: "-", reason: systemReason()) }
        written += step
      }
      _ = source.skip(count)
    }
    if let failure = source.failure { throw .unreadable(path: "-", reason: failure) }
    if let limit, source.offset < limit {
      throw .unreadable(
        path: "-", reason: "standard input holds \(source.offset) bytes of \(limit)")
    }
    return (source.offset, first)
  }
}
