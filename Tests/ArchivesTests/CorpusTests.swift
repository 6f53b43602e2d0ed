import Archives
import Facts
import Foundation
import Testing

/// The reference corpus, which is not part of this repository.
enum Corpus {
  /// Named by `ODDPORT_CORPUS`, or beside the package.
  static let folder: String? = {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    var places = [package.deletingLastPathComponent().path + "/shared/corpus"]
    if let named = ProcessInfo.processInfo.environment["ODDPORT_CORPUS"] {
      places.insert(named, at: 0)
    }
    return places.first { FileManager.default.fileExists(atPath: $0 + "/expected") }
  }()
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus: name it in ODDPORT_CORPUS"))
struct CorpusTests {
  struct Expected: Decodable {
    struct Archive: Decodable {
      var archive: String
      var status: String
      var damage: String?
      var dropped_tail_bytes: Int
      var lines: Int
      var blank: Int
    }

    var archives: [Archive]
  }

  struct Counts: Equatable {
    var status: String
    /// Without what libzstd says about it, which differs from version to version.
    var damage: String?
    var droppedTailBytes: Int
    var lines: Int
    var blank: Int
  }

  @Test(
    "Status and lines of every archive are those of the reference",
    arguments: ["encodings", "damaged", "edge", "converted"], [1, 100_000, 2 << 20])
  func reference(group: String, target: Int) throws {
    let corpus = try #require(Corpus.folder)
    let expectations = corpus + "/expected/" + group
    var checked: Set<String> = []
    for name in try FileManager.default.contentsOfDirectory(atPath: expectations).sorted() {
      let data = try Data(contentsOf: URL(filePath: expectations + "/" + name))
      for expected in try JSONDecoder().decode(Expected.self, from: data).archives
      where checked.insert(expected.archive).inserted {
        let path = corpus + "/" + group + "/" + expected.archive
        let counts = try Self.count(
          InputFile(name: expected.archive, path: path), target: target)
        #expect(
          counts
            == Counts(
              status: expected.status, damage: Self.kind(expected.damage),
              droppedTailBytes: expected.dropped_tail_bytes, lines: expected.lines,
              blank: expected.blank),
          "\(expected.archive)")
      }
    }
    #expect(checked.count >= 17)
  }

  private static func kind(_ damage: String?) -> String? {
    // The reference has an older wording.
    damage?.split(separator: ":").first.map {
      String($0).replacing("are no zstd", with: "are not a zstd")
    }
  }

  private static func count(_ input: InputFile, target: Int) throws -> Counts {
    let archive = try Archive(input)
    var reader = ChunkReader()
    var stitcher = LineStitcher()
    var (lines, blank) = (0, 0)
    func add(_ slice: UnsafeRawBufferPointer) {
      guard let base = slice.baseAddress else { return }
      var start = 0
      while start < slice.count,
        let feed = unsafe memchr(base + start, 10, slice.count - start)
      {
        let end = unsafe UnsafeRawPointer(feed) - base
        lines += 1
        if unsafe isBlank(UnsafeRawBufferPointer(rebasing: slice[start..<end])) { blank += 1 }
        start = end + 1
      }
    }
    for chunk in try archive.plan(targetUnpackedBytes: target).chunks {
      let end = try unsafe reader.read(chunk, of: archive) { slice, _ in unsafe add(slice) }
      if let line = stitcher.add(end) { unsafe line.withSlice { unsafe add($0) } }
      if stitcher.damage != nil { break }
    }
    if let line = stitcher.finish() { unsafe line.withSlice { unsafe add($0) } }
    return Counts(
      status: stitcher.damage == nil ? "ok" : "damaged", damage: kind(stitcher.damage?.reason),
      droppedTailBytes: stitcher.droppedTailBytes, lines: lines, blank: blank)
  }

  /// White space only, after any number of byte order marks.
  private static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    while unsafe line.count - start >= 3
      && (line[start], line[start + 1], line[start + 2]) == (0xEF, 0xBB, 0xBF)
    {
      start += 3
    }
    while start < line.count, unsafe [32, 9, 13].contains(line[start]) { start += 1 }
    return start == line.count
  }
}
