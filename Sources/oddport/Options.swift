import Archives
import ArgumentParser
import Facts
import Hunting
import Knowledge
import Reporting
import Telemetry

extension Parity: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
extension ReadingOptions.Clock: ExpressibleByArgument {}

extension Severity: ExpressibleByArgument {
  /// By its name, in any case.
  public init?(argument: String) {
    guard
      let severity = Severity.allCases.first(where: {
        $0.name.lowercased() == argument.lowercased()
      })
    else { return nil }
    self = severity
  }

  /// The names that are understood.
  public static var allValueStrings: [String] { allCases.map { $0.name.lowercased() } }
}

extension UTCTime: ExpressibleByArgument {
  /// `YYYY-MM-DD` is midnight UTC; everything else needs a zone.
  public init?(argument: String) {
    let text = argument.utf8.count == 10 ? argument + "T00:00:00Z" : argument
    self.init(Array(text.utf8), withoutZone: .refused)
  }
}

/// A number of bytes with a unit of 1,024: `512K`, `64M`, `2G`.
struct ByteCount: ExpressibleByArgument, Equatable {
  var bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    let shift = argument.last.flatMap { units[Character($0.uppercased())] }
    let digits = shift == nil ? argument[...] : argument.dropLast()
    guard let number = Int(digits), number > 0, number < 1 << 40 else { return nil }
    bytes = number << (shift ?? 0)
  }

  var defaultValueDescription: String {
    bytes % (1 << 30) == 0 ? "\(bytes >> 30)G" : "\(bytes >> 20)M"
  }
}

/// The zone that local times without one are in: `UTC`, `+09:00`, `-0500`.
struct ZoneOffset: ExpressibleByArgument, Equatable {
  var secondsEast: Int64

  init?(argument: String) {
    let zone = argument == "UTC" ? "Z" : argument
    guard let time = UTCTime(Array(("2000-01-01T00:00:00" + zone).utf8), withoutZone: .refused)
    else { return nil }
    secondsEast = 946_684_800 - time.second
  }
}

/// How the archives are read.
struct ReadingArguments: ParsableArguments {
  @Option(help: "Only connections from this time on: YYYY-MM-DD (UTC), or a time with its zone.")
  var from: UTCTime?

  @Option(help: "Only connections before this time.")
  var to: UTCTime?

  @Option(
    name: .customLong("time"),
    help: "An event's time: that of its record, as Splunk has it, or Sysmon's UtcTime.")
  var clock = ReadingOptions.Clock.record

  @Option(
    help: "Take times without a zone, where there is no better, for local times of this zone.")
  var assumeTz: ZoneOffset?

  @Option(help: "The field that names the endpoint, by its path, such as agent.name.")
  var hostField: String?

  @Option(help: "Chunks in work at a time (default: the number of cores).")
  var workers: Int?

  @Option(help: "Unpacked size of a chunk. The report is the same whatever it is.")
  var chunkSize = ByteCount(8 << 20)

  @Option(help: "The longest line that is read; longer ones are counted as rejected.")
  var maxLine = ByteCount(64 << 20)

  @Option(help: "The largest zstd window that is granted.")
  var maxWindow = ByteCount(2 << 30)

  @Option(help: "Stop an archive that unpacks to more than so many times its size (from 1 GiB on).")
  var maxRatio = 10_000

  @Flag(help: "Parse every line, also those that cannot matter, and count the malformed ones.")
  var checkAll = false

  @Flag(help: "Read archives with the same bytes once, whatever their names.")
  var dedupe = false

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers takes a number from 1 on") }
    if maxRatio < 1 { throw ValidationError("--max-ratio takes a number from 1 on") }
    if let from, let to, from >= to { throw ValidationError("--from lies not before --to") }
  }
}
