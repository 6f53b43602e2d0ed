import Dispatch
import Glibc
import Synchronization

/// The run was asked to stop; it ends with this status.
struct Interrupted: Error {
  var status: ExitStatus
}

/// Runs `body` so that Ctrl-C or SIGTERM cancels it; the second signal kills the process.
///
/// - Throws: What `body` throws, or ``Interrupted`` once a signal has cancelled it.
func interruptibly<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R
{
  let work = Task { try await body() }
  let caught = CaughtSignal()
  let watched: [(Int32, ExitStatus)] = [(SIGINT, .interrupted), (SIGTERM, .terminated)]
  let sources = watched.map { number, status in
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler {
      for (number, _) in watched { signal(number, SIG_DFL) }
      caught.status.withLock { $0 = status }
      work.cancel()
      // Reading a pipe ends only when the other side writes or closes.
      if Terminal.showsProgress { printError("stopping; the same again stops at once") }
    }
    source.resume()
    return source
  }
  defer {
    for source in sources { source.cancel() }
    for (number, _) in watched { signal(number, SIG_DFL) }
  }
  let outcome = await work.result
  if let status = caught.status.withLock({ $0 }) { throw Interrupted(status: status) }
  return try outcome.get()
}

private final class CaughtSignal: Sendable {
  let status = Mutex<ExitStatus?>(nil)
}
