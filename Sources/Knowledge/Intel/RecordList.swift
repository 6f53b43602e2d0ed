import Foundation

/// Makes entries of records in JSON that are read one by one: what a record says beside its own values is made
/// out once.
struct RecordReader {
  private var reader: IntelRecordReader
  private var templates = EntryTemplates()
  private var columns: [String: IntelColumn?] = [:]
  private var scanner = RecordScanner()

  init(source: String) { reader = IntelRecordReader(source: source) }

  enum Found {
    case fields([FeedField])
    /// Not an object, or one of STIX or MISP.
    case none
  }

  /// Takes or refuses the record at `range`, which `begin` has to announce where it is one.
  mutating func read(
    _ bytes: [UInt8], _ range: Range<Int>, into entries: inout IntelEntries,
    begin: (inout IntelEntries) -> Void
  ) {
    let cells = scanner.cells(of: bytes, range)
    if !scanner.parts.isEmpty, readInner(bytes, range, cells, into: &entries, begin: begin) {
      return
    }
    if let cells, let outcome = templates.outcome(cells, in: bytes) {
      begin(&entries)
      entries.take(outcome, of: cells, in: bytes)
      return
    }
    guard let fields = fields(bytes, range) else {
      begin(&entries)
      entries.refuse(String(decoding: bytes[range], as: UTF8.self), "not valid JSON")
      return
    }
    if FeedJSON.isMetadata(fields) { return }
    begin(&entries)
    let made = reader.read(FeedJSON.record(fields), into: &entries)
    if let made, let cells { templates.keep(made, of: cells, in: bytes) }
  }

  /// Takes or refuses what an object is around.
  ///
  /// - Returns: False where it is around nothing.
  private mutating func readInner(
    _ bytes: [UInt8], _ range: Range<Int>, _ cells: [EntryCell]?, into entries: inout IntelEntries,
    begin: (inout IntelEntries) -> Void
  ) -> Bool {
    let parts = scanner.parts
    if parts.count == 1, let (part, inner) = parts.first,
      bytes[inner.lowerBound] == UInt8(ascii: "{")
    {
      if part == .source {
        read(bytes, inner, into: &entries, begin: begin)
        return true
      }
      if part == .threat, scanner.cells(of: bytes, inner) != nil, scanner.parts.count == 1,
        let (part, indicator) = scanner.parts.first, part == .indicator,
        bytes[indicator.lowerBound] == UInt8(ascii: "{")
      {
        read(bytes, indicator, into: &entries, begin: begin)
        return true
      }
    }
    if parts.count == 1, let (part, list) = parts.first, part == .records, let cells,
      !cells.contains(where: { $0.column?.isSubject == true || $0.column == .url }),
      let elements = Self.objects(of: bytes, list)
    {
      for element in elements { read(bytes, element, into: &entries, begin: begin) }
      return true
    }
    if parts.count == 1, let (part, inner) = parts.first, part == .properties, let cells,
      let indicator = indicator(bytes, inner, of: cells)
    {
      if let outcome = templates.outcome(indicator, in: bytes) {
        begin(&entries)
        entries.take(outcome, of: indicator, in: bytes)
        return true
      }
      guard let object = FeedJSON.object(bytes[range]) else { return false }
      for record in FeedJSON.inner(object) {
        begin(&entries)
        let made = reader.read(FeedJSON.record(record), into: &entries)
        if let made { templates.keep(made, of: indicator, in: bytes) }
      }
      return true
    }
    guard parts.contains(where: { $0.part != .connection && $0.part != .indicator }),
      let object = FeedJSON.object(bytes[range])
    else { return false }
    let records = FeedJSON.inner(object)
    for record in records {
      begin(&entries)
      reader.read(FeedJSON.record(record), into: &entries)
    }
    return true
  }

  /// The values of a resource of Azure that is an indicator; see ``FeedJSON/inner(_:)``.
  private mutating func indicator(
    _ bytes: [UInt8], _ properties: Range<Int>, of resource: [EntryCell]
  ) -> [EntryCell]? {
    guard bytes[properties.lowerBound] == UInt8(ascii: "{"),
      var cells = scanner.cells(of: bytes, properties),
      cells.contains(where: { $0.column == .pattern && scanner.isNamed($0, "pattern") })
    else { return nil }
    if !cells.contains(where: { scanner.isNamed($0, "id") }),
      let name = resource.first(where: { scanner.isNamed($0, "name") })
    {
      cells.append(EntryCell(column: .identity, name: name.name, range: name.range))
    }
    return cells
  }

