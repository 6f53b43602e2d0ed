import Facts

/// Passes the entries of a ``HostIndex``, one after the other.
struct HostIndexReader {
  /// The texts that entries name by their places; the first one is no text.
  let images: [Int64]
  let ports: [Int64]
  let transports: [Int64]

  /// Of the entry at hand: places in these lists.
  private(set) var image = 0
  private(set) var port = 0
  private(set) var transport = 0
  /// The number of its text; 0 for none.
  private(set) var address: Int64 = 0
  /// Of a bundle the first one.
  private(set) var day: Int64 = 0
  private(set) var direction: Int64 = 0
  /// The numbers of its rows; of a bundle they say how many there are.
  private(set) var rows: Range<Int64>
  private(set) var count: Int64 = 0
  /// Where its rows are in the facts.
  private(set) var facts = 0..<0
  /// Of a bundle, where it is in the origins what they were made of.
  private(set) var origins = 0..<0
  let isBundle: Bool
  private var reader: PartialReader

  /// - Parameter first: The number of the first row; nil for a bundle.
  init(_ entries: [UInt8], first: Int64?) throws(PartialReader.Malformed) {
    isBundle = first == nil
    rows = (first ?? 0)..<(first ?? 0)
    reader = PartialReader(entries[...])
    images = try Self.list(&reader)
    ports = try Self.list(&reader)
    transports = try Self.list(&reader)
  }

  private static func list(_ reader: inout PartialReader) throws(PartialReader.Malformed) -> [Int64]
  {
    let count = try reader.count()
    var list: [Int64] = [0]
    list.reserveCapacity(count + 1)
    for _ in 0..<count { list.append(try reader.zigzag()) }
    return list
  }

  /// - Returns: Whether there was another entry.
  @inline(__always)
  mutating func next() throws(PartialReader.Malformed) -> Bool {
    guard !reader.isAtEnd else { return false }
    let changed = try reader.byte()
    if changed & 1 != 0 { image = try place(image, in: images) }
    if changed & 2 != 0 { address &+= try reader.zigzag() }
    if changed & 4 != 0 { port = try place(port, in: ports) }
    if changed & 8 != 0 { transport = try place(transport, in: transports) }
    if changed & 16 != 0 { day &+= try reader.zigzag() }
    if changed & 32 != 0 { direction &+= try reader.zigzag() }
    var rowCount: Int64 = 1
    count = 1
    if changed & HostIndex.hasCounts != 0 {
      rowCount = Int64(clamping: try reader.number())
      count = Int64(clamping: try reader.number())
    }
    let (end, isOver) = rows.upperBound.addingReportingOverflow(rowCount)
    guard rowCount > 0, !isOver, count <= FactStatement.maxEvents else { throw reader.malformed() }
    rows = rows.upperBound..<end
    facts = try part(after: facts)
    if isBundle { origins = try part(after: origins) }
    return true
  }

  @inline(__always)
  private mutating func place(_ last: Int, in list: [Int64]) throws(PartialReader.Malformed) -> Int
  {
    let place = Int64(last) &+ (try reader.zigzag())
    guard place >= 0, place < list.count else { throw reader.malformed() }
    return Int(place)
  }

  @inline(__always)
  private mutating func part(after last: Range<Int>) throws(PartialReader.Malformed) -> Range<Int> {
    let (end, isOver) = last.upperBound.addingReportingOverflow(try reader.integer())
    guard !isOver else { throw reader.malformed() }
    return last.upperBound..<end
  }
}

/// What a ``HostIndex`` needs of connections that matter.
struct HostFacts {
  /// Processes that are named by texts.
  let processTexts: [[UInt8]]
  private let guids: Range<Int>
  private let start: Int
  private let bytes: [UInt8]
  private let isBundle: Bool

  init(_ bytes: [UInt8], isBundle: Bool) throws(PartialReader.Malformed) {
    self.bytes = bytes
    self.isBundle = isBundle
    var reader = PartialReader(bytes[...])
    var texts: [[UInt8]] = []
    for _ in 0..<(try reader.count()) { texts.append(try reader.blob()) }
    processTexts = texts
    let (length, isOver) = try reader.count().multipliedReportingOverflow(by: StoredGuid.byteCount)
    guard !isOver else { throw reader.malformed() }
    guids = try reader.bytes(length).indices
    start = reader.offset
  }

