import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport ledger`: inspects and maintains a ledger.
struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Inspect and maintain a ledger.",
    discussion: "A ledger is made and fed by oddport hunt --ledger FILE ARCHIVE.",
    subcommands: [
      Status.self, Check.self, Add.self, Import.self, Reread.self, Forget.self, Prune.self,
      Export.self, Schema.self,
    ])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what a ledger holds.")

    @Argument(help: "The ledger.", completion: .file())
    var ledger: String

    func run() throws {
      let ledger = try Ledger(ledger, for: .asking)
      let status = try ledger.status()
      let reading = try ledger.reading().sorted { $0.key < $1.key }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      let outdated = status.outdatedArchives
      let notUnderstood =
        "\(status.notUnderstoodLines) lines"
        + (outdated > 0
          ? "; worth reading again: \(outdated) archive\(outdated == 1 ? "" : "s") (oddport ledger reread --blind)"
          : "")
      let days = status.days.map {
        "\(date($0.lowerBound)) to \(date($0.upperBound)) (UTC)"
      }
      let lines = [
        ("archives", "\(status.archives), \(status.archiveBytes) bytes"),
        ("damaged", "\(status.damagedArchives)"),
        ("known without facts", "\(status.archivesWithoutFacts) (grown into others, or pruned)"),
        ("days", days ?? "none"),
        ("connections", "\(status.connections) in \(status.connectionFacts) facts"),
        ("processes", "\(status.processFacts)"),
        ("registry changes", "\(status.registryChanges)"),
        ("findings reported", "\(status.reported)"),
        ("not understood", notUnderstood),
        ("read with", reading),
        ("size", "\(status.bytes) bytes"),
      ]
      let width = lines.map(\.0.count).max() ?? 0
      let text = lines.map { name, value in
        name + String(repeating: " ", count: width + 2 - name.count) + value + "\n"
      }
      try writeOutput(Array(text.joined().utf8))
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a ledger's integrity.",
      discussion: "Ends with status 2, and says what is wrong, where anything is.")

    @Argument(help: "The ledger.", completion: .file())
    var ledger: String

    func run() throws {
      let problems = try Ledger.problems(of: ledger)
      let sound =
        Ledger.hasChecksums(ledger)
        ? "ok" : "ok; without checksums as yet: the next run that adds to it gives each page one"
      let lines = problems.isEmpty ? [sound] : problems.map { Escaping.terminal($0) }
      try writeOutput(Array(lines.map { $0 + "\n" }.joined().utf8))
      if !problems.isEmpty { throw ExitStatus.partial.code }
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read archives into a ledger, without a report.")

    @OptionGroup var options: SettingOptions<LedgerAddUse>

    func run() async throws {
      let settings = try options.settings()
      guard let path = settings.ledger else { throw UsageError.noLedger }
      guard !settings.archives.isEmpty else { throw UsageError.noArchives(job: options.job) }
      let found = try ArchiveFinder.find(paths: settings.archives)
      let progress = ProgressLine(found.archives, settings)
      let ledger = try Ledger(path, for: .adding(settings.reading([.facts])))
      let read = try await LedgerFeeding(ledger, settings).read(found.archives) {
        progress.advance(by: $0)
      }
      progress.clear()
      for diagnostic in read.unreadable { printError(diagnostic.description) }
      var reading = try await Reading.recall(RecallPlan(), from: ledger, settings)
      reading.scan.unreadable = read.unreadable
      reading.note(found, settings)
      var tonight = settings
      tonight.isOnlyNew = true
      tonight.accepted.append(.nothingNew)
      let verdict = reading.verdict(tonight, feeds: [])
      if verdict.level != .complete { printError(verdict.text) }
      try verdict.finish()
    }
  }

  struct Reread: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read archives again, from where they were, and replace their facts.",
      discussion: """
        With --blind those with lines that an earlier version did not understand, or did not count. One \
        that has moved since is named, keeps its facts, and the status is 2: forget it, and add it \
        from where it is now.
        """)

    @Argument(help: "The ledger.", completion: .file())
    var ledger: String

    @Argument(help: "Archives, by name, path or SHA-256.")
    var archives: [String] = []

    @Flag(help: "All that an earlier version may not have understood.")
    var blind = false

    func run() async throws {
      guard blind != !archives.isEmpty else {
        throw ValidationError("give either --blind or the names of archives")
      }
      let ledger = try Ledger(ledger, for: .upkeep)
      var settings = HuntSettings()
      try settings.adopt(ledger.reading())
      let outdated = try ledger.outdated(named: blind ? nil : archives)
      let files = outdated.flatMap { archive in
        archive.paths.map { InputFile(name: archive.name, path: $0) }
      }.filter { $0.bytesOnDisk > 0 }
      let read = try await LedgerFeeding(ledger, settings).read(files, rereads: true)
      let missing = outdated.filter { read.paths.isDisjoint(with: $0.paths) }
      for diagnostic in read.unreadable { printError(diagnostic.description) }
      for archive in missing {
        printError(
          "\(Escaping.terminal(archive.name)): is not where it was, or not the same any more")
      }
      let count = read.paths.count
      try writeOutput(Array("read \(count) archive\(count == 1 ? "" : "s") again\n".utf8))
      if read.isPartial || !read.unreadable.isEmpty || !missing.isEmpty {
        throw ExitStatus.partial.code
      }
    }
  }

  struct Forget: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget archives and their facts, as if they had never been read.")

    @Argument(help: "The ledger.", completion: .file())
    var ledger: String

    @Argument(help: "Archives, by name, path or SHA-256 (its first eight digits or more).")
    var archives: [String]

    func run() throws {
      let count = try Ledger(ledger, for: .upkeep).forget(archives)
      try writeOutput(Array("forgot \(count) archive\(count == 1 ? "" : "s")\n".utf8))
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget the facts of archives whose events are all older than a given day.",
      discussion: "The archives stay known and are not read again.")

    @Argument(help: "The ledger.", completion: .file())
    var ledger: String

    @Option(help: "A day such as 2024-05-01, UTC.")
    var before: String

    func run() throws {
      guard before.utf8.count == 10,
        let day = UTCTime(Array("\(before)T00:00:00Z".utf8).span, withoutZone: .refused)?.day
      else { throw ValidationError("--before: '\(before)' is not a day such as 2024-05-01") }
      let count = try Ledger(ledger, for: .upkeep).prune(before: day)
      try writeOutput(Array("pruned \(count) archive\(count == 1 ? "" : "s")\n".utf8))
    }
  }
}

/// `YYYY-MM-DD`.
private func date(_ day: Int32) -> String {
  String(UTCTime(milliseconds: Int64(day) * 86_400_000).description.prefix(10))
}
