import ArgumentParser
import Diagnostics
import Glibc
import Reporting

/// The command line: arguments in, exit status out.
@main
struct Oddport: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "oddport",
    abstract: "Did anything in our archives ever talk C2 over an odd port?",
    discussion: """
      Hunts MITRE ATT&CK T1571 (Non-Standard Port) in zstd-compressed JSON-lines archives of Windows \
      Sysmon events, exactly as the published detection means it.

        oddport hunt archives/

      \(ExitStatus.list)
      """,
    version: version, subcommands: [HuntCommand.self, ShapesCommand.self])

  static func main() async {
    // A reader that closes early, such as head, ends the run without a word.
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as any Explainable {
      complain(error.diagnostic.description)
      let status: ExitStatus = error is OutputError ? .cannotWrite : .wrongUsage
      Glibc.exit(status.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}

/// Writes to standard error, where everything goes that is no result.
func complain(_ text: String) {
  send(text + "\n", to: STDERR_FILENO)
}

/// Writes results to standard output, or complaints to standard error.
func send(_ text: String, to descriptor: Int32) { send(Array(text.utf8), to: descriptor) }

func send(_ bytes: [UInt8], to descriptor: Int32) {
  unsafe bytes.withUnsafeBytes { buffer in
    var done = 0
    while done < buffer.count {
      let count = unsafe Glibc.write(
        descriptor, buffer.baseAddress! + done, buffer.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      done += count
    }
  }
}
