import Archives
import Testing

@Suite struct LongLineTests {
  static let text = bytes(
    "1234567\n12345678\n\n123456789\nab\n" + "1234567890123456789\nc\n12345678")

  @Test("A line is overlong or not, however the archive is cut", arguments: 0...20)
  func cutsDoNotShow(maximum: Int) throws {
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    limits.maximumLineBytes = maximum
    let expected = lines(Self.text, maximum: maximum)
    let overlong = lines(Self.text).count - expected.count
    for size in [1, 2, 3, 7, 8, 9, 100] {
      let file = folder.write(zstd(frames: pieces(Self.text, of: size)), "a.zst")
      for target in [1, 8, 20, 1000] {
        for slice in [1, 10, 4096] {
          limits.sliceBytes = slice
          let reading = try Reading(file, target: target, limits: limits)
          #expect(reading.lines == expected)
          #expect(reading.overlongLines == overlong)
          #expect(reading.damage == nil)
        }
      }
    }
  }

  @Test("The unfinished last piece of a damaged archive is no overlong line")
  func damagedTail() throws {
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    limits.maximumLineBytes = 3
    let file = folder.write(zstd(bytes("one\nmuch too long")) + [0x28], "a.zst")
    let reading = try Reading(file, limits: limits)
    #expect(reading.lines == [bytes("one")])
    #expect(reading.overlongLines == 0)
    #expect(reading.droppedTailBytes == 13)
  }

  @Test("A line of many slices is not kept beyond what a line may be")
  func memory() throws {
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    limits.maximumLineBytes = 1 << 20
    limits.sliceBytes = 64 << 10
    let long = [UInt8](repeating: 120, count: 8 << 20)
    let text = bytes("a\n") + long + bytes("\nb\n") + long
    for form in [FrameForm.plain, .bare] {
      let file = folder.write(zstd(text, form), "a.zst")
      let reading = try Reading(file, limits: limits)
      #expect(reading.lines == [bytes("a"), bytes("b")])
      #expect(reading.overlongLines == 2)
    }
    let archive = try Archive(folder.write(zstd(frames: pieces(text, of: 1 << 20)), "b.zst"))
    var reader = ChunkReader(limits: limits)
    for chunk in try archive.plan(targetUnpackedBytes: 2 << 20).chunks {
      let end = try unsafe reader.read(chunk, of: archive) { _, _ in }
      #expect(end.tail.bytes.count <= limits.maximumLineBytes)
      #expect((end.head?.bytes.count ?? 0) <= limits.maximumLineBytes)
    }
    #expect(
      try Reading(
        InputFile(name: "b.zst", path: folder.path + "/b.zst"), limits: limits
      ).overlongLines == 2)
  }
}
