/// The forms a report comes in.
package enum ReportFormat: String, CaseIterable, Sendable {
  /// For a terminal or a mail.
  case text
  /// The whole report as one object, schema `oddport.report/1`.
  case json
  /// One finding to the line, schema `oddport.finding/1`.
  case jsonl
  /// The findings as a table (RFC 4180).
  case csv
  /// For a ticket.
  case markdown
  /// One page for a browser, without network or script of others.
  case html
  /// A layer for the ATT&CK Navigator.
  case navigator
  /// OCSF Detection Findings, one to the line.
  case ocsf
  /// Alerts in the Elastic Common Schema, one to the line.
  case ecs
  /// For code scanning and ticket systems, with what is new.
  case sarif
  /// Events for Timesketch, one to the line.
  case timesketch
  /// Counts for the textfile collector.
  case prometheus
}
