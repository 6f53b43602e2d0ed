import Diagnostics
import Facts
import Hunting
import Knowledge
import Reporting

/// The intelligence of a run and the files it comes from.
struct Intelligence {
  private(set) var indicators: [Indicator] = []
  /// The entries of each feed, and those that were refused.
  private(set) var asked: [AskedFeed] = []
  /// For the manifest: by file name, never by path.
  private(set) var files: [Manifest.File] = []
  private(set) var readings: [FeedReading] = []
  /// Files that are not feeds.
  private var broken: [String] = []

  /// Reports on standard error how many entries of a feed were refused.
  ///
  /// - Throws: `JobFileError` for a file that cannot be read.
  init(_ settings: HuntSettings) throws {
    for path in settings.intel + settings.sigma {
      let hashed = try HashedFeed(path)
      let name = hashed.file.name
      let read = Self.feed(hashed.file)
      files.append(
        Manifest.File(name: name, sha256: hashed.sha256, bytes: hashed.file.byteCount))
      guard let feed = read else {
        // The run continues without it, and says so.
        readings.append(FeedReading(name: name, taken: 0, refused: 0))
        broken.append(name)
        continue
      }
      guard feed.format == .sigma || !settings.sigma.contains(path) else {
        throw UsageError.notSigma(path)
      }
      // A million of them are not copied.
      if indicators.isEmpty { indicators = feed.indicators } else { indicators += feed.indicators }
      asked.append(AskedFeed(feed))
      readings.append(
        FeedReading(name: feed.name, taken: feed.takenCount, refused: feed.refusedCount))
      if !settings.isQuiet { Self.printWarning(about: feed, path) }
    }
    let ports = settings.ports.map { query in
      var indicator = Indicator(ports: query)
      indicator.direction = .callback
      return indicator
    }
    if !ports.isEmpty {
      indicators += ports
      asked.append(AskedFeed(ports: ports))
    }
  }

  /// Nil, with an error on standard error, where it is not a feed.
  private static func feed(_ file: FeedFile) -> IntelFeed? {
    do {
      return try IntelFeed(file)
    } catch {
      for diagnostic in error.diagnostics { oddport.printError(diagnostic.description) }
      return nil
    }
  }

  private static func printWarning(about feed: IntelFeed, _ path: String) {
    let name = Escaping.terminal(feed.name)
    if feed.refusedCount > 0 {
      oddport.printError(
        "\(name): \(feed.refusedCount) of \(feed.entryCount) entries refused; oddport intel check says"
          + " which and why")
    }
    for (remark, count) in feed.remarks.sorted(by: { $0.key < $1.key }) {
      oddport.printError("\(name): \(count) taken, but \(remark)")
    }
  }

  /// Number of indicators that are searched for. Those too common to be hits only annotate findings.
  var lookedForCount: Int { indicators.count { !$0.isCommon } }

  /// A sweep with nothing to look for has no answer.
  ///
  /// - Throws: ``UsageError``.
  func requireAnything() throws {
    if indicators.allSatisfy(\.isCommon) {
      throw UsageError.nothingAsked(asked.map(\.name) + broken)
    }
  }

  /// The facts that an answer needs.
  var wanted: IntelWanted { IntelWanted(indicators) }
}
