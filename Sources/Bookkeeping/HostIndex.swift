import Facts
import GRDB

/// What a hunt has to see of the connections of one host in one archive before it knows which of them matter,
/// and what it needs of those that do, packed: all of a ledger is passed in the time in which SQLite passes a
/// small part of it.
///
/// Rows of `connection` that are alike in ``fields`` and follow each other share an entry. A bundle holds those of
/// several archives, whatever their day: its entries state the first one, and where their rows are.
/// `docs/ledger.md` describes the bytes.
struct HostIndex {
  /// What an entry states, by the bit of its first byte. Then come the numbers of rows and connections, where they
  /// are not one each, and the rows, preceded by their length in bytes.
  static let fields = ["image", "address", "port", "transport", "day", "direction"]
  static let hasCounts: UInt8 = 1 << 7
  private static let noDay = Int64(ConnectionKey.noDay)

  /// A row of `connection`, or of a bundle; 0 is no text.
  struct Row: Equatable {
    /// Of ``fields``.
    var shared: [Int64]
    var user: Int64
    var parent: Int64
    var destinationName: Int64
    /// Its bytes, or the bytes of its text.
    var process: StoredProcess
    var source: Int64
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

  private let isBundle: Bool
  private var entries = PartialWriter()
  private var processes = PartialWriter()
  private var processNumbers: [StoredProcess: Int] = [StoredProcess.none: 0]
  private var last = [Int64](repeating: 0, count: Self.fields.count)
  private var waiting: [Int64]?
  private var waitingRows = PartialWriter()
  private var waitingReferences = PartialWriter()
  private var rowCount: UInt64 = 0
  private var count: UInt64 = 0

  init(isBundle: Bool = false) { self.isBundle = isBundle }

  /// - Parameter references: Of a bundle, with the first row of an entry: what its rows were made of.
  mutating func add(_ row: Row, _ references: [Reference] = []) {
    if row.shared != waiting { endEntry() }
    waiting = row.shared
    rowCount += 1
    count &+= UInt64(clamping: row.count)
    waitingRows.number(number(of: row.process))
    for value in [
      row.user, row.parent, row.destinationName, row.source, row.count, row.line, row.offset,
    ] {
      waitingRows.zigzag(value)
    }
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

  private mutating func number(of process: StoredProcess) -> Int {
    if let known = processNumbers[process] { return known }
    let number = processNumbers.count
    processNumbers[process] = number
    switch process {
    case .none: break
    case .text(let bytes):
      processes.number(1)
      processes.blob(bytes)
    case .guid(let high, let low):
      processes.number(0)
      processes.raw(StoredGuid.bytes(of: ProcessGuid(high: high, low: low)))
    }
    return number
  }

  private mutating func endEntry() {
    guard let values = waiting else { return }
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
    entries.blob(waitingRows.bytes)
    if isBundle { entries.blob(waitingReferences.bytes) }
    last = values
    waiting = nil
    waitingRows = PartialWriter()
    waitingReferences = PartialWriter()
    (rowCount, count) = (0, 0)
  }

  /// Ends it: nothing more can be added.
  mutating func end() -> [UInt8] {
    endEntry()
    var whole = PartialWriter()
    whole.blob(processes.bytes)
    whole.raw(entries.bytes)
    return whole.bytes
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
      db, "INSERT INTO connection_index (host, archive, number, entries) VALUES (?, ?, ?, ?)")
    try each(of: archive, db) { host, number, bytes in
      insert.bind(host, at: 1)
      insert.bind(archive, at: 2)
      insert.bind(number, at: 3)
      insert.bind(bytes, at: 4)
      try insert.run()
    }
  }

  /// Packs the rows of an archive, host by host.
  ///
  /// - Parameter body: Takes the host's number, or 0, the number of its first row, and the bytes.
  static func each(
    of archive: Int64, _ db: Database, _ body: (Int64, Int64, [UInt8]) throws -> Void
  ) throws {
    let select = try FactStatement(
      db,
      """
      SELECT coalesce(host, 0), number, image, address, port, transport,
        coalesce(day, \(noDay)), direction, user, parent, destination_name, process, source, count,
        first_ms, last_ms, seconds, line, offset
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
        Row(
          shared: (2...7).map { select.integer($0) }, user: select.integer(8),
          parent: select.integer(9), destinationName: select.integer(10),
          process: select.process(11), source: select.integer(12), count: select.integer(13),
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
