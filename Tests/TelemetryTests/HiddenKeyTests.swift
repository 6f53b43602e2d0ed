import Facts
import JSON
import Telemetry
import Testing

/// Lines that say what a sample says, with the words that the filter looks for written otherwise.
@Suite struct HiddenKeyTests {
  struct Disguise: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What a line has to hold to wear it.
    var needs: String
    var apply: @Sendable (_ letter: UInt8) -> String
  }

  private static func hex(_ letter: UInt8) -> String { String(letter, radix: 16) }

  static let disguises = [
    Disguise(testDescription: "escape", needs: "") { #"\u00\#(hex($0))"# },
    Disguise(testDescription: "escape with large letters", needs: "") {
      #"\u00\#(hex($0).uppercased())"#
    },
    Disguise(testDescription: "escape in JSON within JSON", needs: #"{\""#) {
      #"\\u00\#(hex($0))"#
    },
    Disguise(testDescription: "escape whose backslash is one", needs: #"{\""#) {
      #"\u005cu00\#(hex($0))"#
    },
    Disguise(testDescription: "escape whose letter is one", needs: #"{\""#) {
      #"\\\u007500\#(hex($0))"#
    },
    Disguise(testDescription: "escape whose digits are some", needs: #"{\""#) {
      #"\\u\u0030\u0030\#(hex($0))"#
    },
    Disguise(testDescription: "decimal reference", needs: "<Data ") { "&#\($0);" },
    Disguise(testDescription: "hexadecimal reference", needs: "<Data ") { "&#x\(hex($0));" },
    Disguise(testDescription: "reference with zeros", needs: "<Data ") { "&#0\($0);" },
    Disguise(testDescription: "reference whose ampersand is an escape", needs: "<Data ") {
      #"\u0026#\#($0);"#
    },
    Disguise(testDescription: "reference whose number sign is an escape", needs: "<Data ") {
      #"&\u0023\#($0);"#
    },
  ]

  private static let words = [
    "estination", "arent", "emotePort", "PortNumber", "dst_endpoint", "tringInserts",
    "Data\":[",
  ]

  /// The line with one letter of each word written otherwise.
  static func disguised(_ line: String, _ disguise: Disguise, letter: Int) -> String {
    words.reduce(line) { line, word in
      var bytes = Array(word.utf8)
      bytes.replaceSubrange(letter...letter, with: Array(disguise.apply(bytes[letter]).utf8))
      return line.replacing(word, with: String(decoding: bytes, as: UTF8.self))
    }
  }

  static func isCandidate(_ line: String, level: LineFilter.Level = .best) -> Bool {
    let filter = LineFilter(needles: Needles.all, level: level)
    let bytes = Array(line.utf8) + [UInt8](repeating: 0, count: 64)
    return unsafe bytes.withUnsafeBytes {
      !(unsafe filter.next(in: .init(rebasing: $0[..<line.utf8.count]), from: 0).line.isEmpty)
    }
  }

  @Test(
    "A line is a candidate however its keys are written", arguments: disguises,
    LineFilter.Level.allCases.filter { $0 <= .best })
  func disguised(disguise: Disguise, level: LineFilter.Level) {
    var worn = 0
    for shape in Shapes.catalogue where shape.line.contains(disguise.needs) {
      let plain = ShapeTests.table(shape.line)
      for letter in 0..<5 {
        let line = Self.disguised(shape.line, disguise, letter: letter)
        let table = ShapeTests.table(line)
        // A sample that is no event, or of which this disguise has made something else.
        guard table.coverage.lines.observations == 1 else { continue }
        worn += 1
        #expect(table.keys.map(\.day) == plain.keys.map(\.day))
        #expect(Self.isCandidate(line, level: level), "\(shape.name): \(line)")
      }
    }
    #expect(worn >= 5)
  }

  @Test(
    "The name of a registry value cannot hide in its XML",
    arguments: [
      "Port<![CDATA[Number]]>", "Port<!-- -->Number", "Port<?x ?>Number", #"Port\u003c?x ?>Number"#,
      "P&#111;rtNumber",
    ])
  func registryValue(name: String) {
    let line =
      #"{"SyslogMessage":"<Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>13</EventID><Computer>WS01</Computer></System><EventData><Data Name='TargetObject'>HKLM\\RDP-Tcp\\\#(name)</Data><Data Name='Details'>DWORD (0x00008462)</Data></EventData></Event>"}"#
    #expect(ShapeTests.table(line).registryChanges.count == 1)
    #expect(Self.isCandidate(line))
  }

  @Test("What only looks like an escape or a reference hides nothing, and is read as it stands")
  func lookalikes() {
    // In XML `&amp;#68;` is the text `&#68;`, in JSON `\\u0044` is six letters, and `\/` a slash.
    let xml =
      #"{"SyslogMessage":"<Event><System><Provider Name='Linux-Sysmon'/><EventID>3</EventID></System><EventData><Data Name='&amp;#68;estinationPort'>4444</Data></EventData></Event>"}"#
    #expect(ShapeTests.table(xml).keys.allSatisfy { $0.port == .none })
    for key in [#"\\u0044estinationPort"#, #"\/DestinationPort"#] {
      let line = #"{"EventID":3,"Computer":"WS01","\#(key)":"4444"}"#
      #expect(ShapeTests.table(line).keys.allSatisfy { $0.port == .none })
    }
  }
}
