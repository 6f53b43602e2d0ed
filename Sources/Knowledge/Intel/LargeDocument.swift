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
    try scanner.read(
      file, head: head, pieceBytes: pieceBytes, members: (QuickObject.referring, [])
    ) { bytes, range, members, list in
      guard list.isOfStix else { return }
      defer { index += 1 }
      if let members, stix.note(members, in: bytes, at: index) { return }
      if let object = members?.fields(bytes) ?? Self.parsed(bytes[range]) {
        stix.note(object, at: index)
      }
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
    try scanner.read(
      file, head: [], pieceBytes: pieceBytes, members: (QuickObject.ofStix, QuickObject.ofMisp)
    ) { bytes, range, members, list in
      defer { index += list.isOfStix ? 1 : 0 }
      if list.isOfStix, let type = members?.text(.type, in: bytes),
        !bytes[type].elementsEqual("indicator".utf8)
      {
        return
      }
      let beside = members.flatMap { self.beside($0, in: bytes, at: index) }
      if let members, let beside,
        let found = templates.indicator(members, of: list, beside, in: bytes)
      {
        // It is taken, and needs no place.
        entries.begin(line: 0)
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
      if let members, let beside, entries.indicators.count == before + 1,
        let made = entries.indicators.last
      {
        templates.keep(made, of: members, list, beside, in: bytes)
      }
    }
    guard isValid else { throw Self.invalid(path) }
  }

  /// What is said of an element elsewhere; nil where that is more than templates know of.
  private func beside(
    _ members: QuickObject, in bytes: [UInt8], at index: Int
  ) -> ElementTemplates.Beside? {
    guard case .stix(let reader) = kind else { return ElementTemplates.Beside() }
    guard let range = members.text(.id, in: bytes) else { return nil }
    let id = EntryName(bytes, range)
    guard let targets = reader.targets(of: id, at: index) else { return nil }
    return ElementTemplates.Beside(id: id, targets: targets, nameActor: reader.haveName(targets))
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

  typealias Body = ([UInt8], Range<Int>, QuickObject?, List) -> Void

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
  /// - Parameters:
  ///   - members: Those that are wanted of elements of STIX and of MISP.
  ///   - body: Is given each element: where it is, its members, nil where it has to be read another way, and
  ///     its list.
  /// - Throws: ``JobFileError``.
  mutating func read(
    _ file: FeedFile, head: [UInt8], pieceBytes: Int,
    members: (stix: [QuickObject.Name], misp: [QuickObject.Name]), element body: Body
  ) throws(JobFileError) {
    var bytes = head
    if bytes.isEmpty { try file.read(pieceBytes, onto: &bytes) }
    var at = FeedCheck.start(bytes)
    var piece = pieceBytes
    while true {
      let start = at
      while let next = step(bytes, at, members, body) { at = next }
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
      bytes.letGo(at, pieceBytes: pieceBytes)
      at = 0
      try file.read(piece, onto: &bytes)
    }
  }

  /// - Returns: What follows; nil where more has to come first, or nothing that is JSON follows.
  private mutating func step(
    _ bytes: [UInt8], _ at: Int, _ members: (stix: [QuickObject.Name], misp: [QuickObject.Name]),
    _ body: Body
  ) -> Int? {
    guard at < bytes.count else { return nil }
    let byte = bytes[at]
    if case .list(let list)? = open.last {
      switch byte {
      case UInt8(ascii: "]"): break
      case UInt8(ascii: ","), 0...0x20: return at + 1
      default:
        if byte == UInt8(ascii: "{"),
          let object = QuickObject(bytes, at, list.isOfStix ? members.stix : members.misp)
        {
          body(bytes, at..<object.end, object, list)
          return object.end
        }
        guard let end = RecordScanner.end(of: bytes, at), end > at else { return nil }
        if byte == UInt8(ascii: "{") { body(bytes, at..<end, nil, list) }
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
