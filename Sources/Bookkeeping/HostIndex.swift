import Facts
import GRDB

/// The connections of one host in one archive, packed: all of a ledger is passed in the time in which SQLite passes a
/// small part of it. What a hunt has to see before it knows which of them matter is apart from what it needs of those
/// that do.
///
/// Rows of `connection` that are alike in ``fields`` and follow each other share an entry. A bundle holds those of
/// several archives, whatever their day: its entries state the first one, and where their rows are.
/// `docs/ledger.md` describes the bytes.
struct HostIndex {
  /// What an entry states, by the bit of its first byte. Then come the numbers of rows and connections, where they
  /// are not one each, and how many bytes there are of its facts and its origins.
  static let fields = ["image", "address", "port", "transport", "day", "direction"]
  static let hasCounts: UInt8 = 1 << 7
  private static let noDay = Int64(ConnectionKey.noDay)
  /// The places in ``fields`` of those that entries state by the place of the text in a list.
  private static let listed = [0, 2, 3]

  /// What is stored of it.
  struct Packed: Equatable {
    /// Lists of texts, then the entries.
    var entries: [UInt8] = []
    /// Processes, then the rows of each entry.
    var facts: [UInt8] = []
    /// Of a bundle: what the rows of each entry were made of.
    var origins: [UInt8] = []
  }

  /// A row of `connection`, or of a bundle; 0 is no text.
  struct StoredConnection: Equatable {
    /// Of ``fields``.
    var shared: [Int64]
    var user: Int64
    var parent: Int64
    var destinationName: Int64
    /// Its bytes, or the bytes of its text.
    var process: StoredProcess
    var source: Int64
    /// Of an archive: the original file name, and Defender's action and type of the address.
    var rest: [Int64] = [0, 0, 0]
    var count: Int64
    var first: Int64?
    var last: Int64?
    var seconds: [UInt32]
    var line: Int64
    var offset: Int64
    /// The place of its archive in the bundle.
    var archive: Int64 = 0
  }

  /// Rows of `connection` that follow each other.
  struct Reference: Equatable {
    /// The place of their archive in the bundle.
    var archive: Int64
    var rows: Range<Int64>
  }

  /// Texts in the order in which they came; the first one is no text.
  private struct TextList {
    private var places: [Int64: Int64] = [0: 0]
    private var last: (text: Int64, place: Int64) = (0, 0)
    private(set) var bytes = PartialWriter()

    var count: Int { places.count - 1 }

    mutating func place(of text: Int64) -> Int64 {
      // Mostly that of the entry before.
      if text == last.text { return last.place }
      let place = places[text] ?? Int64(places.count)
      if place == places.count {
        places[text] = place
        bytes.zigzag(text)
      }
      last = (text, place)
      return place
    }
  }

  private let isBundle: Bool
  /// By the place in ``fields``.
  private var lists = Array(repeating: TextList(), count: Self.fields.count)
  private var entries = PartialWriter()
  private var processTexts = PartialWriter()
  private var processGuids = PartialWriter()
  private var processNumbers: [StoredProcess: UInt64] = [StoredProcess.none: 0]
  private var counts = (texts: 0, guids: 0)
  private var facts = PartialWriter()
  private var origins = PartialWriter()
  private var last = [Int64](repeating: 0, count: Self.fields.count)
  private var waiting: [Int64]?
  private var waitingRows = PartialWriter()
  private var waitingReferences = PartialWriter()
  private var rowCount: UInt64 = 0
  private var count: UInt64 = 0

  init(isBundle: Bool = false) { self.isBundle = isBundle }

  /// - Parameter references: Of a bundle, with the first row of an entry: what its rows were made of.
  mutating func add(_ row: StoredConnection, _ references: [Reference] = []) {
    if row.shared != waiting { endEntry() }
    waiting = row.shared
    rowCount += 1
    count &+= UInt64(clamping: row.count)
    waitingRows.number(number(of: row.process))
    let hasRest = row.rest != [0, 0, 0]
    for value in [row.user, row.parent, row.destinationName, row.source << 1 | (hasRest ? 1 : 0)] {
      waitingRows.zigzag(value)
    }
    if hasRest { for value in row.rest { waitingRows.zigzag(value) } }
    for value in [row.count, row.line, row.offset] { waitingRows.zigzag(value) }
    if isBundle { waitingRows.zigzag(row.archive) }
    waitingRows.optional(row.first)
    if let first = row.first { waitingRows.zigzag((row.last ?? first) &- first) }
    waitingRows.number(row.seconds.count)
    var before = (row.first ?? 0) / 1000
    for second in row.seconds {
      waitingRows.zigzag(Int64(second) - before)
      before = Int64(second)
    }
    for reference in references {
      waitingReferences.zigzag(reference.archive)
      waitingReferences.zigzag(reference.rows.lowerBound)
      waitingReferences.number(reference.rows.count)
    }
  }

