import Facts
import Foundation
import Knowledge
import SampleNights

/// Changes feeds, and looks whether each entry is still kept whole or refused.
struct FeedFuzzing: ~Copyable {
  struct Difference: Error, CustomStringConvertible {
    var description: String
  }

  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A feed with bytes changed: taken and refused are all entries, and how much is read at once does not matter.
  ///
  /// - Returns: How many feeds were read.
  func feed(seed: UInt64) throws -> Int {
    var random = SampleRandom(seed: seed)
    let form = random.pick(FeedSamples.forms)
    let entries = (0..<60).map { form.entry("203.0.113.\($0)", 4_000 + $0 * 7, nil) }
    var bytes = Array(form.feed(entries).utf8)
    for _ in 0..<random.below(5) where !bytes.isEmpty { Self.change(&bytes, &random) }
    let path = folder.appending(path: "feed").path
    try Data(bytes).write(to: URL(filePath: path))
    let whole = try? IntelFeed(bytes, name: "feed", file: path)
    try check(whole, seed)
    var pieces: [IntelFeed] = []
    let head = 1_500 + random.below(500)
    for piece in [1, 100, 900] {
      guard let read = try? IntelFeed(FeedFile(path), headBytes: head, pieceBytes: piece) else {
        // What breaks off is an error however it is read; in pieces that may be found out later.
        guard pieces.isEmpty else { throw different(seed, "a piece decides whether it is a feed") }
        continue
      }
      try check(read, seed)
      pieces.append(read)
    }
    let said = Self.said(pieces.first ?? whole)
    for read in pieces + [whole].compactMap(\.self) {
      let other = Self.said(read)
      guard let index = zip(said, other).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
        continue
      }
      throw different(
        seed, "a piece decides what a feed means: \(said[index]) or \(other[index])")
    }
    return 4
  }

  /// An entry with something more that narrows it is refused, or means less.
  ///
  /// - Returns: How many feeds were read.
  func narrowed(seed: UInt64) throws -> Int {
    var random = SampleRandom(seed: seed)
    let form = random.pick(FeedSamples.forms)
    var more = random.pick(FeedSamples.narrowing)
    more.name = Self.written(more.name, &random)
    let plain = form.entry("198.51.100.7", 4_444, nil)
    let narrow = form.entry("198.51.100.7", 4_444, more)
    // A form that cannot say more, and a list, in which the rest of a line is a label.
    guard plain != narrow, !plain.hasPrefix("198.") else { return 0 }
    guard let base = try? IntelFeed(Array(form.feed([plain]).utf8), name: "feed", file: "feed"),
      base.takenCount == 1
    else { throw different(seed, "an entry that is plain is not taken: \(plain)") }
    let text = form.feed([narrow], with: more.name)
    guard let read = try? IntelFeed(Array(text.utf8), name: "feed", file: "feed") else { return 2 }
    guard Set(read.indicators.map(\.subject)).isDisjoint(with: base.indicators.map(\.subject))
    else {
      throw different(seed, "an entry means more than it says: \(text)")
    }
    return 2
  }

  private func check(_ feed: IntelFeed?, _ seed: UInt64) throws {
    guard let feed else { return }
    let refused = feed.refusedCounts.values.reduce(0, +)
    guard feed.entryCount > 0, feed.takenCount + refused == feed.entryCount,
      (feed.takenCount == 0) == feed.indicators.isEmpty,
      feed.indicators.allSatisfy({ !$0.isEmpty })
    else { throw different(seed, "not every entry is taken or refused") }
  }

  /// All that a feed asks for.
  private static func said(_ feed: IntelFeed?) -> [String] {
    guard let feed else { return [] }
    let count = "\(feed.takenCount) of \(feed.entryCount)"
    let asked = feed.indicators.map { indicator in
      [
        indicator.subject, indicator.direction.rawValue, indicator.actor, indicator.note,
        indicator.labels.joined(separator: ","), indicator.validFrom?.iso8601 ?? "",
        indicator.validUntil?.iso8601 ?? "", "\(indicator.confidence ?? 0)",
      ].joined(separator: "\u{1F}")
    }
    let refused = feed.refusedCounts.map { "\($0.key) \($0.value)" }
    return asked.sorted() + refused.sorted() + [count, ""]
  }

  private func different(_ seed: UInt64, _ what: String) -> Difference {
    Difference(description: "seed \(seed): \(what)")
  }

  /// The words of a name in one of the ways in which names are written.
  private static func written(_ name: String, _ random: inout SampleRandom) -> String {
    let words = name.split(separator: " ").map(String.init)
    return switch random.below(6) {
    case 0: words.joined(separator: "_")
    case 1: words.map(\.capitalized).joined()
    case 2: words[0] + words.dropFirst().map(\.capitalized).joined()
    case 3: name.uppercased().replacing(" ", with: "-")
    case 4: "x_" + words.joined(separator: "_")
    default: words.joined(separator: ".")
    }
  }

  private static let signs = Array("\n\r,;:|[](){}'\"\\*#-/=<> 0129aF\t".utf8)
  private static let odd: [[UInt8]] = [
    [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0], [0x0D, 0x0A], [0x0D], [0x85], [0xC2, 0xA0],
    [0xE2, 0x80, 0xA8],
    Array("99999999999999999999999".utf8), Array("-1".utf8), Array("1e400".utf8),
    Array("null".utf8),
    Array("true".utf8), Array("{}".utf8), Array("[[[[[[[[[[[[".utf8), Array("\\ud800".utf8),
    Array("#".utf8), Array("\"\"".utf8), Array("0.0.0.0/0".utf8), Array("::".utf8),
    Array(String(repeating: "[", count: 3_000).utf8),
    Array(String(repeating: "a.", count: 300).utf8),
  ]

  private static func change(_ bytes: inout [UInt8], _ random: inout SampleRandom) {
    let at = random.below(bytes.count)
    let length = min(bytes.count - at, 1 + random.below(80))
    switch random.below(8) {
    case 0: bytes[at] ^= UInt8(1 << random.below(8))
    case 1: bytes.remove(at: at)
    case 2: bytes.insert(random.pick(signs), at: at)
    case 3: bytes.insert(contentsOf: Array(bytes[at..<at + length]), at: random.below(bytes.count))
    case 4: bytes.removeSubrange(at..<at + length)
    case 5: bytes.insert(contentsOf: random.pick(odd), at: at)
    case 6: bytes.replaceSubrange(at..<at + length, with: random.pick(odd))
    default: if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
    }
  }
}
