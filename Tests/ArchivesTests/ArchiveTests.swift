import Archives
import Diagnostics
import Facts
import Testing

@Suite struct ArchiveTests {
  @Test("Names ending in .zst promise zstd, all others are told by their first bytes")
  func containers() throws {
    let folder = TemporaryFolder()
    let packed = [zstd([1]), gzip([1]), bytes("{}"), []]
    let expected: [(String, [Container])] = [
      ("a.zst", [.zstd, .zstd, .zstd, .zstd]), ("a.log", [.zstd, .gzip, .plain, .plain]),
      ("a.json.gz", [.zstd, .gzip, .plain, .plain]),
    ]
    for (name, containers) in expected {
      for (bytes, container) in zip(packed, containers) {
        #expect(try Archive(folder.write(bytes, name)).container == container)
      }
    }
  }

  @Test("The hash is that of sha256sum")
  func hash() throws {
    let folder = TemporaryFolder()
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try Archive(folder.write(bytes("abc"), "a")).sha256() == known)
    let million = [UInt8](repeating: 97, count: 1_000_000)
    let knownMillion = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(try Archive(folder.write(million, "a")).sha256() == knownMillion)
  }

  @Test("A missing archive says so, and what helps")
  func missing() {
    let input = InputFile(name: "none.zst", path: "/nowhere/none.zst")
    #expect(throws: ArchiveError.missing(path: "/nowhere/none.zst")) { try Archive(input) }
    #expect(
      ArchiveError.missing(path: "none.zst").diagnostic.description
        == "none.zst: error: no such file or folder\n"
        + "  hint: check the spelling; '-' reads standard input")
  }

  @Test("A plan covers the archive, in order, with chunks of about the size asked for")
  func plan() throws {
    let folder = TemporaryFolder()
    let frames = Array(repeating: [UInt8](repeating: 65, count: 1000), count: 20)
    let archive = try Archive(folder.write(zstd(frames: frames), "a.zst"))
    let plan = try archive.plan(targetUnpackedBytes: 4000)
    #expect(plan.chunks.map(\.estimatedUnpackedBytes) == Array(repeating: 4000, count: 5))
    #expect(plan.chunks.map(\.index) == Array(0..<5))
    #expect(plan.chunks.first?.range.lowerBound == 0)
    #expect(plan.chunks.last?.range.upperBound == archive.bytes)
    #expect(
      zip(plan.chunks, plan.chunks.dropFirst()).allSatisfy {
        $0.range.upperBound == $1.range.lowerBound
      })
    // A big frame does not drag the small ones before it along.
    let mixed = zstd(frames: frames.prefix(2) + [[UInt8](repeating: 65, count: 9000)])
    let second = try Archive(folder.write(mixed, "b.zst")).plan(targetUnpackedBytes: 4000)
    #expect(second.chunks.map(\.estimatedUnpackedBytes) == [2000, 9000])
  }
}
