import Diagnostics
import Facts

/// What a named value of a record says, in a table or in JSON.
enum IntelColumn: Int, CaseIterable {
  case port, transport, address, host, direction, actor, attackID, source, url, note, validFrom
  case validUntil, confidence, labels, common, identity, image, parent
  case value, type, sourceAddress, sourcePort, isForDetection, isRevoked, status
  case firstAddress, lastAddress
  /// Of STIX.
  case pattern
  /// Told by others, and nothing that a connection could meet or a reader needs.
  case description

  /// As our own feeds name it.
  static let ownNames: [(name: String, column: IntelColumn)] = [
    ("port", .port), ("protocol", .transport), ("address", .address), ("host", .host),
    ("image", .image), ("parent", .parent), ("direction", .direction), ("actor", .actor),
    ("attack_id", .attackID), ("source", .source), ("url", .url), ("note", .note),
    ("valid_from", .validFrom), ("valid_until", .validUntil), ("confidence", .confidence),
    ("labels", .labels), ("common", .common), ("id", .identity),
  ]

  private static let synonyms: [IntelColumn: String] = [
    .port:
      "ports dst_port dest_port destination_port dstport destport destinationport dport c2_port "
      + "port_proto port_protocol remote_port remoteport port_number portnumber port_dst tcp_port network_port "
      + "network_destination_port port_s server_port service_port dpt target_port zielport ziel_port",
    .transport:
      "proto transport transport_protocol ip_protocol l4_protocol l4proto layer4_protocol prot ip_proto "
      + "network_transport network_protocol protokoll",
    .address:
      "ip ips ip_str dst_ip dest_ip destination_ip dstip destip destinationip ip_address ipaddress ip_addr "
      + "ipaddr addr dst dest remote_ip remoteip c2_ip ipv4 ipv6 ip_dst dst_addr dest_addr "
      + "network_ip network_destination_ip destination_address cidr network subnet netblock ip_range c2_server_ip server_ip "
      + "network_ipv4 network_ipv6 network_destination_ipv4 network_destination_ipv6 dst_address "
      + "remote_address server_address target_ip c2_address network_cidr_block "
      + "network_destination_cidr_block ip_adresse ziel_ip zielip zieladresse adresse_ip",
    .host:
      "hostname host_name hosts domain fqdn domain_name c2_domain dst_host dest_host destination_hostname "
      + "destinationhostname",
    .actor:
      "actor_or_software label malware malware_printable family malware_family malware_name threat "
      + "threat_name threat_actor threatactor software tool c2_name framework name display_name "
      + "malware_names activity_group_names",
    .attackID: "mitre_id attackid technique technique_id mitre_attack_id",
    .source: "feed provider source_name",
    .url: "reference references link",
    .note: "comment comments description info notes threat_type threat_type_desc remark remarks "
      + "scenario beschreibung kommentar bemerkung",
    .validFrom: "validfrom first_seen first_seen_utc firstseen date_added dateadded first_reported",
    .validUntil:
      "validuntil valid_to expires expires_at expiration expiration_date expiry expiration_time "
      + "expiration_date_time",
    .confidence: "confidence_level confidencelevel confidence_score",
    .labels: "tags tag label_list attribute_tag",
    .identity: "uuid ioc_id indicator_id entry_id",
    .image: "process process_name process_path process_image process_executable image_path exe",
    .parent:
      "parent_image parent_process parent_name parent_process_name parent_image_path process_parent_name "
      + "process_parent_executable",
    .direction: "network_direction traffic_direction flow_direction dir",
    .value: "ioc ioc_value indicator indicator_value observable observable_value entry ip_port c2",
    .type: "ioc_type indicator_type itype observable_type value_type entity_type",
    .sourceAddress:
      "src_ip source_ip srcip sourceip src source_address src_addr ip_src network_source_ip "
      + "network_source_ipv4 network_source_ipv6 network_source_cidr_block",
    .sourcePort: "src_port source_port srcport sourceport sport network_source_port",
    .isForDetection: "to_ids is_active active enabled is_enabled is_threat is_malicious",
    .isRevoked:
      "revoked is_revoked deleted is_deleted whitelisted is_whitelisted allowlisted false_positive "
      + "is_false_positive simulated expired is_expired riot",
    .status: "status state verdict action disposition classification",
    .firstAddress: "start start_ip startip first_ip range_start ip_start ip_from start_address",
    .lastAddress: "end end_ip endip last_ip range_end ip_end ip_to end_address",
    .pattern: "stix_pattern indicator_pattern",
    .description:
      "last_online last_seen last_seen_utc lastseen country country_code as_number as_name asn "
      + "reporter anonymous fk_malware malware_alias malware_malpedia malware_samples c2_status "
      + "category event_id date timestamp object_name object_id object_relation "
      + "object_meta_category event_info event_member_org event_source_org event_date "
      + "event_threat_level_id event_analysis event_distribution event_tag ioc_type_desc threat_id "
      + "sha256 sha1 md5 isp city latitude longitude rank count hits created modified updated",
  ]

