import JSON
import Testing

/// What is read of a document by a small table of names.
@Suite struct JSONReaderTests {
  /// Sysmon's fields 0 to 3, of which `Port` is 0; the event's number 4; `Data` 5; values without names 6;
  /// then the paths that a test adds.
  struct Reading {
    let names: FieldNames
    let view: FieldView
    let reader: JSONReader
    private var padded: [UInt8] = []

    init(_ paths: [String] = [], rememberedKeys: Int = 16) {
      names = FieldNames(
        dataSlots: 4, scalarSlots: 5, count: 7 + paths.count, positional: 6)
      for (slot, name) in ["Port", "Image", "User", "Host"].enumerated() {
        names.add(anywhere: name, slot: slot)
      }
      names.add(anywhere: "EventID", slot: 4, readAs: "EventID")
      names.add(anywhere: "Data", slot: 5, readAs: "Data")
      names.add(path: "Data", role: .data)
      for (index, path) in paths.enumerated() { names.add(path: path, slot: 7 + index) }
      view = FieldView(names)
      reader = JSONReader(names, rememberedKeys: rememberedKeys)
    }

    mutating func read(_ json: [UInt8]) -> JSONReader.Outcome {
      padded = json + [UInt8](repeating: 0, count: 64)
      view.begin()
      return unsafe padded.withUnsafeBytes {
        unsafe reader.open(.init(rebasing: $0[..<json.count]))
        let outcome = reader.next(into: view, level: 0)
        // Decoded while the text is there.
        for slot in 0..<7 { _ = unsafe view.bytes(slot) }
        return outcome
      }
    }

    func text(_ slot: Int) -> String? {
      view.kind(slot).isScalar ? String(decoding: view.text(slot), as: UTF8.self) : nil
    }
  }

  static func value(_ json: String, of path: String = "a") -> String? {
    var reading = Reading([path])
    guard reading.read(Array(json.utf8)) == .object else { return nil }
    return reading.text(7)
  }

