import Facts

/// One entry to a line: `6666`, `8444/tcp`, `31000-31010`, `198.51.100.7`, `198.51.100.0/24`,
/// `198.51.100.7:4444`, `[2001:db8::1]:4444`; behind a comma or a blank stands a label, behind `#` a
/// remark.
enum IntelList {
  static func read(_ text: String, source: String, into entries: inout IntelEntries) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let content = (line.split(separator: "#", omittingEmptySubsequences: false).first ?? "")
      let parts = content.split(maxSplits: 1, whereSeparator: { $0 == "," || $0.isWhitespace })
      guard let entry = parts.first.map(String.init) else { continue }
      guard var indicator = indicator(entry) else {
        entries.refuse(entry, at: "line \(index + 1)", "neither a port nor an address")
        continue
      }
      indicator.source = source
      if parts.count == 2 {
        indicator.actor = String(parts[1]).trimmed
      }
      entries.take(indicator)
    }
  }

  static func indicator(_ entry: String) -> Indicator? {
    if let ports = PortQuery(entry) { return Indicator(ports: ports) }
    if let block = AddressBlock(entry) { return Indicator(address: block) }
    if let (block, port) = IntelText.pair(entry) { return Indicator(ports: port, address: block) }
    return nil
  }
}

extension String {
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
