package import Facts

/// A table of a ledger as other programs read it, one archive after another. `docs/tables.md` is made of it.
package enum LedgerTable: String, CaseIterable, Sendable {
  case archives, coverage, hosts, connections, processes
  case registryChanges = "registry_changes"

  package var columns: [TableColumn] {
    self == .hosts ? Self.hostFields.map(\.column) : fields.map(\.column)
  }

  /// What a row is, in Markdown.
  package var meaning: String {
    switch self {
    case .archives:
      "an archive; those that have grown into another one, or were pruned, are known without facts"
    case .coverage:
      "what became of the lines of an archive that has facts: each line is in one of `blank`,"
        + " the `rejected_…`, `irrelevant`, `not_understood` and `observations`"
    case .hosts: "how much was heard of a host in an archive"
    case .connections:
      "connections with one host, program, user, parent, process, address, port, transport, day and direction"
        + " in an archive"
    case .processes: "the start of a process"
    case .registryChanges: "a value that was set at a `PortNumber`, such as that of RDP"
    }
  }
}

// MARK: - Columns in SQL

/// Where a value of a row comes from. A row of `archive` is called `a`, one of facts `f`.
enum LedgerValue {
  /// An expression that gives the value, for a date the days since 1970.
  case value(String)
  /// The column that holds the number of a text.
  case text(String)
  /// The column that holds seconds, packed.
  case seconds(String)
}

extension LedgerTable {
  typealias Field = TableField<LedgerValue>

  /// Empty for hosts, which are packed.
  var fields: [Field] {
    switch self {
    case .archives: Self.archiveFields
    case .coverage: Self.coverageFields
    case .hosts: []
    case .connections: Self.connectionFields
    case .processes: Self.processFields
    case .registryChanges: Self.changeFields
    }
  }

  private static let ofArchive = "name of the archive"
  private static let sha256 = Field(
    "archive_sha256", .text, .value("a.sha256"), "of the archive, which tells it from others")
  private static let line = Field(
    "line", .integer, .value("f.line"), "its line in the archive, from 1")
  private static let offset = Field(
    "offset", .integer, unit: "bytes", .value("f.offset"),
    "where this line begins in the unpacked archive")

  private static func guid(_ column: String) -> LedgerValue {
    .value("CASE typeof(f.\(column)) WHEN 'blob' THEN lower(hex(f.\(column))) ELSE f.\(column) END")
  }

  private static func words<Word: RawRepresentable & CaseIterable>(
    of _: Word.Type, _ column: String
  ) -> LedgerValue where Word.RawValue == UInt8 {
    let names = Word.allCases.map { "WHEN \($0.rawValue) THEN '\($0)'" }
    return .value("CASE \(column) \(names.joined(separator: " ")) END")
  }

  private static func names<Word: CaseIterable>(of _: Word.Type) -> String {
    Word.allCases.map { "`\($0)`" }.joined(separator: ", ")
  }

  private static let archiveFields: [Field] = [
    .init("name", .text, .value("a.name"), "as reports call it"),
    .init("sha256", .text, .value("a.sha256"), "of its bytes on disk"),
    .init("bytes", .integer, unit: "bytes", .value("a.bytes"), "its size on disk"),
    .init(
      "unpacked_bytes", .integer, unit: "bytes", .value("a.unpacked_bytes"), "what it unpacks to"),
    .init("container", .text, .value("a.container"), "`zstd`, `gzip` or `plain`"),
    .init("damage", .text, .value("a.damage_reason"), "why reading stopped before its end"),
    .init("grown_into", .text, .value("a.grown_into"), "the `sha256` of what it became"),
    .init("content", .text, .value("a.content"), "hash of what it unpacks to"),
    .init("reader", .integer, .value("a.reader"), "version of the reader that read it"),
    .init(
      "not_understood", .integer, .value("json_extract(a.coverage, '$.not_understood')"),
      "lines, as in `coverage`"),
    .init("frames", .integer, .value("a.frames"), "frames of the container"),
    .init(
      "damage_offset", .integer, unit: "bytes", .value("a.damage_offset"),
      "where on disk the damage begins"),
    .init("pruned", .boolean, .value("a.is_pruned"), "whether its facts were pruned"),
  ]

