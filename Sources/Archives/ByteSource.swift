import Glibc

/// Bytes to unpack, taken one run after the other: from a mapped archive, or from standard input.
@safe final class ByteSource {
  private let mapped: UnsafeRawBufferPointer
  /// Where the next byte stands in the archive.
  private(set) var offset: Int
  private let end: Int
  private let isStandardInput: Bool
  private var buffer: [UInt8] = []
  private var bufferStart = 0
  private var isAtEnd = false
  private let hash: SHA256Hash?

  init(_ archive: Archive, _ range: Range<Int>) {
    unsafe mapped = archive.mapped
    offset = range.lowerBound
    end = range.upperBound
    isStandardInput = false
    hash = nil
  }

  /// Of standard input, hashed while it is read.
  init(standardInput hash: SHA256Hash) {
    unsafe mapped = UnsafeRawBufferPointer(start: nil, count: 0)
    offset = 0
    end = 0
    isStandardInput = true
    self.hash = hash
  }

  /// Calls `body` with the next `count` bytes, or with all that is left where it is fewer, and goes
  /// past what `body` says it used.
  func peek<R>(_ count: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    if isStandardInput {
      fill(count)
      return try unsafe buffer.withUnsafeBytes {
        try unsafe body(
          .init(rebasing: $0[bufferStart..<min(bufferStart + count, buffer.count)]))
      }
    }
    return try unsafe body(.init(rebasing: mapped[offset..<min(offset + count, end)]))
  }

  func skip(_ count: Int) {
    offset += count
    if isStandardInput { bufferStart += count }
  }

  private func fill(_ count: Int) {
    guard buffer.count - bufferStart < count, !isAtEnd else { return }
    buffer.removeFirst(bufferStart)
    bufferStart = 0
    while buffer.count < count, !isAtEnd {
      let wanted = max(count - buffer.count, 1 << 16)
      let old = buffer.count
      buffer.append(contentsOf: repeatElement(0, count: wanted))
      let got = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(STDIN_FILENO, $0.baseAddress! + old, wanted)
      }
      let added = max(0, got)
      buffer.removeLast(wanted - added)
      if got == 0 || (got < 0 && errno != EINTR) { isAtEnd = true }
      unsafe buffer.withUnsafeBytes { unsafe hash?.update(.init(rebasing: $0[old...])) }
    }
  }
}
