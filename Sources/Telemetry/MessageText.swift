import Facts
import JSON

/// Reads the text that Windows shows of an event (`Key: value` lines under a heading) into a view, for those
/// who keep nothing else of it.
///
/// A text can be rendered with the wrong manifest, its values shifted, or be cut: then the values do not fit
/// their names, and it is refused, not guessed.
enum MessageText {
  enum Outcome {
    case read
    case refused(StaticString)
  }

  private static let headings: [(heading: StaticString, eventID: StaticString)] = [
    ("Network connection detected", "3"), ("Process Create", "1"), ("Registry value set", "13"),
  ]

  /// Fields that come after a text that others may write (`CommandLine`): of two lines with the same name
  /// the last is the event's.
  private static let lateFields: Set<Slot> = [
    .user, .integrityLevel, .hashes, .logonID, .parentImage, .parentProcessGuid, .parentProcessID,
    .parentCommandLine,
  ]

  /// The number of the event whose text this is; nil where it begins like none.
  static func eventID(of text: UnsafeRawBufferPointer) -> StaticString? {
    var from = 0
    while from < text.count, unsafe text[from].isBlank || text[from] == UInt8(ascii: "\"") {
      from += 1
    }
    let rest = unsafe UnsafeRawBufferPointer(rebasing: text[from...])
    return headings.first { unsafe rest.starts(with: $0.heading) }?.eventID
  }

