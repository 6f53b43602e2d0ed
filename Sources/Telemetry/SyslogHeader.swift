/// What a syslog header says of the event after it: host, and by RFC 5424 the time and the program as well.
@safe struct SyslogHeader {
  private(set) var members: [(name: StaticString, value: [UInt8])] = []

  /// Reads the header that `text` begins with, if it does.
  init(_ text: UnsafeRawBufferPointer) {
    guard unsafe text.first == UInt8(ascii: "<"),
      let end = unsafe text.firstIndex(of: UInt8(ascii: ">"), from: 0), (2...4).contains(end)
    else { return }
    let limit = min(text.count, 512)
    let words = unsafe text[(end + 1)..<limit].split(maxSplits: 6) { $0 == 0x20 }.map {
      unsafe Array($0)
    }
    guard words.count > 4 else { return }
    if words[0] == [UInt8(ascii: "1")] {
      add("timestamp", words[1])
      add("host", words[2])
      add("source", words[3])
    } else if words[0].count == 3, words[2].contains(UInt8(ascii: ":")) {
      // RFC 3164: its time has no year and no zone.
      add("host", words[3])
    }
  }

  private mutating func add(_ name: StaticString, _ value: [UInt8]) {
    if value != [UInt8(ascii: "-")] { members.append((name, value)) }
  }
}
