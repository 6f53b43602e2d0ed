import JSON
import Telemetry
import Testing

/// Lines that are read from what was learned of earlier ones, against the parser that learns nothing.
@Suite struct LearnedLinesTests {
  static let paths = [
    ["EventID"], ["Hostname"], ["EventData"], ["EventData", "Image"], ["EventData", "Port"],
    ["Tags"], ["Flag"], ["None"], ["DestinationPort"], ["Message"],
  ]

  static let lines = [
    ##"{"EventID":3,"Hostname":"WS01","EventData":{"Image":"C:\\x\\y.exe","Port":4444},"Flag":true}"##,
    ##"{"EventID":3,"Hostname":"WS02","EventData":{"Image":"C:\\z\\é.exe","Port":80},"Flag":true}"##,
    ##"{"EventID":"3", "Hostname":"", "Other":[1,"two",{"three":3}], "DestinationPort":"443"}"##,
    ##"{"Message":"a \"quoted\" tab\t and \u0041","EventID":1.0,"None":null,"Tags":[]}"##,
    ##"{"Message":"0123456789012345678901234567890123456789012345678901234567890123\\\"456789","DestinationPort":4444,"Unknown":"0123456789012345678901234567890123456789012345678901234567890123456789é","EventID":9223372036854775807}"##,
    ##"{"Hostname":{"#text":"x"},"EventID":{"Value":7},"Deep":{"a":{"b":{"c":"d"}}}}"##,
    ##"{"EventID":3,"Hostname":"\u003cnone\u003e","Message":"\u00e9\u20AC\u0000\r\n and a long one, so that there are more than 64 bytes \u0022"}"##,
    ##"{"EventID":3,"Hostname":"\ud83d\ude00","Message":"a pair that the parser puts together"}"##,
    ##"{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","EventID":"","k":"","l":""}"##,
    "{\t\"EventID\":\t12345678,\t\"Hostname\":\"WS01\"}\r",
  ]

  struct Reading: Equatable {
    var outcome: LineParser.Outcome
    var kinds: [ValueKind]
    var texts: [[UInt8]]
    var objects: [Bool]
    var fingerprint: UInt64
  }

  static func reading(_ line: [UInt8], _ parser: LineParser) -> Reading {
    let padded = line + [UInt8](repeating: 0x22, count: 64)
    return unsafe padded.withUnsafeBytes { bytes in
      let outcome = unsafe parser.parse(.init(rebasing: bytes[..<line.count]))
      guard outcome == .object else {
        return Reading(outcome: outcome, kinds: [], texts: [], objects: [], fingerprint: 0)
      }
      return Reading(
        outcome: outcome, kinds: paths.indices.map { parser.kind($0) },
        texts: paths.indices.map { parser.text($0) },
        objects: paths.indices.map { parser.isObject($0) }, fingerprint: parser.fingerprint)
    }
  }

  static let forms = LineParser.Learning.allCases.filter { $0 > .none && $0 <= .best }

  @Test(
    "What was learned never says anything else than the parser, by any instructions",
    arguments: 1...20, forms)
  func agrees(seed: UInt64, form: LineParser.Learning) throws {
    var random = LineFilterTests.Random(state: seed)
    let learning = LineParser(PathTable(paths: Self.paths), learning: form)
    let plain = LineParser(PathTable(paths: Self.paths), learning: .none)
    let spice =
      Array(#"{}[]",:\0123456789.-eE+truefalsnul "#.utf8) + [0x00, 0x0D, 0x7F, 0xC3, 0xFF]
    for _ in 0..<1000 {
      var line = Array(Self.lines.randomElement(using: &random)!.utf8)
      // Most lines stay as they are, so that they are learned; the others differ in a byte or two.
      for _ in 0..<[0, 0, 1, 1, 2].randomElement(using: &random)! {
        let at = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: line[at] = spice.randomElement(using: &random)!
        case 1: line.insert(spice.randomElement(using: &random)!, at: at)
        default: line.remove(at: at)
        }
      }
      let learned = Self.reading(line, learning)
      let parsed = Self.reading(line, plain)
      #expect(learned == parsed, "\(String(decoding: line, as: UTF8.self))")
    }
  }

