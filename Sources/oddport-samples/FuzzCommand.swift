import Archives
import ArgumentParser
import Facts
import Foundation
import JSON
import SampleNights
import Scanning
import Telemetry

/// Changes lines, archives and feeds at random, and looks whether what has to be the same stays the same.
struct FuzzCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    abstract: "Read changed lines, archives and feeds in two ways each, and compare.",
    discussion: """
      A reader that remembers keys of earlier lines against one that does not; the byte filter against \
      the reader; archives with one worker against several; feeds at once and piece by piece, and entries \
      of feeds with something more that narrows them, which must not mean as much as without. What differs, or ends the program, can be \
      had again with the seed that is printed.
      """)

  @Option(help: "Where to begin; each round has the next number.")
  var seed: UInt64 = 1

  @Option(help: "Seconds to run.")
  var seconds = 60

  func run() async throws {
    let start = ContinuousClock.now
    var round = seed
    var lines = 0
    var feeds = 0
    let fuzzing = Fuzzing()
    let feedFuzzing = try FeedFuzzing()
    while ContinuousClock.now - start < .seconds(seconds) {
      lines += try fuzzing.lines(seed: round)
      feeds += try feedFuzzing.feed(seed: round) + feedFuzzing.narrowed(seed: round)
      if round % 20 == 0 { try await fuzzing.archive(seed: round) }
      round += 1
    }
    print(
      "\(lines) lines, \((round - seed) / 20) archives and \(feeds) feeds changed, seeds \(seed) to"
        + " \(round - 1): all the same"
    )
  }
}

private struct Fuzzing: ~Copyable {
  struct Difference: Error, CustomStringConvertible {
    var description: String
  }

  private let remembering = LineReader()
  private let forgetful = LineReader(rememberedKeys: 0)
  private let filter = LineFilter(needles: Needles.all)
  private let samples = Shapes.catalogue.map { Array($0.line.utf8) }