  /// The elements of an array; nil where they are not all objects, or there are none.
  private static func objects(of bytes: [UInt8], _ list: Range<Int>) -> [Range<Int>]? {
    var objects: [Range<Int>] = []
    var at = list.lowerBound + 1
    while at < list.upperBound - 1 {
      if bytes[at] <= 0x20 || bytes[at] == UInt8(ascii: ",") {
        at += 1
        continue
      }
      guard bytes[at] == UInt8(ascii: "{"), let end = RecordScanner.end(of: bytes, at) else {
        return nil
      }
      objects.append(at..<end)
      at = end
    }
    return objects.isEmpty ? nil : objects
  }

  /// The values of a record that says by its own names what to look for; nil for anything else.
  mutating func isRecord(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    if fields(bytes, range)?.contains(where: FeedJSON.isSubject) == true { return true }
    return FeedJSON.object(bytes[range]).map(FeedJSON.inner)?.contains(where: FeedJSON.isRecord)
      ?? false
  }

  private mutating func fields(_ bytes: [UInt8], _ range: Range<Int>) -> [FeedField]? {
    FeedField.flat(bytes, range, &columns) ?? FeedJSON.fields(bytes[range])
  }
}

/// Records in JSON, one to a line.
struct RecordLines {
  private var reader: RecordReader
  private var line = 0

  /// Nil where the first line is something else, or there is no other.
  init?(_ bytes: [UInt8], from start: Int, source: String) {
    reader = RecordReader(source: source)
    let first = bytes[start...].firstIndex { $0 > 0x20 } ?? bytes.count
    guard let end = bytes[first...].firstIndex(of: 10), end + 1 < bytes.count,
      reader.isRecord(bytes, first..<end)
    else { return nil }
  }

  /// Reads the lines that are whole.
  ///
  /// - Parameter isLast: Whether nothing follows `bytes`.
  /// - Returns: Where the first one that is not whole begins.
  mutating func read(
    _ bytes: [UInt8], from start: Int, isLast: Bool, into entries: inout IntelEntries
  ) -> Int {
    bytes.eachWholeLine(from: start, isLast: isLast) { range in
      line += 1
      guard bytes[range].contains(where: { $0 > 0x20 }) else { return }
      reader.read(bytes, range, into: &entries) { [line] in $0.begin(line: line) }
    }
  }
}

/// Records in JSON, in one array or in arrays by some key, too many to be held at once.
struct RecordList {
  private enum State {
    case outside
    case array
    case object
    case arrayOfObject
    case after
  }

  private var reader: RecordReader
  private var state = State.outside
  private var count = 0
  /// Whether it is what Elasticsearch answers to a search, and whether what was found is being read.
  private var isSearch = false
  private var isInHits = false
  /// Whether the array at hand says what is no longer meant.
  private var isTakenBack = false
  /// Whether it turned out not to be JSON.
  private(set) var isBroken = false

  /// The keys under which answers of services list what they found.
  static let keys: Set<String> = [
    "new", "deleted", "data", "results", "items", "iocs", "indicators", "records", "entries",
    "resources", "value",
    "urls",
  ]

