import Facts
import Hunting

/// Where to look further: the same events in other tools. Values are quoted for each language; the
/// text as a whole still has to be escaped for where it is shown.
struct Pivot {
  var language: String
  var text: String
}

/// Where the events that a pivot asks for are kept, as far as their shapes tell: a shape of Winlogbeat means Elastic, one
/// of Splunk's data model Splunk.
struct PivotHome: OptionSet {
  let rawValue: Int

  static let splunk = Self(rawValue: 1)
  static let sentinel = Self(rawValue: 2)
  static let asim = Self(rawValue: 4)
  static let elastic = Self(rawValue: 8)
  /// Winlogbeat's own fields, where nothing has made ECS of them.
  static let winlogbeat = Self(rawValue: 16)
  static let winlogbeat6 = Self(rawValue: 32)
  static let any: Self = [.splunk, .sentinel, .elastic]

  private static let ofShapes: [String: Self] = [
    "splunk_cim": .splunk, "asim": .asim, "winlogbeat6": .winlogbeat6, "winlogbeat": .winlogbeat,
    "winlogbeat_ecs": .elastic, "winlogbeat_ecs_fields": .elastic, "winlogbeat_fields": .winlogbeat,
  ]

  init(rawValue: Int) { self.rawValue = rawValue }

  /// - Parameter events: Those of the input.
  init(_ events: some Sequence<EventClass>) {
    let homes = events.compactMap { event -> Self? in
      // Other products have pivots of their own.
      let isSysmon = !event.shape.hasPrefix("defender") && !event.shape.hasPrefix("ocsf")
      guard event.kind == .connection, isSysmon else { return nil }
      return Self.ofShapes[event.shape] ?? .any
    }
    self = homes.isEmpty ? .any : homes.reduce([]) { $0.union($1) }
  }
}

extension Finding {
  func pivots(_ home: PivotHome) -> [Pivot] {
    PivotTarget(
      id: id, host: host, image: image, addresses: kind == .tableRow ? [] : remoteAddresses,
      ports: portsUsed, first: firstSeen, last: lastSeen
    ).pivots(sources, home)
  }
}

extension Beacon {
  func pivots(_ home: PivotHome) -> [Pivot] {
    PivotTarget(
      id: id, host: host, image: "", addresses: addresses.isEmpty ? [address] : addresses,
      ports: [port], first: firstSeen, last: lastSeen
    ).pivots(sources, home)
  }
}

/// The search terms of a pivot.
private struct PivotTarget {
  var id: String
  var host: String
  /// Empty where any will do.
  var image: String
  /// None where any will do.
  var addresses: [String]
  var ports: [PortText]
  var first: UTCTime?
  var last: UTCTime?

  /// More would make a query that nobody can read.
  private static let maxAddresses = 20

  /// In the languages of the tools that hold such events: of all that are known where the source is unknown.
  func pivots(_ sources: [Source], _ home: PivotHome) -> [Pivot] {
    let sources = sources.isEmpty ? [.windowsSysmon, .defender] : sources
    return sources.flatMap { source -> [Pivot] in
      switch source {
      case .windowsSysmon: windows(home)
      case .linuxSysmon:
        [
          splunk(source: "Syslog:Linux-Sysmon/Operational"),
          sentinel("Syslog | where SyslogMessage has \"<EventID>3</EventID>\"", "SyslogMessage"),
          elastic("event.code: \"3\" and event.dataset: \"sysmon_linux.log\""),
        ]
      case .defender: [defender]
      case .ocsf: [elastic("class_uid: 4001", .ocsf)]
      }
    } + [
      Pivot(language: "Raw lines, by the ledger", text: "oddport evidence \(id) --ledger LEDGER")
    ]
  }

  private func windows(_ home: PivotHome) -> [Pivot] {
    var pivots: [Pivot] = []
    if home.contains(.splunk) {
      pivots.append(splunk(source: "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"))
    }
    if home.contains(.sentinel) {
      pivots.append(
        sentinel(
          "Event | where Source == \"Microsoft-Windows-Sysmon\" and EventID == 3", "EventData"))
    }
    if home.contains(.asim) { pivots.append(asim) }
    let channel = "\"Microsoft-Windows-Sysmon/Operational\""
    if home.contains(.elastic) {
      pivots.append(elastic("event.code: \"3\" and winlog.channel: \(channel)"))
    }
    if home.contains(.winlogbeat) {
      pivots.append(elastic("winlog.event_id: 3 and winlog.channel: \(channel)", .winlogbeat))
    }
    if home.contains(.winlogbeat6) {
      pivots.append(elastic("event_id: 3 and log_name: \(channel)", .winlogbeat6))
    }
    return pivots
  }

  private func splunk(source: String) -> Pivot {
    var text = "source=\(Quoting.spl(source)) EventCode=3"
    if !host.isEmpty { text += " Computer=" + Quoting.spl(host) }
    if !image.isEmpty { text += " Image=" + Quoting.spl(image) }
    text += one(of: addresses, " DestinationIp=", " DestinationIp IN (", Quoting.spl)
    text += one(of: ports.map(\.text), " DestinationPort=", " DestinationPort IN (", Quoting.spl)
    return Pivot(language: "SPL", text: text + Quoting.splSpan(first, last))
  }

