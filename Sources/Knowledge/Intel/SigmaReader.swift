import Diagnostics
import Facts
import Yams

/// Sigma rules about network connections, as they are written: each becomes one condition.
struct SigmaReader {
  /// Why a rule was not taken.
  struct Refusal: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  let file: String

  static func looksLike(_ text: String) -> Bool {
    let keys = ["detection:", "correlation:", "filter:"]
    var hasBody = false
    var hasHead = false
    for line in text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
      guard let first = line.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") else {
        continue
      }
      hasBody = hasBody || keys.contains { line.starts(with: $0.utf8) }
      hasHead = hasHead || line.starts(with: "logsource:".utf8) || line.starts(with: "title:".utf8)
    }
    return hasBody && hasHead
  }

  /// - Throws: ``JobFileError`` for what is not YAML.
  func read(_ text: String, into entries: inout IntelEntries) throws(JobFileError) {
    guard text.utf8.count <= 16 << 20 else { throw .tooLarge(file) }
    var documents: [Node] = []
    do {
      var sequence = try Yams.compose_all(yaml: text)
      while let document = sequence.next() { documents.append(document) }
      // It ends where it cannot go on: what follows would be lost in silence.
      if let error = sequence.error { throw error }
    } catch let error as YamlError {
      throw JobFileError(error, file)
    } catch {
      throw JobFileError(file, nil, "cannot be parsed: \(error)", hint: "is it YAML?")
    }
    var isCollection = false
    for document in documents where document.mapping?.isEmpty == false {
      let title = document["title"]?.scalar?.string ?? "Sigma rule"
      let line = document.mark?.line ?? 0
      entries.begin(line: line)
      do throws(Refusal) {
        let isPart = isCollection
        isCollection = isCollection || document["action"] != nil
        if isPart { throw Refusal("a part of a collection with 'action'; write each rule in full") }
        entries.take(try indicator(document))
      } catch {
        entries.refuse(title, error.reason)
      }
    }
  }

  private func indicator(_ rule: Node) throws(Refusal) -> Indicator {
    if rule["correlation"] != nil {
      throw Refusal("a correlation of rules, which counts over time")
    }
    if rule["filter"] != nil { throw Refusal("a Sigma filter, which changes other rules") }
    if rule["action"] != nil {
      throw Refusal("a collection with 'action'; write each rule in full")
    }
    guard let detection = rule["detection"]?.mapping else { throw Refusal("has no detection") }
    var parts = try Self.logsource(rule["logsource"])
    var selections = SigmaSelections()
    for (name, node) in detection {
      guard let name = name.scalar?.string else { throw Refusal("a selection without a name") }
      if name == "condition" { continue }
      if name == "timeframe" { throw Refusal("a timeframe, which counts over time") }
      selections.add(name, node)
    }
    guard let said = detection["condition"] else { throw Refusal("has no condition") }
    let nodes: [Node] = said.sequence.map { Array($0) } ?? [said]
    var ways: [Condition] = []
    for node in nodes {
      guard let text = node.scalar?.string, !text.isEmpty else { throw Refusal("has no condition") }
      var parser = SigmaCondition(text, selections)
      ways.append(try parser.parse())
    }
    guard !ways.isEmpty else { throw Refusal("has no condition") }
    parts.append(ways.count == 1 ? ways[0] : .any(ways))
    var indicator = Indicator()
    let condition: Condition = parts.count == 1 ? parts[0] : .all(parts)
    guard condition.canMeanConnection else {
      throw Refusal("asks for events other than connections, which are Event ID 3")
    }
    indicator.condition = condition
    indicator.direction = .either
    indicator.identity = rule["id"]?.scalar?.string ?? ""
    describe(&indicator, rule)
    return indicator
  }

  private func describe(_ indicator: inout Indicator, _ rule: Node) {
    var words = Indicator.Words()
    words.source = rule["title"]?.scalar?.string ?? "Sigma"
    words.note = "Sigma rule " + (indicator.identity.isEmpty ? "without id" : indicator.identity)
    words.labels = (rule["tags"]?.sequence ?? []).compactMap(\.scalar?.string)
    if let level = rule["level"]?.scalar?.string { words.labels.append("level:" + level) }
    words.attackID =
      words.labels.lazy.compactMap { label -> String? in
        let parts = label.split(separator: ".")
        guard parts.count >= 2, parts[0] == "attack", parts[1].dropFirst().allSatisfy(\.isNumber),
          let kind = parts[1].first, "tgs".contains(kind)
        else { return nil }
        return parts.dropFirst().joined(separator: ".").uppercased()
      }.first ?? ""
    indicator.words = words
  }

  /// What the log source asks of a connection.
  private static func logsource(_ node: Node?) throws(Refusal) -> [Condition] {
    guard let source = node?.mapping else { throw Refusal("has no logsource") }
    func text(_ key: String) -> String? { source[key]?.scalar?.string.lowercased() }
    switch (text("category"), text("service")) {
    case ("network_connection", nil), ("network_connection", "sysmon"), (nil, "sysmon"): break
    case (let category?, _):
      throw Refusal("category \(quoted(category)), which is not about connections of processes")
    case (nil, let service?): throw Refusal("service \(quoted(service)), which is not read")
    case (nil, nil): throw Refusal("a logsource without category network_connection")
    }
    switch text("product") {
    case nil: return []
    case let product? where product == "windows" || product == "linux":
      return [.test(FieldTest(.product, [.matches(TextPattern(literal: product))]))]
    case let product?: throw Refusal("product \(quoted(product)), of which facts hold nothing")
    }
  }
}
