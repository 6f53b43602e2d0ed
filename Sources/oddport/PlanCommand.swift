import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Foundation
import Knowledge
import Reporting
import Scanning

/// `oddport plan`: archives in, units of work out.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Cut archives into units of work, for oddport map on several machines.",
    discussion: """
      The plan is text: how archives are read, and a line for each unit with its archive, its range of bytes \
      and their SHA-256. Who reads a unit needs nothing else of the archive. The same archives and settings \
      give the same plan, wherever they are mounted.

        oddport plan archives/ --output night.plan
        oddport map --plan night.plan --shard 1/2 archives/ --output 1.partial
        oddport map --plan night.plan --shard 2/2 archives/ --output 2.partial
        oddport reduce 1.partial 2.partial --expect night.plan

      \(ExitStatus.list)
      """)

  @OptionGroup var options: SettingOptions<PlanUse>

  @Option(
    help: ArgumentHelp(
      "The size of a unit on disk, at least; a unit ends where a zstd frame does.",
      valueName: "size"))
  var target = ByteCount(64 << 20)

  @Option(help: "What the report calls standard input, where that is the archive.")
  var name: String?

  @Option(help: "The file to write; standard output without it.", completion: .file())
  var output: String?

  func run() async throws {
    let settings = try options.settingsWithInput()
    let found = try ArchiveFinder.find(paths: settings.archives, standardInput: name)
    if let stream = found.archives.first(where: { $0.kind == .stream }),
      name == nil || found.archives.count > 1
    {
      throw UsageError.streamInPlan(stream.path)
    }
    let progress = ProgressLine(found.archives, settings)
    defer { progress.clear() }
    let options = ScanOptions(settings)
    let (units, unreadable) = try await interruptibly { [target] in
      try await plannedUnits(of: found.archives, targetBytes: target.bytes, options) {
        progress.advance(by: $0)
      }
    }
    progress.clear()
    for input in unreadable {
      printError(Diagnostic(at: .init(file: input.name), input.reason).description)
    }
    let plan = WorkPlan(
      reading: settings.reading(ReduceCommand.carried), foundArchives: found.archives.count,
      unread: found.unread + unreadable, units: units)
    let text = Array(plan.text(version: Oddport.version).utf8)
    if let output {
      try AtomicFile.write(text, to: output)
    } else {
      try writeOutput(text)
    }
  }
}

extension WorkPlan {
  /// - Throws: `PlanError`, `ArchiveError`.
  init(readingFile path: String) throws {
    try self.init(contents(of: path), file: path, version: Oddport.version)
  }
}

/// - Throws: `ArchiveError`.
func contents(of path: String) throws(ArchiveError) -> [UInt8] {
  guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
  guard let data = FileManager.default.contents(atPath: path) else {
    throw .unreadable(path: path, reason: "it is a folder, or this user may not read it")
  }
  return Array(data)
}

extension ArchiveFinder {
  /// - Parameter name: What standard input is called, which is then the only archive; nil where it has no
  ///   name.
  static func find(paths: [String], standardInput name: String?) throws -> Found {
    guard let name else { return try find(paths: paths) }
    guard paths == ["-"] else { throw UsageError.nameWithoutStream }
    var found = try find(paths: paths)
    found.archives = [.standardInput(named: name)]
    return found
  }
}

/// A number of bytes, such as 64M.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    let shift = argument.last.flatMap { shifts[$0] }
    guard let number = Int(shift == nil ? argument[...] : argument.dropLast()),
      (1...1 << 20).contains(number) || shift == nil && number > 0
    else { return nil }
    bytes = number << (shift ?? 0)
  }

  var defaultValueDescription: String { "\(bytes >> 20)M" }
}
