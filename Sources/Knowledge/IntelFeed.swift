import Diagnostics
import Facts
import Foundation

/// A file of port intelligence: CSV, a plain list, a STIX 2.1 bundle, a MISP export or a Sigma rule,
/// told apart by what is in it. Every entry is taken or refused with a reason.
package struct IntelFeed: Sendable {
  package enum Format: String, Sendable {
    case csv = "CSV"
    case list = "plain list"
    case stix = "STIX 2.1"
    case misp = "MISP"
    case sigma = "Sigma"
  }

  /// A feed of all known bad ports is some 100 kB; a large bundle some dozen megabytes.
  package static let maximumBytes = 64 << 20

  /// The file's own name, without its folder.
  package let name: String
  package let bytes: [UInt8]
  package let format: Format
  /// In the order of the feed, each once.
  package private(set) var indicators: [Indicator] = []
  package private(set) var refused: [RefusedIntel] = []

  /// - Throws: ``JobFileError``.
  package init(reading path: String) throws(JobFileError) {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: Self.maximumBytes + 1)
    else { throw .unreadable(path) }
    guard data.count <= Self.maximumBytes else {
      throw JobFileError(path, nil, "is larger than 64 MiB", hint: "is it a feed?")
    }
    try self.init(
      Array(data), name: path.split(separator: "/").last.map(String.init) ?? path, file: path)
  }

  /// - Throws: ``JobFileError``.
  package init(_ bytes: [UInt8], name: String, file: String) throws(JobFileError) {
    self.name = name
    self.bytes = bytes
    var start = bytes[...]
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
    guard let text = String(validating: start, as: UTF8.self) else {
      throw JobFileError(file, nil, "is not UTF-8", hint: "save it as UTF-8")
    }
    var entries = IntelEntries()
    let first = text.first { !$0.isWhitespace }
    if first == "{" || first == "[" {
      let root: Any
      do {
        root = try JSONSerialization.jsonObject(with: Data(text.utf8))
      } catch {
        throw JobFileError(file, nil, "is no JSON", hint: "STIX bundles and MISP exports are JSON")
      }
      if let objects = StixReader.objects(root) {
        format = .stix
        StixReader(objects).read(into: &entries)
      } else if let events = MispReader.events(root) {
        format = .misp
        for event in events { MispReader(event).read(into: &entries) }
      } else {
        throw JobFileError(
          file, nil, "is neither a STIX 2.1 bundle nor a MISP export",
          hint: "a bundle has \"type\": \"bundle\", an export an \"Event\" or a \"response\"")
      }
    } else if SigmaReader.looksLike(text) {
      format = .sigma
      try SigmaReader(file: file).read(text, into: &entries)
    } else if IntelTable.looksLike(text) {
      format = .csv
      try IntelTable(file: file).read(text, into: &entries)
    } else {
      format = .list
      IntelList.read(text, source: name, into: &entries)
    }
    indicators = entries.indicators
    refused = entries.refused
  }
}

/// What a reader takes and refuses.
struct IntelEntries {
  private(set) var indicators: [Indicator] = []
  private(set) var refused: [RefusedIntel] = []
  private var known: Set<Indicator> = []

  mutating func take(_ indicator: Indicator) {
    if known.insert(indicator).inserted { indicators.append(indicator) }
  }

  mutating func refuse(_ text: String, at place: String, _ reason: String) {
    refused.append(RefusedIntel(place: place, text: text, reason: reason))
  }
}

/// What readers share.
enum IntelText {
  /// A port or a range, with the transport that stands in a column of its own.
  static func ports(_ text: String, transport: String) -> PortQuery? {
    guard var query = PortQuery(text) else { return nil }
    switch transport.lowercased() {
    case "", "any", "tcp/udp", "ip": break
    case "tcp", "udp": query.transport = transport.lowercased()
    default: return nil
    }
    return query
  }

  /// `198.51.100.7:4444`, `[2001:db8::1]:4444`, `198.51.100.7|4444`.
  static func pair(_ text: String) -> (AddressBlock, PortQuery)? {
    let separator: Character = text.contains("|") ? "|" : ":"
    guard let at = text.lastIndex(of: separator) else { return nil }
    var address = text[..<at]
    if address.hasPrefix("["), address.hasSuffix("]") { address = address.dropFirst().dropLast() }
    guard separator == "|" || !address.contains(":") || text.hasPrefix("["),
      let block = AddressBlock(String(address)),
      let port = PortQuery(String(text[text.index(after: at)...]))
    else { return nil }
    return (block, port)
  }

  /// A day, which is its start in UTC, or a time with a zone.
  static func time(_ text: String) -> UTCTime? {
    let full = text.utf8.count == 10 ? text + "T00:00:00Z" : text
    return UTCTime(Array(full.utf8).span, withoutZone: .refused)
  }
}
