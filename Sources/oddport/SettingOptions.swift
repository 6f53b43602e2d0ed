import ArgumentParser
import Diagnostics
import Knowledge

/// The settings of a command as its options: one for each entry of `SettingTable`, and `--job`.
///
/// Options override what the job says, and are read by the same words: `Knowledge` holds them. An option
/// that would do nothing for this command is not in its help, and is refused with what to do instead.
struct SettingOptions<Command: SettingsUser>: ParsableArguments {
  private(set) var job: String?
  /// The values given on the command line.
  private var given: [(setting: any AnySetting, texts: [String])] = []

  init() {}

  /// The defaults, over them the job, over them the options.
  ///
  /// - Throws: ``UsageError`` or `JobFileError`.
  func settings() throws -> HuntSettings {
    try refuse(
      given.map(\.setting).compactMap { setting in
        Command.refusal(of: setting).map { (setting, $0) }
      })
    if job != nil, !Command.takesJobs {
      throw UsageError(
        diagnostic: Diagnostic("--job: \(Command.noEffect)", hint: "leave it out"))
    }
    let job = try job.map { try JobFile(reading: $0) }
    if let job {
      for setting in SettingTable.all where job.settings.isChanged(setting) {
        guard let hint = Command.refusalInJob(of: setting) else { continue }
        throw UsageError(
          diagnostic: SettingError(setting, Command.noEffect, hint: hint)
            .diagnostic(at: job.place(of: setting.name)))
      }
    }
    var settings = job?.settings ?? HuntSettings()
    for (setting, texts) in given {
      do {
        try settings.set(setting, to: texts)
      } catch {
        throw UsageError(diagnostic: error.diagnostic(at: nil))
      }
    }
    do {
      try settings.check(writingReports: Command.writesReports)
    } catch {
      throw UsageError(
        diagnostic: error.diagnostic(at: isGiven(error.name) ? nil : job?.place(of: error.name)))
    }
    return settings
  }

  /// Like ``settings()``, but requires archives to read.
  func settingsWithInput() throws -> HuntSettings {
    let settings = try settings()
    try requireInput(settings)
    return settings
  }

  /// - Throws: ``UsageError`` where there is nothing to read.
  func requireInput(_ settings: HuntSettings) throws {
    guard !settings.archives.isEmpty || settings.ledger != nil else {
      throw UsageError.noArchives(job: job)
    }
  }

  /// Whether the command line says so.
  private func isGiven(_ name: String) -> Bool { given.contains { $0.setting.name == name } }

  /// Refuses options that do nothing in this run, although they do something in others of the command.
  ///
  /// - Parameter hint: What to do instead.
  /// - Throws: ``UsageError`` where one of them is on the command line.
  func refuse(
    _ isIdle: (any AnySetting) -> Bool, because reason: String, hint: String
  ) throws {
    guard let setting = given.map(\.setting).first(where: isIdle) else { return }
    throw UsageError(diagnostic: SettingError(setting, reason, hint: hint).diagnostic(at: nil))
  }

  /// Refuses, when a ledger is asked and no archive is read, what decides how archives are read.
  func refuseReading() throws {
    try refuse(
      { $0.effect == .facts || ["chunk-size", "memory"].contains($0.name) },
      because: "has no effect: the facts of the ledger were read already, and no archive is now",
      hint: "'oddport ledger status' says how; another ledger can be read otherwise")
  }

  private func refuse(_ refused: [(any AnySetting, hint: String)]) throws {
    guard let (setting, hint) = refused.first else { return }
    throw UsageError(
      diagnostic: SettingError(setting, Command.noEffect, hint: hint).diagnostic(at: nil))
  }
}

// MARK: - As ArgumentParser sees it

/// The key of an option, by the setting's name.
private struct OptionKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  static let job = OptionKey(stringValue: "job")
}

/// ArgumentParser finds options by reflection and gives their values by decoding: so both are answered from
/// the table.
extension SettingOptions: CustomReflectable {
  var customMirror: Mirror {
    let job = Option<String?>(
      help: ArgumentHelp(
        "Take the settings from this YAML file. Options override it.", valueName: "file",
        visibility: Command.takesJobs ? .default : .hidden),
      completion: .file(extensions: ["yaml", "yml"]))
    let first = SettingTable.all.filter { $0.name == "archives" }
    let others = SettingTable.all.filter { $0.name != "archives" }
    return Mirror(
      self,
      children: first.map { (label: "_" + $0.name, value: Self.definition(of: $0)) }
        + [(label: "_job", value: job)]
        + others.map { (label: "_" + $0.name, value: Self.definition(of: $0)) })
  }

  private static func definition(of setting: any AnySetting) -> Any {
    let isTaken = Command.refusal(of: setting) == nil
    let help = ArgumentHelp.setting(setting, visibility: isTaken ? .default : .hidden)
    let long = NameSpecification.Element.customLong(setting.name)
    let name = setting.shortName.map { NameSpecification([long, .customShort($0)]) } ?? [long]
    let choices = setting.form.choices
    let completion: CompletionKind? =
      !choices.isEmpty ? .list(choices) : setting.form.isPath ? .file() : nil
    if setting.name == "archives" {
      return Argument<[String]>(
        wrappedValue: [], help: Command.inputHelp.map { "\($0)" } ?? help, completion: .file())
    }
    if setting.form.isFlag {
      return Flag<Bool?>(name: name, inversion: .prefixedNo, help: help)
    }
    if setting.form.isList {
      return Option<[String]>(
        wrappedValue: [], name: name, parsing: .singleValue, help: help, completion: completion)
    }
    return Option<String?>(
      name: name, parsing: setting.form.mayBeginWithHyphen ? .unconditional : .next, help: help,
      completion: completion)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: OptionKey.self)
    job = try container.decode(Option<String?>.self, forKey: .job).wrappedValue
    for setting in SettingTable.all {
      let key = OptionKey(stringValue: setting.name)
      let texts: [String] =
        if setting.name == "archives" {
          try container.decode(Argument<[String]>.self, forKey: key).wrappedValue
        } else if setting.form.isFlag {
          try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue.map { [String($0)] }
            ?? []
        } else if setting.form.isList {
          try container.decode(Option<[String]>.self, forKey: key).wrappedValue
        } else {
          try container.decode(Option<String?>.self, forKey: key).wrappedValue.map { [$0] } ?? []
        }
      if !texts.isEmpty { given.append((setting, texts)) }
    }
  }
}

extension ArgumentHelp {
  /// The setting's own words, and its default where it has one that can be named.
  fileprivate static func setting(_ setting: any AnySetting, visibility: ArgumentVisibility) -> Self
  {
    var text = setting.help
    if let value = setting.texts(in: HuntSettings()).first, setting.unit != nil {
      text += " (default: \(value))"
    }
    return ArgumentHelp("\(text)", valueName: setting.unit, visibility: visibility)
  }
}
