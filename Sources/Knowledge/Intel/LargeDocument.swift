import Foundation

/// A MISP export or a STIX bundle that is too large to be held: it is read twice, element by element.
///
/// What an event says of itself may come after its attributes, and what an indicator indicates after it: the
/// first time everything but the elements of long lists is kept, and the second time these are read.
struct LargeDocument {
  private enum Kind {
    /// By the number of the list: the event that it belongs to, and whether its elements are objects.
    case misp([Int: (reader: MispReader, isOfObjects: Bool)])
    case stix(StixReader)
  }

  private let kind: Kind
  private let path: String

  var format: IntelFeed.Format {
    switch kind {
    case .misp: .misp
    case .stix: .stix
    }
  }

  /// Whether a file may be one, by its beginning.
  static func mayBe(_ head: [UInt8]) -> Bool {
    guard FeedCheck.beginsAsJSON(head, from: FeedCheck.start(head)) else { return false }
    let text = String(decoding: head.prefix(64 << 10), as: UTF8.self)
    return ["\"bundle\"", "\"Event\"", "\"response\"", "\"Attribute\""].contains {
      text.contains($0)
    }
  }

  /// Reads the whole file for what is around the lists.
  ///
  /// - Parameter head: What was read of it.
  /// - Returns: Nil for a document of another form.
  /// - Throws: ``JobFileError``.
  init?(_ file: FeedFile, head: [UInt8], pieceBytes: Int) throws(JobFileError) {
    path = file.path
    var stix = StixReader()
    var scanner = ListScanner(keepsRest: true)
    var index = 0
    try scanner.read(file, head: head, pieceBytes: pieceBytes) { bytes, range, list in
      guard list.isOfStix else { return }
      let fields = QuickObject(bytes, range, QuickObject.referring)?.fields(bytes)
      if let object = fields ?? Self.parsed(bytes[range]) { stix.note(object, at: index) }
      index += 1
    }
    guard
      let root = try? JSONSerialization.jsonObject(with: Data(scanner.rest))
    else { throw Self.invalid(path) }
    if let events = MispReader.events(root) {
      var lists: [Int: (reader: MispReader, isOfObjects: Bool)] = [:]
      for event in events {
        for (key, isOfObjects) in [("Attribute", false), ("Object", true)] {
          guard let number = ListScanner.number(of: event[key]) else { continue }
          lists[number] = (MispReader(event), isOfObjects)
        }
      }
      kind = .misp(lists)
    } else if (root as? [String: Any])?["type"] as? String == "bundle" {
      kind = .stix(stix)
    } else {
      return nil
    }
  }

  /// Reads the elements.
  ///
  /// - Throws: ``JobFileError``.
  func read(pieceBytes: Int, into entries: inout IntelEntries) throws(JobFileError) {
    let file = try FeedFile(path)
    var scanner = ListScanner(keepsRest: false)
    var index = 0
    var isValid = true
    var templates = ElementTemplates()
    try scanner.read(file, head: [], pieceBytes: pieceBytes) { bytes, range, list in
      defer { index += list.isOfStix ? 1 : 0 }
      let members = QuickObject(
        bytes, range, list.isOfStix ? QuickObject.ofStix : QuickObject.ofMisp)
      if let members, var found = templates.indicator(members, of: list, in: bytes),
        let identity = identity(found, at: index)
      {
        found.identity = identity
        entries.begin(place: found.identity)
        entries.take(found)
        return
      }
      guard let object = members?.fields(bytes) ?? Self.parsed(bytes[range]) else {
        isValid = false
        return
      }
      let before = entries.indicators.count
      switch kind {
      case .misp(let lists):
        guard let (reader, isOfObjects) = lists[list.number] else { return }
        if isOfObjects {
          reader.read(object: object, into: &entries)
        } else {
          reader.read(attribute: object, into: &entries)
        }
      case .stix(let reader): reader.read(object, at: index, into: &entries)
      }
      if let members, entries.indicators.count == before + 1,
        let made = entries.indicators.last, identity(made, at: index) != nil
      {
        templates.keep(made, of: members, list, in: bytes)
      }
    }
    guard isValid else { throw Self.invalid(path) }
  }

  /// The name of an indicator, where nothing beside its element says more of it.
  private func identity(_ indicator: Indicator, at index: Int) -> String? {
    switch kind {
    case .misp: indicator.identity
    case .stix(let reader): reader.lone(indicator.identity, at: index)
    }
  }

  private static func parsed(_ bytes: ArraySlice<UInt8>) -> [String: Any]? {
    try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
  }

  static func invalid(_ path: String) -> JobFileError {
    JobFileError(path, nil, "not valid JSON", hint: "was it fetched in full? Fetch it again")
  }
}

/// Finds the elements of long lists in a JSON document that is read piece by piece.
struct ListScanner {
  struct List {
    var number: Int
    /// Whether it is one of STIX objects, by its name.
    var isOfStix: Bool
  }

  private enum Nesting { case object, array, list(List) }

  private static let names: Set<String> = ["Attribute", "Object", "objects"]
  private static let mark = "oddport"
  private static let maxRest = 16 << 20

  private let keepsRest: Bool
  /// All but the elements of the lists; each holds its number instead.
  private(set) var rest: [UInt8] = []
  private var open: [Nesting] = []
  private var key = ""
  private var listCount = 0

  init(keepsRest: Bool) { self.keepsRest = keepsRest }

  /// The number of a list in the rest of a document.
  static func number(of list: Any?) -> Int? {
    ((list as? [Any])?.first as? [String: Any])?[mark] as? Int
  }

