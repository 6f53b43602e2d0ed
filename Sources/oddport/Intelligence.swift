import Hashing
import Hunting
import Knowledge
import Reporting

/// All intelligence of a run, and the files that it comes from.
struct Intelligence {
  private(set) var indicators: [Indicator] = []
  /// For the manifest: by their own names, never by where they lie.
  private(set) var files: [Manifest.File] = []
  private(set) var readings: [FeedReading] = []

  /// Says on standard error how much of a feed was refused.
  ///
  /// - Throws: `JobFileError`.
  init(_ settings: HuntSettings) throws {
    for path in settings.intel {
      let feed = try IntelFeed(reading: path)
      indicators += feed.indicators
      readings.append(
        FeedReading(
          name: feed.name, taken: feed.indicators.count, refused: feed.refused.count))
      files.append(
        Manifest.File(
          name: feed.name, sha256: SHA256.hexadecimal(of: feed.bytes), bytes: feed.bytes.count))
      if !feed.refused.isEmpty, !settings.isQuiet {
        complain(
          "\(Escaping.terminal(feed.name)): \(feed.refused.count) entries refused; oddport intel check"
            + " says which and why")
      }
    }
    indicators += settings.ports.map { Indicator(ports: $0) }
  }
}
