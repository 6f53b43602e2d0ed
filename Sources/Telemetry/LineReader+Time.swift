import Facts
import JSON

extension LineReader {
  func time(_ shape: CompiledShape) -> EventTime {
    var result = EventTime()
    if let text = unsafe field(.utcTime, shape) {
      result.utc = unsafe UTCTime(text, withoutZone: .assumed(secondsEast: 0))
    }
    result.record = stamp(shape.recordTime, .refused, besideEvents: false)
    let record = result.isRecordCorrupt ? nil : result.record
    result.best =
      switch options.timeSource {
      case .record: record ?? result.utc
      case .utc: result.utc ?? record
      }
    if result.best == nil { result.best = stamp(shape.otherTimes + shape.recordTime, .refused) }
    if result.best == nil, let east = options.assumedSecondsEast {
      let rule = UTCTime.MissingZone.assumed(secondsEast: east)
      result.best = stamp(shape.recordTime, rule) ?? stamp(shape.otherTimes, rule)
    }
    return result
  }

  /// - Parameter besideEvents: Whether times count that may be those of something else.
  private func stamp(
    _ slots: [Int], _ rule: UTCTime.MissingZone, besideEvents: Bool = true
  ) -> UTCTime? {
    for slot in slots where besideEvents || !view.isAside(slot) {
      guard let text = unsafe view.bytes(slot) else { continue }
      let zone = slot == catalogue.utcStamp ? .assumed(secondsEast: 0) : rule
      if let time = unsafe UTCTime(text, withoutZone: zone) { return time }
      if let time = unsafe UTCTime(otherwiseWritten: text, withoutZone: zone) { return time }
    }
    return nil
  }
}

/// When an event happened, by each of its clocks.
struct EventTime {
  /// By the clock that was asked for.
  var best: UTCTime?
  var record: UTCTime?
  var utc: UTCTime?

  /// Whether the record's time is impossible, and the event's own is not: corrupt records of event logs are
  /// of 1601 or of far beyond today.
  var isRecordCorrupt: Bool {
    guard let record, let utc else { return false }
    return !record.isOfThisCentury && utc.isOfThisCentury
  }

  /// The second to measure intervals by.
  var arrival: UInt32? { (utc ?? best).flatMap { UInt32(exactly: $0.second) } }
}

extension UTCTime {
  fileprivate var isOfThisCentury: Bool {
    (UTCTime.start2000..<UTCTime.start2100).contains(self)
  }

  private static let start2000 = UTCTime(milliseconds: 946_684_800_000)
  private static let start2100 = UTCTime(milliseconds: 4_102_444_800_000)
}
