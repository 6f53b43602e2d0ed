import Facts
import Knowledge

extension ReadingEvidence {
  /// Every reason is found here, and nowhere else.
  package var verdict: ReadingVerdict {
    let notes = archiveNotes + inputNotes + hostNotes + feedNotes + runNotes
    return ReadingVerdict(
      notes.map { note in
        var note = note
        note.isAccepted = accepted.contains(note.reason)
        return note
      })
  }

  private func note(
    _ reason: ReadingReason, _ found: [(name: String, detail: String)]
  ) -> [ReadingNote] {
    guard !found.isEmpty else { return [] }
    let sorted = found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let details = sorted.map(\.detail)
    return [
      ReadingNote(
        reason, names: sorted.map(\.name),
        details: details.allSatisfy(\.isEmpty) ? [] : details)
    ]
  }

  // MARK: - Archives

  private var archiveNotes: [ReadingNote] {
    var notes: [ReadingNote] = []
    let read = archives.filter { $0.sameBytesAs == nil || $0.coverage.lines.total > 0 }
    if !read.isEmpty, isNothingRecognised {
      notes += note(.nothingRecognised, read.map { ($0.name, $0.coverage.otherEvents) })
    } else {
      notes += note(
        .archiveNotRecognised,
        read.filter { !$0.coverage.isRecognised }.map { ($0.name, "") }
          + read.filter { $0.coverage.isRecognised && isUnusuallyQuiet($0) }.map {
            ($0.name, $0.coverage.otherEvents.isEmpty ? "empty" : $0.coverage.otherEvents)
          })
    }
    notes += note(
      .notUnderstood,
      read.filter(\.coverage.lines.isLittleUnderstood).map { ($0.name, $0.coverage.lines.share) })
    notes += note(
      .senderNotUnderstood,
      read.filter {
        $0.coverage.lines.notUnderstood > 0 && !$0.coverage.lines.isLittleUnderstood
          && understoodSenders.contains(Self.sender(of: $0.name))
      }.map { ($0.name, $0.coverage.lines.share) })
    notes += note(
      .mostlyRejected,
      read.compactMap { archive in
        archive.coverage.mostlyRejected.map { (archive.name, $0) }
      })
    return notes
      + note(
        .damaged,
        archives.compactMap { archive in archive.damage.map { (archive.name, $0.reason) } }
      )
  }

  /// Whether an archive has no event that the hunt reads, and each one before of its sender had some.
  private func isUnusuallyQuiet(_ archive: ArchiveRecord) -> Bool {
    let coverage = archive.coverage
    guard !coverage.isSysmonSeen, coverage.outsideWindow == 0, archive.damage == nil,
      coverage.mostlyRejected == nil
    else { return false }
    let before = archivesWithEvents[Self.sender(of: archive.name)] ?? 0
    return before >= ReadingReason.minArchivesOfSender && isHeardForAWeek
  }

  /// Whether there was a weekend.
  private var isHeardForAWeek: Bool {
    let first = hosts.lazy.compactMap(\.heard.hours.first).min() ?? 0
    let last = hosts.lazy.compactMap(\.heard.hours.last).max() ?? 0
    return Int(last) - Int(first) >= 7 * 24
  }

  /// Nothing was understood: no observation in any of the archives, and nothing that explains that.
  private var isNothingRecognised: Bool {
    var lines = LineCounts()
    var telemetryEvents = 0
    for archive in archives {
      lines.add(archive.coverage.lines)
      telemetryEvents += archive.coverage.telemetryEvents
    }
    guard lines.observations == 0 else { return false }
    if lines.total == lines.blank { return archives.allSatisfy { $0.damage == nil } }
    return lines.notUnderstood > 0 || telemetryEvents == 0
  }

  // MARK: - Inputs

  private var inputNotes: [ReadingNote] {
    func of(_ kind: UnreadInput.Kind) -> [(name: String, detail: String)] {
      unread.filter { $0.kind == kind }.map { ($0.name, $0.reason) }
    }
    let empty = of(.emptyFolder).map { (name: $0.name, detail: "") }
    let hasNone = run.foundArchives == 0
    return
      (hasNone
      ? [ReadingNote(.noArchive, names: empty.map(\.name))] : note(.emptyFolder, empty))
      + note(.unreadable, of(.unreadable)) + note(.passedOver, of(.passedOver))
  }

  // MARK: - Hosts

