/// Numbers as people read them.
package enum Figures {
  /// `1,004,709`.
  package static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  /// `1 archive`, `14 archives`.
  package static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    grouped(number) + " " + (number == 1 ? noun : plural ?? noun + "s")
  }

  /// `312 B`, `4.5 kB`, `96 MB`: in powers of ten, as disks and `ls --si` count.
  static func bytes(_ number: Int) -> String {
    guard number >= 1000 else { return "\(number) B" }
    var unit = 1000
    for name in ["kB", "MB", "GB", "TB", "PB"] {
      let tenths = (number + unit / 20) / (unit / 10)
      if tenths < 100 { return "\(tenths / 10).\(tenths % 10) \(name)" }
      let whole = (number + unit / 2) / unit
      if whole < 1000 || name == "PB" { return "\(grouped(whole)) \(name)" }
      unit *= 1000
    }
    return "\(number) B"
  }

  /// `24.7 %`; something is never 0.0, and less than all never 100.0.
  static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0.0 %" }
    var tenths = (part * 1000 + whole / 2) / whole
    if part > 0 { tenths = max(1, tenths) }
    if part < whole { tenths = min(999, tenths) }
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// `4 h 7 min`, `5 min 3 s`.
  static func duration(milliseconds: Int64) -> String {
    let seconds = Int(milliseconds.magnitude / 1000)
    return seconds >= 3600
      ? "\(grouped(seconds / 3600)) h \(seconds / 60 % 60) min"
      : "\(seconds / 60) min \(seconds % 60) s"
  }
}
