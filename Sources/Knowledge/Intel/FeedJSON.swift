import Diagnostics
import Foundation

/// A feed in JSON, of whichever form: one value, or one to a line.
struct FeedJSON {
  private let root: Any
  private let file: String
  private var name: String { file.split(separator: "/").last.map(String.init) ?? file }

  /// - Throws: ``JobFileError``.
  init(_ bytes: [UInt8], from start: Int, _ file: String) throws(JobFileError) {
    self.file = file
    let data = Data(bytes[start...])
    do {
      root = try JSONSerialization.jsonObject(with: data)
    } catch {
      guard let lines = Self.lines(bytes[start...]) else {
        throw JobFileError(
          file, nil, "not valid JSON", hint: "was it fetched in full? Fetch it again")
      }
      root = lines
    }
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [Any]? {
    var values: [Any] = []
    for line in bytes.split(separator: 10) where line.contains(where: { $0 > 0x20 }) {
      guard let value = try? JSONSerialization.jsonObject(with: Data(line)) else { return nil }
      values.append(value)
    }
    return values.count > 1 ? values : nil
  }

  /// Nil for what is not an object, and for one of STIX or MISP.
  static func fields(_ line: ArraySlice<UInt8>) -> [FeedField]? {
    object(line)?.map { FeedField($0.key, $0.value) }
  }

  /// Nil for what is not an object, and for one of STIX or MISP.
  static func object(_ line: ArraySlice<UInt8>) -> [String: Any]? {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
      StixReader.objects(object) == nil, MispReader.events(object) == nil
    else { return nil }
    return object
  }

  static func isSubject(_ field: FeedField) -> Bool {
    !field.text.isEmpty
      && (field.column?.isSubject == true || IntelColumn.plain(field.name) == "url")
  }

  /// - Throws: ``JobFileError`` for what is in none of the forms.
  func read(into entries: inout IntelEntries) throws(JobFileError) -> IntelFeed.Format {
    if let objects = StixReader.objects(root) {
      let reader = StixReader(objects)
      for (index, object) in objects.enumerated() {
        reader.read(object, at: index, into: &entries)
      }
      guard entries.count > 0 else {
        throw JobFileError(
          file, nil, "is a STIX bundle without an indicator",
          hint: "observables and reports say nothing to look for: export the indicators too")
      }
      return .stix
    }
    if let events = MispReader.events(root) {
      for event in events { MispReader(event).read(into: &entries) }
      return .misp
    }
    if Self.isWarningList(root) {
      throw JobFileError(
        file, nil, "is a MISP warning list, which names what is harmless",
        hint: "it is not intelligence: leave it out")
    }
    if let records = Self.records(root) {
      var reader = IntelRecordReader(source: name)
      for (index, object) in records.enumerated() {
        entries.begin(record: index + 1)
        reader.read(Self.record(object), into: &entries)
      }
      return .records
    }
    if let texts = root as? [String], !texts.isEmpty {
      var reader = IntelRecordReader(source: name)
      for (index, text) in texts.enumerated() {
        var record = IntelRecord()
        record[.value] = text.trimmed
        entries.begin(place: "value \(index + 1)")
        reader.read(record, into: &entries)
      }
      return .records
    }
    if Self.isManifest(root) {
      throw JobFileError(
        file, nil, "is the manifest of a MISP feed, which only lists events",
        hint: "fetch the events that it lists")
    }
    if let object = root as? [String: Any],
      let status = (object["query_status"] ?? object["error"] ?? object["message"]) as? String
    {
      throw JobFileError(
        file, nil, "is an answer without entries: \(quoted(status))", hint: "fetch it again")
    }
    throw JobFileError(
      file, nil, "is neither a STIX 2.1 bundle nor a MISP export nor a list of records",
      hint: "a bundle has \"type\": \"bundle\", an export an \"Event\" or a \"response\", a record"
        + " a port, an address or a name")
  }

  /// Objects with values that have known names: a list of them, or lists by some key, as ThreatFox and
  /// Feodo Tracker write them.
  private static func records(_ root: Any) -> [[String: Any]]? {
    func list(_ value: Any) -> [[String: Any]]? {
      guard let list = value as? [Any], !list.isEmpty else { return nil }
      let objects = list.compactMap { $0 as? [String: Any] }
      guard objects.count == list.count else { return nil }
      let records = objects.flatMap(inner)
      return records.contains(where: isRecord) ? records : nil
    }
    if let found = list(root) { return found }
    guard let object = root as? [String: Any] else { return nil }
    if inner(object).contains(where: isRecord) { return inner(object) }
    // As Elasticsearch answers a search.
    if let hits = object["hits"] as? [String: Any], let found = list(hits["hits"] ?? []) {
      return found
    }
    for key in [
      "data", "results", "items", "iocs", "indicators", "records", "entries", "resources", "value",
      "urls", "objects",
    ] {
      if let value = object[key], let found = list(value) { return found }
    }
    let keys = object.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var all: [[String: Any]] = []
    for key in keys {
      guard let value = object[key] else { return nil }
      // Beside records an answer says when it was made, and the like.
      let isAside =
        !(value is [Any] || value is [String: Any]) || (value as? [Any])?.isEmpty == true
      if isAside { continue }
      guard
        var found = list(value) ?? (value as? [String: Any]).map({ [$0] })
          ?? (value as? [String])?.map({ ["ioc": $0] })
      else { return nil }
      if takenBack.contains(IntelColumn.plain(key)) {
        for index in found.indices { found[index]["revoked"] = "true" }
      }
      // Records by their address or name say it nowhere else.
      if let named = try? IntelValue(key), !named.isPortOnly {
        for index in found.indices where found[index]["ioc"] == nil { found[index]["ioc"] = key }
      }
      all += found
    }
    return all.contains(where: isRecord) ? all : nil
  }

  /// What an object is around: the indicator of an event of ECS, decisions of an alert of CrowdSec, indicators of a
  /// pulse of OTX, or the properties of a resource of Azure.
  static func inner(_ object: [String: Any]) -> [[String: Any]] {
    if let source = object["_source"] as? [String: Any] { return inner(source) }
    if let threat = object["threat"] as? [String: Any],
      let indicator = threat["indicator"] as? [String: Any]
    {
      // Beside it such an event may say what else has to be met.
      let beside = object.filter { FeedField.partsOfConnections.contains($0.key) }
      return [indicator.merging(beside) { own, _ in own }]
    }
    for key in ["decisions", "indicators"] {
      if let records = object[key] as? [[String: Any]], !isRecord(object) { return records }
    }
    if let properties = object["properties"] as? [String: Any], properties["pattern"] is String {
      return [properties.merging(["id": object["name"] ?? ""]) { own, _ in own }]
    }
    return [object]
  }

  /// Keys under which lists say what is no longer meant.
  static let takenBack: Set = [
    "deleted", "removed", "revoked", "expired", "whitelist", "whitelisted", "allowlist",
    "allowlisted", "false_positives", "exclusions", "exceptions",
  ]

  static func isRecord(_ object: [String: Any]) -> Bool {
    object.contains { key, value in
      (IntelColumn(key)?.isSubject == true || IntelColumn.plain(key) == "url") && !(value is [Any])
    }
  }

  private static func isWarningList(_ root: Any) -> Bool {
    guard let object = root as? [String: Any] else { return false }
    let isDescribed = object["description"] is String && object["version"] != nil
    return object["list"] is [Any] && (object["matching_attributes"] is [Any] || isDescribed)
  }

  /// What a list of JSON lines says about itself.
  static func isMetadata(_ fields: [FeedField]) -> Bool {
    fields.contains { $0.name == "type" && $0.text == "metadata" }
      && !fields.contains { $0.column?.isSubject == true }
  }

  private static func isManifest(_ root: Any) -> Bool {
    guard let object = root as? [String: Any], !object.isEmpty else { return false }
    return object.values.allSatisfy { value in
      (value as? [String: Any]).map { $0["info"] != nil && $0["timestamp"] != nil } ?? false
    }
  }

  static func record(_ object: [String: Any]) -> IntelRecord {
    record(object.map { FeedField($0.key, $0.value) })
  }

  /// - Parameter fields: With different names.
  static func record(_ fields: [FeedField]) -> IntelRecord {
    var record = IntelRecord()
    let fields = fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let isURL = !fields.contains { !$0.text.isEmpty && $0.column?.isSubject == true }
    // Shodan gives the same address as a number.
    let hasTextOfAddress = fields.contains { $0.name == "ip_str" }
    for field in fields {
      guard let column = field.column, column != .description else { continue }
      if let problem = field.problem { record.refuse(problem) }
      if isURL, IntelColumn.plain(field.name) == "url" {
        record.take(field.text, of: .value)
      } else if column == .address, field.isNumber, hasTextOfAddress {
        continue
      } else {
        record.take(field.text, of: column)
      }
    }
    for field in fields where field.column == nil {
      record.passOver(field.text, of: UnknownName(field.name))
      if let problem = field.problem { record.refuse(problem) }
      if field.hasPorts { record.refuse("ports in \(quoted(field.name)), which is not read") }
    }
    return record
  }

  /// A value of JSON as text; "" for what is not there and what has parts.
  static func text(_ value: Any?) -> String {
    switch value {
    case let text as String: text.trimmed
    case let number as NSNumber: number.stringValue
    case let list as [Any]: list.map { text($0) }.filter { !$0.isEmpty }.joined(separator: ",")
    default: ""
    }
  }
}
