import Archives
import Testing

@Suite struct DocumentLinesTests {
  /// Documents over many lines, and their elements without what blanks are around.
  static let documents: [(text: String, elements: [String])] = [
    ("[\n{\"a\":1},\n{\"b\":[2,3]}\n]\n", [#"{"a":1}"#, #"{"b":[2,3]}"#]),
    ("[{\"a\":1},\r\n{\"b\":2}\r\n]", [#"{"a":1}"#, #"{"b":2}"#]),
    (
      "\u{FEFF}\n [\n\n{\"a\":\"],[\\\"{\"}\n,{\"b\":2},{\"c\":3}]",
      [
        #"{"a":"],[\"{"}"#, #"{"b":2}"#, #"{"c":3}"#,
      ]
    ),
    ("{\n  \"a\": 1\n}\n{\n  \"b\": {\n  }\n}", [#"{   "a": 1 }"#, #"{   "b": {   } }"#]),
    (
      "{\"a\":1,\n\"b\":2}\n{\"c\":3}\n{\"d\":4}\n",
      [
        #"{"a":1, "b":2}"#, #"{"c":3}"#, #"{"d":4}"#,
      ]
    ),
    (
      "\u{1E}{\"a\":1}\n\u{1E}{\n\"b\":2}\n\u{1E}{\"cut\u{1E}{\"c\":3}\n",
      [
        #"{"a":1}"#, #"{ "b":2}"#, #"{"cut"#, #"{"c":3}"#,
      ]
    ),
    (
      "[\n{\"z\":0},\n1, \"x,y\",\n{\"a\":\"cut\n{\"b\":2}\n]\n",
      [
        #"{"z":0}"#, "1", #""x,y""#, #"{"a":"cut"#, #"{"b":2}"#,
      ]
    ),
    ("[\n]\n", []),
    ("[\n[{\"a\":1},{\"b\":2}],\n{\"c\":3}", [#"[{"a":1},{"b":2}]"#, #"{"c":3}"#]),
    ("{\n\"a\":1}{\"b\":2}\n", [#"{ "a":1}{"b":2}"#]),
  ]

  private static func trimmed(_ line: [UInt8]) -> String {
    var text = String(decoding: line, as: UTF8.self)[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  @Test(
    "Each element of a document over many lines is a line, however the archive is cut and packed",
    arguments: documents.indices)
  func elements(at index: Int) throws {
    let (text, elements) = Self.documents[index]
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    let raw = bytes(text)
    var expected: [[UInt8]]?
    for size in [1, 3, 7, 1000] {
      let files = [
        folder.write(zstd(frames: pieces(raw, of: size)), "a.jsonl.zst"),
        folder.write(gzip(raw), "a.jsonl.gz"), folder.write(raw, "a.jsonl"),
      ]
      for file in files {
        for (target, slice) in [(1, 1), (8, 10), (1000, 4096)] {
          limits.sliceBytes = slice
          let reading = try Reading(file, target: target, limits: limits)
          #expect(reading.chunks == 1)
          #expect(reading.lines.map(Self.trimmed) == elements)
          #expect(reading.lines == expected ?? reading.lines)
          expected = reading.lines
          #expect(reading.unpackedBytes == raw.count)
        }
      }
    }
  }

  static let lineTexts = [
    "{\"a\":1}\n{\n\"b\":2}\n", "[{\"a\":1},{\"b\":2}]\n{\"c\":3}\n", "{\"a\":1,\n{\"b\":2}\n",
    "{\"a\":\"cut\n{\"b\":2}\n", "[2026-01-01 10:00:00] {\"a\":1}\nb\n", "[INFO]\nx\n",
    "{\n{\"a\":1}\n",
    "\n\nx\n", "{}", "[]\n[]\n", "", "{\"a\":", "[\"a\",\n\"b\"]\n",
  ]

  @Test("Lines stay lines, also where the first one was cut", arguments: lineTexts)
  func linesStay(text: String) throws {
    let folder = TemporaryFolder()
    let raw = bytes(text)
    for size in [1, 5, 100] where !raw.isEmpty {
      let file = folder.write(zstd(frames: pieces(raw, of: size)), "a.jsonl.zst")
      for target in [1, 8, 1000] {
        #expect(try Reading(file, target: target).lines == lines(raw))
      }
    }
    #expect(try Reading(folder.write(raw, "b.jsonl"), target: 4).lines == lines(raw))
  }

  @Test("An array on a single long line is cut into its elements")
  func longArray() throws {
    let folder = TemporaryFolder()
    let element = "{\"a\":\"" + String(repeating: "x", count: 100) + "\"}"
    let text = bytes("[" + Array(repeating: element, count: 2000).joined(separator: ",") + "]")
    let reading = try Reading(folder.write(text, "a.json"), target: 1 << 14)
    #expect(reading.chunks == 1)
    #expect(reading.lines.count == 2000)
    #expect(Set(reading.lines.map(Self.trimmed)) == [element])
  }

  @Test("An element that is too long is one overlong line, and those after it are read")
  func overlongElement() throws {
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    limits.maximumLineBytes = 40
    let long = "{\n\"a\": \"" + String(repeating: "x", count: 20_000) + "\"\n}"
    let text = bytes("[\n{\"a\":1},\n\(long),\n{\"b\":2}\n]\n")
    for slice in [100, 5000, 1 << 20] {
      limits.sliceBytes = slice
      let reading = try Reading(folder.write(text, "a.json"), limits: limits)
      #expect(reading.lines.map(Self.trimmed) == [#"{"a":1}"#, #"{"b":2}"#])
      #expect(reading.overlongLines == 1)
    }
  }

  @Test("An element is found again by its number and by its place")
  func picked() throws {
    let folder = TemporaryFolder()
    let raw = bytes("[\n{\"a\":1},\n{\n\"b\":2\n},\n{\"c\":3}\n]\n")
    let file = folder.write(zstd(frames: pieces(raw, of: 6)), "a.json.zst")
    var picker = LinePicker(try Archive(file), chunkBytes: 4)
    #expect(try picker.line(number: 2).map(Self.trimmed) == #"{ "b":2 }"#)
    #expect(try picker.line(number: 4) == nil)
    let found = try picker.lines(at: [0, 10])
    #expect(found.mapValues(Self.trimmed) == [0: #"{"a":1}"#, 10: #"{ "b":2 }"#])
  }
}
