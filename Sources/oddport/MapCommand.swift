import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Foundation
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport map`: archives in, partial facts out.
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Read archives into partial facts, for oddport reduce.",
    discussion: """
      For runs on several machines. With --shard 2/5 all machines are given the same archives, and each \
      reads its share of them; an archive of many frames that is more than one share is dealt out in \
      pieces. How facts are judged and reported is for reduce to say.

      What is damaged or cannot be opened is in the partial, and reduce tells it: it is not an error of map.

        oddport map archives/ --shard 1/2 --output 1.partial
        oddport map archives/ --shard 2/2 --output 2.partial
        oddport reduce 1.partial 2.partial

      \(ExitStatus.list)
      """)

  @OptionGroup var options: SettingOptions<MapUse>

  @Option(help: ArgumentHelp("Read part I of N.", valueName: "i/n"))
  var shard = Shard()

  @Option(help: "The file to write; standard output without it.", completion: .file())
  var output: String?

  func run() async throws {
    let settings = try options.settingsWithInput()
    let found = try ArchiveFinder.find(paths: settings.archives)
    if shard.count > 1, let stream = found.archives.first(where: { $0.kind == .stream }) {
      throw UsageError.streamInShards(stream.path)
    }
    let list = ArchiveList(found.archives)
    let shares = try ArchiveShare.dealt(found.archives, to: shard.number, of: shard.count)
    var (reading, pieces) = try await Reading.facts(of: shares, settings)
    reading.complainOfUnreadable()
    reading.note(found, settings)
    var partial = PartialFacts(
      scan: reading.scan, pieces: pieces, reading: settings.reading(ReduceCommand.carried),
      shard: shard.number, shards: shard.count, of: list)
    partial.unread = reading.evidence.unread
    let bytes = try partial.encoded()
    if let output {
      try AtomicFile.write(bytes, to: output)
    } else {
      try deliver(bytes)
    }
    if !settings.isQuiet { complainOfDamage(partial) }
  }

  private func complainOfDamage(_ partial: PartialFacts) {
    for record in partial.scan.archives {
      guard let damage = record.damage else { continue }
      complain(
        "\(Escaping.terminal(record.name)): damaged at byte \(damage.offset):"
          + " \(Escaping.terminal(damage.reason)); the partial holds what comes before")
    }
    for piece in partial.pieces {
      for damage in piece.piece.chunks.compactMap({ $0.end?.damage }) {
        complain(
          "\(Escaping.terminal(piece.unit)): damaged at byte \(damage.offset):"
            + " \(Escaping.terminal(damage.reason)); the partial says so")
      }
    }
  }
}

/// One part of several.
struct Shard: ExpressibleByArgument {
  var number = 1
  var count = 1

  var defaultValueDescription: String { "\(number)/\(count)" }

  init() {}

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]), count <= 100_000,
      (1...max(1, count)).contains(number), count >= 1
    else { return nil }
    self.number = number
    self.count = count
  }
}

/// `oddport reduce`: partial facts in, report out.
struct ReduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Merge partial facts into the report of one hunt.",
    discussion: """
      The report is the one that oddport hunt would have written over all the archives, byte for byte, \
      in whatever order the parts are given. How they were read is in the parts; parity, intelligence, \
      suppressions and output are said here. Parts that are missing, there twice, of another list of \
      archives or read with other settings are refused.

      \(ExitStatus.list)
      """)

  /// The settings that a partial carries: what decides which facts are in it.
  static let carried: Set<SettingEffect> = [.facts, .selection]

  @OptionGroup var options: SettingOptions<ReduceUse>

  func run() async throws {
    var settings = try options.settings()
    guard !settings.archives.isEmpty else { throw UsageError.noPartials }
    var parts: [(file: String, facts: PartialFacts)] = []
    for path in settings.archives {
      parts.append((path, try PartialFacts(try contents(of: path), file: path)))
    }
    try adoptReading(of: parts[0], in: &settings)
    let scan = try PartialFacts.reduce(parts, ScanOptions(settings))
    let suppressions = try Suppressions(settings)
    let intelligence = try Intelligence(settings)
    var reading = Reading(scan: scan)
    reading.evidence.unread = Set(parts.flatMap(\.facts.unread)).sorted {
      ($0.name, $0.reason) < ($1.name, $1.reason)
    }
    let lists = parts.map(\.facts.list.archives)
    reading.evidence.run.foundArchives = parts[0].facts.shards > 1 ? lists[0] : lists.reduce(0, +)
    reading.complainOfUnreadable()
    let delivery = ReportDelivery(
      command: "hunt", settings: settings, reading: reading, suppressions: suppressions,
      intelligence: intelligence)
    try delivery.deliver(await delivery.verdict)
  }

  /// What a job says of the reading has to be what the parts say.
  private func adoptReading(
    of part: (file: String, facts: PartialFacts), in settings: inout HuntSettings
  ) throws {
    let asked = settings.reading(Self.carried)
    for (name, value) in asked.sorted(by: { $0.key < $1.key }) {
      guard let setting = SettingTable.named(name), settings.isGiven(setting),
        let there = part.facts.reading[name], there != value
      else { continue }
      throw UsageError(
        diagnostic: Diagnostic(
          at: .init(file: part.file), "was read with \(name) \(there), and the job says \(value)",
          hint: "run oddport map with that job as well, or leave it out of the job"))
    }
    try settings.adopt(part.facts.reading)
  }

  private func contents(of path: String) throws -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ArchiveError.missing(path: path)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ArchiveError.unreadable(
        path: path, reason: "it is a folder, or this user may not read it")
    }
    return Array(data)
  }
}