  /// Reads the whole file, of which no more than an element is held.
  ///
  /// - Parameter body: Is given each element: where it is, and its list.
  /// - Throws: ``JobFileError``.
  mutating func read(
    _ file: FeedFile, head: [UInt8], pieceBytes: Int,
    element body: ([UInt8], Range<Int>, List) -> Void
  ) throws(JobFileError) {
    var bytes = head
    if bytes.isEmpty { try file.read(pieceBytes, onto: &bytes) }
    var at = FeedCheck.start(bytes)
    var piece = pieceBytes
    while true {
      let start = at
      while let next = step(bytes, at, body) { at = next }
      guard unsafe bytes.withUnsafeBytes({ unsafe FeedCheck.isUTF8($0, start..<at) }) else {
        throw JobFileError(file.path, nil, "is not UTF-8", hint: "save it as UTF-8")
      }
      guard rest.count <= Self.maxRest else {
        throw JobFileError(
          file.path, nil, "holds more than \(Self.maxRest >> 20) MiB beside its lists",
          hint: "is it a feed?")
      }
      if file.isAtEnd {
        let isWhole = open.isEmpty && bytes[at...].allSatisfy { $0 <= 0x20 }
        guard isWhole else { throw LargeDocument.invalid(file.path) }
        return
      }
      // An element that is longer than a piece needs more at once.
      piece = at > start ? pieceBytes : piece * 2
      bytes = Array(bytes[at...])
      at = 0
      try file.read(piece, onto: &bytes)
    }
  }

  /// - Returns: What follows; nil where more has to come first, or nothing that is JSON follows.
  private mutating func step(
    _ bytes: [UInt8], _ at: Int, _ body: ([UInt8], Range<Int>, List) -> Void
  ) -> Int? {
    guard at < bytes.count else { return nil }
    let byte = bytes[at]
    if case .list(let list)? = open.last {
      switch byte {
      case UInt8(ascii: "]"): break
      case UInt8(ascii: ","), 0...0x20: return at + 1
      default:
        guard let end = RecordScanner.end(of: bytes, at), end > at else { return nil }
        if byte == UInt8(ascii: "{") { body(bytes, at..<end, list) }
        return end
      }
    }
    switch byte {
    case UInt8(ascii: "{"):
      open.append(.object)
      keep([byte])
    case UInt8(ascii: "["):
      if case .object? = open.last, Self.names.contains(key) {
        listCount += 1
        open.append(.list(List(number: listCount, isOfStix: key == "objects")))
        keep(Array("[{\"\(Self.mark)\":\(listCount)}".utf8))
      } else {
        open.append(.array)
        keep([byte])
      }
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      guard open.popLast() != nil else { return nil }
      keep([byte])
    case UInt8(ascii: "\""):
      guard let end = RecordScanner.end(of: bytes, at), end < bytes.count else { return nil }
      key = end - at <= 16 ? String(decoding: bytes[at + 1..<end - 1], as: UTF8.self) : ""
      keep(bytes[at..<end])
      return end
    default: keep([byte])
    }
    return at + 1
  }

  private mutating func keep(_ bytes: some Sequence<UInt8>) {
    if keepsRest { rest.append(contentsOf: bytes) }
  }
}

/// The members of an object in JSON that a feed's readers look at.
struct QuickObject {
  /// A member's name, and the same as bytes, so that most are told apart by their length.
  typealias Name = (text: String, bytes: [UInt8])

  private static func list(_ texts: [String]) -> [Name] { texts.map { ($0, Array($0.utf8)) } }

  /// What objects of STIX say that others refer to.
  static let referring = list([
    "type", "id", "modified", "created", "name", "external_references", "relationship_type",
    "source_ref", "target_ref",
  ])
  /// What indicators of STIX say.
  static let ofStix = list([
    "type", "id", "pattern", "pattern_type", "revoked", "name", "description", "labels",
    "indicator_types", "created_by_ref", "confidence", "valid_from", "valid_until",
    "external_references",
  ])
  /// What attributes and objects of MISP say.
  static let ofMisp = list([
    "type", "value", "to_ids", "uuid", "deleted", "comment", "first_seen", "Tag", "decay_score",
    "object_relation", "name", "Attribute",
  ])

  let names: [Name]
  /// The index of a member's name, and where its value is.
  private(set) var members: [(name: Int, value: Range<Int>)] = []

  /// - Parameter names: Of the members that are wanted.
  /// - Returns: Nil for what has to be read another way.
  init?(_ bytes: [UInt8], _ range: Range<Int>, _ names: [Name]) {
    self.names = names
    members.reserveCapacity(names.count)
    var at = range.lowerBound + 1
    while let member = Self.member(bytes, at) {
      at = member.end
      guard !bytes[member.key].contains(UInt8(ascii: "\\")) else { return nil }
      let name = names.firstIndex {
        $0.bytes.count == member.key.count && $0.bytes.elementsEqual(bytes[member.key])
      }
      guard let name else { continue }
      guard !members.contains(where: { $0.name == name }) else { return nil }
      members.append((name, member.value..<member.end))
    }
    while at < range.upperBound, bytes[at] <= 0x20 { at += 1 }
    guard at == range.upperBound - 1, bytes[at] == UInt8(ascii: "}") else { return nil }
  }

  /// Each scalar as its text.
  func fields(_ bytes: [UInt8]) -> [String: Any]? {
    var fields: [String: Any] = [:]
    for (name, range) in members {
      guard let value = Self.value(bytes, range) else { return nil }
      fields[names[name].text] = value
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