  /// Lines of one form, some of them changed: both readers agree, and the filter passes over none that gives
  /// something.
  func lines(seed: UInt64) throws -> Int {
    var random = SampleRandom(seed: seed)
    let sample = samples[random.below(samples.count)]
    let count = 24
    for _ in 1...count {
      let line = random.below(3) == 0 ? sample : Self.changed(sample, samples, &random)
      if line.contains(10) { continue }
      let padded = line + [UInt8](repeating: 0x7B, count: 64)
      let (one, other, passes) = unsafe padded.withUnsafeBytes { bytes in
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<line.count])
        return unsafe (
          Self.facts(of: text, remembering), Self.facts(of: text, forgetful),
          filter.next(in: text, from: 0).line.isEmpty
        )
      }
      let text = String(decoding: line, as: UTF8.self)
      guard Self.digest(one) == Self.digest(other) else {
        throw Difference(description: "seed \(seed): what is remembered changes \(text)")
      }
      guard !passes || one.coverage.lines.observations == 0 else {
        throw Difference(description: "seed \(seed): the filter passes over \(text)")
      }
    }
    return count
  }

  private static func facts(of line: UnsafeRawBufferPointer, _ reader: borrowing LineReader)
    -> FactTable
  {
    var facts = WorkerFacts()
    let place = Place(archive: 0, line: 1, offset: 0)
    let outcome = unsafe reader.read(line, at: place, into: &facts)
    reader.count(outcome, at: place, in: &facts.table.coverage)
    return facts.facts()
  }

  /// An archive with bytes changed: any number of workers and any chunks say the same.
  func archive(seed: UInt64) async throws {
    var random = SampleRandom(seed: seed)
    var text: [UInt8] = []
    for _ in 0..<200 {
      text += Self.changed(samples[random.below(samples.count)], samples, &random) + [10]
    }
    var bytes: [UInt8] = []
    var at = 0
    while at < text.count {
      let size = min(1 + random.below(4000), text.count - at)
      let form = ZstdFrame.Form(level: 1, holdsContentSize: random.below(2) == 0)
      bytes += try ZstdFrame.packed(text[at..<at + size], form)
      at += size
    }
    for _ in 0..<random.below(4) { bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
    if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count)) }
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "fuzzed.jsonl.zst")
    try Data(bytes).write(to: file)
    var digests: Set<String> = []
    for (workers, chunk) in [(1, 32 << 20), (4, 1), (3, 5000)] {
      var options = ScanOptions()
      options.workers = workers
      options.chunkBytes = chunk
      let found = try ArchiveFinder.find(paths: [file.path]).archives
      let result = try await scan(found, options)
      digests.insert(Self.digest(result.facts) + "\(result.archives.map(\.damage))")
    }
    guard digests.count == 1 else {
      throw Difference(description: "seed \(seed): workers or chunks change what an archive says")
    }
  }

  private static func changed(
    _ line: [UInt8], _ others: [[UInt8]], _ random: inout SampleRandom
  ) -> [UInt8] {
    var line = line
    for _ in 0...random.below(4) where !line.isEmpty {
      let at = random.below(line.count)
      switch random.below(8) {
      case 0: line[at] ^= UInt8(1 << random.below(8))
      case 1: line.remove(at: at)
      case 2: line.insert(Array("\"\\{}[]:,0eE+-.tfn\u{1}".utf8)[random.below(18)], at: at)
      case 3:
        let end = min(line.count, at + random.below(40))
        line.insert(contentsOf: Array(line[at..<end]), at: random.below(line.count))
      case 4:
        let other = others[random.below(others.count)]
        let start = random.below(other.count)
        line.insert(contentsOf: other[start..<min(other.count, start + random.below(60))], at: at)
      case 5: line.removeSubrange(at..<min(line.count, at + random.below(30)))
      default:
        let forms = otherForms(of: line[at])
        line.replaceSubrange(at...at, with: Array(forms[random.below(forms.count)].utf8))
      }
    }
    return line
  }

  /// How else a character may be written: in JSON, in JSON within JSON, in XML and in both.
  private static func otherForms(of byte: UInt8) -> [String] {
    let hex = String(byte, radix: 16)
    let code = String(repeating: "0", count: 4 - hex.count) + hex
    let character = String(decoding: [byte], as: UTF8.self)
    return [
      "\\u\(code)", "\\u\(code.uppercased())", "\\\\u\(code)", "\\u005cu\(code)",
      "\\\\\\u0075\(code)", "&#\(byte);", "&#x\(hex);", "\\u0026#\(byte);", "&\\u0023\(byte);",
      "&amp;#\(byte);", "\\/",
      "\(character)<!-- -->", "<![CDATA[\(character)]]>", "\(character)\\u003c?x ?>",
    ]
  }

  /// All that a table says, in one text that does not depend on numbers.
  private static func digest(_ table: FactTable) -> String {
    let texts = table.texts
    var rows = zip(table.keys, table.facts).map { key, fact in
      [
        texts[key.host], texts[key.image], texts[key.user], texts[key.parent], texts[key.address],
        texts[key.port], texts[key.transport], key.process.description(texts),
        texts[key.originalFileName], "\(key.day) \(key.direction) \(key.source)",
        "\(fact.count) \(fact.place)", fact.first?.iso8601Milliseconds ?? "",
        texts[fact.destinationName],
        "\(fact.arrivals.seconds)",
      ].joined(separator: "\u{1F}")
    }
    rows += table.processes.map { key, fact in
      [texts[key.host], key.process.description(texts), texts[fact.parent], texts[fact.image]]
        .joined(separator: "\u{1F}")
    }
    rows += table.registryChanges.map { texts[$0.host] + texts[$0.target] + texts[$0.details] }
    let lines = table.coverage.lines
    let rejected = lines.rejected.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return
      (rows.sorted() + [
        "\(lines.blank) \(lines.irrelevant) \(lines.notUnderstood) \(lines.observations) \(rejected)"
      ])
      .joined(separator: "\n")
  }
}
