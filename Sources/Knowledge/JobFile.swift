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
  private var lines: [SettingKey: Int] = [:]

  /// - Parameter formats: The names of the report formats there are.
  package init(reading path: String, formats: [String]) throws(JobFileError) {
    try self.init(try YAMLFile.contents(of: path), file: path, formats: formats)
  }

  /// - Throws: ``JobFileError``, with everything that is wrong with the keys and values.
  package init(_ text: String, file: String, formats: [String]) throws(JobFileError) {
    self.file = file
    guard let root = try YAMLFile.compose(text, file) else { return }
    if let scalar = root.scalar, scalar.isNull { return }
    guard let mapping = root.mapping else {
      throw JobFileError(
        file, root.mark?.line, "holds no keys",
        hint: "a job is made of lines such as 'parity: tuned'")
    }
    var problems: [Diagnostic] = []
    for (name, value) in mapping {
      do throws(JobFileError) {
        try take(name, value, formats)
      } catch {
        problems += error.diagnostics
      }
    }
    if let first = problems.first {
      throw JobFileError(diagnostic: first, others: Array(problems.dropFirst()))
    }
  }

  /// Where the file says so; nil: it says nothing about it.
  package func place(of key: SettingKey) -> Diagnostic.Location? {
    lines[key].map { Diagnostic.Location(file: file, line: $0) }
  }

  private mutating func take(
    _ name: Node, _ value: Node, _ formats: [String]
  ) throws(JobFileError) {
    let line = name.mark?.line
    guard let word = name.scalar?.string else {
      throw JobFileError(file, line, "a key has to be a word", hint: "such as 'parity: tuned'")
    }
    guard let key = SettingKey(rawValue: word) else {
      let keys = SettingKey.allCases.sorted().map(\.rawValue)
      let bare = String(word.drop { $0 == "-" })
      throw JobFileError(
        file, line, "unknown key \(quoted(word))",
        hint: closest(to: bare, among: keys).map { "did you mean '\($0)'?" }
          ?? "the keys are \(keys.joined(separator: ", "))")
    }
    let values = try values(value, of: key, line)
    do throws(SettingError) {
      try settings.set(key, to: values, formats: formats)
    } catch {
      throw JobFileError(
        diagnostic: error.diagnostic(at: .init(file: file, line: value.mark?.line ?? line)))
    }
    lines[key] = line
  }

  private func values(
    _ value: Node, of key: SettingKey, _ line: Int?
  ) throws(JobFileError) -> [String] {
    switch value {
    case .scalar(let scalar) where !scalar.isNull:
      return [scalar.string]
    case .scalar:
      throw JobFileError(
        file, line, "\(key.rawValue): has no value",
        hint: "it takes \(key.allowed); without the line the default holds")
    case .sequence(let sequence) where key.isList:
      var values: [String] = []
      for item in sequence {
        guard let scalar = item.scalar, !scalar.isNull else {
          throw JobFileError(
            file, item.mark?.line ?? line,
            "\(key.rawValue): an entry of the list is no plain value",
            hint: "it takes \(key.allowed)")
        }
        values.append(scalar.string)
      }
      return values
    case .sequence, .mapping, .alias:
      throw JobFileError(
        file, value.mark?.line ?? line,
        "\(key.rawValue): takes \(key.isList ? "a list" : "one value")",
        hint: "it takes \(key.allowed)")
    }
  }
}
