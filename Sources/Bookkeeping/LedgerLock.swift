import Glibc

/// One run at a time: a lock on a file beside the ledger, which the system lifts when the process ends,
/// however it ends.
final class LedgerLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``LedgerError/held(path:process:)``, or ``LedgerError/failed(path:reason:)``.
  init(ledger path: String) throws(LedgerError) {
    let file = path + ".lock"
    descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .failed(path: file, reason: unsafe String(cString: strerror(errno)))
    }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    if unsafe fcntl(descriptor, F_SETLK, &lock) == 0 { return }
    _ = unsafe fcntl(descriptor, F_GETLK, &lock)
    close(descriptor)
    throw .held(path: path, process: lock.l_pid)
  }

  deinit { close(descriptor) }
}
