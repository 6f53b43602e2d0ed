import Foundation
import Subprocess
import Testing

/// More connections than the least `--memory` holds.
@Suite struct MemoryTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Connections of 40 hosts, each by a process of its own; one host calls home every minute.
  private func write() throws {
    for night in 0..<4 {
      var lines = ""
      for number in 0..<30_000 {
        let isBeacon = number % 300 == 0
        // Nobody else keeps a rhythm, or comes back to an address.
        let mixed = Int(
          truncatingIfNeeded: UInt32(truncatingIfNeeded: number * 4 + night) &* 2_654_435_761)
        let second = isBeacon ? number : mixed % 86_400
        let time = String(
          format: "2024-05-%02d %02d:%02d:%02d.000", night + 1, second / 3600, second / 60 % 60,
          second % 60)
        let host = isBeacon ? "WS7" : "WS\(number % 40)"
        let image = isBeacon ? #"C:\\Users\\u\\AppData\\a.exe"# : #"C:\\Windows\\p.exe"#
        let process = String(
          format: "{0000000%d-0000-0000-0000-%012d}", night, isBeacon ? 0 : number)
        let address =
          isBeacon ? "93.184.216.34" : "203.\(mixed >> 24).\(mixed >> 16 & 255).\(mixed >> 8 & 255)"
        let port = number % 1_000 == 1 ? 4444 : 443
        lines +=
          #"{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":""# + host
          + #"","UtcTime":""# + time + #"","ProcessGuid":""# + process + #"","Image":""# + image
          + #"","User":"u","Protocol":"tcp","Initiated":"true","DestinationIp":""# + address
          + #"","DestinationPort":"# + String(port) + "}\n"
      }
      try folder.write(lines, to: "nights/\(night).jsonl")
    }
  }

  @Test("The report is the same, whether or not its facts fit into memory")
  func same() async throws {
    try write()
    let outcome = try await Program.shell(
      #"""
      set -e; cd "$1"
      hunt() { "$oddport" hunt --parity tuned --quiet nights "$@"; }
      oddport=$0
      hunt --memory 4G --out fits
      hunt --memory 64M --workers 1 --out one
      hunt --memory 64M --workers 3 --out three
      diff -r fits one; diff -r fits three; grep -c 93.184.216.34 fits/report.csv
      """#, folder.path)
    #expect(outcome == .init(status: .exited(0), output: "1\n", complaints: ""))
  }

  @Test("Where the temporary file does not fit either, nothing is reported but that")
  func full() async throws {
    try write()
    let outcome = try await Program.shell(
      Program.withoutProfile
        + #"trap '' XFSZ; ulimit -f 1024; exec "$0" hunt --memory 64M "$1/nights""#, folder.path)
    #expect(outcome.status == .exited(73) && outcome.output == "")
    #expect(outcome.complaints.contains("cannot write to a temporary file"))
    #expect(outcome.complaints.contains("TMPDIR"))
  }
}
