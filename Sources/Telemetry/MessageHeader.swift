import JSON

/// What comes before a rendered message in the texts of those who send it by syslog or to a log service:
/// the fields of the event log.
///
/// Sources: Splunk's `WinEventLog` input (`Key=value` lines), IBM WinCollect (the same between tabs), Snare
/// (`MSWinEventLog` and columns between tabs), Amazon CloudWatch agent (`[channel] [level] [number] [provider]
/// [computer] [message]`), Event Viewer and `wevtutil` (`Key: value` lines).
enum MessageHeader {
  /// - Parameter times: Names of record times, with the slots of their values.
  static func read(
    _ text: UnsafeRawBufferPointer, into view: FieldView, names: FieldNames,
    times: [(name: StaticString, slot: Int)], level: Int
  ) {
    let columns = unsafe text.split(omittingEmptySubsequences: false) {
      $0 == 0x09 || $0 == 0x0A || $0 == 0x0D
    }.map { unsafe UnsafeRawBufferPointer(rebasing: $0) }
    for index in unsafe columns.indices {
      let column = unsafe columns[index]
      guard let sign = unsafe column.firstIndex(of: UInt8(ascii: "="), from: 0) else {
        if let (slot, value) = unsafe labelled(column, names) {
          unsafe view.set(slot, value, level: level)
        }
        continue
      }
      // The first one may have a syslog header before it.
      let before = unsafe UnsafeRawBufferPointer(rebasing: column[..<sign])
      let start = unsafe before.lastIndex(of: 0x20).map { $0 + 1 } ?? 0
      let name = unsafe UnsafeRawBufferPointer(rebasing: before[start...])
      let slot =
        unsafe times.first { unsafe name.equals($0.name) }?.slot
        ?? names.slot(ofName: name).flatMap(Self.ofLog)
      guard let slot else { continue }
      unsafe view.set(slot, .init(rebasing: column[(sign + 1)...]), level: level)
    }
    func set(_ slots: [(slot: Slot, index: Int)], of values: [UnsafeRawBufferPointer]) {
      for (slot, index) in slots where unsafe index < values.count {
        unsafe view.set(slot.rawValue, values[index], level: level)
      }
    }
    if unsafe columns[0].ends(with: "MSWinEventLog") {
      unsafe set([(.channel, 2), (.eventID, 5), (.sourceName, 6), (.computer, 10)], of: columns)
    }
    let groups = unsafe bracketed(text)
    if unsafe groups.count == 5 {
      unsafe set([(.channel, 0), (.eventID, 2), (.provider, 3), (.computer, 4)], of: groups)
    }
  }

  /// The slot and the value of `Log Name:      Microsoft-Windows-Sysmon/Operational`.
  private static func labelled(
    _ line: UnsafeRawBufferPointer, _ names: FieldNames
  ) -> (slot: Int, value: UnsafeRawBufferPointer)? {
    guard let colon = unsafe line.firstIndex(of: ": ", from: 0) else { return nil }
    let name = unsafe line[..<colon].drop { $0.isBlank }
    guard let slot = unsafe names.slot(ofName: .init(rebasing: name)).flatMap(Self.ofLog) else {
      return nil
    }
    let value = unsafe line[(colon + 2)...].drop { $0.isBlank }
    let end = unsafe value.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? value.startIndex
    return unsafe (slot, .init(rebasing: value[..<end]))
  }

  private static func ofLog(_ slot: Int) -> Int? {
    (Slot.firstOfLog.rawValue..<Slot.firstOfAnyKind.rawValue).contains(slot) ? slot : nil
  }

  /// The texts between brackets, if the text is nothing else; the last bracket, of the message, is open.
  private static func bracketed(_ text: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    var groups = unsafe [UnsafeRawBufferPointer]()
    var at = 0
    while at < text.count, unsafe text[at] == UInt8(ascii: "["),
      let end = unsafe text.firstIndex(of: UInt8(ascii: "]"), from: at)
    {
      unsafe groups.append(.init(rebasing: text[(at + 1)..<end]))
      at = end + 1
      while at < text.count, unsafe text[at] == 0x20 { at += 1 }
    }
    return unsafe groups
  }
}
