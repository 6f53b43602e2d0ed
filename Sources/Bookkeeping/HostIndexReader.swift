import Facts

/// Passes the entries of a ``HostIndex``, one after the other.
struct HostIndexReader {
  /// Of the entry at hand; those of texts are 0 where the connections have none.
  private(set) var image: Int64 = 0
  private(set) var address: Int64 = 0
  private(set) var port: Int64 = 0
  private(set) var transport: Int64 = 0
  private(set) var day: Int64 = 0
  private(set) var direction: Int64 = 0
  /// The bits of the fields that differ from those of the entry before.
  private(set) var changed: UInt8 = 0
  /// The numbers of its rows.
  private(set) var rows: Range<Int64>
  private(set) var count: Int64 = 0
  /// Its rows, packed.
  private(set) var packed: ArraySlice<UInt8> = []
  private let packedProcesses: ArraySlice<UInt8>
  private var reader: PartialReader

  /// - Parameter first: The number of the first row.
  init(_ bytes: [UInt8], first: Int64) throws(PartialReader.Damage) {
    rows = first..<first
    reader = PartialReader(bytes[...])
    packedProcesses = try reader.bytes(reader.count())
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
    packed = try reader.bytes(reader.count())
    return true
  }

  /// The processes, by their numbers in packed rows.
  func processes() throws(PartialReader.Damage) -> [StoredProcess] {
    var reader = PartialReader(packedProcesses)
    var processes = [StoredProcess.none]
    while !reader.isAtEnd {
      if try reader.number() == 0 {
        let guid = StoredGuid.guid(Array(try reader.bytes(StoredGuid.byteCount)))
        processes.append(.guid(guid.high, guid.low))
      } else {
        processes.append(.text(try reader.blob()))
      }
    }
    return processes
  }

  /// The rows of an entry, as they are packed.
  ///
  /// - Parameter processes: What ``processes()`` gave.
  static func rows(
    _ packed: ArraySlice<UInt8>, _ processes: [StoredProcess]
  ) throws(PartialReader.Damage) -> [HostIndex.Row] {
    var reader = PartialReader(packed)
    var rows: [HostIndex.Row] = []
    while !reader.isAtEnd {
      let process = try reader.integer()
      guard process < processes.count else { throw reader.damage() }
      var row = HostIndex.Row(
        shared: [], user: try reader.zigzag(), parent: try reader.zigzag(),
        destinationName: try reader.zigzag(), process: processes[process],
        source: try reader.zigzag(), count: try reader.zigzag(), seconds: [],
        line: try reader.zigzag(), offset: try reader.zigzag())
      if let first = try reader.optional() {
        row.first = first
        row.last = first &+ (try reader.zigzag())
      }
      guard (0...FactStatement.maxEvents).contains(row.count), row.line >= 0, row.offset >= 0,
        [row.first, row.last].allSatisfy({ $0.map(FactStatement.times.contains) ?? true })
      else { throw reader.damage() }
      var before = (row.first ?? 0) / 1000
      for _ in 0..<(try reader.count()) {
        before &+= try reader.zigzag()
        guard let second = UInt32(exactly: before), row.seconds.last.map({ $0 < second }) ?? true
        else { throw reader.damage() }
        row.seconds.append(second)
      }
      rows.append(row)
    }
    return rows
  }
}
