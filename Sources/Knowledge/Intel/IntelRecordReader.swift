import Diagnostics
import Facts

/// Makes indicators of records with named values.
struct IntelRecordReader {
  typealias Refusal = IntelValue.Refusal

  private let source: String
  /// Entries often say the same about themselves, which they then share.
  private var known: [Indicator.Words: Indicator] = [:]

  init(source: String) { self.source = source }

  /// - Returns: What was made of the record, where another one could come to the same: a single indicator, or
  ///   a refusal for its type.
  @discardableResult
  mutating func read(
    _ record: IntelRecord, into entries: inout IntelEntries
  ) -> EntryTemplates.Outcome? {
    var last: Indicator?
    var count = 0
    do throws(Refusal) {
      if let problem = record.problem { throw Refusal(reason: problem) }
      let words = words(record)
      for found in try indicators(record) {
        var indicator = found
        share(words, with: &indicator)
        entries.take(indicator)
        last = indicator
        count += 1
      }
    } catch {
      let texts = [record[.address], record[.host], record[.value], record[.port]]
      entries.refuse(texts.filter { !$0.isEmpty }.joined(separator: " "), error.reason)
      return error.isOfType ? .refusal(error.reason) : nil
    }
    return count == 1 ? last.map { .indicator($0) } : nil
  }

  private func indicators(_ record: IntelRecord) throws(Refusal) -> [Indicator] {
    if let pattern = record.pattern { return try patterned(record, pattern) }
    let value = try self.value(record)
    let model = try model(record)
    let ports = try ports(record, value)
    try Self.check(transportsOf: ports, value, model)
    var found: [Indicator] = []
    for query in ports {
      var each = value
      each.ports = query
      found += each.indicators(like: model)
    }
    return found
  }

  /// What a pattern says, of which other columns hold parts: `observable_value`, `main_observable_type`.
  private func patterned(
    _ record: IntelRecord, _ pattern: String
  ) throws(Refusal) -> [Indicator] {
    try checkIsMeant(record)
    let model = try model(record)
    guard model.condition == nil, model.transport == nil, record[.port].isEmpty else {
      throw Refusal(reason: "a pattern, and something else beside it")
    }
    var found: [Indicator]
    do throws(StixPattern.Refusal) {
      found = try StixPattern.parse(pattern)
    } catch {
      throw Refusal(reason: error.reason)
    }
    for index in found.indices {
      found[index].direction = model.direction
      found[index].identity = model.identity
      found[index].isCommon = model.isCommon
      found[index].confidence = model.confidence
      found[index].validFrom = model.validFrom
      found[index].validUntil = model.validUntil
    }
    return found
  }

  private mutating func share(_ words: Indicator.Words, with indicator: inout Indicator) {
    if let other = known[words] {
      indicator.share(other)
    } else {
      indicator.words = words
      if known.count >= 4_096 { known = [:] }
      known[words] = indicator
    }
  }

  // MARK: What to look for

  private func checkIsMeant(_ record: IntelRecord) throws(Refusal) {
    if Self.isSet(record[.isForDetection], to: ["0", "false", "no", "off"]) {
      throw Refusal(reason: "to_ids or is_active is off: not meant for detection")
    }
    if Self.isSet(record[.isRevoked], to: ["1", "true", "yes"]) {
      throw .takenBack
    }
    if Self.isSet(record[.status], to: Self.statesOfNoUse) {
      throw Refusal(reason: "\(quoted(record[.status].lowercased())): not meant for detection")
    }
  }

