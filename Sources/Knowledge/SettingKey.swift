/// The name of a setting: the key in a job file, and behind `--` the option.
package enum SettingKey: String, CaseIterable, Comparable, Sendable {
  case accept
  case archives
  case assumeZone = "assume-tz"
  case checkAll = "check-all"
  case chunkSize = "chunk-size"
  case clock = "time"
  case color
  case dedupe
  case failOn = "fail-on"
  case format
  case from
  case highRisk = "high-risk"
  case hostField = "host-field"
  case intel
  case keep
  case ledger
  case maxAge = "max-age"
  case maxLine = "max-line"
  case maxRatio = "max-ratio"
  case maxWindow = "max-window"
  case onlyNew = "only-new"
  case onlyPublished = "only-published"
  case out
  case parity
  case port
  case quiet
  case sigma
  case suppressions
  case textfile
  case to
  case validity
  case weight
  case width
  case window
  case workers

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// Takes several values, one below the other.
  package var isList: Bool {
    switch self {
    case .accept, .archives, .format, .highRisk, .intel, .port, .sigma, .suppressions, .weight: true
    default: false
    }
  }

  /// As it is written on the command line.
  package var asArgument: String { self == .archives ? "ARCHIVE" : "--" + rawValue }

  /// Whether the report depends on it. The other settings say where the input lies, where the output
  /// goes, or how fast: two runs that differ in them alone write the same report.
  package var decidesReport: Bool {
    switch self {
    case .accept, .assumeZone, .checkAll, .clock, .dedupe, .from, .highRisk, .hostField, .maxLine,
      .maxRatio,
      .maxWindow, .onlyNew, .onlyPublished, .parity, .port, .to, .validity, .weight, .window:
      true
    case .archives, .chunkSize, .color, .failOn, .format, .intel, .keep, .ledger, .maxAge,
      .out, .quiet, .sigma, .suppressions, .textfile, .width, .workers:
      false
    }
  }

  /// What it takes, to follow "it takes".
  package var allowed: String {
    switch self {
    case .accept: "reasons, of \(ReadingReason.allCases.map(\.rawValue).joined(separator: ", "))"
    case .archives: "files, folders, or - for standard input"
    case .assumeZone:
      "UTC or an offset such as +09:00 or -0330; no names, whose offset changes over the year"
    case .checkAll, .dedupe, .onlyNew, .onlyPublished, .quiet: "true or false"
    case .chunkSize: "a size from 1 to 1G, such as 32M; K, M and G are powers of 1,024"
    case .clock: "record or utc"
    case .color: "auto, always or never"
    case .failOn: "never, low, medium or high"
    case .format: "names of report formats"
    case .from, .to:
      "a day such as 2024-05-01 (its start, UTC), or a time with its zone such as"
        + " 2024-05-01T22:00:00+09:00"
    case .highRisk: "names of executables without a path, such as python3"
    case .hostField: "a field's path, keys joined by dots, such as agent.name"
    case .keep: "a whole number from 1 to 10000"
    case .ledger, .textfile: "the name of a file"
    case .maxAge: "never, or hours or days such as 26h or 2d"
    case .maxLine: "a size from 1 to 1G, such as 64M; K, M and G are powers of 1,024"
    case .maxRatio: "a whole number from 1 to 1000000"
    case .maxWindow: "a size from 1K to 2G, such as 128M; K, M and G are powers of 1,024"
    case .out: "the name of a folder"
    case .parity: "strict, seed, kql or tuned"
    case .port:
      "ports from 1 to 65535 or ranges of them, with /tcp or /udp or without, such as 31000-31010/udp"
    case .intel, .sigma, .suppressions: "names of files"
    case .validity: "mark, apply or ignore"
    case .weight:
      "evidence and its points from -100 to 100, such as beacon=40; docs/evidence.md lists it"
    case .width: "auto, or a number of columns from 40 to 1000"
    case .window: "all, or a number of days such as 30d"
    case .workers: "auto, or a whole number from 1 to 1024"
    }
  }

  /// What it is for, as `--help` says it.
  package var summary: String {
    switch self {
    case .accept:
      "A known reason why the reading is partial or blind, such as passed-over: it is counted and told,"
        + " and no longer decides the exit status. May be given several times; docs/reading.md lists"
        + " them."
    case .archives: "What to read: files, folders, or - for standard input."
    case .assumeZone:
      "Take times without a zone, where there is no better, for local times of this zone: UTC, +09:00."
    case .checkAll: "Parse every line, also those that cannot matter, and count the malformed ones."
    case .chunkSize: "Unpacked size of a chunk. The report is the same whatever it is."
    case .clock: "An event's time: that of its record, as Splunk has it, or Sysmon's UtcTime."
    case .color: "Colours in the text report: auto, always or never."
    case .dedupe: "Read archives with the same bytes once, whatever their names."
    case .failOn:
      "End with status 1 if there are findings of this severity or a higher one: low, medium, high or"
        + " never. Beacons and RDP port changes count as high."
    case .format: "What to write; may be given several times."
    case .from:
      "Only connections from this time on: YYYY-MM-DD (its start, UTC), or a time with its zone."
    case .highRisk:
      "Take executables of this name for high-risk processes as well, such as python3; may be given"
        + " several times. Needs --parity tuned."
    case .hostField: "The field that names the endpoint, by its path, such as agent.name."
    case .intel:
      "Intelligence: CSV, plain list, JSON records, STIX 2.1, MISP or Sigma. A hunt lists what meets it"
        + " and says who is known for a finding; a sweep looks for it."
    case .keep: "With --only-new and --out: how many nights' reports are kept."
    case .maxAge:
      "With a ledger: the reading is blind if no archive was written within this time, such as 26h."
    case .ledger:
      "Remember in this file what was read: only what it does not hold is read, all of it is judged."
    case .maxLine: "The longest line that is read; longer ones are counted as rejected."
    case .maxRatio:
      "Stop an archive that unpacks to more than so many times its size (from 1 GiB on)."
    case .maxWindow: "The largest zstd window that is granted."
    case .onlyNew:
      "Only what is new since the last run with --only-new; print nothing if there is nothing new and"
        + " the reading was complete. Needs a ledger."
    case .onlyPublished:
      "The published table alone: no beacons, no RDP port changes, no points."
    case .out:
      "Write the report and its manifest into this folder, replacing a former report; with --only-new"
        + " into a folder of the night in it, with a link 'latest' beside."
    case .parity:
      "How close to the published query to stay: to the letter (strict), its meaning (seed), or its"
        + " aim (tuned); kql is its twin over Defender's events."
    case .port:
      "Look for this port, such as 6666, 8444/tcp or 31000-31010; may be given several times."
    case .quiet:
      "No progress and no summary on standard error; a reading that was not complete is said."
    case .sigma:
      "Look for what these Sigma rules of network connections mean, as they are written; may be given"
        + " several times."
    case .validity:
      "Connections outside of an indicator's validity: mark them, apply it and leave them out, or"
        + " ignore it."
    case .suppressions:
      "Keep what these YAML files describe out of the table, counted and listed; may be given several"
        + " times."
    case .textfile:
      "Write report.prom to this file as well, for the textfile collector of Prometheus' node exporter."
    case .to: "Only connections before this time."
    case .weight:
      "How many points a piece of evidence gives, such as beacon=40; may be given several times."
    case .width: "Columns of the text report, or auto: those of the terminal, or 80."
    case .window:
      "Only the ledger's last so many days, such as 30d, counted from the last one that was seen."
    case .workers: "Chunks in work at a time, or auto: as many as there are cores."
    }
  }
}
