package import Diagnostics
import Glibc

/// A file without a name: it is gone when nobody holds it any more, however the process ends.
final class TemporaryFile: Sendable {
  private let descriptor: Int32
  private let folder: String

  /// - Throws: ``TemporaryFileError``.
  init() throws {
    // As SQLite does: /tmp may be memory.
    let named = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
    let folders = [named, "/var/tmp", "/tmp"].filter { !$0.isEmpty }
    for folder in folders {
      var template = Array((folder + "/oddport-XXXXXX").utf8CString)
      let descriptor = unsafe template.withUnsafeMutableBufferPointer {
        unsafe mkstemp($0.baseAddress.unsafelyUnwrapped)
      }
      guard descriptor >= 0 else { continue }
      unsafe unlink(template)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      self.descriptor = descriptor
      self.folder = folder
      return
    }
    throw TemporaryFileError(folders[0], "make a temporary file", errno)
  }

  deinit { close(descriptor) }

  /// - Throws: ``TemporaryFileError``.
  func write(_ bytes: [UInt8], at offset: Int) throws {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(
          descriptor, buffer.baseAddress.unsafelyUnwrapped + written, bytes.count - written,
          offset + written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw TemporaryFileError(folder, "write to a temporary file", errno) }
      written += count
    }
  }

  /// - Throws: ``TemporaryFileError``.
  func read(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe pread(
          descriptor, buffer.baseAddress.unsafelyUnwrapped + filled, count - filled,
          offset + filled)
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        filled += got
      }
    }
    guard bytes.count == count else {
      throw TemporaryFileError(folder, "read a temporary file", errno)
    }
    return bytes
  }
}

/// What did not fit into memory could not be kept in a file either.
package struct TemporaryFileError: Explainable {
  package let diagnostic: Diagnostic

  fileprivate init(_ folder: String, _ step: String, _ code: Int32) {
    diagnostic = Diagnostic(
      at: .init(file: folder), "cannot \(step): \(unsafe String(cString: strerror(code)))",
      hint: "TMPDIR names another folder, and a larger --memory needs less of it")
  }
}
