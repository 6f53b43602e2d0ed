/// A point in time, with the spellings that log shippers give it.
package struct Moment: Comparable, Hashable, Sendable {
  /// Since 1970-01-01 00:00:00 UTC.
  package var milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// Midnight UTC of a day of the Gregorian calendar.
  package init(year: Int, month: Int, day: Int) {
    // Days from civil: years are counted from March, so that the leap day comes last.
    let y = month <= 2 ? year - 1 : year
    let yearOfEra = y % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    milliseconds = (y / 400 * 146_097 + dayOfEra - 719_468) * 86_400_000
  }

  package static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }
  package static func + (a: Moment, milliseconds: Int) -> Moment {
    Moment(milliseconds: a.milliseconds + milliseconds)
  }

  /// `2024-05-06`.
  package var dateText: String {
    let z = milliseconds / 86_400_000 + 719_468
    let dayOfEra = z % 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let m = (5 * dayOfYear + 2) / 153
    let month = m < 10 ? m + 3 : m - 9
    let year = z / 146_097 * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    let day = dayOfYear - (153 * m + 2) / 5 + 1
    return "\(Moment.padded(year, 4))-\(Moment.padded(month, 2))-\(Moment.padded(day, 2))"
  }

  /// `08:15:00`.
  package var clockText: String {
    let second = milliseconds / 1000 % 86_400
    let hour = Moment.padded(second / 3600, 2)
    return "\(hour):\(Moment.padded(second / 60 % 60, 2)):\(Moment.padded(second % 60, 2))"
  }

  /// `2024-05-06 08:15:00.123`, as Sysmon writes `UtcTime`.
  package var sysmonText: String { "\(secondsText).\(fractionText)" }

  /// `2024-05-06 08:15:00`.
  package var secondsText: String { "\(dateText) \(clockText)" }

  /// `2024-05-06T08:15:00.123` and then `tail`: further digits, a zone.
  package func isoText(_ tail: String = "Z") -> String {
    "\(dateText)T\(clockText).\(fractionText)\(tail)"
  }

  private var fractionText: String { Moment.padded(milliseconds % 1000, 3) }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width
      ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
  }
}
