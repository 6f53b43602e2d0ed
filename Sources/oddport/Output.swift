import Diagnostics
import Glibc
import Reporting

/// Writes a message to standard error; only results go to standard output.
///
/// Failure is ignored: it could not be reported anywhere.
func printError(_ text: String) {
  _ = send(Array((text + "\n").utf8), to: STDERR_FILENO)
}

/// Writes results to standard output.
///
/// - Throws: ``OutputError`` if not all of them can be written.
func writeOutput(_ results: [UInt8]) throws(OutputError) {
  guard let number = send(results, to: STDOUT_FILENO) else { return }
  throw .failed(
    path: "standard output", step: "write", reason: unsafe String(cString: strerror(number)))
}

/// - Returns: `errno` of what went wrong; nil if everything was written.
func send(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
  unsafe bytes.withUnsafeBytes { buffer in
    var rest = unsafe buffer[...]
    while unsafe !rest.isEmpty {
      let count = unsafe write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      unsafe rest = unsafe rest.dropFirst(count)
    }
    return nil
  }
}
