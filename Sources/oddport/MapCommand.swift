import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Glibc
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport map`: archives in, partial facts out.
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Read archives, or units of a plan, into partial facts, for oddport reduce.",
    discussion: """
      For runs on several machines. With --plan nothing is read but the units that are asked for, which are \
      looked for below the folders that the plan was made of, wherever these are mounted. How facts are \
      judged and reported is for reduce to say.

      What is damaged, missing or cannot be opened is in the partial, and reduce tells it: it is not an error \
      of map, unless --on-bad fail says so. A unit that is not what it was when the plan was made is one.

        oddport plan archives/ --output night.plan
        oddport map --plan night.plan --shard 2/5 archives/ --output 2.partial
        oddport map --plan night.plan --unit 3,7-9 archives/ --output some.partial

      \(ExitStatus.list)
      """)

  @OptionGroup var options: SettingOptions<MapUse>

  @Option(help: "Read units of this plan.", completion: .file())
  var plan: String?

  @Option(
    help: ArgumentHelp("The units to read, such as 3,7-9. (default: all)", valueName: "units"))
  var unit: UnitNumbers?

  @Option(
    help: ArgumentHelp(
      "Read the units of machine I of N: neighbours, of about as many bytes as the others'.",
      valueName: "i/n"))
  var shard: Shard?

  @Option(help: "What the report calls standard input, where that is the archive.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "What to do with input that is damaged, missing or cannot be opened: record it in the partial, or"
        + " fail.", valueName: "action"))
  var onBad = BadInput.record

  @Option(help: "The file to write; standard output without it.", completion: .file())
  var output: String?

  func run() async throws {
    var settings = try options.settingsWithInput()
    let work: Work
    if let plan {
      work = try planned(plan, &settings)
    } else {
      guard unit == nil, shard == nil else { throw UsageError.unitsWithoutPlan }
      work = .everything(try ArchiveFinder.find(paths: settings.archives, standardInput: name))
    }
    var scanOptions = ScanOptions(settings)
    scanOptions.hashesContent = true
    scanOptions.keepsHeads = true
    let merge = try await UnitReading(
      work: work, onBad: onBad, settings: settings, options: scanOptions
    ).read()
    if let output {
      try AtomicFile.write(to: output) { append in try merge.write { try append($0) } }
    } else {
      try merge.write { try writeOutput($0) }
    }
  }

  private func planned(_ path: String, _ settings: inout HuntSettings) throws -> Work {
    try options.refuse(
      { $0.effect == .facts || $0.effect == .selection },
      because: "has no effect: the plan says how archives are read",
      hint: "say it to oddport plan")
    guard name == nil else { throw UsageError.nameWithoutStream }
    guard unit == nil || shard == nil else { throw UsageError.unitsTwice("--shard") }
    let plan = try WorkPlan(readingFile: path)
    try settings.adopt(plan.reading, of: path, "the plan was made")
    let numbers =
      unit?.numbers ?? shard.map { plan.share($0.number, of: $0.count) }
      ?? plan.units.map(\.number)
    if let last = numbers.last, last > plan.units.count {
      throw UsageError.noSuchUnit(last, of: plan.units.count)
    }
    if settings.archives.contains("-"), settings.archives.count > 1 || numbers.count != 1 {
      throw UsageError.oneUnitFromStream
    }
    // A machine where a folder is missing as a whole must not find all archives missing.
    for path in settings.archives where path != "-" {
      guard unsafe access(path, F_OK) == 0 else { throw ArchiveError.missing(path: path) }
    }
    return .units(numbers, of: plan, below: settings.archives)
  }
}

/// What to do with input that cannot be read completely.
enum BadInput: String, ExpressibleByArgument, CaseIterable {
  case record, fail
}

/// Numbers of units: ascending, each once.
struct UnitNumbers: ExpressibleByArgument {
  let numbers: [Int]

  init?(argument: String) {
    var numbers: Set<Int> = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(bounds.count), let first = bounds[0],
        let last = bounds[bounds.count - 1],
        1 <= first, first <= last, last - first < 10_000_000
      else { return nil }
      numbers.formUnion(first...last)
    }
    self.numbers = numbers.sorted()
  }
}

/// One part of several, such as 2/5.
struct Shard: ExpressibleByArgument {
  let number: Int
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      (1...1_000_000).contains(count), (1...count).contains(number)
    else { return nil }
    self.number = number
    self.count = count
  }
}

extension HuntSettings {
  /// Adopts the settings that decide how facts are read; a job must not contradict them.
  ///
  /// - Parameters:
  ///   - file: The file that holds them.
  ///   - doing: What was done with them, such as "the plan was made".
  mutating func adopt(_ reading: [String: String], of file: String, _ doing: String) throws {
    for (name, value) in self.reading(ReduceCommand.carried).sorted(by: { $0.key < $1.key }) {
      guard let setting = SettingTable.named(name), isGiven(setting), let there = reading[name],
        there != value
      else { continue }
      throw UsageError(
        diagnostic: Diagnostic(
          at: .init(file: file), "\(doing) with \(name) \(there), and the job says \(value)",
          hint: "give all of them that job, or leave it out of the job"))
    }
    try adopt(reading)
  }
}
