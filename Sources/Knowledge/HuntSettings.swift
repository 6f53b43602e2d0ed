package import Facts

/// Everything that a hunt can be told, by options or by a job file.
///
/// Each setting is one ``SettingKey``, which holds its name, its meaning and what it takes.
package struct HuntSettings: Equatable, Sendable {
  /// Which time of an event is its time.
  package enum Clock: String, CaseIterable, Sendable {
    /// The record's, which Splunk calls `_time`; `UtcTime` where there is none.
    case record
    /// Sysmon's `UtcTime`; the record's where there is none.
    case utc
  }

  /// From which severity on findings show in the exit status.
  package enum FailOn: String, CaseIterable, Sendable {
    case never, low, medium, high

    /// 1, 2 or 3 as the published query scores; nil: no score does.
    package var leastScore: Int? {
      switch self {
      case .never: nil
      case .low: 1
      case .medium: 2
      case .high: 3
      }
    }
  }

  /// When the text report is coloured.
  package enum Color: String, CaseIterable, Sendable {
    /// On a terminal that is not dumb, unless `NO_COLOR` is set.
    case auto
    case always, never
  }

  // MARK: What is read

  /// Files, folders or `-`, as they were given. Relative paths start at the current folder, those of a
  /// job file as well: so the same words mean the same archives in a job and behind `oddport hunt`.
  package var archives: [String] = []
  /// Connections before this moment, or without a time, are left out.
  package var from: UTCTime?
  /// Connections at or after this moment, or without a time, are left out. So the end of one night is
  /// the start of the next, and nothing is in both.
  package var to: UTCTime?
  /// `record` by default, because that is what Splunk shows.
  package var clock = Clock.record
  /// Seconds east of UTC of local times that name no zone; nil: such a time is no time. There is no
  /// better default than to refuse: a wrong zone moves every event by hours and nobody notices.
  package var assumedSecondsEast: Int64?
  /// Path of the field that names the endpoint before all others, keys joined by dots. For logs whose
  /// usual fields name the collector.
  package var hostField: String?

  /// The file that remembers what was read, and its facts; nil: nothing is remembered.
  package var ledger: String?
  /// Only the last so many days of the ledger, counted in UTC from the last day on which anything was
  /// seen; 1 to 100,000; nil: all of them.
  package var windowDays: Int?
  /// Only findings that are new, or have changed, since the last run that asked for these.
  package var isOnlyNew = false

  /// The ports that a sweep looks for.
  package var ports: [PortQuery] = []

  // MARK: How it is judged

  /// `seed` by default: the published logic, made to work on events as they come.
  package var parity = Parity.seed

  /// Names of executables, in lower case, that count as high-risk beside the published ones; for
  /// `tuned` only.
  package var highRisk: [String] = []
  /// How much each piece of evidence weighs in a finding's points.
  package var weights = EvidenceWeights()
  /// The published table alone.
  package var isOnlyPublished = false

  /// Files of port intelligence.
  package var intel: [String] = []
  /// Files of Sigma rules.
  package var sigma: [String] = []
  /// By default connections of all times count, because intelligence comes after the fact.
  package var validity = Validity.mark
  /// Files of suppressions.
  package var suppressions: [String] = []

  // MARK: How it is read

  /// Chunks in work at the same time, 1 to 1,024; nil: as many as the machine has cores.
  package var workers: Int?
  /// Unpacked bytes of a chunk, about, 1 to 1 GiB. 32 MiB keep the workers busy evenly and their
  /// results few. The report does not depend on it.
  package var chunkBytes = 32 << 20
  /// The longest line that is read, in bytes without its LF, 1 to 1 GiB; longer ones are counted as
  /// rejected. Script block events reach some MiB; 64 MiB is far beyond, and bounds the memory.
  package var maximumLineBytes = 64 << 20
  /// The largest window that a zstd frame may ask for, 1 KiB to 2 GiB. The default is the most that
  /// `zstd --ultra --long=31` writes, so that nothing real is refused.
  package var maximumWindowBytes = 2 << 30
  /// An archive that unpacks to more than so many times its size is a bomb, from 1 GiB on; 1 to
  /// 1,000,000. Logs reach 50 to 100, the same line over and over some thousands.
  package var maximumRatio = 10_000
  /// Parse every line, also those that the byte filter would pass over. The findings are the same; the
  /// malformed lines among the others are counted as such.
  package var checkAll = false
  /// Read archives with the same bytes once. Off by default, because Splunk counts what was indexed
  /// twice twice.
  package var dedupe = false

  // MARK: What is written

  /// Names of report formats. Empty: text on standard output; JSON, CSV, Markdown and HTML into a folder.
  package var formats: [String] = []
  /// The folder for the report and its manifest; nil: standard output.
  package var out: String?
  package var failOn = FailOn.never
  /// Reasons why a reading is not complete that are known and do not count.
  package var accepted: [ReadingReason] = []
  /// The age in seconds from which on the youngest archive is too old; nil: none is.
  package var maxAgeSeconds: Int64?
  /// How many nights' reports a folder of nights keeps.
  package var nightsKept = 30
  /// The file for the textfile collector; nil: none.
  package var textfile: String?
  /// Neither progress nor a summary on standard error.
  package var isQuiet = false
  package var color = Color.auto
  /// Columns of the text report, 40 to 1,000; nil: those of the terminal, or 80.
  package var width: Int?

  package init() {}

  /// Refuses settings that contradict each other.
  package func check() throws(SettingError) {
    if let from, let to, from >= to {
      throw SettingError(
        .from, "\(from.iso8601) is not before the end, \(to.iso8601)",
        hint: "the end itself is left out: for one whole day, let it be the day after")
    }
    if !highRisk.isEmpty, parity != .tuned {
      throw SettingError(
        .highRisk, "the published list stands under --parity \(parity.rawValue)",
        hint: "use it with --parity tuned")
    }
    if ledger == nil {
      for key in [SettingKey.window, .onlyNew, .maxAge]
      where values(of: key) != HuntSettings().values(of: key) {
        throw SettingError(
          key, "only a ledger can tell that",
          hint: "name one, with --ledger FILE or 'ledger:' in the job")
      }
    } else {
      for (key, time) in [(SettingKey.from, from), (.to, to)] where time?.isMidnight == false {
        throw SettingError(
          key, "is within a day, and a ledger keeps whole days (UTC)",
          hint: "name a day, such as 2024-05-01")
      }
      if windowDays != nil, from ?? to != nil {
        throw SettingError(.window, "a window and a time to begin or to end do not go together")
      }
    }
    if out == nil, formats.count > 1 {
      throw SettingError(
        .format, "several formats do not fit on standard output",
        hint: "name a folder for them, with --out DIR or 'out:' in the job")
    }
  }
}

extension UTCTime {
  fileprivate var isMidnight: Bool { milliseconds % 86_400_000 == 0 }
}
