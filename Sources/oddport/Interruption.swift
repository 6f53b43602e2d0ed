import Dispatch
import Glibc
import Synchronization

/// The run was told to stop; it ends with this status.
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
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler {
      signal(number, SIG_DFL)
      caught.status.withLock { $0 = status }
      work.cancel()
    }
    source.resume()
    return source
  }
  defer { for source in sources { source.cancel() } }
  do {
    return try await work.value
  } catch is CancellationError {
    throw Interrupted(status: caught.status.withLock { $0 } ?? .interrupted)
  }
}

private final class CaughtSignal: Sendable {
  let status = Mutex<ExitStatus?>(nil)
}
