import Facts

/// An event of MISP, as its export or its REST interface writes it. An attribute is an entry, and so is
/// an object, whose attributes belong together.
struct MispReader {
  private let event: [String: Any]

  init(_ event: [String: Any]) { self.event = event }

  /// The events of an export; nil where it is none.
  static func events(_ root: Any) -> [[String: Any]]? {
    if let list = root as? [Any] {
      let found = list.compactMap { Self.events($0) }.flatMap(\.self)
      return found.isEmpty ? nil : found
    }
    guard let object = root as? [String: Any] else { return nil }
    if let event = object["Event"] as? [String: Any] { return [event] }
    if let response = object["response"] {
      guard let inner = response as? [String: Any] else { return events(response) }
      return inner["Attribute"] == nil && inner["Object"] == nil ? events(inner) : [inner]
    }
    return object["Attribute"] is [Any] || object["Object"] is [Any] ? [object] : nil
  }

  func read(into entries: inout IntelEntries) {
    for attribute in event["Attribute"] as? [[String: Any]] ?? [] {
      read(attribute: attribute, into: &entries)
    }
    for object in event["Object"] as? [[String: Any]] ?? [] {
      read(object: object, into: &entries)
    }
  }

  func read(attribute: [String: Any], into entries: inout IntelEntries) {
    entries.begin(place: attribute["uuid"] as? String ?? "attribute")
    do throws(IntelValue.Refusal) {
      let found = try indicators(of: attribute)
      if !Self.warnings([attribute]).isEmpty {
        entries.remark("a MISP warning list names it as harmless or shared")
      }
      for indicator in found { entries.take(indicator) }
    } catch {
      entries.refuse(FeedJSON.text(attribute["value"]), error.reason)
    }
  }

  func read(object: [String: Any], into entries: inout IntelEntries) {
    entries.begin(place: object["uuid"] as? String ?? "object")
    do throws(IntelValue.Refusal) {
      let parsed = try MispObject(object)
      for remark in parsed.remarks { entries.remark(remark) }
      if !Self.warnings(parsed.parts).isEmpty {
        entries.remark("a MISP warning list names it as harmless or shared")
      }
      let model = model(object, attributes: parsed.parts)
      for indicator in try parsed.indicators(like: model) { entries.take(indicator) }
    } catch {
      entries.refuse(MispObject.summary(object), error.reason)
    }
  }

  private func indicators(of attribute: [String: Any]) throws(IntelValue.Refusal) -> [Indicator] {
    let type = attribute["type"] as? String ?? ""
    let text = FeedJSON.text(attribute["value"])
    if StixReader.isTrue(attribute["deleted"]) { throw .init(reason: "deleted") }
    // A search for attributes tears objects apart.
    if !FeedJSON.text(attribute["object_relation"]).isEmpty { throw .partOfObject }
    switch type {
    case "ip-dst", "ip-dst|port", "port", "dst-port", "hostname", "domain", "hostname|port",
      "domain|ip", "ip", "url", "uri":
      break
    case "ip-src", "ip-src|port":
      throw .init(reason: "a source address: who called, not where to")
    default: throw .init(reason: "a \(type), which connection events do not hold")
    }
    guard Self.isForDetection(attribute) else {
      throw .init(reason: "to_ids is off: not meant for detection")
    }
    var value: IntelValue
    var note = ""
    if type == "domain|ip" {
      // The name led to the address, which is what a connection shows.
      let parts = text.split(separator: "|").map(String.init)
      guard parts.count == 2 else { throw .init(reason: "not a \(type)") }
      value = try IntelValue(parts[1])
      note = parts[0]
    } else {
      value = try IntelValue(text)
    }
    guard value.fits(type) else { throw .init(reason: "not a \(type)") }
    var model = model(attribute, attributes: [attribute])
    if !note.isEmpty {
      model.note = [note, model.note].filter { !$0.isEmpty }.joined(separator: "; ")
    }
    return value.indicators(like: model)
  }

  static func isForDetection(_ attribute: [String: Any]) -> Bool {
    attribute["to_ids"] == nil || StixReader.isTrue(attribute["to_ids"])
  }

  /// What an attribute or object says beside what to look for.
  private func model(_ holder: [String: Any], attributes: [[String: Any]]) -> Indicator {
    var indicator = Indicator()
    let tags = Self.tags(event) + attributes.flatMap(Self.tags)
    var words = Indicator.Words()
    words.actor = Self.galaxies(tags).joined(separator: ", ")
    words.source = event["info"] as? String ?? "MISP"
    words.note = holder["comment"] as? String ?? ""
    words.labels = tags.filter { !$0.hasPrefix("misp-galaxy:") }
    if attributes.contains(where: Self.isDecayed) { words.labels.append("decayed") }
    words.labels += Self.warnings(attributes).map { "warninglist:" + $0 }
    indicator.words = words
    indicator.identity = holder["uuid"] as? String ?? ""
    let seen = [holder] + attributes
    indicator.validFrom =
      seen.lazy.compactMap { ($0["first_seen"] as? String).flatMap { IntelText.time($0) } }.first
    return indicator
  }

  private static func tags(_ holder: [String: Any]) -> [String] {
    (holder["Tag"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
  }

  /// The actors or tools that tags such as `misp-galaxy:threat-actor="WIRTE"` name.
  private static func galaxies(_ tags: [String]) -> [String] {
    var names: [String] = []
    for tag in tags where tag.hasPrefix("misp-galaxy:") {
      guard let name = tag.split(separator: "\"").dropFirst().first.map(String.init),
        !names.contains(name)
      else { continue }
      names.append(name)
    }
    return names
  }

  /// The warning lists that attributes are on, where the export says so.
  private static func warnings(_ attributes: [[String: Any]]) -> [String] {
    attributes.flatMap { $0["warnings"] as? [[String: Any]] ?? [] }.map {
      FeedJSON.text($0["warninglist_name"])
    }
  }

  private static func isDecayed(_ attribute: [String: Any]) -> Bool {
    let scores = attribute["decay_score"] as? [[String: Any]] ?? []
    return !scores.isEmpty && scores.allSatisfy { StixReader.isTrue($0["decayed"]) }
  }
}

extension IntelValue {
  /// Whether it is what an attribute of this type holds.
  fileprivate func fits(_ type: String) -> Bool {
    switch type {
    case "port", "dst-port": isPortOnly
    case "ip-dst", "ip", "domain|ip": !addresses.isEmpty && ports == nil
    case "ip-dst|port": !addresses.isEmpty && ports != nil
    case "hostname", "domain": host != nil && ports == nil
    case "url", "uri": !isPortOnly
    default: host != nil && ports != nil
    }
  }
}

extension IntelValue.Refusal {
  /// An address without the port that an object of MISP names beside it would mean more than the object does.
  static let partOfObject = Self(
    reason: "a part of a MISP object, without its other parts; export the event as JSON")
}
