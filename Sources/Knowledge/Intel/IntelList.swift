import Facts

/// One entry to a line: `6666`, `8444/tcp`, `31000-31010`, `198.51.100.7`, `198.51.100.0/24`,
/// `198.51.100.7:4444`, `198.51.100.7 4444`, `[2001:db8::1]:4444`, `c2.example.test:4444`; after a
/// comma or a blank comes a label, after `#` a remark.
struct IntelList {
  private let model: Indicator
  private var line = 0
  /// Lines often have the same label, which they then share.
  private var labels: [String: Indicator] = [:]

  init(source: String) {
    var model = Indicator()
    model.source = source
    self.model = model
  }

  /// Reads the lines that are whole.
  ///
  /// - Parameter isLast: Whether nothing follows `bytes`.
  /// - Returns: Where the first one that is not whole begins.
  mutating func read(
    _ bytes: [UInt8], from start: Int, isLast: Bool, into entries: inout IntelEntries
  ) -> Int {
    bytes.eachWholeLine(from: start, isLast: isLast) { range in
      line += 1
      read(bytes, range, line, &entries)
    }
  }

  /// Whether the first line is `[2001:db8::1]:4444` or the like, which begins as JSON does.
  static func beginsWithPair(_ bytes: [UInt8], from start: Int) -> Bool {
    let text = bytes[start...].drop { $0 <= 0x20 }
    guard text.first == UInt8(ascii: "[") else { return false }
    let word = text.prefix { !isGap($0) && $0 != UInt8(ascii: "#") }.prefix(128)
    guard word.contains(UInt8(ascii: ":")) || word.contains(UInt8(ascii: ".")) else { return false }
    return (try? IntelValue(String(decoding: word, as: UTF8.self))) != nil
  }

  private mutating func read(
    _ bytes: [UInt8], _ line: Range<Int>, _ number: Int, _ entries: inout IntelEntries
  ) {
    var at = line.lowerBound
    var end = line.upperBound
    while at < end, bytes[at] <= 0x20 { at += 1 }
    guard at < end, bytes[at] != UInt8(ascii: "#"), bytes[at] != UInt8(ascii: ";") else { return }
    while at < end, Self.isGap(bytes[at]) { at += 1 }
    guard at < end else { return }
    if bytes[at] == UInt8(ascii: "/"), at + 1 < end, bytes[at + 1] == UInt8(ascii: "/") { return }
    var hasPortAsRemark = false
    for index in at..<end where bytes[index] == UInt8(ascii: "#") {
      // As some write an address and its port.
      hasPortAsRemark =
        !Self.isGap(bytes[index - 1])
        && QuickSubject.port(bytes.span.extracting(index + 1..<end)) != nil
      end = index
      break
    }
    entries.begin(line: number)
    if hasPortAsRemark {
      entries.refuse(
        String(decoding: bytes[line], as: UTF8.self),
        "a number after '#' that may be a port: write address:port")
      return
    }
    if let indicator = quick(bytes, at..<end) { return entries.take(indicator) }
    let words = bytes[at..<end].split(whereSeparator: Self.isGap).map {
      Self.unquoted(String(decoding: $0, as: UTF8.self))
    }
    do throws(IntelValue.Refusal) {
      for indicator in try indicators(words) { entries.take(indicator) }
    } catch {
      entries.refuse(words.first ?? "", error.reason)
    }
  }

  // MARK: What most lines are

  /// An address or a name, perhaps its port, and perhaps a label without anything that might be meant.
  ///
  /// - Returns: Nil for a line that has to be read with all care.
  private mutating func quick(_ bytes: [UInt8], _ line: Range<Int>) -> Indicator? {
    let text = bytes[line]
    let stop = text.firstIndex(where: Self.isGap) ?? line.upperBound
    var target = QuickTarget()
    guard target.takeSubject(bytes, line.lowerBound..<stop) else { return nil }
    var rest = text[stop...].drop(while: Self.isGap)
    while let last = rest.last, Self.isGap(last) { rest.removeLast() }
    if !rest.isEmpty, let address = target.address,
      [.loopback, .unspecified].contains(address.scope)
    {
      return nil
    }
    if target.port == nil {
      let end = rest.firstIndex(where: Self.isGap) ?? rest.endIndex
      if target.takePort(bytes, rest.startIndex..<end) {
        rest = rest[end...].drop(while: Self.isGap)
      }
    }
    guard var indicator = labelled(rest) else { return nil }
    target.put(into: &indicator, from: bytes)
    return indicator
  }

