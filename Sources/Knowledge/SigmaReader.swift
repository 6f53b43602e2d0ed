import Diagnostics
import Facts
import Yams

/// Destination ports and addresses of Sigma rules. Their other conditions are not applied: a rule is a
/// source of ports here, not a detection.
struct SigmaReader {
  let file: String

  static func looksLike(_ text: String) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.contains { $0.hasPrefix("detection:") }
      && lines.contains { $0.hasPrefix("logsource:") || $0.hasPrefix("title:") }
  }

  /// - Throws: ``JobFileError`` for what is no YAML.
  func read(_ text: String, into entries: inout IntelEntries) throws(JobFileError) {
    let documents: [Node]
    do {
      documents = try Array(Yams.compose_all(yaml: text))
    } catch let error as YamlError {
      throw JobFileError(error, file)
    } catch {
      throw JobFileError(file, nil, "cannot be parsed: \(error)", hint: "is it YAML?")
    }
    for document in documents {
      guard let detection = document["detection"]?.mapping else { continue }
      var model = Indicator()
      model.source = document["title"]?.scalar?.string ?? "Sigma"
      model.note = "Sigma rule \(document["id"]?.scalar?.string ?? "without id")"
      for (name, selection) in detection {
        let name = name.scalar?.string ?? ""
        if name == "condition" || name.hasPrefix("filter") || name.hasPrefix("timeframe") {
          continue
        }
        for part in selection.sequence.map({ Array($0) }) ?? [selection] {
          for (key, value) in part.mapping ?? [:] { take(key, value, model, &entries) }
        }
      }
    }
  }

  private func take(_ key: Node, _ value: Node, _ model: Indicator, _ entries: inout IntelEntries) {
    let key = key.scalar?.string ?? ""
    let field = key.split(separator: "|").first.map(String.init) ?? ""
    guard field == "DestinationPort" || field == "DestinationIp" else { return }
    for node in value.sequence.map({ Array($0) }) ?? [value] {
      let text = node.scalar?.string ?? ""
      let place = node.mark.map { "line \($0.line)" } ?? "rule"
      var indicator = model
      if field == "DestinationPort", key == field, let ports = PortQuery(text) {
        indicator.ports = ports
      } else if field == "DestinationIp", key == field || key == "DestinationIp|cidr",
        let block = AddressBlock(text)
      {
        indicator.address = block
      } else {
        entries.refuse(text, at: place, key == field ? "no \(field)" : "the modifier of \(key)")
        continue
      }
      entries.take(indicator)
    }
  }
}
