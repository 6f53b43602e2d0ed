import Facts

/// The indicators of a STIX 2.1 bundle.
struct StixReader {
  private let objects: [[String: Any]]
  private var byID: [String: [String: Any]] = [:]
  /// What an indicator indicates, by its id.
  private var indicated: [String: [String]] = [:]

  init(_ objects: [[String: Any]]) {
    self.objects = objects
    for object in objects {
      if let id = object["id"] as? String { byID[id] = object }
      if object["type"] as? String == "relationship",
        object["relationship_type"] as? String == "indicates",
        let from = object["source_ref"] as? String, let to = object["target_ref"] as? String
      {
        indicated[from, default: []].append(to)
      }
    }
  }

  /// The objects of a bundle, or of a list of them; nil where there are none.
  static func objects(_ root: Any) -> [[String: Any]]? {
    if let bundle = root as? [String: Any], bundle["type"] as? String == "bundle" {
      return bundle["objects"] as? [[String: Any]] ?? []
    }
    if let bundle = root as? [String: Any], bundle["type"] as? String == "indicator" {
      return [bundle]
    }
    guard let list = root as? [[String: Any]], list.contains(where: { $0["spec_version"] != nil })
    else { return nil }
    return list
  }

  func read(into entries: inout IntelEntries) {
    for object in objects where object["type"] as? String == "indicator" {
      let place = object["id"] as? String ?? "indicator"
      let pattern = object["pattern"] as? String ?? ""
      if object["revoked"] as? Bool == true {
        entries.refuse(pattern, at: place, "revoked")
        continue
      }
      let type = object["pattern_type"] as? String ?? "stix"
      guard type == "stix" else {
        entries.refuse(pattern, at: place, "a pattern in \(type)")
        continue
      }
      do {
        for found in try StixPattern.parse(pattern) { entries.take(attributed(found, object)) }
      } catch {
        entries.refuse(pattern, at: place, error.reason)
      }
    }
  }

  private func attributed(_ found: Indicator, _ object: [String: Any]) -> Indicator {
    var indicator = found
    let id = object["id"] as? String ?? ""
    let targets = (indicated[id] ?? []).compactMap { byID[$0] }
    let names = targets.compactMap { $0["name"] as? String }.sorted()
    indicator.actor =
      names.isEmpty ? object["name"] as? String ?? "" : names.joined(separator: ", ")
    indicator.attackID = ([object] + targets).lazy.compactMap(Self.attackID).first ?? ""
    let creator = (object["created_by_ref"] as? String).flatMap { byID[$0]?["name"] as? String }
    indicator.source = creator ?? "STIX"
    indicator.note = object["description"] as? String ?? ""
    indicator.validFrom = (object["valid_from"] as? String).flatMap { IntelText.time($0) }
    indicator.validUntil = (object["valid_until"] as? String).flatMap { IntelText.time($0) }
    return indicator
  }

  private static func attackID(_ object: [String: Any]) -> String? {
    (object["external_references"] as? [[String: Any]] ?? []).first {
      ($0["source_name"] as? String)?.hasPrefix("mitre") == true
    }?["external_id"] as? String
  }
}
