import Foundation

/// The members of an object in JSON that a feed's readers look at.
struct QuickObject {
  enum Member: String {
    case attribute = "Attribute"
    case comment, confidence, created
    case createdBy = "created_by_ref"
    case decayScore = "decay_score"
    case deleted, description
    case externalReferences = "external_references"
    case firstSeen = "first_seen"
    case id
    case indicatorTypes = "indicator_types"
    case labels, modified, name
    case objectRelation = "object_relation"
    case pattern
    case patternType = "pattern_type"
    case relationshipType = "relationship_type"
    case revoked
    case sourceRef = "source_ref"
    case tag = "Tag"
    case targetRef = "target_ref"
    case toIDs = "to_ids"
    case type, uuid
    case validFrom = "valid_from"
    case validUntil = "valid_until"
    case value
    case warnings
  }

  /// A member, and its name as bytes, so that most are told apart by their length.
  typealias Name = (member: Member, bytes: [UInt8])

  private static func list(_ members: [Member]) -> [Name] {
    members.map { ($0, Array($0.rawValue.utf8)) }
  }

  /// What objects of STIX say that others refer to.
  static let referring = list([
    .type, .id, .modified, .created, .name, .externalReferences, .relationshipType, .sourceRef,
    .targetRef,
  ])
  /// What indicators of STIX say.
  static let ofStix = list([
    .type, .id, .pattern, .patternType, .revoked, .name, .description, .labels, .indicatorTypes,
    .createdBy, .confidence, .validFrom, .validUntil, .externalReferences,
  ])
  /// What attributes and objects of MISP say.
  static let ofMisp = list([
    .type, .value, .toIDs, .uuid, .deleted, .comment, .firstSeen, .tag, .decayScore,
    .objectRelation, .name, .attribute, .warnings,
  ])

  let names: [Name]
  /// The index of a member's name, and where its value is.
  private(set) var members: [(name: Int, value: Range<Int>)] = []
  /// Where the object ends.
  let end: Int

  /// - Parameter names: Of the members that are wanted.
  /// - Returns: Nil for what has to be read another way.
  init?(_ bytes: [UInt8], _ start: Int, _ names: [Name]) {
    self.names = names
    members.reserveCapacity(names.count)
    var at = start + 1
    while let member = Self.member(bytes, at) {
      at = member.end
      guard let name = Self.index(of: bytes, member.key, names) else {
        if bytes[member.key].contains(UInt8(ascii: "\\")) { return nil }
        continue
      }
      guard !members.contains(where: { $0.name == name }) else { return nil }
      members.append((name, member.value..<member.end))
    }
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "}") else { return nil }
    end = at + 1
  }

  /// Where a member's text is; nil for one that is not there, is no text or holds escapes.
  func text(_ name: Member, in bytes: [UInt8]) -> Range<Int>? {
    guard let member = members.first(where: { names[$0.name].member == name }),
      bytes[member.value.lowerBound] == UInt8(ascii: "\"")
    else { return nil }
    let inner = member.value.lowerBound + 1..<member.value.upperBound - 1
    return bytes[inner].contains(UInt8(ascii: "\\")) ? nil : inner
  }

  /// The index of a name; nil for one that is not wanted.
  private static func index(
    of bytes: [UInt8], _ key: Range<Int>, _ names: [Name]
  ) -> Int? {
    let text = bytes.span.extracting(key)
    search: for index in names.indices where names[index].bytes.count == text.count {
      for at in text.indices where names[index].bytes[at] != text[at] { continue search }
      return index
    }
    return nil
  }

  /// Each scalar as its text.
  func fields(_ bytes: [UInt8]) -> [String: Any]? {
    var fields: [String: Any] = [:]
    for (name, range) in members {
      guard let value = Self.value(bytes, range) else { return nil }
      fields[names[name].member.rawValue] = value
    }
    return fields
  }

  /// A key, where its value begins, and where that ends.
  private static func member(
    _ bytes: [UInt8], _ start: Int
  ) -> (key: Range<Int>, value: Int, end: Int)? {
    func afterBlanks(_ start: Int) -> Int {
      var at = start
      while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
      return at
    }
    var at = afterBlanks(start)
    if at < bytes.count, bytes[at] == UInt8(ascii: ",") { at = afterBlanks(at + 1) }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\""),
      let keyEnd = RecordScanner.end(of: bytes, at)
    else { return nil }
    let key = at + 1..<keyEnd - 1
    at = afterBlanks(keyEnd)
    guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return nil }
    at = afterBlanks(at + 1)
    guard let end = RecordScanner.end(of: bytes, at), end > at else { return nil }
    return (key, at, end)
  }

  private static func value(_ bytes: [UInt8], _ range: Range<Int>) -> Any? {
    let value = bytes[range]
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "\"") where !value.contains(UInt8(ascii: "\\")):
      return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
    case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["):
      return try? JSONSerialization.jsonObject(with: Data(value), options: .fragmentsAllowed)
    case UInt8(ascii: "n"): return NSNull()
    default: return String(decoding: value, as: UTF8.self)
    }
  }
}
