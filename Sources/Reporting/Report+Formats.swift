package import Knowledge

extension ReportFormat {
  /// The file's name in a report directory.
  package var fileName: String {
    switch self {
    case .text: "report.txt"
    case .json: "report.json"
    case .jsonl: "report.jsonl"
    case .csv: "report.csv"
    case .markdown: "report.md"
    case .html: "report.html"
    case .navigator: "report.navigator.json"
    case .ocsf: "report.ocsf.jsonl"
    case .ecs: "report.ecs.jsonl"
    case .sarif: "report.sarif"
    case .timesketch: "report.timesketch.jsonl"
    case .prometheus: "report.prom"
    }
  }
}

/// Options of formats; each format uses those that concern it.
package struct RenderOptions: Equatable, Sendable {
  /// Columns of the text report; fewer than 40 count as 40.
  package var width: Int
  /// Whether the text report may use the colours of a terminal.
  package var color: Bool
  /// How many findings of each section the text report shows in detail; nil: all.
  package var details: Int?
  /// Which findings the text report shows.
  package var selection = TextSelection()
  /// Whether CSV begins with a byte order mark.
  package var hasCSVMark = false
  /// CSV without guard against formulas and hidden characters; nil: raw where parity is strict.
  package var rawCSV: Bool?

  package init(
    width: Int = 80, color: Bool = false, details: Int? = nil, rawCSV: Bool? = nil
  ) {
    self.width = width
    self.color = color
    self.details = details
    self.rawCSV = rawCSV
  }
}

extension Report {
  /// The report as UTF-8, with a line feed at the end unless it is empty.
  ///
  /// - Complexity: O(*n*) in the findings.
  package func render(as format: ReportFormat, _ options: RenderOptions = RenderOptions())
    -> [UInt8]
  {
    switch format {
    case .text: textReport(options)
    case .json: json.indented()
    case .jsonl: jsonLines()
    case .csv:
      (options.hasCSVMark ? [0xEF, 0xBB, 0xBF] : [])
        + csv(raw: options.rawCSV ?? (detection.parity == .strict))
    case .markdown: markdown()
    case .html: html()
    case .navigator: navigator()
    case .ocsf: ocsf()
    case .ecs: ecs()
    case .sarif: sarif()
    case .timesketch: timesketch()
    case .prometheus: prometheus()
    }
  }

  package func render(as format: ReportFormat, width: Int, color: Bool = false) -> [UInt8] {
    render(as: format, RenderOptions(width: width, color: color))
  }
}
