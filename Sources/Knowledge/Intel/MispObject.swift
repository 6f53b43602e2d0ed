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
  /// An address or a name with its own port.
  private var pairs: [IntelValue] = []

  /// Whose addresses are those of victims.
  private static let others: Set<String> = ["ddos", "honeypot", "victim"]

  /// What says nothing of where a connection goes, or what has to be met beside that.
  private static let describing: Set<String> = [
    "AS", "boolean", "campaign-name", "comment", "community-id", "counter", "datetime", "float",
    "integer",
    "link", "malware-type", "other", "size-in-bytes", "text", "threat-actor",
  ]

  /// Texts that narrow what an object means.
  private static let narrowing: Set<String> = [
    "command-line", "image", "method", "parent-command-line", "parent-image", "path",
    "query_string",
    "resource_path", "user-agent",
  ]

  static func summary(_ object: [String: Any]) -> String {
    (object["Attribute"] as? [[String: Any]] ?? []).map { FeedJSON.text($0["value"]) }
      .joined(separator: " ")
  }

  init(_ object: [String: Any]) throws(Refusal) {
    if StixReader.isTrue(object["deleted"]) { throw Refusal(reason: "deleted") }
    let name = object["name"] as? String ?? "no name"
    if Self.others.contains(name) {
      throw Refusal(reason: "an object of \(quoted(name)), which names victims")
    }
    // What narrows it matters only where there is something to narrow.
    var beside: String?
    for attribute in object["Attribute"] as? [[String: Any]] ?? [] {
      if StixReader.isTrue(attribute["deleted"]) { continue }
      try take(attribute, of: name, beside: &beside)
    }
    if let beside, !parts.isEmpty {
      throw Refusal(
        reason: "asks for \(quoted(beside)) as well, which connection events do not hold")
    }
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
    guard pairs.isEmpty || name == "c2-list" || addresses.isEmpty && hosts.isEmpty && ports.isEmpty
    else { throw Refusal(reason: "a pair, and another address, name or port") }
    guard !pairs.isEmpty || !addresses.isEmpty || !hosts.isEmpty else {
      throw Refusal(reason: "an object with a port and no address")
    }
  }

  private mutating func take(
    _ attribute: [String: Any], of name: String, beside: inout String?
  ) throws(Refusal) {
    let type = attribute["type"] as? String ?? ""
    let relation = attribute["object_relation"] as? String ?? ""
    let text = FeedJSON.text(attribute["value"])
    if relation.hasPrefix("src") || relation.hasSuffix("-src") || type.hasPrefix("ip-src") {
      remarks.append("the caller's side of an object is not looked for")
      return
    }
    switch (relation, type) {
    case (_, "ip-dst|port"), (_, "hostname|port"):
      let value = try IntelValue(text)
      guard value.ports != nil, !value.isPortOnly else {
        throw Refusal(reason: "a pair without a port")
      }
      pairs.append(value)
    case ("victim-ip", _), ("ns-record", _), ("mx-record", _), ("nameserver", _),
      ("from-domain", _),
      ("registrar", _):
      beside = relation
      return
    case (_, "ip-dst"), ("ip", _), ("ip-dst", _), ("dst-ip", _):
      let value = try IntelValue(text)
      guard !value.addresses.isEmpty, value.ports == nil else {
        throw Refusal(reason: "not an address")
      }
      addresses += value.addresses
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
    case ("layer3-protocol", _):
      guard ["ip", "ipv4", "ipv6"].contains(text.lowercased()) else {
        throw Refusal(reason: "the protocol \(quoted(text)), which facts do not hold")
      }
      return
    case ("direction", _):
      guard ["egress", "outbound"].contains(text.lowercased()) else { beside = relation; return }
      return
    default:
      let isProcess = name == "process" && relation == "name"
      if isProcess || !Self.describing.contains(type) || Self.narrowing.contains(relation) {
        beside = beside ?? (relation.isEmpty ? type : relation)
      }
      return
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
    var found = pairs.flatMap { $0.indicators(like: model) }
    if addresses.isEmpty, hosts.isEmpty { return found }
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
