import Diagnostics
import Facts

/// How the values of a setting are written, apart from what they mean.
package struct SettingForm: Sendable {
  /// Takes several values, one below the other.
  package var isList = false
  /// True or false: an option without a value.
  package var isFlag = false
  /// Names files or folders of this machine.
  package var isPath = false
  /// Holds what people call their things, so that a job file has to quote it.
  package var isFreeText = false
  /// A value may begin with a hyphen.
  package var mayBeginWithHyphen = false
  /// The values that a shell may offer.
  package var choices: [String] = []
}

/// A text that is not a value.
struct InvalidValue: Error {
  var message: String
  /// What helps; nil: what the setting takes.
  var hint: String?
}

/// How values of a setting are read and written. Each type reads what it writes.
struct SettingType<Value: Sendable>: Sendable {
  typealias Read = @Sendable ([String]) throws(InvalidValue) -> Value

  /// What is taken, to follow "it takes".
  let allowed: String
  var form: SettingForm
  let read: Read
  let texts: @Sendable (Value) -> [String]

  init(
    _ allowed: String, _ form: SettingForm = SettingForm(), read: @escaping Read,
    texts: @escaping @Sendable (Value) -> [String]
  ) {
    self.allowed = allowed
    self.form = form
    self.read = read
    self.texts = texts
  }

  /// Of a single value.
  init(
    _ allowed: String, _ form: SettingForm = SettingForm(),
    one read: @escaping @Sendable (String) throws(InvalidValue) -> Value,
    text: @escaping @Sendable (Value) -> String?
  ) {
    self.init(
      allowed, form,
      read: { texts throws(InvalidValue) in try read(texts[0]) },
      texts: { value in text(value).map { [$0] } ?? [] })
  }

  /// Of any number of values.
  static func list<Element: Sendable>(
    _ allowed: String, _ form: SettingForm = SettingForm(),
    each read: @escaping @Sendable (String) throws(InvalidValue) -> Element,
    text: @escaping @Sendable (Element) -> String
  ) -> Self where Value == [Element] {
    var form = form
    form.isList = true
    return Self(
      allowed, form,
      read: { texts throws(InvalidValue) in
        var values: [Element] = []
        for text in texts { values.append(try read(text)) }
        return values
      },
      texts: { $0.map(text) })
  }
}

extension SettingType where Value == Bool {
  static var flag: Self {
    Self(
      "true or false", SettingForm(isFlag: true), one: SettingValues.flag, text: { String($0) })
  }
}

extension SettingType where Value: CaseIterable & RawRepresentable<String> {
  static var choice: Self {
    let names = Value.allCases.map(\.rawValue)
    return Self(
      alternatives(names), SettingForm(choices: names), one: SettingValues.choice,
      text: \.rawValue)
  }
}

extension SettingType where Value == Int {
  static func number(in range: ClosedRange<Int>) -> Self {
    Self(
      "a whole number from \(range.lowerBound) to \(range.upperBound)",
      one: { text throws(InvalidValue) in try SettingValues.number(text, in: range) },
      text: { String($0) })
  }

  /// Bytes.
  static func size(in range: ClosedRange<Int>, suchAs example: String) -> Self {
    let bounds = [range.lowerBound, range.upperBound].map { SettingValues.text(size: $0) }
    return Self(
      "a size from \(bounds[0]) to \(bounds[1]), such as \(example); K, M and G are powers of 1,024",
      one: { text throws(InvalidValue) in try SettingValues.size(text, in: range) },
      text: { SettingValues.text(size: $0) })
  }
}

extension SettingType where Value == Int? {
  /// nil is `auto`.
  static func numberOrAuto(_ noun: String, in range: ClosedRange<Int>) -> Self {
    Self(
      "auto, or a \(noun) from \(range.lowerBound) to \(range.upperBound)",
      one: { text throws(InvalidValue) in try SettingValues.numberOrAuto(text, in: range) },
      text: { $0.map { String($0) } ?? "auto" })
  }

