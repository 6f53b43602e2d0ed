import Archives
import Bookkeeping
import Diagnostics
import Facts
import Hunting
import Knowledge
import Scanning
import Telemetry

/// The facts that are judged, wherever they come from.
struct Reading {
  var scan: ScanResult
  /// Of all connections, where `scan` holds only those that can matter.
  var totals: ConnectionTotals?
  var ledger: Ledger?
  /// Everybody's calls, where `scan` holds only those that can matter.
  var groups: BeaconGroups?
  /// Where the archives of `scan` lie, or lay when they were read.
  var paths: [String] = []
  /// Whether something that was to be read now could not be, or not to its end.
  var isPartial: Bool

  /// Names each input that could not even be opened.
  func complainOfUnreadable() {
    for diagnostic in scan.unreadable { complain(diagnostic.description) }
  }

  /// Reads the archives, through the ledger where there is one.
  ///
  /// - Throws: ``Interrupted``, `LedgerError`.
  static func facts(of files: [InputFile], _ settings: HuntSettings) async throws -> Reading {
    let progress = ProgressLine(files, settings)
    defer { progress.clear() }
    if let path = settings.ledger {
      return try await LedgerReading(path: path, settings: settings).facts(of: files, progress)
    }
    let result = try await interruptibly {
      try await Scanning.scan(files, ScanOptions(settings)) { progress.advance(by: $0) }
    }
    return Reading(scan: result, isPartial: result.isPartial)
  }

  /// Reads one machine's share of the archives; `isPartial` speaks of whole ones and pieces alike.
  ///
  /// - Throws: ``Interrupted``.
  static func facts(of shares: [ArchiveShare], _ settings: HuntSettings) async throws -> (
    Reading, [ScannedPiece]
  ) {
    let progress = ProgressLine(shares.map(\.file), settings)
    defer { progress.clear() }
    let (whole, pieces) = try await interruptibly {
      try await Scanning.scan(shares, ScanOptions(settings)) { progress.advance(by: $0) }
    }
    let isPartial = whole.isPartial || pieces.contains(where: \.piece.isPartlyRead)
    return (Reading(scan: whole, isPartial: isPartial), pieces)
  }

  /// What a hunt has to know of what the ledger holds.
  static func hunted(_ ledger: Ledger, _ settings: HuntSettings) throws -> Reading {
    let lists = DetectionLists.published
    return try recall(
      from: ledger, settings, depth: settings.isOnlyPublished ? .published : .beacons
    ) {
      lists.isKnownC2Port($0) || lists.isOddPort($0)
    }
  }

  /// What the ledger holds of connections to certain ports, by their numbers.
  static func recall(
    from ledger: Ledger, _ settings: HuntSettings, addresses: [AddressBlock] = [],
    depth: Ledger.Depth, portIsWanted isWanted: (Double) -> Bool
  ) throws -> Reading {
    let recalled = try ledger.recall(
      days: settings.days(ledger), addresses: addresses, depth: depth,
      portIsWanted: isWanted)
    return Reading(
      scan: recalled.scan, totals: recalled.totals, ledger: ledger, groups: recalled.groups,
      paths: recalled.paths,
      isPartial: false)
  }
}

extension ScanResult {
  var isPartial: Bool {
    !unreadable.isEmpty || archives.contains(where: \.isPartlyRead)
  }
}

extension ArchiveRecord {
  fileprivate var isPartlyRead: Bool {
    damage != nil || coverage.lines.areMostlyUTF16
  }
}

extension ArchivePiece {
  fileprivate var isPartlyRead: Bool {
    chunks.contains { $0.end?.damage != nil } || facts.coverage.lines.areMostlyUTF16
  }
}

extension LineCounts {
  /// Somebody wrote all of it so. A single line may be anything.
  fileprivate var areMostlyUTF16: Bool { rejected[.utf16, default: 0] * 2 > total }
}

extension ProgressLine {
  fileprivate convenience init(_ files: [InputFile], _ settings: HuntSettings) {
    self.init(
      totalBytes: files.reduce(0) { $0 + $1.bytesOnDisk },
      isShown: !settings.isQuiet && Terminal.showsProgress)
  }
}

/// Reads what the ledger does not hold, then recalls what can matter of all it holds.
private struct LedgerReading {
  let path: String
  let settings: HuntSettings

  func facts(of files: [InputFile], _ progress: ProgressLine) async throws -> Reading {
    let ledger = try Ledger(path, for: files.isEmpty ? .upkeep : .adding(settings.reading))
    var options = ScanOptions(settings)
    options.reading.from = nil
    options.reading.to = nil
    let read = try await read(files, into: ledger, options, progress)
    var reading = try Reading.hunted(ledger, settings)
    reading.scan.unreadable = read.unreadable
    reading.isPartial = read.isPartial || !read.unreadable.isEmpty
    return reading
  }

  private func read(
    _ files: [InputFile], into ledger: Ledger, _ options: ScanOptions, _ progress: ProgressLine
  ) async throws -> (unreadable: [Diagnostic], isPartial: Bool) {
    guard !files.isEmpty else { return ([], false) }
    let sizes = try ledger.sizes()
    let (identified, unreadable) = try await interruptibly {
      try await identify(files, besides: sizes, atMost: options.workers)
    }
    let unread = try ledger.unread(identified)
    let prefixes = Dictionary(
      unread.map { ($0.file.path, $0.prefixes) }, uniquingKeysWith: { first, _ in first })
    let (more, isPartial) = try await interruptibly {
      var isPartial = false
      // One archive is written, and waits for the disk, while the next ones are read.
      let more = try await withThrowingTaskGroup(of: Void.self) { writing in
        let more = try await scan(unread, options, progress: { progress.advance(by: $0) }) {
          archive, file in
          if archive.record.isPartlyRead { isPartial = true }
          try await writing.next()
          writing.addTask {
            try ledger.add(archive, path: file.path, prefixes: prefixes[file.path] ?? [])
          }
        }
        try await writing.waitForAll()
        return more
      }
      return (more, isPartial)
    }
    return (unreadable + more, isPartial)
  }
}

extension HuntSettings {
  /// Takes over how the facts of a ledger were read.
  mutating func adopt(_ reading: [String: String]) throws {
    for (name, value) in reading where value != "none" {
      if let key = SettingKey(rawValue: name) { try set(key, to: [value], formats: []) }
    }
  }

  /// The days that are judged; nil: all.
  fileprivate func days(_ ledger: Ledger) throws -> Range<Int32>? {
    if let window = windowDays {
      guard let last = try ledger.lastDay() else { return nil }
      return last + 1 - Int32(window)..<last + 1
    }
    guard from != nil || to != nil else { return nil }
    return (from?.day ?? .min + 1)..<(to?.day ?? .max)
  }

  /// What decides which facts are read, for the ledger to hold on to.
  fileprivate var reading: [String: String] {
    Dictionary(
      uniqueKeysWithValues: [SettingKey.assumeZone, .clock, .hostField].map {
        ($0.rawValue, values(of: $0).first ?? "none")
      })
  }
}
