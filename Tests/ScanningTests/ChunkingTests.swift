import Archives
import CZstd
import Facts
import Foundation
import Hunting
import Knowledge
import Testing

@testable import Scanning

@Suite struct ChunkingTests {
  /// Sixty lines: hits, starts, noise, blank and malformed lines, CRLF, an escaped key, no last LF.
  static let text: [UInt8] = {
    var lines: [String] = []
    for index in 0..<60 {
      switch index % 6 {
      case 0, 1:
        lines.append(
          #"{"Hostname":"h\#(index % 2)","EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 10:00:\#(10 + index % 50).120","ProcessGuid":"{1111111\#(index % 3)-2222-3333-4444-555555555555}","Image":"C:\\x\\powershell.exe","User":"A\\b","Protocol":"tcp","Initiated":"true","DestinationIp":"203.0.113.\#(index)","DestinationPort":"4444"}"#
            + (index % 4 == 0 ? "\r" : ""))
      case 2:
        lines.append(
          #"{"Hostname":"h0","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2024-05-01 09:00:00.000","ProcessGuid":"{1111111\#(index % 3)-2222-3333-4444-555555555555}","P\u0061rentImage":"C:\\p\(index).exe"}"#
        )
      case 3: lines.append(#"{"EventID":4624,"Channel":"Security","Noise":"\#(index)"}"#)
      case 4: lines.append(index == 4 ? "" : " \t")
      default: lines.append(index == 5 ? "not json" : #"{"EventID":7,"DestinationPort":}"#)
      }
    }
    return Array(lines.joined(separator: "\n").utf8)
  }()

  static func frame(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let count = unsafe ZSTD_compress(&packed, packed.count, bytes, bytes.count, 3)
    return Array(packed[..<count])
  }

  static func withArchive<R>(
    _ bytes: [UInt8], named name: String = "a.jsonl.zst", _ body: ([InputFile]) async throws -> R
  ) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(bytes).write(to: folder.appending(path: name))
    return try await body(ArchiveFinder.find(paths: [folder.path]).archives)
  }

  struct Outcome: Equatable {
    var verdict: Verdict
    var lines: LineCounts
    var telemetryEvents: Int
    var examples: [RejectedExample]
    var firstNaming: NamingLine?
    var damage: ArchiveDamage?
  }

  static func outcome(
    _ files: [InputFile], workers: Int, chunk: Int, checkAll: Bool = false,
    limits: ReadingLimits = ReadingLimits()
  ) async throws -> Outcome {
    var options = ScanOptions()
    options.workers = workers
    options.chunkBytes = chunk
    options.checkAll = checkAll
    options.limits = limits
    let result = try await scan(files, options)
    return Outcome(
      verdict: hunt(result.facts, by: HuntRules(parity: .seed)), lines: result.facts.coverage.lines,
      telemetryEvents: result.facts.coverage.telemetryEvents, examples: result.examples,
      firstNaming: result.archives.first?.coverage.firstNaming,
      damage: result.archives.first?.damage)
  }

  @Test("Wherever the frames are cut, the outcome is the same")
  func everyCut() async throws {
    let whole = try await Self.withArchive(Self.frame(Self.text[...])) {
      try await Self.outcome($0, workers: 1, chunk: 1 << 20)
    }
    #expect(whole.verdict.findings.count == 2)
    #expect(whole.lines.total == 60)
    for cut in stride(from: 0, through: Self.text.count, by: 7) {
      let bytes = Self.frame(Self.text[..<cut]) + Self.frame(Self.text[cut...])
      let parts = try await Self.withArchive(bytes) {
        try await Self.outcome($0, workers: 2, chunk: 1)
      }
      #expect(parts == whole, "cut at \(cut)")
    }
  }

  @Test("One frame to the byte changes nothing, nor do workers or chunk sizes")
  func manyFrames() async throws {
    let whole = try await Self.withArchive(Self.frame(Self.text[...])) {
      try await Self.outcome($0, workers: 1, chunk: 1 << 20)
    }
    for size in [1, 3, 64, 1000] {
      let bytes = stride(from: 0, to: Self.text.count, by: size).flatMap {
        Self.frame(Self.text[$0..<min($0 + size, Self.text.count)])
      }
      for (workers, chunk) in [(1, 1), (4, 1), (3, 500), (2, 1 << 20)] {
        let parts = try await Self.withArchive(bytes) {
          try await Self.outcome($0, workers: workers, chunk: chunk)
        }
        #expect(parts == whole, "frames of \(size), \(workers) workers, chunks of \(chunk)")
      }
    }
  }

  @Test("Plain text is cut anywhere as well")
  func plainText() async throws {
    let whole = try await Self.withArchive(Self.text, named: "a.jsonl") {
      try await Self.outcome($0, workers: 1, chunk: 1 << 20)
    }
    for chunk in [1, 2, 17, 300, 5000] {
      let parts = try await Self.withArchive(Self.text, named: "a.jsonl") {
        try await Self.outcome($0, workers: 3, chunk: chunk)
      }
      #expect(parts == whole)
    }
  }

  @Test("The first line that names Sysmon among those that were passed over is the same")
  func firstNaming() async throws {
    let names = #""Channel":"Microsoft-Windows-Sysmon/Operational"}"#
    let before = (0..<20).map { #"{"EventID":4624,"Channel":"Security","n":\#($0)}"# }
    let other = before + [#"{"EventID":5,\#(names)"#, #"{"x":9,\#(names)"#] + before
    let unknown = before + [#"{"x":9,\#(names)"#, #"{"EventID":5,\#(names)"#] + before
    for (lines, isOtherEvent) in [(other, true), (unknown, false)] {
      let text = Array(lines.joined(separator: "\n").utf8)
      let place = Place(
        archive: 0, line: 21, offset: before.joined(separator: "\n").utf8.count + 1)
      for (workers, chunk) in [(1, 1 << 20), (3, 1), (2, 17), (3, 300)] {
        let outcome = try await Self.withArchive(text, named: "a.jsonl") {
          try await Self.outcome($0, workers: workers, chunk: chunk)
        }
        #expect(outcome.firstNaming == NamingLine(place: place, isOtherEvent: isOtherEvent))
        #expect(outcome.lines.irrelevant == 42)
      }
    }
    let whole = try await Self.withArchive(Self.text, named: "a.jsonl") {
      try await Self.outcome($0, workers: 1, chunk: 300)
    }
    #expect(whole.firstNaming == nil)
  }

  @Test("An archive cut off anywhere gives what is before the cut, and says where it is")
  func truncation() async throws {
    let frames = [0..<2000, 2000..<4000, 4000..<Self.text.count].map { Self.frame(Self.text[$0]) }
    let bytes = frames.flatMap(\.self)
    let borders = [0, frames[0].count, frames[0].count + frames[1].count, bytes.count]
    for length in stride(from: 0, to: bytes.count, by: 11) {
      let outcome = try await Self.withArchive(Array(bytes[..<length])) {
        try await Self.outcome($0, workers: 2, chunk: 1)
      }
      let isBorder = length > 0 && borders.contains(length)
      #expect((outcome.damage == nil) == isBorder, "cut at \(length)")
      #expect(outcome.lines.total <= 60)
    }
  }

  @Test("A line that is too long is counted once, wherever it is cut, and all others are read")
  func tooLong() async throws {
    var limits = ReadingLimits()
    limits.maximumLineBytes = 400
    let filler = String(repeating: "x", count: 1000)
    let text = Array(
      (#"{"a":"\#(filler)"}"# + "\n").utf8 + Self.text.prefix(3000)
        + "\n{\"DestinationIp\":\"\(filler)\"}\n\n{\"b\":\"\(filler)\"}".utf8)
    var outcomes: [Outcome] = []
    for (workers, chunk, size, patience) in [
      (1, 1 << 20, 1 << 20, 1000), (1, 1, 1, 1000), (2, 1, 7, 1000), (3, 50, 300, 1000),
      (2, 1000, 64, 1000), (1, 1, 1, 0), (2, 1, 7, 20), (3, 50, 300, 100), (3, 64, 64, 0),
    ] {
      limits.patientLineBytes = patience
      let bytes = stride(from: 0, to: text.count, by: size).flatMap {
        Self.frame(text[$0..<min($0 + size, text.count)])
      }
      outcomes.append(
        try await Self.withArchive(bytes) {
          try await Self.outcome($0, workers: workers, chunk: chunk, limits: limits)
        })
    }
    let first = outcomes[0]
    #expect(first.lines.rejected[.tooLong] == 3)
    let long = first.examples.filter { $0.reason == .tooLong }.map(\.line)
    #expect(long == [1, first.lines.total - 2, first.lines.total])
    for outcome in outcomes { #expect(outcome == first) }
  }

  @Test("Of a line over many chunks no more is kept than a line may be long, in any order")
  func keepsNoOverlongLine() async throws {
    var limits = ReadingLimits()
    limits.maximumLineBytes = 1000
    let text = Array(("{}\n" + String(repeating: "x", count: 20_000) + "\n{}\n").utf8)
    let frames = stride(from: 0, to: text.count, by: 100).flatMap {
      Self.frame(text[$0..<min($0 + 100, text.count)])
    }
    try await Self.withArchive(frames) { files in
      let archive = try Archive(files[0])
      let chunks = try archive.plan(targetUnpackedBytes: 100).chunks
      #expect(chunks.count > 200)
      var reader = ChunkReader(limits: limits)
      for order in [chunks, chunks.reversed(), chunks.map { chunks[$0.index * 7 % chunks.count] }] {
        var parts = [ChunkPart](repeating: ChunkPart(), count: chunks.count)
        for chunk in order {
          parts[chunk.index].end = try unsafe reader.read(chunk, of: archive) { _, _ in }
          parts.forgetOverlongLines(around: chunk.index, maximumLineBytes: 1000)
        }
        let kept = parts.compactMap(\.end).reduce(0) {
          $0 + $1.tail.bytes.count + ($1.head?.bytes.count ?? 0)
        }
        #expect(kept < 100)
        var stitcher = LineStitcher(limits: limits)
        for part in parts { #expect(part.end.flatMap { stitcher.add($0) } == nil) }
        #expect(stitcher.overlongLines.count == 1)
      }
    }
  }

  @Test("A line over several frames that are read by turns is counted once")
  func tooLongByTurns() async throws {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 17 << 20)
    let bytes =
      Self.frame(Self.text[...] + [10]) + (0..<4).flatMap { _ in Self.frame(long[...]) }
      + Self.frame([10] + Self.text[...])
    var outcomes: [Outcome] = []
    for workers in [1, 2, 4] {
      outcomes.append(
        try await Self.withArchive(bytes) {
          try await Self.outcome($0, workers: workers, chunk: 1 << 20)
        })
    }
    #expect(outcomes[0].lines.rejected[.tooLong] == 1)
    #expect(outcomes[0].lines.total == 121)
    for outcome in outcomes { #expect(outcome == outcomes[0]) }
  }

  @Test("The filter passes over nothing that counts")
  func filterIsSound() async throws {
    let (quick, slow) = try await Self.withArchive(Self.frame(Self.text[...])) { files in
      (
        try await Self.outcome(files, workers: 1, chunk: 1 << 20),
        try await Self.outcome(files, workers: 1, chunk: 1 << 20, checkAll: true)
      )
    }
    #expect(quick.verdict == slow.verdict)
    #expect(quick.lines.total == slow.lines.total)
    #expect(quick.lines.blank == slow.lines.blank)
    #expect(quick.lines.observations == slow.lines.observations)
  }

  /// Connections that are written alike, and among them what only the text within tells from them.
  private static func sentinel(_ index: Int) -> String {
    let isConnection = index % 7 != 6
    let data =
      #"{\"UtcTime\":\"2024-05-02 08:00:\#(10 + index % 50).000\",\"Image\":\"C:\\\\b.exe\""#
      + (isConnection
        ? #",\"Initiated\":\"true\",\"DestinationIp\":\"203.0.113.8\",\"DestinationPort\":\"8088\"}"#
        : #",\"TargetFilename\":\"C:\\\\x\\\\y.txt\"}"#)
    return
      #"{"TimeGenerated":"2024-05-02T08:00:00Z","Provider":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS02","EventData":"\#(data)","EventID":\#(isConnection ? 3 : 11),"Type":"WindowsEvent"}"#
  }

  @Test("Where every line is to be parsed, none is passed over")
  func checksAll() async throws {
    let lines = (0..<700).map(Self.sentinel)
    let frames = stride(from: 0, to: lines.count, by: 50).flatMap {
      Self.frame(Array((lines[$0..<$0 + 50].joined(separator: "\n") + "\n").utf8)[...])
    }
    for (workers, chunk) in [(1, 1), (2, 1), (1, 1 << 20)] {
      let outcome = try await Self.withArchive(frames) {
        try await Self.outcome($0, workers: workers, chunk: chunk, checkAll: true)
      }
      #expect(outcome.lines.observations == 600)
      #expect(outcome.telemetryEvents == 700)
    }
  }
}
