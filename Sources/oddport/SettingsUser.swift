import Knowledge

/// A command, as far as settings concern it: which of them do anything.
protocol SettingsUser {
  /// What is wrong with an option that does nothing, such as "map reads archives and judges nothing".
  static var noEffect: String { get }
  /// What to do instead of giving this setting as an option; nil: it has an effect.
  static func refusal(of setting: any AnySetting) -> String?
  /// The same for a setting in a job file. A job describes a whole hunt, so commands that do a part of
  /// one take from it what concerns them.
  static func refusalInJob(of setting: any AnySetting) -> String?
  /// What the archives are, where they are not what the table says.
  static var inputHelp: String? { get }
  static var takesJobs: Bool { get }
  /// Whether its settings say how a report is written.
  static var writesReports: Bool { get }
}

extension SettingsUser {
  static func refusalInJob(of setting: any AnySetting) -> String? { nil }
  static var inputHelp: String? { nil }
  static var takesJobs: Bool { true }
  static var writesReports: Bool { true }
}

/// `hunt`.
enum HuntUse: SettingsUser {
  static let noEffect = "a hunt looks for the published ports"

  static func refusal(of setting: any AnySetting) -> String? {
    setting.name == "port" ? "oddport sweep looks for others" : nil
  }

  static func refusalInJob(of setting: any AnySetting) -> String? { refusal(of: setting) }
}

/// `sweep`.
enum SweepUse: SettingsUser {
  static let noEffect = "has no effect: a sweep keeps no record of what it reported"

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "only-new", "max-age", "keep": "oddport hunt --ledger FILE --only-new reports what is new"
    default: nil
    }
  }

  static func refusalInJob(of setting: any AnySetting) -> String? { refusal(of: setting) }
}

/// `ledger add`.
enum LedgerAddUse: SettingsUser {
  static let noEffect = "has no effect: a ledger keeps all that is read, and nothing is judged yet"
  static let writesReports = false

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "accept", "max-age": return nil
    case "memory": return "leave it out: facts go into the ledger archive by archive"
    default: break
    }
    switch setting.effect {
    case .input, .facts, .run: return nil
    case .selection, .judgement, .output:
      return "say it to oddport hunt, sweep or explain --ledger FILE"
    }
  }
}

/// `explain` of a finding, a beacon, a change or an address.
enum ExplainUse: SettingsUser {
  static let noEffect = "has no effect: nothing is written but the explanation"
  static let writesReports = false

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "color", "width": return nil
    case "port", "only-new", "accept": return "leave it out"
    default: return setting.effect == .output ? "oddport hunt writes reports" : nil
    }
  }
}

/// `evidence`.
enum EvidenceUse: SettingsUser {
  static let noEffect = "has no effect: nothing is written but lines of archives"
  static let writesReports = false

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "port", "only-new", "accept": "leave it out"
    default: setting.effect == .output ? "oddport hunt writes reports" : nil
    }
  }
}

/// `suppress check`.
enum SuppressCheckUse: SettingsUser {
  static let noEffect = "has no effect: nothing is written but what suppressions hide"
  static let writesReports = false

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "color", "width", "accept": nil
    case "port", "only-new": "leave it out"
    default: setting.effect == .output ? "oddport hunt writes reports" : nil
    }
  }
}

/// `plan`.
enum PlanUse: SettingsUser {
  static let noEffect = "has no effect: a plan says what is read and how, and reads nothing"
  static let writesReports = false

  static func refusal(of setting: any AnySetting) -> String? {
    setting.name == "chunk-size" ? "say it to oddport map" : MapUse.refusal(of: setting)
  }

  static func refusalInJob(of setting: any AnySetting) -> String? {
    MapUse.refusalInJob(of: setting)
  }
}

/// `map`.
enum MapUse: SettingsUser {
  static let noEffect = "has no effect: map reads archives and judges nothing"
  static let writesReports = false

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "ledger", "window": return "oddport hunt --ledger FILE keeps one, on one machine"
    case "dedupe":
      return
        "leave it out: no machine sees all archives; oddport hunt --dedupe does, on one machine"
    case "memory": return "leave it out, or say it to oddport reduce"
    case "out":
      return "--output FILE says where the partial goes; oddport reduce --out DIR writes a report"
    default: break
    }
    switch setting.effect {
    case .input, .facts, .selection, .run: return nil
    case .judgement, .output: return "say it to oddport reduce"
    }
  }

  static func refusalInJob(of setting: any AnySetting) -> String? {
    // What would make the whole another one.
    switch setting.effect {
    case .judgement, .output, .run: nil
    case .input, .facts, .selection: refusal(of: setting)
    }
  }
}

/// `reduce`.
enum ReduceUse: SettingsUser {
  static let noEffect = "has no effect: reduce judges what oddport map has read"
  static let inputHelp: String? = "The partials that oddport map has written."

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "ledger", "window", "only-new", "max-age", "keep":
      return "oddport hunt --ledger FILE remembers, on one machine"
    case "port": return "oddport sweep looks for ports, on one machine"
    case "dedupe": return "leave it out; oddport hunt --dedupe does it, on one machine"
    case "chunk-size": return "say it to oddport map"
    default: break
    }
    switch setting.effect {
    case .input, .judgement, .output, .run: return nil
    case .facts, .selection:
      return "say it to oddport map, of all parts alike: they carry how they were read"
    }
  }

  static func refusalInJob(of setting: any AnySetting) -> String? {
    switch setting.name {
    case "ledger", "window", "only-new", "port", "dedupe": refusal(of: setting)
    default: nil
    }
  }
}

/// `verify`.
enum VerifyUse: SettingsUser {
  static let noEffect = "has no effect: the manifest says how the report was made"
  static let takesJobs = false

  static func refusal(of setting: any AnySetting) -> String? {
    switch setting.effect {
    case .input: nil
    case .run where setting.name != "quiet": nil
    case .judgement where setting.form.isPath: nil
    default: "leave it out, or make another report with oddport hunt"
    }
  }
}
