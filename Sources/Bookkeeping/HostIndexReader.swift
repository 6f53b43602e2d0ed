import Facts

/// Passes the entries of a ``HostIndex``, one after the other.
struct HostIndexReader {
  /// Of the entry at hand; those of texts are 0 where the connections have none.
  private(set) var image: Int64 = 0
  private(set) var address: Int64 = 0
  private(set) var port: Int64 = 0
  private(set) var transport: Int64 = 0
  /// Of a bundle the first one.
  private(set) var day: Int64 = 0
  private(set) var direction: Int64 = 0
  /// The bits of the fields that differ from those of the entry before.
  private(set) var changed: UInt8 = 0
  /// The numbers of its rows; of a bundle they say how many there are.
  private(set) var rows: Range<Int64>
  private(set) var count: Int64 = 0
  /// Where its rows are packed.
  private(set) var packed = 0..<0
  /// Of a bundle, where it is packed what they were made of.
  private(set) var packedReferences = 0..<0
  private let isBundle: Bool
  private let bytes: [UInt8]
  private let packedProcesses: Range<Int>
  private var reader: PartialReader

  /// - Parameter first: The number of the first row; nil for a bundle.
  init(_ bytes: [UInt8], first: Int64?) throws(PartialReader.Damage) {
    self.bytes = bytes
    isBundle = first == nil
    rows = (first ?? 0)..<(first ?? 0)
    reader = PartialReader(bytes[...])
    packedProcesses = try reader.skipBlob()
  }

  /// - Returns: Whether there was another entry.
  mutating func next() throws(PartialReader.Damage) -> Bool {
    guard !reader.isAtEnd else { return false }
    changed = try reader.byte()
    if changed & 1 != 0 { image &+= try reader.zigzag() }
    if changed & 2 != 0 { address &+= try reader.zigzag() }
    if changed & 4 != 0 { port &+= try reader.zigzag() }
    if changed & 8 != 0 { transport &+= try reader.zigzag() }
    if changed & 16 != 0 { day &+= try reader.zigzag() }
    if changed & 32 != 0 { direction &+= try reader.zigzag() }
    var rowCount: Int64 = 1
    count = 1
    if changed & HostIndex.hasCounts != 0 {
      rowCount = Int64(clamping: try reader.number())
      count = Int64(clamping: try reader.number())
    }
    let (end, isOver) = rows.upperBound.addingReportingOverflow(rowCount)
    guard rowCount > 0, !isOver, count <= FactStatement.maxEvents else { throw reader.damage() }
    rows = rows.upperBound..<end
    packed = try reader.skipBlob()
    if isBundle { packedReferences = try reader.skipBlob() }
    return true
  }

  /// The processes, by their numbers in packed rows.
  func processes() throws(PartialReader.Damage) -> [StoredProcess] {
    var reader = PartialReader(bytes[packedProcesses])
    var processes = [StoredProcess.none]
    while !reader.isAtEnd {
      if try reader.number() == 0 {
        let guid = try StoredGuid.guid(reader.bytes(StoredGuid.byteCount))
        processes.append(.guid(guid.high, guid.low))
      } else {
        processes.append(.text(try reader.blob()))
      }
    }
    return processes
  }

  /// The rows of an entry.
  ///
  /// - Parameter packed: Where they are packed.
  func rows(_ packed: Range<Int>) -> PackedRows { PackedRows(bytes[packed], isBundle: isBundle) }

  /// What the rows of a bundle's entry were made of.
  func references(
    _ packed: Range<Int>
  ) throws(PartialReader.Damage) -> [HostIndex.Reference] {
    var reader = PartialReader(bytes[packed])
    var references: [HostIndex.Reference] = []
    while !reader.isAtEnd {
      let archive = try reader.zigzag()
      let start = try reader.zigzag()
      let (end, isOver) = start.addingReportingOverflow(Int64(clamping: try reader.number()))
      guard !isOver, start >= 0, end > start else { throw reader.damage() }
      references.append(HostIndex.Reference(archive: archive, rows: start..<end))
    }
    return references
  }
}

/// Passes the rows of an entry.
struct PackedRows {
  /// Of the row at hand: the number of its process.
  private(set) var process = 0
  private(set) var user: Int64 = 0
  private(set) var parent: Int64 = 0
  private(set) var destinationName: Int64 = 0
  private(set) var source: Int64 = 0
  private(set) var count: Int64 = 0
  private(set) var line: Int64 = 0
  private(set) var offset: Int64 = 0
  /// The place of its archive in a bundle.
  private(set) var archive: Int64 = 0
  private(set) var first: Int64?
  private(set) var last: Int64?
  private(set) var seconds = ArrivalTimes()
  private let isBundle: Bool
  private var reader: PartialReader

  init(_ bytes: ArraySlice<UInt8>, isBundle: Bool) {
    reader = PartialReader(bytes)
    self.isBundle = isBundle
  }

  /// - Parameter processCount: How many numbers of processes there are.
  /// - Returns: Whether there was another row.
  mutating func next(_ processCount: Int) throws(PartialReader.Damage) -> Bool {
    guard !reader.isAtEnd else { return false }
    process = try reader.integer()
    user = try reader.zigzag()
    parent = try reader.zigzag()
    destinationName = try reader.zigzag()
    source = try reader.zigzag()
    count = try reader.zigzag()
    line = try reader.zigzag()
    offset = try reader.zigzag()
    if isBundle { archive = try reader.zigzag() }
    first = try reader.optional()
    last = nil
    if let first { last = first &+ (try reader.zigzag()) }
    guard process < processCount, (0...FactStatement.maxEvents).contains(count), line >= 0,
      offset >= 0, first.map(FactStatement.times.contains) ?? true,
      last.map(FactStatement.times.contains) ?? true
    else { throw reader.damage() }
    seconds = ArrivalTimes()
    var before = (first ?? 0) / 1000
    var isFirst = true
    for _ in 0..<(try reader.count()) {
      let gap = try reader.zigzag()
      before &+= gap
      guard isFirst || gap > 0, let second = UInt32(exactly: before) else { throw reader.damage() }
      seconds.insert(second)
      isFirst = false
    }
    return true
  }
}
