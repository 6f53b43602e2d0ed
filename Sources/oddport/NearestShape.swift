import Archives
import Facts
import Knowledge
import Reporting
import Scanning
import Telemetry

/// The shape that comes closest to the first lines of an input in which nothing was recognised.
enum NearestShape {
  private static let maxLines = 5

  /// Reports on standard error which shape comes closest, and what the lines lack.
  static func printWarning(about files: [InputFile], _ facts: FactTable, _ settings: HuntSettings) {
    let coverage = facts.coverage
    guard !settings.isQuiet, coverage.events.isEmpty, coverage.telemetryEvents == 0,
      let file = files.first(where: { $0.kind == .file }), let archive = try? Archive(file)
    else { return }
    var picker = LinePicker(archive)
    let reader = LineReader(ScanOptions(settings).reading)
    for number in 1...maxLines {
      guard let line = try? picker.line(number: number) else { return }
      let padded = line + [UInt8](repeating: 0, count: 64)
      let explanation = unsafe padded.withUnsafeBytes {
        unsafe reader.explain(.init(rebasing: $0[..<line.count]))
      }
      guard let words = words(explanation) else { continue }
      printError("\(Escaping.terminal(file.name)):\(number): nothing is recognised; " + words)
      return
    }
  }

  private static func words(_ explanation: LineExplanation) -> String? {
    explanation.refusal.map { Escaping.terminal($0) }
  }
}
