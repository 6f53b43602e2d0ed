/// A text with 64 readable bytes behind it, in memory that stays where it is until the next text.
@safe final class PaddedText {
  private static let padding = 64

  private var memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 4 << 10, alignment: 16)

  deinit { unsafe memory.deallocate() }

  /// A copy of `text`, valid until the next call.
  func hold(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    if unsafe text.count + Self.padding > memory.count {
      unsafe memory.deallocate()
      unsafe memory = .allocate(
        byteCount: (text.count + Self.padding) * 3 / 2, alignment: 16)
    }
    unsafe memory.copyMemory(from: text)
    for at in text.count..<text.count + Self.padding { unsafe memory[at] = 0 }
    return unsafe UnsafeRawBufferPointer(rebasing: memory[..<text.count])
  }
}