  private var defender: Pivot {
    var text = "DeviceNetworkEvents" + Quoting.kqlSpan(first, last, "Timestamp")
    if !host.isEmpty { text += " | where DeviceName =~ " + Quoting.kql(host) }
    if !image.isEmpty {
      text += " | where InitiatingProcessFolderPath =~ " + Quoting.kql(image)
    }
    text += one(of: addresses, " | where RemoteIP == ", " | where RemoteIP in (", Quoting.kql)
    let numbers = ports.compactMap(\.number).map(String.init).joined(separator: ", ")
    return Pivot(language: "KQL", text: text + " | where RemotePort in (" + numbers + ")")
  }

  /// Sysmon's events as Sentinel keeps them: the data are text.
  private func sentinel(_ table: String, _ field: String) -> Pivot {
    var text = table + Quoting.kqlSpan(first, last, "TimeGenerated")
    if !host.isEmpty { text += " | where Computer =~ " + Quoting.kql(host) }
    if !image.isEmpty { text += " | where \(field) has " + Quoting.kql(image) }
    text += one(
      of: addresses, " | where \(field) has ", " | where \(field) has_any (", Quoting.kql)
    let values = ports.map { ">" + $0.text + "<" }
    text += one(of: values, " | where \(field) contains ", nil, Quoting.kql)
    return Pivot(language: "KQL (Sentinel)", text: text)
  }

  /// Sentinel's normalized schema for network sessions, of all products.
  private var asim: Pivot {
    var text =
      "_Im_NetworkSession | where EventProduct == \"Sysmon\""
      + Quoting.kqlSpan(first, last, "TimeGenerated")
    if !host.isEmpty {
      text += " | where Dvc =~ \(Quoting.kql(host)) or DvcFQDN =~ \(Quoting.kql(host))"
    }
    if !image.isEmpty { text += " | where SrcProcessName =~ " + Quoting.kql(image) }
    text += one(of: addresses, " | where DstIpAddr == ", " | where DstIpAddr in (", Quoting.kql)
    let numbers = ports.compactMap(\.number).map(String.init).joined(separator: ", ")
    return Pivot(
      language: "KQL (Sentinel, ASIM)", text: text + " | where DstPortNumber in (" + numbers + ")")
  }

  /// The names of the fields of a connection in an index.
  private struct ElasticFields {
    var host = "host.name"
    var image = "process.executable"
    var address = "destination.ip"
    var port = "destination.port"
    var language = "KQL (Elastic)"

    static let ecs = Self()
    static let winlogbeat = Self(
      host: "winlog.computer_name", image: "winlog.event_data.Image",
      address: "winlog.event_data.DestinationIp", port: "winlog.event_data.DestinationPort",
      language: "KQL (Elastic, Winlogbeat's fields)")
    static let winlogbeat6 = Self(
      host: "computer_name", image: "event_data.Image", address: "event_data.DestinationIp",
      port: "event_data.DestinationPort", language: "KQL (Elastic, Winlogbeat 6)")
    static let ocsf = Self(
      host: "device.hostname", image: "actor.process.file.path", address: "dst_endpoint.ip",
      port: "dst_endpoint.port")
  }

  private func elastic(_ events: String, _ fields: ElasticFields = .ecs) -> Pivot {
    func any(_ field: String, _ values: [String]) -> String {
      guard !values.isEmpty else { return "" }
      let list = values.prefix(Self.maxAddresses).map(Quoting.kql).joined(separator: " or ")
      return " and \(field): (\(list))"
    }
    var text = events
    text += any(fields.host, host.isEmpty ? [] : [host])
    text += any(fields.image, image.isEmpty ? [] : [image])
    text += any(fields.address, addresses)
    text += any(fields.port, ports.compactMap(\.number).map(String.init))
    if let first, let last {
      let end = UTCTime(milliseconds: (last.second + 1) * 1000)
      text += " and @timestamp >= \"\(first.iso8601)\" and @timestamp < \"\(end.iso8601)\""
    }
    return Pivot(language: fields.language, text: text)
  }

  /// - Parameter several: Nil where the language has no list: then several are left out.
  private func one(
    of values: [String], _ single: String, _ several: String?, _ quote: (String) -> String
  ) -> String {
    if values.count == 1, let value = values.first { return single + quote(value) }
    guard let several, !values.isEmpty else { return "" }
    return several + values.prefix(Self.maxAddresses).map(quote).joined(separator: ", ") + ")"
  }
}

/// Values of other people's query languages.
private enum Quoting {
  /// A backquote would call a macro even between quotes: a wildcard replaces it.
  static func spl(_ value: String) -> String {
    "\"" + escaped(value).map { $0 == "`" ? "*" : String($0) }.joined() + "\""
  }

  static func kql(_ value: String) -> String { "\"" + escaped(value) + "\"" }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\", "\"": text += "\\" + String(scalar)
      case _ where scalar.value < 32: text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// Whole seconds, the last one included.
  static func splSpan(_ first: UTCTime?, _ last: UTCTime?) -> String {
    guard let first, let last else { return "" }
    return " earliest=\(first.second) latest=\(last.second + 1)"
  }

  static func kqlSpan(_ first: UTCTime?, _ last: UTCTime?, _ field: String) -> String {
    guard let first, let last else { return "" }
    let end = UTCTime(milliseconds: (last.second + 1) * 1000)
    return " | where \(field) between (datetime(\(first.iso8601)) .. datetime(\(end.iso8601)))"
  }
}
