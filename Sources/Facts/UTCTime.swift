/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z. Leap seconds do not exist.
package struct UTCTime: Comparable, Hashable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (a: UTCTime, b: UTCTime) -> Bool { a.milliseconds < b.milliseconds }

  /// The earlier of two moments, of which either may be missing.
  package static func earlier(_ a: UTCTime?, _ b: UTCTime?) -> UTCTime? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }

  /// The later of two moments, of which either may be missing.
  package static func later(_ a: UTCTime?, _ b: UTCTime?) -> UTCTime? {
    guard let a, let b else { return a ?? b }
    return max(a, b)
  }

  /// The whole second, counted from 1970; earlier moments are negative.
  package var second: Int64 { Self.floor(milliseconds, 1000) }

  /// The UTC day, counted from 1970-01-01.
  package var day: Int32 { Int32(truncatingIfNeeded: Self.floor(milliseconds, 86_400_000)) }

  /// The quotient, rounded down also where it is negative.
  package static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
    let quotient = value / unit
    return value % unit < 0 ? quotient - 1 : quotient
  }
}

// MARK: - Reading

extension UTCTime {
  /// What to make of a stamp that names no zone.
  package enum MissingZone: Equatable, Sendable {
    /// It is not a time at all.
    case refused
    /// It is local time, this many seconds east of UTC.
    case assumed(secondsEast: Int64)
  }

  /// Reads `YYYY-MM-DD`, a blank or `T`, `HH:MM:SS`, any number of fraction digits after `.` or
  /// `,`, then `Z`, `UTC`, `+HH:MM` or `+HHMM` (one blank may come before the zone) or nothing.
  ///
  /// The moment must exist in the calendar (years 1 to 9999, hour 0 to 23, second 0 to 59), nothing
  /// may come before or after it, and the fraction is cut, not rounded, to milliseconds.
  ///
  /// - Complexity: O(*n*) in the bytes of `text`; does not allocate.
  package init?(_ text: Span<UInt8>, withoutZone rule: MissingZone) {
    guard text.count >= 19, let date = Pairs(text, at: 0, "0000-00-"),
      let between = Pairs(text, at: 8, text[10] == UInt8(ascii: " ") ? "00 00:00" : "00T00:00"),
      let time = Pairs(text, at: 11, "00:00:00"),
      case let (year, month, day) = (date[0] * 100 + date[2], date[5], between[0]),
      case let (hour, minute, second) = (time[0], time[3], time[6]),
      year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year),
      hour < 24, minute < 60, second < 60
    else { return nil }

    var at = 19
    var thousandths: Int64 = 0
    if at < text.count, text[at] == UInt8(ascii: ".") || text[at] == UInt8(ascii: ",") {
      at += 1
      let start = at
      while at < text.count, let digit = Self.digit(text[at]) {
        if at - start < 3 { thousandths = thousandths * 10 + digit }
        at += 1
      }
      guard at > start else { return nil }
      for _ in min(at - start, 3)..<3 { thousandths *= 10 }
    }

    var offset: Int64 = 0
    if at == text.count {
      switch rule {
      case .refused: return nil
      case .assumed(let secondsEast): offset = secondsEast
      }
    } else {
      if text[at] == UInt8(ascii: " ") { at += 1 }
      guard let zone = Self.zone(text, at) else { return nil }
      offset = zone
    }

    let days = Self.daysSince1970(year, month, day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    guard seconds >= Self.earliest, seconds <= Self.latest else { return nil }
    milliseconds = seconds * 1000 + thousandths
  }

  /// The same of bytes that another object owns.
  package init?(_ text: UnsafeRawBufferPointer, withoutZone rule: MissingZone) {
    unsafe self.init(
      Span(_unsafeElements: text.assumingMemoryBound(to: UInt8.self)), withoutZone: rule)
  }

  package init?(_ text: [UInt8], withoutZone rule: MissingZone) {
    self.init(text.span, withoutZone: rule)
  }

  private static let earliest = daysSince1970(1, 1, 1) * 86_400
  private static let latest = daysSince1970(9999, 12, 31) * 86_400 + 86_399