  private static let coverageFields: [Field] = {
    func count(_ name: String, _ path: String, _ meaning: String) -> Field {
      Field(name, .integer, .value("coalesce(json_extract(a.coverage, '$.\(path)'), 0)"), meaning)
    }
    func events(_ name: String, _ kind: EventKind, _ meaning: String) -> Field {
      let sum = """
        (SELECT coalesce(sum(json_extract(value, '$.count')), 0) FROM json_each(a.coverage, '$.events')
        WHERE json_extract(value, '$.kind') = '\(kind.rawValue)')
        """
      return Field(name, .integer, .value(sum), meaning)
    }
    func setAside(_ name: String, _ reason: SetAside, _ meaning: String) -> Field {
      count(name, "set_aside.\(reason.rawValue)", meaning)
    }
    return [
      .init("archive", .text, .value("a.name"), ofArchive), sha256,
      count("blank", "blank", "lines without anything"),
    ]
      + RejectionReason.allCases.map { reason in
        count(
          "rejected_\(reason.rawValue)", "rejected.\(reason.rawValue)", "lines: \(reason.meaning)")
      } + [
        count("irrelevant", "irrelevant", "lines of other events and products"),
        count(
          "not_understood", "not_understood",
          "lines that name Sysmon and gave nothing, although they may be what a hunt reads"),
        count("observations", "observations", "lines that gave one or more events"),
        events("connections", .connection, "events: connections"),
        events("process_starts", .processStart, "events: starts of processes"),
        events("registry_changes", .registryChange, "events: values set in the registry"),
        count(
          "telemetry_events", "telemetry_events", "Sysmon events of any kind that were looked at"),
        count("invalid_utf8", "invalid_utf8", "lines with bytes that are not UTF-8"),
        setAside("preview_rows", .previewRow, "previews of a search's results"),
        setAside(
          "flows_without_process", .flowWithoutProcess, "network flows that name no process"),
      ]
  }()

  private static let connectionFields: [Field] = [
    .init("archive", .text, .value("a.name"), ofArchive),
    .init("host", .text, .text("host"), "the computer that reported it"),
    .init("Image", .text, .text("image"), "path of the program"),
    .init("User", .text, .text("user"), "who ran it"),
    .init("ParentImage", .text, .text("parent"), "path of its parent, where the event names it"),
    .init(
      "process", .text, guid("process"), "ProcessGuid: 32 hexadecimal digits, or what was written"),
    .init("direction", .text, words(of: Direction.self, "f.direction"), names(of: Direction.self)),
    .init("remote_ip", .text, .text("address"), "the other side, as it was written"),
    .init("port", .text, .text("port"), "the port, as it was written"),
    .init("protocol", .text, .text("transport"), "`tcp`, `udp`"),
    .init("destination_name", .text, .text("destination_name"), "name of the other side"),
    .init("count", .integer, .value("f.count"), "how many connections these are"),
    .init(
      "first_seen_ms", .integer, unit: "ms since 1970", .value("f.first_ms"),
      "record time of the earliest"),
    .init(
      "last_seen_ms", .integer, unit: "ms since 1970", .value("f.last_ms"),
      "record time of the latest"),
    .init("line", .integer, .value("f.line"), "line of the earliest in the archive, from 1"),
    .init(
      "original_file_name", .text, .text("original_file_name"), "`OriginalFileName` of the program"),
    .init("day", .date, .value("f.day"), "day of the record times"),
    .init("source", .text, words(of: Source.self, "f.source"), names(of: Source.self)),
    .init("action", .text, .text("action"), "Defender's `ActionType`"),
    .init("address_type", .text, .text("address_type"), "Defender's `RemoteIPType`"),
    .init(
      "seconds", .integers, unit: "s since 1970", .seconds("seconds"),
      "in which there was one, ascending, each once"),
    .init(
      "offset", .integer, unit: "bytes", .value("f.offset"),
      "where the earliest's line begins in the unpacked archive"),
    sha256,
  ]

