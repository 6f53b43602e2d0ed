/// What a setting decides, and so which commands take it.
package enum SettingEffect: Sendable {
  /// Where facts come from.
  case input
  /// What is read of an archive, and how. Facts that were read otherwise do not add up: a ledger and a
  /// partial keep these settings, and refuse others.
  case facts
  /// Which of what there is counts: applied while archives are read, or when a ledger is asked.
  case selection
  /// What facts mean.
  case judgement
  /// What is said, where, and in which form.
  case output
  /// How fast, and with how much memory: nothing that is said depends on it.
  case run
}

/// A setting: everything there is to know about it. Options, job files, `--help`, the manifest, and what
/// ledgers and partials keep and compare all follow from it.
package struct Setting<Value: Sendable>: Sendable {
  package let name: String
  package let effect: SettingEffect
  package let unit: String?
  package let help: String
  package let shortName: Character?
  let type: SettingType<Value>
  let defaultValue: Value

  /// - Parameters:
  ///   - name: The key in a job file, and after `--` the option.
  ///   - unit: What `--help` calls a value; nil for flags.
  ///   - help: What it is for, in a sentence or two.
  init(
    _ name: String, _ type: SettingType<Value>, default value: Value, unit: String? = nil,
    short shortName: Character? = nil, effect: SettingEffect, help: String
  ) {
    self.name = name
    self.type = type
    self.unit = unit
    self.shortName = shortName
    self.effect = effect
    self.help = help
    defaultValue = value
  }
}

/// A setting of whatever type.
package protocol AnySetting: Sendable {
  /// The key in a job file, and after `--` the option.
  var name: String { get }
  var effect: SettingEffect { get }
  /// What `--help` calls a value; nil for flags.
  var unit: String? { get }
  /// What it is for.
  var help: String { get }
  /// The option's short form.
  var shortName: Character? { get }
  /// What it takes, to follow "it takes".
  var allowed: String { get }
  var form: SettingForm { get }

  /// Reads values: one, or for a list any number.
  ///
  /// - Throws: ``SettingError``; the settings are as they were.
  func set(_ texts: [String], in settings: inout HuntSettings) throws(SettingError)

  /// The value as ``set(_:in:)`` reads it; empty where it is not set and has no name for that.
  func texts(in settings: HuntSettings) -> [String]
}

extension AnySetting {
  /// As it is written on the command line.
  package var asArgument: String { self.name == "archives" ? "ARCHIVE" : "--" + name }

  /// Whether the report depends on it by its value, which the manifest holds. Files are named by their
  /// content there; two runs that differ in the other settings alone write the same report.
  package var decidesReport: Bool {
    switch effect {
    case .facts, .selection, .judgement: !form.isPath
    case .input, .output, .run: false
    }
  }
}

extension Setting: AnySetting {
  package var allowed: String { type.allowed }
  package var form: SettingForm { type.form }

  package func set(_ texts: [String], in settings: inout HuntSettings) throws(SettingError) {
    if !form.isList, texts.count != 1 {
      throw SettingError(self, "takes one value, not a list")
    }
    do {
      settings[self] = try type.read(texts)
    } catch {
      throw SettingError(self, error.message, hint: error.hint)
    }
  }

  package func texts(in settings: HuntSettings) -> [String] { type.texts(settings[self]) }
}
