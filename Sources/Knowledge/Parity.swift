/// How close to the published query to stay.
package enum Parity: String, CaseIterable, Sendable {
  /// The query to the letter, rows with a missing group field dropped, Windows Sysmon only.
  case strict
  /// The published logic over normalised events, ParentImage resolved from Event ID 1.
  case seed
  /// The query's twin over Defender's `DeviceNetworkEvents`, and nothing else.
  case kql
  /// As `seed`, with processes matched by their own name, and renamed tools recognised.
  case tuned
}
