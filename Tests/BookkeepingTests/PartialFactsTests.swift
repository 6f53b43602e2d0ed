import Archives
import Bookkeeping
import Facts
import Foundation
import Scanning
import Testing

@Suite struct PartialFactsTests {
  private static let digest = String(repeating: "5", count: 64)

  static func spans() async throws -> [ArchiveSpan] {
    let files = Array(try ArchiveFinder.find(paths: [LedgerTests.days[0]]).archives.prefix(4))
    var spans: [ArchiveSpan] = []
    var options = ScanOptions()
    options.hashesContent = true
    options.keepsHeads = true
    try await scan(files.map { ScanUnit(file: $0) }, options) { result, _ in
      spans.append(try result.get())
    }
    spans.sort { $0.archive.name < $1.archive.name }
    // Not understood by an older reader, say.
    let place = Place(archive: 0, line: 3, offset: 700)
    spans[0].facts.coverage.markNotUnderstood(
      at: place, NotUnderstoodLine(place: place, nearestShape: "winlogbeat", reason: "no port"))
    spans[0].facts.coverage.setAside[.flowWithoutProcess] = 2
    return spans
  }

  private static func merge(_ spans: [ArchiveSpan]) throws -> PartialMerge {
    let plan = WorkPlan(
      reading: ["time": "record"], foundArchives: 5,
      unread: [UnreadInput(name: "a.txt", kind: .harmless, reason: "document")],
      units: WorkPlan.units(ofWhole: spans.map(\.archive)))
    return PartialMerge(
      try spans.map { try EncodedSpan($0) },
      of: PlanShare(of: plan, digest: digest, units: Array(1...spans.count)),
      reading: plan.reading, ScanOptions())
  }

  private static func bytes(_ merge: PartialMerge) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try merge.write { bytes += $0 }
    return bytes
  }

  private func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
    let path = NSTemporaryDirectory() + UUID().uuidString
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test("What was written is read again, in whatever order it came")
  func roundTrip() async throws {
    let spans = try await Self.spans()
    let bytes = try Self.bytes(Self.merge(spans))
    #expect(try Self.bytes(Self.merge(spans.reversed())) == bytes)
    try withFile(bytes) { path in
      let again = try PartialMerge([PartialFile(path)])
      #expect(try Self.bytes(again) == bytes)
      #expect(again.header.reading == ["time": "record"] && again.foundArchives == 5)
      try again.requireWhole([], file: path)
      var index = 0
      try again.each { span in
        #expect(span.record == spans[index].record)
        #expect(span.heads == spans[index].heads && !span.heads.isEmpty)
        #expect(span.content == spans[index].content && span.content != nil)
        #expect(span.facts.keys.count == spans[index].facts.keys.count)
        #expect(span.facts.processes.count == spans[index].facts.processes.count)
        index += 1
      }
      #expect(index == 4)
      var collected = FactTable()
      let (scan, unread) = try again.collect { collected.merge($0) }
      let count = spans.flatMap(\.facts.facts).reduce(0) { $0 + $1.count }
      #expect(collected.facts.reduce(0) { $0 + $1.count } == count)
      #expect(scan.archives == spans.compactMap(\.record))
      #expect(unread.map(\.name) == ["a.txt"])
    }
  }

  @Test("Every flipped bit and every cut is noticed")
  func damage() async throws {
    let bytes = try Self.bytes(Self.merge(try await Self.spans()))
    for at in stride(from: 0, to: bytes.count, by: 97) {
      var flipped = bytes
      flipped[at] ^= 0x10
      for damaged in [flipped, Array(bytes[..<at]), bytes + [0]] {
        try withFile(damaged) { path in
          _ = #expect(throws: PartialError.self) { try PartialFile(path) }
        }
      }
    }
  }

  @Test("A plan deals its units to neighbours, each once, by their bytes")
  func shares() {
    let archives = (1...7).map { number in
      PlannedArchive(
        name: "\(number)", unit: "\(number)", bytes: number == 4 ? 1000 : 10, sha256: "",
        container: .plain)
    }
    let plan = WorkPlan(
      reading: [:], foundArchives: 7, unread: [], units: WorkPlan.units(ofWhole: archives))
    for count in [1, 2, 3, 7, 50] {
      #expect((1...count).flatMap { plan.share($0, of: count) } == Array(1...7))
    }
    #expect((1...3).map { plan.share($0, of: 3) } == [[1, 2, 3], [4], [5, 6, 7]])
    #expect(PlanShare(of: plan, digest: "", units: [2, 3, 6]).missing == [1...1, 4...5, 7...7])
  }
}
