import Facts

/// The indicators of a STIX 2.1 bundle: of each the newest version.
struct StixReader {
  /// What an object says that an indicator refers to.
  private struct Referred {
    var version: Int64
    var name: String?
    var attackID: String?
  }

  /// By id, of each the newest version.
  private var referred: [String: Referred] = [:]
  private var versions = StixVersions()

  init() {}

  init(_ objects: [[String: Any]]) {
    for (index, object) in objects.enumerated() { note(object, at: index) }
  }

  /// Notes what indicators before or after this object may refer to.
  mutating func note(_ object: [String: Any], at index: Int) {
    guard let id = object["id"] as? String else { return }
    let version = Self.version(of: object)
    switch object["type"] as? String {
    case "indicator": versions.note(EntryName(id), version, at: index)
    case "relationship":
      guard object["relationship_type"] as? String == "indicates",
        let from = object["source_ref"] as? String, let to = object["target_ref"] as? String
      else { return }
      versions.note(EntryName(from), indicates: to)
    default:
      if let other = referred[id], version <= other.version { return }
      let new = Referred(
        version: version, name: object["name"] as? String, attackID: Self.attackID(object))
      if new.name != nil || new.attackID != nil || referred[id] != nil { referred[id] = new }
    }
  }

  /// The same of an indicator or a relationship that is written plainly.
  ///
  /// - Parameter members: Of ``QuickObject/referring``.
  /// - Returns: False for another object.
  mutating func note(_ members: QuickObject, in bytes: [UInt8], at index: Int) -> Bool {
    guard let id = members.text(.id, in: bytes), let type = members.text(.type, in: bytes) else {
      return false
    }
    if bytes[type].elementsEqual("indicator".utf8) {
      guard let modified = members.text(.modified, in: bytes),
        let version = IntelText.time(bytes.span.extracting(modified))
      else { return false }
      versions.note(EntryName(bytes, id), version.milliseconds, at: index)
      return true
    }
    guard bytes[type].elementsEqual("relationship".utf8),
      let kind = members.text(.relationshipType, in: bytes),
      let from = members.text(.sourceRef, in: bytes),
      let to = members.text(.targetRef, in: bytes)
    else { return false }
    if bytes[kind].elementsEqual("indicates".utf8) {
      versions.note(EntryName(bytes, from), indicates: String(decoding: bytes[to], as: UTF8.self))
    }
    return true
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

  /// Reads the object with the number `index`, where it is an indicator.
  func read(_ object: [String: Any], at index: Int, into entries: inout IntelEntries) {
    guard object["type"] as? String == "indicator" else { return }
    let id = object["id"] as? String
    entries.begin(place: id ?? "object \(index + 1)")
    let pattern = object["pattern"] as? String ?? ""
    if let id, versions.index(of: EntryName(id)) != index {
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

  /// What the indicator `id` indicates, as numbers; nil where the object with the number `index` is not the
  /// newest one with this id.
  func targets(of id: EntryName, at index: Int) -> [Int32]? { versions.targets(of: id, at: index) }

  /// Whether one of the objects has a name, which then is that of the actor.
  func haveName(_ targets: [Int32]) -> Bool {
    targets.contains { referred[versions.target($0)]?.name != nil }
  }

  static func isTrue(_ value: Any?) -> Bool {
    ["1", "true", "True"].contains(FeedJSON.text(value))
  }

  private static func completed(_ found: Indicator, by model: Indicator) -> Indicator {
    var indicator = found
    indicator.share(model)
    indicator.ownName = model.ownName
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
    let targets = versions.targets(of: EntryName(id)).compactMap { referred[versions.target($0)] }
    let names = targets.compactMap(\.name).sorted()
    words.actor = names.isEmpty ? object["name"] as? String ?? "" : names.joined(separator: ", ")
    words.attackID = Self.attackID(object) ?? targets.compactMap(\.attackID).min() ?? ""
    let creator = (object["created_by_ref"] as? String).flatMap { referred[$0]?.name }
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