  @inline(__always)
  static func digit(_ byte: UInt8) -> Int64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? Int64(value) : nil
  }

  @inline(__always)
  static func number(_ text: Span<UInt8>, _ start: Int, _ length: Int) -> Int64? {
    var value: Int64 = 0
    for at in start..<start + length {
      guard let digit = digit(text[at]) else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private static func zone(_ text: Span<UInt8>, _ start: Int) -> Int64? {
    let left = text.count - start
    guard left > 0 else { return nil }
    if left == 1 { return text[start] == UInt8(ascii: "Z") ? 0 : nil }
    if left == 3, text[start] == UInt8(ascii: "U"), text[start + 1] == UInt8(ascii: "T"),
      text[start + 2] == UInt8(ascii: "C")
    {
      return 0
    }
    let east: Int64 = text[start] == UInt8(ascii: "+") ? 1 : -1
    guard east == 1 || text[start] == UInt8(ascii: "-") else { return nil }
    let colon = left == 6 ? 1 : 0
    guard left == 5 + colon, colon == 0 || text[start + 3] == UInt8(ascii: ":"),
      let hours = number(text, start + 1, 2), let minutes = number(text, start + 3 + colon, 2)
    else { return nil }
    return east * (hours * 3600 + minutes * 60)
  }

  /// Eight bytes that look like a form: digits where it has zeros, and else the same.
  private struct Pairs {
    /// In each byte the number that its digit and the next one make.
    private let numbers: UInt64

    @inline(__always)
    init?(_ text: Span<UInt8>, at start: Int, _ form: StaticString) {
      let bytes = unsafe text.withUnsafeBytes {
        unsafe UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
      let zeros = unsafe UInt64(
        littleEndian: UnsafeRawPointer(form.utf8Start).loadUnaligned(as: UInt64.self))
      // All bits of the bytes that are not zeros in the form.
      let others = (zeros ^ 0x3030_3030_3030_3030) &+ 0x7F7F_7F7F_7F7F_7F7F
      let separators = (others >> 7 & 0x0101_0101_0101_0101) &* 0xFF
      let digits = bytes ^ zeros
      let tooHigh = (digits &+ 0x0606_0606_0606_0606 | digits) & 0xF0F0_F0F0_F0F0_F0F0
      guard tooHigh == 0, digits & separators == 0 else { return nil }
      numbers = digits &* 10 &+ digits >> 8
    }

    @inline(__always)
    subscript(at: Int) -> Int64 { Int64(numbers >> UInt64(8 * at) & 0xFF) }
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
  ///
  /// - Parameter year: At least 1.
  @inline(__always)
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let (year, month, day) = (UInt32(year), UInt32(month), UInt32(day))
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
    return Int64(days) - 719_468
  }
}

// MARK: - Printing

extension UTCTime: CustomStringConvertible {
  /// `YYYY-MM-DD HH:MM:SS` in UTC, the fraction cut off, as Splunk's `strftime` prints it.
  package var description: String { text(between: " ") }

  /// `YYYY-MM-DDTHH:MM:SSZ`, the fraction cut off.
  package var iso8601: String { text(between: "T") + "Z" }

  /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
  package var iso8601Milliseconds: String {
    text(between: "T") + "." + Self.padded(milliseconds - second * 1000, 3) + "Z"
  }

  /// `YYYY-MM-DD`.
  package var date: String { String(text(between: " ").prefix(10)) }

  private func text(between separator: Unicode.Scalar) -> String {
    let day = Self.floor(second, 86_400)
    let ofDay = second - day * 86_400
    // Source: Hinnant's `civil_from_days`.
    let shifted = day + 719_468
    let era = Self.floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    return Self.padded(year, 4)
      + Self.pairs([
        ("-", month), ("-", dayOfMonth), (separator, ofDay / 3600), (":", ofDay / 60 % 60),
        (":", ofDay % 60),
      ])
  }

  /// Two digits for each number, after what separates it from the one before.
  private static func pairs(_ numbers: InlineArray<5, (Unicode.Scalar, Int64)>) -> String {
    unsafe String(unsafeUninitializedCapacity: 3 * numbers.count) { text in
      for at in numbers.indices {
        let (separator, number) = numbers[at]
        unsafe text[3 * at] = UInt8(ascii: separator)
        unsafe text[3 * at + 1] = UInt8(48 + number / 10)
        unsafe text[3 * at + 2] = UInt8(48 + number % 10)
      }
      return 3 * numbers.count
    }
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
