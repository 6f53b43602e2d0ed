import JSON
import Testing

@Suite struct LineParserTests {
  static func parsed(_ line: [UInt8], _ paths: [[String]]) -> (LineParser, LineParser.Outcome) {
    let parser = LineParser(PathTable(paths: paths))
    let padded = line + [UInt8](repeating: 0, count: 64)
    let outcome = unsafe padded.withUnsafeBytes {
      unsafe parser.parse(.init(rebasing: $0[..<line.count]))
    }
    return (parser, outcome)
  }

  static func text(_ json: String, _ path: [String] = ["a"]) -> String? {
    let (parser, outcome) = parsed(Array(json.utf8), [path])
    guard outcome == .object, parser.kind(0) != .absent, parser.kind(0) != .null else { return nil }
    return String(decoding: parser.text(0), as: UTF8.self)
  }

  @Test(
    "Scalars read as their text",
    arguments: [
      (#"{"a":"x\ty\u00e9\ud83d\ude00"}"#, "x\tyé😀"), (#"{"a":4444}"#, "4444"),
      (#"{"a":4444.0}"#, "4444"), (#"{"a":1e3}"#, "1000"), (#"{"a":-0.5}"#, "-0.5"),
      (#"{"a":true}"#, "true"), (#"{"a":false}"#, "false"), (#"{"a":1,"a":2}"#, "2"),
      (#"{"a":18446744073709551615}"#, "18446744073709551615"),
      (#"{"a":123456789012345678901234567890}"#, "123456789012345678901234567890"),
      (##"{"a":{"#attributes":{"Q":""},"#text":3}}"##, "3"), (#"{"a":{"Value":3}}"#, "3"),
      (#"{"a":"al\ud83dice"}"#, "al\u{FFFD}ice"), (#"{"\u0061":"x"}"#, "x"),
      ("\u{FEFF}\u{FEFF}" + #"{"a":"bom"}"#, "bom"), (#" {"a":"x"} "#, "x"),
    ])
  func scalars(json: String, expected: String) {
    #expect(Self.text(json) == expected)
  }

  @Test(
    "What is not one object is malformed",
    arguments: [
      "", "[]", "1", #"{"a":1}{"#, #"{"a":tru}"#, #"{"a":NaN}"#, "{\"a\":\"\u{1}\"}", #"{"a":01}"#,
      #"{"a":"\x"}"#, #"{"a":1,}"#, #"{"a"}"#, "{",
      #"{"a":"# + String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000) + "}",
    ])
  func malformed(json: String) {
    let (_, outcome) = Self.parsed(Array(json.utf8), [["a"]])
    #expect(outcome != .object)
  }

  @Test("Bytes that are no UTF-8 read as U+FFFD, one for each bad part")
  func invalidUTF8() {
    let line = Array(#"{"a":"x"#.utf8) + [0xC3, 0x28, 0xE2, 0x82, 0xFF] + Array(#"y"}"#.utf8)
    let (parser, outcome) = Self.parsed(line, [["a"]])
    #expect(outcome == .object)
    #expect(parser.hadInvalidUTF8)
    #expect(String(decoding: parser.text(0), as: UTF8.self) == "x\u{FFFD}(\u{FFFD}\u{FFFD}y")
  }

  @Test("Of equal keys the last wins, with all that is in it")
  func duplicateObjects() {
    let (parser, _) = Self.parsed(
      Array(#"{"o":{"a":1,"b":2},"o":{"b":3}}"#.utf8), [["o", "a"], ["o", "b"], ["o"]])
    #expect(parser.kind(0) == .absent)
    #expect(String(decoding: parser.text(1), as: UTF8.self) == "3")
    #expect(parser.isObject(2))
  }

  @Test("Arrays come whole, or element by element")
  func arrays() {
    let (parser, _) = Self.parsed(Array(#"{"r":[{"x":1}, "y" ,null]}"#.utf8), [["r"]])
    let elements = parser.serialised(elementsOf: 0).map { String(decoding: $0, as: UTF8.self) }
    #expect(elements == [#"{"x":1}"#, #""y""#, "null"])
    #expect(parser.value(of: 0)?.array?[0]["x"]?.text == "1")
  }
}