  /// Addresses and names; the ports where one value says both.
  private func value(_ record: IntelRecord) throws(Refusal) -> IntelValue {
    try checkIsMeant(record)
    guard record[.pattern].isEmpty else {
      throw Refusal(reason: "a pattern that is not one of STIX")
    }
    if Self.isUnusual(type: record[.type]),
      ["ip_src", "ip_src_port", "src_ip"].contains(IntelColumn.plain(record[.type]))
    {
      throw Refusal(reason: "a source address: who called, not where to")
    }
    if !record[.sourcePort].isEmpty, record[.sourcePort] != "0", record[.sourcePort] != "any" {
      throw Refusal(reason: "names a source port, which facts do not hold")
    }
    if !record[.sourceAddress].isEmpty, record[.sourceAddress] != "any" {
      throw Refusal(reason: "names a source address: who called, not where to")
    }
    var value = IntelValue()
    let text = record[.value]
    if !text.isEmpty, !Self.isLabel(text, record) {
      try Self.check(type: record[.type])
      value = try IntelValue(text)
      if value.isPortOnly, !["", "port", "dst-port"].contains(record[.type].lowercased()) {
        throw Refusal(reason: "not of the type \(quoted(record[.type]))")
      }
      if value.ports == nil, record[.port].isEmpty, Self.isPair(type: record[.type]) {
        throw Refusal(reason: "a pair without a port")
      }
    }
    let isRange = !record[.firstAddress].isEmpty || !record[.lastAddress].isEmpty
    if !record[.address].isEmpty, record[.address] != "any", record[.address] != "-",
      !(isRange && Int(record[.address]) != nil)
    {
      let address = try IntelValue(record[.address])
      guard !address.isPortOnly, value.addresses.isEmpty || value.addresses == address.addresses
      else { throw Refusal(reason: "neither an address nor a network") }
      value.merge(address)
    }
    if isRange { try Self.takeRange(record, &value) }
    let host = record[.host]
    if !host.isEmpty, host != "-", value.addresses.isEmpty {
      let named = try IntelValue(host)
      guard !named.isPortOnly else { throw Refusal(reason: "not the name of a host") }
      value.merge(named)
    }
    if value.addresses.isEmpty, value.host == nil {
      // An address under a name that decides nothing is one that was meant to.
      for column in [IntelColumn.identity, .actor, .source, .note, .labels] {
        guard let other = try? IntelValue(record[column]), !other.addresses.isEmpty else {
          continue
        }
        throw Refusal(reason: "an address in a column that only describes")
      }
    }
    if Self.isURL(record[.url], of: record) { value.merge(try IntelValue(record[.url])) }
    return value
  }

  /// Whether a URL is what an entry means, and not where to read more: it leads to the entry's own host.
  private static func isURL(_ text: String, of record: IntelRecord) -> Bool {
    leads(text, to: record[.host]) || leads(text, to: record[.address])
  }

  static func leads(_ url: String, to host: String) -> Bool {
    guard !url.isEmpty, !host.isEmpty, let scheme = url.range(of: "://") else { return false }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return authority == host || authority.hasPrefix(host + ":")
  }

  private static func takeRange(_ record: IntelRecord, _ value: inout IntelValue) throws(Refusal) {
    guard let first = Address(record[.firstAddress]), let last = Address(record[.lastAddress]),
      let blocks = IntelText.networks(from: first, to: last)
    else { throw Refusal(reason: "not a range of addresses") }
    // Beside it some lists give the length of its prefix.
    let bits = Int(record[.address])
    guard value.addresses.isEmpty || value.addresses == blocks,
      bits == nil || (blocks.count == 1 && blocks[0].prefixBits == bits)
    else { throw Refusal(reason: "a range of addresses, and another one") }
    value.addresses = blocks
  }

  /// Some lists name by `ioc` not what to look for but what it is, in words, beside an address or a name.
  private static func isLabel(_ text: String, _ record: IntelRecord) -> Bool {
    guard !record[.address].isEmpty || !record[.host].isEmpty else { return false }
    let words = text.split(separator: " ")
    return (words.count > 1 || text.allSatisfy(\.isLetter))
      && words.allSatisfy { (try? IntelValue(String($0))) == nil }
  }

  private static let statesOfNoUse = [
    "revoked", "deleted", "disabled", "inactive", "not active", "whitelisted", "allowlisted",
    "false positive", "false_positive", "falsepositive", "falsepos", "fp", "benign", "harmless",
    "clean",
    "allow",
    "allowed", "expired", "retired", "removed", "obsolete", "deprecated", "archived", "suppressed",
    "ignored", "invalid", "invalidated", "rejected",
  ]

