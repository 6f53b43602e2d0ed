import Archives
import Facts
import Testing

@Suite struct DamageTests {
  static let text = bytes("a\nbb\nccc\n\ndddd\neeeee eeeee eeeee\nf")

  @Test("Cut at any byte, an archive of many frames gives the lines of its whole blocks")
  func cutAnywhere() throws {
    let folder = TemporaryFolder()
    for form in [FrameForm.plain, .bare] {
      let frames = pieces(Self.text, of: 5).map { zstd($0, form) }
      let whole = frames.flatMap(\.self)
      let checksumBytes = form.hasChecksum ? 4 : 0
      for cut in 0..<whole.count {
        let file = folder.write(Array(whole.prefix(cut)), "a.zst")
        // A frame here is one block: its text counts once its last block is there.
        var end = 0
        var wholeFrames = 0
        var blocks = 0
        for frame in frames {
          end += frame.count
          if cut >= end { wholeFrames += 1 }
          if cut >= end - checksumBytes { blocks += 1 }
        }
        let atFrameEnd = cut == frames.prefix(wholeFrames).reduce(0) { $0 + $1.count }
        let isWhole = atFrameEnd && cut > 0
        let readable = Array(Self.text.prefix(5 * blocks))
        for target in [1, 12, 1000] {
          let reading = try Reading(file, target: target)
          #expect(reading.isDamaged == !isWhole)
          #expect(reading.lines == lines(readable, isWhole: isWhole), "cut at \(cut)")
          #expect(reading.unpackedBytes == readable.count)
        }
      }
    }
  }

