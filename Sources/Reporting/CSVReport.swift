import Facts
import Hunting

extension Report {
  /// The table of findings as CSV.
  func csv(raw: Bool) -> [UInt8] {
    var output = TableFormat.csv.header(FindingsTable.fields.map(\.column))
    for finding in verdict.findings {
      output += TableFormat.csv(FindingsTable.fields.map { $0.source(finding) }, raw: raw)
    }
    return output
  }
}