  private static let byName: [String: IntelColumn] = {
    var names = Dictionary(uniqueKeysWithValues: ownNames)
    for (column, words) in synonyms {
      for word in words.split(separator: " ") { names[String(word)] = column }
    }
    names["type"] = .type
    names["value"] = .value
    names["pattern"] = .pattern
    return names
  }()

  /// Neither case nor the sign between words distinguishes names.
  init?(_ name: String) {
    guard
      let column = Self.byName[Self.withoutPrefix(Self.plain(name))]
        ?? Self.byName[Self.plain(Self.apart(name))]
    else { return nil }
    self = column
  }

  /// `threat.indicator.ip` of ECS as `ip`.
  private static func withoutPrefix(_ name: String) -> String {
    for prefix in ["threat_indicator_", "source_threat_indicator_"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }

  /// `IndicatorValue` as `Indicator Value`.
  static func apart(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      if ("A"..."Z").contains(scalar), let last = text.unicodeScalars.last,
        ("a"..."z").contains(last)
      {
        text += " "
      }
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  static func plain(_ name: String) -> String {
    var plain = ""
    for scalar in name.trimmed.lowercased().unicodeScalars {
      let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      if isWord {
        plain.unicodeScalars.append(scalar)
      } else if !plain.isEmpty, !plain.hasSuffix("_") {
        plain += "_"
      }
    }
    if plain.hasSuffix("_") { plain.removeLast() }
    return plain
  }

  /// Whether an entry can say by it what to look for.
  var isSubject: Bool {
    switch self {
    case .port, .address, .host, .value, .firstAddress, .pattern: true
    default: false
    }
  }

  /// Whether two values of it in one entry contradict each other. A host may have several names, and lists
  /// give several dates.
  fileprivate var isSingular: Bool {
    switch self {
    case .port, .transport, .address, .value, .direction, .image, .parent, .sourcePort, .pattern:
      true
    default: false
    }
  }

  /// Whether a value with parts in it says what to look for.
  var isMeant: Bool {
    isCondition || self == .value || self == .pattern || self == .firstAddress
      || self == .lastAddress
  }

  /// Whether leaving it out could make an indicator wider.
  private var isCondition: Bool {
    switch self {
    case .port, .transport, .address, .host, .image, .parent, .direction, .validFrom, .validUntil:
      true
    default: false
    }
  }

  /// One of our own columns that an unknown name was probably meant for.
  static func meant(by name: String, besides known: [IntelColumn?]) -> String? {
    guard !UnknownName(name).isDescription else { return nil }
    let names = ownNames.filter { $0.column.isCondition && !known.contains($0.column) }.map(\.name)
    return closest(to: plain(name), among: names)
  }
}

/// The named values of one entry.
struct IntelRecord {
  private var values = [String](repeating: "", count: IntelColumn.allCases.count)

  /// Why it cannot be kept whole; nil: it can.
  private(set) var problem: String?

  subscript(column: IntelColumn) -> String {
    get { values[column.rawValue] }
    set { values[column.rawValue] = newValue }
  }

  mutating func clear() {
    for index in values.indices where !values[index].isEmpty { values[index] = "" }
    problem = nil
  }

  /// Takes a value in the order of the columns; of several with one meaning the first that is not empty.
  mutating func take(_ text: String, of column: IntelColumn) {
    if self[column].isEmpty {
      self[column] = text
    } else if column.isSingular, !text.isEmpty, text != self[column] {
      problem = problem ?? "two values for one thing, which contradict each other"
    }
  }

  mutating func refuse(_ reason: String) { problem = problem ?? reason }

  /// Checks whether an unused value narrows the entry: leaving it out would make the entry wider.
  mutating func passOver(_ text: String, of name: UnknownName) {
    guard problem == nil, !text.isEmpty else { return }
    problem = name.problem(text, in: self)
  }
}
