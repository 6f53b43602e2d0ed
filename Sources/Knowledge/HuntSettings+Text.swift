import Diagnostics
import Facts

extension HuntSettings {
  /// Reads one setting.
  ///
  /// - Parameters:
  ///   - values: One, or for a list any number.
  ///   - formats: The names of the report formats there are.
  /// - Throws: ``SettingError``; the settings are as they were.
  package mutating func set(
    _ key: SettingKey, to values: [String], formats names: [String]
  ) throws(SettingError) {
    switch key {
    case .accept:
      accepted = try values.map { value throws(SettingError) in
        guard let reason = ReadingReason(rawValue: value) else {
          throw SettingValues.unknown(
            value, for: key, among: ReadingReason.allCases.map(\.rawValue))
        }
        return reason
      }
    case .archives:
      var archives: [String] = []
      for value in values { archives.append(try SettingValues.name(value, for: key)) }
      self.archives = archives
    case .format:
      if let stranger = values.first(where: { !names.contains($0) }) {
        throw SettingValues.unknown(stranger, for: key, among: names)
      }
      formats = names.filter(values.contains)
    case .intel:
      var intel: [String] = []
      for value in values { intel.append(try SettingValues.name(value, for: key)) }
      self.intel = intel
    case .sigma:
      var sigma: [String] = []
      for value in values { sigma.append(try SettingValues.name(value, for: key)) }
      self.sigma = sigma
    case .suppressions:
      var suppressions: [String] = []
      for value in values { suppressions.append(try SettingValues.name(value, for: key)) }
      self.suppressions = suppressions
    case .highRisk:
      highRisk = try values.map { value throws(SettingError) in
        guard !value.isEmpty, !value.utf8.contains(where: { $0 == 0x5C || $0 == 0x2F }) else {
          throw SettingError(key, "\(quoted(value)) is no name of an executable")
        }
        return value.lowercased()
      }
    case .weight:
      var weights = EvidenceWeights()
      for value in values {
        let (evidence, points) = try SettingValues.weight(value, for: key)
        weights[evidence] = points
      }
      self.weights = weights
    case .port:
      ports = try values.map { value throws(SettingError) in
        guard let port = PortQuery(value) else {
          throw SettingError(key, "\(quoted(value)) is no port")
        }
        return port
      }
    default:
      guard let value = values.first, values.count == 1 else {
        throw SettingError(key, "takes one value, not a list")
      }
      try set(key, to: value)
    }
  }

  private mutating func set(_ key: SettingKey, to value: String) throws(SettingError) {
    switch key {
    case .accept, .archives, .format, .highRisk, .intel, .port, .sigma, .suppressions, .weight:
      preconditionFailure("lists are read as lists")
    case .assumeZone: assumedSecondsEast = try SettingValues.zone(value, for: key)
    case .checkAll: checkAll = try SettingValues.flag(value, for: key)
    case .chunkSize: chunkBytes = try SettingValues.size(value, in: 1...(1 << 30), for: key)
    case .clock: clock = try SettingValues.choice(value, for: key)
    case .color: color = try SettingValues.choice(value, for: key)
    case .dedupe: dedupe = try SettingValues.flag(value, for: key)
    case .failOn: failOn = try SettingValues.choice(value, for: key)
    case .from: from = try SettingValues.time(value, for: key)
    case .hostField: hostField = try SettingValues.path(value, for: key)
    case .keep: nightsKept = try SettingValues.number(value, in: 1...10_000, for: key)
    case .maxAge: maxAgeSeconds = try SettingValues.age(value, for: key)
    case .ledger: ledger = try SettingValues.name(value, for: key)
    case .maxLine: maximumLineBytes = try SettingValues.size(value, in: 1...(1 << 30), for: key)
    case .maxRatio: maximumRatio = try SettingValues.number(value, in: 1...1_000_000, for: key)
    case .maxWindow:
      maximumWindowBytes = try SettingValues.size(value, in: (1 << 10)...(2 << 30), for: key)
    case .onlyNew: isOnlyNew = try SettingValues.flag(value, for: key)
    case .onlyPublished: isOnlyPublished = try SettingValues.flag(value, for: key)
    case .out: out = try SettingValues.name(value, for: key)
    case .parity: parity = try SettingValues.choice(value, for: key)
    case .quiet: isQuiet = try SettingValues.flag(value, for: key)
    case .textfile: textfile = try SettingValues.name(value, for: key)
    case .to: to = try SettingValues.time(value, for: key)
    case .validity: validity = try SettingValues.choice(value, for: key)
    case .width: width = try SettingValues.numberOrAuto(value, in: 40...1000, for: key)
    case .window: windowDays = try SettingValues.days(value, for: key)
    case .workers: workers = try SettingValues.numberOrAuto(value, in: 1...1024, for: key)
    }
  }

