import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Hunting
import Knowledge
import Reporting
import Scanning

extension LedgerCommand {
  /// `oddport ledger export`: facts and findings out, for other programs and other ledgers.
  struct Export: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
      case csv, jsonl, parquet, partial
    }

    static let configuration = CommandConfiguration(
      abstract: "Write a table of a ledger for other programs, or all of it for another ledger.",
      discussion: """
        Tables: \(ExportedTable.names). CSV is for spreadsheets: what these would take for a formula is \
        disarmed. JSON Lines are for programs: values as they are. DuckDB makes Parquet of them, with the columns of \
        oddport ledger schema:

          oddport ledger export nights.ledger connections --format jsonl |
            duckdb -c "$(oddport ledger schema connections --as duckdb)"

        Findings are those of oddport hunt --ledger, with the settings of --job.

        --format partial writes everything, as oddport map does: oddport ledger import adds it to another ledger, \
        and oddport reduce makes a report of it.
        """)

    @Argument(help: "The ledger.", completion: .file())
    var ledger: String

    @Argument(
      help: ArgumentHelp("The table; the same as --table.", valueName: "table"),
      completion: .list(ExportedTable.allValueStrings))
    var tableArgument: ExportedTable?

    @Option(help: "The table to write.")
    var table: ExportedTable?

    @Option(help: "How to write it.")
    var format = Format.csv

    @Option(
      help: "With findings: take the settings of the hunt from this YAML file.",
      completion: .file(extensions: ["yaml", "yml"]))
    var job: String?

    @Option(help: "The file to write; standard output without it.", completion: .file())
    var output: String?

    func run() async throws {
      if job != nil, chosen != .findings {
        throw ValidationError("--job: has no effect but on findings: the others know no rule")
      }
      switch format {
      case .partial:
        guard chosen == nil else {
          throw ValidationError("--format partial writes all tables: leave the table out")
        }
        try write(writePartial)
      case .parquet: throw Self.noParquet(chosen ?? .ledger(.connections), ledger)
      case .csv: try await write(.csv)
      case .jsonl: try await write(.jsonl)
      }
    }

    private var chosen: ExportedTable? { table ?? tableArgument }

    /// Where all goes in the end.
    private func write(
      _ body: @escaping (([UInt8]) throws -> Void) throws -> Void
    ) throws {
      if let output {
        try AtomicFile.write(to: output) { append in try body { try append($0) } }
      } else {
        try body { try writeOutput($0) }
      }
    }

    private func write(_ format: TableFormat) async throws {
      guard let chosen else {
        throw ValidationError("which table? there are \(ExportedTable.names)")
      }
      if let table, let tableArgument, table != tableArgument {
        throw ValidationError(
          "'\(tableArgument.name)' and --table \(table.name) are two tables: export one after the other"
        )
      }
      let encode = format.encoder(chosen.columns)
      switch chosen {
      case .ledger(let table):
        let ledger = try Ledger(ledger, for: .asking)
        try write { append in
          try append(format.header(chosen.columns))
          try ledger.export(table, encode: encode, append)
        }
      case .findings:
        let report = try await report()
        try write { append in
          try append(format.header(chosen.columns))
          for finding in report.verdict.findings {
            try append(encode(FindingsTable.fields.map { $0.source(finding) }))
          }
        }
        if report.readingOfRun.level != .complete { printError(report.readingOfRun.text) }
        try report.readingOfRun.finish()
      }
    }

    /// What a hunt over the ledger finds.
    private func report() async throws -> Report {
      var settings = try job.map { try JobFile(reading: $0).settings } ?? HuntSettings()
      settings.archives = []
      settings.ledger = ledger
      settings.isOnlyNew = false
      try settings.adopt(Ledger(ledger, for: .asking))
      let intelligence = try Intelligence(settings)
      let reading = try await Subject.reading(settings, intelligence.wanted)
      let delivery = ReportDelivery(
        command: "hunt", settings: settings, reading: reading,
        suppressions: try Suppressions(settings), intelligence: intelligence)
      return delivery.report(await delivery.verdict)
    }

    private func writePartial(_ append: ([UInt8]) throws -> Void) throws {
      let ledger = try Ledger(ledger, for: .asking)
      var settings = HuntSettings()
      try settings.adopt(ledger)
      let status = try ledger.status()
      if status.outdatedArchives > 0 {
        printError(
          "\(status.outdatedArchives) archives were read by an earlier version that did not understand all of"
            + " them: oddport ledger reread --blind first, or the other ledger will not know that")
      }
      try ledger.writePartial(
        reading: settings.reading(ReduceCommand.carried), version: Oddport.version, append)
    }

    private static func noParquet(_ table: ExportedTable, _ ledger: String) -> UsageError {
      UsageError(
        diagnostic: Diagnostic(
          "--format parquet: DuckDB writes it",
          hint:
            "oddport ledger export \(ledger) \(table.name) --format jsonl | duckdb -c \"$(oddport ledger"
            + " schema \(table.name) --as duckdb)\""))
    }
  }

  /// `oddport ledger schema`: what the columns of these tables are.
  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What the tables of oddport ledger export are made of.",
      discussion: """
        --as duckdb: the statement with which DuckDB makes Parquet of JSON Lines on standard input. --as spark: the \
        schema for spark.read.schema(…).json(…).
        """)

    @Argument(help: "The table; all without it.", completion: .list(ExportedTable.allValueStrings))
    var table: ExportedTable?

    @Option(name: .customLong("as"), help: "How to write it.")
    var form = SchemaForm.markdown

    func run() throws {
      let tables = table.map { [$0] } ?? ExportedTable.allCases
      try writeOutput(Array(tables.map { $0.schema(form) }.joined().utf8))
    }
  }
}
