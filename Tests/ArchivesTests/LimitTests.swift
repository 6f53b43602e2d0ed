import Archives
import Facts
import Testing

@Suite struct LimitTests {
  @Test("A window beyond the limit is damage, within it is read")
  func windows() throws {
    let folder = TemporaryFolder()
    let text = Array(repeatElement(bytes("sixteen letters\n"), count: 1 << 17).joined())
    let file = folder.write(zstd(text, FrameForm(hasSize: false, windowLog: 20)), "a.zst")
    var limits = ReadingLimits()
    limits.maximumWindowBytes = 1 << 20
    #expect(try Reading(file, limits: limits).lines.count == 1 << 17)
    limits.maximumWindowBytes -= 1
    let reading = try Reading(file, limits: limits)
    #expect(reading.unpackedBytes == 0)
    #expect(reading.damage?.reason == "frame header: window of 1 MiB exceeds the limit")
    // A frame made by hand that asks for more than libzstd can.
    let huge: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0xFF, 1, 0, 0]
    #expect(try Reading(folder.write(huge, "b.zst")).isDamaged)
  }

  @Test("A bomb is named, whether it is one frame or many")
  func bombs() throws {
    let folder = TemporaryFolder()
    var limits = ReadingLimits()
    limits.maximumRatio = 200
    limits.ratioGraceBytes = 4 << 20
    let line = [UInt8](repeating: 65, count: 1023) + [10]
    let piece = Array(repeatElement(line, count: 1 << 10).joined())
    let files = [
      folder.write(zstd(piece + piece + piece + piece + piece + piece, .streamed), "one.zst"),
      folder.write(zstd(frames: Array(repeating: piece, count: 6)), "many.zst"),
      folder.write(gzip(piece + piece + piece + piece + piece + piece), "a.gz"),
    ]
    for file in files {
      limits.maximumRatio = 200
      let reading = try Reading(file, target: 1 << 20, limits: limits)
      #expect(reading.damage?.reason.hasPrefix("unpacks to more than 200 times") == true)
      #expect(reading.unpackedBytes <= 6 << 20)
      limits.maximumRatio = 1_000_000
      #expect(try Reading(file, target: 1 << 20, limits: limits).lines.count == 6 << 10)
    }
  }

  @Test("A cancelled task stops reading")
  func cancellation() async throws {
    let folder = TemporaryFolder()
    let file = folder.write(bytes("a\nb\n"), "a.log")
    let task = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      _ = try Reading(file)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
