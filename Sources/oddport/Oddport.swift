import Archives
import ArgumentParser
import Bookkeeping
import CMemory
import Diagnostics
import Glibc
import Knowledge
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
    version: BuildVersion.text,
    subcommands: [
      HuntCommand.self, SweepCommand.self, LedgerCommand.self, IntelCommand.self,
      ExplainCommand.self, EvidenceCommand.self, PlanCommand.self, MapCommand.self,
      ReduceCommand.self,
      VerifyCommand.self, SuppressCommand.self, ShapesCommand.self,
    ])

  @Flag(name: .customShort("V"), help: "Same as --version.")
  var showsVersion = false

  mutating func run() async throws {
    guard showsVersion else { throw CleanExit.helpRequest(self) }
    throw CleanExit.message(BuildVersion.text)
  }

  static func main() async {
    // A reader that closes early, such as head, ends the run without a word.
    signal(SIGPIPE, SIG_DFL)
    // Only root may raise the priority of threads; libdispatch tries, and writes to syslog when it fails.
    _ = unsafe setenv("LIBDISPATCH_LOG", "NO", 0)
    OutOfMemory.watch()
    // Large arrays of facts are allocated and freed: this saves a sixth of the memory of a dense hunt.
    oddport_return_large_blocks()
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let interruption as Interrupted {
      printError("interrupted: no report was written")
      Glibc.exit(interruption.status.rawValue)
    } catch let error as any Explainable {
      for diagnostic in error.diagnostics { printError(diagnostic.description) }
      Glibc.exit(status(of: error).rawValue)
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      let error = UsageError(error, Array(CommandLine.arguments.dropFirst()))
      printError(error.diagnostic.description)
      Glibc.exit(ExitStatus.wrongUsage.rawValue)
    }
  }

  private static func status(of error: any Explainable) -> ExitStatus {
    switch error {
    case is OutputError, is TemporaryFileError, LedgerError.failed, LedgerError.disk: .cannotWrite
    case LedgerError.held: .held
    case LedgerError.damaged, LedgerError.unreadable: .partial
    case let error as PartialError: error.isIncomplete ? .partMissing : .badPart
    case is PlanError, is BadUnit, ArchiveError.changed: .badPart
    case ArchiveError.missing, ArchiveError.unreadable, LedgerError.missing, LedgerError.notAFile:
      .noInput
    case let error as JobFileError where error.isUnreadable: .noInput
    default: .wrongUsage
    }
  }
}
