import Diagnostics
import Glibc
import Reporting

/// Writes to standard error, where everything goes that is not a result.
///
/// Where that fails there is nowhere left to say so.
func complain(_ text: String) {
  _ = send(Array((text + "\n").utf8), to: STDERR_FILENO)
}

/// Writes results to standard output.
///
/// - Throws: ``OutputError`` where it does not take all of them.
func deliver(_ results: [UInt8]) throws(OutputError) {
  guard let number = send(results, to: STDOUT_FILENO) else { return }
  throw .failed(
    path: "standard output", step: "write", reason: unsafe String(cString: strerror(number)))
}

/// - Returns: The system's number of what went wrong; nil: all was written.
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
