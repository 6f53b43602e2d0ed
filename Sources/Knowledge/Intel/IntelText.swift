import Facts

/// What the readers of feeds share.
enum IntelText {
  /// A day, which is its start in UTC; a time with a zone, or without one in UTC, as feeds write it; or
  /// seconds or milliseconds since 1970.
  static func time(_ text: String) -> UTCTime? { time(Array(text.utf8).span) }

  static func time(_ text: Span<UInt8>) -> UTCTime? {
    if text.count >= 9, text.indices.allSatisfy({ (0x30...0x39).contains(text[$0]) }) {
      return UTCTime(epoch: text)
    }
    guard text.count == 10 else {
      return UTCTime(text, withoutZone: .assumed(secondsEast: 0))
    }
    let full = text.indices.map { text[$0] } + Array("T00:00:00Z".utf8)
    return UTCTime(full.span, withoutZone: .assumed(secondsEast: 0))
  }

  /// `c2.example.test`, `*.example.test`: a name with a dot, of the characters that names have.
  static func hostName(_ text: String) -> String? {
    var name = text.lowercased()
    while name.hasSuffix(".") { name.removeLast() }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, name.utf8.count <= 253,
      labels.last?.contains(where: { $0.isLetter }) == true,
      labels.allSatisfy({ label in
        (1...63).contains(label.utf8.count)
          && label.unicodeScalars.allSatisfy {
            $0 == "-" || $0 == "_" || $0 == "*" || $0.properties.isAlphabetic
              || $0.properties.numericType != nil
          }
      })
    else { return nil }
    return name
  }

  /// That the other side has this name.
  static func named(_ name: String) -> Condition {
    .test(FieldTest(.destinationName, [.matches(TextPattern(sigma: name))]))
  }

  /// `203.0.113[.]9`, as reports write what must not become a link.
  static func refanged(_ text: String) -> String {
    var plain = text
    if text.utf8.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "(") }) {
      plain = text.replacing("[.]", with: ".").replacing("(.)", with: ".")
        .replacing("[dot]", with: ".").replacing("(dot)", with: ".").replacing("[:]", with: ":")
        .replacing("[://]", with: "://")
    }
    guard (plain.utf8.first ?? 0) | 0x20 == UInt8(ascii: "h") else { return plain }
    for (scheme, meant) in [("hxxps:", "https:"), ("hxxp:", "http:")]
    where plain.prefix(scheme.count).lowercased() == scheme {
      plain = meant + plain.dropFirst(scheme.count)
    }
    return plain
  }

  /// The networks that make up the addresses from `first` to `last`; nil where there are none such.
  static func networks(from first: Address, to last: Address) -> [AddressBlock]? {
    guard first.family == .v4, last.family == .v4, first <= last else { return nil }
    var blocks: [AddressBlock] = []
    var at = first.low
    while at <= last.low {
      var bits = at == 0 ? 32 : min(32, at.trailingZeroBitCount)
      while bits > 0, at + (1 << UInt64(bits)) - 1 > last.low { bits -= 1 }
      blocks.append(AddressBlock(Address(v4: UInt32(at)), bits: 32 - bits))
      at += 1 << UInt64(bits)
    }
    return blocks
  }

  static func transport(_ text: String) -> Indicator.Transport?? {
    switch text.lowercased() {
    case "", "any", "tcp/udp", "udp/tcp", "tcp,udp", "ip", "*", "-", "all": .some(nil)
    case "tcp", "6", "tcp4", "tcp6": .tcp
    case "udp", "17", "udp4", "udp6": .udp
    default: nil
    }
  }
}

/// One value as people write it: a port, an address, a network, a name, or a pair of them.
struct IntelValue {
  struct Refusal: Error {
    var reason: String
    /// Whether all entries of its type are refused so, whatever their value.
    var isOfType = false
  }

  var addresses: [AddressBlock] = []
  var ports: PortQuery?
  var host: String?
  var transport: Indicator.Transport?

  var isPortOnly: Bool { ports != nil && addresses.isEmpty && host == nil }

  /// - Throws: ``Refusal``.
  init(_ given: String) throws(Refusal) {
    let text = Self.unbracketed(address: IntelText.refanged(given))
    if try takeCommon(text) { return }
    if let scheme = text.range(of: "://") {
      try takeURL(text[..<scheme.lowerBound].lowercased(), String(text[scheme.upperBound...]))
      return
    }
    if let query = PortQuery(text) {
      ports = query
      return
    }
    if let block = try Self.network(text) {
      addresses = [block]
      return
    }
    if let pair = Self.range(text) {
      addresses = pair
      return
    }
    try takePair(text)
  }

