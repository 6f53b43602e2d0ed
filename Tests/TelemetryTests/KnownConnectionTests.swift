import Facts
import Telemetry
import Testing

/// Lines that say again what an earlier one said, against readers that know no earlier line.
@Suite struct KnownConnectionTests {
  private static func flat(_ second: Int) -> String {
    #"{"EventTime":"2024-05-01 10:00:\#(second)","EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01","UtcTime":"2024-05-01 08:00:\#(second).000","Image":"C:\\a.exe","User":"CORP\\ada","Initiated":"true","DestinationIp":"203.0.113.7","DestinationPort":"4444"}"#
  }

  /// The same as Sentinel ships it: fields in JSON within JSON.
  private static func nested(_ second: Int) -> String {
    #"{"TimeGenerated":"2024-05-02T08:00:\#(second)Z","Provider":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS02","EventData":"{\"UtcTime\":\"2024-05-02 08:00:\#(second).000\",\"Image\":\"C:\\\\b.exe\",\"User\":\"CORP\\\\ada\",\"Initiated\":\"true\",\"DestinationIp\":\"203.0.113.8\",\"DestinationPort\":\"8088\"}","EventID":3,"Type":"WindowsEvent"}"#
  }

  /// An accepted flow: Sysmon writes the local end as its source, so the port belongs to the fact.
  private static func accepted(_ second: Int, port: Int) -> String {
    flat(second).replacing(
      #""Initiated":"true","#,
      with: #""Protocol":"udp","Initiated":"false","SourcePort":"\#(port)","#)
  }

  private static func acceptedNested(_ second: Int, port: Int) -> String {
    nested(second).replacing(
      #"\"Initiated\":\"true\","#,
      with:
        #"\"Protocol\":\"udp\",\"Initiated\":\"false\",\"SourcePort\":\"\#(port)\","#)
  }

  private static func read(
    _ line: String, _ number: Int, _ reader: inout LineReader, _ intake: inout Intake
  ) {
    let bytes = Array(line.utf8) + [UInt8](repeating: 0, count: 64)
    unsafe bytes.withUnsafeBytes {
      unsafe reader.read(
        .init(rebasing: $0[..<line.utf8.count]),
        at: Place(archive: 0, line: number, offset: number), into: &intake)
    }
  }

  /// Image, port, count, first, last and seconds of each fact.
  private static func rows(_ table: FactTable) -> [String] {
    zip(table.keys, table.facts).map { key, fact in
      "\(table.texts[key.image]) \(table.texts[key.port]) \(fact.count) \(fact.first!) \(fact.last!) \(fact.arrivals.seconds)"
    }.sorted()
  }

  @Test("A known connection has its own line's times, whatever shape the line before it had")
  func times() {
    var reader = LineReader()
    var together = Intake()
    var apart = FactTable()
    for number in 10..<60 {
      for line in [Self.flat(number), Self.nested(number)] {
        Self.read(line, number, &reader, &together)
        var fresh = LineReader()
        var alone = Intake()
        Self.read(line, number, &fresh, &alone)
        apart.merge(alone.facts())
      }
    }
    let rows = Self.rows(together.facts())
    #expect(rows.count == 2)
    #expect(rows == Self.rows(apart))
  }

  @Test("A run of lines says what each of them says", arguments: 1...8)
  func runs(seed: UInt64) {
    var random = SystemOfSeed(state: seed)
    var text: [UInt8] = []
    var lines: [String] = []
    for number in 0..<600 {
      // Now and then a new host, another day, a line of another kind.
      let host = "WS\(Int.random(in: 0...(1 + number / 200), using: &random))"
      let day = Int.random(in: 0..<20, using: &random) == 0 ? "2024-05-03" : "2024-05-01"
      let second = Int.random(in: 10...59, using: &random)
      let line =
        switch Int.random(in: 0..<30, using: &random) {
        case 0: "not JSON"
        case 1: #"{"EventID":5,"Message":"nothing to see"}"#
        case 2...8: Self.nested(second)
        case 9...12: Self.accepted(second, port: [53, 137, 5353].randomElement(using: &random)!)
        case 13...16: Self.acceptedNested(second, port: [53, 0].randomElement(using: &random)!)
        case 17: Self.accepted(second, port: 53).replacing(#""53""#, with: #""a port""#)
        default: Self.flat(second)
        }
      lines.append(line.replacing("WS01", with: host).replacing("2024-05-01", with: day))
      text += Array(lines[number].utf8) + [0x0A]
    }
    text += [UInt8](repeating: 0, count: 64)
    var reader = LineReader()
    var intake = Intake()
    var apart = FactTable()
    var at = 0
    var read = 0
    var inRuns = 0
    while read < lines.count {
      let place = Place(archive: 0, line: read, offset: read)
      let run = unsafe text.withUnsafeBytes {
        unsafe reader.readRun(
          .init(rebasing: $0[at..<text.count - 64]), at: place, into: &intake)
      }
      at += run.bytes
      read += run.lines
      inRuns += run.lines
      guard read < lines.count else { break }
      Self.read(lines[read], read, &reader, &intake)
      at += lines[read].utf8.count + 1
      read += 1
    }
    for (number, line) in lines.enumerated() {
      var fresh = LineReader()
      var alone = Intake()
      Self.read(line, number, &fresh, &alone)
      apart.merge(alone.facts())
    }
    let together = intake.facts()
    #expect(Self.rows(together) == Self.rows(apart))
    #expect(together.coverage.lines == apart.coverage.lines)
    #expect(together.coverage.hosts.count == apart.coverage.hosts.count)
    #expect(inRuns > 300)
  }

  private struct SystemOfSeed: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  @Test(
    "A line that the filter would pass over is left to it, though it is written like earlier ones")
  func filtered() {
    func line(_ message: String) -> String {
      #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01","UtcTime":"2024-05-01 08:00:00.000","Image":"C:\\a.exe","Initiated":"true","Message":"\#(message)"}"#
    }
    var reader = LineReader()
    var intake = Intake()
    for number in 0..<200 { Self.read(line("DestinationPort \(number)"), number, &reader, &intake) }
    let other = Array(line("nothing").utf8)
    let bytes = other + [UInt8](repeating: 0, count: 64)
    let run = unsafe bytes.withUnsafeBytes {
      unsafe reader.readRun(
        .init(rebasing: $0[..<other.count]), at: Place(archive: 0, line: 200, offset: 200),
        into: &intake)
    }
    #expect(run.lines == 0)
    #expect(intake.facts().coverage.lines.irrelevant == 200)
  }
}
