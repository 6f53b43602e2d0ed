import Foundation
import Glibc
import Subprocess

/// The executable as it was built, run for real.
enum Program {
  struct Outcome: Equatable {
    var status: TerminationStatus
    var output: String
    var complaints: String
  }

  /// The tests and the executable are built into the same folder; `ODDPORT_UNDER_TEST` names another one.
  static let path =
    ProcessInfo.processInfo.environment["ODDPORT_UNDER_TEST"] ?? folder + "/oddport"

  /// The maker of archives.
  static let samples = folder + "/oddport-samples"

  private static let folder: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent().path
  }()

  /// A program that ends before it has read its input must not end the tests. (A handler, not
  /// `SIG_IGN`, which the program would inherit.)
  private static let outlivesBrokenPipes: Void = { _ = signal(SIGPIPE) { _ in } }()

  /// Neither the terminal nor the settings of whoever runs the tests may show.
  private static let environment = Environment.inherit.updating([
    "NO_COLOR": nil, "COLUMNS": nil, "TERM": "xterm",
  ])

  static func run(_ arguments: String..., input: String = "") async throws -> Outcome {
    try await run(arguments, input: input)
  }

  static func run(_ arguments: [String], input: String = "") async throws -> Outcome {
    outlivesBrokenPipes
    let result = try await Subprocess.run(
      .name("sh"), arguments: Arguments(["-c", #"exec "$0" "$@""#, path] + arguments),
      environment: environment,
      input: .string(input), output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
    return Outcome(
      status: result.terminationStatus, output: result.standardOutput,
      complaints: result.standardError)
  }

  /// Comes before what runs as somebody else or may not make files grow: an executable that was built
  /// for coverage complains where it cannot write its profile.
  static let withoutProfile = "export LLVM_PROFILE_FILE=/dev/null; "

  /// Runs a line of shell, in which `$0` is the executable and `$1` the first argument.
  static func shell(_ line: String, _ arguments: String...) async throws -> Outcome {
    try await shell(line, arguments: arguments)
  }

  static func shell(_ line: String, arguments: [String]) async throws -> Outcome {
    let result = try await Subprocess.run(
      .name("sh"), arguments: Arguments(["-c", line, path] + arguments), environment: environment,
      output: .string(limit: 1 << 22), error: .string(limit: 1 << 22))
    return Outcome(
      status: result.terminationStatus, output: result.standardOutput,
      complaints: result.standardError)
  }

  /// Hunts standard input, and sends `signal` once the program listens for it, before the input ends.
  static func interrupted(by signal: Signal) async throws -> Outcome {
    outlivesBrokenPipes
    let result = try await Subprocess.run(
      .name("sh"), arguments: ["-c", #"exec "$0" hunt -"#, path], environment: environment,
      input: .inputWriter, output: .string(limit: 1 << 22), error: .string(limit: 1 << 22)
    ) { execution in
      let process = execution.processIdentifier.value
      while !watches(process) { try await Task.sleep(for: .milliseconds(5)) }
      try execution.send(signal: signal)
      // Once it was heard, the next one would kill.
      while watches(process) { try await Task.sleep(for: .milliseconds(5)) }
      // By now the program may have ended.
      _ = try? await execution.standardInputWriter.write("{}\n")
      try? await execution.standardInputWriter.finish()
    }
    return Outcome(
      status: result.terminationStatus, output: result.standardOutput,
      complaints: result.standardError)
  }

  /// Whether a process watches for signals: SIGTERM then has not its default action. (SIGINT may be
  /// ignored from the start, where the tests run in the background of a script.)
  private static func watches(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let masks = (status ?? "").matches(of: /Sig(?:Ign|Cgt):\t([0-9a-f]+)/)
    return masks.contains { match in
      UInt64(match.1, radix: 16).map { $0 >> UInt64(SIGTERM - 1) & 1 == 1 } ?? false
    }
  }
}
