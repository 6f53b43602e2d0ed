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

        oddport map archives/ --shard 1/2 --output 1.partial
        oddport map archives/ --shard 2/2 --output 2.partial
        oddport reduce 1.partial 2.partial
      """)

  @OptionGroup var options: HuntOptions

  @Option(help: ArgumentHelp("Read part I of N.", valueName: "i/n"))
  var shard = Shard()

  @Option(help: "The file to write; standard output without it.", completion: .file())
  var output: String?

  func run() async throws {
    let settings = try options.settings()
    guard settings.ledger == nil, !settings.dedupe else { throw UsageError.mapAlone }
    guard !settings.archives.isEmpty else { throw UsageError.noArchives(job: options.job) }
    let found = try ArchiveFinder.find(paths: settings.archives)
    let shares = try ArchiveShare.dealt(found.archives, to: shard.number, of: shard.count)
    var (reading, pieces) = try await Reading.facts(of: shares, settings)
    reading.complainOfUnreadable()
    reading.note(found, settings)
    var partial = PartialFacts(
      scan: reading.scan, pieces: pieces, reading: settings.partialReading, shard: shard.number,
      shards: shard.count)
    partial.unread = reading.evidence.unread
    let bytes = try partial.encoded()
    if let output {
      try AtomicFile.write(bytes, to: output)
    } else {
      try deliver(bytes)
    }
    if pieces.contains(where: { $0.piece.chunks.contains { $0.end?.damage != nil } }) {
      throw ExitStatus.partial.code
    }
    // One share may hold nothing that is recognised: reduce sees the whole.
    var own = settings
    own.accepted += [.nothingRecognised, .archiveNotRecognised]
    try reading.verdict(own, feeds: []).finish()
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
      in whatever order the parts are given. How they were read stands in the parts; parity, intelligence, \
      suppressions and output are for here.
      """)

  @OptionGroup var options: HuntOptions

  func run() async throws {
    var settings = try options.settings()
    guard settings.ledger == nil else { throw UsageError.mapAlone }
    var parts: [(file: String, facts: PartialFacts)] = []
    for path in settings.archives {
      parts.append((path, try PartialFacts(try contents(of: path), file: path)))
    }
    try settings.adopt(parts.first?.facts.reading ?? [:])
    let scan = try PartialFacts.reduce(parts, ScanOptions(settings))
    let suppressions = try Suppressions(settings)
    let intelligence = try Intelligence(settings)
    var reading = Reading(scan: scan)
    reading.evidence.unread = Set(parts.flatMap(\.facts.unread)).sorted {
      ($0.name, $0.reason) < ($1.name, $1.reason)
    }
    reading.complainOfUnreadable()
    let delivery = ReportDelivery(
      command: "hunt", settings: settings, reading: reading, suppressions: suppressions,
      intelligence: intelligence)
    try delivery.deliver(await delivery.verdict)
  }

  private func contents(of path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError(
        diagnostic: Diagnostic(
          at: .init(file: path), "cannot be read", hint: "name files that oddport map has written"))
    }
    return Array(data)
  }
}

extension HuntSettings {
  /// What decides which facts are read, as far as it is set.
  fileprivate var partialReading: [String: String] {
    let keys: [SettingKey] = [
      .assumeZone, .checkAll, .clock, .from, .hostField, .maxLine, .maxRatio, .maxWindow, .to,
    ]
    return Dictionary(
      uniqueKeysWithValues: keys.compactMap { key in
        values(of: key).first.map { (key.rawValue, $0) }
      })
  }
}
