import Diagnostics
import Facts

/// An object of MISP, such as `ip-port`, `network-connection` or `domain-ip`: one connection, whose
/// sides are distinguished.
struct MispObject {
  typealias Refusal = IntelValue.Refusal

  /// The attributes that say what to look for.
  private(set) var parts: [[String: Any]] = []
  private(set) var remarks: [String] = []
  private var addresses: [AddressBlock] = []
  private var ports: [PortQuery] = []
  private var hosts: [String] = []
  private var transport: Indicator.Transport?

  static func summary(_ object: [String: Any]) -> String {
    (object["Attribute"] as? [[String: Any]] ?? []).map { FeedJSON.text($0["value"]) }
      .joined(separator: " ")
  }

  init(_ object: [String: Any]) throws(Refusal) {
    if StixReader.isTrue(object["deleted"]) { throw Refusal(reason: "deleted") }
    for attribute in object["Attribute"] as? [[String: Any]] ?? [] {
      if StixReader.isTrue(attribute["deleted"]) { continue }
      try take(attribute)
    }
    let name = object["name"] as? String ?? "no name"
    guard !parts.isEmpty else {
      throw Refusal(
        reason: remarks.isEmpty
          ? "an object of \(quoted(name)), which says nothing of a connection"
          : "an object that names the caller's side alone")
    }
    // One of them is meant for detection; the others say more exactly what is meant.
    guard parts.contains(where: MispReader.isForDetection) else {
      throw Refusal(reason: "to_ids is off: not meant for detection")
    }
    guard !addresses.isEmpty || !hosts.isEmpty else {
      throw Refusal(reason: "an object with a port and no address")
    }
  }

  private mutating func take(_ attribute: [String: Any]) throws(Refusal) {
    let type = attribute["type"] as? String ?? ""
    let relation = attribute["object_relation"] as? String ?? ""
    let text = FeedJSON.text(attribute["value"])
    if relation.hasPrefix("src") || relation.hasSuffix("-src") || type.hasPrefix("ip-src") {
      remarks.append("the caller's side of an object is not looked for")
      return
    }
    switch (relation, type) {
    case (_, "ip-dst"), ("ip", _), ("ip-dst", _), ("dst-ip", _):
      let value = try IntelValue(text)
      guard !value.addresses.isEmpty, value.ports == nil else {
        throw Refusal(reason: "not an address")
      }
      addresses += value.addresses
    case (_, "ip-dst|port"), (_, "hostname|port"):
      throw Refusal(reason: "a pair inside an object")
    case ("dst-port", _), ("port", _), (_, "port"):
      guard let query = PortQuery(text) else { throw Refusal(reason: "not a port") }
      ports.append(query)
    case (_, "hostname"), (_, "domain"):
      guard let name = IntelText.hostName(text) else {
        throw Refusal(reason: "not the name of a host")
      }
      hosts.append(name)
    case ("layer4-protocol", _), ("protocol", _):
      guard let known = IntelText.transport(text) else {
        throw Refusal(reason: "the protocol \(quoted(text)), which facts do not hold")
      }
      transport = known
    case ("layer7-protocol", _):
      throw Refusal(reason: "the protocol \(quoted(text)), which facts do not hold")
    default: return
    }
    parts.append(attribute)
  }

  /// Each address, or lacking one each name, with each port.
  func indicators(like model: Indicator) throws(Refusal) -> [Indicator] {
    var model = model
    model.transport = transport
    guard
      max(1, addresses.count, hosts.count) * max(1, ports.count)
        <= IndicatorBuilder.maximumCount
    else { throw Refusal(reason: "says too much at once") }
    if !addresses.isEmpty, !hosts.isEmpty {
      // The name led to the address, which is what a connection shows.
      model.note = (hosts + [model.note]).filter { !$0.isEmpty }.joined(separator: "; ")
    }
    var found: [Indicator] = []
    for query in ports.isEmpty ? [nil] : ports.map(Optional.some) {
      var each = model
      if let query { each.ports = query }
      if addresses.isEmpty {
        for host in hosts {
          each.condition = IntelText.named(host)
          found.append(each)
        }
      }
      for address in addresses {
        each.address = address
        found.append(each)
      }
    }
    return found
  }
}
