/// Everything that options or a job file can say of a hunt: a value for each setting of
/// ``SettingTable``, under the same name.
@dynamicMemberLookup
package struct HuntSettings: Sendable {
  /// From which severity on findings show in the exit status.
  package enum FailOn: String, CaseIterable, Sendable {
    case never, low, medium, high

    /// 1, 2 or 3 as the published query scores; nil: no score does.
    package var minScore: Int? {
      switch self {
      case .never: nil
      case .low: 1
      case .medium: 2
      case .high: 3
      }
    }
  }

  /// From which severity on findings are shown.
  package enum MinSeverity: String, CaseIterable, Sendable {
    case low, medium, high

    /// 1, 2 or 3 as the published query scores.
    package var minScore: Int {
      switch self {
      case .low: 1
      case .medium: 2
      case .high: 3
      }
    }
  }

  /// In which order findings are shown.
  package enum Order: String, CaseIterable, Sendable {
    /// As the report has them.
    case report
    case points, count
    case firstSeen = "first-seen"
    case lastSeen = "last-seen"
    case host
  }

  /// When the text report is coloured.
  package enum Color: String, CaseIterable, Sendable {
    /// On a terminal that is not dumb, unless `NO_COLOR` is set.
    case auto
    case always, never
  }

  /// A value in a box of its own, so that nil as a value is not nil as no value.
  private struct Given<Value: Sendable>: Sendable {
    var value: Value
  }

  /// By the setting's name, as far as it was given.
  private var given: [String: any Sendable] = [:]

  package init() {}

  package subscript<Value: Sendable>(
    dynamicMember setting: KeyPath<SettingTable, Setting<Value>>
  ) -> Value {
    get { self[SettingTable.shared[keyPath: setting]] }
    set { self[SettingTable.shared[keyPath: setting]] = newValue }
  }

  /// The value that was given, or the default.
  subscript<Value: Sendable>(setting: Setting<Value>) -> Value {
    get {
      guard let given = given[setting.name] as? Given<Value> else { return setting.defaultValue }
      return given.value
    }
    set { given[setting.name] = Given(value: newValue) }
  }

  /// Whether it was given explicitly, even with its default.
  package func isGiven(_ setting: any AnySetting) -> Bool { given[setting.name] != nil }

  /// Whether it has another value than by default.
  package func isChanged(_ setting: any AnySetting) -> Bool {
    setting.texts(in: self) != setting.texts(in: HuntSettings())
  }
}

extension HuntSettings: Equatable {
  /// Equal values, given or by default.
  package static func == (a: Self, b: Self) -> Bool {
    SettingTable.all.allSatisfy { $0.texts(in: a) == $0.texts(in: b) }
  }
}

// MARK: - As text

extension HuntSettings {
  /// Reads one setting.
  ///
  /// - Parameter texts: One, or for a list any number.
  /// - Throws: ``SettingError``; the settings are as they were.
  package mutating func set(_ setting: any AnySetting, to texts: [String]) throws(SettingError) {
    try setting.set(texts, in: &self)
  }

  /// The settings as a job file that says the same: keys sorted, nothing of this machine in it.
  ///
  /// - Parameter isIncluded: Which settings; with ``AnySetting/decidesReport`` equal texts mean equal
  ///   reports over equal input, and so this is what a manifest hashes.
  package func job(_ isIncluded: (any AnySetting) -> Bool = { _ in true }) -> String {
    var text = ""
    for setting in SettingTable.all.sorted(by: { $0.name < $1.name }) where isIncluded(setting) {
      let form = setting.form
      let values = setting.texts(in: self).map { form.isFreeText ? YAMLFile.quoted($0) : $0 }
      if form.isList, !values.isEmpty {
        text += setting.name + ":\n" + values.map { "  - \($0)\n" }.joined()
      } else if let value = values.first {
        text += "\(setting.name): \(value)\n"
      }
    }
    return text
  }

  /// What decides which facts are read, by name, for a ledger or a partial to hold on to. A setting without
  /// a value is `none`.
  ///
  /// - Parameter effects: ``SettingEffect/facts``, and ``SettingEffect/selection`` where that is applied
  ///   while reading.
  package func reading(_ effects: Set<SettingEffect>) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: SettingTable.all.filter { effects.contains($0.effect) }
        .map { ($0.name, $0.texts(in: self).first ?? "none") })
  }

  /// Takes over how facts were read, as ``reading(_:)`` gave it.
  package mutating func adopt(_ reading: [String: String]) throws(SettingError) {
    for (name, text) in reading where text != "none" {
      if let setting = SettingTable.named(name) { try set(setting, to: [text]) }
    }
  }
}