  /// An indicator with a label and all that a line does not say.
  ///
  /// - Returns: Nil where a word might be meant.
  private mutating func labelled(_ bytes: ArraySlice<UInt8>) -> Indicator? {
    if bytes.isEmpty { return model }
    let words = bytes.split(whereSeparator: Self.isGap)
    guard words.allSatisfy(Self.isOfLabel), let first = words.first,
      !["tcp", "udp"].contains(where: { first.map { $0 | 0x20 }.elementsEqual($0.utf8) })
    else { return nil }
    return labelled(String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self))
  }

  private mutating func labelled(_ label: String) -> Indicator {
    if let known = labels[label] { return known }
    var indicator = model
    if !label.isEmpty { indicator.actor = label }
    if labels.count >= 4_096 { labels = [:] }
    labels[label] = indicator
    return indicator
  }

  /// Whether a word can be neither a port nor an address nor a name.
  private static func isOfLabel(_ word: ArraySlice<UInt8>) -> Bool {
    var hasLetter = false
    var hasDigit = false
    for byte in word {
      switch byte {
      case 0x61...0x7A, 0x41...0x5A, 0x80...: hasLetter = true
      case 0x30...0x39: hasDigit = true
      case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "|"),
        UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "\""), UInt8(ascii: "'"):
        return false
      default: break
      }
    }
    return hasLetter || !hasDigit
  }

  private static func isGap(_ byte: UInt8) -> Bool {
    byte > 0 && byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
  }

  private static func unquoted(_ text: String) -> String {
    guard text.utf8.count >= 2, let quote = text.first, quote == "\"" || quote == "'",
      text.last == quote
    else { return text }
    return String(text.dropFirst().dropLast())
  }

  private mutating func indicators(_ words: [String]) throws(IntelValue.Refusal) -> [Indicator] {
    if let first = words.first, ["alert", "drop", "reject", "pass"].contains(first),
      words.contains("->")
    {
      throw IntelValue.Refusal(reason: "a rule of Snort or Suricata")
    }
    if words.dropFirst().prefix(2).contains(where: { $0 == "CNAME" || $0 == "IN" }) {
      throw IntelValue.Refusal(reason: "a record of a DNS zone, which may also except something")
    }
    if words.count > 1, words.allSatisfy({ PortQuery($0) != nil }) {
      return words.compactMap { PortQuery($0) }.map { query in
        var indicator = self.model
        indicator.ports = query
        return indicator
      }
    }
    var value = try IntelValue(words[0])
    var rest = words.dropFirst()
    try complete(&value, with: &rest)
    if let word = rest.first?.lowercased(), value.transport == nil, value.ports?.transport == nil,
      word == "tcp" || word == "udp"
    {
      value.transport = Indicator.Transport(rawValue: word)
      rest = rest.dropFirst()
      if value.ports == nil, let next = rest.first, let query = PortQuery(next) {
        value.ports = query
        rest = rest.dropFirst()
      }
    }
    try Self.refuse(whatLooksMeantIn: rest, beside: value)
    return value.indicators(like: labelled(rest.joined(separator: " ")))
  }

  /// A label is no place for what to look for: without it the entry would mean more, or something would not be
  /// looked for.
  private static func refuse(
    whatLooksMeantIn label: ArraySlice<String>, beside value: IntelValue
  ) throws(IntelValue.Refusal) {
    let isRange = value.addresses.contains { $0.prefixBits < $0.width } && value.ports == nil
    for (index, word) in label.enumerated()
    where word.utf8.contains(where: { (0x30...0x39).contains($0) })
      && !isPartOfWords(label, at: label.startIndex + index)
    {
      let inner = word.trimmingSigns
      let number = inner.split(separator: ":").last.map(String.init) ?? inner
      let lower = inner.lowercased()
      let isNamedPort =
        (lower.hasPrefix("tcp:") || lower.hasPrefix("udp:")) && PortQuery(number) != nil
        || transportFirst(inner) != nil
      if isNamedPort || PortQuery(inner) != nil {
        // What follows a network is often a count, and after a pair it says something else than where.
        if value.ports == nil, !isRange, !value.addresses.isEmpty || value.host != nil {
          throw .init(reason: "a number in its label that may be a port: write address:port")
        }
        if index == 0, value.ports != nil, !value.isPortOnly {
          throw .init(reason: "two numbers after the address: which is the port?")
        }
      } else if word.utf8.contains(where: { $0 == 0x2E || $0 == 0x3A }),
        let other = try? IntelValue(inner), !other.addresses.isEmpty
      {
        throw .init(reason: "two addresses on one line; a range is written first-last")
      }
    }
  }

  /// Whether a number belongs to the word before or after it: `APT 28`, `12 times`, `May 2024`.
  private static func isPartOfWords(_ label: ArraySlice<String>, at index: Int) -> Bool {
    guard label[index].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
    func word(_ other: Int) -> String {
      label.indices.contains(other) ? String(label[other].lowercased().prefix(16)) : ""
    }
    return numberedNames.contains(word(index - 1)) || counted.contains(word(index + 1))
  }

  private static let numberedNames: Set = [
    "apt", "fin", "unc", "ta", "dev", "storm", "uac", "temp", "group", "version", "since", "jan",
    "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january",
    "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december",
  ]
  private static let counted: Set = [
    "times", "hits", "reports", "days", "hours", "hosts", "attacks", "sources", "events",
    "sightings", "connections", "samples", "feeds", "bots", "victims",
  ]

  /// The other half of a pair in the next word.
  private func complete(
    _ value: inout IntelValue, with rest: inout ArraySlice<String>
  ) throws(IntelValue.Refusal) {
    guard let next = rest.first else { return }
    if words(areOfThisMachine: value, next) {
      throw .init(reason: "a name of this machine itself")
    }
    if value.ports == nil, let number = Int(next) {
      guard number <= 65_535 else { return }
      guard let query = PortQuery(next) else { throw .init(reason: "not a port after the address") }
      value.ports = query
      rest = rest.dropFirst()
    } else if value.ports == nil, let query = PortQuery(next) ?? Self.transportFirst(next) {
      value.ports = query
      rest = rest.dropFirst()
    } else if let other = try? IntelValue(next) {
      let isHostsFile =
        other.host != nil && other.ports == nil && value.ports == nil
        && value.addresses.allSatisfy {
          $0.prefixBits == $0.width && [.loopback, .unspecified].contains($0.base.scope)
        } && !value.addresses.isEmpty
      if value.isPortOnly, !other.addresses.isEmpty, other.ports == nil {
        value.addresses = other.addresses
        rest = rest.dropFirst()
      } else if isHostsFile {
        value = other
        rest = rest.dropFirst()
      } else if let name = value.host, other.host == nil, !other.addresses.isEmpty {
        guard value.ports == nil, other.ports == nil else {
          throw .init(reason: "two entries on one line")
        }
        // The name led to the address, which is what a connection shows.
        value.host = nil
        value.addresses = other.addresses
        rest = [name] + rest.dropFirst()
      } else if value.host != nil, other.host != nil {
        throw .init(reason: "two names on one line")
      } else if value.isPortOnly, other.isPortOnly {
        throw .init(reason: "several ports, and something else")
      } else if !value.addresses.isEmpty, !other.addresses.isEmpty {
        try takeRange(&value, other, &rest)
      }
    }
  }

  /// `tcp/443`.
  private static func transportFirst(_ word: String) -> PortQuery? {
    let parts = word.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 ? PortQuery(parts[1] + "/" + parts[0]) : nil
  }

  /// `127.0.0.1 localhost`, as files of hosts begin.
  private func words(areOfThisMachine value: IntelValue, _ next: String) -> Bool {
    let isLocal = value.addresses.contains {
      [.loopback, .unspecified].contains($0.base.scope) && $0.prefixBits == $0.width
    }
    return isLocal && (try? IntelValue(next)) == nil
  }

  /// `203.0.113.0 203.0.113.255 24`: first and last address, and the length of the prefix, without which
  /// they are two addresses.
  private func takeRange(
    _ value: inout IntelValue, _ last: IntelValue, _ rest: inout ArraySlice<String>
  ) throws(IntelValue.Refusal) {
    guard value.ports == nil, last.ports == nil, value.addresses.count == 1,
      last.addresses.count == 1,
      let blocks = IntelText.networks(from: value.addresses[0].base, to: last.addresses[0].base),
      blocks.count == 1, rest.dropFirst().first == String(blocks[0].prefixBits)
    else {
      throw .init(reason: "two addresses on one line; a range is written first-last")
    }
    value.addresses = blocks
    rest = rest.dropFirst(2)
  }
}

extension String {
  /// Without the brackets, bars, arrows and the like around it.
  fileprivate var trimmingSigns: String {
    let signs = "()[]{}<>|:/-+=.'\"!".utf8
    guard let first = utf8.firstIndex(where: { !signs.contains($0) }),
      let last = utf8.lastIndex(where: { !signs.contains($0) })
    else { return "" }
    return String(self[first...last])
  }
}