  private static let processFields: [Field] = [
    .init("archive", .text, .value("a.name"), ofArchive),
    .init("host", .text, .text("host"), "the computer that reported it"),
    .init("process", .text, guid("process"), "ProcessGuid, as in `connections`"),
    .init("time_ms", .integer, unit: "ms since 1970", .value("f.time_ms"), "record time"),
    .init("Image", .text, .text("image"), "path of the program"),
    .init("ParentImage", .text, .text("parent"), "path of its parent"),
    .init("User", .text, .text("user"), "who ran it"),
    .init("OriginalFileName", .text, .text("original_file_name"), "from the program's resources"),
    .init("CommandLine", .text, .text("command_line"), "with which it was started"),
    .init("Hashes", .text, .text("hashes"), "of the program, such as `SHA256=…,IMPHASH=…`"),
    .init("IntegrityLevel", .text, .text("integrity_level"), "such as `High`"),
    .init("LogonId", .text, .text("logon_id"), "of the session"),
    .init("ProcessId", .text, .text("process_id"), "as it was written"),
    .init("parent_process", .text, guid("parent_process"), "the parent's ProcessGuid"),
    .init("ParentCommandLine", .text, .text("parent_command_line"), "with which that was started"),
    sha256,
  ]

  private static let changeFields: [Field] = [
    .init("archive", .text, .value("a.name"), ofArchive),
    .init("host", .text, .text("host"), "the computer that reported it"),
    .init("Image", .text, .text("image"), "path of the program that set it"),
    .init("User", .text, .text("user"), "who ran it"),
    .init("process", .text, guid("process"), "ProcessGuid, as in `connections`"),
    .init("TargetObject", .text, .text("target"), "what was set"),
    .init("Details", .text, .text("details"), "the new value, as it was written"),
    .init("previous", .text, .text("previous"), "the value before, where the event names it"),
    .init("time_ms", .integer, unit: "ms since 1970", .value("f.time_ms"), "record time"),
    line, offset, sha256,
  ]

  /// The table that holds the facts; nil: there is a row for each archive.
  var factTable: String? {
    switch self {
    case .archives, .coverage, .hosts: nil
    case .connections: "connection"
    case .processes: "process"
    case .registryChanges: "registry_change"
    }
  }

  /// What sorts the rows of an archive. Rows alike in this are sorted by what they say.
  var order: String {
    switch self {
    case .archives, .coverage, .hosts: "NULL"
    case .connections, .registryChanges: "f.offset"
    case .processes: "f.time_ms"
    }
  }
}

extension RejectionReason {
  fileprivate var meaning: String {
    switch self {
    case .malformed: "not one JSON object"
    case .tooLong: "longer than `--max-line`"
    case .utf16: "UTF-16"
    }
  }
}

// MARK: - Hosts, which are packed

extension LedgerTable {
  /// A host in an archive.
  struct HeardHost {
    var archive, sha256: String
    var host: String?
    var heard: HostCoverage
  }

  static let hostFields: [TableField<@Sendable (HeardHost) -> TableValue>] = [
    .init("archive", .text, { .text($0.archive) }, ofArchive),
    .init("host", .text, { .init($0.host) }, "missing where events name none"),
    .init("connections", .integer, { .init($0.heard.connections) }, "events"),
    .init("process_starts", .integer, { .init($0.heard.processStarts) }, "events"),
    .init("registry_changes", .integer, { .init($0.heard.registryChanges) }, "events"),
    .init(
      "first_hour_ms", .integer, unit: "ms since 1970", { hour($0.heard.hours.all.first?.hour) },
      "start of the first hour with an event"),
    .init(
      "last_hour_ms", .integer, unit: "ms since 1970", { hour($0.heard.hours.all.last?.hour) },
      "start of the last one"),
    .init("hours", .integer, { .init($0.heard.hours.all.count) }, "hours with an event"),
    .init(
      "skewed_events", .integer, { .init($0.heard.skewedEvents) },
      "events whose record time and `UtcTime` are more than 300 s apart"),
    .init(
      "largest_skew_ms", .integer, unit: "ms", { .integer($0.heard.largestSkewMilliseconds) },
      "how far they are apart at most"),
    .init(
      "named_by_collector", .integer, { .init($0.heard.namedByCollector) },
      "events in which the collector alone names it"),
    .init("archive_sha256", .text, { .text($0.sha256) }, sha256.column.meaning),
  ]

  private static func hour(_ hour: Int32?) -> TableValue {
    hour.map { .integer(Int64($0) * 3_600_000) } ?? .missing
  }
}
