import CExchange
import Glibc

/// The few system calls that writing needs, each an error with a reason where it fails. The only file
/// of this module that touches the world.
enum Disk {
  enum Kind: Equatable {
    case directory, file
    /// A device, a pipe, a socket: nothing that a rename could replace.
    case other
  }

  static let processID = getpid()

  /// The kind of file at `path`, links followed; nil where there is none.
  static func kind(of path: String) throws(OutputError) -> Kind? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw failure(path, "look at it")
    }
    return switch status.st_mode & S_IFMT {
    case S_IFDIR: .directory
    case S_IFREG: .file
    default: .other
    }
  }

  /// The permission bits of the file at `path`; nil where there is none.
  static func permissions(of path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  static func setPermissions(_ mode: mode_t, of path: String) throws(OutputError) {
    guard unsafe chmod(path, mode) == 0 else { throw failure(path, "set its permissions") }
  }

  /// The path without links, `.` and `..`; nil where there is nothing.
  static func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  static func makeDirectory(_ path: String) throws(OutputError) {
    guard unsafe mkdir(path, 0o777) == 0 else { throw failure(path, "make this directory") }
  }

  /// Names in a directory, in byte order, without `.` and `..`.
  static func names(in path: String) throws(OutputError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw failure(path, "list this directory") }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted(by: isBefore)
  }

  /// At most the first `limit` bytes of a file.
  static func beginning(of path: String, limit: Int) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    return unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      while count < limit {
        let got = unsafe read(file, buffer.baseAddress! + count, limit - count)
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        count += got
      }
    }
  }

  /// Points the link at `path` to `target` in one step, whatever it pointed to.
  static func link(_ path: String, to target: String) throws(OutputError) {
    let partial = path + ".\(getpid())"
    unsafe unlink(partial)
    guard unsafe symlink(target, partial) == 0 else { throw failure(partial, "make a link") }
    try move(partial, to: path)
  }

  /// Writes bytes that arrive in pieces.
  typealias Body = (_ append: ([UInt8]) throws(OutputError) -> Void) throws -> Void

  /// Makes a new file, and returns when the disk has it.
  static func create(_ path: String, _ bytes: [UInt8]) throws(OutputError) {
    do {
      try create(path) { append in try append(bytes) }
    } catch let error as OutputError {
      throw error
    } catch {
      preconditionFailure("nothing else is thrown: \(error)")
    }
  }

  /// The same for bytes that arrive in pieces.
  static func create(_ path: String, _ body: Body) throws {
    try write(to: path, O_CREAT | O_EXCL, durably: true, body)
  }

  /// Writes to an existing device or pipe.
  static func append(to path: String, _ body: Body) throws {
    try write(to: path, O_APPEND, durably: false, body)
  }

  private static func write(to path: String, _ flags: CInt, durably: Bool, _ body: Body) throws {
    let file = unsafe open(path, O_WRONLY | O_CLOEXEC | flags, 0o666)
    guard file >= 0 else { throw failure(path, "open it for writing") }
    do {
      try body { bytes throws(OutputError) in try write(bytes, to: file, path) }
      if durably, fsync(file) != 0 { throw failure(path, "bring it to the disk") }
    } catch {
      close(file)
      throw error
    }
    guard close(file) == 0 else { throw failure(path, "close it") }
  }

  private static func write(_ bytes: [UInt8], to file: CInt, _ path: String) throws(OutputError) {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(file, $0.baseAddress! + done, bytes.count - done)
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else { throw failure(path, "write to it") }
      done += wrote
    }
  }

  /// Brings the names of a directory to the disk. Some file systems cannot, and need not.
  static func settle(_ directory: String) {
    let handle = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }

  /// Atomic: a reader sees the former file or the new one.
  static func move(_ path: String, to target: String) throws(OutputError) {
    guard unsafe rename(path, target) == 0 else {
      throw failure(target, "put the new one in its place")
    }
  }

  /// Exchanges two directories atomically; false where the file system does not know how.
  static func exchange(_ a: String, _ b: String) throws(OutputError) -> Bool {
    if unsafe oddport_exchange(a, b) == 0 { return true }
    if errno == EINVAL || errno == ENOSYS { return false }
    throw failure(b, "put the new one in its place")
  }

  @discardableResult
  static func removeFile(_ path: String) -> Bool { unsafe unlink(path) == 0 }

  /// Only if it is empty.
  @discardableResult
  static func removeDirectory(_ path: String) -> Bool { unsafe rmdir(path) == 0 }

  /// Whether a process of this number runs, under any user.
  static func isRunning(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno == EPERM }

  private static func failure(_ path: String, _ step: String) -> OutputError {
    .failed(path: path, step: step, reason: unsafe String(cString: strerror(errno)))
  }
}