  /// The process with a number that is not 0.
  func process(_ number: Int) throws(PartialReader.Malformed) -> StoredProcess {
    guard number % 2 == 1 else {
      let guid = try guid(number)
      return .guid(guid.high, guid.low)
    }
    guard number / 2 < processTexts.count else { throw PartialReader.Malformed(offset: start) }
    return .text(processTexts[number / 2])
  }

  /// The process with an even number.
  func guid(_ number: Int) throws(PartialReader.Malformed) -> ProcessGuid {
    let (offset, isOver) = (number / 2 - 1).multipliedReportingOverflow(by: StoredGuid.byteCount)
    guard number % 2 == 0, !isOver, offset >= 0, offset < guids.count else {
      throw PartialReader.Malformed(offset: start)
    }
    let first = guids.lowerBound + offset
    return StoredGuid.guid(bytes[first..<first + StoredGuid.byteCount])
  }

  /// The rows of an entry.
  ///
  /// - Parameter part: Where they are.
  func rows(_ part: Range<Int>) throws(PartialReader.Malformed) -> PackedRows {
    guard part.upperBound <= bytes.count - start else {
      throw PartialReader.Malformed(offset: start)
    }
    return PackedRows(
      bytes[start + part.lowerBound..<start + part.upperBound], isBundle: isBundle)
  }
}

extension HostIndex {
  /// What the rows of a bundle's entry were made of.
  static func references(
    _ origins: [UInt8], _ part: Range<Int>
  ) throws(PartialReader.Malformed) -> [Reference] {
    guard part.upperBound <= origins.count else {
      throw PartialReader.Malformed(offset: origins.count)
    }
    var reader = PartialReader(origins[part])
    var references: [Reference] = []
    while !reader.isAtEnd {
      let archive = try reader.zigzag()
      let start = try reader.zigzag()
      let (end, isOver) = start.addingReportingOverflow(Int64(clamping: try reader.number()))
      guard !isOver, start >= 0, end > start else { throw reader.malformed() }
      references.append(Reference(archive: archive, rows: start..<end))
    }
    return references
  }
}

/// Passes the rows of an entry.
struct PackedRows {
  /// Of the row at hand: the number of its process, 0 for none.
  private(set) var process = 0
  private(set) var user: Int64 = 0
  private(set) var parent: Int64 = 0
  private(set) var destinationName: Int64 = 0
  private(set) var source: Int64 = 0
  /// Of an archive alone.
  private(set) var originalFileName: Int64 = 0
  private(set) var action: Int64 = 0
  private(set) var addressType: Int64 = 0
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

  fileprivate init(_ bytes: ArraySlice<UInt8>, isBundle: Bool) {
    reader = PartialReader(bytes)
    self.isBundle = isBundle
  }

  /// - Returns: Whether there was another row.
  mutating func next() throws(PartialReader.Malformed) -> Bool {
    guard !reader.isAtEnd else { return false }
    process = try reader.integer()
    user = try reader.zigzag()
    parent = try reader.zigzag()
    destinationName = try reader.zigzag()
    let kind = try reader.zigzag()
    source = kind >> 1
    (originalFileName, action, addressType) = (0, 0, 0)
    if kind & 1 != 0 {
      originalFileName = try reader.zigzag()
      action = try reader.zigzag()
      addressType = try reader.zigzag()
    }
    count = try reader.zigzag()
    line = try reader.zigzag()
    offset = try reader.zigzag()
    if isBundle { archive = try reader.zigzag() }
    first = try reader.optional()
    last = nil
    if let first { last = first &+ (try reader.zigzag()) }
    guard (0...FactStatement.maxEvents).contains(count), line >= 0, offset >= 0,
      first.map(FactStatement.times.contains) ?? true,
      last.map(FactStatement.times.contains) ?? true
    else { throw reader.malformed() }
    seconds = ArrivalTimes()
    var before = (first ?? 0) / 1000
    var isFirst = true
    for _ in 0..<(try reader.count()) {
      let gap = try reader.zigzag()
      before &+= gap
      guard isFirst || gap > 0, let second = UInt32(exactly: before) else {
        throw reader.malformed()
      }
      seconds.insert(second)
      isFirst = false
    }
    return true
  }
}
