import Archives
import ArgumentParser
import Diagnostics
import Facts
import Hunting
import Knowledge
import Reporting
import Scanning
import Telemetry

/// `oddport explain`: why a finding or a line matched, or why not.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain a finding, or how one line was read.",
    discussion: """
      With the id of a finding, a beacon or an RDP port change: why it matched, why not higher, which \
      suppression nearly applied, and where to look further. The same archives or ledger and the same \
      settings as for the report give the same ids; a beginning that only one has is enough.

      With an address, a port (:4444), both, or the name of a host, a program or a destination, it says \
      of all outbound talk that fits, the first in the list first, why it is a beacon or not, a row of \
      the published table or not, its place in the list and why not higher, with the numbers: as the hunt \
      of the same archives or ledger with the same settings judges it.

        oddport explain 203.0.113.9:443 archives/
        oddport explain powershell.exe archives/ --parity tuned
        oddport explain WS01 --ledger nights.ledger
        oddport explain n6cg2zch5cwfu --ledger nights.ledger
        oddport explain --line night.jsonl.zst:1234
        head -1 night.jsonl | oddport explain -
      """)

  @Argument(help: "The id, an address, a port, a name, or - for a line on standard input.")
  var id: String?

  @Option(help: "Explain this line of a file, such as night.jsonl.zst:1234.", completion: .file())
  var line: String?

  @OptionGroup var options: SettingOptions<ExplainUse>

  func run() async throws {
    if let line {
      guard id == nil else { throw UsageError.idAndLine }
      return try explain(LineAddress(line))
    }
    guard let id else { throw UsageError.nothingToExplain }
    if id == "-" {
      guard let text = readLine(strippingNewline: true) else { throw UsageError.noLine }
      return try explain(Array(text.utf8))
    }
    let settings = try options.settingsWithInput()
    if settings.ledger != nil {
      try options.refuse(
        { $0.name == "archives" }, because: "has no effect: the ledger is asked",
        hint: "leave it out, or leave out --ledger")
    }
    let answer =
      if let query = TalkQuery(id) {
        try await Subject.talks(query, settings)
      } else {
        try await Subject.answer(id, settings)
      }
    if settings.ledger != nil { try options.refuseReading() }
    let (width, color) = (settings.columns, settings.usesColor)
    switch answer {
    case .subject(let subject):
      try writeOutput(
        Explanation(
          subject.trail, subject.rules, events: subject.reading.scan.facts.coverage.events.keys
        ).text(width: width, color: color))
    case .talks(let talks, let rules):
      try writeOutput(TalkExplanation(id, talks, rules).text(width: width, color: color))
    }
  }

  private func explain(_ address: LineAddress) throws {
    let archive = try Archive(InputFile(name: address.file, path: address.file))
    var picker = LinePicker(archive)
    guard let line = try picker.line(number: address.number) else {
      throw UsageError(
        diagnostic: Diagnostic(
          at: .init(file: address.file), "has no line \(address.number)"))
    }
    try explain(line)
  }

  private func explain(_ line: [UInt8]) throws {
    let settings = try options.settings()
    try options.refuse(
      { !Self.settingsOfLines.contains($0.name) }, because: "has no effect on a single line",
      hint: "leave it out")
    let reader = LineReader(ScanOptions(settings).reading)
    let padded = line + [UInt8](repeating: 0, count: 64)
    let explanation = unsafe padded.withUnsafeBytes {
      unsafe reader.explain(UnsafeRawBufferPointer(rebasing: $0[..<line.count]))
    }
    var rules = HuntRules(parity: settings.parity)
    rules.lists.highRiskProcesses += settings.highRisk
    try writeOutput(
      LineReport(explanation, rules).text(width: settings.columns, color: settings.usesColor))
  }

  private static let settingsOfLines: Set<String> = [
    "assume-tz", "color", "from", "high-risk", "host-field", "parity", "time", "to", "width",
  ]
}

extension HuntSettings {
  /// Columns of text on standard output.
  var columns: Int { self.width ?? Terminal.width }

  var usesColor: Bool { Terminal.usesColor(self.color) }
}

extension TalkQuery {
  /// `203.0.113.9`, `203.0.113.9:443`, `2001:db8::1`, `[2001:db8::1]:443` or `:443`; nil for anything else.
  fileprivate init?(_ text: String) {
    if let address = Address(text) {
      self.init(address: address)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
    else { return nil }
    if colon == text.startIndex {
      self.init(port: port)
      return
    }
    guard let address = Address(String(text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }))
    else { return nil }
    self.init(address: address, port: port)
  }
}

/// `FILE:N`.
private struct LineAddress {
  let file: String
  let number: Int

  init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let number = Int(text[text.index(after: colon)...]), number > 0
    else {
      throw UsageError(
        diagnostic: Diagnostic(
          "--line: \(quoted(text)) is not of the form FILE:N", hint: "such as night.jsonl.zst:1234")
      )
    }
    file = String(text[..<colon])
    self.number = number
  }
}
