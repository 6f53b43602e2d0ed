import Subprocess
import Testing

@Suite struct JobTests {
  let folder: TemporaryFolder
  let nights: String

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Events.powershellTo4444, to: "nights/a.jsonl")
    try folder.write(Events.curlTo8088, to: "nights/b/c.jsonl")
    try folder.write("not an archive", to: "nights/notes.txt")
    nights = folder.path + "/nights"
  }

  @Test("The recipe for mail sends what was printed, and fails where nothing is sent")
  func tells() async throws {
    let text = try folder.write("night 3: \"1\" new archive\n", to: "text")
    try folder.write("#!/bin/sh\ncat\n", to: "bin/sendmail")
    let outcome = try await Program.shell(
      #"""
      chmod +x "$2/bin/sendmail"; export MONITOR_EXIT_STATUS=3
      PATH="$2/bin:$PATH" MAILTO=soc@example.org MAILFROM=me@example.org sh "$1" unit "$3"         | grep -v ^Subject
      sh "$1" unit "$3"; echo $?
      """#, LedgerRunTests.root + "/jobs/oddport-tell", folder.path, text)
    #expect(
      outcome.output == """
        From: me@example.org
        To: soc@example.org
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        night 3: "1" new archive
        64

        """)
    #expect(outcome.complaints.contains("nothing is sent"))
  }

  @Test("A dry run lists the archives and reads none of them")
  func dryRun() async throws {
    let outcome = try await Program.run("hunt", nights, "--dry-run", "--fail-on", "low")
    #expect(outcome.status == .exited(0))
    #expect(outcome.complaints == "")
    let sizes = [Events.powershellTo4444, Events.curlTo8088].map(\.utf8.count)
    #expect(
      outcome.output.hasPrefix(
        """
        # would read 2 archives, \(sizes[0] + sizes[1]) bytes; 1 other file passed over
        #   \(sizes[0])  a.jsonl
        #   \(sizes[1])  b/c.jsonl
        # with these settings:
        archives:
          - "\(nights)"

        """))
    #expect(outcome.output.contains("\nfail-on: low\n"))
  }

  @Test("What a dry run prints is a job that says the same")
  func dryRunIsAJob() async throws {
    let first = try await Program.run(
      "hunt", nights, "--dry-run", "--parity", "tuned", "--from", "2024-01-01", "--assume-tz",
      "-03:30", "--format", "json", "--check-all", "-q")
    let job = try folder.write(first.output, to: "again.yaml")
    #expect(try await Program.run("hunt", "--job", job, "--dry-run") == first)
  }

  @Test(
    "An option overrides the job",
    arguments: [
      (["--parity", "strict"], "\nparity: strict\n"), (["--no-check-all"], "\ncheck-all: false\n"),
      (["--workers", "auto"], "\nworkers: auto\n"), ([], "\nparity: tuned\n"),
    ])
  func optionsOverride(arguments: [String], line: String) async throws {
    let job = try folder.write(
      "archives: \(nights)\nparity: tuned\ncheck-all: true\nworkers: 3\n", to: "job.yaml")
    let outcome = try await Program.run(["hunt", "--job", job, "--dry-run"] + arguments)
    #expect(outcome.status == .exited(0))
    #expect(outcome.output.contains(line))
  }

  @Test("Archives on the command line stand instead of the job's")
  func archivesOverride() async throws {
    let job = try folder.write("archives: nowhere/\n", to: "job.yaml")
    let outcome = try await Program.run("hunt", nights + "/b", "--job", job, "--dry-run")
    #expect(outcome.output.hasPrefix("# would read 1 archive, "))
  }

  @Test("A job's paths start at the current folder, as those of options do")
  func pathsOfAJob() async throws {
    let job = try folder.write("archives: nights/b\n", to: "jobs/job.yaml")
    let outcome = try await Program.shell(
      #"cd "$1" && "$0" hunt --job "$2" --dry-run"#, folder.path, job)
    #expect(outcome.output.hasPrefix("# would read 1 archive, "))
  }

  @Test("A job's mistakes are named with their lines, all at once")
  func mistakes() async throws {
    let job = try folder.write("parity: seeed\narchves: x\n", to: "job.yaml")
    let outcome = try await Program.run("hunt", "--job", job)
    #expect(outcome.status == .exited(64))
    #expect(
      outcome.complaints == """
        \(job):1: error: parity: invalid value 'seeed'
          hint: did you mean 'seed'?
        \(job):2: error: unknown key 'archves'
          hint: did you mean 'archives'?

        """)
  }

  @Test("A contradiction is named where it was written")
  func contradiction() async throws {
    let job = try folder.write("archives: x\nfrom: 2024-05-02\n", to: "job.yaml")
    let inJob = try await Program.run("hunt", "--job", job, "--to", "2024-05-01")
    #expect(inJob.complaints.hasPrefix("\(job):2: error: from: 2024-05-02T00:00:00Z is not before"))
    let option = try await Program.run(
      "hunt", "--job", job, "--from", "2024-05-03", "--to", "2024-05-01")
    #expect(option.complaints.hasPrefix("error: --from: 2024-05-03T00:00:00Z is not before"))
  }

  @Test("A job that names no archives needs some on the command line")
  func nothingToRead() async throws {
    let job = try folder.write("parity: tuned\n", to: "job.yaml")
    let outcome = try await Program.run("hunt", "--job", job)
    #expect(outcome.status == .exited(64))
    #expect(
      outcome.complaints.hasPrefix("error: neither the job nor the command line says what to read"))
  }
}
