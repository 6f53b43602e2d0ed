import Glibc

/// Gives a run that ends for want of memory a status of its own, as far as that can be told: where the system
/// refuses memory (`ulimit -v`, a strict kernel), the runtime traps. Where it grants more than there is, as
/// containers do, it kills in the end, and the status is 137.
enum OutOfMemory {
  /// A run may need as much at once: if it cannot be allocated, memory was short.
  private static let probedBytes = 256 << 20

  /// Installs the handler.
  static func watch() {
    for number in [SIGABRT, SIGILL, SIGTRAP, SIGSEGV] {
      var action = sigaction()
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      action.__sigaction_handler = .init(sa_handler: { _ in OutOfMemory.endIfShort() })
      _ = unsafe sigaction(number, &action, nil)
    }
  }

  /// Ends the process where no memory is to be had. Otherwise the trap happens again, and has its usual end.
  ///
  /// Calls nothing but the kernel: the process may be in any state.
  private static func endIfShort() {
    let probe = unsafe mmap(nil, probedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard unsafe probe == MAP_FAILED else {
      _ = unsafe munmap(probe, probedBytes)
      return
    }
    let message: StaticString = "error: out of memory\n"
    _ = unsafe write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    _exit(ExitStatus.outOfMemory.rawValue)
  }
}
