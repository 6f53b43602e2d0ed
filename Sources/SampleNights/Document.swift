/// A JSON document for people and tests: keys sorted, two blanks a level.
package indirect enum Document: Sendable {
  case null
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([Document])
  case object([String: Document])

  static func texts(_ texts: some Sequence<String>) -> Document {
    .list(texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(Document.text))
  }

  static func numbers(_ numbers: some Sequence<Int>) -> Document {
    .list(numbers.sorted().map(Document.number))
  }

  /// The document with an end of line.
  package var rendered: String {
    var text = ""
    render(into: &text, indent: "")
    return text + "\n"
  }

  private func render(into text: inout String, indent: String) {
    let deeper = indent + "  "
    switch self {
    case .null: text += "null"
    case .number(let number): text += String(number)
    case .flag(let flag): text += flag ? "true" : "false"
    case .text(let value): text += Document.quoted(value)
    case .list(let items):
      // Numbers and words share one line, what has structure does not.
      let isFlat = items.allSatisfy { if case .object = $0 { false } else { true } }
      text += "["
      for (at, item) in items.enumerated() {
        text += at == 0 ? "" : isFlat ? ", " : ","
        if !isFlat { text += "\n" + deeper }
        item.render(into: &text, indent: deeper)
      }
      text += isFlat || items.isEmpty ? "]" : "\n\(indent)]"
    case .object(let members):
      text += "{"
      let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      for (at, key) in keys.enumerated() {
        text += (at == 0 ? "\n" : ",\n") + deeper + Document.quoted(key) + ": "
        members[key]?.render(into: &text, indent: deeper)
      }
      text += members.isEmpty ? "}" : "\n\(indent)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONLineWriter()
    writer.field(nil, text)
    return writer.text
  }
}