  /// Where the message begins in a text that may have a header of `Key=value` lines, as Splunk writes it.
  static func start(in text: UnsafeRawBufferPointer) -> Int? {
    if unsafe eventID(of: text) != nil { return 0 }
    var at = 0
    while let line = unsafe nextLine(in: text, from: at) {
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: text[line.range])
      if unsafe bytes.starts(with: "Message=") {
        let start = line.range.lowerBound + 8
        let rest = unsafe UnsafeRawBufferPointer(rebasing: text[start...])
        return unsafe eventID(of: rest) == nil ? nil : start
      }
      at = line.next
    }
    return nil
  }

  /// Where the message begins after a header of another kind: at a heading and its colon.
  static func startAfterPrefix(in text: UnsafeRawBufferPointer) -> Int? {
    var at = 0
    while let colon = unsafe text.firstIndex(of: UInt8(ascii: ":"), from: at) {
      let before = unsafe UnsafeRawBufferPointer(rebasing: text[..<colon])
      for (heading, _) in headings where unsafe before.ends(with: heading) {
        return colon - heading.utf8CodeUnitCount
      }
      at = colon + 1
    }
    return nil
  }

  /// Reads the message at the start of `text`.
  static func read(
    _ text: UnsafeRawBufferPointer, into view: FieldView, names: FieldNames, level: Int
  ) -> Outcome {
    guard let id = unsafe eventID(of: text) else { return .refused("it has no known heading") }
    view.clearData()
    let idSlot = Slot.eventID.rawValue
    if let known = unsafe view.bytes(idSlot), unsafe !known.equals(id) {
      return .refused("its message is that of another event")
    }
    unsafe view.set(
      idSlot, .init(start: id.utf8Start, count: id.utf8CodeUnitCount), level: level)
    if unsafe text.firstIndex(of: 0x0A, from: 0) == nil {
      guard unsafe readOneLine(text, into: view, names: names, level: level) else {
        return .refused("its message has a name twice, in one line")
      }
      return refusal(view, id).map { .refused($0) } ?? .read
    }
    var seen: Set<Int> = []
    var at = 0
    while let line = unsafe nextLine(in: text, from: at) {
      at = line.next
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: text[line.range])
      guard let colon = unsafe bytes.firstIndex(of: UInt8(ascii: ":"), from: 0),
        let slot = unsafe names.slot(ofName: .init(rebasing: bytes[..<colon])),
        slot < Slot.firstOfLog.rawValue
      else { continue }
      if !seen.insert(slot).inserted {
        guard let field = Slot(rawValue: slot), lateFields.contains(field) else { continue }
      }
      var value = colon + 1
      if value < bytes.count, unsafe bytes[value] == 0x20 { value += 1 }
      var end = bytes.count
      // The last line of a text in quotes.
      if line.next >= text.count, end > value, unsafe bytes[end - 1] == UInt8(ascii: "\"") {
        end -= 1
      }
      unsafe view.set(slot, .init(rebasing: bytes[value..<end]), level: level)
    }
    return refusal(view, id).map { .refused($0) } ?? .read
  }

  /// Reads a message whose line ends were made blanks or tabs: a value ends where the next of Sysmon's names
  /// begins.
  ///
  /// - Returns: Whether each name is there once. A text that others may write could repeat one.
  private static func readOneLine(
    _ text: UnsafeRawBufferPointer, into view: FieldView, names: FieldNames, level: Int
  ) -> Bool {
    var fields: [(slot: Int, name: Int, value: Int)] = []
    var at = 0
    while let colon = unsafe text.firstIndex(of: UInt8(ascii: ":"), from: at) {
      at = colon + 1
      let before = unsafe UnsafeRawBufferPointer(rebasing: text[..<colon])
      let start = unsafe before.lastIndex(where: \.isBlank).map { $0 + 1 } ?? 0
      guard unsafe at == text.count || text[at].isBlank,
        let slot = unsafe names.slot(ofName: .init(rebasing: before[start...])),
        slot < Slot.firstOfLog.rawValue
      else { continue }
      if slot != Slot.unused.rawValue, fields.contains(where: { $0.slot == slot }) { return false }
      fields.append((slot, start, min(at + 1, text.count)))
    }
    for (index, field) in fields.enumerated() where field.slot != Slot.unused.rawValue {
      let end = index + 1 < fields.count ? fields[index + 1].name : text.count
      let value = unsafe text[field.value..<max(field.value, end)]
      // After a tab, or a bracket that was opened before the message, comes what is not the message's.
      let isLast = index + 1 == fields.count
      let words = unsafe isLast ? value.prefix { $0 != 0x09 && $0 != UInt8(ascii: "]") } : value
      let last = unsafe words.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? field.value
      unsafe view.set(field.slot, .init(rebasing: text[field.value..<last]), level: level)
    }
    return true
  }

  /// Why the values cannot be those of their names; nil where they can.
  private static func refusal(_ view: FieldView, _ id: StaticString) -> StaticString? {
    func text(_ slot: Slot) -> UnsafeRawBufferPointer? { unsafe view.bytes(slot.rawValue) }
    func isNumber(_ slot: Slot, upTo most: Int) -> Bool {
      guard let text = unsafe text(slot), (1...10).contains(text.count),
        let number = unsafe Int(String(decoding: text, as: UTF8.self))
      else { return false }
      return (0...most).contains(number)
    }
    let shifted: StaticString = "the values of its message do not fit their names"
    let cut: StaticString = "its message is cut"
    let last: Slot =
      id.isEqual(to: "3") ? .destinationPort : id.isEqual(to: "1") ? .parentImage : .details
    guard unsafe text(last) != nil else { return cut }
    if let time = unsafe text(.utcTime) {
      guard unsafe UTCTime(time, withoutZone: .assumed(secondsEast: 0)) != nil else {
        return shifted
      }
    }
    guard unsafe text(.processID) == nil || isNumber(.processID, upTo: .init(UInt32.max)) else {
      return shifted
    }
    guard id.isEqual(to: "3") else { return nil }
    guard isNumber(.destinationPort, upTo: 65535) else { return shifted }
    if let initiated = unsafe text(.initiated) {
      let word = unsafe String(decoding: initiated, as: UTF8.self).lowercased()
      guard word == "true" || word == "false" else { return shifted }
    }
    if let address = unsafe text(.destinationIP) {
      guard unsafe Address(address) != nil else { return shifted }
    }
    return nil
  }

  /// The line from `start` on, without its end; nil at the end of the text.
  private static func nextLine(
    in text: UnsafeRawBufferPointer, from start: Int
  ) -> (range: Range<Int>, next: Int)? {
    guard start < text.count else { return nil }
    let feed = unsafe text.firstIndex(of: 0x0A, from: start)
    var end = feed ?? text.count
    if end > start, unsafe text[end - 1] == 0x0D { end -= 1 }
    return (start..<end, (feed ?? text.count) + 1)
  }
}

extension StaticString {
  fileprivate func isEqual(to other: StaticString) -> Bool {
    unsafe UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount).equals(other)
  }
}
