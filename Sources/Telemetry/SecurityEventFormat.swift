/// An event in ArcSight's Common Event Format (CEF) or IBM's Log Event Extended Format (LEEF): a header of fields
/// between bars, and names with values.
///
/// It is read as the JSON object with these members, the header's by CEF's own names for them. Sources: Micro Focus,
/// "Implementing ArcSight Common Event Format", version 25; IBM, "QRadar DSM guide: LEEF event components".
@safe struct SecurityEventFormat {
  private static let bar = UInt8(ascii: "|")
  private static let backslash = UInt8(ascii: "\\")
  private static let equals = UInt8(ascii: "=")

  /// Where the first header begins; nil where there is none.
  static func start(in text: UnsafeRawBufferPointer) -> Int? {
    var from = 0
    while let end = unsafe text.firstIndex(of: "EF:", from: from) {
      from = end + 3
      guard from < text.count, unsafe text[from].isDigit, end > 0 else { continue }
      if unsafe text[end - 1] == UInt8(ascii: "C") { return end - 1 }
      if end > 1, unsafe text[end - 1] == UInt8(ascii: "E") && text[end - 2] == UInt8(ascii: "L") {
        return end - 2
      }
    }
    return nil
  }

  /// Reads the event of one line.
  ///
  /// - Parameter start: Where its header begins: there may be one of syslog before it.
  static func read(_ line: UnsafeRawBufferPointer, at start: Int) -> NamedValues.Outcome {
    let text = unsafe UnsafeRawBufferPointer(rebasing: line[start...])
    let isLEEF = unsafe text.starts(with: "L")
    var fields: [[UInt8]] = [[]]
    let wanted = isLEEF ? 5 : 7
    var at = 0
    while at < text.count, fields.count <= wanted {
      let byte = unsafe text[at]
      at += 1
      if byte == backslash, at < text.count,
        unsafe text[at] == bar || text[at] == backslash
      {
        unsafe fields[fields.count - 1].append(text[at])
        at += 1
      } else if byte == bar {
        fields.append([])
      } else {
        fields[fields.count - 1].append(byte)
      }
    }
    guard fields.count > wanted else { return .none }
    var object = unsafe JSONObjectText(SyslogHeader(line))
    object.add("deviceVendor".utf8, fields[1])
    object.add("deviceProduct".utf8, fields[2])
    // ArcSight's connectors put the name of the log before the number.
    let number = fields[4].split(separator: UInt8(ascii: ":")).last ?? []
    if !number.isEmpty, number.allSatisfy(\.isDigit) {
      object.add("deviceEventClassId".utf8, number)
    }
    var separator: UInt8 = isLEEF ? 0x09 : 0x20
    if isLEEF, fields[0].starts(with: "LEEF:2".utf8),
      let delimiter = unsafe delimiter(in: text, at: at)
    {
      separator = delimiter.byte
      at = delimiter.end
    }
    let extensions = unsafe UnsafeRawBufferPointer(rebasing: text[at...])
    let members =
      unsafe isLEEF ? split(extensions, separator) : members(of: extensions, separator)
    guard Set(members.map(\.name)).count == members.count else {
      return .refused("its text has a name twice")
    }
    add(members, to: &object)
    return .object(object.bytes)
  }

  /// LEEF 2 names what separates its attributes in a field of its own: a character, or its number.
  private static func delimiter(
    in text: UnsafeRawBufferPointer, at start: Int
  ) -> (byte: UInt8, end: Int)? {
    guard let end = unsafe text.firstIndex(of: bar, from: start), end - start <= 4 else {
      return nil
    }
    let field = unsafe Array(text[start..<end])
    guard let first = field.first else { return (0x09, end + 1) }
    if field.count == 1 { return (first, end + 1) }
    let digits = String(decoding: field, as: UTF8.self).drop { $0 == "0" }
    guard digits.first == "x", let code = UInt8(digits.dropFirst(), radix: 16) else { return nil }
    return (code, end + 1)
  }

  private typealias Member = (name: [UInt8], value: [UInt8])

  private static func split(_ text: UnsafeRawBufferPointer, _ separator: UInt8) -> [Member] {
    unsafe Array(text).split(separator: separator).compactMap { part in
      guard let sign = part.firstIndex(of: equals) else { return nil }
      return (Array(part[..<sign]), Array(part[(sign + 1)...]))
    }
  }

  /// The members of CEF's extension: a value may hold blanks, and ends where the next name begins.
  private static func members(
    of text: UnsafeRawBufferPointer, _ separator: UInt8
  ) -> [Member] {
    var found: [(name: Range<Int>, value: Int)] = []
    var from = 0
    while let sign = unsafe text.firstIndex(of: equals, from: from) {
      from = sign + 1
      var name = sign
      while name > 0, unsafe isOfName(text[name - 1]) { name -= 1 }
      guard name < sign, unsafe name == 0 || text[name - 1].isBlank else { continue }
      found.append((name..<sign, sign + 1))
    }
    let isEscaped = unsafe escapes(text)
    return found.enumerated().map { index, member in
      var end = index + 1 < found.count ? found[index + 1].name.lowerBound : text.count
      while end > member.value, unsafe text[end - 1].isBlank { end -= 1 }
      let value = unsafe Array(text[member.value..<max(member.value, end)])
      return unsafe (Array(text[member.name]), isEscaped ? unescaped(value) : value)
    }
  }

  /// Whether backslashes are escapes: many write paths as they are, with a backslash before any letter.
  private static func escapes(_ text: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    var hasPair = false
    while let start = unsafe text.firstIndex(of: backslash, from: at) {
      guard start + 1 < text.count else { return false }
      switch unsafe text[start + 1] {
      case backslash: hasPair = true
      case equals, bar, UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "\""): break
      default: return false
      }
      at = start + 2
    }
    return hasPair
  }

  private static func unescaped(_ value: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var at = 0
    while at < value.count {
      if value[at] == backslash, at + 1 < value.count {
        at += 1
        switch value[at] {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        default: result.append(value[at])
        }
      } else {
        result.append(value[at])
      }
      at += 1
    }
    return result
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte.lowercased)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
  }

  /// Custom fields have their names in fields of their own: `cs1Label=Image cs1=C:\a.exe`.
  private static func add(_ members: [Member], to object: inout JSONObjectText) {
    let label = Array("Label".utf8)
    var labels: [[UInt8]: [UInt8]] = [:]
    for (name, value) in members where name.count > label.count && name.suffix(5) == label[...] {
      labels[Array(name.dropLast(5))] = value
    }
    for (name, value) in members { object.add(labels[name] ?? name, value) }
  }
}