  @Test("Whatever bit is wrong, all frames before it are read, however the archive is cut")
  func flippedBits() throws {
    let folder = TemporaryFolder()
    let frames = pieces(Self.text, of: 9).map { zstd($0) }
    let whole = frames.flatMap(\.self)
    var frame = 0
    var frameEnd = frames[0].count
    for byte in whole.indices {
      if byte == frameEnd {
        frame += 1
        frameEnd += frames[frame].count
      }
      let before = lines(Array(Self.text.prefix(9 * frame)), isWhole: false)
      for bit in 0..<8 {
        var damaged = whole
        damaged[byte] ^= 1 << bit
        let file = folder.write(damaged, "a.zst")
        let reading = try Reading(file, target: 1)
        let inOne = try Reading(file, target: 1000)
        #expect(reading.lines == inOne.lines)
        #expect(reading.damage == inOne.damage)
        #expect(reading.lines.starts(with: before))
      }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var packed: [UInt8]
    var lines: Int
    var reason: String
    var offset: Int

    init(_ name: String, _ packed: [UInt8], lines: Int, _ reason: String, at offset: Int) {
      (self.name, self.packed, self.lines, self.reason, self.offset) =
        (name, packed, lines, reason, offset)
    }

    var testDescription: String { name + ": " + reason }
  }

  static let sound = zstd(bytes("one\ntwo\n"))
  static let cases: [Case] = [
    Case("a.zst", [], lines: 0, "empty file", at: 0),
    Case("a.zst", [0x28, 0xB5], lines: 0, "not zstd", at: 0),
    Case("a.zst", bytes("one\ntwo\n"), lines: 0, "not zstd", at: 0),
    Case("a.zst", gzip(bytes("one\n")), lines: 0, "not zstd", at: 0),
    Case("a.zst", [0x28, 0xB5, 0x2F, 0xFD], lines: 0, "truncated in frame header", at: 0),
    Case("a.zst", sound + [0x28], lines: 2, "truncated in magic number", at: sound.count),
    Case(
      "a.zst", sound + bytes("{}\n"), lines: 2, "truncated in magic number", at: sound.count),
    Case(
      "a.zst", sound + bytes("{} \n"), lines: 2, "bytes after the last frame are not a zstd frame",
      at: sound.count),
    Case(
      "a.zst", sound + skippable([1, 2]).dropLast(), lines: 2, "truncated in skippable frame",
      at: sound.count),
    Case(
      "a.zst", sound + skippable([]).dropLast(), lines: 2,
      "truncated in skippable frame header", at: sound.count),
    Case(
      "a.zst", rawBlocks([bytes("x\ny\n"), bytes("z\nrest")]).dropLast(), lines: 2,
      "truncated in block", at: 6 + 3 + 4),
    Case(
      "a.zst", rawBlocks([bytes("x\ny\nz")]).dropLast(6), lines: 0, "truncated in block header",
      at: 6),
    Case(
      "a.zst", [0x28, 0xB5, 0x2F, 0xFD, 0, 0x58, 7, 0, 0], lines: 0, "reserved block type", at: 6),
    Case("a.gz", gzip(bytes("one\n")).dropLast(), lines: 1, "truncated in gzip member", at: 23),
    Case(
      "a.gz", gzip(bytes("one\n")) + bytes("more"), lines: 1,
      "bytes after the last member are not gzip", at: 24),
    Case("a.gz", gzip(bytes("one\n")) + [0x1F], lines: 1, "truncated in gzip header", at: 24),
  ]

  @Test("Damage is told by its place and kind", arguments: cases)
  func kinds(_ example: Case) throws {
    let folder = TemporaryFolder()
    let reading = try Reading(folder.write(example.packed, example.name), target: 1)
    #expect(reading.lines.count == example.lines)
    #expect(reading.damage?.reason == example.reason)
    #expect(reading.damage?.offset == example.offset)
  }

  @Test("A wrong content checksum breaks after the frame, whose lines count")
  func wrongChecksum() throws {
    let folder = TemporaryFolder()
    for form in [FrameForm.plain, .streamed] {
      var first = zstd(bytes("one\ntwo\n"), form)
      first[first.count - 1] ^= 1
      let file = folder.write(first + zstd(bytes("three\n")), "a.zst")
      for target in [1, 1000] {
        let reading = try Reading(file, target: target)
        #expect(reading.lines == [bytes("one"), bytes("two")])
        #expect(reading.damage?.reason.hasPrefix("content checksum: ") == true)
        #expect(reading.damage?.offset == first.count - 4)
      }
    }
  }

  @Test("A wrong gzip checksum breaks after the member, whose lines count")
  func wrongGzipChecksum() throws {
    let folder = TemporaryFolder()
    var first = gzip(bytes("one\ntwo\n"))
    first[first.count - 8] ^= 1
    let reading = try Reading(folder.write(first + gzip(bytes("three\n")), "a.gz"))
    #expect(reading.lines == [bytes("one"), bytes("two")])
    #expect(reading.damage?.reason == "corrupt gzip: incorrect data check")
  }

  @Test("Cut at any byte, gzip gives a start of the text")
  func gzipCutAnywhere() throws {
    let folder = TemporaryFolder()
    let whole = pieces(Self.text, of: 9).flatMap { gzip($0) }
    #expect(try Reading(folder.write(whole, "a.gz")).lines == lines(Self.text))
    let sound = lines(Self.text)
    for cut in 2..<whole.count {
      let reading = try Reading(folder.write(Array(whole.prefix(cut)), "a.gz"))
      #expect(sound.starts(with: reading.lines) || !reading.isDamaged)
    }
  }

  @Test("What a name promised and the content is not comes with a hint")
  func hints() throws {
    let folder = TemporaryFolder()
    let gzipHint = try Reading(folder.write(gzip(bytes("{}")), "a.zst")).damage?.hint
    #expect(gzipHint == "it is gzip: rename it to end in .gz")
    let textHint = try Reading(folder.write(bytes("{}"), "a.zst")).damage?.hint
    #expect(textHint == "is it plain text? rename it without .zst")
  }

  @Test("A file that shrinks while it is read is damaged, not a crash")
  func shrinkingFile() throws {
    let folder = TemporaryFolder()
    for (name, packed) in [
      ("a.jsonl", bytes("one\ntwo\nthree\n")), ("a.zst", zstd(frames: [bytes("one\n"), [10]])),
    ] {
      let file = folder.write(packed, name)
      let archive = try Archive(file)
      let plan = try archive.plan()
      folder.write(name == "a.zst" ? zstd(bytes("one\n")) : bytes("one\ntw"), name)
      var reader = ChunkReader()
      let end = try unsafe reader.read(plan.chunks[0], of: archive) { _, _ in }
      #expect(end.damage?.reason == "ends before its size")
      #expect(throws: ArchiveError.self) { try archive.sha256() }
    }
  }
}
