import Archives
import Facts
import Testing

@Suite struct ChunkReaderTests {
  static let texts: [[UInt8]] = [
    bytes("a\nbb\n\nccc\r\ndddd\n"), bytes("no line feed"), bytes("\n"), bytes("\n\n\nx"), [],
    bytes("first\n\n\nlast without feed"),
  ]

  @Test("Frames cut at any byte and chunks of any size give the same lines", arguments: texts)
  func cutsDoNotShow(text: [UInt8]) throws {
    let folder = TemporaryFolder()
    for size in 1...max(1, text.count) {
      for form in [FrameForm.plain, .streamed, .bare] {
        let file = folder.write(
          text.isEmpty ? zstd([], form) : zstd(frames: pieces(text, of: size), form), "a.zst")
        for target in [1, 2, 3, 5, 1 << 20] {
          for backwards in [false, true] {
            let reading = try Reading(file, target: target, backwards: backwards)
            #expect(reading.lines == lines(text))
            #expect(reading.damage == nil)
            #expect(reading.unpackedBytes == text.count)
            #expect(reading.frames == (text.count + size - 1) / size)
          }
        }
        if size < text.count { #expect(try Reading(file, target: 1).chunks > 1) }
      }
    }
  }

  @Test("Plain text may be cut at any byte", arguments: texts)
  func plainText(text: [UInt8]) throws {
    let folder = TemporaryFolder()
    let file = folder.write(text, "a.jsonl")
    for target in 1...(text.count + 1) {
      let reading = try Reading(file, target: target)
      #expect(reading.lines == lines(text))
      #expect(reading.damage == nil)
      #expect(reading.frames == 0)
    }
  }

  @Test("Small slices give the same lines as large ones")
  func slices() throws {
    let folder = TemporaryFolder()
    let text = (0..<3000).flatMap { bytes("{\"line\":\($0)}\n") }
    for file in [
      folder.write(zstd(text, .streamed), "streamed.zst"), folder.write(gzip(text), "a.gz"),
      folder.write(text, "a.log"), folder.write(zstd(frames: pieces(text, of: 777)), "many.zst"),
    ] {
      for size in [1, 13, 4096] {
        var limits = ReadingLimits()
        limits.sliceBytes = size
        #expect(try Reading(file, limits: limits).lines == lines(text))
      }
    }
  }

  @Test("Empty and skippable frames change nothing")
  func emptyFrames() throws {
    let folder = TemporaryFolder()
    let text = bytes("one\ntwo\nthree\n")
    var packed = skippable(bytes("not text\n"))
    for piece in pieces(text, of: 4) {
      packed += zstd([]) + zstd(piece) + zstd([], .bare) + skippable([])
    }
    let file = folder.write(packed, "a.zst")
    for target in [1, 4, 6, 1000] {
      let reading = try Reading(file, target: target)
      #expect(reading.lines == lines(text))
      #expect(reading.damage == nil)
      #expect(reading.frames == 4)
    }
    // A skippable frame alone is zstd, by whatever name.
    #expect(try Archive(folder.write(skippable([1]), "b.log")).container == .zstd)
    #expect(try Reading(folder.write(skippable([1]), "b.zst")) == Reading(file: 0))
  }

  @Test("A large frame of one block after the other comes out whole")
  func largeFrame() throws {
    let folder = TemporaryFolder()
    var text: [UInt8] = []
    var state: UInt64 = 1
    while text.count < 3 << 20 {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      text += bytes("{\"number\":\(state >> 20),\"Image\":\"C:\\\\Windows\\\\x.exe\"}\n")
    }
    let expected = lines(text)
    for form in [FrameForm.plain, .bare, FrameForm(level: 1, hasSize: false, windowLog: 12)] {
      #expect(try Reading(folder.write(zstd(text, form), "a.zst")).lines == expected)
    }
    let many = folder.write(zstd(frames: pieces(text, of: 100_000)), "many.zst")
    let reading = try Reading(many, target: 250_000, backwards: true)
    #expect(reading.lines == expected)
    #expect(reading.chunks == 11)
  }
}

extension Reading {
  /// A sound archive without lines.
  init(file frames: Int) {
    self.frames = frames
    chunks = 1
  }
}
