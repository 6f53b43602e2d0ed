import Facts
import Testing

@testable import Bookkeeping

@Suite struct HostIndexTests {
  private static let some: [Int64] = [0, 1, 2, 127, 128, 16_384, Int64(Int32.max), -1]

  private static func row(
    like last: HostIndex.Row?, _ random: inout some RandomNumberGenerator
  ) -> HostIndex.Row {
    func any(_ random: inout some RandomNumberGenerator) -> Int64 {
      some.randomElement(using: &random) ?? 0
    }
    var row = HostIndex.Row(
      shared: last?.shared ?? HostIndex.fields.map { _ in 0 }, user: any(&random),
      parent: any(&random), destinationName: any(&random), process: .none, source: any(&random),
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

  private static func rows(of bytes: [UInt8], first: Int64) throws -> [HostIndex.Row] {
    var reader = try HostIndexReader(bytes, first: first)
    let processes = try reader.processes()
    var rows: [HostIndex.Row] = []
    while try reader.next() {
      #expect(reader.rows.lowerBound == first + Int64(rows.count))
      let packed = try HostIndexReader.rows(reader.packed, processes)
      #expect(reader.rows.count == packed.count)
      #expect(packed.reduce(0) { $0 + $1.count } == reader.count)
      for var row in packed {
        row.shared = [
          reader.image, reader.address, reader.port, reader.transport, reader.day,
          reader.direction,
        ]
        rows.append(row)
      }
    }
    return rows
  }

  @Test("What is packed is unpacked, whatever the values", arguments: 0..<50)
  func whole(length: Int) throws {
    var random = SystemRandomNumberGenerator()
    var index = HostIndex()
    var rows: [HostIndex.Row] = []
    for _ in 0..<length * 4 {
      rows.append(Self.row(like: rows.last, &random))
      index.add(rows[rows.count - 1])
    }
    #expect(try Self.rows(of: index.end(), first: 77) == rows)
  }

  @Test("What is cut off is damage, and so is an entry without rows")
  func damage() throws {
    var random = SystemRandomNumberGenerator()
    var index = HostIndex()
    var row = Self.row(like: nil, &random)
    row.process = .guid(1, 2)
    index.add(row)
    let bytes = index.end()
    // What ends before the first entry has none.
    for count in 0..<bytes.count where count != 18 {
      #expect(throws: PartialReader.Damage.self) {
        try Self.rows(of: Array(bytes[..<count]), first: 0)
      }
    }
    for bytes: [UInt8] in [[0, 128, 0, 1, 0], [0, 1] + Array(repeating: 255, count: 11), [9]] {
      #expect(throws: PartialReader.Damage.self) { try Self.rows(of: bytes, first: 0) }
    }
  }
}
