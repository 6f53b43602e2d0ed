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

  /// Image, count, first, last and seconds of each fact.
  private static func rows(_ table: FactTable) -> [String] {
    zip(table.keys, table.facts).map { key, fact in
      "\(table.texts[key.image]) \(fact.count) \(fact.first!) \(fact.last!) \(fact.arrivals.seconds)"
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

  @Test(
    "A line that the filter would pass over is left to it, though it says what an earlier one said")
  func filtered() {
    func line(_ message: String) -> String {
      #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01","UtcTime":"2024-05-01 08:00:00.000","Image":"C:\\a.exe","Initiated":"true","Message":"\#(message)"}"#
    }
    var reader = LineReader()
    var intake = Intake()
    for number in 0..<200 { Self.read(line("DestinationPort \(number)"), number, &reader, &intake) }
    let other = Array(line("nothing").utf8)
    let bytes = other + [UInt8](repeating: 0, count: 64)
    let length = unsafe bytes.withUnsafeBytes {
      unsafe reader.readLearned(
        .init(rebasing: $0[..<other.count]), at: Place(archive: 0, line: 200, offset: 200),
        into: &intake)
    }
    #expect(length == 0)
    #expect(intake.facts().coverage.lines.used == 200)
  }
}