  /// Nil where it does not begin as a list of records: what else is in JSON is read as a whole.
  init?(head bytes: [UInt8], from start: Int, source: String) {
    reader = RecordReader(source: source)
    var at = Self.afterBlanks(bytes, start)
    guard at < bytes.count else { return nil }
    if let hits = Self.startOfHits(bytes, at) {
      isSearch = true
      at = hits
    } else if bytes[at] == UInt8(ascii: "{") {
      at += 1
      while true {
        guard let (key, value) = Self.member(bytes, at) else { return nil }
        if bytes[value] == UInt8(ascii: "[") || bytes[value] == UInt8(ascii: "{") {
          let isNumber = !key.isEmpty && key.utf8.allSatisfy { (0x30...0x39).contains($0) }
          guard isNumber || Self.keys.contains(key) && bytes[value] == UInt8(ascii: "[") else {
            return nil
          }
          at = value
          break
        }
        guard let end = RecordScanner.end(of: bytes, value) else { return nil }
        at = end
      }
    }
    if bytes[at] == UInt8(ascii: "[") { at = Self.afterBlanks(bytes, at + 1) }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "{"),
      let end = RecordScanner.end(of: bytes, at), reader.isRecord(bytes, at..<end)
    else { return nil }
  }

  /// Where the array `hits` of the object `hits` begins; nil where there is none.
  private static func startOfHits(_ bytes: [UInt8], _ start: Int) -> Int? {
    var at = start
    for sign in [UInt8(ascii: "{"), UInt8(ascii: "[")] {
      guard bytes[at] == UInt8(ascii: "{") else { return nil }
      at += 1
      while true {
        guard let (key, value) = member(bytes, at) else { return nil }
        at = value
        if key == "hits", bytes[value] == sign { break }
        guard let end = RecordScanner.end(of: bytes, value) else { return nil }
        at = end
      }
    }
    return at
  }

  /// Reads the records that are whole.
  ///
  /// - Parameter isLast: Whether nothing follows `bytes`.
  /// - Returns: Where the first one that is not whole begins.
  mutating func read(
    _ bytes: [UInt8], from start: Int, isLast: Bool, into entries: inout IntelEntries
  ) -> Int {
    var at = start
    while !isBroken {
      at = Self.afterBlanks(bytes, at)
      guard at < bytes.count else { break }
      guard let next = step(bytes, at, &entries) else {
        isBroken = isLast
        return at
      }
      at = next
    }
    if isLast, state != .after { isBroken = true }
    return bytes.count
  }

  /// - Returns: What follows; nil where more has to come first.
  private mutating func step(
    _ bytes: [UInt8], _ at: Int, _ entries: inout IntelEntries
  ) -> Int? {
    let byte = bytes[at]
    switch state {
    case .outside:
      state = byte == UInt8(ascii: "[") ? .array : .object
      return at + 1
    case .after:
      isBroken = true
      return at
    case .array, .arrayOfObject:
      if byte == UInt8(ascii: "]") {
        state = state == .array ? .after : .object
        return at + 1
      }
      if byte == UInt8(ascii: ",") { return at + 1 }
      return element(bytes, at, &entries)
    case .object:
      if byte == UInt8(ascii: "}") {
        if !isInHits { state = .after }
        isInHits = false
        return at + 1
      }
      if byte == UInt8(ascii: ",") { return at + 1 }
      guard byte == UInt8(ascii: "\"") else {
        isBroken = true
        return at
      }
      guard let (key, value) = Self.member(bytes, at) else { return nil }
      if isSearch { return afterMember(key, bytes, value) }
      isTakenBack = FeedJSON.takenBack.contains(IntelColumn.plain(key))
      if bytes[value] == UInt8(ascii: "[") {
        state = .arrayOfObject
        return value + 1
      }
      // Beside records an answer says how many there are, and the like.
      return bytes[value] == UInt8(ascii: "{")
        ? element(bytes, value, &entries) : RecordScanner.end(of: bytes, value)
    }
  }

  /// Beside what was found, an answer to a search says how it went.
  private mutating func afterMember(_ key: String, _ bytes: [UInt8], _ value: Int) -> Int? {
    if key == "hits", !isInHits, bytes[value] == UInt8(ascii: "{") {
      isInHits = true
      return value + 1
    }
    if key == "hits", isInHits, bytes[value] == UInt8(ascii: "[") {
      state = .arrayOfObject
      return value + 1
    }
    return RecordScanner.end(of: bytes, value)
  }

  private mutating func element(
    _ bytes: [UInt8], _ at: Int, _ entries: inout IntelEntries
  ) -> Int? {
    guard let end = RecordScanner.end(of: bytes, at) else { return nil }
    guard end > at else {
      isBroken = true
      return at
    }
    if isTakenBack {
      count += 1
      entries.begin(record: count)
      entries.refuse(
        String(decoding: bytes[at..<end], as: UTF8.self), IntelValue.Refusal.takenBack.reason)
      return end
    }
    // An object may be around several records.
    var number = count
    reader.read(bytes, at..<end, into: &entries) { entries in
      number += 1
      entries.begin(record: number)
    }
    count = max(number, count + 1)
    return end
  }

  /// A key and where its value begins; nil where that is not there.
  private static func member(_ bytes: [UInt8], _ start: Int) -> (key: String, value: Int)? {
    var at = start
    while at < bytes.count, bytes[at] <= 0x20 || bytes[at] == UInt8(ascii: ",") { at += 1 }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\""),
      let end = RecordScanner.end(of: bytes, at)
    else { return nil }
    let key = String(decoding: bytes[at + 1..<end - 1], as: UTF8.self)
    at = afterBlanks(bytes, end)
    guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return nil }
    at = afterBlanks(bytes, at + 1)
    return at < bytes.count ? (key, at) : nil
  }

  private static func afterBlanks(_ bytes: [UInt8], _ start: Int) -> Int {
    var at = start
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    return at
  }
}
