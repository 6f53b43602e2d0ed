package import Diagnostics
import Yams

/// A run as a file: settings in YAML, each under the name of its option.
///
/// Paths in it start at the current folder, as those of the options do, and not at the folder of the
/// file.
package struct JobFile: Sendable {
  /// The name under which errors know it.
  package let file: String
  /// The defaults, and over them what the file says.
  package private(set) var settings = HuntSettings()
  /// The lines of the keys, counted from 1.
  private var lines: [String: Int] = [:]

  package init(reading path: String) throws(JobFileError) {
    try self.init(try YAMLFile.contents(of: path), file: path)
  }

  /// - Throws: ``JobFileError``, with everything that is wrong with the keys and values.
  package init(_ text: String, file: String) throws(JobFileError) {
    self.file = file
    guard let root = try YAMLFile.compose(text, file) else { return }
    if let scalar = root.scalar, scalar.isNull { return }
    guard let mapping = root.mapping else {
      throw JobFileError(
        file, root.mark?.line, "holds no keys",
        hint: "a job consists of lines such as 'parity: tuned'")
    }
    var problems: [Diagnostic] = []
    for (name, value) in mapping {
      do throws(JobFileError) {
        try take(name, value)
      } catch {
        problems += error.diagnostics
      }
    }
    if let first = problems.first {
      throw JobFileError(diagnostic: first, others: Array(problems.dropFirst()))
    }
  }

  /// Where the file says so; nil: it says nothing about it.
  ///
  /// - Parameter setting: By its name.
  package func place(of setting: String) -> Diagnostic.Location? {
    lines[setting].map { Diagnostic.Location(file: file, line: $0) }
  }

  private mutating func take(_ name: Node, _ value: Node) throws(JobFileError) {
    let line = name.mark?.line
    guard let word = name.scalar?.string else {
      throw JobFileError(file, line, "a key has to be a word", hint: "such as 'parity: tuned'")
    }
    guard let setting = SettingTable.named(word) else {
      let keys = SettingTable.names
      let bare = String(word.drop { $0 == "-" })
      throw JobFileError(
        file, line, "unknown key \(quoted(word))",
        hint: closest(to: bare, among: keys).map { "did you mean '\($0)'?" }
          ?? "the keys are \(keys.joined(separator: ", "))")
    }
    let values = try values(value, of: setting, line)
    do throws(SettingError) {
      try settings.set(setting, to: values)
    } catch {
      throw JobFileError(
        diagnostic: error.diagnostic(at: .init(file: file, line: value.mark?.line ?? line)))
    }
    lines[setting.name] = line
  }

  private func values(
    _ value: Node, of setting: any AnySetting, _ line: Int?
  ) throws(JobFileError) -> [String] {
    switch value {
    case .scalar(let scalar) where !scalar.isNull:
      return [scalar.string]
    case .scalar:
      throw JobFileError(
        file, line, "\(setting.name): has no value",
        hint: "it takes \(setting.allowed); without the line the default holds")
    case .sequence(let sequence) where setting.form.isList:
      var values: [String] = []
      for item in sequence {
        guard let scalar = item.scalar, !scalar.isNull else {
          throw JobFileError(
            file, item.mark?.line ?? line,
            "\(setting.name): an entry of the list is not a plain value",
            hint: "it takes \(setting.allowed)")
        }
        values.append(scalar.string)
      }
      return values
    case .sequence, .mapping, .alias:
      throw JobFileError(
        file, value.mark?.line ?? line,
        "\(setting.name): takes \(setting.form.isList ? "a list" : "one value")",
        hint: "it takes \(setting.allowed)")
    }
  }
}
