import Archives
import Bookkeeping
import Facts
import Scanning
import Testing

@Suite struct PartialFactsTests {
  static func sample() async throws -> PartialFacts {
    let files = Array(try ArchiveFinder.find(paths: [LedgerTests.days[0]]).archives.prefix(4))
    var result = try await scan(files)
    // Not understood by an older reader, say.
    let place = Place(archive: 0, line: 3, offset: 700)
    result.archives[0].coverage.markNotUnderstood(
      at: place, NotUnderstoodLine(place: place, nearestShape: "winlogbeat", reason: "no port"))
    result.archives[0].coverage.setAside[.flowWithoutProcess] = 2
    result.facts.coverage.lines.notUnderstood = 1
    return PartialFacts(
      scan: result, reading: ["time": "record"], shard: 1, shards: 1, of: ArchiveList(files))
  }

  @Test("What was written is read again")
  func roundTrip() async throws {
    let partial = try await Self.sample()
    let bytes = try partial.encoded()
    let again = try PartialFacts(bytes, file: "part")
    #expect(try again.encoded() == bytes)
    #expect(again.list == partial.list && again.list.archives == 4)
    #expect(again.scan.archives == partial.scan.archives)
    #expect(again.scan.facts.keys.count == partial.scan.facts.keys.count)
    #expect(again.scan.facts.processes.count == partial.scan.facts.processes.count)
    #expect(again.scan.facts.coverage.lines == partial.scan.facts.coverage.lines)
  }

  @Test("Every flipped bit and every cut is noticed")
  func damage() async throws {
    let bytes = try await Self.sample().encoded()
    for at in stride(from: 0, to: bytes.count, by: 97) {
      var flipped = bytes
      flipped[at] ^= 0x10
      #expect(throws: PartialError.self) { try PartialFacts(flipped, file: "part") }
      #expect(throws: PartialError.self) { try PartialFacts(Array(bytes[..<at]), file: "part") }
    }
  }
}
