import Diagnostics
import Facts

/// Values as people write them. Each reads what it prints.
enum SettingValues {
  static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ text: String
  ) throws(InvalidValue) -> Choice {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw unknown(text, among: names)
  }

  static func unknown(_ text: String, among names: [String]) -> InvalidValue {
    InvalidValue(
      message: "invalid value \(quoted(text))",
      hint: closest(to: text, among: names).map { "did you mean '\($0)'?" }
        ?? "it takes \(alternatives(names))")
  }

  static func flag(_ text: String) throws(InvalidValue) -> Bool {
    switch text {
    case "true": true
    case "false": false
    default: throw InvalidValue(message: "\(quoted(text)) is neither true nor false")
    }
  }

  static func number(
    _ text: String, in range: ClosedRange<Int>
  ) throws(InvalidValue) -> Int {
    guard let number = Int(text), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else {
      throw InvalidValue(message: "\(quoted(text)) is not a whole number")
    }
    guard range.contains(number) else { throw InvalidValue(message: "\(number) is out of range") }
    return number
  }

  /// A number, or `auto`, which is nil.
  static func numberOrAuto(
    _ text: String, in range: ClosedRange<Int>
  ) throws(InvalidValue) -> Int? {
    text == "auto" ? nil : try number(text, in: range)
  }

  /// `30d`, or `all`, which is nil.
  static func days(_ text: String) throws(InvalidValue) -> Int? {
    if text == "all" { return nil }
    guard text.hasSuffix("d"), let days = Int(text.dropLast()), days.description + "d" == text
    else {
      throw InvalidValue(message: "\(quoted(text)) is not a number of days")
    }
    guard (1...100_000).contains(days) else {
      throw InvalidValue(message: "\(quoted(text)) is out of range")
    }
    return days
  }

  /// `26h` or `2d`, or `never`, which is nil; in seconds.
  static func age(_ text: String) throws(InvalidValue) -> Int64? {
    if text == "never" { return nil }
    let hours: Int64
    switch text.last {
    case "h": hours = 1
    case "d": hours = 24
    default: throw InvalidValue(message: "\(quoted(text)) is neither hours nor days")
    }
    guard let count = Int64(text.dropLast()), (1...100_000).contains(count) else {
      throw InvalidValue(message: "\(quoted(text)) is out of range")
    }
    return count * hours * 3600
  }

  static func text(age seconds: Int64) -> String {
    seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\(seconds / 3600)h"
  }

  /// `beacon=40`.
  static func weight(
    _ text: String
  ) throws(InvalidValue) -> (Evidence, Int) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count == 2 else {
      throw InvalidValue(message: "\(quoted(text)) is not a kind of evidence with its points")
    }
    guard let evidence = Evidence(rawValue: parts[0]) else {
      throw unknown(parts[0], among: Evidence.allCases.map(\.rawValue))
    }
    return (evidence, try number(parts[1], in: Evidence.range))
  }

  private static let units: [(letter: String, shift: Int)] = [("G", 30), ("M", 20), ("K", 10)]

  /// `65536`, `512K`, `64M`, `2G`, also with `iB` after the letter.
  static func size(
    _ text: String, in range: ClosedRange<Int>
  ) throws(InvalidValue) -> Int {
    var digits = text[...]
    if digits.hasSuffix("iB") { digits = digits.dropLast(2) }
    let hasPrefix = digits.endIndex != text.endIndex
    let unit = units.first { digits.uppercased().hasSuffix($0.letter) }
    if unit != nil { digits = digits.dropLast() }
    guard unit != nil || !hasPrefix, digits.first?.isNumber == true, let number = Int(digits) else {
      throw InvalidValue(message: "\(quoted(text)) is not a size")
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (unit?.shift ?? 0))
    guard !overflow, range.contains(bytes) else {
      throw InvalidValue(message: "\(quoted(text)) is out of range")
    }
    return bytes
  }

  static func text(size bytes: Int) -> String {
    for unit in units where bytes >= 1 << unit.shift && bytes % (1 << unit.shift) == 0 {
      return "\(bytes >> unit.shift)\(unit.letter)"
    }
    return String(bytes)
  }

  /// A day, which is its start in UTC, or a time with a zone.
  static func time(_ text: String) throws(InvalidValue) -> UTCTime {
    let full = text.utf8.count == 10 ? text + "T00:00:00Z" : text
    if let time = utcTime(full, .refused) { return time }
    if utcTime(text, .assumed(secondsEast: 0)) != nil {
      throw InvalidValue(
        message: "\(quoted(text)) names no zone",
        hint: "add Z for UTC, or an offset such as +09:00")
    }
    throw InvalidValue(message: "\(quoted(text)) is not a time")
  }

  static func text(time: UTCTime) -> String {
    time.milliseconds % 1000 == 0 ? time.iso8601 : time.iso8601Milliseconds
  }

  /// Seconds east of UTC. Fourteen hours are the most that any zone has.
  static func zone(_ text: String) throws(InvalidValue) -> Int64 {
    let epoch = Int64(946_684_800)
    guard let time = utcTime("2000-01-01T00:00:00" + text, .refused) else {
      throw InvalidValue(message: "\(quoted(text)) is not an offset from UTC")
    }
    let secondsEast = epoch - time.second
    guard abs(secondsEast) <= 14 * 3600 else {
      throw InvalidValue(message: "\(quoted(text)) is further from UTC than any zone")
    }
    return secondsEast
  }

  static func text(zone secondsEast: Int64) -> String {
    if secondsEast == 0 { return "UTC" }
    func padded(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
    let minutes = abs(secondsEast) / 60
    return (secondsEast < 0 ? "-" : "+") + padded(minutes / 60) + ":" + padded(minutes % 60)
  }

  private static func utcTime(_ text: String, _ rule: UTCTime.MissingZone) -> UTCTime? {
    UTCTime(Array(text.utf8).span, withoutZone: rule)
  }

  static func executable(_ text: String) throws(InvalidValue) -> String {
    guard !text.isEmpty, !text.utf8.contains(where: { $0 == 0x5C || $0 == 0x2F }) else {
      throw InvalidValue(message: "\(quoted(text)) is not the name of an executable")
    }
    return text.lowercased()
  }

  static func port(_ text: String) throws(InvalidValue) -> PortQuery {
    guard let port = PortQuery(text) else {
      throw InvalidValue(message: "\(quoted(text)) is not a port")
    }
    return port
  }

  static func name(_ text: String) throws(InvalidValue) -> String {
    guard !text.isEmpty else { throw InvalidValue(message: "is empty") }
    guard text.utf8.allSatisfy({ $0 != 0 }) else {
      throw InvalidValue(message: "\(quoted(text)) holds a NUL")
    }
    return text
  }

  static func path(_ text: String) throws(InvalidValue) -> String {
    let keys = try name(text).split(separator: ".", omittingEmptySubsequences: false)
    guard !keys.contains(where: \.isEmpty) else {
      throw InvalidValue(message: "\(quoted(text)) has an empty key in it")
    }
    return text
  }
}
