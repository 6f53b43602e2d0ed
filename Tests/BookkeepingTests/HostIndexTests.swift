import Facts
import Testing

@testable import Bookkeeping

@Suite struct HostIndexTests {
  private static let some: [Int64] = [0, 1, 2, 127, 128, 16_384, Int64(Int32.max), -1]

  private static func row(
    like last: HostIndex.StoredConnection?, _ random: inout some RandomNumberGenerator
  ) -> HostIndex.StoredConnection {
    func any(_ random: inout some RandomNumberGenerator) -> Int64 {
      some.randomElement(using: &random) ?? 0
    }
    var row = HostIndex.StoredConnection(
      shared: last?.shared ?? HostIndex.fields.map { _ in 0 }, user: any(&random),
      parent: any(&random), destinationName: any(&random), process: .none, source: any(&random),
      rest: Bool.random(using: &random)
        ? [0, 0, 0] : [any(&random), any(&random), any(&random)],
      count: Int64.random(in: 1...300, using: &random), seconds: [], line: any(&random) & 0xFFFF,
      offset: any(&random) & 0xFFFF)
    // Mostly like the one before.
    for at in row.shared.indices where Int.random(in: 0..<9, using: &random) == 0 {
      row.shared[at] = any(&random)
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: break
    case 1: row.process = .text(Array("process \(Int.random(in: 0..<3, using: &random))".utf8))
    default: row.process = .guid(.random(in: 0..<3, using: &random), 7)
    }
    if Bool.random(using: &random) {
      let first = Int64.random(in: -9_000...2_000_000_000_000, using: &random)
      row.first = first
      row.last = first + Int64.random(in: 0...86_400_000, using: &random)
    }
    for _ in 0..<Int.random(in: 0..<4, using: &random) {
      row.seconds.append(.random(in: 0 ... .max, using: &random))
    }
    row.seconds = Set(row.seconds).sorted()
    return row
  }

  /// - Parameter first: The number of the first row; nil: of a bundle.
  private static func rows(
    of packed: HostIndex.Packed, first: Int64?
  ) throws -> (rows: [HostIndex.StoredConnection], references: [[HostIndex.Reference]]) {
    var reader = try HostIndexReader(packed.entries, first: first)
    let facts = try HostFacts(packed.facts, isBundle: first == nil)
    var rows: [HostIndex.StoredConnection] = []
    var references: [[HostIndex.Reference]] = []
    while try reader.next() {
      #expect(reader.rows.lowerBound == (first ?? 0) + Int64(rows.count))
      references.append(try HostIndex.references(packed.origins, reader.origins))
      var packed = try facts.rows(reader.facts)
      var count: Int64 = 0
      let before = rows.count
      while try packed.next() {
        count += packed.count
        rows.append(
          HostIndex.StoredConnection(
            shared: [
              reader.images[reader.image], reader.address, reader.ports[reader.port],
              reader.transports[reader.transport], reader.day, reader.direction,
            ], user: packed.user, parent: packed.parent, destinationName: packed.destinationName,
            process: packed.process == 0 ? .none : try facts.process(packed.process),
            source: packed.source,
            rest: [packed.originalFileName, packed.action, packed.addressType],
            count: packed.count,
            first: packed.first, last: packed.last, seconds: packed.seconds.seconds,
            line: packed.line, offset: packed.offset, archive: packed.archive))
      }
      #expect(reader.rows.count == rows.count - before)
      #expect(count == reader.count)
    }
    return (rows, references)
  }

  @Test("What is packed is unpacked, whatever the values", arguments: 0..<50)
  func whole(length: Int) throws {
    var random = SystemRandomNumberGenerator()
    var index = HostIndex()
    var rows: [HostIndex.StoredConnection] = []
    for _ in 0..<length * 4 {
      rows.append(Self.row(like: rows.last, &random))
      index.add(rows[rows.count - 1])
    }
    #expect(try Self.rows(of: index.end(), first: 77).rows == rows)
  }

  @Test("In whatever steps indexes are put together, the bundle is the same", arguments: 0..<20)
  func bundles(length: Int) throws {
    var random = SystemRandomNumberGenerator()
    var indexes: [HostIndex.Packed] = []
    for _ in 0..<6 {
      var index = HostIndex()
      var last: HostIndex.StoredConnection?
      for _ in 0..<length {
        var row = Self.row(like: last, &random)
        // What cannot be a number of a text is damage.
        row.shared = row.shared.map { $0 & 3 }
        (row.user, row.parent, row.destinationName, row.source) = (row.user & 1, 0, 0, 0)
        index.add(row)
        last = row
      }
      indexes.append(index.end())
    }
    func bundle(
      _ parts: [(packed: HostIndex.Packed, first: Int64?, archives: [Int64])]
    ) throws -> HostIndex.Packed {
      var bundler = HostBundler()
      for part in parts {
        try bundler.add(part.packed, first: part.first, archives: part.archives)
      }
      return bundler.packed()
    }
    let parts = indexes.enumerated().map { (packed: $1, first: 0 as Int64?, archives: [Int64($0)]) }
    let whole = try bundle(parts)
    #expect(try bundle(parts.reversed()) == whole)
    // Archives 1, 3 and 5 first, whose places are then others.
    let odd = try bundle([1, 3, 5].enumerated().map { (indexes[$1], 0, [Int64($0)]) })
    #expect(
      try bundle([(odd, nil, [1, 3, 5])] + [4, 0, 2].map { parts[$0] }) == whole)
    let (rows, references) = try Self.rows(of: whole, first: nil)
    let all = try indexes.map { try Self.rows(of: $0, first: 0).rows }
    #expect(
      rows.reduce(0) { $0 + $1.count } == all.joined().reduce(0) { $0 + $1.count })
    #expect(references.joined().reduce(0) { $0 + $1.rows.count } == all.joined().count)
    let firsts: [Int64] = all.joined().compactMap(\.first)
    #expect(rows.compactMap(\.first).min() == firsts.min())
  }

  @Test("What is cut off is damage, and so is an entry without rows")
  func damage() throws {
    var random = SystemRandomNumberGenerator()
    var index = HostIndex()
    var row = Self.row(like: nil, &random)
    row.process = .guid(1, 2)
    row.shared = row.shared.map { _ in 0 }
    index.add(row)
    let whole = index.end()
    for field in [\HostIndex.Packed.entries, \.facts] {
      // After three empty lists there may be no entry.
      for count in 0..<whole[keyPath: field].count where field == \.facts || count != 3 {
        var cut = whole
        cut[keyPath: field] = Array(whole[keyPath: field][..<count])
        #expect(throws: PartialReader.Malformed.self) { try Self.rows(of: cut, first: 0) }
      }
    }
    for entries: [UInt8] in [
      [0, 0, 0, 128, 0, 1, 0], [0, 0, 0, 2] + Array(repeating: 255, count: 11), [0, 0, 0, 1, 2, 0],
      [0, 0, 0, 0, 1], [9],
    ] {
      let packed = HostIndex.Packed(entries: entries, facts: [0, 0])
      #expect(throws: PartialReader.Malformed.self) { try Self.rows(of: packed, first: 0) }
    }
  }
}