  /// A setting as ``set(_:to:formats:)`` reads it; empty where it is not set and has no name for that.
  package func values(of key: SettingKey) -> [String] {
    switch key {
    case .accept: accepted.map(\.rawValue)
    case .archives: archives
    case .assumeZone: assumedSecondsEast.map { [SettingValues.text(zone: $0)] } ?? []
    case .checkAll: [String(checkAll)]
    case .chunkSize: [SettingValues.text(size: chunkBytes)]
    case .clock: [clock.rawValue]
    case .color: [color.rawValue]
    case .dedupe: [String(dedupe)]
    case .failOn: [failOn.rawValue]
    case .format: formats
    case .from: from.map { [SettingValues.text(time: $0)] } ?? []
    case .highRisk: highRisk
    case .hostField: hostField.map { [$0] } ?? []
    case .intel: intel
    case .keep: [String(nightsKept)]
    case .maxAge: [maxAgeSeconds.map { SettingValues.text(age: $0) } ?? "never"]
    case .ledger: ledger.map { [$0] } ?? []
    case .maxLine: [SettingValues.text(size: maximumLineBytes)]
    case .maxRatio: [String(maximumRatio)]
    case .maxWindow: [SettingValues.text(size: maximumWindowBytes)]
    case .onlyNew: [String(isOnlyNew)]
    case .onlyPublished: [String(isOnlyPublished)]
    case .out: out.map { [$0] } ?? []
    case .parity: [parity.rawValue]
    case .port: ports.map(\.description)
    case .quiet: [String(isQuiet)]
    case .sigma: sigma
    case .suppressions: suppressions
    case .textfile: textfile.map { [$0] } ?? []
    case .to: to.map { [SettingValues.text(time: $0)] } ?? []
    case .validity: [validity.rawValue]
    case .weight: weights.texts
    case .width: [width.map { String($0) } ?? "auto"]
    case .window: [windowDays.map { "\($0)d" } ?? "all"]
    case .workers: [workers.map { String($0) } ?? "auto"]
    }
  }

  /// The settings as a job file that says the same: keys sorted, nothing of this machine in it.
  ///
  /// - Parameter isIncluded: Which keys; with ``SettingKey/decidesReport`` equal texts mean equal
  ///   reports over equal input, and so this is what a manifest hashes.
  package func job(_ isIncluded: (SettingKey) -> Bool = { _ in true }) -> String {
    var text = ""
    for key in SettingKey.allCases.sorted() where isIncluded(key) {
      let values = values(of: key).map { key.isFreeText ? YAMLFile.quoted($0) : $0 }
      if key.isList, !values.isEmpty {
        text += key.rawValue + ":\n" + values.map { "  - \($0)\n" }.joined()
      } else if let value = values.first {
        text += "\(key.rawValue): \(value)\n"
      }
    }
    return text
  }
}

extension SettingKey {
  /// Holds what people call their things, so that a job file has to quote it.
  fileprivate var isFreeText: Bool {
    switch self {
    case .archives, .highRisk, .hostField, .intel, .ledger, .out, .sigma, .suppressions,
      .textfile:
      true
    default: false
    }
  }
}
