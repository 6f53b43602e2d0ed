// How else than as `YYYY-MM-DD HH:MM:SS` shippers and portals write a moment.

extension UTCTime {
  /// Reads a moment that is written as a number of seconds or parts of them since 1970, or as PowerShell,
  /// Sumo Logic or Microsoft's portals write it.
  ///
  /// - Parameter rule: What to make of a local time without a zone.
  package init?(otherwiseWritten text: UnsafeRawBufferPointer, withoutZone rule: MissingZone) {
    let span = unsafe Span<UInt8>(_unsafeElements: text.assumingMemoryBound(to: UInt8.self))
    if let time = Self(epoch: span) ?? Self(dotNet: span) ?? Self(fractionAfterPlus: span)
      ?? Self(american: span, withoutZone: rule) ?? Self(monthFirst: span, withoutZone: rule)
    {
      self = time
    } else {
      return nil
    }
  }

  /// Reads digits with an optional fraction. The unit follows from the size: up to eleven digits are
  /// seconds, up to fourteen milliseconds, up to seventeen microseconds, more nanoseconds. What is finer than
  /// a millisecond is cut off.
  package init?(epoch text: Span<UInt8>) {
    var at = 0
    var whole: Int64 = 0
    while at < text.count, let digit = Self.digit(text[at]) {
      guard at < 19 else { return nil }
      let (tens, overflows) = whole.multipliedReportingOverflow(by: 10)
      let (sum, carries) = tens.addingReportingOverflow(digit)
      guard !overflows, !carries else { return nil }
      whole = sum
      at += 1
    }
    guard at > 0 else { return nil }
    let digits = at
    var thousandths: Int64 = 0
    if at < text.count {
      guard text[at] == UInt8(ascii: "."), at + 1 < text.count else { return nil }
      at += 1
      let start = at
      while at < text.count {
        guard let digit = Self.digit(text[at]) else { return nil }
        if at - start < 3 { thousandths = thousandths * 10 + digit }
        at += 1
      }
      for _ in min(at - start, 3)..<3 { thousandths *= 10 }
    }
    switch digits {
    case ...11: milliseconds = whole * 1000 + thousandths
    case ...14: milliseconds = whole
    case ...17: milliseconds = whole / 1000
    default: milliseconds = whole / 1_000_000
    }
  }

  /// `/Date(1714557601376)/`, with or without a zone after the number: PowerShell 5's ConvertTo-Json.
  private init?(dotNet text: Span<UInt8>) {
    let head: StaticString = "/Date("
    let start = head.utf8CodeUnitCount
    guard text.count > start + 2,
      (0..<start).allSatisfy({ unsafe text[$0] == head.utf8Start[$0] })
    else { return nil }
    var end = start
    while end < text.count, Self.digit(text[end]) != nil { end += 1 }
    guard (1...15).contains(end - start), let value = Self.number(text, start, end - start)
    else { return nil }
    milliseconds = value
  }

  /// `2024-05-01T10:00:01+376543200Z`: Sumo Logic writes the fraction like a zone.
  private init?(fractionAfterPlus text: Span<UInt8>) {
    guard text.count > 26, text[19] == UInt8(ascii: "+"), text[text.count - 1] == UInt8(ascii: "Z")
    else { return nil }
    var corrected: [UInt8] = []
    for at in 0..<text.count { corrected.append(at == 19 ? UInt8(ascii: ".") : text[at]) }
    self.init(corrected.span, withoutZone: .refused)
  }

  /// `5/1/2024, 10:00:01.376 AM` and `May 1, 2024 10:00:01 AM`, as Microsoft's portals write local time.
  private init?(american text: Span<UInt8>, withoutZone rule: MissingZone) {
    guard case .assumed = rule, text.count <= 40 else { return nil }
    var words: [String] = [""]
    for at in 0..<text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "/"): words.append("")
      case 0x21...0x7E: words[words.count - 1].append(Character(Unicode.Scalar(byte)))
      // Between the time and AM or PM there may be a narrow space (U+202F).
      default: words.append("")
      }
    }
    words.removeAll { $0.isEmpty }
    guard words.count == 5, let half = ["AM", "PM"].firstIndex(of: words[4]),
      let month = Self.months.firstIndex(of: words[0]).map({ $0 + 1 }) ?? Int(words[0]),
      let day = Int(words[1]), let year = Int(words[2]), (1...31).contains(day),
      (1...12).contains(month), (1000...9999).contains(year)
    else { return nil }
    let clock = words[3].split(separator: ":", maxSplits: 1)
    guard clock.count == 2, let hour = Int(clock[0]), (1...12).contains(hour) else { return nil }
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let written =
      "\(year)-\(padded(month))-\(padded(day)) \(padded(hour % 12 + 12 * half)):\(clock[1])"
    self.init(Array(written.utf8), withoutZone: rule)
  }

  /// `May 01 2024 10:00:01.376 UTC`, as CEF and LEEF write a moment that is not a number.
  private init?(monthFirst text: Span<UInt8>, withoutZone rule: MissingZone) {
    guard (18...32).contains(text.count), text[3] == UInt8(ascii: " "), text[6] == UInt8(ascii: " ")
    else { return nil }
    var bytes: [UInt8] = []
    for at in 0..<text.count { bytes.append(text[at]) }
    let words = bytes.split(separator: UInt8(ascii: " "))
    guard (4...5).contains(words.count), words[1].count == 2, words[2].count == 4,
      let month = Self.months.firstIndex(where: { words[0].elementsEqual($0.utf8) })
    else { return nil }
    let zone = words.count == 5 ? words[4] : []
    let isUTC = ["UTC", "GMT", "Z"].contains { zone.elementsEqual($0.utf8) }
    guard isUTC || zone.isEmpty else { return nil }
    let digits = Array((month < 9 ? "0\(month + 1)" : "\(month + 1)").utf8)
    let written =
      Array(words[2]) + [UInt8(ascii: "-")] + digits + [UInt8(ascii: "-")] + Array(words[1])
      + [UInt8(ascii: "T")] + Array(words[3]) + (isUTC ? [UInt8(ascii: "Z")] : [])
    self.init(written, withoutZone: rule)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
