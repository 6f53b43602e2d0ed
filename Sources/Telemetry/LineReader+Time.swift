import Facts
import JSON

extension LineReader {
  func time(_ plan: ReadingPlan) -> EventTime { time(plan.clock) }

  func time(_ clock: Clock) -> EventTime {
    var result = EventTime()
    if let text = unsafe bytes(.utcTime, slot: clock.utc) {
      result.utc = unsafe UTCTime(text, withoutZone: .assumed(secondsEast: 0))
    }
    if let text = unsafe values.recordTime {
      result.record = unsafe UTCTime(text, withoutZone: .refused) ?? UTCTime(epochSeconds: text)
    } else {
      result.record = stamp(clock.record, clock.epochUnitsPerSecond, .refused)
    }
    result.best =
      options.clock == .record ? result.record ?? result.utc : result.utc ?? result.record
    if result.best == nil { result.best = stamp(clock.others, nil, .refused) }
    if result.best == nil, let east = options.assumedSecondsEast {
      let rule = UTCTime.MissingZone.assumed(secondsEast: east)
      result.best = stamp(clock.record, nil, rule) ?? stamp(clock.others, nil, rule)
    }
    return result
  }

  private func stamp(
    _ slots: Clock.Slots, _ units: Int64?, _ rule: UTCTime.MissingZone
  ) -> UTCTime? {
    for at in slots.indices where slots[at] >= 0 {
      let text = unsafe parser.bytes(Int(slots[at]))
      if let units, let time = unsafe UTCTime(epoch: text, unitsPerSecond: units) { return time }
      if let time = unsafe UTCTime(text, withoutZone: rule) { return time }
      if let time = unsafe UTCTime(epochSeconds: text) { return time }
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

  /// The UTC day of its key.
  var day: Int32 { best?.day ?? ConnectionKey.noDay }

  /// The second to measure intervals by.
  var beat: UInt32? { (utc ?? best).flatMap { UInt32(exactly: $0.second) } }
}
