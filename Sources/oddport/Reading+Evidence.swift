import Archives
import Bookkeeping
import Diagnostics
import Facts
import Glibc
import Hunting
import Knowledge
import Scanning

extension Reading {
  /// Notes what was found and not read, and how old the archives are by the wall clock.
  mutating func note(_ found: ArchiveFinder.Found, _ settings: HuntSettings) {
    evidence.unread = found.unread + unreadable(found.archives)
    guard !settings.archives.isEmpty else { return }
    evidence.run.foundArchives = found.archives.count
    let now = Int64(time(nil))
    // A stream counts as just written.
    evidence.run.youngestAge = found.archives.map { $0.modifiedSecond.map { now - $0 } ?? 0 }.min()
  }

  /// Archives that could not be opened, by their names.
  private func unreadable(_ files: [InputFile]) -> [UnreadInput] {
    let names = Dictionary(files.map { ($0.path, $0.name) }) { first, _ in first }
    return scan.unreadable.map { diagnostic in
      let path = diagnostic.location?.file ?? ""
      let own = path.split(separator: "/").last.map(String.init) ?? path
      return UnreadInput(name: names[path] ?? own, kind: .unreadable, reason: diagnostic.message)
    }
  }

  /// The verdict on the reading.
  ///
  /// - Parameter feeds: How many usable entries each intelligence and suppression file had.
  func verdict(_ settings: HuntSettings, feeds: [FeedReading]) -> ReadingVerdict {
    var evidence = evidence
    evidence.hosts = scan.facts.coverage.namedHosts(scan.facts.texts)
    evidence.feeds = feeds
    evidence.accepted = Set(settings.accepted)
    if settings.isOnlyNew, ledger != nil {
      evidence.archives = newArchives.map { scan.archives[$0] }
      evidence.run.newArchives = newArchives.count
      evidence.run.maxAge = settings.maxAgeSeconds
      evidence.run.sinceLastRun = night?.lastToldSecond.map { Int64(time(nil)) - $0 }
    } else {
      evidence.archives = scan.archives
      evidence.newHosts = nil
      evidence.run.maxAge = settings.maxAgeSeconds
    }
    return evidence.verdict
  }
}

extension Coverage {
  func namedHosts(_ texts: TextTable) -> [NamedHost] {
    hosts.filter { !$0.value.isWithoutUsedEvents }
      .map { NamedHost(name: texts.text($0.key), heard: $0.value) }
      .sorted { ($0.name ?? "").utf8.lexicographicallyPrecedes(($1.name ?? "").utf8) }
  }
}

extension ArchiveFinder.Found {
  var unread: [UnreadInput] {
    skipped.map { entry in
      UnreadInput(
        name: entry.name,
        kind: entry.reason.isUnreadable
          ? .unreadable : entry.reason.isHarmless ? .harmless : .passedOver,
        reason: entry.reason.rawValue)
    } + emptyFolders.map { UnreadInput(name: $0, kind: .emptyFolder, reason: "holds no archive") }
  }
}