  /// `https://c2.example.test:8443/`: a host and a port, the scheme's own where it names none. What a URL says
  /// beyond that a connection does not show.
  private mutating func takeURL(_ scheme: String, _ rest: String) throws(Refusal) {
    let usual: [String: Int] = ["http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21]
    guard ["tcp", "udp"].contains(scheme) || usual[scheme] != nil else {
      throw Refusal(reason: "a URL of a scheme that is not known")
    }
    let authority = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
    guard !authority.isEmpty, !authority.utf8.contains(where: { "/?#@\\".utf8.contains($0) }) else {
      throw Refusal(reason: "a URL with a path, which connection events do not hold")
    }
    let value = try IntelValue(Self.unbracketed(authority))
    guard !value.isPortOnly, value.addresses.count <= 1,
      value.addresses.allSatisfy({ $0.prefixBits == $0.width })
    else { throw Refusal(reason: "a URL without a host") }
    self = value
    transport = scheme == "udp" ? .udp : .tcp
    if ports == nil, let port = usual[scheme] { ports = PortQuery(port...port) }
  }

  /// `[2001:db8::1]` without its brackets, which stay before a port.
  private static func unbracketed(_ text: String) -> String {
    text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
  }

  private static func unbracketed(address text: String) -> String {
    let inner = unbracketed(text)
    return Address(inner)?.family == .v6 ? inner : text
  }

  /// An address, alone or before a port, as nearly all entries are.
  private mutating func takeCommon(_ text: String) throws(Refusal) -> Bool {
    var text = text
    let found = text.withUTF8 { bytes in Self.common(unsafe Span(_unsafeElements: bytes)) }
    guard let (address, port) = found else { return false }
    addresses = [AddressBlock(address, bits: address.family == .v4 ? 32 : 128)]
    if let port { ports = PortQuery(Int(port)...Int(port)) }
    return true
  }

  static func common(_ text: Span<UInt8>) -> (Address, UInt16?)? {
    if let address = Address(text) { return (address, nil) }
    var at = text.count
    var number = 0
    var scale = 1
    while at > 0, text.count - at < 5, (0x30...0x39).contains(text[at - 1]) {
      at -= 1
      number += Int(text[at] - 0x30) * scale
      scale *= 10
    }
    guard at > 1, at < text.count, text[at] != 0x30, number <= 65_535 else { return nil }
    let separator = text[at - 1]
    guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "|"),
      let address = Address(text.extracting(0..<(at - 1))), address.family == .v4
    else { return nil }
    return (address, UInt16(number))
  }

  private static func network(_ text: String) throws(Refusal) -> AddressBlock? {
    if let address = Address(text) {
      return AddressBlock(address, bits: address.family == .v4 ? 32 : 128)
    }
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
      let base = Address(String(text[..<slash])), let bits = Int(text[text.index(after: slash)...])
    else { return nil }
    guard let block = AddressBlock(text) else {
      let width = base.family == .v4 ? 32 : 128
      throw Refusal(
        reason: (0...width).contains(bits)
          ? "a network with bits set after its prefix" : "not a network")
    }
    guard block.prefixBits > 0 else { throw Refusal(reason: "a network of all addresses") }
    return block
  }

  /// `203.0.113.1-203.0.113.20`.
  private static func range(_ text: String) -> [AddressBlock]? {
    let parts = text.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let first = Address(String(parts[0]).trimmed),
      let last = Address(String(parts[1]).trimmed)
    else { return nil }
    return IntelText.networks(from: first, to: last)
  }

  private mutating func takePair(_ text: String) throws(Refusal) {
    let separator = text.utf8.contains(UInt8(ascii: "|")) ? UInt8(ascii: "|") : UInt8(ascii: ":")
    guard let at = text.utf8.lastIndex(of: separator) else {
      host = IntelText.hostName(text)
      guard host != nil else { throw Refusal(reason: "neither a port nor an address nor a name") }
      return
    }
    var left = String(text[..<at])
    let right = String(text[text.index(after: at)...])
    let isBracketed = left.hasPrefix("[") && left.hasSuffix("]")
    if isBracketed { left = String(left.dropFirst().dropLast()) }
    if separator == UInt8(ascii: ":"), left.contains(":"), !isBracketed {
      throw Refusal(reason: "an IPv6 address with a port is written [address]:port")
    }
    if isBracketed, right.isEmpty, separator == UInt8(ascii: ":") {
      throw Refusal(reason: "a pair without a port")
    }
    guard let query = PortQuery(right) else {
      throw Refusal(
        reason: right.isEmpty ? "a pair without a port" : "not a port after the address")
    }
    if let block = try Self.network(left) {
      addresses = [block]
    } else if let name = IntelText.hostName(left) {
      host = name
    } else {
      throw Refusal(reason: "neither a port nor an address nor a name")
    }
    ports = query
  }

  /// One for each address; the conjunction of what it says.
  func indicators(like model: Indicator) -> [Indicator] {
    var model = model
    if let ports { model.ports = ports }
    if let transport { model.transport = transport }
    if let host {
      let named = IntelText.named(host)
      model.condition = model.condition.map { .all([named, $0]) } ?? named
    }
    guard !addresses.isEmpty else { return [model] }
    return addresses.map { block in
      var indicator = model
      indicator.address = block
      return indicator
    }
  }
}

extension String {
  var trimmed: String {
    // Most texts have nothing around them, and looking at characters is dear.
    guard let first = utf8.first, let last = utf8.last,
      first <= 0x20 || last <= 0x20 || first > 0x7F
    else { return self }
    return String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// Where a part that is ASCII is for the first time.
  func range(of part: String) -> Range<String.Index>? {
    let part = part.utf8
    var at = utf8.startIndex
    while at < utf8.endIndex {
      if utf8[at...].starts(with: part) { return at..<utf8.index(at, offsetBy: part.count) }
      at = utf8.index(after: at)
    }
    return nil
  }
}