  private var hostNotes: [ReadingNote] {
    guard let frame = TelemetryFrame(hosts.map(\.heard), fresh: newHosts?.map(\.heard)) else {
      return []
    }
    let clocks = clockNotes(frame)
    let outliers = Set(clocks.flatMap(\.names))
    let end = frame.hours.upperBound
    var notes: [ReadingNote] = []
    let all = Rhythm(
      hosts.lazy.flatMap { $0.heard.hours.keys }.filter { frame.hours.contains($0) }, until: end)
    if let days = all.endedSilence {
      notes.append(ReadingNote(.fleetSilent, details: [Self.days(days)]))
    }
    let tonight = newHosts.map { Set($0.map(\.name)) }
    var silent: [(name: String, detail: String)] = []
    var stopped: [(name: String, detail: String)] = []
    for (index, host) in hosts.enumerated() {
      // Whose clock went wrong is missing where it belongs.
      guard let name = host.name, !outliers.contains(name) else { continue }
      let rhythm = Rhythm(host.heard.hours.keys, until: end)
      let astray = frame.outliers[index] == nil ? 0 : frame.daysOutside(host.heard.hours.keys)
      if let days = rhythm.silentDays(among: all, astray: astray) {
        silent.append((name, Self.days(days)))
        continue
      }
      // Of whom nothing came tonight, nothing more is known of its kinds of events than before.
      if let tonight, !tonight.contains(name) { continue }
      for (kind, noun) in [
        (HeardHours.Kinds.connections, "connections"), (.processStarts, "process starts"),
      ] {
        let own = Rhythm(host.heard.hours.keys(with: kind), until: end).amongDays(of: rhythm)
        if let days = own.silentDays, KindSilence(host.heard, kind, until: end).isMissed {
          stopped.append((name, "no \(noun) for \(Self.days(days))"))
        }
      }
    }
    return notes + note(.hostSilent, silent) + note(.kindSilent, stopped) + clocks
  }

  private func clockNotes(_ frame: TelemetryFrame) -> [ReadingNote] {
    let new = newHosts.map { Dictionary($0.map { ($0.name, $0.heard) }) { first, _ in first } }
    return note(
      .clockOff,
      frame.outliers.compactMap { index, hours in
        guard let name = hosts[index].name else { return nil }
        // What was reported on another night is not repeated.
        if let new {
          guard let heard = new[name],
            heard.hours.keys.contains(where: { !frame.hours.contains($0) })
          else { return nil }
        }
        return (name, Self.offset(hours))
      })
  }

  private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }

  private static func offset(_ hours: Int32) -> String {
    let way = hours < 0 ? "behind" : "ahead"
    let days = Int(hours.magnitude) / 24
    return days > 36_500 ? "far \(way)" : "\(Self.days(max(1, days))) \(way)"
  }

  // MARK: - Feeds and the run

  private var feedNotes: [ReadingNote] {
    note(.feedEmpty, feeds.filter { $0.taken == 0 }.map { ($0.name, "") })
      + note(
        .feedLost,
        feeds.filter { $0.taken > 0 && $0.refused > 0 }.map {
          ($0.name, $0.refused == 1 ? "1 entry" : "\($0.refused) entries")
        })
  }

  private var runNotes: [ReadingNote] {
    var notes: [ReadingNote] = []
    let found = run.foundArchives ?? 0
    guard let most = run.maxAge else { return notes }
    if found > 0, run.newArchives == 0 { notes.append(ReadingNote(.nothingNew)) }
    if found > 0, let age = run.youngestAge, age > most {
      notes.append(ReadingNote(.tooOld, details: [Self.hours(age)]))
    }
    if let since = run.sinceLastRun, since > most {
      notes.append(ReadingNote(.missedRuns, details: [Self.hours(since)]))
    }
    return notes
  }

  private static func hours(_ seconds: Int64) -> String {
    let hours = seconds / 3600
    return hours == 1 ? "1 hour" : "\(hours) hours"
  }
}

extension Coverage {
  /// Whether anything was an event that is known, or there was nothing to know.
  fileprivate var isRecognised: Bool {
    lines.total == lines.blank || lines.observations > 0 || lines.notUnderstood > 0
      || telemetryEvents > 0 || firstNaming?.isOtherEvent ?? false || mostlyRejected != nil
  }

  /// What is said of an archive in which nothing was of use.
  fileprivate var otherEvents: String {
    firstNaming?.isOtherEvent ?? false ? "other events of Sysmon" : ""
  }

  /// What most of was rejected: of all lines, of those that are or may be events, or of one kind of event.
  fileprivate var mostlyRejected: String? {
    func most(_ rejected: Int, of total: Int, _ noun: String) -> String? {
      rejected * 2 > total ? "\(rejected) of \(total) \(noun)" : nil
    }
    if let lines = most(lines.rejectedTotal, of: lines.total - lines.blank, "lines") {
      return lines
    }
    for (kind, noun) in [
      (EventKind.connection, "connections"), (.processStart, "process starts"),
    ] {
      let rejected = rejectedEvents[kind] ?? 0
      let used = events.reduce(0) { $1.key.kind == kind ? $0 + $1.value : $0 }
      if let events = most(rejected, of: rejected + used, noun) { return events }
    }
    // Of what they hold nothing is known.
    let unread = (lines.rejected[.tooLong] ?? 0) + (lines.rejected[.utf16] ?? 0)
    return most(
      unread, of: unread + lines.observations + lines.notUnderstood, "lines that may be events")
  }
}

extension LineCounts {
  /// Whether more of the lines that name Sysmon were not understood than may be.
  fileprivate var isLittleUnderstood: Bool {
    notUnderstood * 1000 > (notUnderstood + observations) * ReadingReason.maxNotUnderstoodPerMille
  }

  fileprivate var share: String {
    "\(notUnderstood) of \(notUnderstood + observations) lines that name Sysmon"
  }
}
