import Archives
import Facts
import Foundation
import Testing

@Suite struct StreamedArchiveTests {
  static let text = (0..<20_000).flatMap { bytes("{\"line\":\($0)}\n") } + bytes("last")

  /// Lines by place, read by `workers` at the same time.
  static func read(_ stream: StreamedArchive, workers: Int, limits: ReadingLimits = .init())
    async throws -> (lines: [[UInt8]], damage: ArchiveDamage?)
  {
    var slices = try await withThrowingTaskGroup(of: [(place: Int, bytes: [UInt8])].self) { group in
      for _ in 0..<workers {
        group.addTask {
          var buffer = SliceBuffer()
          var mine: [(place: Int, bytes: [UInt8])] = []
          while let slice = try await stream.next(into: &buffer) {
            mine.append((slice.offset, unsafe Array(buffer.slice)))
          }
          return mine
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    slices.sort { $0.place < $1.place }
    var stitcher = LineStitcher(limits: limits)
    let end = try #require(await stream.end)
    #expect(stitcher.add(end) == nil)
    var found = slices.flatMap { lines($0.bytes) }
    if let last = stitcher.finish() {
      found += unsafe last.withSlice { unsafe lines(Array($0)) }
    }
    return (found, stitcher.damage)
  }

  @Test("Several workers together read each line of a single frame once", arguments: [1, 2, 5])
  func workers(count: Int) async throws {
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    limits.sliceBytes = 10_000
    for file in [
      folder.write(zstd(Self.text, .streamed), "a.zst"), folder.write(gzip(Self.text), "a.gz"),
    ] {
      let archive = try Archive(file)
      let plan = try archive.plan()
      #expect(plan.chunks.count == 1)
      let stream = StreamedArchive(plan.chunks[0], of: archive, limits: limits)
      let (found, damage) = try await Self.read(stream, workers: count, limits: limits)
      #expect(found == lines(Self.text))
      #expect(damage == nil)
    }
  }

  /// A pipe into which a thread of its own writes `bytes`: a task that blocks would hold up others.
  static func pipe(_ bytes: [UInt8]) -> Int32 {
    var ends: [Int32] = [0, 0]
    unsafe Glibc.pipe(&ends)
    let writing = ends[1]
    Thread.detachNewThread {
      var rest = bytes[...]
      while !rest.isEmpty {
        let wrote = unsafe rest.withUnsafeBytes { unsafe write(writing, $0.baseAddress, $0.count) }
        if wrote <= 0 { break }
        rest = rest.dropFirst(wrote)
      }
      close(writing)
    }
    return ends[0]
  }

  static let forms: [(Container, [UInt8])] = [
    (.plain, text), (.gzip, gzip(text)), (.zstd, zstd(text, .bare)),
    (.zstd, skippable([1, 2, 3]) + zstd(frames: pieces(text, of: 70_000))),
  ]

  @Test("A pipe is told by its first bytes, and hashed as it is read", arguments: forms)
  func pipes(container: Container, packed: [UInt8]) async throws {
    let stream = StreamedArchive(descriptor: Self.pipe(packed), closes: true, name: "-")
    let (found, damage) = try await Self.read(stream, workers: 2)
    #expect(found == lines(Self.text))
    #expect(damage == nil)
    let folder = TemporaryFolder()
    let same = try Archive(folder.write(packed, "a"))
    let summary = try await stream.summary()
    #expect(summary.container == container)
    #expect(summary.bytes == packed.count)
    #expect(try summary.sha256 == same.sha256())
  }

  @Test("What follows damage is hashed, but not read")
  func damagedPipe() async throws {
    let packed = zstd(bytes("one\n")) + bytes("no frame") + [UInt8](repeating: 0, count: 1 << 20)
    let stream = StreamedArchive(descriptor: Self.pipe(packed), closes: true, name: "-")
    let (found, damage) = try await Self.read(stream, workers: 1)
    #expect(found == [bytes("one")])
    #expect(damage?.reason == "bytes after the last frame are not a zstd frame")
    let folder = TemporaryFolder()
    #expect(
      try await stream.summary().sha256 == Archive(folder.write(packed, "a")).sha256())
  }

  @Test("An empty pipe is an empty text")
  func emptyPipe() async throws {
    let stream = StreamedArchive(descriptor: Self.pipe([]), closes: true, name: "-")
    let (found, damage) = try await Self.read(stream, workers: 1)
    #expect(found.isEmpty)
    #expect(damage == nil)
  }

  @Test("Cancelled while it waits for a pipe, it gives up, and no other worker continues after it")
  func cancellation() async throws {
    var ends: [Int32] = [0, 0]
    unsafe Glibc.pipe(&ends)
    let (reading, writing) = (ends[0], ends[1])
    defer { close(writing) }
    let stream = StreamedArchive(descriptor: reading, closes: true, name: "-")
    let task = Task {
      var buffer = SliceBuffer()
      return try await stream.next(into: &buffer)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    await #expect(throws: CancellationError.self) {
      var buffer = SliceBuffer()
      return try await stream.next(into: &buffer)
    }
  }
}
