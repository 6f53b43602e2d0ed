import Foundation
import Subprocess
import Testing

/// What `make install` puts in place, with the executable of the tests.
@Suite struct PackagingTests {
  static let packaging = LedgerRunTests.root + "/packaging"
  static let hasPython = ["/usr/bin", "/usr/local/bin", "/bin"].contains {
    FileManager.default.isExecutableFile(atPath: $0 + "/python3")
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The page as words: requests dropped, escapes resolved.
  private func manual() async throws -> String {
    let outcome = try await Program.shell(
      #"""
      "$0" --experimental-dump-help > "$1/help.json" && python3 "$2/manual" 0.0.0 "$1/help.json"
      """#, folder.path, Self.packaging)
    try #require(outcome.status == .exited(0), "\(outcome.complaints)")
    let text = outcome.output.split(separator: "\n").filter { !$0.hasPrefix(".") }
      .joined(separator: "\n")
      .replacing(/\\f[BIR]/, with: "").replacing("\\&", with: "").replacing("\\-", with: "-")
      .replacing("\\e", with: "\\")
    return Self.words(text)
  }

  private static func words(_ text: some StringProtocol) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Arguments, options and groups of options with a title of their own, which help prints in capitals.
  private static func listsOptions(_ title: Substring) -> Bool {
    title.hasSuffix(":") && title == title.uppercased()
      && !["SUBCOMMANDS:", "USAGE:", "OVERVIEW:"].contains(title)
  }

  /// The entries of a help page's list below a title: its lines, unwrapped.
  private static func entries(of help: String, below isWanted: (Substring) -> Bool) -> [String] {
    var entries: [String] = []
    var isWithin = false
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.hasPrefix(" ") { isWithin = isWanted(line) }
      guard isWithin, line.hasPrefix("  ") else { continue }
      let isContinued = line.hasPrefix("      ")
      if isContinued, let last = entries.popLast() {
        entries.append(last + " " + words(line))
      } else {
        entries.append(words(line))
      }
    }
    return entries
  }

  @Test(
    "The man page has every command, argument and option that --help shows", .enabled(if: hasPython)
  )
  func manualAgreesWithHelp() async throws {
    let manual = try await manual()
    var commands: [[String]] = [[]]
    var optionCount = 0
    while let command = commands.popLast() {
      let help = try await Program.run(command + ["--help"]).output
      for entry in Self.entries(of: help, below: Self.listsOptions) {
        // A bare Bool: the whole page in a message would hide what is missing.
        let isThere = manual.contains(entry)
        #expect(isThere, "oddport \(command.joined(separator: " ")): \(entry)")
        let showsSwift = entry.contains(/default: [A-Z][A-Za-z]*\(/)
        #expect(!showsSwift, "a default as Swift describes it: \(entry)")
        optionCount += 1
      }
      let subcommands = Self.entries(of: help, below: { $0 == "SUBCOMMANDS:" })
      for entry in subcommands where !entry.hasPrefix("See ") {
        let parts = entry.replacing(" (default)", with: "").split(separator: " ", maxSplits: 1)
        commands.append(command + [String(parts[0])])
        let title = "oddport " + commands[commands.count - 1].joined(separator: " ")
        let isThere = manual.contains(parts.count > 1 ? String(parts[1]) : title)
        #expect(isThere, "\(title)")
      }
    }
    #expect(optionCount > 100)
  }

  @Test("make install puts everything below the prefix, and make uninstall leaves nothing")
  func installs() async throws {
    let outcome = try await Program.shell(
      #"""
      set -e
      "$2/install" "$0" "$1/root/opt/odd" /opt/odd
      cd "$1/root/opt/odd"; find . -type f | LC_ALL=C sort
      "./bin/oddport" --version > /dev/null
      bash -n share/bash-completion/completions/oddport
      grep ^ExecStart= lib/systemd/system/*
      "$2/install" --remove "$1/root/opt/odd"; echo "left: $(find . -type f)"
      """#, folder.path, Self.packaging)
    #expect(outcome.status == .exited(0))
    let output = outcome.output
    for file in [
      "./bin/oddport\n", "./bin/oddport-tell\n", "./share/man/man1/oddport-tell.1.gz\n",
      "./lib/systemd/system/oddport.timer\n",
      "./share/bash-completion/completions/oddport\n", "./share/zsh/site-functions/_oddport\n",
      "./share/fish/vendor_completions.d/oddport.fish\n", "./share/oddport/intel/t1571.csv\n",
      "./share/oddport/jobs/nightly.yaml\n", "./share/doc/oddport/README.md\n",
    ] { #expect(output.contains(file), "\(file)") }
    #expect(output.contains("./share/man/man1/oddport.1.gz\n") == Self.hasPython)
    #expect(output.contains("ExecStart=/opt/odd/bin/oddport hunt"))
    #expect(!output.contains("/usr/local/bin"))
    #expect(output.hasSuffix("left: \n"))
  }
}
