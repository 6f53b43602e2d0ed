import Facts

/// An event of MISP, as its export or its REST interface writes it.
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
      if let attributes = response as? [String: Any] {
        return attributes["Attribute"] == nil ? events(attributes) : [attributes]
      }
      return events(response)
    }
    return object["Attribute"] is [Any] ? [object] : nil
  }

  func read(into entries: inout IntelEntries) {
    let objects = event["Object"] as? [[String: Any]] ?? []
    for holder in [event] + objects {
      for attribute in holder["Attribute"] as? [[String: Any]] ?? [] {
        read(attribute, &entries)
      }
    }
  }

  private func read(_ attribute: [String: Any], _ entries: inout IntelEntries) {
    let type = attribute["type"] as? String ?? ""
    let value = (attribute["value"] as? String ?? "").trimmed
    guard
      ["port", "ip-dst", "ip-src", "ip-dst|port", "ip-src|port", "hostname|port", "dst-port"]
        .contains(type)
    else { return }
    let place = attribute["uuid"] as? String ?? "attribute"
    if attribute["deleted"] as? Bool == true { return }
    guard attribute["to_ids"] as? Bool != false else {
      return entries.refuse(value, at: place, "to_ids is off: not meant for detection")
    }
    let indicator: Indicator?
    switch type {
    case "hostname|port":
      return entries.refuse(value, at: place, "names a host, which connection events do not hold")
    case "ip-src", "ip-src|port":
      return entries.refuse(value, at: place, "a source address: who attacked, not where to")
    case "ip-dst|port":
      indicator = IntelText.pair(value).map { Indicator(ports: $0.1, address: $0.0) }
    case "ip-dst": indicator = AddressBlock(value).map { Indicator(address: $0) }
    default: indicator = PortQuery(value).map { Indicator(ports: $0) }
    }
    guard var indicator else {
      return entries.refuse(value, at: place, "no \(type)")
    }
    indicator.actor = galaxy ?? ""
    indicator.source = event["info"] as? String ?? "MISP"
    indicator.note = attribute["comment"] as? String ?? ""
    indicator.validFrom = (attribute["first_seen"] as? String).flatMap { IntelText.time($0) }
    entries.take(indicator)
  }

  /// The actor or tool that a tag such as `misp-galaxy:threat-actor="WIRTE"` names.
  private var galaxy: String? {
    let tags = (event["Tag"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    let names = tags.filter { $0.hasPrefix("misp-galaxy:") }
      .compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }
}
