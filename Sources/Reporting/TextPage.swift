/// A page of a given width: lines, labelled values and wrapped sentences, coloured or not.
///
/// Takes texts that are escaped already; no line is wider than the page.
struct TextPage {
  enum Style: String {
    case bold = "1"
    case dim = "2"
    case high = "1;31"
    case medium = "1;33"
    case low = "1;36"
    case warning = "31"
  }

  let width: Int
  let color: Bool
  private(set) var bytes: [UInt8] = []

  init(width: Int, color: Bool) {
    self.width = max(40, width)
    self.color = color
  }

  mutating func blank() { bytes.append(UInt8(ascii: "\n")) }

  mutating func heading(_ text: String) {
    blank()
    write(DisplayWidth.fitted(text, width), .bold)
    blank()
  }

  /// A line to be copied: escaped, but neither cut nor wrapped.
  mutating func verbatim(_ text: String, indent: Int) {
    let body = text.drop { $0 == " " }
    bytes.write(String(repeating: " ", count: indent + text.count - body.count))
    bytes.write(Escaping.terminal(String(body)))
    blank()
  }

  /// Texts one after the other on one line, cut at the edge of the page.
  mutating func line(_ parts: (text: String, style: Style?)...) { line(parts) }

  mutating func line(_ parts: [(text: String, style: Style?)]) {
    var left = width
    for part in parts where left > 0 {
      let text = DisplayWidth.fitted(part.text, left)
      write(text, part.style)
      left -= DisplayWidth.of(text)
    }
    // A line that ends in a blank differs from one that does not, and the reason cannot be seen.
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    blank()
  }

  /// Wraps at blanks; a longer word is broken at the end of the line.
  mutating func paragraph(
    _ text: String, first: String = "", rest: String? = nil, _ style: Style? = nil
  ) {
    let rest = rest ?? String(repeating: " ", count: DisplayWidth.of(first))
    var indent = first
    var words = text.split(separator: " ").map(String.init)[...]
    repeat {
      let room = width - DisplayWidth.of(indent)
      var line = ""
      while let word = words.first {
        let gap = line.isEmpty ? 0 : 1
        let used = DisplayWidth.of(line) + gap
        if used + DisplayWidth.of(word) <= room {
          line += (gap == 0 ? "" : " ") + word
          words.removeFirst()
        } else if line.isEmpty {
          let head = DisplayWidth.prefix(word, room)
          line = String(head)
          words[words.startIndex] = String(word[head.endIndex...])
        } else {
          break
        }
      }
      bytes.write(indent)
      write(line, style)
      blank()
      indent = rest
    } while !words.isEmpty
  }

  private mutating func write(_ text: String, _ style: Style?) {
    guard color, let style, !text.isEmpty else { return bytes.write(text) }
    bytes.write("\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m")
  }
}
