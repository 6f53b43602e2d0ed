import Archives
import Hashing
import Testing

/// An archive is known by what it unpacks to, not by how it is packed.
@Suite struct ContentTests {
  static let text = (0..<40_000).flatMap { bytes("line \($0 &* 2_654_435_761)\n") }
  static let forms: [(name: String, packed: [UInt8])] = [
    ("plain.jsonl", text),
    ("one.jsonl.zst", zstd(text)),
    ("other-level.jsonl.zst", zstd(text, FrameForm(level: 19))),
    ("streamed.jsonl.zst", zstd(text, .streamed)),
    ("frames.jsonl.zst", zstd(frames: pieces(text, of: 777))),
    ("bare.jsonl.zst", zstd(frames: pieces(text, of: 100_001), .bare)),
    ("gzip.jsonl.gz", gzip(text)),
  ]
  let folder: TemporaryFolder

  init() { folder = TemporaryFolder() }

  static func hash(_ bytes: [UInt8]) -> ContentHash {
    var hash = ContentHash()
    unsafe bytes.withUnsafeBytes { unsafe hash.append($0) }
    return hash
  }

  @Test("The hash is that of the unpacked bytes, however they are packed and cut")
  func packing() throws {
    let expected = Self.hash(Self.text)
    for (name, packed) in Self.forms {
      let file = folder.write(packed, name)
      #expect(try Archive(file).content(beginnings: []).whole == expected, "\(name)")
      for target in [1, 5000, 1 << 20] {
        let archive = try Archive(file)
        var reader = ChunkReader(hashesContent: true)
        var stitcher = LineStitcher()
        for chunk in try archive.plan(targetUnpackedBytes: target).chunks {
          _ = stitcher.add(try unsafe reader.read(chunk, of: archive) { _, _ in })
        }
        #expect(stitcher.content == expected, "\(name), chunks of \(target)")
      }
    }
  }

  @Test("Two parts give the hash of the whole, wherever the cut is")
  func parts() {
    let whole = Array(Self.text.prefix(3000))
    let expected = Self.hash(whole)
    for cut in [0, 1, 7, 8, 255, 256, 257, 1999, 3000] {
      var hash = Self.hash(Array(whole[..<cut]))
      hash.append(Self.hash(Array(whole[cut...])))
      #expect(hash == expected)
    }
  }

  @Test("Other contents have other hashes")
  func difference() {
    var seen = Set([Self.hash([]), Self.hash([0]), Self.hash([0, 0])])
    #expect(seen.count == 3)
    var bytes = Array(Self.text.prefix(1000))
    seen.insert(Self.hash(bytes))
    for at in bytes.indices {
      bytes[at] ^= 1
      #expect(seen.insert(Self.hash(bytes)).inserted)
      bytes[at] ^= 1
    }
    // Lines in another order.
    let lines = bytes.split(separator: 10)
    let swapped = [lines[1], lines[0]] + lines[2...]
    #expect(Self.hash(Array(lines.joined())) != Self.hash(Array(swapped.joined())))
  }

  @Test("What begins with another content has its beginning's heads and hash")
  func beginnings() throws {
    for size in [1, 2, 3, 100, 65_535, 65_536, 200_000] {
      let beginning = Array(Self.text.prefix(size))
      let short = try Archive(folder.write(zstd(beginning), "short.jsonl.zst"))
      for (name, packed) in Self.forms {
        let long = try Archive(folder.write(packed, name))
        #expect(long.contentHeads().hasPrefix(short.contentHeads()))
        #expect(
          try long.content(beginnings: [size, 1 << 30]).beginnings == [Self.hash(beginning)])
      }
      var other = beginning
      other[0] ^= 1
      let different = try Archive(folder.write(other, "different.jsonl"))
      #expect(!different.contentHeads().hasPrefix(short.contentHeads()))
    }
  }
}
