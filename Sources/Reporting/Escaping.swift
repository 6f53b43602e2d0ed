/// Escapes field values for the place where they are shown.
///
/// Field values, file names and messages that quote them are written by attackers. Each sink has an
/// escaper of its own, because what is harmless in one is an attack in another; none of them depends
/// on the one before it. All show hidden characters as `\u{…}`, so that a name cannot look like
/// another one. JSON escapes for itself (``JSONOutput``), and loses nothing by it.
package enum Escaping {
  /// For a terminal or a mail: nothing that moves the cursor, writes to the clipboard, turns the
  /// writing direction around or cannot be seen.
  package static func terminal(_ text: String) -> String { showingHidden(text) }

  /// For Markdown, inside a table or not: a code span that nothing in the text can leave, with no
  /// `<` that would open a tag where the file is taken for HTML. Empty stays empty.
  ///
  /// A code span rather than backslashes: nothing in it becomes a link, a mention or an issue number
  /// afterwards either. The pipe would end a table cell even inside a code span.
  static func markdown(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    return "`" + showingHidden(text) { $0 == "`" || $0 == "|" || $0 == "<" } + "`"
  }

  /// For the text of an HTML element or a quoted attribute.
  static func html(_ text: String) -> String {
    let shown = showingHidden(text)
    guard shown.utf8.contains(where: { entity(of: $0) != nil }) else { return shown }
    var result: [UInt8] = []
    result.reserveCapacity(shown.utf8.count + 64)
    for byte in shown.utf8 {
      if let entity = entity(of: byte) { result += entity.utf8 } else { result.append(byte) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func entity(of byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }

  /// For the path of a relative URI reference (RFC 3986): what is not unreserved or a slash is encoded, so
  /// that no name is taken for a scheme, an authority, a query or a step to another folder.
  static func uriPath(_ text: String) -> String {
    var result = ""
    for part in text.split(separator: "/", omittingEmptySubsequences: true) {
      if !result.isEmpty { result += "/" }
      // "." and ".." are steps in any encoding, so they get a character that makes them names.
      if part == "." || part == ".." { result += "_" }
      for byte in part.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "_"), UInt8(ascii: "~"):
          result.unicodeScalars.append(Unicode.Scalar(byte))
        default:
          result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
      }
    }
    return result.isEmpty ? "_" : result
  }

  /// One cell of a CSV file (RFC 4180).
  ///
  /// - Parameter raw: Quotes where the format asks for it and changes nothing else: for machines.
  ///   Otherwise hidden characters are shown, line breaks among them, and a cell that a spreadsheet
  ///   would take for a formula gets an apostrophe in front.
  package static func csv(_ text: String, raw: Bool = false) -> String {
    let value = raw ? text : cut((isFormula(text) ? "'" : "") + showingHidden(text))
    let needsQuotes = value.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
    }
    let hasSpaceAround = value.utf8.first == 32 || value.utf8.last == 32
    guard needsQuotes || hasSpaceAround else { return value }
    var quoted = "\""
    for scalar in value.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// As much as a cell of Excel holds, 32,767 characters, and how many there are more.
  private static func cut(_ text: String) -> String {
    let units = text.utf16
    guard units.count > 32_767 else { return text }
    var kept = ""
    var length = 0
    for scalar in text.unicodeScalars {
      length += scalar.utf16.count
      if length > 32_700 { break }
      kept.unicodeScalars.append(scalar)
    }
    return kept + " and \(Figures.grouped(units.count - kept.utf16.count)) more characters"
  }

  /// Whether a spreadsheet could take a cell for a formula. Sysmon writes `-` for a user that it does
  /// not know, and alone that is none.
  private static func isFormula(_ text: String) -> Bool {
    if text == "-" { return false }
    let first = text.unicodeScalars.first { $0 != " " && $0 != "\"" && $0 != "'" }
    guard let first else { return false }
    return switch first {
    case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    default: false
    }
  }

  /// `text` with everything that a reader would not see, and whatever `also` picks, as `\u{…}`.
  ///
  /// - Complexity: O(*n*); returns the text as it is where it is plain ASCII.
  private static func showingHidden(
    _ text: String, also: (Unicode.Scalar) -> Bool = { _ in false }
  ) -> String {
    if isPlain(text), !text.unicodeScalars.contains(where: also) { return text }
    var result = ""
    var marks = maxMarks
    let last = text.unicodeScalars.indices.last
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      let isMark = scalar.isMark
      marks = isMark ? marks + 1 : 0
      let isEdge = index == text.unicodeScalars.startIndex || index == last
      if scalar.isHidden || also(scalar) || isMark && marks > maxMarks || isEdge && scalar == " " {
        result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Marks above and below one character, before they run into the neighbouring lines.
  private static let maxMarks = 4

  /// Only visible ASCII, and no space at either end.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.first != 32 && text.utf8.last != 32 && text.utf8.allSatisfy { 32 <= $0 && $0 < 127 }
  }
}

extension Unicode.Scalar {
  /// Controls, direction marks, zero-width and look-alike blanks: what acts without being seen.
  var isHidden: Bool {
    if value < 0x7F { return value < 0x20 }
    if value < 0xA0 { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }

  /// Drawn onto the character before it.
  var isMark: Bool {
    guard value >= 0x300 else { return false }
    let category = properties.generalCategory
    return category == .nonspacingMark || category == .enclosingMark
  }
}
