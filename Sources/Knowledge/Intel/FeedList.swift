/// A feed that is a list of entries, whatever is written about each: it can be read piece by piece.
struct FeedList {
  private enum Kind {
    case table(IntelTable)
    case values(IntelList)
    case lines(RecordLines)
    case records(RecordList)
  }

  private var kind: Kind

  /// A table or a plain list.
  ///
  /// - Throws: ``JobFileError``.
  init(text bytes: [UInt8], from start: Int, name: String, file: String) throws(JobFileError) {
    if let table = try IntelTable(bytes, from: start, file: file) {
      kind = .table(table)
    } else if let line = IntelTable.lineOfUnknownHeader(bytes, from: start) {
      throw JobFileError(
        file, line, "is a table whose header names neither a port nor an address nor a name",
        hint: "rename the column that does: 'port', 'address' or 'host'")
    } else {
      kind = .values(IntelList(source: name))
    }
  }

  init(_ lines: RecordLines) { kind = .lines(lines) }

  private init(_ records: RecordList) { kind = .records(records) }

  /// - Parameter bytes: The beginning of a file that is too large to be anything but a list or a document.
  /// - Returns: Nil for a document.
  /// - Throws: ``JobFileError``.
  init?(head bytes: [UInt8], name: String, file: String) throws(JobFileError) {
    // UTF-16 is made UTF-8 as a whole.
    guard bytes.first != 0xFE, bytes.first != 0xFF else { return nil }
    let start = FeedCheck.start(bytes)
    try FeedCheck.refuseOthers(bytes, from: start, file)
    guard FeedCheck.beginsAsJSON(bytes, from: start) else {
      // Rules are a document.
      let beginning = String(decoding: bytes[start...].prefix(64 << 10), as: UTF8.self)
      if SigmaReader.looksLike(beginning) { return nil }
      try self.init(text: bytes, from: start, name: name, file: file)
      return
    }
    if let lines = RecordLines(bytes, from: start, source: name) {
      self.init(lines)
    } else if let records = RecordList(head: bytes, from: start, source: name) {
      self.init(records)
    } else {
      return nil
    }
  }

  var format: IntelFeed.Format {
    switch kind {
    case .table: .csv
    case .values: .list
    case .lines, .records: .records
    }
  }

  var unusedColumns: [String] {
    if case .table(let table) = kind { table.unusedColumns } else { [] }
  }

  /// Whether it turned out not to be what it began as.
  var isBroken: Bool {
    if case .records(let records) = kind { records.isBroken } else { false }
  }

  /// Reads the entries that are whole.
  ///
  /// - Parameter isLast: Whether nothing follows `bytes`.
  /// - Returns: Where the first one that is not whole begins.
  mutating func read(
    _ bytes: [UInt8], from start: Int, isLast: Bool, into entries: inout IntelEntries
  ) -> Int {
    switch kind {
    case .table(var table):
      defer { kind = .table(table) }
      return table.read(bytes, from: start, isLast: isLast, into: &entries)
    case .values(var values):
      defer { kind = .values(values) }
      return values.read(bytes, from: start, isLast: isLast, into: &entries)
    case .lines(var lines):
      defer { kind = .lines(lines) }
      return lines.read(bytes, from: start, isLast: isLast, into: &entries)
    case .records(var records):
      defer { kind = .records(records) }
      return records.read(bytes, from: start, isLast: isLast, into: &entries)
    }
  }

  /// Reads the whole list, of which no more than the entry at hand is held.
  ///
  /// - Parameter head: What was read of the file.
  /// - Throws: ``JobFileError``.
  mutating func read(
    _ file: FeedFile, head: [UInt8], pieceBytes: Int, into entries: inout IntelEntries
  ) throws(JobFileError) {
    var bytes = head
    var start = FeedCheck.start(bytes)
    var piece = pieceBytes
    while true {
      let end = read(bytes, from: start, isLast: file.isAtEnd, into: &entries)
      guard unsafe bytes.withUnsafeBytes({ unsafe FeedCheck.isUTF8($0, start..<end) }) else {
        throw JobFileError(file.path, nil, "is not UTF-8", hint: "save it as UTF-8")
      }
      guard !isBroken else {
        throw JobFileError(
          file.path, nil, "not valid JSON", hint: "was it fetched in full? Fetch it again")
      }
      if file.isAtEnd { return }
      if start == FeedCheck.start(head), bytes.count == head.count, let size = file.size {
        entries.reserve(Int(Double(entries.count) * Double(size) / Double(max(1, end))))
      }
      // An entry that is longer than a piece needs more at once.
      piece = end > start ? pieceBytes : piece * 2
      bytes.letGo(end, pieceBytes: pieceBytes)
      start = 0
      try file.read(piece, onto: &bytes)
    }
  }
}
