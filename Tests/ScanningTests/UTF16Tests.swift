import Facts
import Hunting
import Scanning
import Testing

@Suite struct UTF16Tests {
  private static let hit =
    #"{"EventID":3,"Computer":"WS01","Image":"C:\\cmd.exe","DestinationPort":"4444"}"#

  private static func utf16(_ text: String, bigEndian: Bool = false) -> [UInt8] {
    text.utf16.flatMap { unit in
      let bytes = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
      return bigEndian ? bytes.reversed() : bytes
    }
  }

  static let whole = [
    utf16("\u{FEFF}\(hit)\r\n\r\n\(hit)\r\n"), utf16("\u{FEFF}\(hit)\n\n\(hit)", bigEndian: true),
    utf16("\(hit)\n\(hit)\n"), utf16("\(hit)\n\(hit)\n", bigEndian: true),
  ]

  @Test("Every line of text in UTF-16 is called that, however it is cut", arguments: whole)
  func wholeArchives(text: [UInt8]) async throws {
    for (frame, chunk) in [(1 << 20, 1 << 20), (1, 1), (7, 20)] {
      let frames = stride(from: 0, to: text.count, by: frame).flatMap {
        ChunkingTests.frame(text[$0..<min($0 + frame, text.count)])
      }
      let outcome = try await ChunkingTests.withArchive(frames) {
        try await ChunkingTests.outcome($0, workers: 2, chunk: chunk, checkAll: true)
      }
      #expect(outcome.lines.rejected == [.utf16: outcome.lines.total])
      #expect(outcome.verdict.findings.isEmpty)
    }
  }

  static let starts: [[UInt8]] = [
    [0xFF, 0xFE] + Array("junk".utf8), [0xFE, 0xFF, 0, 0x7B], Array("a\0b\0".utf8),
    Array("\0a\0b".utf8), [0, 0, 0, 0], utf16("\u{FEFF}" + hit), utf16(hit, bigEndian: true) + [0],
  ]

  @Test("What is in the first line hides none of those after it", arguments: starts)
  func firstLine(start: [UInt8]) async throws {
    let text = start + Array("\n\(Self.hit)\n\(Self.hit)\n".utf8)
    for (frame, chunk) in [(1 << 20, 1 << 20), (1, 1), (3, 5)] {
      let frames = stride(from: 0, to: text.count, by: frame).flatMap {
        ChunkingTests.frame(text[$0..<min($0 + frame, text.count)])
      }
      let outcome = try await ChunkingTests.withArchive(frames) {
        try await ChunkingTests.outcome($0, workers: 2, chunk: chunk)
      }
      #expect(outcome.lines.rejectedTotal == 1)
      #expect(outcome.verdict.findings.map(\.connectionCount) == [2])
    }
  }
}
