import Hunting
import Knowledge
import Testing

@testable import Reporting

@Suite struct CSVReportTests {
  @Test("The published columns come first and in their order")
  func columns() {
    let header = String(decoding: SampleReports.calm.render(as: .csv), as: UTF8.self)
    #expect(
      header.hasPrefix(
        "host,Image,User,ParentImage,ports_used,remote_ips,connection_count,max_risk_score,"
          + "severity,first_seen,last_seen,"))
    #expect(
      header.hasSuffix(
        "original_file_name,points,reasons,beacon,kind,hosts,status,command_line,ancestors,hashes,"
          + "integrity_level,logon_id\n"))
  }

  @Test("Several values stand in one quoted cell with a space between them")
  func severalValues() {
    let text = String(decoding: SampleReports.mixed.render(as: .csv), as: UTF8.self)
    #expect(
      text.contains(#","4444 9001","198.51.100.20 203.0.113.7 2001:db8::7",118,3,"High Medium","#))
    #expect(text.contains(",-,"))
  }

  @Test("No cell is longer than a spreadsheet takes, and what was left out is counted")
  func longCells() throws {
    var report = SampleReports.mixed
    report.verdict.findings[0].remoteAddresses = (0..<9000).map { "198.51.\($0 / 250).\($0 % 250)" }
    report.verdict.findings[0].user = String(repeating: "\u{202E}", count: 20_000)
    let rows = Self.parse(report.render(as: .csv))
    #expect(rows.joined().allSatisfy { $0.utf16.count <= 32_767 })
    let kept = rows[1][5].split(separator: " ").prefix { $0.hasPrefix("198.") }.count
    #expect(rows[1][5].hasSuffix(" and \(9000 - kept) more"))
    #expect(rows[1][2].hasSuffix(" more characters"))
    let raw = Self.parse(report.render(as: .csv, RenderOptions(rawCSV: true)))
    #expect(raw[1][5].split(separator: " ").count == 9000)
  }

  @Test(
    "Every row has as many cells as the header, whatever the fields hold", arguments: [true, false])
  func cells(raw: Bool) {
    let bytes = SampleReports.poison.render(as: .csv, RenderOptions(rawCSV: raw))
    let rows = Self.parse(bytes)
    #expect(rows.count == SampleReports.poisons.count + 1)
    #expect(rows.allSatisfy { $0.count == FindingsTable.fields.count })
    if raw {
      #expect(
        rows.dropFirst().map { Array($0[2].utf8) } == SampleReports.poisons.map { Array($0.utf8) })
    }
  }

  @Test("Strict parity leaves the cells as the events had them, unless told otherwise")
  func strictIsRaw() {
    var report = SampleReports.poison
    report.detection.parity = .strict
    #expect(report.render(as: .csv) == report.render(as: .csv, RenderOptions(rawCSV: true)))
    #expect(report.render(as: .csv) != report.render(as: .csv, RenderOptions(rawCSV: false)))
  }

  /// RFC 4180, as a reader would have it.
  static func parse(_ bytes: [UInt8]) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if isQuoted {
        if byte == UInt8(ascii: "\"") {
          if at + 1 < bytes.count, bytes[at + 1] == byte {
            cell.append(byte)
            at += 1
          } else {
            isQuoted = false
          }
        } else {
          cell.append(byte)
        }
      } else if byte == UInt8(ascii: "\""), cell.isEmpty {
        isQuoted = true
      } else if byte == UInt8(ascii: ",") || byte == 10 {
        row.append(String(decoding: cell, as: UTF8.self))
        cell = []
        if byte == 10 {
          rows.append(row)
          row = []
        }
      } else {
        cell.append(byte)
      }
      at += 1
    }
    return rows
  }
}
