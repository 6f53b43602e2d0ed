package import Facts
package import Hunting
import Knowledge

/// Findings as a table: of the CSV report, and of what a ledger exports.
package enum FindingsTable {
  package typealias Field = TableField<@Sendable (Finding) -> TableValue>

  /// The columns of the published table, in its order, then ours.
  package static let fields: [Field] =
    published + [
      .init("id", .text, { .text($0.id) }, "stable from run to run"),
      .init(
        "first_seen_ms", .integer, unit: "ms since 1970", { milliseconds($0.firstSeen) },
        "`first_seen`"),
      .init(
        "last_seen_ms", .integer, unit: "ms since 1970", { milliseconds($0.lastSeen) },
        "`last_seen`"),
      .init(
        "parent_source", .text, { .text($0.parentSource.rawValue) },
        "who names the parent: `event`, `process_start` (Event ID 1), `unknown`"),
      .init(
        "substring_only", .boolean, { .boolean($0.isSubstringMatch) },
        "whether a listed name is only a part of the program's"),
      .init(
        "destination_class", .texts, { .texts($0.destinationScopes.map(\.rawValue)) },
        "kinds of addresses, such as `public`"),
      .init(
        "destination_names", .texts, { .texts($0.destinationNames) }, "names of the other side"),
      .init("process_count", .integer, { .init($0.processCount) }, "how many processes connected"),
      .init(
        "original_file_name", .text, { .init($0.originalFileName) },
        "of a renamed program"),
      .init("points", .integer, { .init($0.points) }, "what the evidence adds up to, 0 to 100"),
      .init(
        "reasons", .texts, { .texts($0.reasons.map { "\($0.evidence.rawValue)=\($0.points)" }) },
        "evidence and its points"),
      .init("beacon", .text, { .init($0.beacon?.rhythm) }, "the most regular of the rhythms"),
      .init(
        "kind", .text, { .text($0.kind.rawValue) },
        Finding.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")),
      .init(
        "hosts", .integer, { .init(max(1, $0.hosts.count)) }, "how many hosts the row is about"),
      .init(
        "status", .text, { .init($0.status?.rawValue) },
        "of a night: missing here, where all is listed"),
      .init("command_line", .text, { .init($0.process?.commandLine) }, "of one of its processes"),
      .init(
        "ancestors", .texts, { .texts($0.process?.ancestors.map(\.image) ?? []) },
        "programs from which it descends, the parent first"),
      .init("hashes", .text, { .init($0.process?.hashes) }, "of the program"),
      .init("integrity_level", .text, { .init($0.process?.integrityLevel) }, "such as `High`"),
      .init("logon_id", .text, { .init($0.process?.logonID) }, "of the session"),
    ]

  /// The columns of the published table.
  private static let published: [Field] = [
    .init("host", .text, { .text($0.host) }, "the computer"),
    .init("Image", .text, { .text($0.image) }, "path of the program"),
    .init("User", .text, { .text($0.user) }, "who ran it"),
    .init("ParentImage", .text, { .text($0.parentImage) }, "path of its parent"),
    .init("ports_used", .texts, { .texts($0.portsUsed.map(\.text)) }, "ascending"),
    .init("remote_ips", .texts, { .texts($0.remoteAddresses) }, "ascending"),
    .init("connection_count", .integer, { .init($0.connectionCount) }, "connections"),
    .init(
      "max_risk_score", .integer, { .init($0.maxRiskScore) }, "the published score, 1 to 3"),
    .init(
      "severity", .texts, { .texts($0.severities.map(\.name)) }, "`High`, `Medium`, `Low`"),
    .init(
      "first_seen", .text, { .init($0.firstSeen?.description) }, "record time of the earliest, UTC"),
    .init(
      "last_seen", .text, { .init($0.lastSeen?.description) }, "record time of the latest, UTC"),
  ]

  private static func milliseconds(_ time: UTCTime?) -> TableValue {
    time.map { .integer($0.milliseconds) } ?? .missing
  }
}
