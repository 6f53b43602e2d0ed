import Foundation
import Knowledge
import Testing

@testable import Reporting

@Suite struct JSONOutputTests {
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("Keys are sorted by their bytes, levels indented by two spaces")
  func indented() {
    let value: JSONOutput = [
      "b": [1, "x"], "a": [], "Z": .object([]), "é": .null, "c": .bool(true),
    ]
    #expect(
      Self.text(value.indented()) == """
        {
          "Z": {},
          "a": [],
          "b": [
            1,
            "x"
          ],
          "c": true,
          "é": null
        }

        """)
    #expect(Self.text(value.compact()) == #"{"Z":{},"a":[],"b":[1,"x"],"c":true,"é":null}"#)
  }

  @Test(
    "A decimal has exactly the digits that were asked for",
    arguments: [(9731, 4, "0.9731"), (10_000, 4, "1.0000"), (-5, 1, "-0.5"), (7, 0, "7")])
  func decimals(scaled: Int, digits: Int, text: String) {
    #expect(Self.text(JSONOutput.decimal(scaled: scaled, digits: digits).compact()) == text)
  }

  @Test("Elements that are made on the way are written like any others")
  func elements() {
    let made = JSONOutput.elements(3) { .int($0) }
    #expect(made.indented() == JSONOutput.array([0, 1, 2]).indented())
  }

  @Test("Whoever parses gets every text unchanged", arguments: SampleReports.poisons)
  func roundTrip(text: String) throws {
    let bytes = JSONOutput.array([.string(text)]).compact()
    let back = try JSONDecoder().decode([String].self, from: Data(bytes))
    #expect(back.map { Array($0.utf8) } == [Array(text.utf8)])
  }
}