  @Test(
    "Scalars read as their text",
    arguments: [
      (#"{"a":"x\ty\u00e9\ud83d\ude00"}"#, "x\tyé😀"), (#"{"a":4444}"#, "4444"),
      (#"{"a":4444.0}"#, "4444"), (#"{"a":1e3}"#, "1000"), (#"{"a":-0.5}"#, "-0.5"),
      (#"{"a":-0}"#, "0"), (#"{"a":1e400}"#, "inf"),
      (#"{"a":true}"#, "true"), (#"{"a":false}"#, "false"), (#"{"a":1,"a":2}"#, "2"),
      (#"{"a":18446744073709551615}"#, "18446744073709551615"),
      (#"{"a":123456789012345678901234567890}"#, "123456789012345678901234567890"),
      (##"{"a":{"#attributes":{"Q":""},"#text":3}}"##, "3"), (#"{"a":{"Value":3}}"#, "3"),
      (#"{"a":["one"]}"#, "one"), (#"{"a" : "x" }"#, "x"), ("{\"a\":\t\"x\"\r}", "x"),
      (#"{"a":"al\ud83dice"}"#, "al\u{FFFD}ice"), (#"{"\u0061":"x"}"#, "x"),
    ])
  func scalars(json: String, expected: String) {
    #expect(Self.value(json) == expected)
  }

  @Test("null after a value takes it away, as the last of equal keys")
  func nulls() {
    #expect(Self.value(#"{"a":1,"a":null}"#).map { $0 } == nil)
    #expect(Self.value(#"{"a":null,"a":1}"#) == "1")
  }

  static let notJSON = [
    "", "1", #"{"a":1}x"#, #"{"a":tru}"#, #"{"a":NaN}"#, "{\"a\":\"\u{1}\"}", #"{"a":01}"#,
    #"{"a":"\x"}"#, #"{"b":"\x"}"#, #"{"a":1,}"#, #"{"a"}"#, "{", #"{"a":}"#, #"{"a" 1}"#,
    #"{"a":1 "b":2}"#, #"{"a":[1 2]}"#, #"{"a":[1,]}"#, #"{"a":"x"y}"#, #"{"a":"\u12"}"#,
    #"{"a":"\ud83d\u12"}"#, #"{"a":"x}"#, #"{,}"#, #"{"a":[}"#, #"{"a":1]"#, #"{a:1}"#,
    #"{"a":"# + String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000) + "}",
  ]

  @Test("What is not JSON is malformed, and it is said why and where", arguments: notJSON)
  func malformed(json: String) {
    var reading = Reading(["a"])
    #expect(reading.read(Array(json.utf8)) == .malformed)
    #expect(!reading.reader.error.isEmpty)
  }

  @Test("Bytes that are not UTF-8 read as U+FFFD, one for each bad part")
  func invalidUTF8() {
    let line = Array(#"{"Port":"x"#.utf8) + [0xC3, 0x28, 0xE2, 0x82, 0xFF] + Array(#"y"}"#.utf8)
    var reading = Reading()
    #expect(reading.read(line) == .object)
    #expect(reading.reader.hadInvalidUTF8)
    #expect(reading.text(0) == "x\u{FFFD}(\u{FFFD}\u{FFFD}y")
  }

  @Test("Of equal keys the last counts, with all that is in it")
  func duplicateObjects() {
    var reading = Reading(["o.a", "o.b", "o"])
    #expect(reading.read(Array(#"{"o":{"a":1,"b":2},"o":{"b":3}}"#.utf8)) == .object)
    #expect(reading.text(7) == nil)
    #expect(reading.text(8) == "3")
    #expect(reading.view.kind(9) == .object)
    #expect(
      reading.read(Array(#"{"Data":{"Port":1,"User":"x"},"Data":{"Port":2}}"#.utf8)) == .object)
    #expect(reading.text(0) == "2")
    #expect(reading.text(2) == nil)
  }

  @Test(
    "Sysmon's fields are found by name, however they are packed",
    arguments: [
      #"{"Port":"1","User":"u"}"#, #"{"port":"1","user":"u"}"#, #"{"x_PORT":"1","x_User":"u"}"#,
      #"{"a.b.Port":"1","a.b.User":"u"}"#, #"{"deep":{"er":{"Port":"1","User":"u"}}}"#,
      #"{"Data":[{"Name":"Port","Value":"1"},{"Name":"User","Value":"u"}]}"#,
      ##"{"Data":[{"@Name":"Port","#text":"1"},{"@Name":"User","#text":"u"}]}"##,
      ##"{"Data":{"Data":[{"#attributes":{"Name":"Port"},"#text":"1"},{"#attributes":{"Name":"User"},"#text":"u"}]}}"##,
      #"{"Data":[{"Port":"1"},{"User":"u"}]}"#, #"{"fields":{"Port":["1"],"User":["u"]}}"#,
      #"{"values":[{"key":"Data","value":{"kvlistValue":{"values":[{"key":"Port","value":{"intValue":"1"}},{"key":"User","value":{"stringValue":"u"}}]}}}]}"#,
    ])
  func packings(json: String) {
    for remembered in [0, 1, 2, 64] {
      var reading = Reading(rememberedKeys: remembered)
      #expect(reading.read(Array(json.utf8)) == .object)
      #expect(reading.text(0) == "1")
      #expect(reading.text(2) == "u")
    }
  }

  @Test(
    "Fields of another object, or in another spelling than their neighbours, are not the event's")
  func decoys() {
    var reading = Reading()
    #expect(
      reading.read(Array(#"{"Image":"i","User":"u","extra":{"Port":"1"}}"#.utf8)) == .object)
    #expect(reading.text(0) == nil)
    #expect(reading.text(1) == "i")
    #expect(reading.read(Array(#"{"Image":"i","User":"u","PORT":"1"}"#.utf8)) == .object)
    #expect(reading.text(0) == nil)
    #expect(
      reading.read(Array(##"{"Image":"i","Data":{"Port":"1"},"EventID":{"#text":3}}"##.utf8))
        == .object)
    #expect(reading.text(0) == "1")
    #expect(reading.text(1) == nil)
    #expect(reading.text(4) == "3")
  }

  @Test("Objects in a list are not read with the document, and are offered one by one")
  func envelopes() {
    var reading = Reading()
    let json = #"{"took":1,"hits":[{"Port":"1","User":"u"},{"Port":"2","User":"v"}]}"#
    #expect(reading.read(Array(json.utf8)) == .object)
    #expect(reading.text(0) == nil)
    #expect(reading.view.arrays.count == 1)
  }

  @Test("The elements of an array come in order, an object standing for its name")
  func elements() {
    let json = Array(#"["x",1,{"name":"n","type":"t"},{"Value":"v"},null,[1,2],"a\tb"]"#.utf8)
    let padded = json + [UInt8](repeating: 0, count: 64)
    let reader = JSONReader(Reading().names, rememberedKeys: 0)
    let elements = unsafe padded.withUnsafeBytes {
      unsafe reader.open(.init(rebasing: $0[..<json.count]))
      return reader.elements() ?? []
    }
    #expect(
      elements.map { String(decoding: $0.text, as: UTF8.self) }
        == ["x", "1", "n", "v", "", "", "a\tb"])
    #expect(String(decoding: elements[5].token, as: UTF8.self) == "[1,2]")
    #expect(String(decoding: elements[6].token, as: UTF8.self) == #""a\tb""#)
  }

  @Test("Many objects in one text are read one after the other")
  func joined() {
    let json = Array(#"{"Port":1}{"Port":2} {"Port":3}"#.utf8)
    let padded = json + [UInt8](repeating: 0, count: 64)
    let reading = Reading()
    var ports: [String] = []
    unsafe padded.withUnsafeBytes {
      unsafe reading.reader.open(.init(rebasing: $0[..<json.count]))
      reading.view.begin()
      while reading.reader.next(into: reading.view, level: 0) == .object {
        ports.append(reading.text(0) ?? "")
        reading.view.clear()
      }
    }
    #expect(ports == ["1", "2", "3"])
  }

  @Test(
    "An escape is checked wherever it lies among the blocks of 64 bytes",
    arguments: [
      (#"\n"#, "\n"), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\u00e9"#, "é"), (#"\ud83d\ude00"#, "😀"),
      (#"\\q"#, "\\q"), (#"\\\"\\"#, #"\"\"#), (#"\x"#, nil), (#"\u00g0"#, nil), (#"\u12"#, nil),
      (#"\U0041"#, nil), (#"\\\q"#, nil),
    ])
  func escapes(_ escape: String, text: String?) {
    var reading = Reading(["a"])
    for length in 0..<140 {
      let before = String(repeating: "x", count: length)
      let outcome = reading.read(Array(#"{"b":"y","a":"\#(before)\#(escape)","c":"z\\"}"#.utf8))
      #expect(outcome == (text == nil ? .malformed : .object))
      if let text { #expect(reading.text(7) == before + text) }
    }
  }
}
