import Diagnostics
import Facts
import Yams

/// Suppressions in YAML: a list below the key `suppressions`.
package struct SuppressionFile: Sendable {
  package let file: String
  package let text: String
  package private(set) var suppressions: [Suppression] = []

  private static let keys = ["name", "reason", "owner", "expires", "match"]
  private static let matchKeys = ["host", "image", "user", "parent", "address", "port"]

  /// - Throws: ``JobFileError``.
  package init(reading path: String) throws(JobFileError) {
    try self.init(try YAMLFile.contents(of: path), file: path)
  }

  /// - Throws: ``JobFileError``, with everything that is wrong.
  package init(_ text: String, file: String) throws(JobFileError) {
    self.file = file
    self.text = text
    let root = try YAMLFile.compose(text, file)
    let entries = root?.mapping?["suppressions"]
    for name in root?.mapping?.keys.compactMap(\.scalar) ?? [] where name.string != "suppressions" {
      throw JobFileError(
        file, name.mark?.line, "unknown key \(quoted(name.string))",
        hint: "the file is a list below 'suppressions:'")
    }
    if let entries, entries.scalar?.isNull == true { return }
    guard let list = entries?.sequence else {
      throw JobFileError(
        file, root?.mark?.line, "holds no suppressions", hint: "a list below 'suppressions:'")
    }
    var problems: [Diagnostic] = []
    for entry in list {
      do throws(JobFileError) {
        suppressions.append(try suppression(entry))
      } catch {
        problems += error.diagnostics
      }
    }
    if let first = problems.first {
      throw JobFileError(diagnostic: first, others: Array(problems.dropFirst()))
    }
  }

  private func suppression(_ entry: Node) throws(JobFileError) -> Suppression {
    let line = entry.mark?.line
    guard let mapping = entry.mapping else {
      throw JobFileError(file, line, "a suppression consists of keys", hint: Self.hint)
    }
    try check(mapping, Self.keys)
    func text(_ key: String) throws(JobFileError) -> String {
      guard let scalar = mapping[key]?.scalar, !scalar.isNull, !scalar.string.trimmed.isEmpty else {
        throw JobFileError(file, line, "a suppression without \(key)", hint: Self.hint)
      }
      return scalar.string
    }
    var suppression = Suppression(
      name: try text("name"), reason: try text("reason"), owner: try text("owner"),
      expires: try expiry(try text("expires"), mapping["expires"]?.mark?.line))
    guard let match = mapping["match"]?.mapping else {
      throw JobFileError(file, line, "a suppression without match", hint: Self.hint)
    }
    try check(match, Self.matchKeys)
    for (name, value) in match {
      guard let key = name.scalar?.string else { continue }
      for value in try values(value, key) { try take(value, key, &suppression) }
    }
    guard !suppression.matchesAll else {
      throw JobFileError(file, line, "a suppression that would hide everything", hint: Self.hint)
    }
    return suppression
  }

  private static let hint =
    "it takes name, reason, owner, expires (a day, or never) and match, with at least one of "
    + alternatives(matchKeys)

  private func check(_ mapping: Node.Mapping, _ known: [String]) throws(JobFileError) {
    for key in mapping.keys {
      let word = key.scalar?.string ?? ""
      guard known.contains(word) else {
        throw JobFileError(
          file, key.mark?.line, "unknown key \(quoted(word))",
          hint: closest(to: word, among: known).map { "did you mean '\($0)'?" }
            ?? "the keys are \(alternatives(known))")
      }
    }
  }

  private func expiry(_ text: String, _ line: Int?) throws(JobFileError) -> UTCTime? {
    if text == "never" { return nil }
    guard text.utf8.count == 10,
      let time = UTCTime(Array((text + "T00:00:00Z").utf8).span, withoutZone: .refused)
    else {
      throw JobFileError(
        file, line, "expires: \(quoted(text)) is not a day", hint: "such as 2025-01-31, or never")
    }
    return time
  }

  private func values(_ value: Node, _ key: String) throws(JobFileError) -> [Node.Scalar] {
    let nodes = value.sequence.map { Array($0) } ?? [value]
    guard !nodes.isEmpty else {
      throw JobFileError(
        file, value.mark?.line, "\(key): an empty list", hint: "leave it out to match any \(key)")
    }
    var scalars: [Node.Scalar] = []
    for node in nodes {
      guard let scalar = node.scalar, !scalar.isNull else {
        throw JobFileError(
          file, node.mark?.line, "\(key): no plain value", hint: "one value, or a list of them")
      }
      scalars.append(scalar)
    }
    return scalars
  }

  private func take(
    _ scalar: Node.Scalar, _ key: String, _ suppression: inout Suppression
  ) throws(JobFileError) {
    let text = scalar.string
    switch key {
    case "host": suppression.hosts.append(Wildcard(text))
    case "image": suppression.images.append(Wildcard(text))
    case "user": suppression.users.append(Wildcard(text))
    case "parent": suppression.parents.append(Wildcard(text))
    case "address":
      guard let block = AddressBlock(text) else {
        throw JobFileError(
          file, scalar.mark?.line, "address: \(quoted(text)) is neither an address nor a network",
          hint: "such as 192.0.2.10, 10.0.0.0/8 or 2001:db8::/32")
      }
      suppression.addresses.append(block)
    default:
      guard let port = PortQuery(text) else {
        throw JobFileError(
          file, scalar.mark?.line, "port: \(quoted(text)) is not a port",
          hint: "such as 5985, 8444/tcp or 49152-65535")
      }
      suppression.ports.append(port)
    }
  }
}
