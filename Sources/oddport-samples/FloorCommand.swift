import ArgumentParser
import CZstd
import Glibc

/// What nothing can beat that uses libzstd: the archives unpacked to nowhere.
struct FloorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "floor",
    abstract: "Unpacks archives to nowhere, with libzstd alone, frames side by side.",
    discussion: "What a hunt is measured against: prints the bytes that came out.")

  @Option(help: "Frames unpacked at the same time.")
  var workers = 1

  @Argument(help: "zstd archives.")
  var archives: [String]

  func run() async throws {
    let packed = try archives.map { try PackedFile($0) }
    let frames = packed.flatMap { file in file.frames.map { Frame(file: file, range: $0) } }
    let workers = max(1, workers)
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<workers {
        group.addTask {
          var unpacker = FrameUnpacker()
          return try stride(from: worker, to: frames.count, by: workers).reduce(0) {
            try $0 + unpacker.unpack(frames[$1])
          }
        }
      }
      return try await group.reduce(0, +)
    }
    print(total)
  }
}

private struct Frame: Sendable {
  let file: PackedFile
  let range: Range<Int>
}

/// A whole file in memory.
private struct PackedFile: Sendable {
  let bytes: [UInt8]
  let frames: [Range<Int>]

  init(_ path: String) throws {
    guard let stream = unsafe fopen(path, "rb") else {
      throw ValidationError("\(path): cannot be opened")
    }
    defer { unsafe fclose(stream) }
    var status = stat()
    guard unsafe fstat(fileno(stream), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ValidationError("\(path): not a file; name the archives in it, such as \(path)/*.zst")
    }
    let size = Int(status.st_size)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe fread(buffer.baseAddress, 1, size, stream)
    }
    var frames: [Range<Int>] = []
    var at = 0
    while at < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe ZSTD_findFrameCompressedSize($0.baseAddress.unsafelyUnwrapped + at, $0.count - at)
      }
      guard ZSTD_isError(count) == 0 else {
        throw ValidationError("\(path): not zstd at byte \(at)")
      }
      frames.append(at..<at + count)
      at += count
    }
    self.bytes = bytes
    self.frames = frames
  }
}

/// Unpacks frames of known size up to 16 MiB in one go, and all others 256 KiB at a time.
@safe private struct FrameUnpacker: ~Copyable {
  private let context = unsafe ZSTD_createDCtx()
  private var target = [UInt8](repeating: 0, count: 256 << 10)

  deinit { unsafe ZSTD_freeDCtx(context) }

  mutating func unpack(_ frame: Frame) throws -> Int {
    try unsafe frame.file.bytes.withUnsafeBytes { all in
      let packed = unsafe UnsafeRawBufferPointer(rebasing: all[frame.range])
      let size = unsafe ZSTD_getFrameContentSize(packed.baseAddress, packed.count)
      if size <= 16 << 20 {
        if target.count < Int(size) { target = [UInt8](repeating: 0, count: Int(size)) }
        let count = unsafe ZSTD_decompressDCtx(
          context, &target, target.count, packed.baseAddress, packed.count)
        guard ZSTD_isError(count) == 0 else { throw ValidationError("damaged frame") }
        return count
      }
      return try unsafe stream(packed)
    }
  }

  private mutating func stream(_ packed: UnsafeRawBufferPointer) throws -> Int {
    unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 31)
    var input = unsafe ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
    var total = 0
    repeat {
      let (state, count) = unsafe target.withUnsafeMutableBytes { room in
        var output = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        let state = unsafe ZSTD_decompressStream(context, &output, &input)
        return unsafe (state, output.pos)
      }
      guard ZSTD_isError(state) == 0 else { throw ValidationError("damaged frame") }
      total += count
      if state == 0 { break }
    } while true
    return total
  }
}
