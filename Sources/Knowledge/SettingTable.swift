package import Facts

/// All settings, each defined once, in the order in which `--help` lists them. ``HuntSettings`` has their
/// values under the same names.
package struct SettingTable: Sendable {
  // MARK: What is read

  /// Files, folders or `-`, as they were given. Relative paths start at the current folder, those of a
  /// job file as well: so the same words mean the same archives in a job and after `oddport hunt`.
  package let archives = Setting(
    "archives", .files("files, folders, or - for standard input"), default: [], effect: .input,
    help: "What to read: files, folders, or - for standard input.")

  /// `seed` by default: the published logic, made to work on events as they come.
  package let parity = Setting<Parity>(
    "parity", .choice, default: .seed, unit: "parity", effect: .judgement,
    help:
      "How close to the published query to stay: to the letter (strict), its meaning (seed), or its"
      + " aim (tuned); kql is its twin over Defender's events.")

  /// Connections before this moment, or without a time, are left out.
  package let from = Setting(
    "from", .time, default: nil, unit: "time", effect: .selection,
    help:
      "Only connections from this time on: YYYY-MM-DD (its start, UTC), or a time with its zone.")

  /// Connections at or after this moment, or without a time, are left out. So the end of one night is
  /// the start of the next, and nothing is in both.
  package let to = Setting(
    "to", .time, default: nil, unit: "time", effect: .selection,
    help: "Only connections before this time.")

  /// `record` by default, because that is what Splunk shows.
  package let timeSource = Setting<TimeSource>(
    "time", .choice, default: .record, unit: "clock", effect: .facts,
    help: "An event's time: that of its record, as Splunk has it, or Sysmon's UtcTime.")

  /// Seconds east of UTC of local times without a zone; nil: such a time is not a time. There is no
  /// better default than to refuse: a wrong zone moves every event by hours and nobody notices.
  package let assumedSecondsEast = Setting(
    "assume-tz", .zone, default: nil, unit: "offset", effect: .facts,
    help:
      "Read times without a zone, where an event has no other, as local times of this zone: UTC,"
      + " +09:00.")

  /// Path of the field that names the endpoint before all others, keys joined by dots. For logs whose
  /// usual fields name the collector.
  package let hostField = Setting(
    "host-field", .fieldPath, default: nil, unit: "path", effect: .facts,
    help: "Path of the field that names the endpoint, such as agent.name.")

  // MARK: How it is judged

  /// Names of executables, in lower case, that count as high-risk beside the published ones; for
  /// `tuned` only.
  package let highRisk = Setting(
    "high-risk", .executables, default: [], unit: "name", effect: .judgement,
    help:
      "Treat executables of this name as high-risk processes too, such as python3; may be given"
      + " several times. Needs --parity tuned.")

  /// How much each piece of evidence weighs in a finding's points.
  package let weights = Setting(
    "weight", .weights, default: EvidenceWeights(), unit: "evidence=points", effect: .judgement,
    help:
      "Points for a kind of evidence, such as beacon=40; may be given several times.")

  package let isOnlyPublished = Setting(
    "only-published", .flag, default: false, effect: .judgement,
    help: "Report only the published table: no beacons, no RDP port changes, no points.")

  /// Files of port intelligence.
  package let intel = Setting(
    "intel", .files(), default: [], unit: "file", effect: .judgement,
    help:
      "Intelligence feed: CSV, plain list, JSON records, STIX 2.1, MISP or Sigma. A hunt lists the"
      + " connections that match and who is known to use them; a sweep searches for them.")

  /// Files of Sigma rules.
  package let sigma = Setting(
    "sigma", .files(), default: [], unit: "rule", effect: .judgement,
    help: "Search for connections that match this Sigma rule (category network_connection); may be"
      + " given several times.")

  /// The ports that a sweep looks for.
  package let ports = Setting(
    "port", .ports, default: [], unit: "port", effect: .judgement,
    help: "Search for this port, such as 6666, 8444/tcp or 31000-31010; may be given several times."
  )

  /// By default connections of all times count, because intelligence comes after the fact.
  package let validity = Setting<Validity>(
    "validity", .choice, default: .mark, unit: "effect", effect: .judgement,
    help:
      "Connections outside an indicator's validity period: mark them, leave them out (apply), or"
      + " count them like any other (ignore).")

  /// Files of suppressions.
  package let suppressions = Setting(
    "suppressions", .files(), default: [], unit: "file", effect: .judgement,
    help:
      "Hide the findings that this YAML file describes; they are counted and listed apart. May be"
      + " given several times.")

  // MARK: What is remembered

  /// The file that remembers what was read, and its facts; nil: nothing is remembered.
  package let ledger = Setting(
    "ledger", .file, default: nil, unit: "file", effect: .input,
    help:
      "Store what was read in this file: only new archives are read, and the hunt covers all that"
      + " it holds.")

  /// The number of days at the end of the ledger that count, in UTC from the last day on which anything was
  /// seen; 1 to 100,000; nil: all of them.
  package let windowDays = Setting(
    "window", .days, default: nil, unit: "days", effect: .selection,
    help:
      "Use only this many days of the ledger, such as 30d, back from the last day with an event."
  )

  /// Only findings that are new, or have changed, since the last run that asked for these.
  package let isOnlyNew = Setting(
    "only-new", .flag, default: false, effect: .judgement,
    help:
      "Report only what is new since the last run with --only-new; print nothing if there is"
      + " nothing new and the reading was complete. Needs a ledger.")

  /// The age in seconds from which on the youngest archive is too old; nil: none is. It speaks of the run
  /// and its clock, and so decides no report.
  package let maxAgeSeconds = Setting(
    "max-age", .age, default: nil, unit: "age", effect: .output,
    help: "With a ledger: the reading is blind if no archive was written within this time, such as"
      + " 26h.")

  /// Reasons why a reading is not complete that are known and do not count.
  package let accepted = Setting(
    "accept", .reasons, default: [], unit: "reason", effect: .judgement,
    help:
      "A known reason why the reading is partial or blind, such as passed-over: it is counted and"
      + " shown, and no longer decides the exit status. May be given several times; docs/reading.md"
      + " lists them.")

  // MARK: How it is read

  /// Chunks in work at the same time, 1 to 1,024; nil: as many as the machine has cores.
  package let workers = Setting(
    "workers", .numberOrAuto("whole number", in: 1...1024), default: nil, unit: "number",
    effect: .run,
    help: "Number of chunks read at the same time, or auto: the number of cores.")

  /// Unpacked bytes of a chunk, about, 1 to 1 GiB. 32 MiB keep the workers busy evenly and their
  /// results few.
  package let chunkBytes = Setting(
    "chunk-size", .size(in: 1...(1 << 30), suchAs: "32M"), default: 32 << 20, unit: "size",
    effect: .run, help: "Unpacked size of a chunk. The report is the same whatever it is.")

  /// Bytes of memory that a run may take, about, 64 MiB to 1 TiB. Facts beyond a quarter of it go into a temporary
  /// file: merging, judging and reading archives need the rest. A hunt of a million connections takes about half a
  /// gigabyte without it.
  package let memoryBytes = Setting(
    "memory", .size(in: (64 << 20)...(1 << 40), suchAs: "300M"), default: 512 << 20, unit: "size",
    effect: .run,
    help: "About how much memory facts may take; beyond it they go into a temporary file (TMPDIR)."
      + " The report is the same whatever it is.")

  /// The longest line that is read, in bytes without its LF, 1 to 1 GiB; longer ones are counted as
  /// rejected. Script block events reach some MiB; 64 MiB is far beyond, and bounds the memory.
  package let maximumLineBytes = Setting(
    "max-line", .size(in: 1...(1 << 30), suchAs: "64M"), default: 64 << 20, unit: "size",
    effect: .facts, help: "The longest line that is read; longer ones are counted as rejected.")

  /// The largest window that a zstd frame may ask for, 1 KiB to 2 GiB. The default is the most that
  /// `zstd --ultra --long=31` writes, so that nothing real is refused.
  package let maximumWindowBytes = Setting(
    "max-window", .size(in: (1 << 10)...(2 << 30), suchAs: "128M"), default: 2 << 30, unit: "size",
    effect: .facts, help: "Largest zstd window that is allowed.")

  /// An archive that unpacks to more than this multiple of its size is a bomb, from 1 GiB on; 1 to
  /// 1,000,000. Logs reach 50 to 100, the same line over and over some thousands.
  package let maximumRatio = Setting(
    "max-ratio", .number(in: 1...1_000_000), default: 10_000, unit: "number", effect: .facts,
    help: "Stop an archive that unpacks to more than this multiple of its size (from 1 GiB on).")

  /// Parse every line, also those that the byte filter would pass over. The findings are the same; the
  /// malformed lines among the others are counted as such, and hosts are heard by any event of Sysmon.
  package let checkAll = Setting(
    "check-all", .flag, default: false, effect: .facts,
    help:
      "Parse every line, also those that cannot matter: malformed ones are counted, and hosts are heard"
      + " by any event.")

  /// Read archives with the same bytes once. Off by default, because Splunk counts what was indexed
  /// twice twice.
  package let dedupe = Setting(
    "dedupe", .flag, default: false, effect: .selection,
    help: "Read archives with the same content only once, whatever their names.")

  // MARK: What is written

  /// Empty: text on standard output; JSON, CSV, Markdown and HTML into a folder.
  package let formats = Setting(
    "format", .formats, default: [], unit: "format", effect: .output,
    help: "What to write; may be given several times. There are "
      + ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
      + ". (default: text; with --out json, csv, markdown and html)")

  /// The folder for the report and its manifest; nil: standard output.
  package let out = Setting(
    "out", .folder, default: nil, unit: "folder", short: "o", effect: .output,
    help: "Write the report and its manifest into this folder, replacing an earlier report; with"
      + " --only-new, into a subfolder for each night, with a link 'latest' to the newest.")

  /// How many nights' reports a folder of nights keeps.
  package let nightsKept = Setting(
    "keep", .number(in: 1...10_000), default: 30, unit: "nights", effect: .output,
    help: "With --only-new and --out: number of nights whose reports are kept.")

  /// The file for the textfile collector; nil: none.
  package let textfile = Setting(
    "textfile", .file, default: nil, unit: "file", effect: .output,
    help: "Write report.prom to this file as well, for the textfile collector of Prometheus' node"
      + " exporter.")

  package let failOn = Setting<HuntSettings.FailOn>(
    "fail-on", .choice, default: .never, unit: "severity", effect: .output,
    help:
      "End with status 1 if there are findings, beacons or RDP port changes of this severity or a higher"
      + " one: low, medium, high or never.")

  package let color = Setting<HuntSettings.Color>(
    "color", .choice, default: .auto, unit: "when", effect: .output,
    help: "Colours in the text report: auto, always or never.")

  /// Columns of the text report, 40 to 1,000; nil: those of the terminal, or 80.
  package let width = Setting(
    "width", .numberOrAuto("number of columns", in: 40...1000), default: nil, unit: "columns",
    effect: .output, help: "Columns of the text report, or auto: those of the terminal, or 80.")

  // MARK: What of it a text report on standard output shows

  package let isVerbose = Setting(
    "verbose", .flag, default: false, short: "v", effect: .output,
    help: "Show every finding in detail, and what was read by input format.")

  package let minSeverity = Setting<HuntSettings.MinSeverity>(
    "min-severity", .choice, default: .low, unit: "severity", effect: .output,
    help: "Show findings of this severity and above: low, medium or high.")

  /// Of each section; nil: all.
  package let top = Setting(
    "top", .numberOrAll(in: 1...1_000_000), default: nil, unit: "number", effect: .output,
    help: "Show at most this many findings of each section, or all.")

  /// Names with wildcards.
  package let shownHosts = Setting(
    "host", .patterns, default: [], unit: "name", effect: .output,
    help:
      "Show findings of this host, with or without its domain, such as 'WS-*'; may be given several times."
  )

  /// Seconds before the end of the last hour that was heard, so that it does not depend on today's date.
  package let sinceSeconds = Setting(
    "since", .age, default: nil, unit: "age", effect: .output,
    help: "Show findings that were last seen within this time before the last event, such as 24h.")

  package let order = Setting<HuntSettings.Order>(
    "sort", .choice, default: .report, unit: "order", effect: .output,
    help: "Show findings in this order: as the report has them, by points, count, first-seen,"
      + " last-seen (the largest or latest first) or host.")

  /// Excel takes a file without it for one in the machine's own encoding.
  package let csvMark = Setting(
    "csv-bom", .flag, default: false, effect: .output,
    help: "Begin CSV on standard output with a byte order mark, so that Excel recognises UTF-8.")

  /// Neither progress nor a summary on standard error.
  package let isQuiet = Setting(
    "quiet", .flag, default: false, short: "q", effect: .run,
    help: "No progress and no summary on standard error; an incomplete reading is still reported.")

  fileprivate init() {}
}

extension SettingTable {
  package static let shared = SettingTable()

  /// In the order in which they are defined.
  package static let all: [any AnySetting] = Mirror(reflecting: shared).children.compactMap {
    $0.value as? any AnySetting
  }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  package static func named(_ name: String) -> (any AnySetting)? { byName[name] }

  /// The names, in alphabetical order.
  package static let names = all.map(\.name).sorted()
}