  @Test("A learned number is one that the parser prints as it is written", arguments: forms)
  func numbers(form: LineParser.Learning) {
    let learning = LineParser(PathTable(paths: Self.paths), learning: form)
    let plain = LineParser(PathTable(paths: Self.paths), learning: .none)
    let numbers = [
      "1", "0", "-0", "-1", "00", "01", "-01", "1.5", "1e5", "1E+5", "-", "+1", "1-", "1a", "a1",
      "12 ",
      "1234567", "12345678", "123456789", "1234567a", "12345678a", "a2345678", "1234567890123456",
      "12345678901234a6", "12345678/0123456", "1234567:90123456", "999999999999999999",
      "9223372036854775807", "9223372036854775808", "9999999999999999999", "18446744073709551615",
      "18446744073709551616", "-9223372036854775808", "-9223372036854775809",
      "-1000000000000000000", "-999999999999999999", "", " ", "\"1\"", "1,2", "1:2", "1\"2", "1\n2",
    ]
    for number in ["7", "8", "9"] + numbers {
      let line = Array(
        #"{"EventID":\#(number),"Hostname":"WS01","DestinationPort":\#(number)}"#.utf8)
      let learned = Self.reading(line, learning)
      #expect(learned == Self.reading(line, plain), "\(number)")
    }
  }

  @Test("A line is learned up to the length that there is room for", arguments: forms)
  func longLines(form: LineParser.Learning) {
    let learning = LineParser(PathTable(paths: Self.paths), learning: form)
    let plain = LineParser(PathTable(paths: Self.paths), learning: .none)
    let lengths = [1, 2, 3, 16_300, 16_351, 16_352, 16_353, 16_354, 16_384, 16_385, 20_000, 4]
    for length in lengths {
      let line = Array(
        #"{"Message":"\#(String(repeating: "x", count: length))","Port":"1"}"#.utf8)
      #expect(Self.reading(line, learning) == Self.reading(line, plain), "\(length)")
    }
  }

  @Test("Lines of a kind that was seen before are learned")
  func learns() {
    let parser = LineParser(PathTable(paths: Self.paths))
    let line = Array(Self.lines[0].utf8)
    for _ in 0..<3 { _ = Self.reading(line, parser) }
    let other = Array(Self.lines[1].utf8) + [UInt8](repeating: 0, count: 64)
    let length = unsafe other.withUnsafeBytes {
      unsafe parser.match(.init(rebasing: $0[..<(other.count - 64)]))
    }
    #expect(length == other.count - 64)
    parser.take()
    #expect(String(decoding: parser.text(3), as: UTF8.self) == #"C:\z\é.exe"#)
  }

  @Test("The order of keys does not tell lines apart, and that of keys which come again does")
  func order() {
    let parser = LineParser(PathTable(paths: Self.paths), learning: .none)
    func fingerprint(_ line: String) -> UInt64 {
      Self.reading(Array(line.utf8), parser).fingerprint
    }
    let port = #""EventData":{"Image":"a","Port":1}"#
    #expect(
      fingerprint(#"{"EventID":3,"Hostname":"a",\#(port)}"#)
        == fingerprint(#"{\#(port),"Hostname":"b","EventID":"7"}"#))
    #expect(fingerprint(#"{"EventID":3}"#) != fingerprint(#"{"EventID":3,"EventID":3}"#))
    #expect(
      fingerprint(#"{"EventID":3,"EventID":[]}"#) != fingerprint(#"{"EventID":[],"EventID":3}"#))
    #expect(
      fingerprint(#"{"EventData":{"Image":"a"},"EventData":{"Port":1}}"#)
        != fingerprint(#"{"EventData":{"Port":1},"EventData":{"Image":"a"}}"#))
  }

  @Test("A matched line ends at its line feed")
  func endsAtLineFeed() {
    let parser = LineParser(PathTable(paths: Self.paths))
    let line = Array(Self.lines[2].utf8)
    for _ in 0..<3 { _ = Self.reading(line, parser) }
    for (rest, expected) in [("", line.count), ("\nmore", line.count), ("\r\n", 0), ("x", 0)] {
      let text = line + Array(rest.utf8)
      let padded = text + [UInt8](repeating: 0, count: 64)
      let length = unsafe padded.withUnsafeBytes {
        unsafe parser.match(.init(rebasing: $0[..<text.count]))
      }
      #expect(length == expected, "\(rest.debugDescription)")
    }
  }

  @Test(
    "Lines with equal rows have equal values there, and the others are read", arguments: 1...10,
    forms)
  func rows(seed: UInt64, form: LineParser.Learning) throws {
    var random = LineFilterTests.Random(state: seed)
    let parser = LineParser(PathTable(paths: Self.paths), learning: form)
    // EventID, host, image and port make the row; the message is read with it.
    let slots = [0, 1, 3, 4]
    var valuesByRow: [String: [[UInt8]]] = [:]
    var rows = 0
    for number in 0..<600 {
      // A host that does not change for a while, so that it becomes part of what is expected.
      let host = "WS\(number / 250)"
      let image = ["C:\\\\a.exe", "C:\\\\é\\\"b", "", "\\u0041"].randomElement(using: &random)!
      let port = [80, 4444, 6666].randomElement(using: &random)!
      let message = "m\(Int.random(in: 0..<1000, using: &random))"
      let line = Array(
        #"{"EventID":3,"Hostname":"\#(host)","EventData":{"Image":"\#(image)","Port":\#(port)},"Message":"\#(message)"}"#
          .utf8)
      let padded = line + [UInt8](repeating: 0, count: 64)
      unsafe padded.withUnsafeBytes { bytes in
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<line.count])
        guard unsafe parser.match(text) > 0 else {
          #expect(unsafe parser.parse(text) == .object)
          return
        }
        let row = parser.row
        if row != (0, 0) {
          rows += 1
          #expect(parser.text(9) == Array(message.utf8))
        }
        parser.take()
        let values = slots.map { parser.text($0) }
        if row != (0, 0) {
          let known = valuesByRow.updateValue(values, forKey: "\(row.high) \(row.low)")
          #expect(known ?? values == values)
        }
        if !parser.isRowDecided { parser.setRow(slots, reading: [9]) }
      }
    }
    #expect(rows > 300)
    #expect(valuesByRow.count >= 9)
  }

  @Test("A long value that never changes is read with the row, line for line")
  func longSteadyValue() {
    let parser = LineParser(PathTable(paths: Self.paths))
    let message = String(repeating: "m", count: 15_000) + #"\n"#
    for number in 0..<300 {
      let line = Array(#"{"EventID":\#(number),"Message":"\#(message)"}"#.utf8)
      let padded = line + [UInt8](repeating: 0, count: 64)
      unsafe padded.withUnsafeBytes { bytes in
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<line.count])
        guard unsafe parser.match(text) == line.count else {
          #expect(unsafe parser.parse(text) == .object)
          return
        }
        if parser.row != (0, 0) { #expect(parser.text(9).count == 15_001) }
        if !parser.isRowDecided { parser.setRow([0], reading: [9]) }
      }
    }
  }
}
