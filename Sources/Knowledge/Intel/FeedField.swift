import Diagnostics
import Foundation

/// A named value of a record in JSON.
struct FeedField {
  var name: String
  var column: IntelColumn?
  /// "" for what is not there and what has parts.
  var text: String
  var isNumber = false
  /// Whether it has parts, with ports among them, as the services of a host.
  var hasPorts = false
  /// Why the record cannot be kept whole without its parts; nil: it can.
  var problem: String?

  init(name: String, column: IntelColumn?, text: String, isNumber: Bool = false) {
    self.name = name
    self.column = column
    self.text = text
    self.isNumber = isNumber
  }

  init(_ name: String, _ value: Any) {
    self.name = name
    column = IntelColumn(name)
    text = FeedJSON.text(value)
    isNumber = value is NSNumber
    let parts = (value as? [[String: Any]]) ?? (value as? [String: Any]).map { [$0] } ?? []
    hasPorts = parts.contains { part in part.keys.contains { IntelColumn($0) == .port } }
    if Self.hasParts(value) {
      if column?.isMeant == true {
        problem = "\(quoted(name)) has parts, which are not read"
      } else if Self.partsOfConnections.contains(name) || column == nil && Self.means(value) {
        problem = "what the parts of \(quoted(name)) ask for is not read"
      }
    } else if column == .port, Self.isTruth(value) {
      text = value as? Bool == true ? "true" : "false"
    }
  }

  /// Parts of an event of ECS that say where a connection goes, or whose it is.
  static let partsOfConnections: Set = ["process", "destination", "server", "network", "user"]

  private static func isTruth(_ value: Any) -> Bool {
    (value as? NSNumber).map { unsafe String(cString: $0.objCType) == "c" } ?? false
  }

  private static func hasParts(_ value: Any) -> Bool {
    value is [String: Any] || (value as? [Any])?.contains { hasParts($0) } ?? false
  }

  /// Whether parts say where a connection goes, or with what.
  private static func means(_ value: Any) -> Bool {
    if let list = value as? [Any] { return list.contains { means($0) } }
    guard let object = value as? [String: Any] else { return false }
    return object.contains { name, value in
      let column = IntelColumn(name)
      if column == .port || column == .transport || column == .image || column == .parent {
        return !FeedJSON.text(value).isEmpty || hasParts(value)
      }
      return means(value)
    }
  }

  /// The fields of an object that is alone in a line and holds nothing with parts; nil for what this does
  /// not read, though it may be JSON.
  ///
  /// - Parameter columns: What the names of earlier lines mean.
  /// - Complexity: O(*n*) in the bytes of the line.
  static func flat(
    _ bytes: [UInt8], _ line: Range<Int>, _ columns: inout [String: IntelColumn?]
  ) -> [FeedField]? {
    var reader = FlatReader(bytes: bytes, at: line.lowerBound, end: line.upperBound)
    guard var fields = reader.object() else { return nil }
    for index in fields.indices {
      let name = fields[index].name
      if let known = columns[name] {
        fields[index].column = known
      } else {
        fields[index].column = IntelColumn(name)
        // Keys can be as many as lines.
        if columns.count < 1_000 { columns[name] = .some(fields[index].column) }
      }
    }
    return fields
  }
}

private struct FlatReader {
  let bytes: [UInt8]
  var at: Int
  let end: Int

  mutating func object() -> [FeedField]? {
    guard take("{") else { return nil }
    var fields: [FeedField] = []
    if take("}") { return isAtEnd ? [] : nil }
    repeat {
      guard let name = string(), take(":"), !fields.contains(where: { $0.name == name }),
        let field = value(of: name)
      else { return nil }
      fields.append(field)
    } while take(",")
    return take("}") && isAtEnd ? fields : nil
  }

  private var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return at == end
    }
  }

  private mutating func skipBlanks() {
    while at < end, [0x20, 0x09, 0x0D].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard at < end, bytes[at] == UInt8(ascii: sign) else { return false }
    at += 1
    return true
  }

  /// A text without escapes.
  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    let start = at
    while at < end, bytes[at] != UInt8(ascii: "\"") {
      guard bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 else { return nil }
      at += 1
    }
    guard at < end else { return nil }
    at += 1
    return String(decoding: bytes[start..<at - 1], as: UTF8.self)
  }

  private mutating func value(of name: String) -> FeedField? {
    skipBlanks()
    guard at < end else { return nil }
    if bytes[at] == UInt8(ascii: "\"") {
      return string().map { FeedField(name: name, column: nil, text: $0.trimmed) }
    }
    let start = at
    while at < end, bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "}") { at += 1 }
    let word = String(decoding: bytes[start..<at], as: UTF8.self).trimmed
    switch word {
    // As Foundation writes them.
    case "true", "false":
      // The column, which is not known here, decides what that is.
      return IntelColumn(name) == .port
        ? nil
        : FeedField(name: name, column: nil, text: word == "true" ? "1" : "0", isNumber: true)
    case "null": return FeedField(name: name, column: nil, text: "")
    default:
      guard word.utf8.count <= 18, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        word == "0" || (!word.isEmpty && !word.hasPrefix("0"))
      else { return nil }
      return FeedField(name: name, column: nil, text: word, isNumber: true)
    }
  }
}