  /// Texts have odd numbers, GUIDs even ones.
  private mutating func number(of process: StoredProcess) -> UInt64 {
    if let known = processNumbers[process] { return known }
    let number: UInt64
    switch process {
    case .none: number = 0
    case .text(let bytes):
      number = UInt64(counts.texts) * 2 + 1
      counts.texts += 1
      processTexts.blob(bytes)
    case .guid(let high, let low):
      number = UInt64(counts.guids) * 2 + 2
      counts.guids += 1
      processGuids.raw(StoredGuid.bytes(of: ProcessGuid(high: high, low: low)))
    }
    processNumbers[process] = number
    return number
  }

  private mutating func endEntry() {
    guard var values = waiting else { return }
    for field in Self.listed { values[field] = lists[field].place(of: values[field]) }
    let hasCounts = rowCount != 1 || count != 1
    var mask = hasCounts ? Self.hasCounts : 0
    for (field, value) in values.enumerated() where value != last[field] {
      mask |= 1 << UInt8(field)
    }
    entries.raw([mask])
    for (field, value) in values.enumerated() where value != last[field] {
      entries.zigzag(value &- last[field])
    }
    if hasCounts {
      entries.number(rowCount)
      entries.number(count)
    }
    entries.number(waitingRows.bytes.count)
    facts.raw(waitingRows.bytes)
    if isBundle {
      entries.number(waitingReferences.bytes.count)
      origins.raw(waitingReferences.bytes)
    }
    last = values
    waiting = nil
    waitingRows = PartialWriter()
    waitingReferences = PartialWriter()
    (rowCount, count) = (0, 0)
  }

  /// Ends it: nothing more can be added.
  mutating func end() -> Packed {
    endEntry()
    var first = PartialWriter()
    for field in Self.listed {
      first.number(lists[field].count)
      first.raw(lists[field].bytes.bytes)
    }
    var second = PartialWriter()
    second.number(counts.texts)
    second.raw(processTexts.bytes)
    second.number(counts.guids)
    second.raw(processGuids.bytes)
    return Packed(
      entries: first.bytes + entries.bytes, facts: second.bytes + facts.bytes,
      origins: origins.bytes)
  }
}

/// What is stored of a process.
enum StoredProcess: Hashable {
  case none
  case text([UInt8])
  case guid(UInt64, UInt64)
}

// MARK: - In the ledger

extension HostIndex {
  /// Writes those of the rows of an archive.
  static func write(of archive: Int64, _ db: Database) throws {
    let insert = try FactStatement(
      db,
      "INSERT INTO connection_index (host, archive, number, entries, facts) VALUES (?, ?, ?, ?, ?)")
    try each(of: archive, db) { host, number, packed in
      insert.bind(host, at: 1)
      insert.bind(archive, at: 2)
      insert.bind(number, at: 3)
      insert.bind(packed.entries, at: 4)
      insert.bind(packed.facts, at: 5)
      try insert.run()
    }
  }

  /// Packs the rows of an archive, host by host.
  ///
  /// - Parameter body: Takes the host's number, or 0, the number of its first row, and what is stored.
  static func each(
    of archive: Int64, _ db: Database, _ body: (Int64, Int64, Packed) throws -> Void
  ) throws {
    let select = try FactStatement(
      db,
      """
      SELECT coalesce(host, 0), number, image, address, port, transport,
        coalesce(day, \(noDay)), direction, user, parent, destination_name, process, source, count,
        first_ms, last_ms, seconds, line, offset, original_file_name, action, address_type
      FROM connection WHERE archive = ? ORDER BY number
      """)
    select.bind(archive, at: 1)
    var index = Self()
    var host: (number: Int64, start: Int64)?
    while try select.next() {
      if let last = host, last.number != select.integer(0) {
        try body(last.number, last.start, index.end())
        index = Self()
        host = nil
      }
      if host == nil { host = (select.integer(0), select.integer(1)) }
      index.add(
        StoredConnection(
          shared: (2...7).map { select.integer($0) }, user: select.integer(8),
          parent: select.integer(9), destinationName: select.integer(10),
          process: select.process(11), source: select.integer(12),
          rest: (19...21).map { select.integer($0) }, count: select.integer(13),
          first: select.optional(14), last: select.optional(15),
          seconds: try StoredSeconds.times(select.bytes(16)).seconds, line: select.integer(17),
          offset: select.integer(18)))
    }
    if let last = host { try body(last.number, last.start, index.end()) }
  }

  /// Writes those of a ledger that has none yet.
  static func writeAll(_ db: Database) throws {
    for archive in try Int64.fetchAll(db, sql: "SELECT DISTINCT archive FROM connection_total") {
      try write(of: archive, db)
    }
  }
}

extension FactStatement {
  fileprivate func process(_ column: Int32) -> StoredProcess {
    if isNull(column) { return .none }
    let bytes = bytes(column)
    guard !isText(column), bytes.count == StoredGuid.byteCount else { return .text(bytes) }
    let guid = StoredGuid.guid(bytes)
    return .guid(guid.high, guid.low)
  }
}