  /// Whether a type is another than nearly all have, which need not be looked at closely.
  private static func isUnusual(type: String) -> Bool {
    !type.isEmpty && type != "ip" && type != "ip:port"
  }

  private static func check(
    transportsOf ports: [PortQuery?], _ value: IntelValue, _ model: Indicator
  ) throws(Refusal) {
    var first: String?
    func contradicts(_ other: String?) -> Bool {
      guard let other else { return false }
      defer { first = other }
      return first != nil && first != other
    }
    for transport in ports.lazy.map({ $0?.transport })
    where contradicts(transport) || contradicts(value.transport?.rawValue)
      || contradicts(model.transport?.rawValue)
    {
      throw Refusal(reason: "names two protocols that contradict each other")
    }
  }

  private static func isPair(type: String) -> Bool {
    type == "ip:port"
      || isUnusual(type: type)
        && [
          "ip_port", "ip_dst_port", "ipv4_port", "hostname_port", "domain_port", "ip_address_port",
        ]
        .contains(IntelColumn.plain(type))
  }

  /// The types that feeds give their values.
  private static func check(type: String) throws(Refusal) {
    if type == "ip:port" || type == "ip" || type.isEmpty { return }
    switch IntelColumn.plain(type) {
    case "ip", "ipv4", "ipv6", "ip_addr", "ip_address", "ipv4_addr", "ipv6_addr", "ip_dst",
      "ip_port", "ip_dst_port", "ipv4_port", "cidr", "netblock", "subnet", "network", "domain",
      "domain_name", "hostname", "host", "fqdn", "port", "dst_port", "hostname_port",
      "domain_port", "dst_ip", "dest_ip", "ip_range", "ipv4_net", "ip_address_port", "c2", "url",
      "uri",
      "ipaddress", "domainname", "intel_addr", "intel_subnet", "intel_domain",
      // Of Anomali.
      "apt_ip", "apt_domain", "bot_ip", "c2_ip", "c2_domain", "mal_ip", "mal_domain",
      // Tables of Microsoft Sentinel, and what CrowdSec decided on.
      "threatintelligenceindicator", "threatintelindicators", "ban", "captcha", "throttle":
      return
    case "ip_src", "ip_src_port", "src_ip":
      throw Refusal(reason: "a source address: who called, not where to")
    default:
      throw Refusal(reason: "a \(type), which connection events do not hold", isOfType: true)
    }
  }

  /// Each port or range of the record; one nil where it names none.
  private func ports(_ record: IntelRecord, _ value: IntelValue) throws(Refusal) -> [PortQuery?] {
    let text = record[.port]
    guard !text.isEmpty, !["any", "*", "-", "all"].contains(text.lowercased()) else {
      guard value.ports != nil || !value.addresses.isEmpty || value.host != nil else {
        throw Refusal(reason: "neither a port nor an address")
      }
      return [value.ports]
    }
    if value.ports == nil, let query = PortQuery(text) { return [query] }
    var queries: [PortQuery?] = []
    for part in text.split(whereSeparator: { ",; |".contains($0) }) {
      guard let query = PortQuery(String(part)) else {
        throw Refusal(reason: "no port or range of ports")
      }
      guard value.ports == nil || value.ports?.ports == query.ports else {
        throw Refusal(reason: "names two ports that contradict each other")
      }
      queries.append(query)
    }
    guard !queries.isEmpty else { throw Refusal(reason: "no port or range of ports") }
    return queries
  }

  // MARK: What else it says

