import Foundation
import Glibc

/// One run at a time: a lock on the ledger file itself, through whatever link it was reached, which the
/// system lifts when the process ends, however it ends.
///
/// It is `flock`'s, which SQLite's own locks, those of `fcntl`, neither see nor lift. Closing any descriptor
/// of a file lifts those of `fcntl`, so this one is to be closed after SQLite has closed its own.
final class LedgerLock: Sendable {
  /// Of the ledger, to read and to write.
  let descriptor: Int32

  /// - Parameter creates: Whether a file that is not there is made.
  /// - Throws: ``LedgerError/held(path:process:)``, or ``LedgerError/failed(path:reason:)``.
  init(ledger path: String, creates: Bool) throws(LedgerError) {
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | (creates ? O_CREAT : 0), 0o644)
    guard descriptor >= 0 else {
      throw .failed(
        path: path, reason: "cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    let reason = errno
    let holder = Self.holder(of: descriptor)
    close(descriptor)
    guard reason == EWOULDBLOCK else {
      throw .failed(
        path: path, reason: "cannot be locked: \(unsafe String(cString: strerror(reason)))")
    }
    throw .held(path: path, process: holder)
  }

  deinit { close(descriptor) }

  /// Whether some run holds the lock now.
  static func isHeld(ledger path: String) -> Bool {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// The process that holds the lock, as the kernel lists it; nil where it is out of sight, in another
  /// container.
  private static func holder(of descriptor: Int32) -> Int32? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0,
      let list = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return nil }
    for line in list.split(separator: "\n") {
      // 1: FLOCK  ADVISORY  WRITE 4711 08:01:1571 0 EOF
      let parts = line.split(separator: " ")
      guard parts.count > 5, parts[1] == "FLOCK", parts[3] == "WRITE",
        parts[5].split(separator: ":").last == String(status.st_ino)[...]
      else { continue }
      return Int32(parts[4]).flatMap { $0 > 0 ? $0 : nil }
    }
    return nil
  }
}