  /// nil is `all`.
  static func numberOrAll(in range: ClosedRange<Int>) -> Self {
    Self(
      "all, or a whole number from \(range.lowerBound) to \(range.upperBound)",
      one: { text throws(InvalidValue) in
        text == "all" ? nil : try SettingValues.number(text, in: range)
      },
      text: { $0.map { String($0) } ?? "all" })
  }

  /// nil is `all`.
  static var days: Self {
    Self(
      "all, or a number of days such as 30d", one: SettingValues.days,
      text: { $0.map { "\($0)d" } ?? "all" })
  }
}

extension SettingType where Value == Int64? {
  /// Seconds; nil is `never`.
  static var age: Self {
    Self(
      "never, or hours or days such as 26h or 2d", one: SettingValues.age,
      text: { $0.map { SettingValues.text(age: $0) } ?? "never" })
  }

  /// Seconds east of UTC.
  static var zone: Self {
    Self(
      "UTC or an offset such as +09:00 or -0330; no names, whose offset changes over the year",
      SettingForm(mayBeginWithHyphen: true), one: SettingValues.zone,
      text: { $0.map { SettingValues.text(zone: $0) } })
  }
}

extension SettingType where Value == UTCTime? {
  static var time: Self {
    Self(
      "a day such as 2024-05-01 (its start, UTC), or a time with its zone such as"
        + " 2024-05-01T22:00:00+09:00",
      one: SettingValues.time, text: { $0.map { SettingValues.text(time: $0) } })
  }
}

extension SettingType where Value == String? {
  static var fieldPath: Self {
    Self(
      "a field's path, keys joined by dots, such as agent.name", SettingForm(isFreeText: true),
      one: SettingValues.path, text: { $0 })
  }

  static var file: Self {
    Self(
      "the name of a file", SettingForm(isPath: true, isFreeText: true), one: SettingValues.name,
      text: { $0 })
  }

  static var folder: Self {
    Self(
      "the name of a folder", SettingForm(isPath: true, isFreeText: true),
      one: SettingValues.name, text: { $0 })
  }
}

extension SettingType where Value == [String] {
  static func files(_ allowed: String = "names of files") -> Self {
    .list(
      allowed, SettingForm(isPath: true, isFreeText: true), each: SettingValues.name, text: { $0 })
  }

  static var patterns: Self {
    .list(
      "names, in which * is any number of characters and ? is one", SettingForm(isFreeText: true),
      each: SettingValues.name, text: { $0 })
  }

  static var executables: Self {
    .list(
      "names of executables without a path, such as python3", SettingForm(isFreeText: true),
      each: SettingValues.executable, text: { $0 })
  }
}

extension SettingType where Value == [PortQuery] {
  static var ports: Self {
    .list(
      "ports from 1 to 65535 or ranges of them, with /tcp or /udp or without, such as 31000-31010/udp",
      each: SettingValues.port, text: \.description)
  }
}

extension SettingType where Value == [ReadingReason] {
  static var reasons: Self {
    let names = ReadingReason.allCases.map(\.rawValue)
    return .list(
      "reasons, of \(names.joined(separator: ", "))", SettingForm(choices: names),
      each: SettingValues.choice, text: \.rawValue)
  }
}

extension SettingType where Value == [ReportFormat] {
  /// In the order of the formats, each once.
  static var formats: Self {
    let names = ReportFormat.allCases.map(\.rawValue)
    return Self(
      "names of report formats", SettingForm(isList: true, choices: names),
      read: { texts throws(InvalidValue) in
        var wanted: Set<ReportFormat> = []
        for text in texts { wanted.insert(try SettingValues.choice(text)) }
        return ReportFormat.allCases.filter(wanted.contains)
      },
      texts: { $0.map(\.rawValue) })
  }
}

extension SettingType where Value == EvidenceWeights {
  static var weights: Self {
    Self(
      "evidence and its points from -100 to 100, such as beacon=40; docs/evidence.md lists it",
      SettingForm(isList: true),
      read: { texts throws(InvalidValue) in
        var weights = EvidenceWeights()
        for text in texts {
          let (evidence, points) = try SettingValues.weight(text)
          weights[evidence] = points
        }
        return weights
      },
      texts: \.texts)
  }
}