  private func model(_ record: IntelRecord) throws(Refusal) -> Indicator {
    var indicator = Indicator()
    guard let transport = IntelText.transport(record[.transport]) else {
      throw Refusal(reason: "no protocol that has ports")
    }
    indicator.transport = transport
    indicator.direction = try direction(record)
    indicator.identity = record[.identity]
    indicator.isCommon = Self.isSet(record[.common], to: ["yes", "true", "1"])
    indicator.confidence = try confidence(record[.confidence])
    for (column, path) in [
      (IntelColumn.validFrom, \Indicator.validFrom), (.validUntil, \Indicator.validUntil),
    ] {
      let text = record[column]
      guard !text.isEmpty, text != "-", text.lowercased() != "null" else { continue }
      guard let time = IntelText.time(text) else {
        throw Refusal(reason: "its validity is not a time")
      }
      indicator[keyPath: path] = time
    }
    var conditions: [Condition] = []
    for (column, field) in [(IntelColumn.image, ConnectionField.image), (.parent, .parent)]
    where !record[column].isEmpty {
      conditions.append(Self.path(record[column], field))
    }
    if !conditions.isEmpty {
      indicator.condition = conditions.count == 1 ? conditions[0] : .all(conditions)
    }
    return indicator
  }

  /// A whole path, or the program's own name; `*` and `?` are wildcards. After `!` it is any other program.
  static func path(_ text: String, _ field: ConnectionField) -> Condition {
    if text.hasPrefix("!") { return .not(path(String(text.dropFirst()).trimmed, field)) }
    let isPath = text.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }
    let escaped = text.replacing("\\", with: "\\\\")
    let patterns = isPath ? [escaped] : [escaped, "*\\\\" + escaped, "*/" + escaped]
    return .test(FieldTest(field, patterns.map { .matches(TextPattern(sigma: $0)) }))
  }

  private func direction(_ record: IntelRecord) throws(Refusal) -> Indicator.Direction {
    var word = record[.direction].lowercased()
    if word.isEmpty, record[.note].lowercased().hasPrefix("listener") { word = "listener" }
    switch word {
    case "", "callback", "outbound", "egress", "out", "outgoing": return .callback
    case "listener", "inbound", "ingress", "in", "incoming": return .listener
    case "either", "both", "any": return .either
    default: throw Refusal(reason: "the direction \(quoted(word))")
    }
  }

  private func confidence(_ text: String) throws(Refusal) -> UInt8? {
    switch text.lowercased() {
    case "", "-", "none", "unknown", "not specified", "null": return nil
    case "low": return 15
    case "medium", "moderate": return 50
    case "high": return 85
    default:
      guard let number = Double(text), (0...100).contains(number) else {
        throw Refusal(reason: "a confidence that is not from 0 to 100")
      }
      return UInt8(number)
    }
  }

  private func words(_ record: IntelRecord) -> Indicator.Words {
    var words = Indicator.Words()
    words.actor =
      record[.actor].isEmpty && Self.isLabel(record[.value], record)
      ? record[.value] : record[.actor]
    words.attackID = record[.attackID]
    words.source = record[.source].isEmpty ? source : record[.source]
    // A name led to the address, which is what a connection shows.
    let host = record[.address].isEmpty || record[.host] == "-" ? "" : record[.host]
    words.note = [host, record[.note]].filter { !$0.isEmpty }.joined(separator: "; ")
    let isSeparator = { (byte: UInt8) in byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") }
    words.labels = record[.labels].utf8.split(whereSeparator: isSeparator)
      .map { String(decoding: $0, as: UTF8.self).trimmed }.filter { !$0.isEmpty && $0 != "None" }
    return words
  }

  private static func isSet(_ text: String, to words: [String]) -> Bool {
    !text.isEmpty && words.contains(text.lowercased())
  }
}

extension IntelValue.Refusal {
  static let takenBack = Self(reason: "revoked, deleted or known as harmless")
}

extension IntelRecord {
  /// A pattern of STIX.
  fileprivate var pattern: String? {
    let text = self[.pattern]
    return text.hasPrefix("[") || text.hasPrefix("(") ? text : nil
  }
}

extension IntelValue {
  init() {}

  mutating func merge(_ other: IntelValue) {
    if !other.addresses.isEmpty { addresses = other.addresses }
    ports = ports ?? other.ports
    host = host ?? other.host
    transport = transport ?? other.transport
  }
}
