import ArgumentParser
import Diagnostics
import Knowledge
import Reporting

/// What `hunt` can be told. Each option is a setting by its name in a job file, overrides what the job
/// says, and is read by the same words: `Knowledge` holds them.
struct HuntOptions: ParsableArguments {
  @Argument(help: .setting(.archives), completion: .file())
  var archives: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take the settings from this YAML file. Options override it.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var job: String?

  @Option(
    help: .setting(.parity, "parity"), completion: .list(Parity.allCases.map(\.rawValue)))
  var parity: String?

  @Option(help: .setting(.from, "time"))
  var from: String?

  @Option(help: .setting(.to, "time"))
  var to: String?

  @Option(
    name: .customLong("time"), help: .setting(.clock, "clock"),
    completion: .list(HuntSettings.Clock.allCases.map(\.rawValue)))
  var clock: String?

  @Option(
    name: .customLong("assume-tz"), parsing: .unconditional, help: .setting(.assumeZone, "offset"))
  var assumeZone: String?

  @Option(help: .setting(.hostField, "path"))
  var hostField: String?

  @Option(parsing: .singleValue, help: .setting(.highRisk, "name"))
  var highRisk: [String] = []

  @Option(parsing: .singleValue, help: .setting(.weight, "evidence=points"))
  var weight: [String] = []

  @Flag(inversion: .prefixedNo, help: .setting(.onlyPublished))
  var onlyPublished: Bool?

  @Option(parsing: .singleValue, help: .setting(.intel, "file"), completion: .file())
  var intel: [String] = []

  @Option(
    parsing: .singleValue, help: .setting(.sigma, "rule"),
    completion: .file(extensions: ["yaml", "yml"]))
  var sigma: [String] = []

  @Option(
    help: .setting(.validity, "effect"), completion: .list(Validity.allCases.map(\.rawValue)))
  var validity: String?

  @Option(
    parsing: .singleValue, help: .setting(.suppressions, "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var suppressions: [String] = []

  @Option(help: .setting(.ledger, "file"), completion: .file())
  var ledger: String?

  @Option(help: .setting(.window, "days"))
  var window: String?

  @Flag(inversion: .prefixedNo, help: .setting(.onlyNew))
  var onlyNew: Bool?

  @Option(help: .setting(.maxAge, "age"))
  var maxAge: String?

  @Option(
    parsing: .singleValue, help: .setting(.accept, "reason"),
    completion: .list(ReadingReason.allCases.map(\.rawValue)))
  var accept: [String] = []

  @Option(help: .setting(.workers, "number"))
  var workers: String?

  @Option(help: .setting(.chunkSize, "size"))
  var chunkSize: String?

  @Option(help: .setting(.maxLine, "size"))
  var maxLine: String?

  @Option(help: .setting(.maxWindow, "size"))
  var maxWindow: String?

  @Option(help: .setting(.maxRatio, "number"))
  var maxRatio: String?

  @Flag(inversion: .prefixedNo, help: .setting(.checkAll))
  var checkAll: Bool?

  @Flag(inversion: .prefixedNo, help: .setting(.dedupe))
  var dedupe: Bool?

  @Option(
    parsing: .singleValue, help: .formats, completion: .list(ReportFormat.allCases.map(\.rawValue)))
  var format: [String] = []

  @Option(help: .setting(.out, "folder"), completion: .directory)
  var out: String?

  @Option(help: .setting(.keep, "nights"))
  var keep: String?

  @Option(help: .setting(.textfile, "file"), completion: .file(extensions: ["prom"]))
  var textfile: String?

  @Option(
    help: .setting(.failOn, "severity"),
    completion: .list(HuntSettings.FailOn.allCases.map(\.rawValue)))
  var failOn: String?

  @Option(
    help: .setting(.color, "when"), completion: .list(HuntSettings.Color.allCases.map(\.rawValue)))
  var color: String?

  @Option(help: .setting(.width, "columns"))
  var width: String?

  @Flag(name: .shortAndLong, inversion: .prefixedNo, help: .setting(.quiet))
  var quiet: Bool?

  @Flag(
    help: "Only say what would be read and with which settings, as a job file that says the same.")
  var dryRun = false

  /// The defaults, over them the job, over them the options.
  ///
  /// - Throws: ``UsageError`` or `JobFileError`.
  func settings(
    besides more: [(key: SettingKey, values: [String])] = [], needsInput: Bool = true
  ) throws -> HuntSettings {
    let formats = ReportFormat.allCases.map(\.rawValue)
    let job = try job.map { try JobFile(reading: $0, formats: formats) }
    var settings = job?.settings ?? HuntSettings()
    let given = given + more
    for (key, values) in given {
      do {
        try settings.set(key, to: values, formats: formats)
      } catch {
        throw UsageError(diagnostic: error.diagnostic(at: nil))
      }
    }
    do {
      try settings.check()
    } catch {
      let isOption = given.contains { $0.key == error.key }
      throw UsageError(
        diagnostic: error.diagnostic(at: isOption ? nil : job?.place(of: error.key)))
    }
    guard !needsInput || !settings.archives.isEmpty || settings.ledger != nil else {
      throw UsageError.noArchives(job: self.job)
    }
    return settings
  }

  /// Of the text that goes to standard output.
  var columns: Int { width.flatMap { Int($0) } ?? Terminal.width }

  var usesColor: Bool {
    Terminal.usesColor(color.flatMap { HuntSettings.Color(rawValue: $0) } ?? .auto)
  }

  /// What stands on the command line, and nothing else.
  private var given: [(key: SettingKey, values: [String])] {
    let lists = [
      (SettingKey.archives, archives), (.accept, accept), (.format, format), (.intel, intel),
      (.sigma, sigma), (.suppressions, suppressions), (.highRisk, highRisk), (.weight, weight),
    ]
    .filter { !$0.1.isEmpty }
    let flags = [
      (SettingKey.checkAll, checkAll), (.dedupe, dedupe), (.onlyNew, onlyNew),
      (.onlyPublished, onlyPublished), (.quiet, quiet),
    ]
    .compactMap { key, value in value.map { (key, [String($0)]) } }
    let singles: [(SettingKey, String?)] = [
      (.parity, parity), (.from, from), (.to, to), (.clock, clock), (.assumeZone, assumeZone),
      (.hostField, hostField), (.workers, workers), (.chunkSize, chunkSize), (.maxLine, maxLine),
      (.maxWindow, maxWindow), (.maxRatio, maxRatio), (.out, out), (.failOn, failOn),
      (.color, color), (.keep, keep), (.maxAge, maxAge), (.textfile, textfile), (.width, width),
      (.ledger, ledger), (.window, window), (.validity, validity),
    ]
    return lists + flags + singles.compactMap { key, value in value.map { (key, [$0]) } }
  }
}

extension ArgumentHelp {
  /// The setting's own words, and its default where it has one that can be named.
  static func setting(_ key: SettingKey, _ valueName: String? = nil) -> ArgumentHelp {
    var text = key.summary
    if let value = HuntSettings().values(of: key).first, valueName != nil {
      text += " (default: \(value))"
    }
    return ArgumentHelp(stringLiteral: text).named(valueName)
  }

  fileprivate static var formats: ArgumentHelp {
    let names = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
    return ArgumentHelp(
      "\(SettingKey.format.summary) There are \(names)."
        + " (default: text; with --out json, csv, markdown and html)",
      valueName: "format")
  }

  private func named(_ valueName: String?) -> ArgumentHelp {
    var help = self
    help.valueName = valueName
    return help
  }
}
