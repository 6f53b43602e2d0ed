import Facts

/// The indicators of a STIX 2.1 bundle: of each the newest version.
struct StixReader {
  private let objects: [[String: Any]]
  private var byID: [String: [String: Any]] = [:]
  /// What an indicator indicates, by its id.
  private var indicated: [String: [String]] = [:]
  /// The index of the newest version, by the id of an indicator.
  private var newest: [String: Int] = [:]

  init(_ objects: [[String: Any]]) {
    self.objects = objects
    for (index, object) in objects.enumerated() {
      guard let id = object["id"] as? String else { continue }
      if let other = byID[id], Self.version(of: object) <= Self.version(of: other) { continue }
      byID[id] = object
      newest[id] = index
      if object["type"] as? String == "relationship",
        object["relationship_type"] as? String == "indicates",
        let from = object["source_ref"] as? String, let to = object["target_ref"] as? String
      {
        indicated[from, default: []].append(to)
      }
    }
  }

  /// Later versions are greater; an object without one is the oldest.
  private static func version(of object: [String: Any]) -> Int64 {
    let text = object["modified"] as? String ?? object["created"] as? String
    return text.flatMap { IntelText.time($0) }?.milliseconds ?? .min
  }

  /// The objects of a bundle, of an answer of TAXII, or of a list of them; nil where there are none.
  static func objects(_ root: Any) -> [[String: Any]]? {
    if let bundle = root as? [String: Any] {
      switch bundle["type"] as? String {
      case "bundle": return bundle["objects"] as? [[String: Any]] ?? []
      case "indicator" where bundle["pattern"] != nil: return [bundle]
      default: break
      }
      guard let list = bundle["objects"] as? [[String: Any]], list.contains(where: isStix) else {
        return nil
      }
      return list
    }
    guard let list = root as? [[String: Any]], list.contains(where: isStix) else { return nil }
    // Several bundles, one to a line.
    return list.flatMap { object in
      object["type"] as? String == "bundle"
        ? object["objects"] as? [[String: Any]] ?? [] : [object]
    }
  }

  private static func isStix(_ object: [String: Any]) -> Bool {
    object["spec_version"] != nil || object["type"] as? String == "bundle"
      || object["type"] as? String == "indicator" && object["pattern"] != nil
  }

  func read(into entries: inout IntelEntries) {
    for (index, object) in objects.enumerated() where object["type"] as? String == "indicator" {
      let id = object["id"] as? String
      entries.begin(place: id ?? "object \(index + 1)")
      let pattern = object["pattern"] as? String ?? ""
      if let id, newest[id] != index {
        entries.refuse(pattern, "an older version of an indicator that is there again")
      } else if Self.isTrue(object["revoked"]) {
        entries.refuse(pattern, "revoked")
      } else {
        do throws(StixPattern.Refusal) {
          let type = object["pattern_type"] as? String ?? "stix"
          guard type == "stix" else { throw .init(reason: "a pattern in \(type)") }
          let model = try model(object)
          for found in try StixPattern.parse(pattern) {
            entries.take(Self.completed(found, by: model))
          }
        } catch {
          entries.refuse(pattern, error.reason)
        }
      }
    }
  }

  static func isTrue(_ value: Any?) -> Bool {
    ["1", "true", "True"].contains(FeedJSON.text(value))
  }

  private static func completed(_ found: Indicator, by model: Indicator) -> Indicator {
    var indicator = found
    indicator.share(model)
    indicator.identity = model.identity
    indicator.confidence = model.confidence
    indicator.validFrom = model.validFrom
    indicator.validUntil = model.validUntil
    return indicator
  }

  /// What it says beside its pattern.
  private func model(_ object: [String: Any]) throws(StixPattern.Refusal) -> Indicator {
    var indicator = Indicator()
    var words = Indicator.Words()
    let id = object["id"] as? String ?? ""
    let targets = (indicated[id] ?? []).compactMap { byID[$0] }
    let names = targets.compactMap { $0["name"] as? String }.sorted()
    words.actor = names.isEmpty ? object["name"] as? String ?? "" : names.joined(separator: ", ")
    words.attackID = ([object] + targets).lazy.compactMap(Self.attackID).first ?? ""
    let creator = (object["created_by_ref"] as? String).flatMap { byID[$0]?["name"] as? String }
    words.source = creator ?? "STIX"
    words.note = object["description"] as? String ?? ""
    words.labels =
      (object["indicator_types"] as? [String] ?? []) + (object["labels"] as? [String] ?? [])
    indicator.words = words
    indicator.identity = id
    indicator.confidence = UInt8(FeedJSON.text(object["confidence"])).flatMap {
      $0 <= 100 ? $0 : nil
    }
    for (key, path) in [
      ("valid_from", \Indicator.validFrom), ("valid_until", \Indicator.validUntil),
    ] {
      guard let text = object[key] as? String else { continue }
      guard let time = IntelText.time(text) else { throw .init(reason: "\(key) is not a time") }
      indicator[keyPath: path] = time
    }
    return indicator
  }

  private static func attackID(_ object: [String: Any]) -> String? {
    (object["external_references"] as? [[String: Any]] ?? []).first {
      ($0["source_name"] as? String)?.hasPrefix("mitre") == true
    }?["external_id"] as? String
  }
}
