import Subprocess
import Testing

@Suite struct ExitStatusTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "Findings show in the status from the severity on that was asked for",
    arguments: [
      (Events.powershellTo4444, "high", Int32(1)), (Events.powershellTo4444, "low", 1),
      (Events.powershellTo4444, "never", 0), (Events.curlTo8088, "medium", 0),
      (Events.curlTo8088, "low", 1), (Events.powershellTo443, "low", 0),
    ])
  func findings(line: String, failOn: String, status: Int32) async throws {
    let outcome = try await Program.run("hunt", "-", "--fail-on", failOn, input: line)
    #expect(outcome.status == .exited(status))
    #expect(outcome.complaints == "")
  }

  @Test("Findings alone are no failure")
  func noThreshold() async throws {
    let outcome = try await Program.run("hunt", "-", input: Events.powershellTo4444)
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.contains("powershell.exe"))
  }

  @Test("A damaged archive shows in the status, and the others are read all the same")
  func damaged() async throws {
    try folder.write(Events.powershellTo4444, to: "nights/whole.jsonl")
    try folder.write([0x28, 0xB5, 0x2F, 0xFD], to: "nights/cut.jsonl.zst")
    let outcome = try await Program.run("hunt", folder.path + "/nights", "--fail-on", "high")
    #expect(outcome.status == .exited(2))
    #expect(outcome.output.contains("powershell.exe"))
    #expect(outcome.output.contains("cut.jsonl.zst"))
  }

  @Test("An archive in UTF-16 shows in the status, a single line that looks like it does not")
  func utf16() async throws {
    let text: [UInt8] = [0xFF, 0xFE] + Array(Events.powershellTo4444.utf8).flatMap { [$0, 0] }
    try folder.write(text + [10, 0], to: "wide/a.jsonl")
    let wide = try await Program.run("hunt", folder.path + "/wide")
    #expect(wide.status == .exited(3))
    #expect(wide.output.contains("UTF-16"))
    let lines = Array("\n\(Events.powershellTo4444)\n\(Events.powershellTo4444)\n".utf8)
    try folder.write(text + lines, to: "mixed/a.jsonl")
    let mixed = try await Program.run("hunt", folder.path + "/mixed")
    #expect(mixed.status == .exited(0))
    #expect(mixed.output.contains("powershell.exe"))
  }

  @Test(
    "A file that is named and not there is status 66, whatever it was to say",
    arguments: [
      ["hunt", "--job"], ["hunt", "-", "--intel"], ["hunt", "-", "--suppressions"],
      ["sweep", "-", "--sigma"], ["intel", "check"], ["suppress", "check", "-", "--suppressions"],
      ["hunt"], ["verify"], ["reduce"], ["ledger", "status"],
    ])
  func absent(command: [String]) async throws {
    let path = folder.path + "/absent"
    let outcome = try await Program.run(command + [path])
    #expect(outcome.status == .exited(66))
    #expect(outcome.complaints.hasPrefix(path))
  }

  @Test("A report that cannot be written is status 73, and what was there stays")
  func cannotWrite() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    try folder.write("mine", to: "thesis/chapter1.txt")
    let outcome = try await Program.run("hunt", archive, "--out", folder.path + "/thesis")
    #expect(outcome.status == .exited(73))
    #expect(outcome.complaints.contains("chapter1.txt"))
    let left = try await Program.shell(#"cat "$1""#, folder.path + "/thesis/chapter1.txt")
    #expect(left.output == "mine")
  }

  @Test(
    "The first signal ends the run in order, with its own status",
    .timeLimit(.minutes(15)), arguments: [(Signal.interrupt, Int32(130)), (.terminate, 143)])
  func interrupted(signal: Signal, status: Int32) async throws {
    let outcome = try await Program.interrupted(by: signal)
    #expect(
      outcome
        == .init(
          status: .exited(status), output: "", complaints: "interrupted: no report was written\n"))
  }

  @Test("Colour is for terminals, unless it is wished for")
  func color() async throws {
    let input = Events.powershellTo4444
    #expect(try await !Program.run("hunt", "-", input: input).output.contains("\u{1B}"))
    let colored = try await Program.run("hunt", "-", "--color", "always", input: input)
    #expect(colored.output.contains("\u{1B}"))
  }

  @Test("A report in a folder leaves standard output empty and says one line, or none if quiet")
  func quiet() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let loud = try await Program.run("hunt", archive, "--out", folder.path + "/report")
    #expect(loud.status == .exited(0))
    #expect(loud.output == "")
    #expect(loud.complaints.hasPrefix("1 High, 0 Medium, 0 Low"))
    let quiet = try await Program.run("hunt", archive, "--out", folder.path + "/report", "-q")
    #expect(quiet == .init(status: .exited(0), output: "", complaints: ""))
  }
}
