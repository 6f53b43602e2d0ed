/// Which time of an event is its time.
package enum TimeSource: String, CaseIterable, Sendable {
  /// The record's, which is what Splunk calls `_time`; `UtcTime` where there is none.
  case record
  /// Sysmon's `UtcTime`; the record's where there is none.
  case utc
}
